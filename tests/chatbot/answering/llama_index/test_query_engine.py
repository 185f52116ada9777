"""Asking as a query engine: sources, refusals, and tasks that are cancelled."""

from __future__ import annotations

import asyncio

from chatbot.engine import Chatbot
from fakes.llm_server import FakeLLMServer

QUESTION = "How many days of annual leave do employees get?"


def test_citations_count_the_source_nodes_and_every_candidate_is_told(sample_chatbot: Chatbot) -> None:
    response = sample_chatbot.as_query_engine().query(QUESTION)
    metadata = response.metadata
    assert metadata is not None
    assert metadata["citations"]
    assert max(metadata["citations"]) <= len(response.source_nodes)
    assert len(metadata["candidates"]) == sample_chatbot.config.retrieval.k
    assert [c["kept"] for c in metadata["candidates"]].count(True) == len(response.source_nodes)
    assert any(c["cited"] for c in metadata["candidates"])


def test_a_cancelled_question_stops_the_language_model(
    sample_chatbot: Chatbot, fake_llm: FakeLLMServer
) -> None:
    fake_llm.faults, fake_llm.fault = [None], "endless"  # the question is translated first
    llm = {"backend": "openai-like", "options": {"api_base": fake_llm.url}}
    chatbot = Chatbot(sample_chatbot.config.with_(llm=llm), sample_chatbot.store, sample_chatbot.embedding)

    async def cancelled() -> None:
        asking = asyncio.create_task(chatbot.as_query_engine().aquery(QUESTION))
        while len(fake_llm.requests) < 2:
            await asyncio.sleep(0.05)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)

    asyncio.run(cancelled())
    assert fake_llm.disconnected.wait(30)
