"""What LlamaIndex gets as the client of a vector store."""

from __future__ import annotations

from typing import Any

from chatbot.store import Store
from chatbot.store.vector_store import StoreVectorStore


def test_the_client_is_the_current_base(store: Store, tools: Any) -> None:
    vector_store = StoreVectorStore(store)
    assert vector_store.client.ntotal == 0
    tools.put(store, "a", "1", "2")
    vector_store.persist()
    assert vector_store.client.ntotal == 2
