"""The weights that training starts from: the bi-encoder's, under the pair model's names."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from torch import Tensor
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from chatbot.config import Config
from chatbot.models import folders
from chatbot.models.pair_model import PairConfig, PairModel

LAYERS = 12  # of the bi-encoder
EARLY_LAYER = 8  # 4, 6 and 10 lift less (NOTES.md, H9)
BASE = "package:multilingual-e5-small"
_PLAIN = {
    "attention.output.dense": "attention_output", "attention.output.LayerNorm": "attention_norm",
    "intermediate.dense": "up", "output.dense": "down", "output.LayerNorm": "output_norm",
}  # fmt: skip


def base_folder() -> Path:
    """The unpacked bi-encoder."""
    return folders.resolve(BASE, Config().models_cache).path


def base_tokenizer() -> PreTrainedTokenizerBase:
    """Its tokenizer, which writes ``<s> text </s>``; the prefixes are up to the caller."""
    tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(base_folder())
    return tokenizer


def starting_model(
    joint_layers: int, keep_layers: tuple[int, ...] | None = None, early_layer: int = 0
) -> PairModel:
    """The untrained pair model, float32: it scores as MaxSim of the bi-encoder.

    Args:
        joint_layers: upper layers with attention between the sides.
        early_layer: lower layer whose MaxSim is added; 0 for none.
        keep_layers: which of the bi-encoder's layers to take, for a smaller model; all by default.
    """
    from safetensors.torch import load_file

    folder = base_folder()
    bert = json.loads((folder / "config.json").read_text("utf-8"))
    kept = keep_layers if keep_layers is not None else tuple(range(bert["num_hidden_layers"]))
    names = ("vocab_size", "hidden_size", "num_attention_heads", "intermediate_size", "layer_norm_eps",
             "max_position_embeddings", "pad_token_id")  # fmt: skip
    config = PairConfig(
        **{name: bert[name] for name in names},
        num_hidden_layers=len(kept),
        joint_layers=joint_layers,
        early_layer=early_layer,
    )
    model = PairModel(config)
    model.load_state_dict(_pair_tensors(load_file(folder / "model.safetensors"), kept), strict=False)
    return model


def _pair_tensors(stored: dict[str, Tensor], kept: tuple[int, ...]) -> dict[str, Tensor]:
    types = stored["embeddings.token_type_embeddings.weight"][0]
    tensors = {
        "word_embeddings.weight": stored["embeddings.word_embeddings.weight"],
        "position_embeddings.weight": stored["embeddings.position_embeddings.weight"] + types,
        "embedding_norm.weight": stored["embeddings.LayerNorm.weight"],
        "embedding_norm.bias": stored["embeddings.LayerNorm.bias"],
    }
    for new, old in enumerate(kept):
        for kind in ("weight", "bias"):
            source = f"encoder.layer.{old}."
            for theirs, ours in _PLAIN.items():
                tensors[f"layers.{new}.{ours}.{kind}"] = stored[f"{source}{theirs}.{kind}"]
            tensors[f"layers.{new}.query_key_value.{kind}"] = torch.cat(
                [stored[f"{source}attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
            )
    return tensors


def kept_layers(count: int) -> tuple[int, ...]:
    """Which of the bi-encoder's layers a model of ``count`` takes: evenly spread, the last among them."""
    return tuple(round((i + 1) * LAYERS / count) - 1 for i in range(count))
