"""Scores and times read as what they are."""

from __future__ import annotations

from chatbot.rendering.figures import milliseconds, percent


def test_times_read_as_times() -> None:
    assert [milliseconds(v) for v in (0.2, 12.4, 999, 2449)] == ["<1 ms", "12 ms", "999 ms", "2.4 s"]


def test_a_probability_never_claims_certainty() -> None:
    assert [percent(p) for p in (0.0, 0.004, 0.5, 0.973, 0.996, None)] == [
        "<1%",
        "<1%",
        "50%",
        "97%",
        ">99%",
        "–",
    ]
