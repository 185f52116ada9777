"""One sheet's XML, read row by row: cells as shown, hidden ones apart, merged ranges, and what else lies on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO

from lxml import etree

from chatbot.text.hidden import How
from ingest.parsing.formats.ooxml.parts.colours import SMALLEST
from ingest.parsing.formats.ooxml.parts.package import switched
from ingest.parsing.formats.ooxml.parts.scripts import Line
from ingest.parsing.formats.ooxml.sheets.strings import Text, clear, plain, text_of
from ingest.parsing.formats.ooxml.sheets.styles import CellStyle, Styles
from ingest.parsing.xml_tree import Element, name

_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
MAX_COLUMN, MAX_ROW = 16_384, 1_048_576
# a sheet with more of them was made to cost time: each row looks at those that reach it
_MAX_RANGES = 100_000
_PARTS = ("row", "col", "mergeCell", "headerFooter", "oleObject")
_CONDITIONAL = re.compile(rb"conditionalFormatting\s[^<>]{0,200}?sqref=[\"']([^\"'<>]{1,20000})[\"']")
_MAX_PAINTED = 10_000
_PICTURE = re.compile(rb"<(?:\w{1,20}:)?picture[\s/>]")


@dataclass(frozen=True, slots=True)
class Range:
    """Cells from the first to the last row and column, counted from 1, both ends included."""

    top: int
    left: int
    bottom: int
    right: int

    def holds(self, row: int, column: int) -> bool:
        return self.top <= row <= self.bottom and self.left <= column <= self.right


@dataclass(slots=True)
class Cell:
    """What a cell shows: ``text`` is empty where all of it is hidden; ``hidden`` are its words that nobody sees.

    ``note`` is what its comments say, in brackets.
    """

    text: str
    is_figure: bool = False
    hidden: list[tuple[str, How]] = field(default_factory=list)
    note: str = ""


@dataclass(slots=True)
class Sheet:
    """A sheet as it was read.

    Attributes:
        rows: cells by row and column, both from 1; only cells with text, seen or hidden.
        hidden_rows, hidden_columns: what the sheet does not show.
        merged: ranges whose first cell's value covers all of them.
        header: the elements of ``headerFooter``, if it has one.
        unanswered: formulas without a stored result.
        complete: whether the part was read to its end.
        embedded: files that lie on the sheet as objects.
    """

    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[Range] = field(default_factory=list)
    header: Element | None = None
    unanswered: int = 0
    complete: bool = True
    embedded: int = 0


@dataclass(slots=True)
class SheetReader:
    """What the cells of all sheets need: shared texts, styles, and the calendar."""

    strings: list[Text]
    styles: Styles
    from_1904: bool = False

    def read(self, data: bytes, painted: list[Range]) -> Sheet:
        """Reads a worksheet. ``painted`` are ranges whose background the cells' styles do not tell (tables)."""
        sheet = Sheet()
        painted = painted + _repainted(data)
        last = 0
        try:
            for element in _elements(data):
                local = name(element)
                if local == "row":
                    last = self._row(sheet, element, last, painted)
                elif local == "col":
                    _column(sheet, element)
                elif local == "mergeCell":
                    found = range_of(element.get("ref"))
                    if found is not None and len(sheet.merged) < _MAX_RANGES:
                        sheet.merged.append(found)
                elif local == "headerFooter":
                    sheet.header = element
                    continue
                elif local == "oleObject":
                    sheet.embedded += 1
                clear(element)
        except etree.XMLSyntaxError as error:
            if "memory" in str(error).lower():
                raise MemoryError from error
            sheet.complete = False
        return sheet

    def _row(self, sheet: Sheet, element: Element, last: int, painted: list[Range]) -> int:
        given = element.get("r") or ""
        row = int(given) if given.isdecimal() and len(given) <= 7 else last + 1
        if switched(element.get("hidden")) or _is_flat(element.get("ht")):
            sheet.hidden_rows.add(row)
        around = [found for found in painted if found.top <= row <= found.bottom]
        column = 0
        cells: dict[int, Cell] = {}
        for item in element:
            if name(item) != "c":
                continue
            column = _column_of(item.get("r"), column + 1)
            cell = self._cell(sheet, item, any(found.left <= column <= found.right for found in around))
            if cell is not None and 1 <= column <= MAX_COLUMN:
                cells[column] = cell
        if cells:
            sheet.rows.setdefault(row, {}).update(cells)
        return row

    def _cell(self, sheet: Sheet, element: Element, is_painted: bool) -> Cell | None:
        if not len(element):
            return None
        kind = element.get("t") or "n"
        value = formula = inline = None
        for part in element:
            match name(part):
                case "v":
                    value = part.text
                case "f":
                    formula = part
                case "is":
                    inline = part
        style = self.styles.cell(element.get("s"))
        if value is None and inline is None:
            if formula is None or kind == "str":
                return None
            sheet.unanswered += 1
            # it begins with "=", so that nobody takes it for a value
            return Cell("=" + (formula.text or "..."))
        if inline is not None:
            return _of_text(text_of(inline, self.styles), style, is_painted)
        return self._value(kind, value or "", style, is_painted, element.get("vm") is not None)

    def _value(self, kind: str, value: str, style: CellStyle, is_painted: bool, is_picture: bool) -> Cell | None:
        if kind == "s":
            place = int(value) if value.strip().isdecimal() and len(value) < 12 else -1
            text = self.strings[place] if 0 <= place < len(self.strings) else ""
            return _of_text(text, style, is_painted)
        if kind in ("str", "inlineStr"):
            return _of_text(value, style, is_painted)
        if kind == "e":
            # a picture in a cell is stored as this error for programs that cannot show it
            return None if is_picture and value == "#VALUE!" else _seen(value, style, is_painted)
        if kind == "b":
            return _seen("TRUE" if switched(value) else "FALSE", style, is_painted)
        try:
            figure: int | float = int(value) if value.lstrip("-").isdecimal() and len(value) <= 15 else float(value)
        except ValueError:
            # dates in words (t="d"), and whatever else stands there
            return _of_text(value.replace("T00:00:00", "").replace("T", " ") if kind == "d" else value, style, is_painted)
        shown = style.format.shown(figure, self.from_1904)
        if shown is None:
            # zeros that a sheet leaves blank are no words
            return Cell("", hidden=[(value, "marked")]) if figure else None
        cell = _seen(shown, style, is_painted)
        if cell is not None:
            cell.is_figure = True
        return cell


