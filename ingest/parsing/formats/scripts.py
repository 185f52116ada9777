"""Raised and lowered text in plain characters: ``10^6``, ``H2O``, ``3/16``, and ``1,250 [3]`` for a footnote's mark.

A small run that is glued to what stands before it makes a false figure: ``1,250`` with the mark 3 is not 1,2503.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

Script = Literal["", "up", "down", "mark"]
# a run of text, and whether it is raised, lowered or known to be a note's mark
Run: TypeAlias = tuple[str, Script]

_ORDINAL = re.compile(
    r"(?:st|nd|rd|th|er|re|ère|e|ème|o|a|os|as|de|te|tm|sm|r|c|lle|me|mo|[°º˚]\s*[cfk]?|®|™|©|℠|[*†‡§¶′″'\"°℃]+)",
    re.I,
)
_NOTE = re.compile(
    r"[\[(]?\s*(?:(?:note\s*)?\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*|[a-z]|[*†‡§¶#]+|주\s*\d*|각주\s*\d*)\s*[\])]?",
    re.I,
)
_BRACKETED = re.compile(r"[\[(].*[\])]")
# what a power stands on: 10 or a single digit, a unit, a variable, a closing bracket
_BASE = re.compile(
    r"(?:(?<![\d.,])(?:10|\d)|(?<![^\W\d_])(?:[a-zα-ωΑ-Ω]|[kcmµμnd]?m|in|ft|yd|mi|sec|min|hr?|cm|km|[kKMGmµ]?(?:g|s|A|V|W|K|Hz|J|N|Pa|bit|mol)|e|ℓ|dB)|[)\]}])$",
    re.I,
)
_DIGITS_BEFORE = re.compile(r"\d$")
# ions and charges: Ca2+, SO4 2-
_CHARGE = re.compile(r"\d?[+−–-]")
_NUMBER = re.compile(r"[+−–-]?\d+(?:[.,]\d+)?")
_LOGARITHM = re.compile(r"(?:\b(?:log|ln|lim|max|min|sup|inf)|[\d∑∫∏)\]])$", re.I)
_SLASH = re.compile(r"\s*[/⁄∕]\s*")
_DEGREE = re.compile(r"[oO○]")
_SIGNED = re.compile(r"[−–]")


def joined(runs: Iterable[Run]) -> str:
    """The text of ``runs``; runs of one kind that follow each other count as one."""
    pieces = _merged(runs)
    text: list[str] = []
    tail = ""  # the end of what is written: it decides how the next run is read
    at = 0
    while at < len(pieces):
        piece, script = pieces[at]
        if script and (fraction := _fraction(pieces, at)):
            glue = " " if _DIGITS_BEFORE.search(tail) else ""
            written, at = glue + fraction, at + 3
        else:
            written, at = _written(piece, script, tail), at + 1
            # "10^6" followed by "5" is not 10^65
            if script and at < len(pieces) and not pieces[at][1] and _glued(written, pieces[at][0]):
                written += " "
        text.append(written)
        tail = (tail + written)[-12:]
    return "".join(text)


def _merged(runs: Iterable[Run]) -> list[Run]:
    found: list[Run] = []
    parts: list[str] = []
    kind: Script = ""
    for text, script in runs:
        if not text:
            continue
        # white space has no height
        if script and not text.strip():
            script = "" if script != kind else script
        if parts and script != kind:
            found.append(("".join(parts), kind))
            parts = []
        kind = script
        parts.append(text)
    return [*found, ("".join(parts), kind)] if parts else found


def _fraction(pieces: Sequence[Run], at: int) -> str:
    """``3/16`` for a raised 3, a stroke and a lowered 16; else empty."""
    if at + 2 >= len(pieces):
        return ""
    (above, up), (stroke, level), (below, down) = pieces[at : at + 3]
    if (up, level, down) != ("up", "", "down") or not _SLASH.fullmatch(stroke):
        return ""
    return f"{above.strip()}/{below.strip()}"


def _written(text: str, script: Script, before: str) -> str:
    bare = text.strip()
    if not script or not bare:
        return text
    lead = text[: len(text) - len(text.lstrip())]
    trail = text[len(text.rstrip()) :]
    return f"{lead}{_raised(bare, before + lead, script) if script != 'down' else _lowered(bare, before + lead)}{trail}"


def _raised(text: str, before: str, script: Script) -> str:
    # at the start of a line: the mark of a note's own text
    is_first = not before.strip() or before.endswith("\n")
    if script == "mark" or (_BRACKETED.fullmatch(text) and _NOTE.fullmatch(text)):
        return _mark(text, before)
    if _DEGREE.fullmatch(text) and before[-1:].isdigit():
        return "°"
    if before.endswith("^") or (
        _ORDINAL.fullmatch(text) and not (before[-1:].isdigit() and text.lower() in "acr")
    ):
        return text
    if is_first:
        return _mark(text, before) if _NOTE.fullmatch(text) else text
    if before[-1:].isspace():
        return _mark(text, before) if _NOTE.fullmatch(text) else text
    if _BASE.search(before):
        return "^" + _in_brackets(_SIGNED.sub("-", text))
    if _NOTE.fullmatch(text):
        return _mark(text, before)
    if _CHARGE.fullmatch(text) or _NUMBER.fullmatch(text):
        return "^" + _SIGNED.sub("-", text)
    return "^" + _in_brackets(text) if before[-1:].isalnum() and len(text) <= 20 else f" {text}"


def _mark(text: str, before: str) -> str:
    inner = text.strip("[]() ")
    space = " " if before and not before[-1:].isspace() else ""
    return f"{space}[{inner}]" if inner else text


def _lowered(text: str, before: str) -> str:
    last = before[-1:]
    if not last or last.isspace():
        return text
    if _LOGARITHM.search(before) or not text[0].isdigit() or not last.isalpha():
        return "_" + _in_brackets(text) if last.isalnum() or last in ")]}" else text
    return text


def _in_brackets(text: str) -> str:
    simple = re.fullmatch(r"[+-]?[\w.,]+|\(.*\)", text)
    return text if simple else f"({text})"


def _glued(written: str, following: str) -> bool:
    end, start = written[-1:], following[:1]
    return (end.isdigit() and start.isdigit()) or (end == "]" and (start.isalnum() or start == "["))
