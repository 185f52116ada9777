"""A run learns, goes on where it was stopped, and ships what it learnt."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from chatbot.models.pair_model import PairModel
from training.encoders import Encoder
from training.examples import TrainingData
from training.groups import Drawing, Groups
from training.mining import Mined
from training.run import Run, loss_of, parameter_groups
from training.train import parser

New = Callable[[], PairModel]
Steps = Callable[[Run, int], list[float]]


def settings(out: Path, *more: str) -> argparse.Namespace:
    return parser().parse_args(
        [
            "--work",
            str(out),
            "--out",
            str(out),
            "--joint",
            "1",
            "--layers",
            "2",
            "--steps",
            "30",
            "--lr",
            "0.003",
            *more,
        ]
    )


@pytest.fixture
def steps(groups: Groups, letters: Encoder) -> Steps:
    """``steps(run, count)``: that many more, and their losses."""
    return lambda run, count: [run.learn(groups.step(run.step), letters)[0] for _ in range(count)]


@pytest.fixture
def groups(data: TrainingData, mined: dict[str, Mined]) -> Groups:
    return Groups(data, mined, Drawing(groups=4, negatives=3))


def test_a_stopped_run_goes_on_as_if_it_had_not_been_stopped(
    tmp_path: Path, data: TrainingData, new_model: New, steps: Steps
) -> None:
    whole = Run(new_model(), settings(tmp_path / "whole"), data)
    expected = steps(whole, 8)
    stopped = Run(new_model(), settings(tmp_path / "stopped"), data)
    first = steps(stopped, 5)
    stopped.save()
    resumed = Run(new_model(), settings(tmp_path / "stopped"), data)
    assert resumed.step == 5
    assert first + steps(resumed, 3) == expected
    assert all(torch.equal(resumed.weights()[n], w) for n, w in whole.weights().items())


def test_a_folder_holds_one_run(tmp_path: Path, data: TrainingData, new_model: New) -> None:
    Run(new_model(), settings(tmp_path), data)
    with pytest.raises(SystemExit, match="another run"):
        Run(new_model(), settings(tmp_path, "--seed", "2"), data)


def test_it_learns(tmp_path: Path, data: TrainingData, new_model: New, steps: Steps) -> None:
    run = Run(new_model(), settings(tmp_path), data)
    losses = steps(run, 30)
    assert sum(losses[-5:]) < 0.8 * sum(losses[:5])


def test_frozen_layers_and_embeddings_stay(
    tmp_path: Path, data: TrainingData, new_model: New, steps: Steps
) -> None:
    run, start = Run(new_model(), settings(tmp_path), data), new_model().state_dict()
    steps(run, 3)
    moved = {n for n, w in run.model.state_dict().items() if not torch.equal(w, start[n])}
    assert not any(n.startswith(("layers.0.", "word_", "position_", "embedding_")) for n in moved)
    assert {"layers.1.gate", "layers.1.up.weight", "head.similarity", "head.features.weight"} <= moved


def test_every_rate_is_its_own_group(new_model: New, tmp_path: Path) -> None:
    found = parameter_groups(new_model(), settings(tmp_path, "--lr-lower", "1e-6"))
    rates = {g["top"] for g in found}
    assert {0.003, 1e-6, 5e-3, 1e-3, 1e-4, 2e-2} == rates
    assert {g["weight_decay"] for g in found if g["top"] in (0.003, 1e-6)} == {0.01}


def test_weights_can_be_averaged_with_the_start(
    tmp_path: Path, data: TrainingData, new_model: New, steps: Steps
) -> None:
    run = Run(new_model(), settings(tmp_path), data)
    start = run.weights()
    steps(run, 3)
    end = run.weights()
    run.load(end, 0.25)
    name = "layers.1.up.weight"
    assert torch.allclose(run.weights()[name], 0.75 * start[name] + 0.25 * end[name], atol=1e-7)


def test_the_loss_falls_as_the_answer_rises() -> None:
    one = torch.ones(1)
    low, high = (loss_of(torch.tensor([[a, 0.0, 0.0]]), 0.1, one) for a in (0.0, 3.0))
    assert high < low
    assert loss_of(torch.tensor([[50.0, -50.0, -50.0]]), 0.1, one).item() == pytest.approx(0, abs=1e-6)


def test_a_group_counts_as_often_as_the_questions_it_stands_for() -> None:
    easy, hard = torch.tensor([[3.0, 0.0]]), torch.tensor([[0.0, 3.0]])
    weighted = loss_of(torch.cat([easy, hard]), 0.1, torch.tensor([4.0, 1.0]))
    repeated = loss_of(torch.cat([easy, easy, easy, easy, hard]), 0.1, torch.ones(5))
    assert weighted.item() == pytest.approx(repeated.item())
