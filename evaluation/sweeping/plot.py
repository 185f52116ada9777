"""The picture of a sweep: quality against latency, as a PNG and as one HTML file that needs no network."""

from __future__ import annotations

import textwrap
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from evaluation.sweeping.points import OFF, Point, describe_splitter
from evaluation.sweeping.sweep import Sweep

_INK, _DIM, _GRID, _PAPER = "#1f2937", "#6b7280", "#e5e7eb", "#ffffff"
_COLOURS = ["#94a3b8", "#0f766e", "#b45309", "#6d28d9", "#be123c"]  # the first is for no reranker
_SHAPES = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right"]
_WIDTH, _HEIGHT = 760, 440


def can_draw() -> bool:
    """Whether vl-convert is installed, which turns the chart into files."""
    return find_spec("vl_convert") is not None


def draw_sweep(sweep: Sweep, stem: Path) -> list[Path]:
    """Write ``STEM.html`` and ``STEM.png``; their paths."""
    chart = sweep_chart(sweep)
    html, png = stem.with_name(f"{stem.name}.html"), stem.with_name(f"{stem.name}.png")
    stem.parent.mkdir(parents=True, exist_ok=True)
    actions = {
        "export": True,
        "source": False,
        "compiled": False,
        "editor": False,
    }  # the editor is on the web
    chart.save(html, inline=True, embed_options={"actions": actions})
    chart.save(png, scale_factor=2)
    return [html, png]


def sweep_chart(sweep: Sweep) -> Any:
    """The chart, a Vega-Lite one by way of Altair."""
    import altair as alt

    rows = [_row(sweep, point) for point in sweep.points]
    looks = list(dict.fromkeys(row["reranker"] for row in sorted(rows, key=lambda r: r["reranker"] != _NONE)))
    kinds = list(dict.fromkeys(row["chunks"] for row in rows))
    low, high = min(p.p50 for p in sweep.points), max(p.p50 for p in sweep.points)
    x = alt.X(
        "ms:Q",
        title="milliseconds until the sources are ready (median)",
        scale=alt.Scale(
            type="log" if high > 6 * low else "linear", domain=[low * 0.85, high * 1.2], nice=False
        ),
        axis=alt.Axis(values=_ticks(low * 0.85, high * 1.2), format=",d"),
    )
    y = alt.Y(
        "ndcg:Q",
        title="nDCG of the sources",
        scale=alt.Scale(domain=_range(sweep)),
        axis=alt.Axis(format=".2f"),
    )
    by_look = alt.selection_point(fields=["reranker"], bind="legend")
    by_chunks = alt.selection_point(fields=["chunks"], bind="legend")
    base = alt.Chart(_data(alt, rows))
    points = base.mark_point(filled=True, stroke=_PAPER, strokeWidth=0.8).encode(
        x=x, y=y,
        color=alt.Color("reranker:N", title="second look", scale=alt.Scale(domain=looks, range=_colours(looks))),
        shape=alt.Shape("chunks:N", title="chunks", scale=alt.Scale(domain=kinds, range=_SHAPES[: len(kinds)]))
        if len(kinds) > 1 else alt.value("circle"),
        size=alt.Size("top_n:O", title="sources kept (top_n)", scale=alt.Scale(range=[60, 200])),
        opacity=alt.condition(by_look & by_chunks, alt.Opacity("weight:Q", scale=None), alt.value(0.06)),
        tooltip=[
            alt.Tooltip("setting:N"), alt.Tooltip("ndcg:Q", title="nDCG", format=".3f"),
            alt.Tooltip("hit:Q", title="right passage among sources", format=".0%"),
            alt.Tooltip("ms:Q", title="median ms", format=".0f"), alt.Tooltip("p95:Q", title="95 % under, ms", format=".0f"),
            alt.Tooltip("characters:Q", title="characters to read", format=",.0f"),
        ],
    ).add_params(by_look, by_chunks, alt.selection_interval(bind="scales"))  # fmt: skip
    rest = {"ms": high * 1.2, "ndcg": sweep.frontier[-1].quality}  # slower ones are no better
    edge = _data(alt, [*(_row(sweep, point) for point in sweep.frontier), rest])
    line = alt.Chart(edge).mark_line(
        interpolate="step-after", color=_INK, strokeWidth=1.3, strokeDash=[5, 4], opacity=0.45
    ).encode(x=x, y=y, order="ms:Q")  # fmt: skip
    # nothing is better and faster, so above and left of a point of the frontier there is room
    named = [{**_row(sweep, point), "word": f"k {point.choice.k}"} for point in sweep.frontier]
    names = (
        alt.Chart(_data(alt, [row for row in named if row["setting"] != str(sweep.recommended.choice)]))
        .mark_text(align="right", dx=-9, dy=-9, fontSize=10.5, color=_DIM)
        .encode(x=x, y=y, text="word:N")
    )
    layers = [line, points, names, *_marked(alt, sweep, x, y)]
    return (
        alt.layer(*layers)
        .properties(width=_WIDTH, height=_HEIGHT, title=_title(alt, sweep), background=_PAPER, padding=18)
        .configure_view(stroke=None)
        .configure_axis(
            gridColor=_GRID, domainColor=_GRID, tickColor=_GRID, labelColor=_DIM, titleColor=_INK,
            titleFontWeight="normal", labelFontSize=12, titleFontSize=13, titlePadding=12,
        )
        .configure_legend(
            labelColor=_INK, titleColor=_DIM, titleFontWeight="normal", labelFontSize=12, titleFontSize=12,
            labelLimit=260, symbolOpacity=1, symbolStrokeWidth=0, symbolSize=110, symbolFillColor=_DIM, rowPadding=4, offset=22,
        )
    )  # fmt: skip


