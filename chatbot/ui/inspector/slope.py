"""The slope chart: every candidate from its retrieval rank on the left to its final rank on the right.

The colours are the page's own CSS variables, so the chart (SVG) follows the theme by itself. All data is inline:
nothing is fetched, and names are text in an SVG, never markup.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from chatbot.rendering.candidates import became, file_name
from chatbot.rendering.figures import number, percent
from chatbot.rendering.safe import as_label
from chatbot.rendering.words import Say
from chatbot.trace import Candidate

if TYPE_CHECKING:
    import altair as alt

_STEP = 21  # pixels from one rank to the next
_TIGHT_STEP, _MANY = 15, 24  # where there are more candidates than that
_LABEL = 42  # characters of the heading or the passage; the chart cuts the rest where its column ends
_COLOURS = {"source": "var(--sl-accent)", "lost": "var(--sl-down)", "other": "var(--sl-faint)"}
_INK, _MUTED, _PAPER = "currentColor", "var(--sl-muted)", "var(--sl-paper)"
# x: 0 is the retrieval, 1 the final order, the labels stand behind it
_START, _END = -0.3, 3.3
_TOOLTIP = {
    "document": "tip_document", "page": "tip_page", "heading": "tip_heading", "verdict": "tip_verdict",
    "retrieved": "tip_retrieved", "final": "tip_final", "dense": "score_dense", "lexical": "score_lexical",
    "fused": "score_fused", "rerank": "score_rerank", "combined": "score_combined", "probability": "score_probability",
}  # fmt: skip


def slope_rows(candidates: Sequence[Candidate], say: Say) -> list[dict[str, Any]]:
    """What the chart shows, a row for each candidate; the texts are for eyes, untrusted, and not markup.

    ``kind``: "source"; "lost" for what the retrieval order would have made a source; "other".
    """
    kept = sum(candidate.kept for candidate in candidates)
    return [_row(candidate, kept, say) for candidate in candidates]


def slope_chart(candidates: Sequence[Candidate], say: Say) -> alt.LayerChart:
    """The chart, as wide as its place."""
    import altair as alt

    rows = slope_rows(candidates, say)
    kept = sum(candidate.kept for candidate in candidates)
    hover = alt.selection_point(name="hover", fields=["id"], on="pointerover", clear="pointerout")
    lowest = max([1, *(max(row["before"], row["after"]) for row in rows)])
    step = _TIGHT_STEP if lowest > _MANY else _STEP

    def x(at: float) -> alt.XDatum:
        return alt.XDatum(
            at, type="quantitative", scale=alt.Scale(domain=[_START, _END], nice=False), axis=None
        )

    def y(field: str) -> alt.Y:
        scale = alt.Scale(domain=[-0.6, lowest + 0.6], reverse=True, nice=False, zero=False)
        return alt.Y(f"{field}:Q", scale=scale, axis=None)

    colour = alt.Color(
        "kind:N", legend=None, scale=alt.Scale(domain=list(_COLOURS), range=list(_COLOURS.values()))
    )
    tooltip = [alt.Tooltip(f"{name}:N", title=title) for name, title in _tooltips(say)]
    data = alt.Chart(alt.InlineData(values=rows))
    faded = alt.condition(hover, alt.value(1), alt.value(0.18))
    lines = data.mark_rule(strokeCap="round").encode(
        x(0), y("before"), alt.X2Datum(1), alt.Y2("after"), color=colour, opacity=faded,
        strokeWidth=alt.condition("datum.kind == 'other'", alt.value(1.25), alt.value(2.5)),
        strokeDash=alt.condition("datum.scored", alt.value([1, 0]), alt.value([2, 4])),
    )  # fmt: skip
    dots = data.mark_point(filled=True, opacity=1, strokeWidth=2).encode(
        color=colour, opacity=faded, tooltip=tooltip
    )
    before = dots.encode(x(0), y("before"), size=alt.value(26))
    after = data.mark_point(strokeWidth=2, opacity=1).encode(
        x(1), y("after"), stroke=colour, opacity=faded, tooltip=tooltip, size=alt.value(64),
        fill=alt.condition("datum.cited", colour, alt.value(_PAPER)),
    )  # fmt: skip
    ranks = data.mark_text(align="right", dx=-10, fontSize=11, fill=_MUTED).encode(
        x(0), y("before"), text="before:Q"
    )
    numbers = data.mark_text(align="right", dx=30, fontSize=11, fill=_MUTED).encode(
        x(1), y("after"), text="after:Q"
    )
    labels = data.mark_text(
        align="left", dx=38, fontSize=12, limit=alt.ExprRef(f"width * {(_END - 1) / (_END - _START):.3f} - 40")
    ).encode(
        x(1), y("after"), text="label:N", tooltip=tooltip, opacity=faded,
        fill=alt.condition("datum.kind == 'other'", alt.value(_MUTED), alt.value(_INK)),
        # a weight cannot be an encoding; what is cited has the filled mark
    )  # fmt: skip
    # what the pointer finds: a line of 2 pixels would be hard to hit
    target = data.mark_rule(strokeWidth=14, opacity=0).encode(
        x(0), y("before"), alt.X2Datum(1), alt.Y2("after"), tooltip=tooltip
    )
    layers = [lines, target.add_params(hover), before, after, ranks, numbers, labels, *_heads(alt, x, y, say)]
    if 0 < kept < len(rows):
        layers = [*_cut(alt, kept, x, y), *layers]
    chart = alt.layer(*layers).properties(
        height=int((lowest + 1.2) * step), usermeta={"embedOptions": {"renderer": "svg"}}
    )
    shown: alt.LayerChart = chart.configure_view(stroke=None)
    return shown


def _cut(alt: Any, kept: int, x: Any, y: Any) -> list[Any]:
    """The line under the last source; what it is stands under the chart."""
    data = alt.Chart(alt.InlineData(values=[{"at": kept + 0.5}]))
    line = data.mark_rule(strokeDash=[5, 4], stroke=_MUTED, opacity=0.8)
    return [line.encode(x(_START), y("at"), alt.X2Datum(_END))]


def _heads(alt: Any, x: Any, y: Any, say: Say) -> list[Any]:
    """What the two sides are."""
    words = {_START: say("axis_before"), 1 + _START / 2: say("axis_after")}
    return [
        alt.Chart(alt.InlineData(values=[{"at": -0.1, "words": text}]))
        .mark_text(align="left", fontSize=11, fontWeight=600, fill=_MUTED)
        .encode(x(at), y("at"), text="words:N")
        for at, text in words.items()
    ]


def _row(c: Candidate, kept: int, say: Say) -> dict[str, Any]:
    before = c.fused_rank or c.rank
    s = c.scores
    about = as_label(c.heading[-1] if c.heading else c.text[: 2 * _LABEL]).strip("#| ")
    about = about if len(about) <= _LABEL else about[:_LABEL].rstrip() + "…"
    return {
        "id": c.rank,
        "before": before,
        "after": c.rank,
        "kind": "source" if c.kept else "lost" if before <= kept else "other",
        "cited": c.cited,
        "scored": s.rerank is not None,
        "label": f"{about} · {as_label(file_name(c))}",
        "document": as_label(c.document),
        "page": "–" if c.page is None else str(c.page),
        "heading": as_label(" › ".join(c.heading)) or "–",
        "verdict": say(became(c)),
        "retrieved": say.rank(before),
        "final": say.rank(c.rank),
        "dense": number(s.dense),
        "lexical": number(s.lexical),
        "fused": number(s.fused),
        "rerank": number(s.rerank) if s.rerank is not None else say("not_scored"),
        "combined": number(s.combined),
        "probability": percent(s.probability),
    }


def _tooltips(say: Say) -> list[tuple[str, str]]:
    """Field and title: the titles are ours alone, because vega's tooltip gives one called "image" a meaning."""
    return [(field, say(key)) for field, key in _TOOLTIP.items()]
