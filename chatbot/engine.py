"""The chatbot: recognise the request, then condense -> retrieve -> rerank -> gate -> cite -> answer, all of it kept.

Built once and shared by all sessions: it holds no conversation, history is an argument.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, cached_property, partial
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
from chatbot.answering.followups import condense, own_words, queries
from chatbot.answering.gate import Calibration, judge, load_calibration
from chatbot.answering.gathering import DEEP, found_again, gather, gather_again, queries_of
from chatbot.answering.requests import as_chosen, recognise, without_opener
from chatbot.answering.small_tasks.asked_for import asked_for
from chatbot.answering.small_tasks.both_languages import found_in_both
from chatbot.answering.small_tasks.ordering import order_by
from chatbot.answering.suggesting.suggestions import answered_next, next_questions, questions_about
from chatbot.answering.tables.table_question import TableQuestions
from chatbot.answering.whole_document import Asked, answer_whole_again
from chatbot.answering.whole_document.guide import Guide, guide_of
from chatbot.answering.writer import Writer
from chatbot.citations.check import CheckCalibration, ClaimCheck, check_claims, load_check_calibration
from chatbot.citations.sources import cite
from chatbot.config import LISTWISE, Config, ListwiseOptions, load_config, read_options
from chatbot.errors import ChatbotError
from chatbot.llms import build_writer
from chatbot.models import folders
from chatbot.reranking import (
    Listwise,
    Reranker,
    build_reranker,
    score_stretches,
    take_second_look,
)
from chatbot.retrieval import embeddings
from chatbot.retrieval.retrieve import Find, HybridRetriever, retrieve
from chatbot.store import DocumentName, Store, open_store
from chatbot.telemetry.seat import watched
from chatbot.text.asking import LONGEST_QUESTION
from chatbot.trace import IN_PARTS, LOOK_UP, Candidate, Request, Search, Stretch, Timings, Turn

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
    return Chatbot(config, open_store(config, embeddings.store_identity(config)))


class Chatbot:
    """Answers questions over one index. Safe to share between threads."""

    def __init__(self, config: Config, store: Store, embedding: BaseEmbedding | None = None) -> None:
        self.config = config
        self.store = store
        self._embedding = embedding
        self._reranker: Reranker | None = None
        self._direct = DirectAnswers(store, self._quietly_searched)
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
        writer: Writer | Callable[[], Writer] | None = None,
        request: Request | None = None,
    ) -> Answer:
        """Find sources for ``question`` and start answering; returns before the answer is written.

        Args:
            question: in Korean or English; not blank, at most ``LONGEST_QUESTION`` characters.
            history: earlier turns, oldest first; used to understand a follow-up.
            filters: documents or folders to search, all if empty.
            k, top_n, rerank, budget_ms: as in the configuration unless given.
            writer: who writes, or what gives it once somebody has to; the configured backend unless given.
            request: what is asked for, where a person says so; recognised from the question unless given.

        Raises:
            ChatbotError: blank or too long question, unknown filter, or a model that cannot be used.
        """
        timings, settings = Timings(watched("ask")), self._settings(k, top_n, rerank, budget_ms)
        with timings.under_way():
            question, by, only = _checked(question), self._lazily(writer), _listed(filters)
            unclear = ""
            if request is None:
                request, unclear = self._recognised(question, history, only, by, timings)
            asked = Asked(question, request, tuple(history), timings)

            @cache  # a table that does not explain the question has found the candidates of the look-up
            def find(query: str, k: int = settings.retrieval.k) -> list[Candidate]:
                return retrieve(self.store, self.embedding, query, k, only, timings)

            if answer := self._direct.answer(asked, only, by, find):
                return answer
            if request.kind in IN_PARTS and request.parts:
                return self._answered_in_parts(asked, settings, find, by)
            return self._looked_up(asked, settings, find, only, by, unclear)

    def request_of(
        self, question: str, history: Sequence[Turn] = (), filters: Sequence[str] | str = ()
    ) -> Request:
        """What ``question`` asks for. Raises ``StoreError`` where a filter matches no document."""
        return recognise(question, lambda: self._names(filters), history)

    def request_as(
        self, chosen: str, question: str, history: Sequence[Turn] = (), filters: Sequence[str] | str = ()
    ) -> Request:
        """``question`` as a person says that it is meant; ``chosen`` is one of ``CHOICES``. Raises as ``request_of``."""
        return as_chosen(chosen, question, lambda: self._names(filters), history)

    def suggestions(self, language: Literal["ko", "en"]) -> tuple[str, ...]:
        """Up to three questions in ``language`` that were found to be answered; see ``DirectAnswers.suggestions``."""
        return self._direct.suggestions(language)

    def next_questions(
        self, answered: Written, filters: Sequence[str] | str = (), *, seconds: float = 3.0
    ) -> tuple[str, ...]:
        """Up to three questions about what stands near the cited passages, found to be answered too.

        They are asked silently, and none is begun later than ``seconds``: call it after the text is complete, in a thread
        of its own. Empty for a refusal, and for what was not looked up.

        Raises:
            ChatbotError: a model cannot be used.
        """
        if answered.gate.refused or answered.second_look.outcome == "unneeded":
            return ()
        with self.store.reading() as view:
            possible = list(next_questions(view, answered))
        return answered_next(possible, lambda question: self._unwatched(question, filters), seconds)

    def guide(self, document: str) -> Guide:
        """The document ``document`` in short; without lines where it is not there or holds no text. Takes up to 0.3 s."""
        with self.store.reading() as view:
            row = view.document(document)
            return guide_of(view, row) if row is not None else Guide()

    def document_questions(self, document: str, *, seconds: float = 6.0) -> tuple[str, ...]:
        """Up to three questions that ``document`` alone was found to answer; as ``next_questions``.

        Raises:
            ChatbotError: a model cannot be used.
        """
        with self.store.reading() as view:
            possible = questions_about(view, document)
        return answered_next(possible, lambda question: self._unwatched(question, (document,)), seconds)

    def _names(self, filters: Sequence[str] | str) -> list[DocumentName]:
        with self.store.reading() as view:
            return view.document_names(_listed(filters))

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
        if answered.gathered is not None:
            return gather_again(answered, self._lazily(writer)).watched_by(watched("again"))
        writer = writer or build_writer(self.config.llm)
        if answered.request.kind == "whole_document":
            return answer_whole_again(answered, writer).watched_by(watched("again"))
        again = start_answer(frozen_search(answered), tuple(answered.sources), answered.history, writer)
        return again.watched_by(watched("again"))

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
        gathered = answered.gathered
        if gathered is not None and answered.request.kind == "compare":
            unchecked = unchecked or answered.received.strip() == gathered.quoted.strip()  # cells are quotes
        is_empty = answered.gate.refused or answered.declined or unchecked
        if is_empty or self._check_calibration is None:
            return ()  # what was computed stands in no sentence, and headings claim nothing
        timings = answered.timings if isinstance(answered, Answer) else Timings()
        with timings.seen("check"):
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
        """The candidates for ``question`` and the verdicts on them, without an answer. Arguments as in ``ask``.

        Raises:
            ChatbotError: blank or too long question, unknown filter, or a model that cannot be used.
        """
        timings, settings = Timings(watched("search")), self._settings(k, top_n, rerank, budget_ms)
        search = self._searched(question, _listed(filters), settings, timings)
        if timings.watcher is not None:
            timings.watcher.found(search)
            timings.watcher.ended("complete", {})
        return search

    def score_stretches(self, question: str, stretches: Sequence[Stretch]) -> list[float]:
        """The reranker's logit for each of these sentences, from their passages' token vectors where they are kept."""
        return score_stretches(self.reranker, question, stretches, self._kept_of_texts)

    def warm_up(self) -> None:
        """Load what the first question would have to wait for. Raises ``ModelError``."""
        embeddings.embed_query(self.embedding, "warm up")
        if not self.is_ordered_by_model:
            self.reranker.score("warm", ["up"])

    def as_retriever(self, k: int | None = None, filters: Sequence[str] | str = ()) -> HybridRetriever:
        """A LlamaIndex retriever: the k candidates in fused order, which is its score. Raises as ``search`` once it is asked."""
        return HybridRetriever(
            self.store, self.embedding, self.config.retrieval.k if k is None else k, _listed(filters)
        )

    def as_query_engine(
        self, filters: Sequence[str] | str = (), writer: Writer | None = None
    ) -> BaseQueryEngine:
        """A LlamaIndex query engine: ``response`` is the answer, ``source_nodes`` are its sources, reranked."""
        from chatbot.answering.llama_index import ChatbotQueryEngine

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

    @property
    def is_ordered_by_model(self) -> bool:
        """Whether the language model that answers takes the second look, and sees what was found for that."""
        return self.config.reranker.backend == LISTWISE

    @cached_property
    def calibration(self) -> Calibration | None:
        """What came with the reranker's weights: scores -> probabilities; ``None`` for a language model, which has none."""
        if self.is_ordered_by_model:
            return None
        folder = folders.resolve(self.config.reranker.model, self.config.models_cache).path
        return load_calibration(folder, self.config.embedding.model)

    @cached_property
    def _check_calibration(self) -> CheckCalibration | None:
        """What was measured for the reranker's verdicts on citations."""
        if self.is_ordered_by_model:
            return None
        return load_check_calibration(folders.resolve(self.config.reranker.model, self.config.models_cache))

    # the steps

    def _recognised(
        self,
        question: str,
        history: Sequence[Turn],
        filters: Sequence[str],
        writer: Callable[[], Writer],
        timings: Timings,
    ) -> tuple[Request, str]:
        """What ``question`` asks for by the rules, by a language model where they are unsure; why that said nothing."""
        request = self.request_of(question, history, filters)
        if request != LOOK_UP:
            return request, ""
        return asked_for(question, request, partial(self._names, filters), writer(), timings)

    def _looked_up(
        self,
        asked: Asked,
        settings: Config,
        find: Find,
        filters: Sequence[str],
        writer: Callable[[], Writer],
        unclear: str,
    ) -> Answer:
        """The answer by search; where that finds the rows of tables to compute with, by those."""
        question, history, timings = asked.question, asked.history, asked.timings
        unexplained = asked.request.kind in ("table", *IN_PARTS)  # by any table, and by the rules
        request = LOOK_UP if unexplained else asked.request
        translator = writer() if settings.retrieval.both_languages else None
        for query in queries(writer(), without_opener(question), history, timings):
            found = found_in_both(query, find, self.store, filters, translator, settings.retrieval.k, timings)
            own = own_words(query, history)
            search = self._judged(question, query, found.candidates, settings, timings, request, writer, own)
            notes = tuple(filter(None, (unclear, found.note)))
            search = replace(search, also_searched=found.also, notes=notes)
            if search.gate.verdict == "strong":
                break
        return self._tables.answer(
            asked,
            search,
            writer(),
            lambda by: start_answer(search, cite(search, self.score_stretches), history, by),
        )

    def _answered_in_parts(
        self,
        asked: Asked,
        settings: Config,
        find: Callable[[str, int], list[Candidate]],
        writer: Callable[[], Writer],
    ) -> Answer:
        """Each part of the request searched and judged by itself, answered together."""
        history, timings = asked.history, asked.timings
        k = self._deep(settings, len(asked.request.parts))

        def first(part: str) -> str:
            return condense(writer(), part, history, timings) if history else part

        alone = queries_of(without_opener(asked.question), asked.request, first)
        parts = [(title, query, find(query, k)) for title, query in alone]
        return self._gathered(asked, parts, settings, writer)

    def _settings(
        self, k: int | None, top_n: int | None, rerank: bool | None, budget_ms: float | None
    ) -> Config:
        """The configuration, with what is given for one question."""
        return self.config.with_(
            retrieval={"k": k, "top_n": top_n}, reranker={"enabled": rerank, "budget_ms": budget_ms}
        )

    def _lazily(self, writer: Writer | Callable[[], Writer] | None) -> Callable[[], Writer]:
        """Gives who writes; built at most once, and not before it is needed: a greeting needs no backend."""

        def build() -> Writer:
            if writer is None:
                return build_writer(self.config.llm)
            return writer if isinstance(writer, Writer) else writer()

        return cache(build)

    def _answered_in_order(
        self, answered: Answered, writer: Writer | None, top_n: int | None, *, rerank: bool
    ) -> Answer:
        """The steps after retrieval once more, on what it found; where nothing was ranked, the same answer again."""
        if answered.second_look.outcome == "unneeded":
            return self.answer_again(answered, writer)
        if answered.gathered is not None:
            asked = Asked(answered.question, answered.request, tuple(answered.history), Timings())
            settings = self._settings(None, top_n, rerank, None)
            gathered = self._gathered(asked, found_again(answered), settings, self._lazily(writer))
            return gathered.watched_by(watched("again"))
        by = self._lazily(writer)
        top_n = top_n or kept_count(answered) or self.config.retrieval.top_n
        settings = self._settings(None, top_n, rerank, None)
        found = retrieved(answered)
        search = self._judged(answered.question, answered.query, found, settings, Timings(), writer=by)
        again = start_answer(search, cite(search, self.score_stretches), answered.history, by())
        return again.watched_by(watched("again"))

    def _judged(
        self,
        question: str,
        query: str,
        found: list[Candidate],
        settings: Config,
        timings: Timings,
        request: Request = LOOK_UP,
        writer: Callable[[], Writer] | None = None,
        own: str = "",
    ) -> Search:
        """Second look and gate over what was found, in fused order; ``own`` as for ``judge``."""
        ranked, look = take_second_look(
            query, found, lambda: self._ranker(writer), settings.reranker, timings, self._kept
        )
        judged, gate = judge(
            query, ranked, lambda: self.calibration, settings.answer.refuse_below, timings, own,
            settings.retrieval.top_n,
        )  # fmt: skip
        return Search.of(question, query, judged, look, gate, timings, settings.retrieval.top_n, request)

    def _ranker(self, writer: Callable[[], Writer] | None) -> Reranker | Listwise:
        """Who takes the second look; a language model is that of ``writer``, so that nothing goes to another one."""
        if not self.is_ordered_by_model:
            return self.reranker
        options = read_options("reranker", self.config.reranker.options, ListwiseOptions)
        by = writer() if writer is not None else self._own_writer
        return order_by(by, options.candidates, options.passage_tokens)

    @cached_property
    def _own_writer(self) -> Writer:
        """The configured one, kept: a local model's server ends with its last writer."""
        return build_writer(self.config.llm)

    def _searched(self, question: str, filters: Sequence[str], settings: Config, timings: Timings) -> Search:
        with timings.under_way():
            query = _checked(question)
            found = retrieve(self.store, self.embedding, query, settings.retrieval.k, filters, timings)
            search = self._judged(question, query, found, settings, timings)
            timings.mark("total")
            return search

    def _quietly_searched(self, question: str) -> Search:
        """For questions that no person has asked: no language model is asked for them."""
        return self._unwatched(question, rerank=False if self.is_ordered_by_model else None)

    def _unwatched(
        self, question: str, filters: Sequence[str] | str = (), rerank: bool | None = None
    ) -> Search:
        """``search``, which counts as nobody's question."""
        settings = self._settings(None, None, rerank, None)
        return self._searched(question, _listed(filters), settings, Timings())

    def _gathered(
        self,
        asked: Asked,
        parts: Sequence[tuple[str, str, list[Candidate]]],
        settings: Config,
        writer: Callable[[], Writer],
    ) -> Answer:
        """The answer from the (title, query, candidates in fused order) of each part, each judged by itself."""
        searches = [
            (title, self._judged(title, query, found, settings, asked.timings, writer=writer))
            for title, query, found in parts
        ]
        return gather(
            asked,
            searches,
            settings.retrieval.top_n,
            self.score_stretches,
            self._direct.tables.answer,
            writer,
        )

    def _deep(self, settings: Config, parts: int) -> int:
        """How many candidates of each part are looked at: more where their token vectors were kept at ingest."""
        is_cheap = settings.reranker.enabled and not self.is_ordered_by_model and self.reranker.compares_kept
        return max(settings.retrieval.k, DEEP // parts if is_cheap else 0)

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
    if (over := len(question) - LONGEST_QUESTION) > 0:
        raise ChatbotError(
            "the question has {count} of {most} characters; shorten it by {over}",
            count=f"{len(question):,}",
            most=f"{LONGEST_QUESTION:,}",
            over=f"{over:,}",
        )
    return question


def _listed(filters: Sequence[str] | str) -> Sequence[str]:
    """One document may be given as it is."""
    return [filters] if isinstance(filters, str) else filters
