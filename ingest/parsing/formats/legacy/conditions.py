"""Conditional formats of XLS and XLSB as the rules of XLSX. ``[MS-XLS]`` 2.4.42, 2.5.92; ``[MS-XLSB]`` 2.4.23, 2.4.360"""

from __future__ import annotations

import struct

from ingest.parsing.formats.ooxml.sheets.conditions import Operand, Rule

_OPERATORS = (
    "", "between", "notBetween", "equal", "notEqual", "greaterThan", "lessThan", "greaterThanOrEqual", "lessThanOrEqual",
)  # fmt: skip
_KINDS = {1: "cellIs", 3: "colorScale", 4: "dataBar", 6: "iconSet"}
# parts of a format in XLS: a number format (of which the file tells that it is its own), a font, a fill
_NUMBER, _FONT, _FILL, _OWN_NUMBER = 1 << 25, 1 << 26, 1 << 29, 1
# where the colour of a font stands in it
_COLOUR = 80
# properties of a format in XLSB: the pattern and the colours of a fill, a gradient, the colour of the font
_PAINTS = frozenset({0, 1, 2, 3, 5})
_WHOLE, _REAL, _STRING, _MINUS = 0x1E, 0x1F, 0x17, 0x13


def xls_rule(record: bytes) -> Rule | None:
    """The rule of a record CF; ``None`` for one that paints nothing. Raises ``struct.error`` for a damaged one."""
    kind, operator, first, second = struct.unpack_from("<BBHH", record)
    if not _paints(record):
        return None
    end = len(record)
    # the formulas stand at its end
    formulas = (record[end - second - first : end - second], record[end - second :] if second else b"")
    operands = tuple(_constant(formula, wide=False) for formula in formulas if formula)
    return Rule(_KINDS.get(kind, "expression"), _operator(operator), operands)


def xlsb_rule(record: bytes, paints: list[bool]) -> Rule | None:
    """The same of a BrtBeginCFRule; ``paints`` tells of each differing style of the workbook whether it does."""
    kind, _, style, _, operator = struct.unpack_from("<5I", record)
    name = _KINDS.get(kind, "expression")
    if name not in ("colorScale", "dataBar") and not (style < len(paints) and paints[style]):
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
    return Rule(name, _operator(operator), tuple(operands))


def xlsb_style_paints(record: bytes) -> bool:
    """Whether a BrtDXF has a fill or a font colour: after 6 bytes, properties of (kind, size with this head)."""
    position = 6
    for _ in range(int.from_bytes(record[4:6], "little")):
        kind, size = struct.unpack_from("<2H", record, position)
        if kind in _PAINTS:
            return True
        position += max(size, 4)
    return False


def _operator(number: int) -> str:
    return _OPERATORS[number] if number < len(_OPERATORS) else ""


def _paints(record: bytes) -> bool:
    flags, more = struct.unpack_from("<IH", record, 6)
    if flags & _FILL:
        return True
    if not flags & _FONT:
        return False
    position = 12
    if flags & _NUMBER:
        position += struct.unpack_from("<H", record, position)[0] if more & _OWN_NUMBER else 2
    # all bits are set where the font has no colour of its own
    return bool(struct.unpack_from("<i", record, position + _COLOUR)[0] >= 0)


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
