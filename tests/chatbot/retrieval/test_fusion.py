from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.retrieval.fusion import fuse

SCORES = st.dictionaries(
    st.integers(0, 2**40),
    st.tuples(st.integers(-1000, 1000), st.integers(0, 50_000)),  # thousandths
    min_size=1,
    max_size=40,
)


def split(scores: dict[int, tuple[int, int]]) -> tuple[dict[int, float], dict[int, float]]:
    return {i: d / 1000 for i, (d, _) in scores.items()}, {i: b / 1000 for i, (_, b) in scores.items()}


def order(fused: dict[int, float]) -> list[int]:
    return sorted(fused, key=lambda chunk: (-round(fused[chunk], 6), chunk))


@given(SCORES)
def test_every_candidate_gets_one_finite_score(scores: dict[int, tuple[int, int]]) -> None:
    fused = fuse(*split(scores))
    assert fused.keys() == scores.keys()
    assert all(math.isfinite(score) for score in fused.values())


@given(SCORES, st.floats(-5, 5), st.floats(0.1, 10))
def test_the_scale_of_a_score_does_not_change_the_fused_scores(
    scores: dict[int, tuple[int, int]], shift: float, factor: float
) -> None:
    dense, lexical = split(scores)
    moved = fuse({i: shift + factor * s for i, s in dense.items()}, lexical)
    assert moved == pytest.approx(fuse(dense, lexical), abs=1e-6)


@given(SCORES)
def test_better_on_both_is_better_fused(scores: dict[int, tuple[int, int]]) -> None:
    fused = fuse(*split(scores))
    for a, (dense_a, lexical_a) in scores.items():
        for b, (dense_b, lexical_b) in scores.items():
            if dense_a >= dense_b and lexical_a >= lexical_b:
                assert fused[a] >= fused[b] - 1e-9


@given(SCORES)
def test_the_order_of_the_mappings_does_not_matter(scores: dict[int, tuple[int, int]]) -> None:
    dense, lexical = split(scores)
    reverse = dict(reversed(lexical.items()))
    assert fuse(dense, reverse) == pytest.approx(fuse(dense, lexical))


def test_without_lexical_hits_the_dense_order_stands() -> None:
    dense = {3: 0.81, 1: 0.86, 2: 0.79}
    assert order(fuse(dense, dict.fromkeys(dense, 0.0))) == [1, 3, 2]


def test_with_equal_cosines_the_lexical_order_stands() -> None:
    lexical = {3: 0.0, 1: 4.2, 2: 1.1}
    assert order(fuse(dict.fromkeys(lexical, 0.8), lexical)) == [1, 2, 3]


def test_a_rare_word_lifts_a_candidate_above_slightly_better_cosines() -> None:
    dense = {chunk: 0.80 + chunk / 1000 for chunk in range(20)}
    lexical = {chunk: 9.0 if chunk == 12 else 0.0 for chunk in dense}
    assert order(fuse(dense, lexical))[:2] == [12, 19]


def test_a_single_candidate_and_no_candidate_are_not_errors() -> None:
    assert fuse({7: 0.9}, {7: 3.0}) == {7: 0.0}
    assert fuse({}, {}) == {}


def test_mappings_of_different_candidates_are_refused() -> None:
    with pytest.raises(ValueError, match="same candidates"):
        fuse({1: 0.5}, {2: 1.0})


def test_a_foreign_candidate_does_not_lose_for_words_it_cannot_hold() -> None:
    dense = {1: 0.84, 2: 0.82, 3: 0.81, 4: 0.80}  # 1 says it in the other language
    lexical = {1: 0.0, 2: 4.0, 3: 1.0, 4: 0.0}
    assert order(fuse(dense, lexical))[0] == 2
    assert order(fuse(dense, lexical, {1}))[0] == 1


@given(SCORES)
def test_among_foreign_candidates_without_common_words_the_dense_order_stands(
    scores: dict[int, tuple[int, int]],
) -> None:
    dense, _ = split(scores)
    found = fuse(dense, dict.fromkeys(dense, 0.0), set(dense))
    assert found == pytest.approx(
        {c: 2 * score for c, score in fuse(dense, dict.fromkeys(dense, 0.0)).items()}
    )


def test_a_name_that_both_languages_write_alike_still_counts() -> None:
    dense = {1: 0.82, 2: 0.82, 3: 0.80}
    assert order(fuse(dense, {1: 0.0, 2: 5.0, 3: 0.0}, {1, 2, 3}))[0] == 2
