"""``data.vector_of`` as a LlamaIndex embedding.

A module of its own: its imports take 60 MB and seconds, which would count as ours when an index is only opened.
"""

from __future__ import annotations

from llama_index.core.base.embeddings.base import BaseEmbedding

from benchmarks.storage.data import vector_of


class HashedEmbedding(BaseEmbedding):
    """The same vector for the same text, from its hash."""

    model_name: str = "hashed"
    embed_batch_size: int = 512

    def _get_text_embedding(self, text: str) -> list[float]:
        return [float(value) for value in vector_of(text)]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)
