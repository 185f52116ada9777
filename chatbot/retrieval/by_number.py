"""The passage that a question names by the number of its article or section: found by it, and first among the candidates.

No search sees what "7" means: "제7조" lies as near to the passage of 제8조.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from chatbot.store import Scope, View
from chatbot.text.figures.marks import told_apart
from chatbot.text.figures.numbered import (
    Number,
    Stretch,
    has_others,
    numbers_asked,
    refers_to,
    stretch_of,
    without_numbers,
)
from chatbot.text.keywords import analyse, question_terms
from chatbot.text.overlap import keywords_found
from chatbot.trace import Candidate

_DEPTH = 200  # of the search for the number: "7" stands in many passages of a statute
_MOST = 5  # candidates by number
_NAMED = 0.6  # of what else a question says, in the name of a document: that one is meant, numbered or not


class _Passage(Protocol):
    @property
    def document(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def heading(self) -> tuple[str, ...]: ...


def found_by_number(view: View, query: str, scope: Scope | None) -> list[int]:
    """The chunks that hold what ``query`` names by number; nothing is searched where it names nothing."""
    numbers = numbers_asked(query)
    if not numbers:
        return []
    words = " ".join(f"{number.said} {number.value}" for number in numbers)
    terms = list(dict.fromkeys((*analyse(words).split(), *question_terms(query))))
    hits = [chunk for chunk, _ in view.lexical(terms, _DEPTH, scope)]
    rows = view.chunks(hits)
    holding = [rows[chunk] for chunk in hits if _stretches(numbers, rows[chunk])]
    shares = named_shares(query, holding)
    best = sorted(range(len(holding)), key=lambda at: -shares[at])  # stable: else by the search
    return [holding[at].id for at in best[:_MOST]]


def numbered_first(query: str, own: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """``candidates`` with those first that hold what is asked for by number, of the document that is named before others.

    Args:
        own: the words of a follow-up alone.
    """
    held = stretches_by_number(query, own, candidates)
    if not held:
        return list(candidates)
    shares = named_shares(query, candidates)
    first: dict[str, int] = {}
    for place in held:
        first.setdefault(candidates[place].document, place)

    def order(place: int) -> tuple[float, int, tuple[int, int]]:
        return -shares[place], first[candidates[place].document], candidates[place].span

    others = [candidate for place, candidate in enumerate(candidates) if place not in held]
    return [*(candidates[place] for place in sorted(held, key=order)), *others]


def stretches_by_number(query: str, own: str, passages: Sequence[_Passage]) -> dict[int, list[Stretch]]:
    """Where the passages, by their places, hold what is asked for by number.

    "Article 9 of the lease" is not that of another document, where one that is called so is numbered too, or where its
    name is all that the question says.
    """
    numbers = numbers_asked(query, own)
    if not numbers:
        return {}
    shares = named_shares(query, passages)
    numbered = [
        share
        for share, passage in zip(shares, passages, strict=True)
        if share >= _NAMED or any(has_others(number, passage.text, passage.heading) for number in numbers)
    ]
    least = max(numbered, default=0.0)
    return {
        place: found
        for place, passage in enumerate(passages)
        if shares[place] >= least and (found := _stretches(numbers, passage))
    }


def not_found(query: str, own: str, candidates: Sequence[Candidate]) -> tuple[str, ...]:
    """What is marked in the question and in no candidate, which are about others of the kind: a year, an article."""
    unsaid = {
        mark.key: mark.said
        for mark in told_apart([candidate.whole for candidate in candidates], query, own).missing
    }
    numbers = numbers_asked(query, own)
    held = [candidates[place] for place in stretches_by_number(query, own, candidates)]
    missing = list[str]()
    for number in numbers:
        if stretches := [each for passage in held for each in _stretches([number], passage)]:
            is_there = any(each.is_whole for each in stretches)
        else:
            is_there = number.key not in unsaid and not _is_told_of_others(number, query, candidates)
        if not is_there:
            missing.append(number.said)
    keys = {number.key for number in numbers}
    return (*(said for key, said in unsaid.items() if key not in keys), *missing)


def _is_told_of_others(number: Number, query: str, candidates: Sequence[Candidate]) -> bool:
    """Whether those of the document that is named have others of the kind, or are named for sure, and none speaks of it."""
    shares = named_shares(query, candidates)
    named = [c for c, share in zip(candidates, shares, strict=True) if share >= max(shares)]
    has_it_otherwise = any(refers_to(number, c.whole) for c in named)
    is_sure = max(shares, default=0.0) >= _NAMED
    return not has_it_otherwise and (is_sure or any(has_others(number, c.text, c.heading) for c in named))


def named_shares(query: str, passages: Sequence[_Passage]) -> list[float]:
    """How much of what else ``query`` says stands in the name of each one's document, 0..1."""
    rest = without_numbers(query)
    return [keywords_found(rest, passage.document.rpartition("/")[2]) for passage in passages]


def _stretches(numbers: Sequence[Number], passage: _Passage) -> list[Stretch]:
    found = (stretch_of(number, passage.text, passage.heading) for number in numbers)
    return [stretch for stretch in found if stretch]
