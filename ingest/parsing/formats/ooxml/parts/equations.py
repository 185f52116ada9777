"""Equations of Office (OMML) in one line of plain text: ``(a+b)/c``, ``x_i^2``, ``√(x+1)``, ``∑_(i=1)^n x_i``.

Parentheses are added wherever a part is more than one number or one word, and a space wherever two figures would
become another one: 2 followed by the fraction 3/16 reads ``2 3/16``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from ingest.parsing.formats.ooxml.parts.package import truth
from ingest.parsing.xml_tree import Element, attribute, child, children, descendants, name

# deeper ones are given as their bare words; the deepest that people write have about ten levels
_MAX_DEPTH = 40
_ONE = re.compile(r"-?[\w.,°′%']+|\([^()]*\)|\[[^\[\]]*\]")
_OPERAND = re.compile(r"[\w.,°′%']+(?:[_^](?:-?\w+|\([^()]*\)))*|\([^()]*\)")
# under a line 2c is one thing, after a stroke it is 2 and then c
_DIVISOR = re.compile(rf"(?!\d[\d.,]*[^\W\d])(?:{_OPERAND.pattern})")
_MATH_LETTER = re.compile("[\U0001d400-\U0001d7ff\u2102-\u2138]+")
# what is no text: properties, and words that were deleted or belong to no reader
_SKIPPED = frozenset({"del", "moveFrom", "delText", "instrText", "rPr", "ctrlPr", "argPr"})
_ACCENTS = {
    "\u0302": "hat",
    "\u0303": "tilde",
    "\u0304": "bar",
    "\u0305": "bar",
    "\u0307": "dot",
    "\u0308": "ddot",
    "\u20d7": "vec",
}


def equation(element: Element) -> str:
    """One line for an ``m:oMath``, or for all of an ``m:oMathPara``, joined with ``; ``."""
    if name(element) == "oMathPara":
        return "; ".join(filter(None, map(equation, children(element, "oMath"))))
    return re.sub(r"\s+", " ", _row(element, 0)).strip()


def _row(parent: Element | None, depth: int) -> str:
    """What stands side by side."""
    if parent is None:
        return ""
    if depth > _MAX_DEPTH:
        return "".join(found.text or "" for found in descendants(parent, "t"))
    pieces: list[tuple[str, bool]] = []
    for element in children(parent):
        local = name(element)
        if local in _SKIPPED or local.endswith("Pr"):
            continue
        if local == "t":
            pieces.append((_plain(element.text or ""), False))
        elif local == "br":
            pieces.append((" ", False))
        elif local == "r":
            pieces.append((_row(element, depth + 1), False))
        elif local in _FORMS:
            pieces.append((_FORMS[local](element, depth + 1), local not in _LOOSE))
        else:
            pieces.append((_row(element, depth + 1), False))
    return _joined(pieces)


def _joined(pieces: Iterable[tuple[str, bool]]) -> str:
    """Side by side, with a space where a built piece would melt with what stands beside it."""
    text, built = "", False
    for piece, builds in pieces:
        if text and piece and (built or builds) and _melts(text[-1], piece, built):
            text += " "
        text += piece
        built = builds if piece else built
    return text


def _melts(left: str, right: str, left_is_built: bool) -> bool:
    if not (left.isalnum() or (left_is_built and left in ")]")) or not (
        right[0].isalnum() or right[0] in "√∑∏∫"
    ):
        return False
    # mc^2 needs no space; 2 3/16, x 2^3 and x sin y do
    return left_is_built or right[0].isdecimal() or re.match(r"[a-z]{2}", right) is not None


def _plain(text: str) -> str:
    """Letters of the mathematical alphabets as plain ones; the minus sign and the invisible operators too."""
    text = _MATH_LETTER.sub(lambda run: unicodedata.normalize("NFKC", run.group()), text)
    return re.sub("[\u2061-\u2064&]", "", text).replace("\u2212", "-")


def _grouped(text: str, pattern: re.Pattern[str] = _ONE) -> str:
    text = text.strip()
    return text if pattern.fullmatch(text) else f"({text})"


def _value(element: Element, *path: str) -> str | None:
    found = child(element, *path)
    return attribute(found, "val") if found is not None else None


def _part(element: Element, local: str, depth: int) -> str:
    return _row(child(element, local), depth).strip()


def _fraction(element: Element, depth: int) -> str:
    top, bottom = _part(element, "num", depth), _part(element, "den", depth)
    if _value(element, "fPr", "type") == "noBar":
        return f"{top} choose {bottom}"
    return f"{_grouped(top, _OPERAND)}/{_grouped(bottom, _DIVISOR)}"


def _scripts(element: Element, depth: int) -> str:
    base = _part(element, "e", depth)
    lowered, raised = _part(element, "sub", depth), _part(element, "sup", depth)
    text = _grouped(base) if base else ""
    text += f"_{_grouped(lowered)}" if lowered else ""
    return text + (_raised(raised) if raised else "")


def _raised(text: str) -> str:
    # a degree sign and primes stand high by themselves
    return text if text in ("°", "′", "″", "'", "''", "∘") else f"^{_grouped(text)}"


def _before(element: Element, depth: int) -> str:
    lowered, raised = _part(element, "sub", depth), _part(element, "sup", depth)
    text = (f"_{_grouped(lowered)}" if lowered else "") + (f"^{_grouped(raised)}" if raised else "")
    return text + _part(element, "e", depth)


def _root(element: Element, depth: int) -> str:
    degree, inside = _part(element, "deg", depth), _part(element, "e", depth)
    if truth(child(element, "radPr", "degHide")):
        degree = ""
    sign = {"": "√", "2": "√", "3": "∛", "4": "∜"}.get(degree, f"root_{_grouped(degree)}")
    inside = inside if len(sign) == 1 and re.fullmatch(r"\w+", inside) else f"({inside})"
    return sign + inside


def _operator(element: Element, depth: int) -> str:
    sign = _value(element, "naryPr", "chr") or "∫"
    lowered = "" if truth(child(element, "naryPr", "subHide")) else _part(element, "sub", depth)
    raised = "" if truth(child(element, "naryPr", "supHide")) else _part(element, "sup", depth)
    text = sign + (f"_{_grouped(lowered)}" if lowered else "") + (f"^{_grouped(raised)}" if raised else "")
    return f"{text} {_part(element, 'e', depth)}"


def _function(element: Element, depth: int) -> str:
    label, inside = _part(element, "fName", depth), _part(element, "e", depth)
    return f"{label}{inside}" if inside.startswith(("(", "[")) else f"{label} {inside}"


def _delimited(element: Element, depth: int) -> str:
    begin, end = _value(element, "dPr", "begChr"), _value(element, "dPr", "endChr")
    separator = _value(element, "dPr", "sepChr")
    parts = list(children(element, "e"))
    texts = [_row(part, depth).strip() for part in parts]
    if (
        len(parts) == 1
        and (matrix := child(parts[0], "m")) is not None
        and len(list(children(parts[0]))) <= 2
    ):
        texts = [_cells(matrix, depth)]
    text = ("|" if separator is None else separator).join(texts)
    return ("(" if begin is None else begin) + text + (")" if end is None else end)


def _matrix(element: Element, depth: int) -> str:
    return f"[{_cells(element, depth)}]"


def _cells(element: Element, depth: int) -> str:
    rows = [
        ", ".join(_row(cell, depth).strip() for cell in children(row, "e")) for row in children(element, "mr")
    ]
    return "; ".join(rows)


def _lines(element: Element, depth: int) -> str:
    return "; ".join(_row(line, depth).strip() for line in children(element, "e"))


def _accent(element: Element, depth: int) -> str:
    mark, inside = _value(element, "accPr", "chr") or "\u0302", _part(element, "e", depth)
    return inside + mark if len(inside) == 1 else f"{_ACCENTS.get(mark, 'accent')}({inside})"


def _bar(element: Element, depth: int) -> str:
    inside = _part(element, "e", depth)
    if _value(element, "barPr", "pos") != "top":
        return f"underline({inside})"
    return f"{inside}\u0305" if len(inside) == 1 else f"bar({inside})"


def _below(element: Element, depth: int) -> str:
    return f"{_part(element, 'e', depth)}_{_grouped(_part(element, 'lim', depth))}"


def _above(element: Element, depth: int) -> str:
    return f"{_part(element, 'e', depth)}^{_grouped(_part(element, 'lim', depth))}"


def _phantom(element: Element, depth: int) -> str:
    shown = child(element, "phantPr", "show")
    return _part(element, "e", depth) if shown is None or truth(shown) else ""


_FORMS = {
    "f": _fraction,
    "sSup": _scripts,
    "sSub": _scripts,
    "sSubSup": _scripts,
    "sPre": _before,
    "rad": _root,
    "nary": _operator,
    "func": _function,
    "d": _delimited,
    "m": _matrix,
    "eqArr": _lines,
    "acc": _accent,
    "bar": _bar,
    "limLow": _below,
    "limUpp": _above,
    "phant": _phantom,
}
# they melt with nothing: their ends are signs of their own
_LOOSE = frozenset({"d", "m"})
