"""The sentences of an answer that carry citations."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chatbot.citations.markers import cited_numbers, leading_citations, without_citations
from chatbot.text import tables
from chatbot.text.invisible import on_one_line
from chatbot.text.sentences import sentence_spans

_ITEM = re.compile(r"^[-*•] ")  # the mark of a list is no part of what is claimed
_CELL = re.compile(r"(?:[^|\\\n]|\\.)+")
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of an answer: ``text`` without its citations and the mark of a list, and the ``numbers`` of these."""

    start: int
    end: int
    text: str
    numbers: tuple[int, ...]


def claims(text: str) -> list[Claim]:
    """The sentences of ``text`` that carry citations, those right behind the full stop included; of a table its cells."""
    found: list[Claim] = []
    for start, end in sentence_spans(text):
        if tables.is_row(text[start:end]):
            found += _cells(text, start, end)
            continue
        if found and (after := leading_citations(text, start, end)) > start:
            found[-1] = _claim(text, found[-1].start, after)
            start = after
        if _WORD.search(without_citations(text[start:end])):
            start += len(text[start:end]) - len(text[start:end].lstrip())
            found.append(_claim(text, start, end))
    return [claim for claim in found if claim.numbers]


def _cells(text: str, start: int, end: int) -> list[Claim]:
    spans = [found.span() for found in _CELL.finditer(text, start, end)]
    return [_claim(text, *span) for span in spans if _WORD.search(without_citations(text[span[0] : span[1]]))]


def _claim(text: str, start: int, end: int) -> Claim:
    said = text[start:end]
    plain = _ITEM.sub("", on_one_line(without_citations(said)))
    return Claim(start, end, plain, tuple(cited_numbers(said)))
