"""Raised and lowered signs of a line: exponents, footnote marks, indices.

Glued to what stands before it, a raised 3 makes 1,2503 of 1,250. What it means is told by what it stands on: ``10^6``,
``m^2``, ``1,250 [3]``, ``H2O``, ``x_1``.
"""

from __future__ import annotations

import re

from ingest.parsing.pdf.lines import Piece

# a sign is this much smaller than what it stands on, or of the same size and moved by more than a little
_SMALLER = 0.87
_MOVED = 0.08
_CLEARLY_MOVED = 0.2
_MOST_MOVED = 0.95
# a wider gap parts two cells, relative to the size
_GAP = 0.6
_MOST_CHARS = 12

_NUMBERS = re.compile(r"[(\[]?\d{1,3}(?:\s?[,;–-]\s?\d{1,3})*[)\]]?")
_EXPONENT = re.compile(r"[+\-−–±]?\d{1,4}")
_SIGNED = re.compile(r"[+\-−–]\d{1,4}")
_CHARGE = re.compile(r"\d{0,2}[+\-−–]")
_LETTER = re.compile(r"[a-zA-Z](?:,[a-z])*\)?")
_LABEL = re.compile(r"[주註注*]?\d{1,3}\)?")
_ORDINAL = re.compile(r"st|nd|rd|th|er|re|e|è?me|ère|os?|as?|[ºª]", re.I)
_ORDINAL_STANDS_ON = re.compile(r"(?:\d|[IVXLC])$")
# bases of powers, and units of length whose powers are areas and volumes
_POWER = re.compile(r"(?:^|[^\d.,])(?:10|e)$")
_UNIT = re.compile(r"(?:^|[^A-Za-z])(?:[cdkmnµμhH]?m|ft)$")
_UNIT_AFTER_NUMBER = re.compile(r"\d\s?(?:in|yd|mi|s|h|kg|g|K|V|A|W|J|N|Pa|mol|cd|L|ha)$")
_VARIABLE = re.compile(r"(?:^|[^A-Za-zÀ-ž])[A-Za-zα-ωΑ-Ω]$")
# a product in a formula: E = mc
_PRODUCT = re.compile(r"[=·×*/^+<>≤≥±][  ]?[A-Za-zα-ωΑ-Ω]{2,3}$")
_TERM = re.compile(r"\([^()]*[+*/^=−·][^()]*\)$")
_ELEMENT = re.compile(r"(?:[A-Z][a-z]?|[)\]])$")
_SLASHES = "/⁄∕"
_SYMBOLS = re.compile(r"[*†‡§¶#™®©°′″'\"”’]+|TM|SM|MC")


def set_apart(pieces: list[Piece]) -> None:
    """Changes the text of raised and lowered pieces, and what parts them from their neighbours."""
    if len(pieces) < 2 or all(piece.source == pieces[0].source for piece in pieces):
        return
    index = 0
    while index < len(pieces):
        shift, end = _sign(pieces, index)
        if shift:
            _set(pieces, index, end, shift)
        index = max(end, index + 1)


def _sign(pieces: list[Piece], index: int) -> tuple[int, int]:
    """1 for a raised sign, -1 for a lowered one, 0 for none; and where its last piece ends."""
    piece = pieces[index]
    host = _host(pieces, index)
    if host is None:
        return 0, index + 1
    shift = _shift(host, piece)
    if not shift:
        return 0, index + 1
    end = index + 1
    while (
        end < len(pieces)
        and not pieces[end].before.strip("\n")
        and _shift(host, pieces[end]) == shift
        and abs(pieces[end].base - piece.base) < 0.3 * piece.size
    ):
        end += 1
    if sum(len(part.text) for part in pieces[index:end]) > _MOST_CHARS:
        return 0, end
    return shift, end


def _host(pieces: list[Piece], index: int) -> Piece | None:
    """What the piece would stand on: the one before it, at the beginning of a line the one after it."""
    piece = pieces[index]
    if index:
        before = pieces[index - 1]
        near = -0.4 * before.size < piece.left - before.right < _GAP * before.size
        return before if near else None
    after = next((other for other in pieces[1:3] if other.size > piece.size), None)
    if after is None or not after.left - piece.right < 2 * after.size:
        return None
    return after


