"""The two ways to score sentences, side by side: from what ingest keeps of their passages, and each read alone."""

from __future__ import annotations

from collections.abc import Sequence

from chatbot.citations.sources import Scorer
from chatbot.config import Config
from chatbot.reranking import build_reranker, score_stretches
from chatbot.reranking.kept import PassageReader
from chatbot.retrieval.embeddings import build_embedding


def scorers(config: Config) -> tuple[Scorer, Scorer]:
    """The scorer over kept token vectors, as for passages that are in an index, and the one without any."""
    embedding = build_embedding(config)
    reranker = build_reranker(config, lambda: embedding)
    reader = PassageReader(config, lambda: embedding, embedding)
    known: dict[str, bytes | None] = {}

    def kept(texts: Sequence[str]) -> list[bytes | None]:
        for text in texts:
            if text not in known:
                (known[text],) = reader.read([text])[1]
        return [known[text] for text in texts]

    return (
        lambda question, stretches: score_stretches(reranker, question, stretches, kept),
        lambda question, stretches: score_stretches(reranker, question, stretches, lambda t: [None] * len(t)),
    )
