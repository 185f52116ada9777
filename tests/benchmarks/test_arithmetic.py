"""The ways that are timed compute the same network, and int8 by token leaves no trace of the neighbours."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from benchmarks.speed.arithmetic import by_batch, by_token, exact, plain, shipped
from chatbot.reranking.late_interaction import SCALES
from fakes.small_models import small_embedding

needs_bytes = pytest.mark.skipif(
    "fbgemm" not in torch.backends.quantized.supported_engines, reason="no products of bytes on this CPU"
)


@torch.inference_mode()
def test_the_encoder_written_out_is_the_one_that_ships(tmp_path: Path) -> None:
    model = small_embedding(tmp_path).eval()
    read = model[0].preprocess(
        ["query: 재정렬이 뭐야?", "passage: a longer one, so that the other is padded"]
    )
    network = model[0].model
    ours, theirs = (
        way(read["input_ids"], read["attention_mask"]) for way in (plain(network, exact), shipped(network))
    )
    own = read["attention_mask"].bool()
    for layer in SCALES:
        assert torch.allclose(ours[layer][own], theirs[layer][own], atol=1e-4)


@needs_bytes
@torch.inference_mode()
def test_a_range_for_each_token_is_near_float32_and_takes_no_notice_of_others() -> None:
    generator = torch.Generator().manual_seed(1)
    layer = nn.Linear(384, 96)
    tokens = torch.randn(8, 384, generator=generator)
    far = torch.cat([tokens, 1000 * torch.randn(1, 384, generator=generator)])
    alone, together = by_token(layer)(tokens), by_token(layer)(far)[:8]
    assert torch.cosine_similarity(alone, layer(tokens), dim=-1).min() > 0.999
    assert torch.cosine_similarity(together, layer(tokens), dim=-1).min() > 0.999
    assert torch.cosine_similarity(by_batch(layer)(far)[:8], layer(tokens), dim=-1).max() < 0.99


@needs_bytes
@torch.inference_mode()
def test_a_token_of_zeros_stays_a_number() -> None:
    layer = nn.Linear(32, 8)
    assert torch.equal(by_token(layer)(torch.zeros(1, 32)), layer.bias[None])
