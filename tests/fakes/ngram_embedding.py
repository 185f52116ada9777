"""A real, tiny, deterministic embedding model."""

from __future__ import annotations

import zlib

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr


class NgramEmbedding(BaseEmbedding):
    """Character trigrams hashed into 32 dimensions; similar texts have similar vectors. Counts what it is asked."""

    model_name: str = "ngram"
    embed_batch_size: int = 8
    _texts: list[str] = PrivateAttr(default_factory=list)
    _fails_at: str = PrivateAttr(default="")

    @property
    def texts(self) -> list[str]:
        """Every text embedded so far."""
        return self._texts

    def fail_at(self, text: str) -> None:
        """Raise for a batch with ``text`` in it; empty: never."""
        self._fails_at = text

    def vector(self, text: str) -> list[float]:
        vector = np.full(32, 1e-3)
        padded = f"  {text.lower()}  "
        for at in range(len(padded) - 2):
            vector[zlib.crc32(padded[at : at + 3].encode("utf-8", "replace")) % 32] += 1
        return [float(x) for x in vector / np.linalg.norm(vector)]

    def _get_text_embedding(self, text: str) -> list[float]:
        if self._fails_at and self._fails_at in text:
            raise RuntimeError("the model died")
        self._texts.append(text)
        return self.vector(text)

    def _get_query_embedding(self, query: str) -> list[float]:
        return self.vector(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self.vector(query)
