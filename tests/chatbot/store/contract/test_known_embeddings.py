from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chatbot.store import Store
from chatbot.store.records import hash_of


def _hashed(tools: Any, uri: str, *texts: str) -> Any:
    document, chunks, vectors = tools.document(uri, texts)
    return document, [replace(chunk, text_hash=hash_of(chunk.text)) for chunk in chunks], vectors


def test_a_text_that_is_or_was_stored_need_not_be_embedded_again(store: Store, tools: Any) -> None:
    with store.writing() as writer:
        writer.replace(*_hashed(tools, "a", "alpha", "beta"))
        writer.replace(*_hashed(tools, "a", "beta", "gamma"))
        writer.replace(*tools.document("b", ["unknown origin"]))
    texts = ["beta", "alpha", "beta", "delta", "unknown origin"]
    with store.reading() as view:
        known = view.known_embeddings(texts)
    assert [vector is not None for vector in known] == [True, True, True, False, False]
    for text, vector in zip(texts, known, strict=True):
        if vector is not None:
            assert vector == pytest.approx(tools.vector_of(text))
