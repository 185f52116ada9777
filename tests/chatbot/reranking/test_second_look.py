"""The order after the second look: logit and prior, and what the time did not suffice for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.config import RerankerConfig
from chatbot.errors import ProgramEnds
from chatbot.reranking import reordered, take_second_look
from chatbot.trace import Candidate, Scores, Timings


def candidates(*fused: float) -> list[Candidate]:
    return [
        Candidate(i, "a.md", str(i), (0, 1), rank=i, fused_rank=i, scores=Scores(fused=score))
        for i, score in enumerate(fused, 1)
    ]


def order(found: list[Candidate]) -> list[int]:
    return [c.chunk_id for c in found]


def test_without_a_weight_the_logit_alone_orders() -> None:
    found = reordered(candidates(3.0, 2.0, 1.0), [0.1, 0.3, 0.2], 0.0)
    assert order(found) == [2, 3, 1]
    assert [c.scores.rerank for c in found] == [c.scores.combined for c in found] == [0.3, 0.2, 0.1]
    assert [c.reranked_rank for c in found] == [1, 2, 3]


def test_with_a_weight_the_fused_score_counts_and_the_logit_stays_raw() -> None:
    found = reordered(candidates(3.0, 2.0, 1.0), [0.1, 0.3, 0.2], 0.15)
    assert order(found) == [2, 1, 3]
    assert [c.scores.rerank for c in found] == [0.3, 0.1, 0.2]
    assert found[1].scores.combined == 0.1 + 0.15 * 3.0


def test_what_has_no_logit_follows_in_the_fused_order_and_has_no_reranked_rank() -> None:
    found = reordered(candidates(4.0, 3.0, 2.0, 1.0), [-9.0, None, -8.0, None], 0.0)
    assert order(found) == [3, 1, 2, 4]
    assert [c.reranked_rank for c in found] == [1, 2, None, None]
    assert [(c.scores.rerank, c.scores.combined) for c in found[2:]] == [(None, None)] * 2


def test_a_tie_keeps_the_fused_order() -> None:
    assert order(reordered(candidates(2.0, 1.0, 0.0), [5.0, 5.0, 5.0], 0.0)) == [1, 2, 3]


@given(st.lists(st.floats(-20, 20), min_size=1, max_size=20))
def test_with_a_large_weight_the_fused_order_stays(logits: list[float]) -> None:
    fused = [float(-i) for i in range(len(logits))]
    assert order(reordered(candidates(*fused), logits, 1000.0)) == list(range(1, len(logits) + 1))


def test_the_end_of_the_program_is_no_fault_of_the_reranker(caplog: pytest.LogCaptureFixture) -> None:
    def load() -> None:
        raise ProgramEnds("the program was ended before this was finished; ask again")

    with pytest.raises(ProgramEnds):
        take_second_look("q", candidates(1.0), load, RerankerConfig(), Timings())  # type: ignore[arg-type]
    assert caplog.text == ""
