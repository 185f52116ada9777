"""Conditional formats of XLS and XLSB as the rules of XLSX. ``[MS-XLS]`` 2.4.42, 2.5.92; ``[MS-XLSB]`` 2.4.23, 2.4.360"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

from ingest.parsing.formats.colours import Colour
from ingest.parsing.formats.ooxml.sheets.conditions import Operand, Rule
from ingest.parsing.formats.ooxml.sheets.styles import UNKNOWN, Paint

_OPERATORS = (
    "", "between", "notBetween", "equal", "notEqual", "greaterThan", "lessThan", "greaterThanOrEqual", "lessThanOrEqual",
)  # fmt: skip
_KINDS = {1: "cellIs", 3: "colorScale", 4: "dataBar", 6: "iconSet"}
# parts of a format in XLS: a number format (of which the file tells that it is its own), a font, a fill; between the two
# last, how cells are aligned and bordered
_NUMBER, _FONT, _ALIGNED, _BORDERED, _FILL, _OWN_NUMBER = 1 << 25, 1 << 26, 1 << 27, 1 << 28, 1 << 29, 1
_FONT_SIZE, _PART_SIZE = 118, 8
# where the colour of a font stands in it
_COLOUR = 80
_SOLID = 1
# properties of a format in XLSB: the pattern and the colours of a fill, a gradient, the colour of the font
_PATTERN, _FRONT, _BACK, _GRADIENT, _WORDS = 0, 1, 2, 3, 5
_WHOLE, _REAL, _STRING, _MINUS = 0x1E, 0x1F, 0x17, 0x13


def xls_rule(record: bytes, indexed: Callable[[int], Colour | None], priority: int) -> Rule | None:
    """The rule of a record CF; ``None`` for one that paints nothing. Raises ``struct.error`` for a damaged one.

    ``indexed`` gives the colours of the palette.
    """
    kind, operator, first, second = struct.unpack_from("<BBHH", record)
    if (paint := _xls_paint(record, indexed)) is None:
        return None
    end = len(record)
    # the formulas stand at its end
    formulas = (record[end - second - first : end - second], record[end - second :] if second else b"")
    operands = tuple(_constant(formula, wide=False) for formula in formulas if formula)
    return Rule(_KINDS.get(kind, "expression"), _operator(operator), operands, paint, priority)


def xlsb_rule(record: bytes, paints: Sequence[Paint | None]) -> Rule | None:
    """The same of a BrtBeginCFRule; ``paints`` are the differing styles of the workbook (``xlsb_paint``)."""
    kind, _, style, priority, operator = struct.unpack_from("<5I", record)
    name = _KINDS.get(kind, "expression")
    paint = paints[style] if style < len(paints) else None
    if name in ("colorScale", "dataBar"):
        paint = UNKNOWN
    if paint is None:
        return None
    sizes = struct.unpack_from("<3I", record, 30)
    (count,) = struct.unpack_from("<I", record, 42)
    position = 46 + (0 if count == 0xFFFFFFFF else 2 * count)
    operands: list[Operand] = []
    for size in sizes:
        if not size:
            continue
        (length,) = struct.unpack_from("<I", record, position)
        operands.append(_constant(record[position + 4 : position + 4 + length], wide=True))
        (more,) = struct.unpack_from("<I", record, position + 4 + length)
        position += 8 + length + more
    return Rule(name, _operator(operator), tuple(operands), paint, priority)


def xlsb_paint(record: bytes, colour: Callable[[bytes], Colour | None]) -> Paint | None:
    """What a BrtDXF paints: after 6 bytes, properties of (kind, size with this head, value); ``None`` for nothing.

    ``colour`` reads the eight bytes of one. Raises ``struct.error`` for a damaged record.
    """
    found: dict[int, bytes] = {}
    position = 6
    for _ in range(int.from_bytes(record[4:6], "little")):
        kind, size = struct.unpack_from("<2H", record, position)
        found[kind] = record[position + 4 : position + size]
        position += max(size, 4)
    is_solid = found.get(_PATTERN, bytes([_SOLID]))[:1] == bytes([_SOLID])
    words = colour(found[_WORDS]) if _WORDS in found else None
    fill = colour(found[_BACK]) if _BACK in found and is_solid and _GRADIENT not in found else None
    has_fill = not found.keys().isdisjoint((_PATTERN, _FRONT, _BACK, _GRADIENT))
    return _paint(_WORDS in found, words, has_fill, fill)


def _paint(has_colour: bool, words: Colour | None, has_fill: bool, fill: Colour | None) -> Paint | None:
    if not has_colour and not has_fill:
        return None
    is_known = (words is not None or not has_colour) and (fill is not None or not has_fill)
    return Paint(words, fill) if is_known else UNKNOWN


def _operator(number: int) -> str:
    return _OPERATORS[number] if number < len(_OPERATORS) else ""


def _xls_paint(record: bytes, indexed: Callable[[int], Colour | None]) -> Paint | None:
    flags, more = struct.unpack_from("<IH", record, 6)
    position = 12
    if flags & _NUMBER:
        position += struct.unpack_from("<H", record, position)[0] if more & _OWN_NUMBER else 2
    place = -1
    if flags & _FONT:
        # all bits are set where the font has no colour of its own
        (place,) = struct.unpack_from("<i", record, position + _COLOUR)
        position += _FONT_SIZE
    position += _PART_SIZE * (bool(flags & _ALIGNED) + bool(flags & _BORDERED))
    fill: Colour | None = None
    if flags & _FILL:
        pattern, colours = struct.unpack_from("<2H", record, position)
        # solid ones say their colour in the place of the background
        fill = indexed(colours >> 7 & 0x7F) if pattern >> 10 == _SOLID else None
    return _paint(place >= 0, indexed(place) if place >= 0 else None, bool(flags & _FILL), fill)


def _constant(formula: bytes, wide: bool) -> Operand:
    """The number or the text that a formula is; ``None`` for one that is to be worked out."""
    token, rest = formula[:1], formula[1:]
    if token == bytes([_WHOLE]) and len(rest) in (2, 3):
        return _signed(float(struct.unpack_from("<H", rest)[0]), rest[2:])
    if token == bytes([_REAL]) and len(rest) in (8, 9):
        return _signed(float(struct.unpack_from("<d", rest)[0]), rest[8:])
    if token == bytes([_STRING]) and len(rest) >= 2:
        is_wide = wide or bool(rest[1] & 1)
        count = struct.unpack_from("<H", rest)[0] if wide else rest[0]
        if len(rest) == 2 + (2 if is_wide else 1) * count:
            return rest[2:].decode("utf-16-le" if is_wide else "latin-1", "replace").casefold()
    return None


def _signed(value: float, rest: bytes) -> float | None:
    if not rest:
        return value
    return -value if rest == bytes([_MINUS]) else None
