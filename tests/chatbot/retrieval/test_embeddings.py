"""One copy of the embedding model's weights, for as long as somebody uses them."""

from __future__ import annotations

import gc

from chatbot.config import Config
from chatbot.retrieval import embeddings
from chatbot.retrieval.embeddings import build_embedding


def test_chatbots_that_differ_in_other_settings_share_the_weights() -> None:
    model = build_embedding(Config())
    assert build_embedding(Config().with_(retrieval={"k": 7})) is model
    other = Config().with_(embedding={"options": {"max_length": 64}})
    assert build_embedding(other) is not model


def test_weights_that_nobody_uses_go() -> None:
    config = Config().with_(embedding={"options": {"max_length": 48}})
    model = build_embedding(config)
    (key,) = [key for key, kept in embeddings._loaded.items() if kept is model]
    del model
    gc.collect()
    assert key not in embeddings._loaded
