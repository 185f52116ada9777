"""Where the time went: a bar of the stages, each in a colour of its own, and every one in milliseconds."""

from __future__ import annotations

from collections.abc import Mapping

from chatbot.rendering.figures import milliseconds
from chatbot.rendering.safe import as_attribute, as_html
from chatbot.rendering.words import Say

# in the order of the flow; the colour of each is in inspector.css and receipt.css under the same name
_STAGES = {
    "recognise": "stage_recognise", "condense": "stage_condense", "translate": "stage_translate", "read": "stage_read", "embed": "stage_embed", "dense": "stage_dense", "lexical": "stage_lexical",
    "fuse": "stage_fuse", "rerank": "stage_rerank", "gate": "stage_gate", "sql": "stage_sql", "highlight": "stage_highlight",
}  # fmt: skip
_REST = {"wait": "stage_wait", "write": "stage_write"}
_LEAST = 0.05  # ms; below it the stage had nothing to do, like condensing without a history
_NARROWEST = 0.5  # percent of the bar: a stage that took next to nothing is still seen
_MARKS = ("first_token", "total")  # counted from the question, not stages


def stages(timings: Mapping[str, float]) -> dict[str, float]:
    """Milliseconds by stage in the order of the flow; what is left of the total is split into waiting and writing."""
    spent = {name: timings[name] for name in _STAGES if name in timings}
    spent |= {name: value for name, value in timings.items() if name not in _STAGES and name not in _MARKS}
    before = sum(spent.values())
    total = timings.get("total", before)
    first = min(max(timings.get("first_token", before), before), total)
    left = {"wait": first - before, "write": total - first}
    shown = spent | {name: value for name, value in left.items() if value >= 1}
    return {name: value for name, value in shown.items() if value >= _LEAST}


def stage_words(timings: Mapping[str, float], say: Say) -> list[tuple[str, str]]:
    """``(name, time)`` of each stage, as plain text; a stage that an older version measured keeps its own name."""
    return [(_name(name, say), milliseconds(spent)) for name, spent in stages(timings).items()]


def total_words(timings: Mapping[str, float], say: Say) -> str:
    """ "First word after 180 ms · 2.4 s in all", as plain text."""
    total = timings.get("total", sum(stages(timings).values()))
    first = milliseconds(timings.get("first_token", total))
    return say("total_time", first=first, total=milliseconds(total))


def timing_bar(timings: Mapping[str, float], say: Say) -> str:
    """HTML: the time to the first word and in all, the bar, then a list of its parts.

    The bar is a row of cells because their width is an attribute: the receipt's policy allows no inline style, and
    the page's filter no SVG.
    """
    spent = stages(timings)
    whole = sum(spent.values()) or 1.0
    cells, rows = [], []
    for name, value in spent.items():
        look, label, time = f"sl-stage sl-stage-{as_attribute(name)}", _name(name, say), milliseconds(value)
        width = max(100 * value / whole, _NARROWEST)
        cells.append(
            f'<td class="{look}" width="{width:.2f}%" title="{as_attribute(f"{label} {time}")}"></td>'
        )
        rows.append(f'<li><i class="{look}"></i><span>{as_html(label)}</span><b>{as_html(time)}</b></li>')
    return (
        f'<p class="sl-total">{as_html(total_words(timings, say))}</p>'
        f'<table class="sl-bar" role="img" aria-label="{as_attribute(say("time"))}"><tr>{"".join(cells)}</tr></table>'
        f'<ul class="sl-times">{"".join(rows)}</ul>'
    )


def _name(stage: str, say: Say) -> str:
    key = (_STAGES | _REST).get(stage)
    return say(key) if key else stage
