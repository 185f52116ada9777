"""The sentences of an answer that carry citations."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chatbot.text.invisible import on_one_line
from chatbot.text.sentences import sentence_spans

_CITATIONS = re.compile(r"\s?(?:\[\d+\])+")
_LEADING = re.compile(r"(?:\s*\[\d+\])+")
_NUMBERS = re.compile(r"\[(\d+)\]")
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of an answer: ``text`` without its citations, and the ``numbers`` of these."""

    start: int
    end: int
    text: str
    numbers: tuple[int, ...]


def claims(text: str) -> list[Claim]:
    """The sentences of ``text`` that carry citations, those right behind the full stop included."""
    found: list[Claim] = []
    for start, end in sentence_spans(text):
        if (leading := _LEADING.match(text, start, end)) and found:
            found[-1] = _claim(text, found[-1].start, leading.end())
            start = leading.end()
        if _WORD.search(_CITATIONS.sub("", text[start:end])):
            start += len(text[start:end]) - len(text[start:end].lstrip())
            found.append(_claim(text, start, end))
    return [claim for claim in found if claim.numbers]


def _claim(text: str, start: int, end: int) -> Claim:
    numbers = tuple(dict.fromkeys(int(number) for number in _NUMBERS.findall(text[start:end])))
    return Claim(start, end, on_one_line(_CITATIONS.sub("", text[start:end])), numbers)
