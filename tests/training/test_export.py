"""What ships: small, close to what was trained, and described."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from chatbot.errors import ModelError
from chatbot.models.pair_model import PairModel
from training.card import write_card
from training.export import as_int8, read_layers, write_layers
from training.start import kept_layers, starting_model


def test_rows_survive_int8_within_half_a_step() -> None:
    values = np.random.default_rng(0).normal(size=(6, 40)).astype(np.float32)
    values[3] = 0
    stored = as_int8("w", values)
    back = stored["w"].astype(np.float32) * stored["w.scale"].astype(np.float32)[:, None]
    step = np.abs(values).max(1, keepdims=True) / 127
    assert (np.abs(back - values) <= 0.51 * step + 1e-3 * np.abs(values)).all()
    assert stored["w"].dtype == np.int8


def test_the_shipped_file_is_small_and_reads_back(tmp_path: Path) -> None:
    model, file = starting_model(joint_layers=4), tmp_path / "layers.int8.safetensors"
    model.config.fused_weight = 1.75
    sha256 = write_layers(model, file)
    assert sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert file.stat().st_size < 25_000_000
    again = read_layers(file)
    assert again.lower_layers == 8
    assert again.config.fused_weight == 1.75
    for name, tensor in model.state_dict().items():
        close = torch.nn.functional.cosine_similarity(
            again.state_dict()[name].flatten(), tensor.flatten(), dim=0
        )
        assert close > 0.9995 or not tensor.any(), name


def test_numbers_that_are_not_finite_do_not_ship(tmp_path: Path, new_model: Callable[[], PairModel]) -> None:
    model = new_model()
    with torch.no_grad():
        model.layers[0].up.weight[0, 0] = float("nan")
    with pytest.raises(ModelError, match="not finite"):
        write_layers(model, tmp_path / "layers.int8.safetensors")


def test_fewer_layers_are_spread_and_keep_the_last() -> None:
    assert kept_layers(12) == tuple(range(12))
    assert kept_layers(6) == (1, 3, 5, 7, 9, 11)


def test_the_card_says_what_the_run_was(tmp_path: Path) -> None:
    settings = {"layers": 12, "joint": 4, "steps": 10, "data_sha256": "abc123"}
    (tmp_path / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    log = [
        "judged 0: x",
        "20 5 s loss 1.000 first 0.500",
        "100% of the way from the start, up to 100 questions a set:",
        "| | squad1 |",
        "weights",
    ]
    (tmp_path / "log.txt").write_text("\n".join(log), encoding="utf-8")
    write_card(tmp_path, 0.7, 1.25, "f" * 64, tmp_path / "MODEL_CARD.md")
    card = (tmp_path / "MODEL_CARD.md").read_text("utf-8")
    for expected in (
        "abc123",
        "f" * 64,
        "70%",
        "logit + 1.25 x",
        "CC BY-SA 4.0",
        "20 5 s loss",
        "| | squad1 |",
        "## Limits",
    ):
        assert expected in card
