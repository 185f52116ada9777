"""Asking as a LlamaIndex query engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import RESPONSE_TYPE, Response
from llama_index.core.schema import QueryBundle

from chatbot.answering.answer import Answer
from chatbot.retrieval.retrieve import to_scored_node


class ChatbotQueryEngine(BaseQueryEngine):
    """Answers with [n] that count ``source_nodes`` from 1. ``metadata`` tells a refusal, and the gate's verdict."""

    def __init__(self, ask: Callable[[str], Answer]) -> None:
        super().__init__(callback_manager=None)
        self._ask = ask

    def _query(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        answer = self._ask(query_bundle.query_str)
        nodes = [to_scored_node(s.candidate, s.candidate.scores.rerank) for s in answer.sources]
        return Response(
            response=answer.text,
            source_nodes=nodes,
            metadata={"refused": answer.refused, "verdict": answer.gate.verdict},
        )

    async def _aquery(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        import asyncio

        return await asyncio.to_thread(self._query, query_bundle)

    def _get_prompt_modules(self) -> dict[str, Any]:
        return {}
