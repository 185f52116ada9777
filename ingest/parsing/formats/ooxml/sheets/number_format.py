"""A number format of Excel: ``0.125`` under ``0.0%`` is shown as ``12.5%``.

    NumberFormat('#,##0"원"').shown(45_000_000)  ->  "45,000,000원"
    NumberFormat(";;;").shown(3)                 ->  None: the sheet shows nothing

A format has up to four sections: positive; negative; zero; text. Colours and column alignment are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from ingest.parsing.formats.ooxml.sheets.date_format import Clock, shown_date
from ingest.parsing.formats.ooxml.sheets.numerals import numerals

# Excel allows 255; what is longer is no format of Excel's
_MAX_CODE = 1_000
_MAX_PLACES = 30
# 15 digits are what Excel keeps: 0.1 + 0.2 shows as 0.3
_DIGITS = Context(prec=15, rounding=ROUND_HALF_UP)
_EXACT = Context(prec=400, rounding=ROUND_HALF_UP)
_STEPS = [Decimal(1).scaleb(-places) for places in range(_MAX_PLACES + 1)]
_TOKEN = re.compile(
    r"""(?P<quoted>"[^"]*"?)|\\(?P<escaped>.)|_(?P<space>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]"""
    r"""|(?P<general>General|표준|G/표준)|(?P<ampm>AM/PM|A/P|上午/下午|午前/午後|오전/오후)|(?P<exponent>E[+-])"""
    r"""|(?P<date>y+|m+|d+|h+|s+|a{3,4}|g{1,3}|e{1,4}|b{2,4})|(?P<digit>[0#?])|(?P<point>\.)|(?P<comma>,)"""
    r"""|(?P<percent>%)|(?P<slash>/)|(?P<at>@)|(?P<other>.)""",
    re.I | re.S,
)
_CONDITION = re.compile(r"\s*(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)\s*")
_CURRENCY = re.compile(r"\$([^-]*)(?:-([0-9a-f]{1,8}))?", re.I)
_ELAPSED = re.compile(r"h{1,8}|m{1,8}|s{1,8}", re.I)
_SHORTENED = re.compile(r"E([+-])(\d+)$", re.I)


@dataclass(slots=True)
class _Section:
    """One of the sections: pieces ``(kind, text)`` in order, and when it is used."""

    pieces: list[tuple[str, str]] = field(default_factory=list)
    condition: tuple[str, Decimal] | None = None
    locale: int = 0
    numerals: int = 0
    kinds: set[str] = field(default_factory=set)
    usual: tuple[str, int, str, str] | None = None  # see ``_usual``

    def add(self, kind: str, text: str) -> None:
        self.pieces.append((kind, text))
        self.kinds.add(kind)


class NumberFormat:
    """A format code, read once; ``shown`` gives the text of a value."""

    def __init__(self, code: str) -> None:
        self._sections = _sections(code[:_MAX_CODE])
        self._conditional = any(section.condition for section in self._sections)
        self._is_general = len(self._sections) == 1 and self._sections[0] == _Section(
            [("general", "")], kinds={"general"}
        )
        self._is_plain_text = len(self._sections) <= 3 and "at" not in self._sections[-1].kinds

    def shown(self, value: float, from_1904: bool = False) -> str | None:
        """The text of a number; ``None`` where the format shows nothing of it."""
        if self._is_general:
            return str(value) if isinstance(value, int) else general(value)
        number = _DIGITS.create_decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        if not number.is_finite():
            return str(value)
        section, unsigned = self._section(number)
        if not section.pieces:
            return None
        if section.kinds & {"date", "elapsed"}:
            return shown_date(section.pieces, number, Clock(section.locale, from_1904))
        return _number(section, abs(number) if unsigned else number)

    def shown_text(self, text: str) -> str | None:
        """The text of a text: the fourth section, or one alone with ``@``; ``None`` where it shows nothing."""
        if self._is_plain_text:
            return text
        section = self._sections[-1]
        if not section.pieces:
            return None
        pieces = (
            text if kind == "at" else piece for kind, piece in section.pieces if kind in ("at", "literal")
        )
        return "".join(pieces)

    def _section(self, number: Decimal) -> tuple[_Section, bool]:
        """The section for ``number``, and whether it says the sign itself."""
        sections = self._sections
        if self._conditional:
            for section in sections[:3]:
                if section.condition is not None and _holds(number, section.condition):
                    return section, _says_sign(section)
            rest = [section for section in sections[:3] if section.condition is None] or [sections[-1]]
            if number < 0 and len(rest) > 1:
                return rest[0], _says_sign(rest[0])
            return rest[-1], _says_sign(rest[-1])
        if number > 0 or len(sections) == 1:
            return sections[0], False
        if number < 0:
            return sections[1], True
        return (sections[2] if len(sections) > 2 else sections[0]), False


