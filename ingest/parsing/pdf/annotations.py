"""What a viewer paints over a PDF page: values of form fields, text boxes, stamps; and comments, marked as such."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from chatbot.text.hidden import How
from ingest.parsing.pdf.glyphs import Box
from ingest.parsing.pdf.lines import COLUMN_GAP, NARROW_GAP, Cell, Line
from ingest.parsing.pdf.turned import turned_back

CHECKED, UNCHECKED = "☑", "☐"
_MAX_ANNOTATIONS = 3_000
_MAX_BYTES = 2**18
# flags of annotations and of fields in PDF
_INVISIBLE_FLAGS = 2 | 32
_PASSWORD = 1 << 13
# smaller ones are seen by nobody, in points
_LEAST = 2.0
_SIZE = 11.0
# text that an appearance shows with a plain font
_SHOWN = re.compile(r"\(((?:\\.|[^\\()]){1,500})\)\s*(?:Tj|')")
_STANDARD_STAMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WHITE = re.compile(r"(?:^|\s)(?:1(?:\.0*)?\s+1(?:\.0*)?\s+1(?:\.0*)?\s+rg|1(?:\.0*)?\s+g)\b")


@dataclass(frozen=True, slots=True)
class Note:
    """``field`` stands beside its label, ``text`` is a paragraph where it stands, ``comment`` is one of a reader."""

    kind: Literal["field", "text", "comment"]
    text: str
    box: Box
    how: How | None = None


def notes_of(page: Any, form: Any, bounds: Box) -> list[Note]:
    """All of a page, from top to bottom. ``form`` is PDFium's handle of the document's form, or ``None``."""
    import pypdfium2.raw as raw

    found: list[Note] = []
    for index in range(min(raw.FPDFPage_GetAnnotCount(page.raw), _MAX_ANNOTATIONS)):
        annotation = raw.FPDFPage_GetAnnot(page.raw, index)
        if not annotation:
            continue
        try:
            found += _note(raw, annotation, form, bounds)
        finally:
            raw.FPDFPage_CloseAnnot(annotation)
    return sorted(found, key=lambda note: (-note.box[3], note.box[0]))


def _note(raw: Any, annotation: Any, form: Any, bounds: Box) -> Iterator[Note]:
    kind = raw.FPDFAnnot_GetSubtype(annotation)
    if kind in (raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_POPUP):
        return
    rect = raw.FS_RECTF()
    if not raw.FPDFAnnot_GetRect(annotation, rect):
        return
    box = (
        min(rect.left, rect.right),
        min(rect.bottom, rect.top),
        max(rect.left, rect.right),
        max(rect.bottom, rect.top),
    )
    how: How | None = None
    if raw.FPDFAnnot_GetFlags(annotation) & _INVISIBLE_FLAGS:
        how = "marked"
    elif box[2] <= bounds[0] or bounds[2] <= box[0] or box[3] <= bounds[1] or bounds[3] <= box[1]:
        how = "outside"
    elif max(box[2] - box[0], box[3] - box[1]) < _LEAST:
        how = "size"
    if kind == raw.FPDF_ANNOT_WIDGET:
        if form is not None and (value := _value(raw, annotation, form)):
            yield Note("field", value, box, how or _colour(raw, annotation, value))
        return
    contents = _string(raw, annotation, b"Contents").replace("\r\n", "\n").replace("\r", "\n").strip()
    if kind == raw.FPDF_ANNOT_FREETEXT:
        if contents:
            yield Note("text", contents, box, how or _colour(raw, annotation, contents))
    elif kind == raw.FPDF_ANNOT_STAMP:
        shown = _appearance(raw, annotation)
        text = shown or contents or _standard(raw, annotation)
        if text:
            yield Note("text", text, box, how)
        if shown and contents and contents.casefold() not in shown.casefold():
            yield Note("comment", f"[Comment: {contents}]", box, how)
    elif contents:
        yield Note("comment", f"[Comment: {contents}]", box, how)


def _value(raw: Any, annotation: Any, form: Any) -> str:
    kind = raw.FPDFAnnot_GetFormFieldType(form, annotation)
    if kind in (raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON):
        return CHECKED if raw.FPDFAnnot_IsChecked(form, annotation) else UNCHECKED
    if kind in (raw.FPDF_FORMFIELD_COMBOBOX, raw.FPDF_FORMFIELD_LISTBOX):
        chosen = [
            _read(
                lambda buffer, size, index=index: raw.FPDFAnnot_GetOptionLabel(
                    form, annotation, index, buffer, size
                )
            )
            for index in range(min(raw.FPDFAnnot_GetOptionCount(form, annotation), 1_000))
            if raw.FPDFAnnot_IsOptionSelected(form, annotation, index)
        ]
        if any(chosen):
            return ", ".join(filter(None, chosen))
    elif kind != raw.FPDF_FORMFIELD_TEXTFIELD:
        return ""
    if raw.FPDFAnnot_GetFormFieldFlags(form, annotation) & _PASSWORD:
        return ""
    value = _read(lambda buffer, size: raw.FPDFAnnot_GetFormFieldValue(form, annotation, buffer, size))
    return value.replace("\r\n", "\n").replace("\r", "\n").strip()


def _colour(raw: Any, annotation: Any, text: str) -> How | None:
    """Whether the text is white and nothing is painted behind it."""
    if text in (CHECKED, UNCHECKED) or not _WHITE.search(_string(raw, annotation, b"DA")):
        return None
    painted = any(raw.FPDFAnnot_HasKey(annotation, key) for key in (b"C", b"MK", b"BG"))
    return None if painted else "colour"


def _appearance(raw: Any, annotation: Any) -> str:
    """The words that the stamp's own picture shows, where they are set in a plain font."""
    stream = _read(
        lambda buffer, size: raw.FPDFAnnot_GetAP(
            annotation, raw.FPDF_ANNOT_APPEARANCEMODE_NORMAL, buffer, size
        )
    )
    words = (re.sub(r"\\(.)", r"\1", match) for match in _SHOWN.findall(stream))
    text = " ".join(filter(None, map(str.strip, words)))
    return text if sum(map(str.isalnum, text)) > 0.5 * len(text) else ""


