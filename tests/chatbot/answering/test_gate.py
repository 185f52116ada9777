"""Scores -> probability, and when a question counts as not answered by the documents."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.answering.gate import (
    Calibration,
    Regression,
    decide,
    judge,
    load_calibration,
    passage_features,
    question_features,
)
from chatbot.errors import ModelError
from chatbot.reranking.backends import CALIBRATION_FILE
from chatbot.trace import Candidate, Gate, Scores, Timings
from paths import ROOT

E5 = "package:multilingual-e5-small"
SHIPPED = ROOT / "chatbot" / "reranking"
WHOLE = Regression({"logit": 0.5, "cosine": 20.0, "sentence": 3.0}, -20.0, 0.4, 0.6)
WITHOUT_LOGIT = Regression({"cosine": 20.0, "sentence": 3.0}, -18.0, 0.3, 0.5)
FOREIGN = Regression({"foreign_cosine": 20.0}, -17.0, 0.2, 0.9)
ENTRY: dict[str, Any] = {"weights": {"logit": 0.5, "cosine": 20.0}, "bias": -17.0, "threshold": 0.4}


def candidates(
    count: int, cosine: float = 0.85, logit: float | None = 1.0, text: str = "leave"
) -> list[Candidate]:
    return [
        Candidate(i, "a.md", text, (0, 1), scores=Scores(cosine - i / 100, 1.0, -float(i), logit))
        for i in range(count)
    ]


def judged(
    calibration: Calibration, found: list[Candidate], words: float | None, below: float | None = None
) -> Gate:
    """By the features of a search whose candidates hold all of the question's words, none, or are in another language."""
    query = {None: "반품", 0.0: "refund", 1.0: "leave"}[words]
    return decide(calibration, question_features(query, found), below)


def write(folder: Path, text: str) -> Path:
    (folder / CALIBRATION_FILE).write_text(text, encoding="utf-8")
    return folder


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(-1, 1))
def test_any_finite_sign_gives_a_probability(logit: float, cosine: float) -> None:
    features = {"logit": logit, "cosine": cosine, "sentence": 0.5}
    assert 0 <= WHOLE.probability(features) <= 1


@given(st.sampled_from(list(WHOLE.weights)), st.floats(-50, 50), st.floats(-50, 50))
def test_a_higher_sign_never_makes_an_answer_less_probable(name: str, a: float, b: float) -> None:
    features = {"logit": 0.0, "cosine": 0.8, "sentence": 0.5}
    low, high = sorted((a, b))
    assert WHOLE.probability(features | {name: low}) <= WHOLE.probability(features | {name: high})


def test_the_probability_is_the_logistic_of_the_weighted_signs() -> None:
    expected = 1 / (1 + math.exp(-(20.0 * 0.85 + 3.0 * 0.5 - 18.0)))
    assert WITHOUT_LOGIT.probability({"cosine": 0.85, "sentence": 0.5, "logit": 9.0}) == pytest.approx(
        expected
    )


def test_the_first_regression_is_taken_whose_signs_are_known() -> None:
    found = judged(Calibration((WHOLE, WITHOUT_LOGIT)), candidates(5, logit=None), 1.0)
    assert found.probability == WITHOUT_LOGIT.probability({"cosine": 0.85, "sentence": 1.0})
    assert (found.threshold, found.strong_from) == (0.3, 0.5)


def test_passages_of_each_language_are_judged_by_themselves_and_the_better_verdict_counts() -> None:
    calibration = Calibration((WITHOUT_LOGIT, FOREIGN))
    features = {"cosine": 0.75, "sentence": 0.0, "foreign_cosine": 0.85}  # .05 and .5
    assert decide(calibration, features, None).verdict == "weak"
    assert decide(calibration, features, None).threshold == FOREIGN.threshold
    assert (
        decide(calibration, features | {"cosine": 0.95}, None).threshold == WITHOUT_LOGIT.threshold
    )  # strong
    assert decide(calibration, features | {"foreign_cosine": 0.7}, None).verdict == "absent"


