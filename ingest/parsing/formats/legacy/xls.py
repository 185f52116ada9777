"""XLS, the workbooks of Excel 5 to 2003: each sheet's cells as it shows them."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from chatbot.errors import DocumentRefused, Phrase
from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.document import ParsedDocument
from ingest.parsing.formats.legacy.biff import END, Biff, Reader, Texts, records
from ingest.parsing.formats.legacy.compound import open_compound
from ingest.parsing.formats.legacy.workbook import (
    MAX_SHEETS,
    BinaryFont,
    BinaryStyles,
    ColourNames,
    add_sheet,
)
from ingest.parsing.formats.legacy.xls_sheet import SheetRecords
from ingest.parsing.formats.ooxml.sheets.strings import Text
from ingest.parsing.formats.ooxml.sheets.styles import Styles
from ingest.parsing.formats.scripts import Level

_FILEPASS, _CODEPAGE, _DATEMODE, _FONT, _FORMAT, _XF, _PALETTE = 0x2F, 0x42, 0x22, 0x31, 0x41E, 0xE0, 0x92
_BOUNDSHEET, _SST = 0x85, 0xFC
_BIFF8, _BIFF5 = 0x600, 0x500
_WORKSHEET, _CHART = 0, 2
_DAMAGED = "The workbook is damaged. Open it in Excel, save it again and retry."
_EMPTY = "No sheet has a filled cell. Nothing to index; replace the file if this is a mistake."
# Excel's own names of the encodings of old workbooks
_CODECS = {367: "ascii", 1200: "utf-16-le", 10000: "mac-roman", 32768: "mac-roman", 32769: "cp1252"}


def parse(path: Path) -> ParsedDocument:
    with open_compound(path) as compound:
        data = compound.read("Workbook" if "Workbook" in compound else "Book")
    builder = DocumentBuilder()
    _Workbook(builder, data).read()
    return builder.finish("xls", empty=_EMPTY)


class _Workbook:
    def __init__(self, builder: DocumentBuilder, data: bytes) -> None:
        self._builder = builder
        self._data = data
        self._sheets: list[tuple[int, int, int, str]] = []
        self._strings: list[Text] = []
        self._from_1904 = False
        version = struct.unpack_from("<H", data, 4)[0] if len(data) >= 8 else 0
        if version not in (_BIFF8, _BIFF5):
            raise DocumentRefused(
                "This workbook is of Excel 4 or older and cannot be read. Open it in Excel and save it as .xlsx."
                if data[:2] in (b"\x09\0", b"\x09\2", b"\x09\4")
                else _DAMAGED
            )
        self._texts = Texts(version == _BIFF8, "cp1252", [])
        self._styles = self._globals()

    def read(self) -> None:
        for number, (offset, visibility, kind, label) in enumerate(self._sheets[:MAX_SHEETS], 1):
            self._builder.start_page(number, label)
            if kind == _CHART:
                self._builder.problem(Phrase("the chart on sheet {name} was not read", name=repr(label)))
                continue
            if kind != _WORKSHEET:
                continue  # macros
            sheet = SheetRecords(self._texts, self._styles, self._strings, self._from_1904)
            whole = sheet.read(self._data, offset)
            if not whole:
                self._builder.problem(Phrase("sheet {name} could not be read to its end", name=repr(label)))
            if sheet.has_chart and not visibility:
                self._builder.problem("charts and objects of other programs were not read")
            add_sheet(self._builder, sheet.sheet, sheet.over, label, visibility == 0)
            if self._builder.full:
                return
        self._builder.cut_off("sheets", MAX_SHEETS, len(self._sheets))

    def _globals(self) -> Styles:
        """Reads what comes before the sheets."""
        styles = BinaryStyles()
        strings: Biff | None = None
        levels: list[Level] = []
        for biff in self._global_records():
            data = biff.data
            try:
                if biff.number == _FILEPASS:
                    raise DocumentRefused("The file is protected by a password. Save a copy without one.")
                if biff.number == _CODEPAGE:
                    page = struct.unpack_from("<H", data)[0]
                    self._texts.codec = _CODECS.get(page, f"cp{page}")
                elif biff.number == _DATEMODE:
                    self._from_1904 = data[:1] == b"\1"
                elif biff.number == _FONT:
                    height, flags, colour, _, escapement = struct.unpack_from("<5H", data)
                    level: Level = 1 if escapement == 1 else -1 if escapement == 2 else 0
                    label = self._texts.short(data, 14)
                    styles.fonts.append(BinaryFont(height, flags, _colour(colour), level, label))
                    levels.append(level)
                elif biff.number == _FORMAT:
                    (identifier,) = struct.unpack_from("<H", data)
                    styles.formats[identifier] = self._texts.short(data, 2, 2 if self._texts.is_biff8 else 1)
                elif biff.number == _XF:
                    self._cell_style(styles, data)
                elif biff.number == _PALETTE:
                    styles.palette = _palette(data)
                elif biff.number == _BOUNDSHEET:
                    offset, visibility, kind = struct.unpack_from("<IBB", data)
                    self._sheets.append((offset, visibility & 3, kind & 15, self._texts.short(data, 6)))
                elif biff.number == _SST:
                    strings = biff
            except struct.error:
                continue
        found = styles.read({})
        self._texts.fonts = [
            (found.font(element), level)
            for element, level in zip(styles.font_elements(), levels, strict=True)
        ]
        if strings is not None:
            self._shared(strings)
        return found

    def _global_records(self) -> Iterator[Biff]:
        for biff in records(self._data, 0):
            if biff.number == END:
                return
            yield biff

    def _cell_style(self, styles: BinaryStyles, data: bytes) -> None:
        font, number_format = struct.unpack_from("<2H", data)
        if self._texts.is_biff8:
            pattern = struct.unpack_from("<I", data, 14)[0] >> 26
            colour = struct.unpack_from("<H", data, 18)[0] & 0x7F
        else:
            area = struct.unpack_from("<I", data, 8)[0]
            pattern, colour = area >> 16 & 0x3F, area & 0x7F
        styles.fills.append(({0: "none", 1: "solid"}.get(pattern, "gray"), _colour(colour)))
        styles.cells.append((number_format, font - (font > 4), len(styles.fills) - 1))

    def _shared(self, strings: Biff) -> None:
        reader = Reader(strings.parts, 8)
        try:
            count = struct.unpack_from("<I", strings.data, 4)[0]
            for _ in range(count):
                self._strings.append(self._texts.rich(reader))
        except (struct.error, IndexError):
            self._builder.problem("some texts of the workbook are damaged")


def _colour(index: int) -> ColourNames:
    return {"auto": "1"} if index >= 0x7F else {"indexed": str(index)}


def _palette(data: bytes) -> list[str]:
    """The 64 indexed colours; the first eight are fixed."""
    fixed = ["000000", "FFFFFF", "FF0000", "00FF00", "0000FF", "FFFF00", "FF00FF", "00FFFF"]
    count = min(int.from_bytes(data[:2], "little"), 56)
    return fixed + [data[2 + 4 * place : 5 + 4 * place].hex() for place in range(count)]
