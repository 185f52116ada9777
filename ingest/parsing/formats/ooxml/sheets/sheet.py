"""One sheet's XML, read row by row: cells as shown, hidden ones apart, and what the sheet says beside its cells."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from lxml import etree

from chatbot.text.hidden import How
from ingest.parsing.formats.colours import SMALLEST
from ingest.parsing.formats.ooxml.parts.package import switched
from ingest.parsing.formats.ooxml.sheets.conditions import Rule, painted, rules_of
from ingest.parsing.formats.ooxml.sheets.strings import Text, add_run, clear, plain, text_of
from ingest.parsing.formats.ooxml.sheets.styles import CellStyle, Paint, Styles
from ingest.parsing.formats.scripts import Line
from ingest.parsing.xml_tree import Element

MAX_COLUMN, MAX_ROW = 16_384, 1_048_576
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_QUOTED = rb"""[^<>]{0,300}?\s%s=["']([^"'<>]{1,20000})["']"""
_MERGED = re.compile(rb"<(?:\w{1,20}:)?mergeCell" + _QUOTED % b"ref")
_PICTURE = re.compile(rb"<(?:\w{1,20}:)?picture[\s/>]")
_OBJECT = re.compile(rb"<(?:\w{1,20}:)?oleObject[\s/>]")
_DIFFERENT = re.compile(rb"""different(First|OddEven)=["'](?:1|true|on)["']""")
_RUNNING = re.compile(rb"<(?:\w{1,20}:)?(odd|even|first)(Header|Footer)(?:\s[^<>]*)?>([^<>]{1,4000})<")
_PROLOGUE = re.compile(r"\s*<\?xml[^>]*\?>")
# a sheet with more of them was made to cost time: each row looks at those that reach it
_MAX_MERGED, _MAX_PAINTED = 100_000, 10_000


@dataclass(frozen=True, slots=True)
class Range:
    """Cells from the first to the last row and column, counted from 1, both ends included."""

    top: int
    left: int
    bottom: int
    right: int

    def holds(self, row: int, column: int) -> bool:
        return self.top <= row <= self.bottom and self.left <= column <= self.right


@dataclass(frozen=True, slots=True)
class Painted:
    """Cells whose background their styles do not tell: all of them, or those of which ``rule`` may hold."""

    range: Range
    rule: Rule | None = None


@dataclass(slots=True)
class Cell:
    """What a cell shows: ``text`` is empty where all of it is hidden; ``hidden`` are its words that nobody sees."""

    text: str
    is_figure: bool = False
    hidden: tuple[tuple[str, How], ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row that hold words, by column; numbers count from 1."""

    number: int
    cells: dict[int, Cell]
    is_hidden: bool = False


@dataclass(slots=True)
class Sheet:
    """A sheet's part, and what is known of it.

    Attributes:
        data: its XML in UTF-8.
        merged: ranges whose first cell's value covers all of them.
        painted: cells whose background their styles do not tell.
        running: place (``Header``, ``Footer``) and code of each that is printed.
        has_objects: whether files lie on it as objects.
        hidden_columns, unanswered, complete: known once the rows were read: columns that are not shown, how many
            formulas have no stored result, and whether the part could be read to its end.
    """

    data: bytes
    merged: list[Range]
    painted: list[Painted]
    running: list[tuple[str, str]]
    has_objects: bool
    hidden_columns: set[int] = field(default_factory=set)
    unanswered: int = 0
    complete: bool = True


def open_sheet(data: bytes, tables: list[Range], paints: Sequence[Paint | None] = ()) -> Sheet:
    """What stands behind the rows and is needed before them: it is looked for in the bytes.

    ``tables`` are the ranges of tables, whose own styles paint the background; ``paints`` as for ``rules_of``.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = _PROLOGUE.sub("", data.decode("utf-16", "replace")).encode()
    tail = data[max(data.rfind(b"sheetData"), 0) :]
    different = {found.decode() for found in _DIFFERENT.findall(tail)}
    used = (
        {"odd"}
        | ({"first"} if "First" in different else set())
        | ({"even"} if "OddEven" in different else set())
    )
    return Sheet(
        data,
        merged=_ranges(_MERGED.findall(tail), _MAX_MERGED),
        painted=_painted(tail, tables, paints),
        running=[
            (place.decode(), html.unescape(code.decode("utf-8", "replace")))
            for when, place, code in _RUNNING.findall(tail)
            if when.decode() in used
        ],
        has_objects=_OBJECT.search(tail) is not None,
    )


def _painted(tail: bytes, tables: list[Range], paints: Sequence[Paint | None]) -> list[Painted]:
    if _PICTURE.search(tail):
        return [Painted(Range(1, 1, MAX_ROW, MAX_COLUMN))]  # it lies behind all cells
    found = [Painted(table) for table in tables]
    for ranges, rule in rules_of(tail, paints):
        found += [Painted(place, rule) for place in _ranges(ranges, _MAX_PAINTED - len(found))]
        if len(found) >= _MAX_PAINTED:
            break
    return found


def _ranges(found: list[bytes], most: int) -> list[Range]:
    parts = b" ".join(found).split()[:most]
    ranges = (range_of(part.decode("ascii", "ignore")) for part in parts)
    return [item for item in ranges if item is not None]


class SheetReader:
    """Reads rows; ``strings`` are the workbook's shared texts, and days may count from 1904."""

    def __init__(self, strings: list[Text], styles: Styles, from_1904: bool = False) -> None:
        self._strings = strings
        self._styles = styles
        self._from_1904 = from_1904
        # a million cells have a handful of different tags and columns
        self._names: dict[Any, str] = {}
        self._columns: dict[str, int] = {}

    def rows(self, sheet: Sheet) -> Iterator[Row]:
        """Rows in the order of the file."""
        last = 0
        try:
            for element in _elements(sheet.data):
                if self._name(element) == "col":
                    _column(sheet, element)
                else:
                    row = self._row(sheet, element, last)
                    last = row.number
                    if row.cells:
                        yield row
                clear(element)
        except etree.XMLSyntaxError as error:
            if "memory" in str(error).lower():
                raise MemoryError from error
            sheet.complete = False

    def _name(self, element: Element) -> str:
        tag = element.tag
        found = self._names.get(tag)
        if found is None:
            found = self._names[tag] = tag.rpartition("}")[2] if isinstance(tag, str) else ""
        return found

    def _row(self, sheet: Sheet, element: Element, last: int) -> Row:
        given = element.get("r") or ""
        number = int(given) if given.isdecimal() and len(given) <= 7 else last + 1
        around = [found for found in sheet.painted if found.range.top <= number <= found.range.bottom]
        column = 0
        cells: dict[int, Cell] = {}
        for item in element:
            if self._name(item) != "c":
                continue
            column = self._column_of(item.get("r"), column + 1)
            if not len(item):
                continue
            over = [found.rule for found in around if found.range.left <= column <= found.range.right]
            cell = self._cell(sheet, item, over)
            if cell is not None and 1 <= column <= MAX_COLUMN:
                cells[column] = cell
        return Row(number, cells, switched(element.get("hidden")) or _is_flat(element.get("ht")))

    def _column_of(self, reference: str | None, default: int) -> int:
        if not reference:
            return default
        letters = reference.rstrip("0123456789")
        found = self._columns.get(letters)
        if found is None:
            match = _REFERENCE.fullmatch(reference)
            found = self._columns[letters] = column_number(match.group(1)) if match else default
        return found

    def _cell(self, sheet: Sheet, element: Element, over: list[Rule | None]) -> Cell | None:
        """``over`` are the rules that may paint it, ``None`` for what paints whatever the cell holds."""
        kind = element.get("t") or "n"
        value = formula = inline = None
        for part in element:
            match self._name(part):
                case "v":
                    value = part.text
                case "f":
                    formula = part
                case "is":
                    inline = part
        style = self._styles.cell(element.get("s"))
        if inline is not None:
            text = text_of(inline, self._styles)
            return words(text, style, painted(over, plain(text)))
        if value is None:
            if formula is None or kind == "str":
                return None
            sheet.unanswered += 1
            # it begins with "=", so that nobody takes it for a value
            return Cell("=" + (formula.text or "..."))
        if kind == "n":
            return self._figure(value, style, over)
        if kind == "s":
            place = int(value) if value.isdecimal() and len(value) < 12 else -1
            text = self._strings[place] if 0 <= place < len(self._strings) else ""
            return words(text, style, painted(over, plain(text)))
        paint = painted(over, value)
        if kind == "b":
            return word("TRUE" if switched(value) else "FALSE", style, paint)
        if kind == "e":
            # a picture in a cell is stored as this error for programs that cannot show it
            is_picture = value == "#VALUE!" and element.get("vm") is not None
            return None if is_picture else word(value, style, paint)
        if kind == "d":
            value = value.replace("T00:00:00", "").replace("T", " ")
        return words(value, style, paint)

    def _figure(self, value: str, style: CellStyle, over: list[Rule | None]) -> Cell | None:
        try:
            figure: int | float = int(value) if value.isdecimal() and len(value) <= 15 else float(value)
        except ValueError:
            return words(value, style, painted(over, value))
        shown = style.format.shown(figure, self._from_1904)
        if shown is None:
            # zeros that a sheet leaves blank are no words
            return Cell("", hidden=((value, "marked"),)) if figure else None
        cell = word(shown, style, painted(over, figure))
        if cell is not None:
            cell.is_figure = True
        return cell


def words(text: Text, style: CellStyle, paint: Paint | None) -> Cell | None:
    """A cell of text whose runs may have fonts of their own."""
    whole = plain(text)
    shown = style.format.shown_text(whole)
    if shown is None:
        return Cell("", hidden=((whole, "marked"),)) if whole.strip() else None
    if isinstance(text, str) or shown != whole:
        return word(shown, style, paint)
    line = Line()
    hidden: list[tuple[str, How]] = []
    for run in text:
        how = style.hides(run.font, paint)
        if how is None or not run.text.strip():
            add_run(line, run, style.font(run.font))
        else:
            hidden.append((run.text, how))
    shown = line.text().strip()
    return Cell(shown, hidden=tuple(hidden)) if shown or hidden else None


def word(text: str, style: CellStyle, paint: Paint | None) -> Cell | None:
    """A cell of plain words; ``None`` for blank ones."""
    text = text.strip()
    if not text:
        return None
    how = style.hides(paint=paint)
    return Cell(style.drawn(text)) if how is None else Cell("", hidden=((text, how),))


def _elements(data: bytes) -> Iterator[Element]:
    events = etree.iterparse(
        BytesIO(data),
        events=("end",),
        tag=("{*}row", "{*}col"),
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    for _, element in events:
        yield element


def _column(sheet: Sheet, element: Element) -> None:
    first, last, width = element.get("min") or "", element.get("max") or "", element.get("width")
    if (switched(element.get("hidden")) or width in ("0", "0.0")) and first.isdecimal() and last.isdecimal():
        sheet.hidden_columns.update(range(int(first[:7]), min(int(last[:7]), MAX_COLUMN) + 1))


def _is_flat(height: str | None) -> bool:
    """A row lower than the smallest print."""
    try:
        return height is not None and float(height) < SMALLEST
    except ValueError:
        return False


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
