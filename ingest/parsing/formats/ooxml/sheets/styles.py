"""Cell styles of a workbook: the number format, the colour and the size of each ``s`` of a cell."""

from __future__ import annotations

from dataclasses import dataclass

from openpyxl.styles.colors import COLOR_INDEX
from openpyxl.styles.numbers import BUILTIN_FORMATS

from chatbot.text.hidden import How
from ingest.parsing.formats.colours import BLACK, WHITE, Colour, unseen
from ingest.parsing.formats.ooxml.parts.package import number, truth
from ingest.parsing.formats.ooxml.parts.theme import from_argb, tinted
from ingest.parsing.formats.ooxml.sheets.number_format import NumberFormat
from ingest.parsing.formats.symbols import in_font
from ingest.parsing.xml_tree import Element, attribute, child, children, name

# these built-in formats follow the reader's country; a date is written so that no country misreads it
_DATES = {14: "yyyy-mm-dd", 22: "yyyy-mm-dd h:mm", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy"}
# built in for Korean
_KOREAN = {
    **dict.fromkeys((27, 36, 50, 57), 'yyyy"年" mm"月" dd"日"'),
    **dict.fromkeys((28, 29, 51, 54, 58), "mm-dd"),
    **dict.fromkeys((34, 35, 52, 53, 55, 56), "yyyy-mm-dd"),
    30: "mm-dd-yy",
    31: 'yyyy"년" mm"월" dd"일"',
    32: 'h"시" mm"분"',
    33: 'h"시" mm"분" ss"초"',
}
# built in with the currency of the reader's country: the file does not say which, so that none is shown
_MONEY = {5: "#,##0", 6: "#,##0", 7: "#,##0.00", 8: "#,##0.00", 42: "#,##0", 44: "#,##0.00"}
_TELLING = frozenset({"rFont", "color", "sz", "vertAlign", "strike"})
_THEME_ORDER = ("lt1", "dk1", "lt2", "dk2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6", "hlink",
                "folHlink")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Font:
    """Colour of a font, ``None`` where it is not known, its size in points, its name, and whether it strikes through."""

    colour: Colour | None = BLACK
    size: float = 11.0
    name: str = ""
    is_struck: bool = False


PLAIN = Font()


@dataclass(frozen=True, slots=True)
class Paint:
    """What a conditional format changes of a cell: the colour of its words and that behind them, ``None`` for neither.

    One that is not known may have painted anything.
    """

    colour: Colour | None = None
    fill: Colour | None = None
    is_known: bool = True

    def over(self, below: Paint) -> Paint:
        return Paint(self.colour or below.colour, self.fill or below.fill)


UNKNOWN = Paint(is_known=False)


class CellStyle:
    """How a cell shows its value.

    ``fill`` is what is behind it: white without a fill, ``None`` where that is not known.
    """

    def __init__(self, number_format: NumberFormat, font: Font = PLAIN, fill: Colour | None = WHITE) -> None:
        self.format = number_format
        self._font = font
        self._fill = fill
        # as good as all cells are unpainted
        self._how = unseen(font.colour, fill, font.size)

    def drawn(self, text: str) -> str:
        """The words of a cell as its font draws them: the signs of a symbol font, ``~~500~~`` for what is struck."""
        text = in_font(text, self._font.name)
        return f"~~{text}~~" if self._font.is_struck and text else text

    def font(self, own: Font | None) -> Font:
        """The font of a run: its own, or that of the cell."""
        return own or self._font

    def hides(self, font: Font | None = None, paint: Paint | None = None) -> How | None:
        """How words are hidden, ``None`` where they are seen: those of the cell, or a run in a ``font`` of its own."""
        if paint is None:
            return self._how if font is None else unseen(font.colour, self._fill, font.size)
        font = font or self._font
        if not paint.is_known:
            return unseen(font.colour, None, font.size)
        return unseen(paint.colour or font.colour, paint.fill or self._fill, font.size)


class Styles:
    """The styles part; formats are read once each, however many cells use them."""

    def __init__(self, root: Element | None, theme: dict[str, Colour]) -> None:
        self._theme = theme
        self._indexed = _indexed(root)
        self._formats: dict[str, NumberFormat] = {}
        self._codes = {
            number(item.get("numFmtId"), -1): item.get("formatCode") or ""
            for item in _items(root, "numFmts", "numFmt")
        }
        fonts = [self.font(item) for item in _items(root, "fonts", "font")]
        fills = [self._fill(item) for item in _items(root, "fills", "fill")]
        self.general = CellStyle(self._format("General"), fonts[0] if fonts else PLAIN)
        # what the differing styles of conditional formats paint; ``None`` for those that do not
        self.paints = [self._paint(item) for item in _items(root, "dxfs", "dxf")]
        self._cells = [self._cell(item, fonts, fills) for item in _items(root, "cellXfs", "xf")]

    def cell(self, index: str | None) -> CellStyle:
        """The style of a cell with this ``s``; the plain one where there is none of this number."""
        place = int(index) if index and index.isdecimal() and len(index) < 8 else 0
        return self._cells[place] if 0 <= place < len(self._cells) else self.general

    def font(self, element: Element) -> Font:
        """A ``font``, or the ``rPr`` of a run."""
        size = child(element, "sz")
        try:
            points = float(attribute(size, "val") or 11) if size is not None else 11.0
        except ValueError:
            points = 11.0
        colour = child(element, "color")
        label = child(element, "rFont") if child(element, "rFont") is not None else child(element, "name")
        struck = child(element, "strike")
        return Font(
            BLACK if colour is None else self.colour(colour),
            points,
            (attribute(label, "val") or "") if label is not None else "",
            struck is not None and truth(struck),
        )

    def colour(self, element: Element) -> Colour | None:
        """A colour by its value, its place in the theme or in the palette."""
        found: Colour | None = None
        if (theme := attribute(element, "theme")) is not None:
            place = number(theme, -1)
            found = self._theme.get(_THEME_ORDER[place]) if 0 <= place < len(_THEME_ORDER) else None
        elif (rgb := attribute(element, "rgb")) is not None:
            found = from_argb(rgb)
        elif (index := attribute(element, "indexed")) is not None:
            found = self.indexed(number(index, -1))
        elif attribute(element, "auto") is not None:
            found = BLACK
        tint = attribute(element, "tint")
        try:
            return tinted(found, float(tint)) if tint and found is not None else found
        except ValueError:
            return None

    def indexed(self, place: int) -> Colour | None:
        """A colour of the palette; 64 and 65 are those of the system for text and for what is behind it."""
        own = self._indexed[place] if 0 <= place < len(self._indexed) else None
        return {64: BLACK, 65: WHITE}.get(place) or own

    def _fill(self, element: Element) -> Colour | None:
        pattern = child(element, "patternFill")
        kind = attribute(pattern, "patternType") if pattern is not None else "gradient"
        if kind in (None, "none"):
            return WHITE
        front = child(pattern, "fgColor")
        return self.colour(front) if kind == "solid" and front is not None else None

    def _paint(self, element: Element) -> Paint | None:
        colour, fill = child(element, "font", "color"), child(element, "fill")
        if colour is None and fill is None:
            return None
        shade: Colour | None = None
        if fill is not None:
            pattern = child(fill, "patternFill")
            # solid ones say their colour in the place of the background
            holder = child(pattern, "bgColor") if pattern is not None else None
            is_plain = holder is not None and attribute(pattern, "patternType") in (None, "solid")
            shade = self.colour(holder) if is_plain and holder is not None else None
        words = self.colour(colour) if colour is not None else None
        is_known = (colour is None or words is not None) and (fill is None or shade is not None)
        return Paint(words, shade) if is_known else UNKNOWN

    def _cell(self, element: Element, fonts: list[Font], fills: list[Colour | None]) -> CellStyle:
        font, fill = number(element.get("fontId")), number(element.get("fillId"))
        return CellStyle(
            self._format(self._code(number(element.get("numFmtId")))),
            fonts[font] if 0 <= font < len(fonts) else PLAIN,
            fills[fill] if 0 <= fill < len(fills) else WHITE,
        )

    def _code(self, identifier: int) -> str:
        if identifier in self._codes:
            return self._codes[identifier] or "General"
        for table in (_DATES, _MONEY, _KOREAN):
            if identifier in table:
                return table[identifier]
        return str(BUILTIN_FORMATS.get(identifier, "General"))

    def _format(self, code: str) -> NumberFormat:
        if code not in self._formats:
            self._formats[code] = NumberFormat(code)
        return self._formats[code]


def _items(root: Element | None, group: str, local: str) -> list[Element]:
    found = child(root, group)
    return list(children(found, local)) if found is not None else []


def _indexed(root: Element | None) -> list[Colour | None]:
    """The palette of old workbooks, their own where they bring one."""
    own = child(root, "colors", "indexedColors")
    values = [attribute(item, "rgb") for item in children(own)] if own is not None else list(COLOR_INDEX)
    return [from_argb(value) for value in values]


def is_raised(properties: Element | None) -> int:
    """1 for superscript, -1 for subscript, 0 for text on the line."""
    position = child(properties, "vertAlign")
    value = attribute(position, "val") if position is not None else ""
    return {"superscript": 1, "subscript": -1}.get(value or "", 0)


def is_plain(properties: Element | None) -> bool:
    """Whether a run's font says nothing of its name, colour, size, height or line through it."""
    return properties is None or not any(name(item) in _TELLING for item in properties)
