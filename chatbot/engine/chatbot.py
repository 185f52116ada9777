"""The chatbot: recognise the request, then condense -> retrieve -> rerank -> gate -> cite -> answer, all of it kept.

Built once and shared by all sessions: it holds no conversation, history is an argument.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Literal

from chatbot.answering.answer import Answer, Answered, Written
from chatbot.answering.direct import DirectAnswers
from chatbot.answering.requests import as_chosen, recognise
from chatbot.answering.small_tasks.asked_for import asked_for
from chatbot.answering.tables.table_question import TableQuestions
from chatbot.answering.whole_document.guide import Guide, guide_of
from chatbot.answering.writer import Writer
from chatbot.citations.check import ClaimCheck
from chatbot.config import Config, load_config
from chatbot.engine.again import in_other_order, on_same_sources
from chatbot.engine.checking import check_citations
from chatbot.engine.in_parts import answer_in_parts
from chatbot.engine.looking_up import answer_by_search
from chatbot.engine.models import Models
from chatbot.engine.question import Question, checked, lazily, listed
from chatbot.engine.searching import Searching
from chatbot.engine.suggesting import questions_after, questions_of_document
from chatbot.reranking import Reranker
from chatbot.retrieval import embeddings
from chatbot.retrieval.retrieve import HybridRetriever
from chatbot.store import DocumentName, Store, open_store
from chatbot.telemetry.seat import watched
from chatbot.trace import IN_PARTS, LOOK_UP, Asked, Request, Search, Stretch, Timings, Turn

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
    """Answers questions over one index. Safe to share between threads.

    Args:
        embedding: a loaded model to use; the configured one otherwise.
        models: all of them, in the place of ``embedding``.
    """

    def __init__(
        self,
        config: Config,
        store: Store,
        embedding: BaseEmbedding | None = None,
        models: Models | None = None,
    ) -> None:
        self.config = config
        self.store = store
        self._models = models or Models(config, embedding)
        self._searching = Searching(config, store, self._models)
        self._direct = DirectAnswers(store, self._suggested_search)
        self._tables = TableQuestions(store, self._direct.tables)

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
        timings, settings = Timings(watched("ask")), self._searching.settings(k, top_n, rerank, budget_ms)
        with timings.under_way():
            words, by, only = checked(question), lazily(writer, self.config.llm), listed(filters)
            unclear = ""
            if request is None:
                request, unclear = self._recognised(words, history, only, by, timings)
            asked = Asked(words, request, tuple(history), timings)
            this = Question(asked, settings, only, by, self._searching.finder(settings, only, timings))
            if answer := self._direct.answer(asked, only, by, this.find):
                return answer
            if request.kind in IN_PARTS and request.parts:
                return answer_in_parts(this, self._searching, self._direct.tables.answer)
            return answer_by_search(this, self._searching, self._tables, unclear)

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
        timings = Timings(watched("search"))
        settings = self._searching.settings(k, top_n, rerank, budget_ms)
        search = self._searching.search(question, listed(filters), settings, timings)
        if timings.watcher is not None:
            timings.watcher.found(search)
            timings.watcher.ended("complete", {})
        return search

    def check(self, answered: Written) -> tuple[ClaimCheck, ...]:
        """Each cited sentence of the answer's text checked against its sources by the reranker.

        Takes up to a few hundred milliseconds a sentence: call it after the text is complete, in a thread of
        its own. Empty for a refusal, for an outline, whose lines claim nothing, for a text without citations, and where ``can_check`` is false.

        Raises:
            ModelError: the reranker cannot be used.
        """
        return check_citations(answered, self._models)

    @property
    def can_check(self) -> bool:
        """Whether thresholds for ``check`` were measured for this reranker. Raises ``ModelError``."""
        return self._models.check_calibration is not None

    # an answer once more

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
        again = on_same_sources(answered, lazily(writer, self.config.llm))
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
        return self._in_other_order(answered, writer, top_n, rerank=False)

    def with_second_look(
        self, answered: Answered, writer: Writer | None = None, *, top_n: int | None = None
    ) -> Answer:
        """The same candidates, reranked and judged by that; otherwise as ``without_second_look``."""
        return self._in_other_order(answered, writer, top_n, rerank=True)

    def _in_other_order(
        self, answered: Answered, writer: Writer | None, top_n: int | None, *, rerank: bool
    ) -> Answer:
        if answered.second_look.outcome == "unneeded":
            return self.answer_again(answered, writer)
        by, compute = lazily(writer, self.config.llm), self._direct.tables.answer
        again = in_other_order(answered, by, top_n, self._searching, compute, rerank=rerank)
        return again.watched_by(watched("again"))

    # what is asked for, and what may be

    def request_of(
        self, question: str, history: Sequence[Turn] = (), filters: Sequence[str] | str = ()
    ) -> Request:
        """What ``question`` asks for. Raises ``StoreError`` where a filter matches no document."""
        return recognise(question, lambda: self._document_names(filters), history)

    def request_as(
        self, chosen: str, question: str, history: Sequence[Turn] = (), filters: Sequence[str] | str = ()
    ) -> Request:
        """``question`` as a person says that it is meant; ``chosen`` is one of ``CHOICES``. Raises as ``request_of``."""
        return as_chosen(chosen, question, lambda: self._document_names(filters), history)

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
        return asked_for(question, request, partial(self._document_names, filters), writer(), timings)

    def _document_names(self, filters: Sequence[str] | str) -> list[DocumentName]:
        with self.store.reading() as view:
            return view.document_names(listed(filters))

    def suggestions(self, language: Literal["ko", "en"]) -> tuple[str, ...]:
        """Up to three questions in ``language`` that were found to be answered; see ``DirectAnswers.suggestions``."""
        return self._direct.suggestions(language)

    def _suggested_search(self, question: str) -> Search:
        """For questions that no person has asked: no language model is asked for them."""
        return self._searching.search_silently(question, rerank=False if self.is_ordered_by_model else None)

    def next_questions(
        self, answered: Written, filters: Sequence[str] | str = (), *, seconds: float = 3.0
    ) -> tuple[str, ...]:
        """Up to three questions about what stands near the cited passages, found to be answered too.

        They are asked silently, and none is begun later than ``seconds``: call it after the text is complete, in a thread
        of its own. Empty for a refusal, and for what was not looked up.

        Raises:
            ChatbotError: a model cannot be used.
        """
        return questions_after(answered, self._searching, listed(filters), seconds)

    def document_questions(self, document: str, *, seconds: float = 6.0) -> tuple[str, ...]:
        """Up to three questions that ``document`` alone was found to answer; as ``next_questions``.

        Raises:
            ChatbotError: a model cannot be used.
        """
        return questions_of_document(document, self._searching, seconds)

    def guide(self, document: str) -> Guide:
        """The document ``document`` in short; without lines where it is not there or holds no text. Takes up to 0.3 s."""
        with self.store.reading() as view:
            row = view.document(document)
            return guide_of(view, row) if row is not None else Guide()

    # for LlamaIndex, and for who measures

    def as_retriever(self, k: int | None = None, filters: Sequence[str] | str = ()) -> HybridRetriever:
        """A LlamaIndex retriever: the k candidates in fused order, which is its score. Raises as ``search`` once it is asked."""
        return HybridRetriever(
            self.store, self.embedding, self.config.retrieval.k if k is None else k, listed(filters)
        )

    def as_query_engine(
        self, filters: Sequence[str] | str = (), writer: Writer | None = None
    ) -> BaseQueryEngine:
        """A LlamaIndex query engine: ``response`` is the answer, ``source_nodes`` are its sources, reranked."""
        from chatbot.answering.llama_index import ChatbotQueryEngine

        return ChatbotQueryEngine(lambda question: self.ask(question, filters=filters, writer=writer))

    def score_stretches(self, question: str, stretches: Sequence[Stretch]) -> list[float]:
        """The reranker's logit for each of these sentences, from their passages' token vectors where they are kept."""
        return self._searching.score_stretches(question, stretches)

    def warm_up(self) -> None:
        """Load what the first question would have to wait for. Raises ``ModelError``."""
        self._models.warm_up()

    @property
    def embedding(self) -> BaseEmbedding:
        """The configured bi-encoder, loaded on first use."""
        return self._models.embedding

    @property
    def reranker(self) -> Reranker:
        """The configured reranker, loaded on first use; ``reranker.keeping(n)`` is a LlamaIndex postprocessor."""
        return self._models.reranker

    @property
    def is_ordered_by_model(self) -> bool:
        """Whether the language model that answers takes the second look, and sees what was found for that."""
        return self._models.is_ordered_by_model
