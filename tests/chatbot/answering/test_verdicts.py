"""Strong, weak or absent: the verdict on a question, and the word for a passage under it."""

from __future__ import annotations

import pytest

from chatbot.answering.gate import Calibration, Regression, decide
from chatbot.trace import Gate, Match, Verdict, match_of

CALIBRATION = Calibration((Regression({"logit": 1.0}, 0.0, threshold=0.25, strong_from=0.75),))


@pytest.mark.parametrize(
    ("logit", "verdict"),
    [(-1.2, "absent"), (-1.0, "weak"), (1.0, "weak"), (1.2, "strong")],  # .23, .27, .73, .77
)
def test_only_what_is_absent_is_refused(logit: float, verdict: Verdict) -> None:
    gate = decide(CALIBRATION, {"logit": logit}, None)
    assert (gate.verdict, gate.refused) == (verdict, verdict == "absent")
    assert (gate.threshold, gate.strong_from) == (0.25, 0.75)


def test_a_configured_threshold_takes_the_place_of_the_fitted_one() -> None:
    never, high = (decide(CALIBRATION, {"logit": 0.0}, below) for below in (0.0, 0.9))
    assert (never.verdict, never.threshold) == ("weak", 0.0)
    assert (high.verdict, high.threshold, high.strong_from) == ("absent", 0.9, 0.9)
    # at the configured threshold nothing is left to be weak
    assert decide(CALIBRATION, {"logit": 4.0}, 0.9).verdict == "strong"


def test_a_gate_that_contradicts_itself_cannot_be_made() -> None:
    assert (Gate(True).verdict, Gate(False).verdict) == ("absent", "strong")
    for refused, verdict in ((True, "weak"), (False, "absent")):
        with pytest.raises(ValueError, match="contradict"):
            Gate(refused, verdict=verdict)


@pytest.mark.parametrize(
    ("probability", "verdict", "match"),
    [
        (0.9, "strong", "strong"),
        (0.3, "strong", "likely"),
        (0.1, "strong", "weak"),
        (0.9, "weak", "likely"),
        (0.9, "absent", "weak"),
        (None, "strong", None),
    ],
)
def test_no_passage_is_better_than_the_verdict(
    probability: float | None, verdict: Verdict, match: Match | None
) -> None:
    assert match_of(probability, verdict) == match
