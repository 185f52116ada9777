"""What the second look changed: in a sentence, and as a table of all candidates with the line where the cut fell."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from chatbot.rendering.candidates import became, direction, place, places_moved
from chatbot.rendering.figures import milliseconds, number, percent
from chatbot.rendering.reasons import token_line, why_no_second_look
from chatbot.rendering.safe import as_html, name_as_html
from chatbot.rendering.words import Say
from chatbot.trace import Candidate, SecondLook

COLUMNS = (
    "column_rank", "column_passage", "column_fused", "column_dense", "column_lexical", "column_rerank",
    "column_probability",
)  # fmt: skip
_SNIPPET = 160  # characters; a click shows the rest
_CLASSES = {"is_cited": "cited", "is_source": "kept", "is_dropped": "dropped"}


def what_changed(candidates: Sequence[Candidate], second_look: SecondLook, say: Say) -> str:
    """One or two sentences, as plain text; why nothing did where no second look was taken."""
    if second_look.outcome == "unneeded":
        return say("not_ranked", read=f"{second_look.of:,}") if second_look.of else say("not_ranked_computed")
    if not second_look.applied:
        return f"{say('no_second_look')} ({why_no_second_look(second_look, say)})"
    sources = [candidate for candidate in candidates if candidate.kept]
    if not sources:
        return say("cut_none")
    rescued = sum(_before(candidate) > len(sources) for candidate in sources)
    lifted = max(sources, key=lambda candidate: _before(candidate) - candidate.rank)
    sentences = []
    if _before(lifted) > lifted.rank:
        sentences.append(say("lifted", before=say.rank(_before(lifted)), after=say.rank(lifted.rank)))
    if rescued:
        key = "rescued" if rescued < len(sources) else "rescued_all" if rescued > 1 else "rescued_only"
        sentences.append(say(key, sources=len(sources), rescued=rescued))
    else:
        sentences.append(say("reordered" if sentences else "confirmed"))
    return " ".join(sentences)


def kept_of(candidates: Sequence[Candidate], second_look: SecondLook, say: Say) -> str:
    """ "3 of 20 candidates", as plain text; of the passages that were read where nothing was searched, of the rows where it was computed."""
    kept = sum(candidate.kept for candidate in candidates)
    if second_look.outcome == "unneeded" and not second_look.of:
        return say("why_computed", kept=kept)
    if second_look.outcome == "unneeded":
        return say("why_read", kept=kept, read=f"{second_look.of:,}")
    return say("why_counts", kept=kept, candidates=len(candidates))


def second_look_by(second_look: SecondLook, say: Say) -> str:
    """Who took the second look, at how much, in what time, as plain text; empty when nobody did."""
    if not second_look.applied:
        return ""
    words = say("second_look_by", model=second_look.model)
    if not second_look.of:
        return words
    if second_look.listwise:
        return f"{words} · {_put_in_order(second_look, say)}"
    key = "scored_part" if second_look.is_partial else "scored_all"
    spent = milliseconds(second_look.spent_ms)
    return f"{words} · {say(key, scored=second_look.scored, of=second_look.of, spent=spent)}"


def _put_in_order(second_look: SecondLook, say: Say) -> str:
    """What a language model put in order, in what time, and with how many tokens where they were counted."""
    spent = milliseconds(second_look.spent_ms)
    words = say("put_in_order", scored=second_look.scored, of=second_look.of, spent=spent)
    if not second_look.tokens_sent:
        return words
    tokens = token_line(second_look.tokens_sent, second_look.tokens_received, True, say)
    return f"{words} · {tokens}"


def cut_words(candidates: Sequence[Candidate], say: Say) -> str:
    """What stands on the line below the last source, as plain text."""
    kept = sum(candidate.kept for candidate in candidates)
    return say("cut", kept=kept) if kept else say("cut_none_line")


def legend(second_look: SecondLook, say: Say) -> str:
    """What the cells of the table hold, as plain text."""
    weight = second_look.fused_weight
    if second_look.listwise:
        return f"{say('legend')} {say('legend_listwise')}"
    return say("legend") + (f" {say('legend_sum', weight=number(weight))}" if weight else "")


def probability_note(candidates: Sequence[Candidate], second_look: SecondLook, say: Say) -> str:
    """Why order and probability are not one number, as plain text; empty where they agree."""
    likely = [c.scores.probability for c in candidates if c.reranked_rank is not None]
    if not any(above < below for above, below in pairwise(p for p in likely if p is not None)):
        return ""
    return say("probability_note_sum" if second_look.fused_weight else "probability_note")


def ranking(candidates: Sequence[Candidate], second_look: SecondLook, say: Say) -> str:
    """HTML of the table, with a line where the cut fell, and below it how it is read."""
    head = "".join(f"<th>{say(column)}</th>" for column in COLUMNS)
    kept = sum(candidate.kept for candidate in candidates)
    rows = [_table_row(candidate, say) for candidate in candidates]
    if kept < len(rows):
        words = cut_words(candidates, say)
        rows.insert(kept, f'<tr class="sl-cut"><td colspan="{len(COLUMNS)}"><span>{words}</span></td></tr>')
    note = probability_note(candidates, second_look, say)
    return (
        f'<div class="sl-ranked" tabindex="0"><table class="sl-table"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
        + (f'<p class="sl-fine">{as_html(note)}</p>' if note else "")
        + f'<details class="sl-legend"><summary>{say("how_to_read")}</summary>'
        f'<p class="sl-fine">{as_html(legend(second_look, say))}</p></details>'
    )


def stage_cells(candidate: Candidate, say: Say) -> list[tuple[str, str, str]]:
    """``(rank, score, more)`` of retrieval, dense, lexical and rerank, as plain text.

    "–" where the stage did not find the candidate; ``more``: how it moved, and the sum by which it was ordered.
    """
    c, s = candidate, candidate.scores
    is_sum = s.combined is not None and s.combined != s.rerank
    cells = (
        (c.fused_rank, s.fused, places_moved(c, say)),
        (c.dense_rank, s.dense, ""),
        (c.lexical_rank, s.lexical, ""),
        (c.reranked_rank, s.rerank, say("sum", value=number(s.combined)) if is_sum else ""),
    )
    return [
        ("–" if rank is None else str(rank), "" if score is None else number(score), more)
        for rank, score, more in cells
    ]


def _before(candidate: Candidate) -> int:
    return candidate.fused_rank or candidate.rank


def _table_row(c: Candidate, say: Say) -> str:
    verdict = became(c)
    cells = "".join(
        f"<td>{rank}<small>{score}</small>"
        + (f'<small class="{look}">{more}</small>' if more else "")
        + "</td>"
        for (rank, score, more), look in zip(
            stage_cells(c, say), (f"sl-{direction(c)}", "", "", "sl-sum"), strict=True
        )
    )
    return (
        f'<tr class="sl-candidate sl-{_CLASSES[verdict]}"><td class="sl-final">{c.rank}'
        f'<span class="sl-verdict">{say(verdict)}</span></td>'
        f'<td class="sl-snippet"><span class="sl-place">{place(c, say)}</span>{_text(c.text)}</td>'
        f"{cells}<td>{as_html(percent(c.scores.probability))}</td></tr>"
    )


def _text(text: str) -> str:
    """The beginning; all of it where it is opened."""
    if len(text) <= _SNIPPET:
        return f"<span>{name_as_html(text)}</span>"
    return (
        f"<details><summary>{name_as_html(text[:_SNIPPET])}…</summary><span>{as_html(text)}</span></details>"
    )
