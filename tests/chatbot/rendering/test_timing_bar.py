"""Where the time went."""

from __future__ import annotations

from chatbot.rendering.timing_bar import stages, timing_bar
from chatbot.rendering.words import Say

KO, EN = Say("ko"), Say("en")


def test_the_stages_add_up_to_the_total_and_keep_their_colours() -> None:
    timings = {
        "embed": 12.0,
        "rerank": 140.0,
        "dense": 3.0,
        "condense": 0.0,
        "first_token": 180.0,
        "total": 400.0,
    }
    spent = stages(timings)
    assert spent == {"embed": 12.0, "dense": 3.0, "rerank": 140.0, "wait": 25.0, "write": 220.0}
    assert sum(spent.values()) == timings["total"]
    html = timing_bar(timings, EN)
    assert "First word after 180 ms · 400 ms in all" in html
    for part in (html, timing_bar({"rerank": 140.0}, KO)):
        assert 'class="sl-stage sl-stage-rerank"' in part
    assert stages({}) == {}


def test_the_bar_needs_no_inline_style() -> None:
    html = timing_bar({"embed": 100.0, "rerank": 300.0, "strange": 0.06}, EN)
    assert "style=" not in html
    assert [f'width="{width}%"' in html for width in ("25.00", "74.99", "0.50")] == [True] * 3
    assert "<span>strange</span>" in html
