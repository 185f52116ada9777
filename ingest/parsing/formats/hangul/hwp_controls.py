"""HWP 5: what single controls say, and the lists of paragraphs that they hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.parsing.clean import one_line
from ingest.parsing.formats.colours import Colour
from ingest.parsing.formats.hangul.hwp_numbers import formatted
from ingest.parsing.formats.hangul.hwp_records import FORM_OBJECT, LIST_HEADER, PARA_HEADER, Record
from ingest.parsing.formats.hangul.hwp_styles import fill_at
from ingest.parsing.formats.hangul.hwp_text import readable

# "check boxes" of forms: the record's text says of each property its name, kind and value
_FORM_TEXT = re.compile(r"(Caption|Text):wstring:(\d{1,5}):")
_FORM_VALUE = re.compile(r"\bValue:int:(-?\d)")
_TICKED, _EMPTY = "☑", "☐"


def kind_of(control: Record) -> str:
    """The four letters that name a control, as "tbl " or "gso "; empty where it is cut short."""
    return control.data[3::-1].decode("latin-1") if len(control.data) >= 4 else ""


def lists(records: Sequence[Record], mark: int = -1) -> Iterator[tuple[Record | None, list[Record]]]:
    """Each list's header with its paragraphs, which follow it at its own level or lie below it; (None, []) at ``mark``."""
    header: Record | None = None
    paragraphs: list[Record] = []
    for record in records:
        if record.tag == LIST_HEADER or record.tag == mark:
            if header is not None:
                yield header, paragraphs
            header, paragraphs = (record, list(record.children)) if record.tag == LIST_HEADER else (None, [])
            if record.tag == mark:
                yield None, []
        elif record.tag == PARA_HEADER and header is not None:
            paragraphs.append(record)
    if header is not None:
        yield header, paragraphs


def paragraphs_in(control: Record) -> list[Record]:
    """The paragraphs of all lists of a control, in their order."""
    return [paragraph for _, paragraphs in lists(control.children) for paragraph in paragraphs]


def inner_lists(record: Record) -> Iterator[list[Record]]:
    """The lists of paragraphs anywhere in a drawing or table, its own ones only."""
    pending = [record]
    while pending:
        found = pending.pop()
        for _, paragraphs in lists(found.children):
            yield paragraphs
        inner = [child for child in found.children if child.tag not in (PARA_HEADER, LIST_HEADER)]
        pending += reversed(inner)


def shape_fill(record: Record) -> Colour | None:
    """The colour that fills a drawn shape; ``None`` where that is not known.

    SHAPE_COMPONENT: the kind once or, for the outermost shape, twice; 42 bytes of place and size; matrices (a count in
    16 bits, then 48 bytes and twice 48 for each); 13 bytes of its line; the fill.
    """
    start = 8 if record.data[:4] == record.data[4:8] else 4
    matrices = record.word(start + 42)
    fill = fill_at(record, start + 42 + 2 + 48 + 96 * matrices + 13)
    return fill.colour if fill is not None else None


def equation(record: Record) -> str:
    """The script of an equation, as it is typed in Hangul: ``{a} over {b}``, ``x ^2``. ``~`` and `` ` `` are spaces."""
    return one_line(record.text(4)[0].replace("~", " ").replace("`", " "))


def small_control(kind: str, control: Record) -> str:
    """Controls that are a few characters in their line."""
    if kind == "atno":
        attributes, number = control.double(4), control.word(8)
        if attributes & 15 < 3:  # of pages; of notes, which carry it already
            return ""
        sides = [chr(control.word(offset)) if control.word(offset) >= 32 else "" for offset in (12, 14)]
        return f"{sides[0]}{formatted(number, attributes >> 4 & 255)}{sides[1]}"
    if kind == "tcps":  # characters over each other: a box and a tick
        text = readable(control.text(4)[0])
        return _TICKED if re.search("[□☐▢]", text) and re.search("[✓✔√vVxX✗✕]", text) else text
    if kind == "tdut":
        main, end = control.text(4)
        above, _ = control.text(end)
        return readable(f"{main}({above})" if above.strip() else main)
    if kind == "form":
        form = control.first(FORM_OBJECT)
        return _form(form) if form is not None else ""
    return ""


def _form(record: Record) -> str:
    """A form's element as it is painted: a ticked or empty box with its caption, or the text in a field."""
    kind = record.data[3::-1].decode("latin-1")
    text = record.data[8:].decode("utf-16-le", "replace")
    words = {
        match.group(1): text[match.end() : match.end() + int(match.group(2))]
        for match in _FORM_TEXT.finditer(text)
    }
    if kind in ("+cbt", "+rbt"):
        value = _FORM_VALUE.search(text)
        box = _TICKED if value and value.group(1) == "1" else _EMPTY
        return f"{box} {words.get('Caption', '')} "
    return words.get("Text") or words.get("Caption", "")
