"""MaxSim in the best window, and that of an early layer, against what the definition says."""

from __future__ import annotations

import pytest
import torch

from chatbot.models.pair_head import PairHead


def unit(rows: list[list[float]]) -> torch.Tensor:
    return torch.nn.functional.normalize(torch.tensor(rows), dim=-1)[None]


def scored(head: PairHead, question: torch.Tensor, passage: torch.Tensor) -> float:
    valid = (
        torch.ones(1, question.shape[1], dtype=torch.bool),
        torch.ones(1, passage.shape[1], dtype=torch.bool),
    )
    return float(head(question, passage, *valid))


@torch.no_grad()
def test_both_words_in_one_sentence_beat_both_words_far_apart() -> None:
    head = PairHead(4, early=False)
    start, a, b, filler = [0.0, 0, 0, 1], [1.0, 0, 0, 0], [0.0, 1, 0, 0], [0.0, 0, 1, 0]
    question = unit([start] * 4 + [a, b, start])  # the template's tokens around the question's two
    near = unit([filler] * 40 + [a, b] + [filler] * 38)
    far = unit([a] + [filler] * 78 + [b])
    assert scored(head, question, near) == pytest.approx(20)  # both found: similarity x (1 + 1) / 2
    assert scored(head, question, far) == pytest.approx(10)  # one window holds only one


@torch.no_grad()
def test_a_window_may_begin_at_any_block_and_end_in_padding() -> None:
    head = PairHead(4, early=False)
    a, b, filler = [1.0, 0, 0, 0], [0.0, 1, 0, 0], [0.0, 0, 1, 0]
    question = unit([filler] * 4 + [a, b, filler])
    passage = unit([filler] * 31 + [a, b])  # 33 tokens: across the second and the third block
    assert scored(head, question, passage) == pytest.approx(20)


@torch.no_grad()
def test_the_early_layer_adds_its_own_max_sim() -> None:
    head = PairHead(4, early=True)
    a, other = [1.0, 0, 0, 0], [0.0, 0, 1, 0]
    question, passage = unit([other] * 4 + [a, other]), unit([other, a])
    valid = torch.ones(1, 6, dtype=torch.bool), torch.ones(1, 2, dtype=torch.bool)
    assert float(head.early_score(question, passage, *valid)) == pytest.approx(5)