def test_a_passage_that_the_time_did_not_suffice_for_is_judged_by_what_retrieval_knows() -> None:
    mixed = [*candidates(3), *candidates(2, logit=None)]
    calibration = Calibration((), (Regression({"logit": 1.0}, 0.0), Regression({"cosine": 1.0}, 0.0)))
    assert passage_features(mixed[4].scores, 0.5).keys() == {"cosine", "fused", "words"}
    assert calibration.of_passage(mixed[0].scores, None) == pytest.approx(1 / (1 + math.exp(-1)))
    assert calibration.of_passage(Scores(dense=0.0), None) == 0.5
    assert calibration.of_passage(Scores(), None) is None


def test_a_question_below_the_threshold_is_refused_and_a_configured_one_takes_its_place() -> None:
    calibration = Calibration((WITHOUT_LOGIT,))
    low = judged(calibration, candidates(5, cosine=0.7), 0.0)
    assert (low.refused, low.threshold) == (True, 0.3)
    assert "unlikely" in low.reason
    assert not judged(calibration, candidates(5, cosine=0.7), 0.0, 0.0).refused
    assert judged(calibration, candidates(5, cosine=0.9), 1.0, 1.0).refused


@pytest.mark.parametrize(
    ("own", "verdict"),
    [
        ("", "strong"),
        ("And the president?", "weak"),
        ("And for leave?", "strong"),
        ("why?", "strong"),
        ("대통령은?", "strong"),
    ],
)
def test_a_follow_up_none_of_whose_own_words_is_found_is_answered_as_weak(own: str, verdict: str) -> None:
    calibration = Calibration((Regression({"cosine": 20.0}, -10.0, 0.3, 0.5),))
    query = f"How much leave is there? {own}"
    _, gate = judge(query, candidates(3), lambda: calibration, None, Timings(), own)
    assert gate.verdict == verdict


@pytest.mark.parametrize(("year", "verdict"), [("2025", "strong"), ("2026", "weak")])
def test_what_is_of_another_year_than_the_one_asked_for_is_called_weak(year: str, verdict: str) -> None:
    calibration = Calibration((Regression({"cosine": 20.0}, -10.0, 0.3, 0.5),))
    found = candidates(3, text="Leave in 2025 is 25 days.")
    _, gate = judge(f"How much leave in {year}?", found, lambda: calibration, None, Timings())
    assert gate.verdict == verdict


def test_what_leans_on_a_refused_question_is_never_called_strong() -> None:
    calibration = Calibration((Regression({"cosine": 20.0}, -10.0, 0.3, 0.5),))
    _, gate = judge(
        "Leave? And when?",
        candidates(3),
        lambda: calibration,
        None,
        Timings(),
        "And when?",
        after_refusal=True,
    )
    assert gate.verdict == "weak"


@pytest.mark.parametrize(
    ("question", "refuse_below", "refused"),
    [
        ("Who was the cashier?", None, False),
        ("Who was the director?", None, True),
        ("Who was the cashier?", 0.9, True),  # a person has said how sure they want it
    ],
)
def test_what_a_field_of_a_source_is_named_for_is_not_absent(
    question: str, refuse_below: float | None, refused: bool
) -> None:
    calibration = Calibration((Regression({"cosine": 20.0}, -40.0, 0.3, 0.5),))
    form = [replace(one, text="Cashier: Emily Rodriguez\nRegister: POS-07") for one in candidates(3)]
    _, gate = judge(question, form, lambda: calibration, refuse_below, Timings())
    assert gate.refused is refused
    assert gate.verdict == ("absent" if refused else "weak")


