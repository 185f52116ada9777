"""The sentences of a document that can stand for it: whole statements, no labels, contact lines or small print."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from chatbot.citations.quotes import is_table_row, quotable_sentences, quote
from chatbot.text import tables
from chatbot.text.invisible import without_invisible
from chatbot.text.overlap import terms_of
from chatbot.text.sentences import sentence_spans
from chatbot.trace import Candidate, Sentence, Source

_SHORTEST, _LONGEST = (
    25,
    400,
)  # letters, a Hangul syllable counting twice; longer is no sentence but a failed split
_GAP = 2  # characters between two passages that follow each other
_WRAPPED = 20  # characters of a line that may be cut in the middle of a sentence; a shorter one is a heading
_ENDS = re.compile(r"(?:[.!。！…]|[가-힣][다요음함임됨])[\"'”’」』)\]]*$")
_BEGINS = re.compile(r"[\"'“‘「『(]?[^\W_a-z]")  # not in the middle of a sentence
_MARKER = re.compile(r"^(?:(?:[-*+•·▪○●□■◦※☞]|\d{1,3}[.)]|[가-하]\.|[①-⑳])\s+|(?:\(\d{1,3}\)\s?)+)")
_CONTACT = re.compile(
    r"\S@\S+\.\w|https?://|www\.|(?:전화|팩스|tel|fax|phone)\s?[.:)]|\+?\d{2,4}[-.\s)]\d{3,4}[-.\s]\d{4}",
    re.IGNORECASE,
)
_SMALL_PRINT = re.compile(
    r"©|\(c\)\s*\d{4}|copyright|all rights reserved|무단 ?(?:전재|복제)|저작권|table of contents|\.{4}|…{2}"
    r"|감사(?:합|드립)니다|^for [^.]{0,60}, see |terms of (?:use|service)|privacy policy|trademark|pages \d+|\bpp?\. ?\d|arxiv",
    re.IGNORECASE,
)
_CODE = re.compile(r"`{3}|\"{3}|[{};]\s|\w\(\)|==|=>|->")
# it leans on what stood before, which is not quoted
_LEANS = re.compile(
    r"(?:it|its|they|their|this|these|that|those|he|she|him|her|such|here|there|however|therefore|thus|but|and|or|also|so)\b"
    r"|(?:그러나|그리고|하지만|또한|또는|따라서|그래서|이는|이것|그것|이 |그 |이런|그런|예시|예를 들)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence as it is quoted.

    Attributes:
        place: the passage, by its place in the document; ``start``, ``end``: the sentence in the passage.
        text: word for word on one line, without the mark of a list.
        terms: of ``text``, for comparing.
        leans: begins with a word that points back.
    """

    place: int
    start: int
    end: int
    text: str
    terms: frozenset[str]
    leans: bool


def statements_in(passages: Sequence[Candidate], places: Sequence[int]) -> list[Statement]:
    """The statements of the passages at ``places`` in reading order; what is said twice is left out both times.

    A line that comes again is a running head or small print. A sentence that two overlapping passages share counts
    for the first one.
    """
    found: dict[str, list[Statement]] = {}
    for place in places:
        passage = passages[place]
        before = passages[place - 1] if place else None
        for statement in _of_passage(passage, place):
            if before is None or not _goes_on(before, passage, statement):
                found.setdefault(statement.text, []).append(statement)
    return [same[0] for same in found.values() if len(same) == 1]


def sourced(candidate: Candidate, number: int = 0) -> Source:
    """A passage with its sentences, as a source."""
    return Source(number, candidate, tuple(Sentence(*span) for span in sentence_spans(candidate.text)))


def _of_passage(passage: Candidate, place: int) -> list[Statement]:
    source = sourced(passage)
    found = []
    for i in quotable_sentences(source):
        sentence = source.sentences[i]
        text = _MARKER.sub("", quote(source, sentence))
        if _is_statement(text) and not is_table_row(source, sentence):
            terms = frozenset(terms_of(text))
            leans = _LEANS.match(text) is not None
            found.append(Statement(place, sentence.start, sentence.end, text, terms, leans))
    return found


def _goes_on(before: Candidate, passage: Candidate, statement: Statement) -> bool:
    """Whether the sentence is one of the passage before, or the rest of one that was cut there."""
    start = passage.span[0] + statement.start
    if start < before.span[1]:
        return before.span[0] <= start
    last = before.text.rstrip().rpartition("\n")[2]
    is_next = start - before.span[1] <= _GAP and before.heading == passage.heading
    return is_next and len(last) >= _WRAPPED and not tables.is_row(last) and _ENDS.search(last[-20:]) is None


def _is_statement(text: str) -> bool:
    seen = without_invisible(text)
    length = len(seen) + sum("가" <= character <= "힣" for character in seen)
    return (
        _SHORTEST <= length <= _LONGEST
        and _BEGINS.match(seen) is not None
        and _ENDS.search(seen[-20:]) is not None
        and not any(pattern.search(seen) for pattern in (_CONTACT, _SMALL_PRINT, _CODE))
    )


@dataclass(frozen=True, slots=True)
class TableFacts:
    """A table: the names of its columns, how many rows that are no totals, and where the first of them stands."""

    columns: tuple[str, ...]
    rows: int
    place: int
    first: Sentence


def table_in(passages: Sequence[Candidate], places: Sequence[int]) -> TableFacts | None:
    """The first table of the passages at ``places``, with those rows that go on in the next ones; ``None`` for none."""
    columns: tuple[str, ...] = ()
    first: tuple[int, Sentence] | None = None
    rows = 0
    for place in places:
        passage = passages[place]
        lines = [
            line for line in passage.text.splitlines() if tables.is_row(line) and not tables.is_rule(line)
        ]
        header = passage.header.splitlines() or _header_in(passage.text)
        if not lines or (rows and not passage.header):
            if rows:
                break
            continue
        data = [line for line in lines if line not in header]
        if first is None and data:
            columns = tuple(tables.cells_of(header[0])) if header else ()
            source = sourced(passage)
            row = next((s for s in source.sentences if source.text_of(s).strip() == data[0].strip()), None)
            first = (place, row) if row is not None else None
        rows += sum(not tables.is_total(tables.cells_of(line)) for line in data)
    return TableFacts(columns, rows, *first) if first is not None else None


def _header_in(text: str) -> list[str]:
    """The header row that stands above a rule, if there is one."""
    lines = text.splitlines()
    return next(([above] for above, line in pairwise(lines) if tables.is_rule(line)), [])