def _says_sign(section: _Section) -> bool:
    operator, limit = section.condition or ("", Decimal(0))
    below = (operator == "<" and limit <= 0) or (operator in ("<=", "=") and limit < 0)
    literal = "".join(text for kind, text in section.pieces if kind == "literal")
    return below or any(sign in literal for sign in "-(△▲▽▼")


def _holds(number: Decimal, condition: tuple[str, Decimal]) -> bool:
    operator, limit = condition
    tests: dict[str, Callable[[], bool]] = {
        "<": lambda: number < limit,
        "<=": lambda: number <= limit,
        ">": lambda: number > limit,
        ">=": lambda: number >= limit,
        "=": lambda: number == limit,
        "<>": lambda: number != limit,
    }
    return tests[operator]()


def _sections(code: str) -> list[_Section]:
    found = [_Section()]
    for token in _TOKEN.finditer(code):
        kind = token.lastgroup or ""
        text = token.group(kind)
        section = found[-1]
        if kind == "other" and text == ";":
            if len(found) == 4:
                break
            found.append(_Section())
        elif kind == "quoted":
            section.add("literal", text.strip('"'))
        elif kind in ("escaped", "other"):
            section.add("literal", text)
        elif kind == "space":
            section.add("literal", " ")
        elif kind == "bracket":
            _bracket(section, text)
        elif kind == "general":
            section.add("general", "")
        elif (
            kind == "date" and text[0] in "eE" and "date" not in section.kinds and "digit" in section.kinds
        ) or (kind == "slash" and "date" in section.kinds):
            section.add("literal", text)
        elif kind != "fill":
            section.add(kind, text)
    for section in found:
        section.usual = _usual(section.pieces)
    return found


def _usual(pieces: list[tuple[str, str]]) -> tuple[str, int, str, str] | None:
    """What comes before the digits, the decimals, a comma or nothing, and what comes after, for formats like
    ``"₩"#,##0.00``: nearly all figures of real sheets have one, and Python writes it a few times faster.
    """
    code = "".join(
        {"literal": "x", "digit": text, "point": ".", "comma": ",", "percent": "%"}.get(kind, "!")
        for kind, text in pieces
    )
    match = re.fullmatch(r"(x*)(#,##0|0|#0)(?:\.(0+))?(%?x*)", code)
    if match is None:
        return None
    before, after = len(match.group(1)), len(pieces) - len(match.group(4))
    comma = "," if "," in match.group(2) else ""
    text = "".join(text for _, text in pieces[:before]), "".join(text for _, text in pieces[after:])
    return text[0], min(len(match.group(3) or ""), _MAX_PLACES), comma, text[1]


def _bracket(section: _Section, text: str) -> None:
    if match := _CONDITION.fullmatch(text):
        section.condition = match.group(1), Decimal(match.group(2))
    elif match := _CURRENCY.fullmatch(text):
        if match.group(1):
            section.add("literal", match.group(1))
        if match.group(2):
            section.locale = int(match.group(2)[-4:], 16)
    elif _ELAPSED.fullmatch(text):
        section.add("elapsed", text.lower())
    elif re.fullmatch(r"DBNum[1-4]", text, re.I):
        section.numerals = int(text[-1])