_NONE = "none: retrieval order"


def _row(sweep: Sweep, point: Point) -> dict[str, Any]:
    choice = point.choice
    return {
        "setting": str(choice), "reranker": _NONE if choice.reranker == OFF else choice.reranker,
        "chunks": describe_splitter(choice.splitter).replace(" chunks of", "") if choice.splitter else "as indexed",
        "top_n": choice.top_n, "k": choice.k, "ndcg": point.quality, "hit": point.hit, "ms": point.p50,
        "p95": point.p95, "characters": point.characters,
        "weight": 1.0 if point in sweep.frontier or point is sweep.recommended else 0.55,
    }  # fmt: skip


def _data(alt: Any, rows: list[dict[str, Any]]) -> Any:
    return alt.Data(values=rows)


def _marked(alt: Any, sweep: Sweep, x: Any, y: Any) -> list[Any]:
    """A ring and a word for what is recommended and for what is configured."""
    marks = [(sweep.recommended, "recommended", _INK, "bold", -18)]
    if sweep.current is not None and sweep.current is not sweep.recommended:
        marks.append((sweep.current, "configured now", _DIM, "normal", 22))
    layers = []
    middle = sorted(p.p50 for p in sweep.points)[len(sweep.points) // 2]
    for point, word, colour, weight, up in marks:
        chart = alt.Chart(_data(alt, [{**_row(sweep, point), "word": word}])).encode(x=x, y=y)
        align, dx = ("right", -6) if point.p50 > middle else ("left", 6)
        text = {"align": align, "dx": dx, "dy": up, "fontSize": 13, "fontWeight": weight}
        layers += [
            chart.mark_point(size=460, color=colour, filled=False, strokeWidth=1.8),
            # a halo, so that it can be read over other points
            chart.mark_text(**text, stroke=_PAPER, strokeWidth=4, strokeJoin="round").encode(text="word:N"),
            chart.mark_text(**text, color=colour).encode(text="word:N"),
        ]
    return layers


def _ticks(low: float, high: float) -> list[float]:
    """1, 2 and 5 times the powers of ten: even a logarithmic axis can be read off."""
    wide = [step * 10.0**power for power in range(7) for step in (1, 2, 5)]
    if high > 6 * low:
        return [tick for tick in wide if low <= tick <= high]
    step = next((tick for tick in wide if (high - low) / tick <= 7), wide[-1])
    first = int(low // step) + 1
    return [step * number for number in range(first, int(high // step) + 1)]


def _title(alt: Any, sweep: Sweep) -> Any:
    return alt.TitleParams(
        f"Quality against latency · {sweep.name} · {sweep.questions} questions",
        subtitle=[*textwrap.wrap(sweep.sentence, 125), "Dashed: the settings that no other one beats in both."],
        anchor="start", fontSize=18, subtitleFontSize=12.5, color=_INK, subtitleColor=_DIM, offset=18,
        subtitlePadding=8, subtitleLineHeight=17,
    )  # fmt: skip


def _colours(looks: list[str]) -> list[str]:
    with_none = looks[0] == _NONE
    return (_COLOURS if with_none else _COLOURS[1:] * 2)[: len(looks)] or _COLOURS


def _range(sweep: Sweep) -> list[float]:
    values = [point.quality for point in sweep.points]
    margin = max(0.02, 0.12 * (max(values) - min(values)))
    return [max(0.0, min(values) - margin), min(1.02, max(values) + margin)]
