from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.errors import ModelError
from chatbot.gate import CALIBRATION_FILE, Calibration, load_calibration

E5 = "package:multilingual-e5-small"
SHIPPED = Path(__file__).parents[2] / "chatbot" / "models" / "reranker"
LOGITS = st.floats(-50, 50)
COSINES = st.floats(-1, 1)


def calibration() -> Calibration:
    return Calibration(logit_weight=0.5, dense_weight=20.0, bias=-17.0, threshold=0.4)


def of_the_cosine() -> Calibration:
    return Calibration(logit_weight=0.0, dense_weight=30.0, bias=-25.0, threshold=0.3)


def write(folder: Path, text: str) -> Path:
    (folder / CALIBRATION_FILE).write_text(text, encoding="utf-8")
    return folder


@given(st.floats(allow_nan=False, allow_infinity=False), COSINES)
def test_any_finite_logit_gives_a_probability(logit: float, dense: float) -> None:
    assert 0 <= calibration().probability(logit, dense) <= 1


@given(LOGITS, LOGITS, COSINES)
def test_a_higher_logit_never_makes_an_answer_less_probable(a: float, b: float, dense: float) -> None:
    low, high = sorted((a, b))
    assert calibration().probability(low, dense) <= calibration().probability(high, dense)


@given(LOGITS, COSINES, COSINES)
def test_a_higher_cosine_never_makes_an_answer_less_probable(logit: float, a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert calibration().probability(logit, low) <= calibration().probability(logit, high)


def test_the_probability_is_the_logistic_of_the_weighted_scores() -> None:
    expected = 1 / (1 + math.exp(-(0.5 * 2.0 + 20.0 * 0.85 - 17.0)))
    assert calibration().probability(2.0, 0.85) == pytest.approx(expected)


def test_without_a_reranker_the_cosine_alone_decides() -> None:
    expected = 1 / (1 + math.exp(-(30.0 * 0.85 - 25.0)))
    assert of_the_cosine().probability(-9.0, 0.85) == of_the_cosine().probability(9.0, 0.85)
    assert of_the_cosine().probability(0.0, 0.85) == pytest.approx(expected)


def test_a_missing_cosine_is_an_error_only_where_it_has_weight() -> None:
    assert Calibration(1.0, 0.0, 0.0, 0.4).probability(0.0) == 0.5
    with pytest.raises(ValueError, match="needs the cosine"):
        calibration().probability(0.0)


def test_a_folder_without_a_calibration_has_none(tmp_path: Path) -> None:
    assert load_calibration(tmp_path, E5) is None


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    write(tmp_path, json.dumps({"rerank": asdict(calibration()), "dense": asdict(of_the_cosine())}))
    assert load_calibration(tmp_path, E5) == calibration()
    assert load_calibration(tmp_path, E5, reranked=False) == of_the_cosine()


def test_an_entry_that_was_not_fitted_is_none(tmp_path: Path) -> None:
    assert load_calibration(write(tmp_path, '{"about": "no entries"}'), E5) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not json",
        "[]",
        '{"rerank": 3}',
        '{"rerank": {"logit_weight": 1}}',
        *(
            json.dumps({"rerank": asdict(calibration()) | change})
            for change in (
                {"threshold": 7},
                {"bias": math.nan},
                {"bias": None},
                {"logit_weight": "x"},
                {"logit_weight": -1},
                {"logit_weight": 0, "dense_weight": 0},
                {"more": 1},
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


@pytest.mark.parametrize("reranked", [True, False])
def test_the_shipped_calibration_tells_a_good_passage_from_a_bad_one(reranked: bool) -> None:
    shipped = load_calibration(SHIPPED, E5, reranked)
    assert shipped is not None
    assert shipped.probability(6.0, 0.92) > shipped.threshold > shipped.probability(-8.0, 0.70)


def test_a_calibration_for_another_embedding_model_is_none() -> None:
    assert load_calibration(SHIPPED, "intfloat/multilingual-e5-large") is None
