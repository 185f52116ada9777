"""Word documents, read from their XML: python-docx leaves out content controls, text boxes and notes."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from pathlib import Path

from ingest.parsing.archive import Archive, open_archive
from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.document import ParsedDocument
from ingest.parsing.xml_tree import (
    Element,
    attribute,
    child,
    children,
    descendants,
    dublin_core_title,
    name,
    parse_xml,
)

_HEADING_STYLE = re.compile(r"(?:heading|제목|überschrift|titre|título)\s*([1-9])", re.I)
_TITLE_STYLES = {"title": 1, "subtitle": 2}
_CODE_STYLE = re.compile(
    r"(?:source ?|code ?)?(?:code|block|listing)|code ?(?:text|char)?|(?:html )?preformatted(?: text)?|macro text",
    re.I,
)
# deleted and moved text, field codes, properties; a text box is stored twice, as drawing and as fallback
_SKIPPED = frozenset({"del", "moveFrom", "instrText", "delText", "pPr", "rPr", "sectPr", "Fallback", "rt"})
_MAX_DEPTH = 20


@dataclass(frozen=True, slots=True)
class _Style:
    heading: int = 0
    code: bool = False
    numbered: bool = False


def parse(path: Path) -> ParsedDocument:
    with open_archive(path) as archive:
        main = _main_part(archive)
        root = parse_xml(archive.read(main))
        folder = posixpath.dirname(main)
        reader = _Reader(_styles(archive, f"{folder}/styles.xml"))
        body = child(root, "body")
        if body is not None:
            reader.blocks(body, 0)
        for notes in ("footnotes", "endnotes"):
            if data := archive.read_if_present(f"{folder}/{notes}.xml"):
                reader.notes(parse_xml(data))
        title = dublin_core_title(archive, "docProps/core.xml")
    return reader.builder.finish("docx", title)


def _main_part(archive: Archive) -> str:
    if "word/document.xml" not in archive.names and (data := archive.read_if_present("_rels/.rels")):
        for relation in descendants(parse_xml(data), "Relationship"):
            if (relation.get("Type") or "").endswith("/officeDocument"):
                return (relation.get("Target") or "").lstrip("/")
    return "word/document.xml"


def _styles(archive: Archive, member: str) -> dict[str, _Style]:
    """What each paragraph style means, inherited along ``basedOn``."""
    data = archive.read_if_present(member)
    if not data:
        return {}
    elements = {attribute(style, "styleId") or "": style for style in descendants(parse_xml(data), "style")}
    found: dict[str, _Style] = {}
    for key, element in elements.items():
        style, seen = element, {key}
        meaning = _meaning(style)
        while meaning == _Style():
            parent = _value(child(style, "basedOn"))
            if parent is None or parent in seen or parent not in elements:
                break
            seen.add(parent)
            style = elements[parent]
            meaning = _meaning(style)
        found[key] = meaning
    return found


def _meaning(style: Element) -> _Style:
    label = (_value(child(style, "name")) or "").strip()
    if match := _HEADING_STYLE.fullmatch(label):
        return _Style(heading=int(match.group(1)))
    if label.lower() in _TITLE_STYLES:
        return _Style(heading=_TITLE_STYLES[label.lower()])
    level = _outline_level(child(style, "pPr"))
    numbered = child(style, "pPr", "numPr") is not None
    return _Style(heading=level, code=bool(_CODE_STYLE.fullmatch(label)), numbered=numbered)


def _outline_level(properties: Element | None) -> int:
    """1-9 for an outline level, 0 for body text."""
    value = _value(child(properties, "outlineLvl"))
    return int(value) + 1 if value is not None and value.isdigit() and int(value) < 9 else 0


def _value(element: Element | None) -> str | None:
    return attribute(element, "val") if element is not None else None


class _Reader:
    def __init__(self, styles: dict[str, _Style]) -> None:
        self.builder = DocumentBuilder()
        self._styles = styles
        self._code: list[str] = []

    def blocks(self, parent: Element, depth: int) -> None:
        """Paragraphs and tables in order, those inside content controls and insertions too."""
        for element in children(parent):
            local = name(element)
            if local == "p":
                self._paragraph(element, depth)
            elif local == "tbl":
                self._end_code()
                self._table(element, depth)
            elif local not in _SKIPPED:
                self._inner(element, depth)
        if depth == 0:
            self._end_code()

    def _inner(self, parent: Element, depth: int) -> None:
        if depth < _MAX_DEPTH:
            self.blocks(parent, depth + 1)
        elif next(descendants(parent, "t"), None) is not None:
            self.builder.problem("parts nested too deeply were left out")

    def notes(self, root: Element) -> None:
        for note in children(root, "footnote", "endnote"):
            if attribute(note, "type") is None:  # separators have a type
                text = " ".join(_text(found)[0] for found in descendants(note, "p"))
                if text.strip():
                    self.builder.paragraph(f"[{attribute(note, 'id')}] {text.strip()}")

    def _paragraph(self, paragraph: Element, depth: int) -> None:
        text, boxes = _text(paragraph)
        properties = child(paragraph, "pPr")
        style = self._styles.get(_value(child(properties, "pStyle")) or "", _Style())
        level = _outline_level(properties) or style.heading
        numbering = child(properties, "numPr")
        # numId 0 takes the numbering of the style away
        numbered = _value(child(numbering, "numId")) != "0" if numbering is not None else style.numbered
        if style.code and not level:
            self._code.append(text)
        elif text.strip():
            self._end_code()
            if level and len(text) <= 300:
                self.builder.heading(text, level)
            elif numbered:
                indent = _value(child(numbering, "ilvl")) or "0"
                self.builder.list_item(text, int(indent) if indent.isdigit() else 0)
            else:
                self.builder.paragraph(text)
        for box in boxes:
            self._inner(box, depth)

    def _end_code(self) -> None:
        lines, self._code = self._code, []
        if lines:
            self.builder.code("\n".join(lines))

    def _table(self, table: Element, depth: int) -> None:
        """A Markdown table, or its content in order where the table frames text or holds other tables."""
        rows = [list(_inside(row, "tc")) for row in _inside(table, "tr")]
        cells = [cell for row in rows for cell in row]
        if len(cells) == 1 or any(next(descendants(cell, "tbl"), None) is not None for cell in cells):
            for cell in cells:
                self._inner(cell, depth)
            return
        self.builder.table([[text for cell in row for text in _cell(cell)] for row in rows])


def _inside(parent: Element, wanted: str) -> list[Element]:
    """Rows of a table or cells of a row, through content controls."""
    found: list[Element] = []
    for element in children(parent):
        if name(element) == wanted:
            found.append(element)
        elif name(element) in ("sdt", "sdtContent", "customXml", "ins"):
            found += _inside(element, wanted)
    return found


def _cell(cell: Element) -> list[str]:
    """The cell's text, then one empty text for each further column that it spans."""
    span = _value(child(cell, "tcPr", "gridSpan")) or "1"
    text = " ".join(filter(None, (_text(found)[0].strip() for found in descendants(cell, "p"))))
    return [text] + [""] * (min(int(span), 64) - 1 if span.isdigit() else 0)


def _text(paragraph: Element) -> tuple[str, list[Element]]:
    """The words of a paragraph, and the text boxes anchored in it."""
    parts: list[str] = []
    boxes: list[Element] = []
    pending: list[Element] = [paragraph]
    while pending:
        element = pending.pop()
        local = name(element)
        if local == "txbxContent":
            boxes.append(element)
        elif local == "t":
            parts.append(element.text or "")
        elif local in ("tab", "ptab"):
            parts.append("\t")
        elif local in ("br", "cr"):
            parts.append("\n")
        elif local == "noBreakHyphen":
            parts.append("-")
        elif local in ("footnoteReference", "endnoteReference"):
            parts.append(f" [{attribute(element, 'id')}]")
        elif local not in _SKIPPED:
            pending.extend(reversed(list(children(element))))
    return "".join(parts), boxes