def general(number: float | Decimal) -> str:
    """A number without a format, with up to 15 digits; very large and small ones as ``1.5E-07``."""
    text = f"{float(number):.15g}"
    return text if "e" not in text else _SHORTENED.sub(lambda end: f"E{end.group(1)}{end.group(2)}", text)


def _number(section: _Section, number: Decimal) -> str:
    sign = "-" if number < 0 else ""
    size = abs(number)
    if section.usual is not None:
        before, decimals, comma, after = section.usual
        if "percent" in section.kinds:
            size = _EXACT.scaleb(size, 2)
        rounded = size.quantize(_STEPS[decimals], ROUND_HALF_UP, _EXACT)
        return f"{sign}{f'{before}{rounded:{comma}f}{after}'.strip()}"
    pieces = section.pieces
    if "general" in section.kinds:
        told = numerals(size, section.numerals, section.locale) if section.numerals else general(size)
        body = "".join(
            told if kind == "general" else text for kind, text in pieces if kind in ("general", "literal")
        )
        return sign + body
    if "at" in section.kinds:
        return sign + "".join(general(size) if kind == "at" else text for kind, text in pieces)
    if "digit" not in section.kinds:
        # words in place of the number ("none", "-"); a percent sign shows as itself
        return "".join(text for kind, text in pieces if kind in ("literal", "percent")).strip()
    size = _EXACT.scaleb(size, 2 * sum(kind == "percent" for kind, _ in pieces))
    if "exponent" in section.kinds:
        body = _scientific(pieces, size)
    elif "slash" in section.kinds and (fraction := _fraction(pieces, size)) is not None:
        body = fraction
    else:
        body = _decimal(pieces, size)
    # the sign stands before everything, also before a currency
    return sign + body.strip()


def _decimal(pieces: list[tuple[str, str]], size: Decimal) -> str:
    """Digits in their places: ``00"-"0000`` keeps its dash, ``#,##0,`` counts in thousands."""
    kinds = [kind for kind, _ in pieces]
    point = kinds.index("point") if "point" in kinds else len(pieces)
    places = [index for index, kind in enumerate(kinds) if kind == "digit"]
    whole_places = [index for index in places if index < point]
    last = max(whole_places, default=-1)
    thousands = any(
        kinds[index] == "comma" and whole_places and whole_places[0] < index < last for index in range(point)
    )
    scale = 0
    for index in range(max(places) + 1, len(pieces)):
        if kinds[index] != "comma":
            break
        scale += 3
    for index in range(last + 1, point):
        if last >= 0 and kinds[index] == "comma" and point < len(pieces):
            scale += 3
    decimals = [index for index in places if index > point][:_MAX_PLACES]
    size = _EXACT.scaleb(size, -scale)
    rounded = size.quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP, _EXACT)
    whole, _, fraction = f"{rounded:f}".partition(".")
    placed = _placed(pieces, whole_places, whole, thousands) | _decimals(pieces, decimals, fraction)
    found: list[str] = []
    for index, (kind, text) in enumerate(pieces):
        if kind == "digit":
            found.append(placed.get(index, ""))
        elif kind == "point":
            found.append(
                "."
                if any(placed.get(place) for place in decimals) or (not decimals and index == point)
                else ""
            )
        elif kind in ("literal", "percent", "slash"):
            found.append(text)
    if not whole_places and whole != "0":
        # ".00" shows 12.5 with its whole part
        found.insert(point, whole)
    return "".join(found)


def _placed(pieces: list[tuple[str, str]], places: list[int], whole: str, thousands: bool) -> dict[int, str]:
    """The digits of the whole part by the place that shows them; the first place takes those that are left."""
    digits = "" if whole == "0" and places and all(pieces[index][1] != "0" for index in places) else whole
    found: dict[int, str] = {}
    count = 0

    def take(digit: str) -> str:
        nonlocal count
        count += 1
        return digit + "," if thousands and count % 3 == 1 and count > 1 else digit

    rest = list(digits)
    for index in reversed(places):
        if rest:
            found[index] = take(rest.pop())
        elif pieces[index][1] == "0":
            found[index] = take("0")
    while rest and places:
        found[places[0]] = take(rest.pop()) + found[places[0]]
    return found


