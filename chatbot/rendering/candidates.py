"""One candidate in words: where it stands in its document, how it moved, its scores, and what became of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal

from chatbot.rendering.figures import number
from chatbot.rendering.safe import as_attribute, as_html, name_as_html
from chatbot.rendering.words import Say
from chatbot.text.invisible import on_one_line
from chatbot.trace import Candidate, Match, Source

CLOSEST = 3  # candidates that are shown beside a refusal
# a name that may be too long for its line, cut between two letters or digits: its end has 10 to 12 characters
_LONG = re.compile(r"(.{12,}[0-9A-Za-z가-힣])([0-9A-Za-z가-힣].{9,11})")
_MATCHES: dict[Match, str] = {"strong": "match_strong", "likely": "match_likely", "weak": "match_weak"}


def place(candidate: Candidate, say: Say) -> str:
    """HTML: file name, page, heading path, how many copies; folders in tooltips."""
    title = as_attribute(candidate.document)
    name = f'<span class="sl-doc" title="{title}">{_whole_name(file_name(candidate))}</span>'
    others = as_attribute("\n".join(candidate.also_in))
    words = copies(candidate, say)
    also = f'<span class="sl-page" title="{others}">{words}</span>' if words else ""
    return name + place_in(candidate.page, candidate.heading, say) + also


def _whole_name(name: str) -> str:
    """``name`` as HTML; of a long one the end stands apart, so that where it is cut the end still shows.

    One that is written from right to left, or partly, stays one piece: two would change places.
    """
    found = _LONG.fullmatch(on_one_line(name))
    if found is None or any(unicodedata.bidirectional(character) in ("R", "AL") for character in name):
        return name_as_html(name)
    return "".join(
        f'<span class="sl-{part}">{as_html(text)}</span>'
        for part, text in zip(("start", "end"), found.groups(), strict=True)
    )


def copies(candidate: Candidate, say: Say) -> str:
    """ "also in 23 other places"; empty for a passage that stands in one place only."""
    if not candidate.copies:
        return ""
    return say("one_copy") if candidate.copies == 1 else say("more_copies", count=candidate.copies)


def place_in(page: int | None, heading: tuple[str, ...], say: Say) -> str:
    """HTML: page and heading path, as far as the document has them."""
    where = f'<span class="sl-page">{say("page", page=page)}</span>' if page is not None else ""
    path = f'<span class="sl-path">{name_as_html(" › ".join(heading))}</span>' if heading else ""
    return where + path


def file_name(candidate: Candidate) -> str:
    """The document's name without its folder; untrusted text."""
    return candidate.document.rsplit("/", 1)[-1]


def movement(candidate: Candidate, say: Say) -> str:
    """ "retrieved 9th → reranked 1st"; only the first half without a second look; empty where nothing was searched."""
    if candidate.fused_rank is None and candidate.reranked_rank is None:
        return ""
    before = say.rank(candidate.fused_rank) if candidate.fused_rank is not None else say("not_found")
    if candidate.reranked_rank is None:
        return say("retrieved", before=before)
    return say("moved", before=before, after=say.rank(candidate.reranked_rank))


def movement_and_match(candidate: Candidate, say: Say) -> str:
    """ "retrieved 9th → reranked 1st · strong match", as plain text."""
    match = candidate.scores.match
    return " · ".join([movement(candidate, say), *([say(_MATCHES[match])] if match else [])])


def closest(candidates: Sequence[Candidate]) -> tuple[Source, ...]:
    """What is shown beside a refusal: the first ``CLOSEST`` candidates, numbered by their rank."""
    return tuple(Source(candidate.rank, candidate) for candidate in candidates[:CLOSEST])


def places_moved(candidate: Candidate, say: Say) -> str:
    """ "up 8", "same place"; empty without a second look."""
    if candidate.reranked_rank is None:
        return ""
    moved = candidate.moved
    return say("same") if not moved else say("up" if moved > 0 else "down", places=abs(moved))


def arrow(candidate: Candidate) -> str:
    """ "▲8", "▼2"; nothing for a candidate that stayed where it was: its ranks say so in words."""
    moved = candidate.moved
    return "" if not moved else f"▲{moved}" if moved > 0 else f"▼{-moved}"


def direction(candidate: Candidate) -> Literal["up", "down", "same"]:
    """Which way it moved, as the end of a CSS class."""
    return "up" if candidate.moved > 0 else "down" if candidate.moved < 0 else "same"


def became(candidate: Candidate) -> Literal["is_cited", "is_source", "is_dropped"]:
    """What became of it, as the key of its words."""
    return "is_cited" if candidate.cited else "is_source" if candidate.kept else "is_dropped"


def score_line(candidate: Candidate, say: Say) -> str:
    """Score and rank of each stage that found it, then its place among the characters of the document; plain text."""
    c, s = candidate, candidate.scores
    stages = (
        ("dense_line", c.dense_rank, s.dense), ("lexical_line", c.lexical_rank, s.lexical),
        ("fused_line", c.fused_rank, s.fused), ("rerank_line", c.reranked_rank, s.rerank),
    )  # fmt: skip
    parts = [
        say(key, value=number(score) + (f" ({say.rank(rank)})" if rank is not None else ""))
        for key, rank, score in stages
        if rank is not None or score is not None
    ]
    return " · ".join([*parts, say("characters", start=c.span[0], end=c.span[1])])
