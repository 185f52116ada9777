"""Chunks -> vectors, and the codes of their token vectors; what the index has of a text is not read again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from chatbot.config import Config
from chatbot.errors import StoreError
from chatbot.retrieval.embeddings import build_embedding, embed_query, known_dimension
from chatbot.store import Store
from chatbot.store.records import Vectors
from ingest.pipeline.account import Account

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

    from chatbot.reranking.kept import Codes, PassageReader

_SLICE = 512  # chunks between two progress reports inside one large file


class ModelOnce:
    """The configured embedding model, loaded when it is first needed and kept for several runs."""

    def __init__(self, config: Config, loaded: BaseEmbedding | None = None) -> None:
        self._config = config
        self.loaded = loaded

    def __call__(self) -> BaseEmbedding:
        if self.loaded is None:
            self.loaded = build_embedding(self._config)
        return self.loaded

    def dimension(self) -> int:
        """How many numbers a vector has. A folder of which nothing can be read loads no model: 1.3 GB."""
        known = known_dimension(self._config) if self.loaded is None else None
        return known or len(embed_query(self(), "dimension"))


class Embedder:
    """Embeds the chunks of one run.

    Args:
        also_known: another index of the same model, whose embeddings are taken over.
        account: is told how many chunks are embedded.
    """

    def __init__(
        self, config: Config, model: ModelOnce, store: Store, also_known: Store | None, account: Account
    ) -> None:
        self._config = config
        self._model = model
        self._store = store
        self._also_known = also_known
        self._account = account

    def embed(self, texts: list[str], current: str) -> tuple[Vectors, list[Codes]]:
        """Vectors of ``texts``, and codes of their token vectors; only what the index does not have is read, and once.

        Args:
            current: the file that progress is told of.

        Raises:
            StoreError: the model gives vectors of another length than those of the index.
        """
        known = self._known(list(dict.fromkeys(texts)))
        new = [text for text, passage in known.items() if passage is None]
        self._account.report.reused += len(texts) - len(new)
        self._account.chunks += len(texts) - len(new)
        for start in range(0, len(new), _SLICE):
            part = new[start : start + _SLICE]
            known.update(zip(part, self._read_passages(part), strict=True))
            self._account.chunks += len(part)
            self._account.tell(current)
        vectors = np.empty((len(texts), self._store.dimension), np.float32)
        codes: list[Codes] = [None] * len(texts)
        for place, text in enumerate(texts):
            vectors[place], codes[place] = known[text]  # type: ignore[misc]  # all are known now
        return vectors, codes

    def _known(self, texts: list[str]) -> dict[str, tuple[Vectors, Codes] | None]:
        """What the index has of each text; nothing of one whose token vectors are wanted and not there."""
        known: dict[str, tuple[Vectors, Codes] | None] = dict.fromkeys(texts)
        for store in (self._store, self._also_known):
            missing = [text for text, passage in known.items() if passage is None]
            if store is None or not missing:
                continue
            with store.reading() as view:
                vectors, codes = view.known_embeddings(missing), view.known_token_vectors(missing)
            for text, vector, code in zip(missing, vectors, codes, strict=True):
                if vector is not None and (code is not None or not self._reader.wants_codes(text)):
                    known[text] = (vector, code)
        return known

    @cached_property
    def _reader(self) -> PassageReader:
        # two seconds, for which a run without news need not wait
        from chatbot.reranking.kept import PassageReader

        return PassageReader(self._config, self._model, self._model.loaded)

    def _read_passages(self, texts: Sequence[str]) -> list[tuple[Vectors, Codes]]:
        vectors, codes = self._reader.read(texts)
        if vectors.shape[1] != self._store.dimension:
            raise StoreError(
                "the embedding model gave vectors of {numbers} numbers, the index has {dimension}; nothing was stored; check embedding.model",
                numbers=vectors.shape[1],
                dimension=self._store.dimension,
            )
        return list(zip(vectors, codes, strict=True))
