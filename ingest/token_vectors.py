"""Token vectors of an index that has none yet: of an older version, or made while they were off.

Committed a few hundred passages at a time; an interrupted run goes on where it was. Questions are answered meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING

from chatbot.config import Config
from chatbot.reranking.codec import codec_named
from chatbot.reranking.kept import PassageReader
from chatbot.retrieval.embeddings import build_embedding, store_identity
from chatbot.store import open_store
from chatbot.store.records import embedded_text, hash_of

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

_SLICE = 256  # passages of one transaction

OnPassages = Callable[[int, int], None]  # (done, of)


def keep_token_vectors(
    config: Config, on_progress: OnPassages | None = None, embedding: BaseEmbedding | None = None
) -> int:
    """Read every passage that has no token vectors of the configured size; returns how many were read.

    Where the settings say ``off``, all token vectors are removed instead.

    Raises:
        StoreMissing: there is no index.
        StoreBusy: another process is writing.
    """
    reader = PassageReader(config, lambda: embedding or build_embedding(config), embedding)
    with closing(open_store(config, store_identity(config))) as store, store.writing() as writer:
        if not reader.wants_codes(""):
            writer.drop_token_vectors()
            return 0
        number = codec_named(config.reranker.token_vectors).number
        with store.reading() as view:
            total = view.chunk_count()
        done = last = 0
        while True:
            with store.reading() as view:
                chunks = view.without_token_vectors(number, last, _SLICE)
            if not chunks:
                return done
            last = chunks[-1].id
            texts = [embedded_text(chunk.text, chunk.heading, chunk.header) for chunk in chunks]
            texts = [text for text in texts if reader.wants_codes(text)]
            if texts:
                _, codes = reader.read(texts)
                writer.keep_token_vectors(
                    {hash_of(text): code for text, code in zip(texts, codes, strict=True) if code is not None}
                )
            done += len(texts)
            if on_progress is not None:
                on_progress(done, total)
