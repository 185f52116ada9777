"""One copy of the embedding model's weights, for as long as somebody uses them."""

from __future__ import annotations

import gc
import json
from pathlib import Path

import pytest

from chatbot.config import Config
from chatbot.models import folders
from chatbot.retrieval import embeddings
from chatbot.retrieval.embeddings import build_embedding, embed_query, known_dimension


def test_chatbots_that_differ_in_other_settings_share_the_weights() -> None:
    model = build_embedding(Config())
    assert build_embedding(Config().with_(retrieval={"k": 7})) is model
    other = Config().with_(embedding={"options": {"max_length": 64}})
    assert build_embedding(other) is not model


def test_the_dimension_is_known_from_the_files() -> None:
    config = Config()
    assert known_dimension(config) == len(embed_query(build_embedding(config), "x")) == 384


@pytest.mark.parametrize(
    ("file", "changes"),
    [
        ("modules.json", None),
        ("config.json", {"hidden_size": "384"}),
        ("1_Pooling/config.json", {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": True}),
    ],
)
def test_a_dimension_that_the_files_do_not_say_is_left_to_the_model(
    tmp_path: Path, file: str, changes: dict[str, object] | None
) -> None:
    real = folders.resolve(Config().embedding.model, Config().models_cache).path
    for entry in ("modules.json", "config.json", "1_Pooling/config.json", "tokenizer.json"):
        (tmp_path / entry).parent.mkdir(exist_ok=True)
        (tmp_path / entry).write_bytes((real / entry).read_bytes())
    config = Config().with_(embedding={"model": str(tmp_path)})
    assert known_dimension(config) == 384
    if changes is None:
        (tmp_path / file).unlink()
    else:
        (tmp_path / file).write_text(json.dumps(json.loads((tmp_path / file).read_text("utf-8")) | changes))
    assert known_dimension(config) is None


def test_weights_that_nobody_uses_go() -> None:
    config = Config().with_(embedding={"options": {"max_length": 48}})
    model = build_embedding(config)
    (key,) = [key for key, kept in embeddings._loaded.items() if kept is model]
    del model
    gc.collect()
    assert key not in embeddings._loaded
