"""Raised and lowered text in a line of plain text: ``10^6``, ``H_2O``, ``1,250 [주1]``; never glued to what stands before."""

from __future__ import annotations

import re

_ONE = re.compile(r"[+\-−–]?[^\W_]+(?:[.,]\d+)?")
_EXPONENT = re.compile(r"[A-Za-z0-9+\-−–*/=.,()°′″∞\u0370-\u03ff\u2200-\u22ff ]{1,30}")
_YEAR = re.compile(r"\([\d.,\s]+\)")
_ORDINAL = re.compile(r"(?:st|nd|rd|th|er|re|e|o|a)", re.I)
# "1)", "주1)", "*", "†": marks of notes, not exponents
_MARK = re.compile(r"(?:\(?(?:주|각주|註)?\s*\d{0,3}\s*\)|주\s*\d{1,3}|[*†‡§]{1,3}\d?\)?)")


def raised(text: str, before: str = "") -> str:
    """Superscript ``text`` that follows ``before`` in its line."""
    bare = text.strip()
    if not bare or (_ORDINAL.fullmatch(bare) and before[-1:].isdigit()):
        return text
    if _MARK.fullmatch(bare):
        space = " " if before and not before[-1:].isspace() else ""
        return f"{space}[{bare.strip('()') or bare}]{_end(text)}"
    if not _EXPONENT.fullmatch(bare) or _YEAR.fullmatch(bare):  # a remark in small letters: "9.5억건(‘18년)"
        return f"{'' if before[-1:].isspace() else ' '}{bare} "
    return _scripted("^", text, bare)


def lowered(text: str) -> str:
    """Subscript ``text``."""
    bare = text.strip()
    return _scripted("_", text, bare) if bare else text


def _scripted(sign: str, text: str, bare: str) -> str:
    start = text[: len(text) - len(text.lstrip())]
    whole = _ONE.fullmatch(bare) or (bare[0] == "(" and bare.find(")") == len(bare) - 1)
    return f"{start}{sign}{bare if whole else f'({bare})'}{_end(text)}"


def _end(text: str) -> str:
    return text[len(text.rstrip()) :]
