"""The chatbot: condense -> retrieve -> rerank -> gate -> answer, with everything it saw kept.

Built once and shared by all sessions: it holds no conversation, history is an argument.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Generator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from chatbot import embeddings, models
from chatbot.answer import Answer, refusal
from chatbot.candidate import Candidate, Scores, Source
from chatbot.config import Config, load_config
from chatbot.errors import ChatbotError, ConfigError
from chatbot.gate import Calibration, load_calibration
from chatbot.llms import build_writer
from chatbot.rerankers import Reranker, build_reranker
from chatbot.retrieval import HybridRetriever, retrieve, to_scored_node
from chatbot.search import Gate, Search, SecondLook
from chatbot.sources import number_sources
from chatbot.store import Store
from chatbot.timings import Timings
from chatbot.writers import Evidence, Turn, Writer

if TYPE_CHECKING:
    from llama_index.core.base.base_query_engine import BaseQueryEngine
    from llama_index.core.base.embeddings.base import BaseEmbedding

logger = logging.getLogger(__name__)


def load_chatbot(config: Config | None = None) -> Chatbot:
    """The chatbot over the index that ``config`` names. Models load on first use, or in ``warm_up``; nothing is fetched.

    Raises:
        StoreMissing: nothing has been ingested yet.
        ModelMismatch: the index was built with another embedding model.
        ModelError: weights are not on this machine, or damaged.
    """
    config = config or load_config()
    return Chatbot(config, Store.open(config.store, embeddings.store_identity(config)))


class Chatbot:
    """Answers questions over one index. Safe to share between threads."""

    def __init__(self, config: Config, store: Store, embedding: BaseEmbedding | None = None) -> None:
        self.config = config
        self.store = store
        self._embedding = embedding
        self._reranker: Reranker | None = None
        self._loading = threading.Lock()

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Sequence[str] | str = (),
        *,
        k: int | None = None,
        top_n: int | None = None,
        rerank: bool | None = None,
        writer: Writer | None = None,
    ) -> Answer:
        """Find sources for ``question`` and start answering; returns before the answer is written.

        Args:
            question: in Korean or English; must not be blank.
            history: earlier turns, oldest first; used to understand a follow-up.
            filters: documents or folders to search, all if empty.
            k, top_n, rerank: as in the configuration unless given.
            writer: who writes; the configured backend unless given.

        Raises:
            ChatbotError: blank question, unknown filter, or a model that cannot be used.
        """
        timings = Timings()
        writer = writer or build_writer(self.config.llm)
        with timings.measure("condense"):
            query = writer.condense(question, history) if history else question
        search = self._search(question, query, filters, k, top_n, rerank, timings)
        with timings.measure("highlight"):
            sources = self._sources(search)
        return Answer(search, sources, writer.label, self._deltas(search, sources, history, writer))

    def search(
        self,
        question: str,
        filters: Sequence[str] | str = (),
        *,
        k: int | None = None,
        top_n: int | None = None,
        rerank: bool | None = None,
    ) -> Search:
        """The candidates for ``question`` and the verdicts on them, without an answer."""
        search = self._search(question, question, filters, k, top_n, rerank, Timings())
        search.timings.mark("total")
        return search

    def warm_up(self) -> None:
        """Load what the first question would have to wait for. Raises ``ModelError``."""
        embeddings.embed_query(self.embedding, "warm up")
        self.reranker.score("warm", ["up"])

    def as_retriever(self, k: int | None = None, filters: Sequence[str] | str = ()) -> HybridRetriever:
        """A LlamaIndex retriever: the k candidates in fused order."""
        return HybridRetriever(
            self.store, self.embedding, self.config.retrieval.k if k is None else k, _listed(filters)
        )

    def as_query_engine(
        self, filters: Sequence[str] | str = (), writer: Writer | None = None
    ) -> BaseQueryEngine:
        """A LlamaIndex query engine: ``response`` is the answer, ``source_nodes`` are its sources, reranked."""
        from chatbot.query_engine import ChatbotQueryEngine

        return ChatbotQueryEngine(self, _listed(filters), writer)

    @property
    def embedding(self) -> BaseEmbedding:
        """The configured bi-encoder, loaded on first use."""
        with self._loading:
            if self._embedding is None:
                self._embedding = embeddings.build_embedding(self.config)
            return self._embedding

    @property
    def reranker(self) -> Reranker:
        """The configured cross-encoder, loaded on first use; ``reranker.keeping(n)`` is a LlamaIndex postprocessor."""
        with self._loading:
            if self._reranker is None:
                self._reranker = build_reranker(self.config)
            return self._reranker

    @cached_property
    def calibrations(self) -> dict[bool, Calibration | None]:
        """What came with the reranker's weights, for scores with (True) and without (False) the second look."""
        folder = models.resolve(self.config.reranker.model, self.config.models_cache).path
        return {
            reranked: load_calibration(folder, self.config.embedding.model, reranked)
            for reranked in (True, False)
        }

    # the steps

    def _search(
        self,
        question: str,
        query: str,
        filters: Sequence[str] | str,
        k: int | None,
        top_n: int | None,
        rerank: bool | None,
        timings: Timings,
    ) -> Search:
        if not question.strip():
            raise ChatbotError("the question is empty; ask something")
        if not question.isascii() and any("\ud800" <= character <= "\udfff" for character in question):
            raise ChatbotError("the question is not valid text; type it again")
        settings = self.config.with_(retrieval={"k": k, "top_n": top_n}, reranker={"enabled": rerank})
        candidates = retrieve(
            self.store, self.embedding, query, settings.retrieval.k, _listed(filters), timings
        )
        with timings.measure("rerank"):
            candidates, second_look = self._rerank(query, candidates, settings.reranker.enabled)
        with timings.measure("gate"):
            candidates, gate = self._gate(candidates, second_look.applied)
        kept = 0 if gate.refused else settings.retrieval.top_n
        final = tuple(replace(c, rank=rank, kept=rank <= kept) for rank, c in enumerate(candidates, 1))
        return Search(question, query, final, second_look, gate, timings)

    def _rerank(
        self, query: str, candidates: list[Candidate], enabled: bool
    ) -> tuple[list[Candidate], SecondLook]:
        """Candidates in the reranker's order; in the retrieval order, with the reason, where there is none."""
        name = self.config.reranker.model
        if not enabled:
            return candidates, SecondLook(name, applied=False, reason="turned off")
        if not candidates:
            return candidates, SecondLook(name, applied=False, reason="nothing to rank")
        try:
            nodes = [to_scored_node(c, c.scores.fused) for c in candidates]
            ranked = self.reranker.keeping(len(nodes)).postprocess_nodes(nodes, query_str=query)
        except ConfigError:
            raise
        except (ChatbotError, RuntimeError, ValueError) as error:
            logger.warning("the reranker failed", exc_info=True)
            return candidates, SecondLook(name, applied=False, reason=f"failed: {error}")
        by_id = {str(c.chunk_id): c for c in candidates}
        return [
            replace(
                by_id[n.node_id], reranked_rank=rank, scores=replace(by_id[n.node_id].scores, rerank=n.score)
            )
            for rank, n in enumerate(ranked, 1)
        ], SecondLook(name, applied=True)

    def _gate(self, candidates: list[Candidate], reranked: bool) -> tuple[list[Candidate], Gate]:
        """Candidates with their probabilities, and whether the best of them is too low to answer from."""
        if not candidates:
            return candidates, Gate(refused=True, reason="no passage was found")
        calibration = self.calibrations[reranked]
        if calibration is None:
            return candidates, Gate(refused=False, reason="these models have no calibration")
        judged = [replace(c, scores=_with_probability(c.scores, calibration)) for c in candidates]
        best = max(c.scores.probability or 0.0 for c in judged)
        configured = self.config.answer.refuse_below
        threshold = calibration.threshold if configured is None else configured
        reason = "the best passage is too unlikely to hold the answer" if best < threshold else ""
        return judged, Gate(best < threshold, best, threshold, reason)

    def _sources(self, search: Search) -> tuple[Source, ...]:
        score = self.reranker.score if search.second_look.applied else None
        return number_sources(search.kept, search.query, score)

    def _deltas(
        self, search: Search, sources: tuple[Source, ...], history: Sequence[Turn], writer: Writer
    ) -> Generator[str, None, None]:
        if search.gate.refused:
            yield refusal(search.question)
        else:
            yield from writer.write(Evidence(search.query, sources, tuple(history)))


def _listed(filters: Sequence[str] | str) -> Sequence[str]:
    """One document may be given as it is."""
    return [filters] if isinstance(filters, str) else filters


def _with_probability(scores: Scores, calibration: Calibration) -> Scores:
    return replace(scores, probability=calibration.probability(scores.rerank or 0.0, scores.dense))
