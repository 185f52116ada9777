"""Conditional formats of a sheet: which cells they may paint, so that white words in them may be seen.

A rule paints only where its condition holds. What compares a cell with a constant is worked out; of a formula or an
average nobody here knows whether it holds, and it counts as if it did.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TypeAlias

_BLOCK = re.compile(rb"<(?:\w{1,20}:)?conditionalFormatting(?:\s([^<>]{0,20300}))?>")
_RULE = re.compile(rb"<(?:\w{1,20}:)?cfRule\s([^<>]{1,4000})>")
_FORMULA = re.compile(rb"<(?:\w{1,20}:)?formula>([^<>]{1,2000})<")
_ATTRIBUTE = re.compile(rb"""(\w{1,20})=["']([^"'<>]{0,20000})["']""")
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?")
_TEXT = re.compile(r'"((?:[^"]|"")*)"')
# these paint numbers only; an icon paints nothing behind the words
_SCALES = frozenset({"colorScale", "dataBar"})
_NEVER = frozenset({"iconSet", "containsBlanks"})

# a constant that a rule compares with, ``None`` for a formula that is not worked out; texts without upper case
Operand: TypeAlias = float | str | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its ``kind`` and ``operator`` as XLSX names them, and what it compares with."""

    kind: str
    operator: str = ""
    operands: tuple[Operand, ...] = ()

    def may_paint(self, value: float | str) -> bool:
        """Whether a cell with this value may have other colours by the rule."""
        if self.kind in _SCALES:
            return not isinstance(value, str)
        if self.kind in _NEVER:
            return False
        if self.kind != "cellIs" or not self.operands or None in self.operands:
            return True
        return _holds(self.operator, value, self.operands)


def rules_of(tail: bytes, paints: Sequence[bool]) -> Iterator[tuple[list[bytes], Rule]]:
    """The ranges (``A1:B2``) and rules in what follows the rows of a sheet.

    ``paints`` tells of each of the workbook's differing styles (``dxf``) whether it has a fill or a colour of its own.
    """
    for block, content in _pieces(_BLOCK, tail):
        ranges = dict(_ATTRIBUTE.findall(block[1] or b"")).get(b"sqref", b"").split()
        for rule, formulas in _pieces(_RULE, content) if ranges else ():
            given = {
                key.decode(): value.decode("utf-8", "replace") for key, value in _ATTRIBUTE.findall(rule[1])
            }
            kind, style = given.get("type", ""), given.get("dxfId", "")
            if kind not in _SCALES and not _paints(style, paints):
                continue
            operands = tuple(map(_constant, _FORMULA.findall(formulas)))
            yield ranges, Rule(kind, given.get("operator", ""), operands)


def _pieces(begin: re.Pattern[bytes], data: bytes) -> Iterator[tuple[re.Match[bytes], bytes]]:
    """Each place where ``begin`` is found, and what follows it up to the next one."""
    found = list(begin.finditer(data))
    for start, after in zip_longest(found, found[1:]):
        yield start, data[start.end() : after.start() if after is not None else len(data)]


def _paints(style: str, paints: Sequence[bool]) -> bool:
    place = int(style) if style.isdecimal() and len(style) < 8 else -1
    return 0 <= place < len(paints) and paints[place]


def _constant(formula: bytes) -> Operand:
    text = html.unescape(formula.decode("utf-8", "replace")).strip()
    if _NUMBER.fullmatch(text):
        return float(text)
    found = _TEXT.fullmatch(text)
    return found.group(1).replace('""', '"').casefold() if found else None


def _holds(operator: str, value: float | str, operands: tuple[Operand, ...]) -> bool:
    """As Excel compares: any text is greater than any number, and texts without regard to upper and lower case."""
    own = _ordered(value.casefold() if isinstance(value, str) else value)
    first, last = _ordered(operands[0]), _ordered(operands[-1])
    match operator:
        case "equal":
            return own == first
        case "notEqual":
            return own != first
        case "greaterThan":
            return own > first
        case "greaterThanOrEqual":
            return own >= first
        case "lessThan":
            return own < first
        case "lessThanOrEqual":
            return own <= first
        case "between" | "notBetween":
            inside = min(first, last) <= own <= max(first, last)
            return inside if operator == "between" else not inside
    return True


def _ordered(value: Operand) -> tuple[bool, float, str]:
    return (True, 0.0, value) if isinstance(value, str) else (False, value or 0.0, "")
