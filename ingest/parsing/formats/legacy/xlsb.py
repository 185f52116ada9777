"""XLSB, Excel's binary workbooks: a package like that of XLSX whose parts are records. ``[MS-XLSB]``

record: number (7 bits a byte, at most two) | size (7 bits a byte, at most four) | data
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from lxml import etree

from chatbot.errors import DocumentRefused, Phrase
from ingest.parsing.archive import open_archive
from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.document import ParsedDocument
from ingest.parsing.formats.colours import SMALLEST, Colour
from ingest.parsing.formats.legacy.biff import rk
from ingest.parsing.formats.legacy.conditions import xlsb_paint, xlsb_rule
from ingest.parsing.formats.legacy.workbook import (
    ERRORS,
    MAX_CELLS,
    MAX_SHEETS,
    BinaryFont,
    BinaryStyles,
    ColourNames,
    Over,
    add_sheet,
    few,
    figure,
    over_cell,
)
from ingest.parsing.formats.ooxml.parts.package import Package
from ingest.parsing.formats.ooxml.parts.theme import theme_colours
from ingest.parsing.formats.ooxml.sheets.conditions import Rule, painted
from ingest.parsing.formats.ooxml.sheets.held import HeldSheet
from ingest.parsing.formats.ooxml.sheets.over import drawn_over
from ingest.parsing.formats.ooxml.sheets.sheet import (
    MAX_COLUMN,
    MAX_ROW,
    Cell,
    Painted,
    Range,
    word,
    words,
)
from ingest.parsing.formats.ooxml.sheets.strings import Run, Text, plain
from ingest.parsing.formats.ooxml.sheets.styles import UNKNOWN, Font, Paint
from ingest.parsing.formats.scripts import Level
from ingest.parsing.xml_tree import dublin_core_title

_DAMAGED = "The workbook is damaged. Open it in Excel, save it again and retry."
_EMPTY = "No sheet has a filled cell. Nothing to index; replace the file if this is a mistake."
_MAX_RANGES = 20_000


class _Id:
    """Numbers of records."""

    ROW, BLANK, RK, ERROR, BOOL, REAL, TEXT, SHARED = range(8)
    FORMULA_TEXT, FORMULA_REAL, FORMULA_BOOL, FORMULA_ERROR = 8, 9, 10, 11
    STRING_ITEM, FONT, FORMAT, FILL, XF, COLUMN, RICH_TEXT = 19, 43, 44, 45, 47, 60, 62
    PROPERTIES, SHEET, MERGED, CONDITIONAL, RULE, RUNNING = 153, 156, 176, 461, 463, 479
    DIFFERING_STYLE = 507
    CELL_STYLES, CELL_STYLES_END, COMMENT, COMMENT_TEXT = 617, 618, 635, 637


class _Cut(Exception):
    """A part ends within a record."""


def parse(path: Path) -> ParsedDocument:
    builder = DocumentBuilder()
    with open_archive(path) as archive:
        package = Package(archive, builder)
        _Workbook(builder, package).read()
        title = dublin_core_title(archive, "docProps/core.xml")
    return builder.finish("xlsb", title, empty=_EMPTY)


class _Workbook:
    def __init__(self, builder: DocumentBuilder, package: Package) -> None:
        self._builder = builder
        self._package = package
        self._main = package.main("xl/workbook.bin")
        self._fonts: list[tuple[Font, Level]] = []
        # of each differing style of conditional formats, whether it paints
        self._paints: list[Paint | None] = []
        theme = next(package.related(self._main, "theme"), "")
        binary, differing = self._binary_styles()
        self._styles = binary.read(theme_colours(package.xml(theme) if theme else None))
        self._paints = [self._paint(record) for record in differing]
        self._fonts = [
            (self._styles.font(element), font.level)
            for element, font in zip(binary.font_elements(), binary.fonts, strict=True)
        ]
        self._strings: list[Text] = []
        for data in self._records("sharedStrings", _Id.STRING_ITEM):
            self._strings.append(self._rich(data, 0))
        self._from_1904 = False

    def read(self) -> None:
        sheets: list[tuple[int, str, str]] = []
        data = self._package.bytes_of(self._main)
        if data is None:
            raise DocumentRefused(_DAMAGED)
        try:
            for number, record in _records(data):
                if number == _Id.PROPERTIES:
                    self._from_1904 = bool(record[:1] and record[0] & 1)
                elif number == _Id.SHEET:
                    relation, end = _string(record, 8)
                    label, _ = _string(record, end)
                    sheets.append((struct.unpack_from("<I", record)[0] & 3, relation, label))
        except (struct.error, _Cut) as error:
            raise DocumentRefused(_DAMAGED) from error
        for number, (visibility, relation, label) in enumerate(sheets[:MAX_SHEETS], 1):
            self._builder.start_page(number, label)
            self._sheet(self._package.target(self._main, relation), label, visibility == 0)
            if self._builder.full:
                return
        self._builder.cut_off("sheets", MAX_SHEETS, len(sheets))

    def _sheet(self, part: str, label: str, is_visible: bool) -> None:
        data = self._package.bytes_of(part) if part else None
        sheet, over = HeldSheet(complete=data is not None), Over()
        found: list[tuple[int, bytes]] = []
        try:
            found.extend(_records(data or b""))
        except _Cut:
            sheet.complete = False
        conditions = few(_painted(found, self._paints))
        row = cells = 0
        for number, record in found:
            try:
                if number == _Id.ROW:
                    row = struct.unpack_from("<I", record)[0] + 1
                    height, flags = struct.unpack_from("<H", record, 8)[0], record[11]
                    if flags & 0x10 or (flags & 0x20 and height / 20 < SMALLEST):
                        sheet.hidden_rows.add(row)
                elif _Id.BLANK < number <= _Id.FORMULA_ERROR or number == _Id.RICH_TEXT:
                    column = struct.unpack_from("<I", record)[0] + 1
                    cell = self._cell(number, record, over_cell(conditions, row, column))
                    cells += 1
                    if cells > MAX_CELLS:
                        sheet.complete = False
                        break
                    if cell is not None and column <= MAX_COLUMN and row <= MAX_ROW:
                        sheet.rows.setdefault(row, {})[column] = cell
                else:
                    _around(sheet, over, number, record)
            except (struct.error, IndexError):
                sheet.complete = False
        if not sheet.complete:
            self._builder.problem(Phrase("sheet {name} could not be read to its end", name=repr(label)))
        self._comments(part, over)
        drawn = drawn_over(self._package, part)
        if not is_visible:
            over.words += drawn.words
        add_sheet(self._builder, sheet, over, label, is_visible)
        if is_visible:
            drawn.add_to(self._builder, self._package)
            if (
                next(self._package.related(part, "vmlDrawing", "oleObject", "control"), None)
                and not over.comments
            ):
                self._builder.problem("form fields and embedded objects were not read")

    def _cell(self, number: int, record: bytes, over: Sequence[Rule | None]) -> Cell | None:
        """``over`` are the rules that may paint it."""
        style = self._styles.cell(str(struct.unpack_from("<I", record, 4)[0] & 0xFFFFFF))
        if number in (_Id.RK, _Id.REAL, _Id.FORMULA_REAL):
            if number == _Id.RK:
                value = rk(struct.unpack_from("<I", record, 8)[0])
            else:
                value = float(struct.unpack_from("<d", record, 8)[0])
            return figure(value, style, painted(over, value), self._from_1904)
        if number in (_Id.ERROR, _Id.FORMULA_ERROR, _Id.BOOL, _Id.FORMULA_BOOL):
            is_error = number in (_Id.ERROR, _Id.FORMULA_ERROR)
            shown = ERRORS.get(record[8], "#N/A") if is_error else "TRUE" if record[8] else "FALSE"
            return word(shown, style, painted(over, shown))
        if number == _Id.SHARED:
            text = self._strings[struct.unpack_from("<I", record, 8)[0]]
        elif number == _Id.RICH_TEXT:
            text = self._rich(record, 8)
        else:
            text = _string(record, 8)[0]
        return words(text, style, painted(over, plain(text)))

    def _comments(self, part: str, over: Over) -> None:
        place = (0, 0)
        for data in self._package.related(part, "comments"):
            for number, record in self._whole(data):
                if number == _Id.COMMENT and len(record) >= 20:
                    row, _, column, _ = struct.unpack_from("<4I", record, 4)
                    place = row + 1, column + 1
                elif number == _Id.COMMENT_TEXT:
                    text = self._rich(record, 0)
                    over.comments[place] = (
                        text if isinstance(text, str) else "".join(run.text for run in text)
                    )

    def _rich(self, record: bytes, start: int) -> Text:
        """A text with the fonts of its runs; flags: 1 runs, 2 readings above the characters."""
        text, end = _string(record, start + 1)
        if not record[start : start + 1] or not record[start] & 1:
            return text
        count = min(int.from_bytes(record[end : end + 4], "little"), (len(record) - end - 4) // 4)
        formats = [struct.unpack_from("<HH", record, end + 4 + 4 * place) for place in range(count)]
        units = text.encode("utf-16-le", "surrogatepass")
        starts = [0, *(2 * first for first, _ in formats), len(units)]
        runs: list[Run] = []
        for place, (first, beyond) in enumerate(pairwise(starts)):
            piece = units[first:beyond].decode("utf-16-le", "replace")
            font = formats[place - 1][1] if place else -1
            if piece and 0 <= font < len(self._fonts):
                runs.append(Run(piece, self._fonts[font][1], self._fonts[font][0]))
            elif piece:
                runs.append(Run(piece))
        return tuple(runs)

    def _paint(self, record: bytes) -> Paint | None:
        """What a differing style of conditional formats paints."""

        def colour(data: bytes) -> Colour | None:
            return self._styles.colour(etree.Element("color", **_colour(data)))

        try:
            return xlsb_paint(record, colour)
        except struct.error:
            return UNKNOWN

    def _binary_styles(self) -> tuple[BinaryStyles, list[bytes]]:
        """The styles of cells, and the records of differing ones."""
        styles, in_cells = BinaryStyles(), False
        differing: list[bytes] = []
        for part in self._package.related(self._main, "styles"):
            for number, record in self._whole(part):
                if number in (_Id.CELL_STYLES, _Id.CELL_STYLES_END):
                    in_cells = number == _Id.CELL_STYLES
                elif number == _Id.DIFFERING_STYLE:
                    differing.append(record)
                elif number != _Id.XF or in_cells:
                    try:
                        _style(styles, number, record)
                    except struct.error:
                        self._package.unread(part)
        return styles, differing

    def _records(self, kind: str, wanted: int) -> Iterator[bytes]:
        for part in self._package.related(self._main, kind):
            yield from (record for number, record in self._whole(part) if number == wanted)

    def _whole(self, part: str) -> Iterator[tuple[int, bytes]]:
        """The records of a part; one that is damaged makes the document partial."""
        try:
            yield from _records(self._package.bytes_of(part) or b"")
        except _Cut:
            self._package.unread(part)


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    position, end = 0, len(data)
    while position < end:
        number = size = 0
        for shift in (0, 7):
            if position >= end:
                raise _Cut
            byte = data[position]
            position += 1
            number |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
        for shift in (0, 7, 14, 21):
            if position >= end:
                raise _Cut
            byte = data[position]
            position += 1
            size |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
        if position + size > end:
            raise _Cut
        yield number, data[position : position + size]
        position += size


def _style(styles: BinaryStyles, number: int, record: bytes) -> None:
    if number == _Id.FORMAT:
        styles.formats[struct.unpack_from("<H", record)[0]] = _string(record, 2)[0]
    elif number == _Id.FONT:
        height, flags, _, escapement = struct.unpack_from("<4H", record)
        level: Level = 1 if escapement == 1 else -1 if escapement == 2 else 0
        label, _ = _string(record, 21)
        styles.fonts.append(BinaryFont(height, flags, _colour(record[12:20]), level, label))
    elif number == _Id.FILL:
        pattern = {0: "none", 1: "solid"}.get(struct.unpack_from("<I", record)[0], "gray")
        styles.fills.append((pattern, _colour(record[4:12])))
    elif number == _Id.XF:
        _, number_format, font, fill = struct.unpack_from("<4H", record)
        styles.cells.append((number_format, font, fill))


def _string(data: bytes, start: int) -> tuple[str, int]:
    """A string with its length in 32 bits before it, and where it ends; one without (all bits set) is empty."""
    count = int.from_bytes(data[start : start + 4], "little")
    if count == 0xFFFFFFFF:
        return "", start + 4
    end = start + 4 + 2 * count
    return data[start + 4 : end].decode("utf-16-le", "replace"), end


def _colour(data: bytes) -> ColourNames:
    """Kind in the upper seven bits (0 automatic, 1 palette, 2 its value, 3 theme), its place, tint, red, green, blue."""
    if len(data) < 8:
        return {"auto": "1"}
    kind, place, tint = data[0] >> 1, data[1], struct.unpack_from("<h", data, 2)[0] / 0x7FFF
    shades = {"tint": f"{tint:.4f}"} if tint else {}
    if kind == 1:
        return {"indexed": str(place), **shades}
    if kind == 2:
        return {"rgb": data[4:7].hex(), **shades}
    return {"theme": str(place), **shades} if kind == 3 else {"auto": "1"}


def _painted(found: list[tuple[int, bytes]], paints: list[Paint | None]) -> Iterator[Painted]:
    """What conditional formats paint. Ranges: number of rules, a flag, number of ranges, the ranges; then each rule."""
    ranges: list[Range] = []
    for number, record in found:
        try:
            if number == _Id.CONDITIONAL:
                count = min(struct.unpack_from("<I", record, 8)[0], (len(record) - 12) // 16)
                ranges = []
                for place in range(count):
                    top, bottom, left, right = struct.unpack_from("<4I", record, 12 + 16 * place)
                    ranges.append(Range(top + 1, left + 1, bottom + 1, right + 1))
            elif number == _Id.RULE and (rule := xlsb_rule(record, paints)) is not None:
                yield from (Painted(place, rule) for place in ranges)
        except struct.error:
            yield from (Painted(place) for place in ranges)


def _around(sheet: HeldSheet, over: Over, number: int, record: bytes) -> None:
    """Hidden columns, merged ranges, print headers."""
    if number == _Id.COLUMN:
        first, last, width, _, flags = struct.unpack_from("<4IH", record)
        if flags & 1 or width == 0:
            sheet.hidden_columns.update(range(first + 1, min(last, MAX_COLUMN) + 2))
    elif number == _Id.MERGED and len(sheet.merged) < _MAX_RANGES:
        top, bottom, left, right = struct.unpack_from("<4I", record)
        sheet.merged.append(Range(top + 1, left + 1, bottom + 1, right + 1))
    elif number == _Id.RUNNING:
        header, end = _string(record, 2)
        over.running += [("Header", header), ("Footer", _string(record, end)[0])]
