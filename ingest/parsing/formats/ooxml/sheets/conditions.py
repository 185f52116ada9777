"""Conditional formats of a sheet: which cells they paint, so that white words in them may be seen, or others not.

A rule paints only where its condition holds. What compares a cell with a constant is worked out; of a formula or an
average nobody here knows whether it holds, and what is behind the words of its cells is not known.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TypeAlias

from ingest.parsing.formats.ooxml.sheets.styles import UNKNOWN, Paint

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
    paint: Paint = UNKNOWN
    priority: int = 0

    @property
    def is_sure(self) -> bool:
        """Whether it is known for which values it holds."""
        return self.kind == "cellIs" and bool(self.operands) and None not in self.operands

    def may_paint(self, value: float | str) -> bool:
        """Whether a cell with this value may have other colours by the rule."""
        if self.kind in _SCALES:
            return not isinstance(value, str)
        if self.kind in _NEVER:
            return False
        return not self.is_sure or _holds(self.operator, value, self.operands)


def painted(over: Sequence[Rule | None], value: float | str) -> Paint | None:
    """What the rules (``None``: something else that paints) do to a cell with this value; ``None`` where nothing does."""
    if not over:
        return None
    found: Paint | None = None
    for rule in sorted(over, key=lambda rule: rule.priority if rule is not None else -1):
        if rule is None:
            return UNKNOWN
        if not rule.may_paint(value):
            continue
        if not rule.is_sure or not rule.paint.is_known:
            return UNKNOWN
        found = rule.paint if found is None else found.over(rule.paint)
    return found


def rules_of(tail: bytes, paints: Sequence[Paint | None]) -> Iterator[tuple[list[bytes], Rule]]:
    """The ranges (``A1:B2``) and rules in what follows the rows of a sheet.

    ``paints`` are the workbook's differing styles (``dxf``); ``None`` for those without a fill and a colour.
    """
    for block, content in _pieces(_BLOCK, tail):
        ranges = dict(_ATTRIBUTE.findall(block[1] or b"")).get(b"sqref", b"").split()
        for rule, formulas in _pieces(_RULE, content) if ranges else ():
            given = {
                key.decode(): value.decode("utf-8", "replace") for key, value in _ATTRIBUTE.findall(rule[1])
            }
            kind, paint = given.get("type", ""), _paint(given.get("dxfId", ""), paints)
            if kind in _SCALES:
                paint = UNKNOWN
            if paint is not None:
                operands = tuple(map(_constant, _FORMULA.findall(formulas)))
                priority = _place(given.get("priority", ""))
                yield ranges, Rule(kind, given.get("operator", ""), operands, paint, priority)


def _pieces(begin: re.Pattern[bytes], data: bytes) -> Iterator[tuple[re.Match[bytes], bytes]]:
    """Each place where ``begin`` is found, and what follows it up to the next one."""
    found = list(begin.finditer(data))
    for start, after in zip_longest(found, found[1:]):
        yield start, data[start.end() : after.start() if after is not None else len(data)]


def _paint(style: str, paints: Sequence[Paint | None]) -> Paint | None:
    place = _place(style)
    return paints[place] if 0 <= place < len(paints) else None


def _place(digits: str) -> int:
    return int(digits) if digits.isdecimal() and len(digits) < 8 else -1


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
