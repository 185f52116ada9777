"""XLS: the records of one sheet -> cells, comments, boxes and the ranges that merged cells cover."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from ingest.parsing.formats.colours import SMALLEST
from ingest.parsing.formats.legacy.biff import BOF, END, Biff, Texts, records, rk
from ingest.parsing.formats.legacy.conditions import xls_rule
from ingest.parsing.formats.legacy.workbook import (
    ERRORS,
    MAX_CELLS,
    Over,
    few,
    figure,
    over_cell,
)
from ingest.parsing.formats.ooxml.sheets.conditions import painted
from ingest.parsing.formats.ooxml.sheets.held import HeldSheet
from ingest.parsing.formats.ooxml.sheets.sheet import (
    MAX_COLUMN,
    Cell,
    Painted,
    Range,
    word,
    words,
)
from ingest.parsing.formats.ooxml.sheets.strings import Text, plain
from ingest.parsing.formats.ooxml.sheets.styles import Styles


class _Id:
    """Numbers of records."""

    ROW, COLINFO, MERGED, CONDITIONAL, RULE, NEWER_CONDITIONAL = 0x208, 0x7D, 0xE5, 0x1B0, 0x1B1, 0x879
    NUMBER, RK, MULRK, LABELSST, LABEL, RSTRING, BOOLERR, FORMULA, STRING = (
        0x203, 0x27E, 0xBD, 0xFD, 0x204, 0xD6, 0x205, 0x06, 0x207,
    )  # fmt: skip
    NOTE, OBJECT, TEXT_OBJECT, HEADER, FOOTER, SERIES_TEXT = 0x1C, 0x5D, 0x1B6, 0x14, 0x15, 0x100D


_CELLS = frozenset(
    {
        _Id.NUMBER,
        _Id.RK,
        _Id.MULRK,
        _Id.LABELSST,
        _Id.LABEL,
        _Id.RSTRING,
        _Id.BOOLERR,
        _Id.FORMULA,
        _Id.STRING,
    }
)
# kinds of drawn objects
_NOTE_OBJECT, _CHECK_BOX, _OPTION, _CHART_OBJECT = 0x19, 0x0B, 0x0C, 0x05
_MAX_RANGES = 20_000


class SheetRecords:
    """One worksheet.

    Attributes:
        sheet, over: what ``read`` found.
        has_chart: whether a chart or an object of another program lies on it.
    """

    def __init__(self, texts: Texts, styles: Styles, strings: list[Text], from_1904: bool) -> None:
        self.sheet, self.over = HeldSheet(), Over()
        self.has_chart = False
        self._texts = texts
        self._styles = styles
        self._strings = strings
        self._from_1904 = from_1904
        self._painted: list[Painted] = []
        self._cells = 0
        # of the last formula, whose text follows in a record of its own: row, column, style
        self._open: tuple[int, int, int] | None = None
        # the last object: its kind, number and whether it is ticked
        self._object = (-1, -1, False)
        self._objects: dict[int, str] = {}
        self._notes: list[tuple[int, int, int]] = []

    def read(self, data: bytes, offset: int) -> bool:
        """Whether the sheet was there to its end."""
        found = list(self._own_records(data, offset)) if 0 < offset < len(data) else []
        if not found or found[0].number != BOF:
            return False
        # conditional formats come after the cells
        self._painted = few(self._conditions(found))
        for biff in found:
            try:
                self._record(biff)
            except (struct.error, IndexError):
                self.sheet.complete = False
        for row, column, number in self._notes:
            if text := self._objects.get(number, "").strip():
                self.over.comments[row + 1, column + 1] = text
        return self.sheet.complete and found[-1].number == END

    def _conditions(self, found: list[Biff]) -> Iterator[Painted]:
        """What conditional formats paint: records of ranges, each followed by its rules."""
        ranges: list[Range] = []
        for priority, biff in enumerate(found):
            try:
                if biff.number == _Id.CONDITIONAL:
                    ranges = _ranges(biff.data, 12)
                elif biff.number == _Id.NEWER_CONDITIONAL:
                    # its rules are of Excel 2007 and are not worked out
                    yield from (Painted(place) for place in _ranges(biff.data, 24))
                elif biff.number == _Id.RULE:
                    rule = xls_rule(biff.data, self._styles.indexed, priority)
                    yield from (Painted(place, rule) for place in ranges if rule is not None)
            except struct.error:
                yield from (Painted(place) for place in ranges)

    def _own_records(self, data: bytes, offset: int) -> list[Biff]:
        """Without those of the charts that lie on the sheet; only their words are kept."""
        found: list[Biff] = []
        depth = 0
        for biff in records(data, offset):
            if biff.number == BOF:
                depth += 1
                if depth > 1:
                    self.has_chart = True
                    continue
            if depth > 1 and biff.number == _Id.SERIES_TEXT:
                self.over.words.append(self._texts.short(biff.data, 2))
            if depth <= 1:
                found.append(biff)
            if biff.number == END:
                depth -= 1
                if depth <= 0:
                    break
        return found

    def _record(self, biff: Biff) -> None:
        data = biff.data
        match biff.number:
            case _Id.ROW:
                row, _, _, height = struct.unpack_from("<4H", data)
                flat = not height & 0x8000 and height / 20 < SMALLEST
                if struct.unpack_from("<I", data, 12)[0] & 0x20 or flat:
                    self.sheet.hidden_rows.add(row + 1)
            case _Id.COLINFO:
                first, last, width, _, flags = struct.unpack_from("<5H", data)
                if flags & 1 or width == 0:
                    self.sheet.hidden_columns.update(range(first + 1, min(last, MAX_COLUMN) + 2))
            case number if number in _CELLS:
                self._cell_record(biff)
            case _Id.MERGED:
                count = struct.unpack_from("<H", data)[0]
                for place in range(min(count, _MAX_RANGES - len(self.sheet.merged))):
                    top, bottom, left, right = struct.unpack_from("<4H", data, 2 + 8 * place)
                    self.sheet.merged.append(Range(top + 1, left + 1, bottom + 1, right + 1))
            case _Id.HEADER | _Id.FOOTER if data:
                side = "Header" if biff.number == _Id.HEADER else "Footer"
                self.over.running.append((side, self._texts.short(data, 0, 2 if self._texts.is_biff8 else 1)))
            case _Id.NOTE if self._texts.is_biff8:
                row, column, _, number = struct.unpack_from("<4H", data)
                self._notes.append((row, column, number))
            case _Id.NOTE:
                row, column = struct.unpack_from("<2H", data)
                self.over.comments[row + 1, column + 1] = self._texts.short(data, 4, 2)
            case _Id.OBJECT:
                self._drawn(data)
            case _Id.TEXT_OBJECT:
                self._box(biff)

    def _cell_record(self, biff: Biff) -> None:
        data, number = biff.data, biff.number
        if number == _Id.STRING:
            if self._open is not None:
                row, column, style = self._open
                self._put(
                    row, column, style, self._texts.short(data, 0, 2) if len(biff.parts) == 1 else _long(biff)
                )
            self._open = None
            return
        row, column, style = struct.unpack_from("<3H", data)
        if number == _Id.MULRK:
            for place in range((len(data) - 6) // 6):
                style, value = struct.unpack_from("<HI", data, 4 + 6 * place)
                self._put(row, column + place, style, rk(value))
        elif number == _Id.RK:
            self._put(row, column, style, rk(struct.unpack_from("<I", data, 6)[0]))
        elif number == _Id.NUMBER:
            self._put(row, column, style, float(struct.unpack_from("<d", data, 6)[0]))
        elif number == _Id.LABELSST:
            place = struct.unpack_from("<I", data, 6)[0]
            if place < len(self._strings):
                self._put(row, column, style, self._strings[place])
            else:
                self.sheet.complete = False
        elif number in (_Id.LABEL, _Id.RSTRING):
            self._put(row, column, style, self._texts.labelled(biff))
        elif number == _Id.BOOLERR:
            self._put_word(row, column, style, data[6], bool(data[7]))
        elif number == _Id.FORMULA:
            self._formula(row, column, style, data[6:14])

    def _formula(self, row: int, column: int, style: int, result: bytes) -> None:
        if result[6:8] != b"\xff\xff":
            self._put(row, column, style, float(struct.unpack("<d", result)[0]))
        elif result[0] == 0:
            self._open = (row, column, style)
        elif result[0] in (1, 2):
            self._put_word(row, column, style, result[2], result[0] == 2)

    def _put_word(self, row: int, column: int, style: int, value: int, is_error: bool) -> None:
        text = ERRORS.get(value, "#N/A") if is_error else "TRUE" if value else "FALSE"
        paint = painted(over_cell(self._painted, row + 1, column + 1), text)
        self._keep(row, column, word(text, self._styles.cell(str(style)), paint))

    def _put(self, row: int, column: int, style: int, value: float | Text) -> None:
        cell_style = self._styles.cell(str(style))
        over = over_cell(self._painted, row + 1, column + 1)
        paint = painted(over, value if isinstance(value, float) else plain(value))
        if isinstance(value, float):
            self._keep(row, column, figure(value, cell_style, paint, self._from_1904))
        else:
            self._keep(row, column, words(value, cell_style, paint))

    def _keep(self, row: int, column: int, cell: Cell | None) -> None:
        if cell is None or column >= MAX_COLUMN:
            return
        self._cells += 1
        if self._cells > MAX_CELLS:
            self.sheet.complete = False
            return
        self.sheet.rows.setdefault(row + 1, {})[column + 1] = cell

    def _drawn(self, data: bytes) -> None:
        """An object's kind and number, and whether a box is ticked: sub-records of (kind 16 bits, size 16 bits, data)."""
        kind, number, ticked, position = -1, -1, False, 0
        while position + 4 <= len(data):
            sub, size = struct.unpack_from("<HH", data, position)
            if sub == 0x15 and size >= 4:
                kind, number = struct.unpack_from("<HH", data, position + 4)
            elif sub == 0x12 and size >= 2:
                ticked = struct.unpack_from("<H", data, position + 4)[0] == 1
            position += 4 + size
        self._object = kind, number, ticked
        if kind == _CHART_OBJECT:
            self.has_chart = True

    def _box(self, biff: Biff) -> None:
        """The words of the last object: its text is in the first record that continues this one."""
        length = struct.unpack_from("<H", biff.data, 10)[0]
        if not length or len(biff.parts) < 2:
            return
        text = _continued(biff.parts[1:], length)
        kind, number, ticked = self._object
        if kind == _NOTE_OBJECT:
            self._objects[number] = " ".join(text.split())
        elif kind in (_CHECK_BOX, _OPTION):
            self.over.words.append(f"{'☑' if ticked else '☐'} {text}")
        else:
            self.over.words.append(text)


def _ranges(data: bytes, start: int) -> list[Range]:
    """A number of ranges, and the first and last row and column of each."""
    (count,) = struct.unpack_from("<H", data, start)
    found: list[Range] = []
    for place in range(min(count, (len(data) - start - 2) // 8)):
        top, bottom, left, right = struct.unpack_from("<4H", data, start + 2 + 8 * place)
        found.append(Range(top + 1, left + 1, bottom + 1, right + 1))
    return found


def _continued(parts: tuple[bytes, ...], length: int) -> str:
    """Characters in records that go on: each begins with a flag for 8 or 16 bits."""
    found: list[str] = []
    for part in parts:
        width = 2 if part[:1] and part[0] & 1 else 1
        piece = part[1 : 1 + width * length].decode("utf-16-le" if width == 2 else "latin-1", "replace")
        found.append(piece)
        length -= len(piece)
        if length <= 0:
            break
    return "".join(found)


def _long(biff: Biff) -> str:
    """A STRING record that goes on in others."""
    length = struct.unpack_from("<H", biff.data)[0]
    return _continued((biff.data[2:], *biff.parts[1:]), length)