def test_each_passage_has_the_verdict_that_it_would_get_alone_by_its_language() -> None:
    """Logits across the languages are lower: what refuses a Korean passage for a Korean question is enough of an English one."""
    shipped = load_calibration(SHIPPED, E5)
    texts = {"필터는 일주일에 한 번 털어 주세요.": 18.24, "You may work from home up to three days.": 18.23}
    found = [
        Candidate(i, "a.md", text, (0, 1), scores=Scores(0.82, rerank=logit))
        for i, (text, logit) in enumerate(texts.items())
    ]
    unscored = Candidate(2, "a.md", "Wear safety shoes.", (0, 1), scores=Scores(0.8))
    judged, gate = judge("재택근무는 며칠 가능해요?", [*found, unscored], lambda: shipped, None, Timings())
    assert gate.verdict == "strong"
    assert [one.scores.alone for one in judged] == ["absent", "strong", None]


def test_without_a_regression_that_fits_nothing_is_refused() -> None:
    found = judged(Calibration((WHOLE,)), candidates(5, logit=None), 1.0, 0.9)
    assert (found.refused, found.probability) == (False, None)


def test_a_folder_without_a_calibration_has_none(tmp_path: Path) -> None:
    assert load_calibration(tmp_path, E5) is None
    assert load_calibration(write(tmp_path, '{"fused_weight": 3.0}'), E5) is None


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    write(tmp_path, json.dumps({"embedding": E5, "question": [ENTRY], "passage": [ENTRY | {"threshold": 0}]}))
    read = load_calibration(tmp_path, E5)
    regression = Regression({"logit": 0.5, "cosine": 20.0}, -17.0, 0.4)
    assert read is not None
    assert read.question == (regression,)
    assert read.passage[0].threshold == 0
    assert load_calibration(tmp_path, "intfloat/multilingual-e5-large") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not json",
        "[]",
        '{"question": 3}',
        '{"question": [{"bias": 1}]}',
        *(
            json.dumps({"question": [ENTRY | change]})
            for change in (
                {"threshold": 7},
                {"bias": math.nan},
                {"bias": None},
                {"weights": {"logit": "x"}},
                {"weights": {"logit": -1}},
                {"weights": {"logit": 0}},
                {"weights": {"wishes": 1}},
                {"weights": {}},
            )
        ),
    ],
)
def test_a_damaged_calibration_is_refused_by_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(ModelError, match=CALIBRATION_FILE):
        load_calibration(write(tmp_path, text), E5)


def test_a_calibration_that_is_not_text_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / CALIBRATION_FILE).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ModelError, match=CALIBRATION_FILE):
        load_calibration(tmp_path, E5)


@pytest.mark.parametrize("count", [20, 5])
@pytest.mark.parametrize("logits", [(21.0, 14.0), (None, None)], ids=["reranked", "not reranked"])
def test_the_shipped_calibration_tells_a_good_search_from_a_bad_one(
    count: int, logits: tuple[float | None, float | None]
) -> None:
    shipped = load_calibration(SHIPPED, E5)
    assert shipped is not None
    logit, low = logits
    assert not judged(shipped, candidates(count, 0.92, logit), 1.0).refused
    assert judged(shipped, candidates(count, 0.72, low), 0.0).refused


def test_in_another_language_only_what_is_far_off_is_refused() -> None:
    shipped = load_calibration(SHIPPED, E5)
    assert shipped is not None
    assert not judged(shipped, candidates(20, 0.88, 20.0), None).refused
    assert judged(shipped, candidates(20, 0.70, 14.0), None).refused


def test_a_name_that_is_all_a_question_says_is_not_called_absent_where_a_passage_in_the_other_language_has_it() -> (
    None
):
    def verdict(question: str, *texts: str) -> str | None:
        found = [replace(candidates(1, 0.5, text=text)[0], chunk_id=at) for at, text in enumerate(texts)]
        return judge(question, found, lambda: Calibration((FOREIGN, WHOLE, WITHOUT_LOGIT)), None, Timings())[
            1
        ].verdict

    korean, other = "묶음의 수(nprobe)를 늘리면 더 느려집니다.", "색인은 매일 밤 두 시에 저장됩니다."
    assert verdict("How is nprobe chosen?", korean, other) == "weak"
    assert verdict("Who sells nprobe?", korean, other) == "absent"
    assert verdict("How is nprobe chosen?", other, korean) == "absent"
    assert verdict("How is nlist chosen?", korean, other) == "absent"
