"""Where the time went: a bar of the stages, each in a colour of its own, and every one in milliseconds."""

from __future__ import annotations

from collections.abc import Mapping

from chatbot.rendering.figures import milliseconds
from chatbot.rendering.safe import as_attribute, as_html
from chatbot.rendering.words import Say

# in the order of the flow; the colour of each is in inspector.css under the same name
_STAGES = {
    "condense": "stage_condense",
    "embed": "stage_embed",
    "dense": "stage_dense",
    "lexical": "stage_lexical",
    "fuse": "stage_fuse",
    "rerank": "stage_rerank",
    "gate": "stage_gate",
    "highlight": "stage_highlight",
}
_LEAST = 0.05  # ms; below it the stage had nothing to do, like condensing without a history
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


def timing_bar(timings: Mapping[str, float], say: Say) -> str:
    """HTML: the bar, a list of its parts, then the time to the first word and in all."""
    spent = stages(timings)
    total = timings.get("total", sum(spent.values()))
    names = {name: say(key) for name, key in _STAGES.items()} | {
        "wait": say("stage_wait"),
        "write": say("stage_write"),
    }
    labels = {name: names.get(name, name) for name in spent}
    segments = "".join(
        f'<i class="sl-stage sl-stage-{as_attribute(name)}" style="flex-grow:{value:.2f}" '
        f'title="{as_attribute(f"{labels[name]} {milliseconds(value)}")}"></i>'
        for name, value in spent.items()
    )
    rows = "".join(
        f'<li><i class="sl-stage sl-stage-{as_attribute(name)}"></i><span>{as_html(labels[name])}</span>'
        f"<b>{as_html(milliseconds(value))}</b></li>"
        for name, value in spent.items()
    )
    first = milliseconds(timings.get("first_token", total))
    return (
        f'<p class="sl-total">{as_html(say("total_time", first=first, total=milliseconds(total)))}</p>'
        f'<div class="sl-bar" role="img" aria-label="{as_attribute(say("time"))}">{segments}</div>'
        f'<ul class="sl-times">{rows}</ul>'
    )
