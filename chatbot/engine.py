"""The chatbot: recognise the request, then condense -> retrieve -> rerank -> gate -> cite -> answer, all of it kept.

Built once and shared by all sessions: it holds no conversation, history is an argument.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from chatbot.answering.answer import (
    Answer,
    Answered,
    Written,
    frozen_search,
    kept_count,
    retrieved,
    start_answer,
)
from chatbot.answering.direct import DirectAnswers
from chatbot.answering.followups import queries
from chatbot.answering.gate import Calibration, judge, load_calibration
from chatbot.answering.requests import as_chosen, recognise, without_opener
from chatbot.answering.tables.table_question import TableQuestions
from chatbot.answering.whole_document import Asked, answer_whole_again
from chatbot.answering.writer import Writer
from chatbot.citations.check import CheckCalibration, ClaimCheck, check_claims, load_check_calibration
from chatbot.citations.sources import cite
from chatbot.config import Config, load_config
from chatbot.errors import ChatbotError
from chatbot.llms import build_writer
from chatbot.models import folders
from chatbot.reranking import Reranker, build_reranker, score_stretches, take_second_look
from chatbot.retrieval import embeddings
from chatbot.retrieval.retrieve import HybridRetriever, retrieve
from chatbot.store import DocumentRow, Store
from chatbot.trace import LOOK_UP, Candidate, Request, Search, Stretch, Timings, Turn

if TYPE_CHECKING:
    from llama_index.core.base.base_query_engine import BaseQueryEngine
    from llama_index.core.base.embeddings.base import BaseEmbedding


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
        self._direct = DirectAnswers(store, self.search, self._documents_found)
        self._tables = TableQuestions(store, self._direct.tables)
        self._loading = threading.RLock()  # the reranker may load the embedding

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Sequence[str] | str = (),
        *,
        k: int | None = None,
        top_n: int | None = None,
        rerank: bool | None = None,
        budget_ms: float | None = None,
        writer: Writer | None = None,
        request: Request | None = None,
    ) -> Answer:
        """Find sources for ``question`` and start answering; returns before the answer is written.

        Args:
            question: in Korean or English; must not be blank.
            history: earlier turns, oldest first; used to understand a follow-up.
            filters: documents or folders to search, all if empty.
            k, top_n, rerank, budget_ms: as in the configuration unless given.
            writer: who writes; the configured backend unless given.
            request: what is asked for, where a person says so; recognised from the question unless given.

        Raises:
            ChatbotError: blank question, unknown filter, or a model that cannot be used.
        """
        timings, settings = Timings(), self._settings(k, top_n, rerank, budget_ms)
        question = _checked(question)
        request = request or self.request_of(question, history, filters)
        writer = writer or build_writer(self.config.llm)
        asked = Asked(question, request, tuple(history), timings)
        if answer := self._direct.answer(asked, _listed(filters), writer):
            return answer
        if request.kind == "table":
            request = LOOK_UP  # no table explains it
        for query in queries(writer, without_opener(question), history, timings):
            found = retrieve(
                self.store, self.embedding, query, settings.retrieval.k, _listed(filters), timings
            )
            search = self._judged(question, query, found, settings, timings, request)
            if search.gate.verdict == "strong":
                break
        return self._tables.answer(
            asked,
            search,
            writer,
            lambda by: start_answer(search, cite(search, self.score_stretches), history, by),
        )

    def request_of(
        self, question: str, history: Sequence[Turn] = (), filters: Sequence[str] | str = ()
    ) -> Request:
        """What ``question`` asks for. Raises ``StoreError`` where a filter matches no document."""
        return recognise(question, lambda: self._documents(filters), history)

    def request_as(
        self, chosen: str, question: str, history: Sequence[Turn] = (), filters: Sequence[str] | str = ()
    ) -> Request:
        """``question`` as a person says that it is meant; ``chosen`` is one of ``CHOICES``. Raises as ``request_of``."""
        return as_chosen(chosen, question, lambda: self._documents(filters), history)

    def suggestions(self, language: Literal["ko", "en"]) -> tuple[str, ...]:
        """Up to three questions in ``language`` that were found to be answered; see ``DirectAnswers.suggestions``."""
        return self._direct.suggestions(language)

    def _documents(self, filters: Sequence[str] | str) -> list[DocumentRow]:
        with self.store.reading() as view:
            return view.documents(_listed(filters))

    def answer_again(self, answered: Answered, writer: Writer | None = None) -> Answer:
        """The same question on the same frozen sources, written by ``writer``; no search, no model but that one.

        Args:
            answered: an ``Answer``, or a stored record of one.
            writer: the configured backend unless given.

        Raises:
            ChatbotError: the configured backend cannot be used.
        """
        if answered.request.kind in ("talk", "library", "table"):
            return self.ask(answered.question, answered.history, writer=writer, request=answered.request)
        writer = writer or build_writer(self.config.llm)
        if answered.request.kind == "whole_document":
            return answer_whole_again(answered, writer)
        return start_answer(frozen_search(answered), tuple(answered.sources), answered.history, writer)

    def without_second_look(
        self, answered: Answered, writer: Writer | None = None, *, top_n: int | None = None
    ) -> Answer:
        """The same candidates in the order that retrieval left them, judged without the reranker.

        Nothing is embedded or searched again, and nobody writes before the result is iterated.

        Args:
            answered: an ``Answer``, or a stored record of one.
            writer: who writes; the configured backend unless given.
            top_n: as many sources as before unless given; the configured number after a refusal.

        Raises:
            ChatbotError: the configured backend cannot be used.
        """
        return self._answered_in_order(answered, writer, top_n, rerank=False)

    def with_second_look(
        self, answered: Answered, writer: Writer | None = None, *, top_n: int | None = None
    ) -> Answer:
        """The same candidates, reranked and judged by that; otherwise as ``without_second_look``."""
        return self._answered_in_order(answered, writer, top_n, rerank=True)

    def check(self, answered: Written) -> tuple[ClaimCheck, ...]:
        """Each cited sentence of the answer's text checked against its sources by the reranker.

        Takes up to a few hundred milliseconds a sentence: call it after the text is complete, in a thread of
        its own. Empty for a refusal, for an outline, whose lines claim nothing, for a text without citations, and where ``can_check`` is false.

        Raises:
            ModelError: the reranker cannot be used.
        """
        unchecked = answered.request.kind == "table" or answered.request.topic == "outline"
        if answered.gate.refused or unchecked or self._check_calibration is None:
            return ()  # what was computed stands in no sentence, and headings claim nothing
        return check_claims(
            answered.received,
            answered.sources,
            answered.candidates,
            self._check_calibration,
            self.reranker.score,
        )

    @property
    def can_check(self) -> bool:
        """Whether thresholds for ``check`` were measured for this reranker. Raises ``ModelError``."""
        return self._check_calibration is not None

    def search(
        self,
        question: str,
        filters: Sequence[str] | str = (),
        *,
        k: int | None = None,
        top_n: int | None = None,
        rerank: bool | None = None,
        budget_ms: float | None = None,
    ) -> Search:
        """The candidates for ``question`` and the verdicts on them, without an answer."""
        timings, settings = Timings(), self._settings(k, top_n, rerank, budget_ms)
        query = _checked(question)
        found = retrieve(self.store, self.embedding, query, settings.retrieval.k, _listed(filters), timings)
        search = self._judged(question, query, found, settings, timings)
        timings.mark("total")
        return search

    def score_stretches(self, question: str, stretches: Sequence[Stretch]) -> list[float]:
        """The reranker's logit for each of these sentences, from their passages' token vectors where they are kept."""
        return score_stretches(self.reranker, question, stretches, self._kept_of_texts)

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
        from chatbot.answering.query_engine import ChatbotQueryEngine

        return ChatbotQueryEngine(lambda question: self.ask(question, filters=filters, writer=writer))

    @property
    def embedding(self) -> BaseEmbedding:
        """The configured bi-encoder, loaded on first use."""
        with self._loading:
            if self._embedding is None:
                self._embedding = embeddings.build_embedding(self.config)
            return self._embedding

    @property
    def reranker(self) -> Reranker:
        """The configured reranker, loaded on first use; ``reranker.keeping(n)`` is a LlamaIndex postprocessor."""
        with self._loading:
            if self._reranker is None:
                self._reranker = build_reranker(self.config, lambda: self.embedding)
            return self._reranker

    @cached_property
    def calibration(self) -> Calibration | None:
        """What came with the reranker's weights: scores -> probabilities."""
        folder = folders.resolve(self.config.reranker.model, self.config.models_cache).path
        return load_calibration(folder, self.config.embedding.model)

    @cached_property
    def _check_calibration(self) -> CheckCalibration | None:
        """What was measured for the reranker's verdicts on citations."""
        return load_check_calibration(folders.resolve(self.config.reranker.model, self.config.models_cache))

    # the steps

    def _settings(
        self, k: int | None, top_n: int | None, rerank: bool | None, budget_ms: float | None
    ) -> Config:
        """The configuration, with what is given for one question."""
        return self.config.with_(
            retrieval={"k": k, "top_n": top_n}, reranker={"enabled": rerank, "budget_ms": budget_ms}
        )

    def _answered_in_order(
        self, answered: Answered, writer: Writer | None, top_n: int | None, *, rerank: bool
    ) -> Answer:
        """The steps after retrieval once more, on what it found; where nothing was ranked, the same answer again."""
        if answered.second_look.outcome == "unneeded":
            return self.answer_again(answered, writer)
        writer = writer or build_writer(self.config.llm)
        top_n = top_n or kept_count(answered) or self.config.retrieval.top_n
        settings = self._settings(None, top_n, rerank, None)
        search = self._judged(answered.question, answered.query, retrieved(answered), settings, Timings())
        return start_answer(search, cite(search, self.score_stretches), answered.history, writer)

    def _judged(
        self,
        question: str,
        query: str,
        found: list[Candidate],
        settings: Config,
        timings: Timings,
        request: Request = LOOK_UP,
    ) -> Search:
        """Second look and gate over what was found, in fused order."""
        ranked, look = take_second_look(
            query, found, lambda: self.reranker, settings.reranker, timings, self._kept
        )
        judged, gate = judge(query, ranked, lambda: self.calibration, settings.answer.refuse_below, timings)
        return Search.of(question, query, judged, look, gate, timings, settings.retrieval.top_n, request)

    def _documents_found(self, question: str, filters: Sequence[str], timings: Timings) -> list[str]:
        """The documents of the candidates for ``question``, the best first."""
        k = self.config.retrieval.k
        found = retrieve(self.store, self.embedding, question, k, filters, timings)
        return list(dict.fromkeys(candidate.document for candidate in found))

    def _kept(self, chunks: Sequence[int]) -> dict[int, bytes]:
        """The token vectors of the chunks that are still there, as they were kept at ingest."""
        with self.store.reading() as view:
            return view.token_vectors(chunks)

    def _kept_of_texts(self, texts: Sequence[str]) -> list[bytes | None]:
        with self.store.reading() as view:
            return view.known_token_vectors(texts)


def _checked(question: str) -> str:
    """``question`` if it can be asked."""
    if not question.strip():
        raise ChatbotError("the question is empty; ask something")
    if not question.isascii() and any("\ud800" <= character <= "\udfff" for character in question):
        raise ChatbotError("the question is not valid text; type it again")
    return question


def _listed(filters: Sequence[str] | str) -> Sequence[str]:
    """One document may be given as it is."""
    return [filters] if isinstance(filters, str) else filters
