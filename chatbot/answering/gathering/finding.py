"""The parts of a request -> what each is searched as, and which of its candidates count.

The name of a side, or the words of what is collected, must stand in a passage of the question's language: nearness
alone also finds what is next to a thing that the documents do not know. Passages in another language count by the gate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from chatbot.answering.answer import Answered, retrieved
from chatbot.answering.followups import joined, leans_on_history
from chatbot.answering.gathering.naming import is_named
from chatbot.answering.requests.several import MOST
from chatbot.text import tables
from chatbot.text.language import hangul_share, in_another_language, language_of
from chatbot.trace import Candidate, Gate, Request, Search, Source, Turn

DEEP = 120  # candidates of one answer, shared out among its parts, where token vectors make them cheap
_MORE_ROWS = 4  # passages of a side that are kept because they continue its table
_SOME = 0.1  # share of Hangul
MOST_ENTRIES = 30  # of a collection


@dataclass(frozen=True, slots=True)
class Found:
    """One part with its search.

    Attributes:
        kept: the candidates that become sources, the best first; ``more``: how many others count.
        computed: what a table says to it, with [n] of its ``rows``; empty where none does.
    """

    title: str
    search: Search
    kept: tuple[Candidate, ...]
    more: int = 0
    computed: str = ""
    rows: tuple[Source, ...] = ()

    @property
    def gate(self) -> Gate:
        """The verdict on the part: what names it is not absent, however little it looks like an answer."""
        gate = self.search.gate
        if self.computed:
            return Gate(refused=False)
        if self.kept and gate.refused:
            return replace(gate, refused=False, verdict="weak", reason="")
        return gate if self.kept else replace(gate, refused=True, verdict="absent")


def queries_of(question: str, request: Request, first: Callable[[str], str]) -> list[tuple[str, str]]:
    """(title, query) of each part; a collection is searched as the whole ``question``.

    Args:
        first: makes a question that can be understood without the conversation; asked about the first part only, for
            those after it lean on the part before.
    """
    if request.kind == "compare":
        return [(side, f"{side} {request.topic}".strip()) for side in request.parts]
    if request.kind == "collect":
        return [(part, first(question)) for part in request.parts]
    found: list[tuple[str, str]] = []
    for title in request.parts[:MOST]:
        if not found:
            query = first(title)
        else:
            query = joined(title, [Turn(found[-1][1], "")]) if leans_on_history(title) else title
        found.append((title, query))
    return found


def of_part(title: str, search: Search, kind: str, top_n: int) -> Found:
    """What of ``search`` counts for the part."""
    if kind == "several":
        return Found(title, search, search.kept)
    named = _naming(title, search)
    if kind == "compare":
        return Found(title, search, (*named[:top_n], *_same_tables(named[:top_n], named[top_n:])))
    if not named and search.gate.verdict == "strong":
        named = list(search.kept)
    return Found(title, search, tuple(named[:MOST_ENTRIES]), max(len(named) - MOST_ENTRIES, 0))


def _same_tables(kept: Sequence[Candidate], others: Sequence[Candidate]) -> list[Candidate]:
    """Of ``others`` the passages with more rows of the tables that ``kept`` hold rows of."""
    tables = {(c.document, header) for c in kept if (header := header_of(c))}
    return [c for c in others if (c.document, header_of(c)) in tables][:_MORE_ROWS]


def header_of(candidate: Candidate) -> tuple[str, ...]:
    """The names of the columns of the passage's first table; none where it has none."""
    lines = [*candidate.header.splitlines(), *candidate.text.splitlines()]
    rule = next((place for place in range(1, len(lines)) if tables.is_rule(lines[place])), None)
    return tuple(tables.cells_of(lines[rule - 1])) if rule else ()


def found_again(answered: Answered) -> list[tuple[str, str, list[Candidate]]]:
    """(title, query, candidates in fused order) of each part of an answer that was given."""
    every = retrieved(answered)
    parts = answered.gathered.parts if answered.gathered is not None else ()
    return [
        (part.title, part.query, _ranked_again([c for c in every if c.part == number]))
        for number, part in enumerate(parts, 1)
    ]


def _ranked_again(candidates: Sequence[Candidate]) -> list[Candidate]:
    return [replace(c, rank=rank, fused_rank=rank) for rank, c in enumerate(candidates, 1)]


def _naming(title: str, search: Search) -> list[Candidate]:
    """The candidates that name ``title``, in their order; where none does, those in another language that fit."""
    named = [c for c in search.candidates if is_named(title, " ".join((*c.heading, c.header, c.text)))]
    if named or search.gate.refused:
        return named
    foreign = in_another_language(title, [c.text for c in search.candidates])
    return [
        c
        for c, other in zip(search.candidates, foreign, strict=True)
        if other and c.scores.match in ("strong", "likely") and not _could_name(title, c.text)
    ]


def _could_name(title: str, text: str) -> bool:
    """Whether a passage in another language has words of that of ``title`` too, as a row with names in both."""
    return language_of(title) == "ko" and (hangul_share(text) or 0.0) > _SOME
