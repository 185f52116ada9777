"""'Why these sources?': all k candidates with how they moved, where the cut fell, and the time each stage took."""

from __future__ import annotations

from collections.abc import Sequence

from chatbot.answer import Answer
from chatbot.candidate import Candidate
from chatbot.search import SecondLook
from chatbot.timings import Timings
from chatbot.ui.cards import place
from chatbot.ui.safe import as_attribute, as_html, name_as_html
from chatbot.ui.scores import arrow, number, percent
from chatbot.ui.text import Say, milliseconds

_SNIPPET = 110  # characters
_COLUMNS = (
    "column_rank", "column_movement", "column_passage", "column_fused", "column_dense", "column_lexical",
    "column_rerank", "column_probability",
)  # fmt: skip
_STAGES = {
    "condense": "stage_condense",
    "embed": "stage_embed",
    "dense": "stage_retrieve",
    "lexical": "stage_retrieve",
    "fuse": "stage_retrieve",
    "rerank": "stage_rerank",
    "gate": "stage_gate",
    "highlight": "stage_highlight",
}
_MARKS = ("first_token", "total")  # counted from the question, not stages


def inspector(answer: Answer, starter: bool, say: Say) -> str:
    """HTML of the closed inspector. ``starter`` marks the reranker as one that is not yet a gain."""
    candidates = answer.candidates
    kept = sum(candidate.kept for candidate in candidates)
    title = say("why") if kept else say("why_none")
    counts = say("why_counts", kept=kept, candidates=len(candidates))
    total = f" · {as_html(milliseconds(answer.timings['total']))}" if "total" in answer.timings else ""
    return (
        f'<details class="sl-inspector"><summary>{title} <span class="sl-fine">{counts}{total}</span></summary>'
        f"{second_look_line(answer.second_look, starter, say)}"
        f"{candidate_table(candidates, say)}"
        f'<p class="sl-fine">{say("legend")}</p>{timing_bar(answer.timings, say)}</details>'
    )


def why_not(second_look: SecondLook, say: Say) -> str:
    """The reason, as plain text, that no second look was taken."""
    reason = second_look.reason
    if reason.startswith("failed: "):
        return say("failed", reason=reason.removeprefix("failed: "))
    return {"turned off": say("turned_off"), "nothing to rank": say("nothing_to_rank")}.get(reason, reason)


def second_look_line(second_look: SecondLook, starter: bool, say: Say) -> str:
    """Who took the second look, or why nobody did."""
    if not second_look.applied:
        return f'<p class="sl-fine">{say("no_second_look")} ({as_html(why_not(second_look, say))})</p>'
    note = f' <span class="sl-badge sl-warn">{say("starter")}</span>' if starter else ""
    return f'<p class="sl-fine">{as_html(say("second_look_by", model=second_look.model))}{note}</p>'


def candidate_table(candidates: Sequence[Candidate], say: Say) -> str:
    """The table, with a line where the cut fell."""
    head = "".join(f"<th>{say(column)}</th>" for column in _COLUMNS)
    kept = sum(candidate.kept for candidate in candidates)
    words = say("cut", kept=kept) if kept else say("cut_none")
    cut = f'<tr class="sl-cut"><td colspan="{len(_COLUMNS)}"><span>{words}</span></td></tr>'
    rows = [_row(candidate, len(candidates), say) for candidate in candidates]
    if kept < len(rows):
        rows.insert(kept, cut)
    return (
        f'<div class="sl-scroll" tabindex="0"><table class="sl-table"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _row(c: Candidate, count: int, say: Say) -> str:
    verdict = "cited" if c.cited else "kept" if c.kept else "dropped"
    words = {"cited": say("cited"), "kept": say("kept"), "dropped": say("dropped")}[verdict]
    s = c.scores
    return (
        f'<tr class="sl-candidate sl-{verdict}"><td class="sl-final">{c.rank}<span class="sl-verdict">{words}</span></td>'
        f"<td>{_track(c, count, say)}</td>"
        f'<td class="sl-snippet"><span class="sl-place">{place(c.document, c.page, c.heading, say)}</span>'
        f"<span>{name_as_html(c.text[:_SNIPPET])}</span></td>"
        f"{_cell(c.fused_rank, s.fused)}{_cell(c.dense_rank, s.dense)}{_cell(c.lexical_rank, s.lexical)}"
        f"{_cell(c.reranked_rank, s.rerank)}<td>{as_html(percent(s.probability))}</td></tr>"
    )


def _cell(rank: int | None, score: float | None) -> str:
    """Rank over score; "–" where the stage did not find the candidate."""
    return (
        f"<td>{'–' if rank is None else rank}<small>{number(score) if score is not None else ''}</small></td>"
    )


def _track(c: Candidate, count: int, say: Say) -> str:
    """From the retrieval rank (ring) to the final one (dot) on a line from 1st to k-th."""

    def at(rank: int) -> float:
        return 100 * (min(rank, count) - 1) / max(count - 1, 1)

    before, after = at(c.fused_rank or count), at(c.rank)
    direction = "up" if c.moved > 0 else "down" if c.moved < 0 else "same"
    words = say(direction, places=abs(c.moved)) if c.moved else say("same")
    left, width = min(before, after), abs(before - after)
    return (
        f'<span class="sl-track sl-{direction}" role="img" aria-label="{words}" title="{words}">'
        f'<i class="sl-line" style="left:{left:.1f}%;width:{width:.1f}%"></i>'
        f'<i class="sl-from" style="left:{before:.1f}%"></i><i class="sl-to" style="left:{after:.1f}%"></i></span>'
        f'<span class="sl-arrow sl-{direction}">{arrow(c)}</span>'
    )


def timing_bar(timings: Timings, say: Say) -> str:
    """One bar and one line: the stages in the order of the flow, then the time to the first word and in all."""
    stages: dict[str, float] = {}
    for name, spent in timings.items():
        if name not in _MARKS:
            label = say(_STAGES[name]) if name in _STAGES else name
            stages[label] = stages.get(label, 0.0) + spent
    total = timings.get("total", sum(stages.values()))
    writing = total - sum(stages.values())
    if writing >= 1:
        stages[say("stage_write")] = writing
    shown = {label: spent for label, spent in stages.items() if spent >= 0.5}
    segments = "".join(
        f'<i class="sl-t{i % 6}" style="flex-grow:{spent:.1f}" title="{as_attribute(label)}"></i>'
        for i, (label, spent) in enumerate(shown.items())
    )
    words = "".join(
        f'<span><i class="sl-t{i % 6}"></i>{as_html(label)} {as_html(milliseconds(spent))}</span>'
        for i, (label, spent) in enumerate(shown.items())
    )
    first = milliseconds(timings.get("first_token", total))
    return (
        f'<div class="sl-bar">{segments}</div><div class="sl-times">{words}'
        f"<span>{as_html(say('total_time', first=first, total=milliseconds(total)))}</span></div>"
    )