def _shift(host: Piece, piece: Piece) -> int:
    if not host.size or piece.source == host.source:
        return 0
    moved = (piece.base - host.base) / host.size
    # the top of lowered or small figures does not rise above what they stand on by much
    if piece.size < _SMALLER * host.size:
        least = _MOVED
    elif piece.size < 1.1 * host.size:
        least = _CLEARLY_MOVED
    else:
        return 0
    if not least < abs(moved) < _MOST_MOVED:
        return 0
    return 1 if moved > 0 else -1


def _set(pieces: list[Piece], start: int, end: int, shift: int) -> None:
    sign = "".join(piece.text for piece in pieces[start:end])
    stands_on = "".join(piece.before + piece.text for piece in pieces[max(start - 4, 0) : start]).rstrip()
    following = pieces[end].text if end < len(pieces) and not pieces[end].before.strip("\n") else ""
    first = pieces[start]
    gap = first.before.strip("\n")
    if shift > 0:
        before, text = _raised(stands_on, sign, following, gap)
    else:
        before, text = _lowered(stands_on, sign, gap)
    first.before, first.text = before, text
    for piece in pieces[start + 1 : end]:
        piece.before = piece.text = ""
    if end < len(pieces):
        after = pieces[end]
        close = not after.before.strip("\n")
        needs_space = text[-1:].isalnum() and re.match("[A-Za-z0-9]", after.text) and text != sign
        if close and (needs_space or (not stands_on and after.text[:1].isalnum())):
            after.before = " "


def _raised(stands_on: str, sign: str, following: str, gap: str) -> tuple[str, str]:
    """What parts the sign from what it stands on, and how it is written."""
    if not stands_on:
        return gap, f"[{_bare(sign)}]" if _NUMBERS.fullmatch(sign) or _LETTER.fullmatch(sign) else sign
    last = stands_on[-1]
    if following[:1] and following[0] in _SLASHES and sign.isdigit():
        return (" " if last.isdigit() else gap), sign
    scale = following[:1] in ("C", "F", "K")
    if last.isdigit() and (
        (sign in ("o", "O", "º", "°") and (scale or not following)) or (sign == "0" and scale)
    ):
        return gap, "°"
    if _SYMBOLS.fullmatch(sign):
        return gap, sign
    if _ORDINAL.fullmatch(sign) and _ORDINAL_STANDS_ON.search(stands_on) and sign not in ("a", "A"):
        return gap, sign
    if not gap:
        if _SIGNED.fullmatch(sign) and last.isalnum():
            return "", f"^{sign}"
        if _CHARGE.fullmatch(sign) and (last.isalpha() or last in ")]"):
            return "", f"^{sign}"
        if _EXPONENT.fullmatch(sign) and _is_base(stands_on, sign):
            return "", f"^{sign}"
        if len(sign) == 1 and sign.isalpha() and (_VARIABLE.search(stands_on) or _POWER.search(stands_on)):
            return "", f"^{sign}"
    if _NUMBERS.fullmatch(sign) or _LETTER.fullmatch(sign) or _LABEL.fullmatch(sign):
        return " ", f"[{_bare(sign)}]"
    if last.isalnum() or last in ")]":
        return (
            ("", f"^({sign})")
            if not gap and len(sign) > 1 and re.search(r"[+\-−*/=]|\d", sign)
            else (" ", sign)
        )
    return gap, sign


def _is_base(stands_on: str, sign: str) -> bool:
    """Whether a raised number is an exponent of what it stands on, and no footnote mark."""
    if _POWER.search(stands_on):
        return True
    small = sign.lstrip("+-−–") in ("2", "3", "4")
    if _UNIT.search(stands_on) or _UNIT_AFTER_NUMBER.search(stands_on):
        return small
    term = _PRODUCT.search(stands_on) or _TERM.search(stands_on)
    return bool(_VARIABLE.search(stands_on) or (small and term))


def _lowered(stands_on: str, sign: str, gap: str) -> tuple[str, str]:
    if not stands_on:
        return gap, sign
    last = stands_on[-1]
    if last in _SLASHES:  # the denominator of a fraction
        return "", sign
    if gap or not (last.isalnum() or last in ")]"):
        return gap, sign
    if not sign[0].isalnum():
        return gap, sign
    if sign.isdigit() and _ELEMENT.search(stands_on) and not last.isdigit():
        return "", sign
    return "", f"_{sign}" if len(sign) == 1 or sign.isalnum() else f"_({sign})"


def _bare(sign: str) -> str:
    """A footnote mark without its brackets."""
    return sign.strip("()[]")
