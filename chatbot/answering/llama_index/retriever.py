"""Retrieving as a LlamaIndex retriever: what the chatbot would cite, in the order of its second look."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle

from chatbot.answering.llama_index.nodes import judged_node
from chatbot.trace import Search


class Searching(Protocol):
    """What finds and judges: a ``Chatbot``."""

    def search(
        self,
        question: str,
        filters: Sequence[str] | str = (),
        *,
        k: int | None = None,
        top_n: int | None = None,
        rerank: bool | None = None,
        budget_ms: float | None = None,
    ) -> Search: ...


class SecondLookRetriever(BaseRetriever):
    """The passages that the chatbot would give as sources: k candidates, reranked, judged, the best ``top_n`` kept.

    ``node.metadata["second_look"]`` has both ranks, the probability and the logit; ``score`` is the logit. Nothing is
    retrieved where the documents do not hold the answer, unless ``refuse`` is false.

    >>> retriever = SecondLookRetriever(load_chatbot(), top_n=3)
    >>> nodes = retriever.retrieve("How often is the filter changed?")
    """

    def __init__(
        self,
        chatbot: Searching,
        *,
        top_n: int | None = None,
        k: int | None = None,
        filters: Sequence[str] | str = (),
        rerank: bool | None = None,
        budget_ms: float | None = None,
        refuse: bool = True,
    ) -> None:
        """
        Args:
            chatbot: over whose index it searches; safe to share.
            top_n, k, rerank, budget_ms: as in its configuration unless given.
            filters: documents or folders to search, all if empty.
            refuse: whether what the documents do not answer gives no nodes; else the best ``top_n`` all the same.
        """
        super().__init__()
        self._chatbot = chatbot
        self._top_n, self._k, self._rerank, self._budget_ms = top_n, k, rerank, budget_ms
        self._filters = filters
        self._refuse = refuse

    def search(self, question: str) -> Search:
        """The whole trace behind ``retrieve``: all candidates, the dropped ones too, and the verdict.

        Raises:
            ChatbotError: blank or too long question, unknown filter, or a model that cannot be used.
        """
        return self._chatbot.search(
            question,
            self._filters,
            k=self._k,
            top_n=self._top_n,
            rerank=self._rerank,
            budget_ms=self._budget_ms,
        )

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self.search(query_bundle.query_str)
        kept = found.kept
        if found.gate.refused and not self._refuse:
            kept = found.candidates[: self._top_n or len(found.candidates)]
        return [judged_node(candidate) for candidate in kept]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)  # the models compute: the loop goes on