def _of_text(text: Text, style: CellStyle, is_painted: bool) -> Cell | None:
    words = plain(text)
    shown = style.format.shown_text(words)
    if shown is None:
        return Cell("", hidden=[(words, "marked")]) if words.strip() else None
    if isinstance(text, str) or shown != words:
        return _seen(shown, style, is_painted)
    line = Line()
    cell = Cell("")
    for run in text:
        how = style.hides(run.font, not is_painted)
        if how is None or not run.text.strip():
            line.add(run.text, run.level)
        else:
            cell.hidden.append((run.text, how))
    cell.text = line.text().strip()
    return cell if cell.text or cell.hidden else None


def _seen(text: str, style: CellStyle, is_painted: bool) -> Cell | None:
    text = text.strip()
    if not text:
        return None
    how = style.hides(known_fill=not is_painted)
    return Cell(text) if how is None else Cell("", hidden=[(text, how)])


def _elements(data: bytes) -> Iterator[Element]:
    for _, element in etree.iterparse(
        BytesIO(data),
        events=("end",),
        tag=[f"{{*}}{part}" for part in _PARTS],
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    ):
        yield element


def _repainted(data: bytes) -> list[Range]:
    """Ranges with other colours than their styles say: by their values, or all over a picture.

    They are named behind the rows, which need them, so that they are looked for before the rows are read.
    """
    tail = data[max(data.rfind(b"sheetData"), 0) :]
    if _PICTURE.search(tail):
        return [Range(1, 1, MAX_ROW, MAX_COLUMN)]
    found = _CONDITIONAL.findall(tail)
    ranges = (range_of(part.decode("ascii", "ignore")) for part in b" ".join(found).split()[:_MAX_PAINTED])
    return [item for item in ranges if item is not None]


def _column(sheet: Sheet, element: Element) -> None:
    first, last, width = element.get("min") or "", element.get("max") or "", element.get("width")
    if (switched(element.get("hidden")) or width in ("0", "0.0")) and first.isdecimal() and last.isdecimal():
        sheet.hidden_columns.update(range(int(first), min(int(last), MAX_COLUMN) + 1))


def _is_flat(height: str | None) -> bool:
    """A row lower than the smallest print."""
    try:
        return height is not None and float(height) < SMALLEST
    except ValueError:
        return False


def _column_of(reference: str | None, default: int) -> int:
    match = _REFERENCE.fullmatch(reference or "")
    return column_number(match.group(1)) if match else default


def column_number(letters: str) -> int:
    """1 for A, 27 for AA."""
    found = 0
    for letter in letters.upper():
        found = found * 26 + ord(letter) - 64
    return found


def range_of(reference: str | None) -> Range | None:
    """``A1:B3`` or ``A1``; ``None`` for what is neither."""
    first, _, last = (reference or "").partition(":")
    start, end = _REFERENCE.fullmatch(first), _REFERENCE.fullmatch(last or first)
    if start is None or end is None:
        return None
    top, bottom = sorted((int(start.group(2)), int(end.group(2))))
    left, right = sorted((column_number(start.group(1)), column_number(end.group(1))))
    return Range(top, left, bottom, right)
