r"""EQ fields of Word, which have a code and no result: ``EQ \f(3,16)`` reads ``3/16``.

    text_of(code) -> the text that Word paints, ``None`` for another field

Word writes readings above characters and circles around figures this way, too: ``EQ \o\ac(○,1)`` reads ①. A part that is
not known is read as its bare words. See "Field codes: Eq (Equation) field" in Word's help.
"""

from __future__ import annotations

import re
import unicodedata

_FIELD = re.compile(r"\s*EQ\b", re.I)
_SWITCH = re.compile(r"\\\*\s*(?:\"[^\"]{0,100}\"|\S+)")  # how it is set: \\* jc2 \\* "Font:Batang" \\* hps10
_OPTIONS = re.compile(r"[a-z](?:\s*\\(?:[a-z]{2}\s*\d*|\S))*\s*", re.I)  # \\o\\ac, \\s\\up 8, \\b\\bc\\[
_ONE = re.compile(r"[\d.,]+|[^\W\d]\w*|\([^()]*\)")
# deeper ones are made to cost memory
_MAX_DEPTH = 20
MAX_CODE = 2000
_CIRCLES = frozenset("○◯")


def text_of(code: str) -> str | None:
    """What Word paints for a field of this code; ``None`` where it is no EQ field."""
    found = _FIELD.match(code)
    if found is None:
        return None
    body = _SWITCH.sub("", code[found.end() : MAX_CODE])
    text, _ = _Reader(body).row(0, 0, "")
    return " ".join(text.split())


class _Reader:
    def __init__(self, code: str) -> None:
        self._code = code
        # a semicolon parts the arguments where a comma is part of a figure
        self._between = ";" if ";" in code else ","

    def row(self, start: int, depth: int, ends: str) -> tuple[str, int]:
        """What stands side by side from ``start`` to one of ``ends``, and the place of that end."""
        text, position = "", start
        while position < len(self._code) and self._code[position] not in ends:
            char = self._code[position]
            if char == "\\" and self._code[position + 1 : position + 2].isalpha() and depth < _MAX_DEPTH:
                piece, position = self._built(position + 1, depth, text)
                text += piece
            elif char == "\\":  # a sign that would else be of the code: \, \( \)
                text += self._code[position + 1 : position + 2]
                position += 2
            else:
                text += char
                position += 1
        return text, position

    def _built(self, position: int, depth: int, before: str) -> tuple[str, int]:
        r"""An instruction with its options and arguments: ``f(3,16)``, ``o\ac(○,1)``, ``s\up 8(2)``."""
        kind = self._code[position].lower()
        options = _OPTIONS.match(self._code, position)
        if options is None or self._code[options.end() : options.end() + 1] != "(":
            return "", position + 1
        said, position = options.group().lower(), options.end()
        parts: list[str] = []
        while True:
            part, position = self.row(position + 1, depth + 1, f"{self._between})")
            parts.append(" ".join(part.split()))
            if self._code[position : position + 1] != self._between:
                break
        return _written(kind, said, parts, before), position + 1


def _written(kind: str, options: str, parts: list[str], before: str) -> str:
    first, rest = parts[0], [part for part in parts[1:] if part]
    if kind == "f" and len(parts) == 2:
        gap = " " if before[-1:].isalnum() else ""
        return f"{gap}{_grouped(first)}/{_grouped(parts[1])}"
    if kind == "r":
        inside = parts[-1]
        return f"root_{_grouped(first)}({inside})" if rest and first else f"√({inside})"
    if kind == "i" and len(parts) == 3:
        sign = "∑" if r"\su" in options else "∏" if r"\pr" in options else "∫"
        return f"{sign}_{_grouped(first)}^{_grouped(parts[1])} {parts[2]}"
    if kind == "s":
        return _scripted(options, parts, before)
    if kind == "b":
        return f"({first})"
    if kind == "o":
        return _overstruck(parts)
    return first if not rest else ", ".join([first, *rest])


def _scripted(options: str, parts: list[str], before: str) -> str:
    if len(parts) == 2:  # one over the other
        return f"^{_grouped(parts[0])}_{_grouped(parts[1])}"
    if not before or before[-1].isspace():
        return parts[0]
    return ("_" if r"\do" in options else "^") + _grouped(parts[0])


def _overstruck(parts: list[str]) -> str:
    """Written one over the other: a circle around a figure, or a reading above characters, which is left out."""
    if parts[0] in _CIRCLES and len(parts) == 2:
        return _circled(parts[1])
    bases = [part for part in parts if part]
    return bases[-1] if bases else ""


def _circled(text: str) -> str:
    if text.isdecimal() and int(text[:3]) in range(1, 21):
        return chr(ord("①") + int(text) - 1)
    if len(text) == 1:
        for place in range(0x3260, 0x32B1):  # circled Hangul and Chinese characters
            if unicodedata.normalize("NFKC", chr(place)) == text:
                return chr(place)
    return f"({text})"


def _grouped(text: str) -> str:
    return text if _ONE.fullmatch(text) else f"({text})"
