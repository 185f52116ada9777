"""The measures against cases worked by hand."""

from __future__ import annotations

from math import log2

import pytest

from evaluation.asking import QuestionOutcome, Ranks
from evaluation.measures import measure_names, of_kept, per_question


def outcome(ranks: Ranks, grades: list[int] | None = None) -> QuestionOutcome:
    return QuestionOutcome("q", {"fused": ranks}, grades or [1] * len(ranks), 20, False, None, {})


def measured(ranks: Ranks, grades: list[int] | None = None, k: int = 20) -> dict[str, float]:
    values = per_question([outcome(ranks, grades)], "fused", k)
    return {name: float(value[0]) for name, value in values.items()}


def test_one_right_passage_in_the_second_place() -> None:
    assert measured([2]) == pytest.approx(
        {"ndcg@10": 1 / log2(3), "mrr@10": 0.5, "hit@1": 0, "hit@3": 1, "hit@10": 1, "recall@20": 1}
    )


def test_two_right_passages_of_which_one_is_third() -> None:
    found = measured([3, 1])
    assert found["ndcg@10"] == pytest.approx((1 + 1 / 2) / (1 + 1 / log2(3)))
    assert found["mrr@10"] == 1


def test_a_grade_is_the_gain() -> None:
    assert measured([2, 1], [2, 1])["ndcg@10"] == pytest.approx((1 + 2 / log2(3)) / (2 + 1 / log2(3)))


def test_the_eleventh_place_counts_for_recall_only() -> None:
    found = measured([11, None], k=11)
    assert (found["ndcg@10"], found["mrr@10"], found["hit@10"]) == (0, 0, 0)
    assert found["recall@11"] == 0.5


def test_nothing_found_is_zero_everywhere() -> None:
    assert set(measured([None]).values()) == {0.0}
    assert list(measured([None], k=7)) == measure_names(7)


def test_two_right_things_in_one_passage_are_worth_no_more_than_the_best_order() -> None:
    assert measured([1, 1])["ndcg@10"] == pytest.approx(1)
    assert measured([4, 4])["ndcg@10"] == pytest.approx((1 / log2(5) + 1 / log2(6)) / (1 + 1 / log2(3)))


def test_every_question_keeps_its_place() -> None:
    values = per_question([outcome([1]), outcome([None]), outcome([3])], "fused", 20)
    assert values["mrr@10"].tolist() == pytest.approx([1, 0, 1 / 3])


def test_the_sources_are_judged_by_what_is_kept() -> None:
    ndcg, hit = of_kept([outcome([3]), outcome([4])], "fused", 3)
    assert ndcg.tolist() == pytest.approx([1 / 2, 0])
    assert hit.tolist() == [1, 0]
