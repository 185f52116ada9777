"""The search of a question: retrieve -> second look -> gate, with its verdict and all candidates kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from chatbot.answering.gate import judge
from chatbot.answering.gathering import DEEP
from chatbot.answering.writer import Writer
from chatbot.config import Config
from chatbot.engine.models import Models
from chatbot.engine.question import checked
from chatbot.reranking import score_stretches, take_second_look
from chatbot.retrieval.by_number import numbered_first
from chatbot.retrieval.retrieve import retrieve
from chatbot.store import Store
from chatbot.trace import LOOK_UP, Candidate, Request, Search, Stretch, Timings


class Searching:
    """Searches one index with the models of one configuration. Safe to share between threads."""

    def __init__(self, config: Config, store: Store, models: Models) -> None:
        self.config = config
        self.store = store
        self.models = models

    def settings(
        self,
        k: int | None = None,
        top_n: int | None = None,
        rerank: bool | None = None,
        budget_ms: float | None = None,
    ) -> Config:
        """The configuration, with what is given for one question."""
        return self.config.with_(
            retrieval={"k": k, "top_n": top_n}, reranker={"enabled": rerank, "budget_ms": budget_ms}
        )

    def search(self, question: str, filters: Sequence[str], settings: Config, timings: Timings) -> Search:
        """The candidates for ``question`` and the verdicts on them. Raises ``ChatbotError``."""
        with timings.under_way():
            query = checked(question)
            found = retrieve(self.store, self.models.embedding, query, settings.retrieval.k, filters, timings)
            search = self.judge(question, query, found, settings, timings)
            timings.mark("total")
            return search

    def search_silently(
        self, question: str, filters: Sequence[str] = (), rerank: bool | None = None
    ) -> Search:
        """``search``, which counts as nobody's question."""
        return self.search(question, filters, self.settings(rerank=rerank), Timings())

    def finder(
        self, settings: Config, filters: Sequence[str], timings: Timings
    ) -> Callable[..., list[Candidate]]:
        """Retrieval for one question: ``Question.find``."""

        @cache  # a table that does not explain the question has found the candidates of the look-up
        def find(query: str, k: int = settings.retrieval.k) -> list[Candidate]:
            return retrieve(self.store, self.models.embedding, query, k, filters, timings)

        return find

    def judge(
        self,
        question: str,
        query: str,
        found: list[Candidate],
        settings: Config,
        timings: Timings,
        request: Request = LOOK_UP,
        writer: Callable[[], Writer] | None = None,
        own: str = "",
        after_refusal: bool = False,
    ) -> Search:
        """Second look and gate over what was found, in fused order; the last two as for ``gate.judge``."""
        ranked, look = take_second_look(
            query,
            found,
            lambda: self.models.ranker(writer),
            settings.reranker,
            timings,
            self.token_vectors,
        )
        ranked = numbered_first(query, own, ranked)
        top_n, refuse_below = settings.retrieval.top_n, settings.answer.refuse_below
        judged, gate = judge(
            query, ranked, lambda: self.models.calibration, refuse_below, timings, own, top_n, after_refusal
        )
        return Search.of(question, query, judged, look, gate, timings, top_n, request)

    def depth(self, settings: Config, parts: int) -> int:
        """How many candidates of each part are looked at: more where their token vectors were kept at ingest."""
        is_cheap = (
            settings.reranker.enabled
            and not self.models.is_ordered_by_model
            and self.models.reranker.compares_kept
        )
        return max(settings.retrieval.k, DEEP // parts if is_cheap else 0)

    def score_stretches(self, question: str, stretches: Sequence[Stretch]) -> list[float]:
        """The reranker's logit for each of these sentences, from their passages' token vectors where they are kept."""
        return score_stretches(self.models.reranker, question, stretches, self._token_vectors_of_texts)

    def token_vectors(self, chunks: Sequence[int]) -> dict[int, bytes]:
        """The token vectors of the chunks that are still there, as they were kept at ingest."""
        with self.store.reading() as view:
            return view.token_vectors(chunks)

    def _token_vectors_of_texts(self, texts: Sequence[str]) -> list[bytes | None]:
        with self.store.reading() as view:
            return view.known_token_vectors(texts)
