"""What XLS and XLSB share: their styles as those of XLSX, so that cells show as there; cells; a sheet's page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from lxml import etree

from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.formats.colours import Colour
from ingest.parsing.formats.ooxml.sheets.around import running_lines
from ingest.parsing.formats.ooxml.sheets.conditions import Rule
from ingest.parsing.formats.ooxml.sheets.held import HeldSheet
from ingest.parsing.formats.ooxml.sheets.sheet import MAX_COLUMN, MAX_ROW, Cell, Painted, Range, word
from ingest.parsing.formats.ooxml.sheets.styles import CellStyle, Paint, Styles
from ingest.parsing.formats.scripts import Level
from ingest.parsing.xml_tree import Element

ERRORS = {
    0: "#NULL!",
    7: "#DIV/0!",
    15: "#VALUE!",
    23: "#REF!",
    29: "#NAME?",
    36: "#NUM!",
    42: "#N/A",
    43: "#N/A",
}
# attributes of a colour as XLSX writes them: rgb, indexed, theme and tint, auto
ColourNames = Mapping[str, str]
MAX_SHEETS = 5_000
# a sheet with more was made to cost memory: a text of 20 million characters has room for fewer
MAX_CELLS = 2_000_000
_MAX_PAINTED = 500
_STRUCK = 8


@dataclass(frozen=True, slots=True)
class BinaryFont:
    """``height`` in twentieths of a point; bit 3 of ``flags`` strikes through."""

    height: int
    flags: int
    colour: ColourNames
    level: Level = 0
    name: str = ""


@dataclass(slots=True)
class BinaryStyles:
    """The tables of a workbook's styles; ``cells`` are the places of (format, font, fill) of each cell style."""

    formats: dict[int, str] = field(default_factory=dict)
    fonts: list[BinaryFont] = field(default_factory=list)
    fills: list[tuple[str, ColourNames]] = field(default_factory=list)
    cells: list[tuple[int, int, int]] = field(default_factory=list)
    palette: list[str] = field(default_factory=list)

    def read(self, theme: dict[str, Colour]) -> Styles:
        """The same styles, read as those of an XLSX file."""
        root = etree.Element("styleSheet")
        formats = etree.SubElement(root, "numFmts")
        for identifier, code in self.formats.items():
            etree.SubElement(formats, "numFmt", numFmtId=str(identifier), formatCode=_writable(code))
        fonts = etree.SubElement(root, "fonts")
        for element in self.font_elements():
            fonts.append(element)
        fills = etree.SubElement(root, "fills")
        for pattern, colour in self.fills:
            fill = etree.SubElement(etree.SubElement(fills, "fill"), "patternFill", patternType=pattern)
            etree.SubElement(fill, "fgColor", **colour)
        cells = etree.SubElement(root, "cellXfs")
        for number_format, font_place, fill_place in self.cells:
            etree.SubElement(
                cells, "xf", numFmtId=str(number_format), fontId=str(font_place), fillId=str(fill_place)
            )
        if self.palette:
            indexed = etree.SubElement(etree.SubElement(root, "colors"), "indexedColors")
            for value in self.palette:
                etree.SubElement(indexed, "rgbColor", rgb=value)
        return Styles(root, theme)

    def font_elements(self) -> list[Element]:
        """The fonts as an XLSX file has them."""
        found = []
        for font in self.fonts:
            element = etree.Element("font")
            etree.SubElement(element, "sz", val=f"{font.height / 20:g}")
            etree.SubElement(element, "color", **font.colour)
            etree.SubElement(element, "name", val=_writable(font.name))
            if font.flags & _STRUCK:
                etree.SubElement(element, "strike")
            found.append(element)
        return found


def figure(value: float, style: CellStyle, paint: Paint | None, from_1904: bool) -> Cell | None:
    """A number as its format shows it; one that it does not show is hidden, but for zeros left blank."""
    shown = style.format.shown(int(value) if value.is_integer() and abs(value) < 1e15 else value, from_1904)
    if shown is None:
        return Cell("", hidden=((f"{value:.15g}", "marked"),)) if value else None
    cell = word(shown, style, paint)
    if cell is not None:
        cell.is_figure = True
    return cell


def few(painted: Iterable[Painted]) -> list[Painted]:
    """What conditional formats paint; all of the sheet where there is too much to look at for each cell."""
    found = list(islice(painted, _MAX_PAINTED + 1))
    return found if len(found) <= _MAX_PAINTED else [Painted(Range(1, 1, MAX_ROW, MAX_COLUMN))]


def over_cell(painted: Sequence[Painted], row: int, column: int) -> list[Rule | None]:
    """The rules that may paint a cell, as ``painted`` takes them."""
    return [found.rule for found in painted if found.range.holds(row, column)]


@dataclass(slots=True)
class Over:
    """What lies on a sheet: comments by row and column (from 1), words of boxes and charts; ``running``: (``Header`` or
    ``Footer``, code) of its print.
    """

    comments: dict[tuple[int, int], str] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    running: list[tuple[str, str]] = field(default_factory=list)


def add_sheet(builder: DocumentBuilder, sheet: HeldSheet, over: Over, label: str, is_visible: bool) -> None:
    """One sheet on the page that was started for it; all of a hidden one goes to the hidden words."""
    notes = {place: f"[Comment: {text}]" for place, text in over.comments.items()}
    if not is_visible:
        sheet.hide(builder, [*notes.values(), *over.words])
        return
    for text in running_lines(over.running, label):
        builder.paragraph(text)
    for text in (*sheet.show(builder, notes), *over.words):
        builder.paragraph(text)


def _writable(code: str) -> str:
    """Without characters that XML has no place for."""
    return "".join(
        char for char in code if char >= " " and not 0xD800 <= ord(char) <= 0xDFFF and char < "\ufffe"
    )
