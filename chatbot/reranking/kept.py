"""What is kept of a passage at ingest, so that the second look reads nothing but the question.

The token vectors of a passage come out of the pass that embeds it, where the embedding model is the one that late
interaction compares with. For another embedding model they take a pass of their own, through multilingual-e5-small.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from chatbot.config import Config
from chatbot.models.batching import in_batches
from chatbot.models.folders import E5_SMALL
from chatbot.reranking.network import in_memory, is_late_interaction, loaded_alone, reads_alike
from chatbot.reranking.reranker import LONGEST_TEXT
from chatbot.retrieval.embeddings import embed_texts

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from sentence_transformers import SentenceTransformer
    from torch import Tensor

Vectors = NDArray[np.float32]
Codes = bytes | None  # ``None``: the second look reads this passage when it is a candidate

_BATCH = 16  # texts, of a pass of its own


class PassageReader:
    """Texts -> embeddings, and the codes of their token vectors where the settings want these."""

    def __init__(
        self, config: Config, load: Callable[[], BaseEmbedding], given: BaseEmbedding | None = None
    ) -> None:
        """Nothing is loaded before something is read.

        Args:
            load: gives the embedding model.
            given: what ``load`` will give, where that is known already.
        """
        self._config, self._load = config, load
        self._keeps = is_late_interaction(config) and config.reranker.token_vectors != "off"
        if self._keeps and given is not None and config.embedding.model == E5_SMALL:
            # a stand-in under the name of the model: no second network is loaded beside it
            self._keeps = in_memory(given, config) is not None

    def wants_codes(self, text: str) -> bool:
        """Whether ``read`` gives codes of this text: not of one that the second look reads in pieces."""
        return self._keeps and len(text) <= LONGEST_TEXT

    def read(self, texts: Sequence[str]) -> tuple[Vectors, list[Codes]]:
        """Embeddings, (len(texts), dimension), rows of length 1, and the codes of each text."""
        embedding = self._load()
        if not self._keeps:
            return embed_texts(embedding, texts), [None] * len(texts)
        if not reads_alike(embedding, self._config):
            return embed_texts(embedding, texts), self._in_a_pass_of_its_own(embedding, texts)
        shared: Any = embedding
        read = shared.read_passages(texts, self._embedded_and_coded)
        vectors = [vector for vector, _ in read]
        return np.stack(vectors), [
            codes if self.wants_codes(text) else None for text, (_, codes) in zip(texts, read, strict=True)
        ]

    def _embedded_and_coded(
        self, model: SentenceTransformer, texts: list[str]
    ) -> list[tuple[Vectors, Codes]]:
        from chatbot.reranking.late_interaction import embed_and_read

        read = embed_and_read(model, texts)
        return [(vector.numpy(), self._encode(tokens)) for vector, tokens in read]

    def _in_a_pass_of_its_own(self, embedding: BaseEmbedding, texts: Sequence[str]) -> list[Codes]:
        from chatbot.reranking.late_interaction import PASSAGE, token_vectors

        model = in_memory(embedding, self._config) or self._alone
        wanted = [text for text in texts if self.wants_codes(text)]
        read = in_batches(
            [PASSAGE + text for text in wanted],
            _BATCH,
            lambda batch: [self._encode(tokens) for tokens in token_vectors(model, batch)],
        )
        codes = dict(zip(wanted, read, strict=True))
        return [codes.get(text) for text in texts]

    @cached_property
    def _alone(self) -> SentenceTransformer:
        return loaded_alone(self._config)

    def _encode(self, tokens: Tensor) -> bytes:
        from chatbot.reranking.codec import codec_named

        return codec_named(self._config.reranker.token_vectors).encode(tokens)