def _decimals(pieces: list[tuple[str, str]], places: list[int], fraction: str) -> dict[int, str]:
    found: dict[int, str] = {}
    needed = False
    for index, digit in zip(reversed(places), reversed(fraction.ljust(len(places), "0")), strict=False):
        needed = needed or digit != "0" or pieces[index][1] == "0"
        if needed:
            found[index] = digit
    return found


def _scientific(pieces: list[tuple[str, str]], size: Decimal) -> str:
    """``0.00E+00``; with several places before the point the power goes in steps of as many."""
    mark = next(index for index, (kind, _) in enumerate(pieces) if kind == "exponent")
    end = mark + 1
    while end < len(pieces) and pieces[end][0] == "digit":
        end += 1
    before = pieces[:mark]
    step = max(sum(kind == "digit" for kind, _ in _until_point(before)), 1)
    power = size.adjusted() if size else 0
    power -= power % step
    decimals = sum(kind == "digit" for kind, _ in before) - sum(
        kind == "digit" for kind, _ in _until_point(before)
    )
    limit = Decimal(1).scaleb(-min(decimals, _MAX_PLACES))
    if size and _EXACT.scaleb(size, -power).quantize(limit, ROUND_HALF_UP, _EXACT) >= Decimal(10) ** step:
        power += step
    mantissa = _decimal(before, _EXACT.scaleb(size, -power))
    sign = "-" if power < 0 else "+" if pieces[mark][1].endswith("+") else ""
    after = "".join(text for kind, text in pieces[end:] if kind in ("literal", "percent"))
    return f"{mantissa}E{sign}{abs(power):0{max(end - mark - 1, 1)}d}{after}"


def _until_point(pieces: list[tuple[str, str]]) -> list[tuple[str, str]]:
    kinds = [kind for kind, _ in pieces]
    return pieces[: kinds.index("point")] if "point" in kinds else pieces


def _fraction(pieces: list[tuple[str, str]], size: Decimal) -> str | None:
    """``# ?/?`` shows 2.5 as ``2 1/2``, ``# ?/8`` as ``2 4/8``; ``None`` where the slash is no fraction's."""
    slash = next(index for index, (kind, _) in enumerate(pieces) if kind == "slash")
    start = slash
    while start and pieces[start - 1][0] == "digit":
        start -= 1
    end = slash + 1
    while end < len(pieces) and (
        pieces[end][0] == "digit" or (pieces[end][0] == "literal" and pieces[end][1].isdigit())
    ):
        end += 1
    below = "".join(text for _, text in pieces[slash + 1 : end])
    if start == slash or not below:
        return None
    whole_pieces = pieces[:start]
    has_whole = any(kind == "digit" for kind, _ in whole_pieces)
    whole = int(size) if has_whole else 0
    rest = Fraction(size) - whole
    if any(char in "?#" for char in below) or not int(below):
        found = rest.limit_denominator(10 ** min(len(below), 7) - 1)
        top, bottom = found.numerator, found.denominator
    else:
        bottom = int(below)
        top = int(rest * bottom + Fraction(1, 2))
    if has_whole and top == bottom:
        whole, top = whole + 1, 0
    after = "".join(text for kind, text in pieces[end:] if kind in ("literal", "percent"))
    if not has_whole:
        literal = "".join(text for kind, text in whole_pieces if kind == "literal")
        return f"{literal}{top}/{bottom}{after}"
    shown = _decimal(whole_pieces, Decimal(whole)).strip() if whole or not top else ""
    return f"{shown} {top}/{bottom}{after}".strip() if top else f"{shown or '0'}{after}"
