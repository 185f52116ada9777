"""Networks with random weights and the real tokenizer: small, and sensitive to every token."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer
from transformers import BertConfig, BertForSequenceClassification, BertModel, PreTrainedModel

from chatbot.config import Config
from chatbot.models import folders


def write_cross_encoder(folder: Path) -> None:
    """Two layers and one logit."""
    _write(BertForSequenceClassification(_config(2, num_labels=1)), folder, 0.3)


def small_embedding(folder: Path) -> SentenceTransformer:
    """Twelve layers, as multilingual-e5-small has, 16 wide; written to ``folder`` and loaded from it."""
    _write(BertModel(_config(12)), folder, 0.1)  # with more, twelve layers make all tokens alike
    e5 = folders.resolve(folders.E5_SMALL, Config().models_cache).path
    for name in ("modules.json", "sentence_bert_config.json"):
        shutil.copyfile(e5 / name, folder / name)
    (folder / "1_Pooling").mkdir()
    (folder / "2_Normalize").mkdir()
    pooling = {"word_embedding_dimension": 16, "pooling_mode_mean_tokens": True}
    (folder / "1_Pooling/config.json").write_text(json.dumps(pooling), "utf-8")
    return SentenceTransformer(str(folder), device="cpu")


def _config(layers: int, **settings: int) -> BertConfig:
    return BertConfig(
        vocab_size=250037, hidden_size=16, num_hidden_layers=layers, num_attention_heads=2,
        intermediate_size=32, pad_token_id=1, **settings,
    )  # fmt: skip


def _write(model: PreTrainedModel, folder: Path, spread: float) -> None:
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.normal_(std=spread, generator=generator)
    model.eval().save_pretrained(folder)
    e5 = folders.resolve(folders.E5_SMALL, Config().models_cache).path
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(e5 / name, folder / name)
