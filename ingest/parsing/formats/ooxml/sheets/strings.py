"""Texts of cells: plain ones, and those whose runs have colours, sizes or heights of their own."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TypeAlias

from lxml import etree

from ingest.parsing.formats.ooxml.sheets.styles import PLAIN, Font, Styles, is_plain, is_raised
from ingest.parsing.formats.scripts import Level, Line
from ingest.parsing.formats.symbols import in_font
from ingest.parsing.xml_tree import Element, child, children, name


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a cell's text; ``font`` is ``None`` where it is that of the cell."""

    text: str
    level: Level = 0
    font: Font | None = None


Text: TypeAlias = str | tuple[Run, ...]


def text_of(element: Element, styles: Styles) -> Text:
    """The text of an ``si`` or ``is`` (or of a comment); readings above the characters (``rPh``) are left out."""
    runs: list[Run] = []
    for part in children(element, "t", "r"):
        if name(part) == "t":
            runs.append(Run(part.text or ""))
            continue
        properties = child(part, "rPr")
        text = "".join(found.text or "" for found in children(part, "t"))
        if is_plain(properties):
            runs.append(Run(text))
        else:
            level = is_raised(properties)
            runs.append(Run(text, 1 if level > 0 else -1 if level < 0 else 0, styles.font(properties)))
    if all(run.font is None for run in runs):
        return "".join(run.text for run in runs)
    return tuple(runs)


def plain(text: Text) -> str:
    """All of its words in one line of plain text, whatever their colours."""
    if isinstance(text, str):
        return text
    line = Line()
    for run in text:
        add_run(line, run, run.font or PLAIN)
    return line.text()


def add_run(line: Line, run: Run, font: Font) -> None:
    """A run as its font draws it."""
    line.add(in_font(run.text, font.name), run.level, font.is_struck)


def shared_strings(data: bytes, styles: Styles) -> list[Text]:
    """The texts that cells name by number; raises ``lxml.etree.XMLSyntaxError`` where the part is damaged."""
    found: list[Text] = []
    events = etree.iterparse(
        BytesIO(data), events=("end",), tag="{*}si", resolve_entities=False, no_network=True, huge_tree=False
    )
    for _, item in events:
        found.append(text_of(item, styles))
        clear(item)
    return found


def clear(element: Element) -> None:
    """Frees an element that was read, and those before it."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]
