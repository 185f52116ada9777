"""A model small enough to train in a test, with the real vocabulary's ids."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
import torch
from torch import nn

from chatbot.models.pair_model import PairConfig, PairModel
from training.encoders import Encoder, Side
from training.examples import Example, TrainingData
from training.mining import Mined, key


def make_model(joint_layers: int = 1) -> PairModel:
    """Random but always the same."""
    torch.manual_seed(0)
    config = PairConfig(
        vocab_size=300, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=64, joint_layers=joint_layers,
    )  # fmt: skip
    model = PairModel(config)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.dim() > 1 and not name.startswith("head"):
                nn.init.normal_(parameter, std=0.3)
    return model


class Letters:
    """An encoder without a tokenizer: one token per byte, between a start and an end."""

    def encode(self, model: PairModel, texts: Sequence[str], side: str) -> Side:
        rows = [[0, 0, 0, 0, *text.encode()[:40], 2] for text in texts]
        width = max(map(len, rows))
        ids = torch.tensor([row + [1] * (width - len(row)) for row in rows])
        return model.encode(ids, ids != 1), ids != 1


@pytest.fixture
def new_model() -> Callable[[], PairModel]:
    """Makes the same untrained model each time."""
    return make_model


@pytest.fixture
def letters() -> Encoder:
    return Letters()


@pytest.fixture
def data() -> TrainingData:
    """Twenty questions on twenty passages that repeat the question's words."""
    words = [f"{a}{b}" for a in "abcd" for b in "vwxyz"]
    corpus = {f"squad1_dev|{i}": f"{word} {word * 2}" for i, word in enumerate(words)}
    return TrainingData(
        corpus, [Example("squad1_dev", word, (f"squad1_dev|{i}",)) for i, word in enumerate(words)]
    )


@pytest.fixture
def mined(data: TrainingData) -> dict[str, Mined]:
    """Every other passage, in the corpus's order."""
    result = {}
    for example in data.examples:
        others = [p for p in data.corpus if p not in example.positives]
        result[key(example.source, example.query)] = Mined(
            others, {p: 1.0 if p in example.positives else 0.5 for p in data.corpus}
        )
    return result