def _standard(raw: Any, annotation: Any) -> str:
    """The name of a stamp that every viewer knows: ``NotApproved``."""
    name = _string(raw, annotation, b"Name").lstrip("#")
    return _STANDARD_STAMP.sub(" ", name) if name.isalpha() and name.isascii() else ""


def _string(raw: Any, annotation: Any, key: bytes) -> str:
    return _read(lambda buffer, size: raw.FPDFAnnot_GetStringValue(annotation, key, buffer, size))


def _read(ask: Any) -> str:
    """A string that PDFium gives in UTF-16, at most 256 KB of it."""
    size = ask(None, 0)
    if not 2 < size <= _MAX_BYTES:
        return ""
    buffer = (ctypes.c_ushort * (size // 2))()
    ask(buffer, size)
    return bytes(buffer).decode("utf-16-le", "replace").rstrip("\0")


def with_notes(lines: list[Line], notes: list[Note], quarters: int) -> list[Line]:
    """The lines with what the notes say where they stand: values in the line of their label, others on their own."""
    lines = list(lines)
    for note in notes:
        if note.how is not None:
            continue
        box = turned_back(note.box, quarters)
        if note.kind == "field":
            place = _row(lines, box)
            if place is not None:
                lines[place] = _beside(lines[place], note.text, box)
                continue
        lines.insert(_below(lines, box), _own(note, box))
    return lines


def _row(lines: list[Line], box: Box) -> int | None:
    """The line on whose height the field stands, the nearest one."""
    left, bottom, right, top = box
    best: tuple[float, int] | None = None
    for place, line in enumerate(lines):
        if not line.placed or line.apart or line.rows:
            continue
        middle = line.first + 0.3 * line.size
        if not bottom - 0.3 * line.size <= middle <= top + 0.3 * line.size:
            continue
        gap = max(line.left - right, left - line.right, 0.0)
        if gap > 250:
            continue
        # of several lines beside a tall field, the upper one is its label
        rank = gap + (top - middle if top - bottom > 2.5 * line.size else abs((top + bottom) / 2 - middle))
        if best is None or rank < best[0]:
            best = (rank, place)
    return None if best is None else best[1]


def _beside(line: Line, text: str, box: Box) -> Line:
    value = Cell(" ".join(text.split()), box[0], max(box[2], box[0] + 1))
    if text in (CHECKED, UNCHECKED):
        value = replace(value, left=(box[0] + box[2]) / 2 - 1, right=(box[0] + box[2]) / 2 + 1)
    if not (line.words or line.cells):
        joined = f"{line.text.rstrip()} {value.text}" if box[0] > line.left else f"{value.text} {line.text}"
        return replace(line, text=joined)
    words = sorted((*(line.words or line.cells), value), key=lambda word: word.left)
    return replace(
        line,
        text=" ".join(word.text for word in words),
        left=words[0].left,
        right=max(word.right for word in words),
        cells=_cut(words, COLUMN_GAP * line.size),
        pieces=_cut(words, NARROW_GAP * line.size),
        words=tuple(words),
    )


def _cut(words: list[Cell], gap: float) -> tuple[Cell, ...]:
    cells = [words[0]]
    for word in words[1:]:
        last = cells[-1]
        if word.left - last.right < gap:
            cells[-1] = Cell(f"{last.text} {word.text}", last.left, max(last.right, word.right))
        else:
            cells.append(word)
    return tuple(cells)


def _below(lines: list[Line], box: Box) -> int:
    """Where in the order of the lines something with this box belongs: after the nearest line above its middle."""
    left, bottom, right, top = box
    best: tuple[float, int] | None = None
    for place, line in enumerate(lines):
        above = line.first - (top + bottom) / 2
        if not line.placed or above < 0:
            continue
        aside = max(line.left - right, left - line.right, 0.0)
        if best is None or above + 0.5 * aside <= best[0]:
            best = (above + 0.5 * aside, place)
    return 0 if best is None else best[1] + 1


def _own(note: Note, box: Box) -> Line:
    left, bottom, right, top = box
    size = min(max(top - bottom, 4.0) * 0.7, _SIZE)
    base = top - size if note.kind == "text" else bottom + 0.25 * (top - bottom)
    if note.kind != "field":
        return Line(note.text, left, right, base, base, size, placed=True, apart=True)
    cell = (Cell(" ".join(note.text.split()), left, right),)
    return Line(cell[0].text, left, right, base, base, size, True, False, cell, cell, cell)
