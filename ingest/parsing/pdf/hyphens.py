"""Hyphens at line ends: part of the word (MK-19, state-of-the-art), or put there to break it (conduc-tor)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.parsing.pdf.glyphs import HYPHEN

_NUMBERS = re.compile(r"(?<=\d)([-\u2010\u2011\u2013])[ ]?\n(?=\d)")
_BREAK = re.compile(rf"(\S*?)[{HYPHEN}\u00ad]\s*(\S*)|{_NUMBERS.pattern}")
_COMPOUND = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)+")
_WORD = re.compile(r"[^\W\d_]{4,}")
_BEFORE = re.compile(r"[^\W_]+$")
_AFTER = re.compile(r"[^\W_]+")
_HANGUL = re.compile(r"[가-힣]")
# first parts that are always set off by a hyphen
_FIRST_PARTS = {"self", "well", "half", "vice", "quasi", "cross", "non", "e"}
_ADDRESS = re.compile(r"(?:://|www\.|@)")
# compounds of more documents than this many words are not kept
_MAX_WORDS = 200_000


class Hyphens:
    """The compounds and words of one document, by which the hyphens at its line ends are judged."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._compounds: set[str] = set()
        self._words: set[str] = set()
        held = list(texts)
        if not any(HYPHEN in text or "\u00ad" in text for text in held):
            return
        for text in held:
            if len(self._compounds) + len(self._words) > _MAX_WORDS:
                break
            text = text.lower()
            if "-" in text:
                self._compounds.update(_COMPOUND.findall(text))
            self._words.update(_WORD.findall(text))

    def joined(self, text: str) -> str:
        """``text`` with its broken words whole again; a hyphen that belongs to its word stays, without the line break."""
        if HYPHEN not in text and "\u00ad" not in text:
            return _NUMBERS.sub(r"\1", text) if "\n" in text else text
        return _BREAK.sub(self._whole, text)

    def _whole(self, match: re.Match[str]) -> str:
        if match[3]:
            return match[3]
        # a word may be broken twice
        before, after = match[1], match[2]
        if HYPHEN in after or "\u00ad" in after:
            after = _BREAK.sub(self._whole, after)
        soft = "\u00ad" in match[0][len(before) : len(before) + 1]
        return before + ("-" if not soft and self._belongs(before, after) else "") + after

    def _belongs(self, before: str, after: str) -> bool:
        first, second = _BEFORE.search(before), _AFTER.match(after)
        if first is None or second is None:
            return True
        left, right = first.group(), second.group()
        if left[-1].isdigit() or right[0].isdigit() or _HANGUL.search(left[-1] + right[0]):
            return True
        if right[0].isupper() and not left[-1].isupper():
            return True
        if right[0].isupper() and len(left) <= 3:
            return True
        if "-" in before or _ADDRESS.search(before):
            return True
        left, right = left.lower(), right.lower()
        if left + right in self._words:
            return False
        return f"{left}-{right}" in self._compounds or left in _FIRST_PARTS
