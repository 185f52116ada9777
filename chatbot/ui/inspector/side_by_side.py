"""Two answers side by side, as HTML: their words, and the sources that each may use, with what only one has marked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from chatbot.rendering.answer import passage_id, render_answer
from chatbot.rendering.candidates import movement_and_match, place
from chatbot.rendering.passage import highlighted
from chatbot.rendering.safe import as_html, name_as_html
from chatbot.rendering.words import Say
from chatbot.trace import Source

_BEGINS = 160  # characters


@dataclass(frozen=True, slots=True)
class Side:
    """One column.

    Attributes:
        title: plain text.
        text: the answer so far; ``sources`` are those that its numbers mean.
        note: HTML under the answer: a refusal, an error, that it is being written.
        writing: more text may come.
    """

    title: str
    text: str
    sources: Sequence[Source]
    note: str = ""
    writing: bool = False


def side_by_side(left: Side, right: Side, anchor: str, say: Say) -> str:
    """HTML of both, beneath one another where there is no room; ``anchor`` prefixes the ids of their sources."""
    columns = (
        _column(left, f"{anchor}-left", _chunks(right.sources), say),
        _column(right, f"{anchor}-right", _chunks(left.sources), say),
    )
    return f'<div class="sl-sides">{"".join(columns)}</div>'


def answers_side_by_side(left: Side, right: Side, anchor: str) -> str:
    """HTML of two answers on the same sources, whose places are drawn once by ``shared_sources`` with ``anchor``."""
    columns = "".join(
        f'<section class="sl-side"><h4>{as_html(side.title)}</h4>{_answer(side, anchor)}</section>'
        for side in (left, right)
    )
    return f'<div class="sl-sides">{columns}</div>'


def shared_sources(
    sources: Sequence[Source],
    left: Side,
    right: Side,
    cited: tuple[list[int], list[int]],
    anchor: str,
    say: Say,
) -> str:
    """HTML: each source once, with which of the two answers cites it, once both have said something."""
    items = []
    for source in sources:
        by = [
            side.title for side, numbers in zip((left, right), cited, strict=True) if source.number in numbers
        ]
        words = (
            say("cited_by_both")
            if len(by) == 2
            else say("cited_by", name=by[0])
            if by
            else say("cited_by_none")
        )
        badge = f'<span class="sl-badge">{as_html(words)}</span>' if left.text and right.text else ""
        items.append(_item(source, anchor, badge, say))
    return f'<div class="sl-shared">{"".join(items)}</div>'


def _column(side: Side, anchor: str, others: Collection[int], say: Say) -> str:
    items = "".join(_item(source, anchor, _only_here(source, others, say), say) for source in side.sources)
    quoted = (
        f'<p class="sl-fine">{say("quoted")}</p>{_answer(side, anchor)}' if side.text or side.note else ""
    )
    return f'<section class="sl-side"><h4>{as_html(side.title)}</h4><div class="sl-shared">{items}</div>{quoted}</section>'


def _only_here(source: Source, others: Collection[int], say: Say) -> str:
    is_shared = source.candidate.chunk_id in others
    return "" if is_shared else f'<span class="sl-badge sl-only">{say("only_here")}</span>'


def _answer(side: Side, anchor: str) -> str:
    body = render_answer(side.text, len(side.sources), anchor)
    state = "writing" if side.writing else "written"
    return f'<div class="sl-answer" data-state="{state}">{body}</div>{side.note}'


def _item(source: Source, anchor: str, badge: str, say: Say) -> str:
    c = source.candidate
    return (
        f'<details class="sl-item"><summary><span class="sl-number">{source.number}</span><span class="sl-about">'
        f'<span class="sl-place">{place(c, say)}{badge}</span>'
        f'<span class="sl-fine">{as_html(movement_and_match(c, say))}</span>'
        f'<span class="sl-begins">{name_as_html(source.text[:_BEGINS])}</span></span></summary>'
        f'<div class="sl-passage" id="{passage_id(anchor, source.number)}">'
        f"{highlighted(source.text, source.highlights, c.header)}</div></details>"
    )


def _chunks(sources: Sequence[Source]) -> set[int]:
    return {source.candidate.chunk_id for source in sources}
