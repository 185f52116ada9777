"""Asking as a LlamaIndex query engine."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import RESPONSE_TYPE, Response
from llama_index.core.instrumentation.events.synthesis import SynthesizeEndEvent, SynthesizeStartEvent
from llama_index.core.schema import QueryBundle
from llama_index_instrumentation import get_dispatcher

from chatbot.answering.answer import Answer
from chatbot.answering.llama_index.nodes import judged_node, trace_of, verdict_of

dispatcher = get_dispatcher(__name__)


class ChatbotQueryEngine(BaseQueryEngine):
    """Answers with [n] that count ``source_nodes`` from 1.

    ``response.metadata``: ``refused``, ``verdict``, ``probability``, ``citations``, and ``candidates`` with both ranks,
    the dropped ones too. What LlamaIndex observes of a question (query, retrieval, rerank, synthesis) is told as it
    happens.
    """

    def __init__(self, ask: Callable[[str], Answer]) -> None:
        super().__init__(callback_manager=None)
        self._ask = ask

    def _query(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        return self._answered(query_bundle, threading.Event())

    async def _aquery(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        """In a thread. Where the task is cancelled, the language model is stopped with its next word."""
        stopped = threading.Event()
        try:
            return await asyncio.to_thread(self._answered, query_bundle, stopped)
        finally:
            stopped.set()

    def _answered(self, query_bundle: QueryBundle, stopped: threading.Event) -> RESPONSE_TYPE:
        answer = self._ask(query_bundle.query_str)
        return self._synthesized(query_bundle, answer, stopped)

    @dispatcher.span
    def _synthesized(
        self, query_bundle: QueryBundle, answer: Answer, stopped: threading.Event
    ) -> RESPONSE_TYPE:
        dispatcher.event(SynthesizeStartEvent(query=query_bundle))
        for _ in answer:
            if stopped.is_set():
                answer.close()
        response = Response(
            response=answer.received,
            source_nodes=[judged_node(source.candidate) for source in answer.sources],
            metadata={
                **verdict_of(answer.search),
                "citations": answer.citations,
                "candidates": [
                    {"document": c.document, "page": c.page, **trace_of(c)} for c in answer.candidates
                ],
            },
        )
        dispatcher.event(SynthesizeEndEvent(query=query_bundle, response=response))
        return response

    def _get_prompt_modules(self) -> dict[str, Any]:
        return {}
