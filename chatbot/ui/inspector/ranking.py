"""What the second look changed: in a sentence, and as a table of all candidates with the line where the cut fell."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from chatbot.conversations.record import Trace
from chatbot.rendering.figures import milliseconds, number, percent
from chatbot.rendering.safe import as_html, name_as_html
from chatbot.rendering.words import Say
from chatbot.trace import Candidate, SecondLook
from chatbot.ui.sources.cards import place

_SNIPPET = 160  # characters
_COLUMNS = (
    "column_rank", "column_passage", "column_fused", "column_dense", "column_lexical", "column_rerank",
    "column_probability",
)  # fmt: skip


def what_changed(trace: Trace, say: Say) -> str:
    """One or two sentences, as plain text; why nothing did where no second look was taken."""
    if not trace.second_look.applied:
        return f"{say('no_second_look')} ({why_not(trace.second_look, say)})"
    sources = [candidate for candidate in trace.candidates if candidate.kept]
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


def why_not(second_look: SecondLook, say: Say) -> str:
    """The reason, as plain text, that no second look was taken."""
    if second_look.outcome == "failed":
        return say("failed", reason=say.error(second_look.failure))
    return say("turned_off" if second_look.outcome == "off" else "nothing_to_rank")


def second_look_by(second_look: SecondLook, say: Say) -> str:
    """HTML: who took the second look, at how much, in what time; empty when nobody did."""
    if not second_look.applied:
        return ""
    words = say("second_look_by", model=second_look.model)
    if second_look.of:
        key = "scored_part" if second_look.is_partial else "scored_all"
        spent = milliseconds(second_look.spent_ms)
        words += f" · {say(key, scored=second_look.scored, of=second_look.of, spent=spent)}"
    return f'<p class="sl-fine">{as_html(words)}</p>'


def contradicts(candidates: Sequence[Candidate]) -> bool:
    """Whether a reranked candidate is likelier than the one above it: order and probability are not one number."""
    likely = [c.scores.probability for c in candidates if c.reranked_rank is not None]
    return any(above < below for above, below in pairwise(p for p in likely if p is not None))


def candidate_table(candidates: Sequence[Candidate], say: Say) -> str:
    """HTML of the table, with a line where the cut fell."""
    head = "".join(f"<th>{say(column)}</th>" for column in _COLUMNS)
    kept = sum(candidate.kept for candidate in candidates)
    words = say("cut", kept=kept) if kept else say("cut_none_line")
    cut = f'<tr class="sl-cut"><td colspan="{len(_COLUMNS)}"><span>{words}</span></td></tr>'
    rows = [_table_row(candidate, say) for candidate in candidates]
    if kept < len(rows):
        rows.insert(kept, cut)
    return (
        f'<div class="sl-ranked" tabindex="0"><table class="sl-table"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def how_to_read(second_look: SecondLook, say: Say) -> str:
    """HTML: what the cells of the table hold, folded."""
    words = say("legend")
    if second_look.fused_weight:
        words += " " + say("legend_sum", weight=number(second_look.fused_weight))
    return (
        f'<details class="sl-legend"><summary>{say("how_to_read")}</summary>'
        f'<p class="sl-fine">{as_html(words)}</p></details>'
    )


def probability_note(trace: Trace, say: Say) -> str:
    """HTML: why order and probability are not one number, where that shows; empty where they agree."""
    if not contradicts(trace.candidates):
        return ""
    key = "probability_note_sum" if trace.second_look.fused_weight else "probability_note"
    return f'<p class="sl-fine">{say(key)}</p>'


def movement_words(candidate: Candidate, say: Say) -> str:
    """ "up 8", "same place"; empty without a second look."""
    if candidate.reranked_rank is None:
        return ""
    moved = candidate.moved
    return say("same") if not moved else say("up" if moved > 0 else "down", places=abs(moved))


def _before(candidate: Candidate) -> int:
    return candidate.fused_rank or candidate.rank


def _table_row(c: Candidate, say: Say) -> str:
    verdict, words = (
        ("cited", say("is_cited"))
        if c.cited
        else ("kept", say("is_source"))
        if c.kept
        else ("dropped", say("is_dropped"))
    )
    direction = "up" if c.moved > 0 else "down" if c.moved < 0 else "same"
    s = c.scores
    return (
        f'<tr class="sl-candidate sl-{verdict}"><td class="sl-final">{c.rank}'
        f'<span class="sl-verdict">{words}</span></td>'
        f'<td class="sl-snippet"><span class="sl-place">{place(c.document, c.page, c.heading, say)}</span>'
        f"<span>{name_as_html(c.text[:_SNIPPET])}</span></td>"
        f'{_cell(c.fused_rank, s.fused, f"""<small class="sl-{direction}">{movement_words(c, say)}</small>""")}'
        f"{_cell(c.dense_rank, s.dense)}{_cell(c.lexical_rank, s.lexical)}{_cell(c.reranked_rank, s.rerank, _sum(c, say))}"
        f"<td>{as_html(percent(s.probability))}</td></tr>"
    )


def _sum(c: Candidate, say: Say) -> str:
    """The score of the order, where it is not the logit alone."""
    s = c.scores
    if s.combined is None or s.combined == s.rerank:
        return ""
    return f"<small>{say('sum', value=number(s.combined))}</small>"


def _cell(rank: int | None, score: float | None, more: str = "") -> str:
    """Rank over score; "–" where the stage did not find the candidate."""
    shown = "–" if rank is None else rank
    return f"<td>{shown}<small>{number(score) if score is not None else ''}</small>{more}</td>"
