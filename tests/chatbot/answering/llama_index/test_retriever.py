"""``SecondLookRetriever`` as LlamaIndex's code uses a retriever."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from typing import Any

import pytest
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import MetadataMode

from chatbot import SecondLookRetriever
from chatbot.engine import Chatbot
from chatbot.errors import ChatbotError
from chatbot.trace import Search
from fakes.scripted_llm import ScriptedLLM

QUESTION = "How many days of annual leave do employees get?"
NOTHING = "Who won the football world cup in 1998?"


def test_it_retrieves_what_the_chatbot_would_cite_in_the_order_of_the_second_look(
    sample_chatbot: Chatbot,
) -> None:
    nodes = SecondLookRetriever(sample_chatbot, top_n=3, k=10).retrieve(QUESTION)
    kept = sample_chatbot.search(QUESTION, k=10, top_n=3).kept
    assert [node.node_id for node in nodes] == [str(candidate.chunk_id) for candidate in kept]
    assert [node.score for node in nodes] == pytest.approx([c.scores.rerank for c in kept])
    trace = nodes[0].metadata["second_look"]
    assert (trace["rank"], trace["reranked_rank"], trace["fused_rank"]) == (1, 1, kept[0].fused_rank)
    assert trace["probability"] == pytest.approx(kept[0].scores.probability)


def test_ranks_and_scores_are_for_programs_and_not_for_models(sample_chatbot: Chatbot) -> None:
    node = SecondLookRetriever(sample_chatbot, top_n=1).retrieve(QUESTION)[0].node
    for mode in (MetadataMode.LLM, MetadataMode.EMBED):
        assert "fused_rank" not in node.get_content(mode)


def test_what_the_documents_do_not_answer_gives_nothing_unless_that_is_wanted(
    sample_chatbot: Chatbot,
) -> None:
    assert SecondLookRetriever(sample_chatbot).retrieve(NOTHING) == []
    assert len(SecondLookRetriever(sample_chatbot, top_n=2, refuse=False).retrieve(NOTHING)) == 2


def test_only_the_documents_that_are_named_are_searched(sample_chatbot: Chatbot) -> None:
    document = SecondLookRetriever(sample_chatbot, top_n=1).retrieve(QUESTION)[0].metadata["document"]
    nodes = SecondLookRetriever(sample_chatbot, filters=[document], refuse=False).retrieve(QUESTION)
    assert {node.metadata["document"] for node in nodes} == {document}


def test_it_feeds_a_query_engine_of_llama_index(sample_chatbot: Chatbot) -> None:
    llm = ScriptedLLM(replies=["Every three months."])
    engine = RetrieverQueryEngine.from_args(SecondLookRetriever(sample_chatbot, top_n=2), llm=llm)
    response = engine.query(QUESTION)
    assert str(response) == "Every three months."
    assert len(response.source_nodes) == 2
    assert response.source_nodes[0].text in llm.prompts[0]


def test_errors_are_the_chatbots_own(sample_chatbot: Chatbot) -> None:
    with pytest.raises(ChatbotError, match="empty"):
        SecondLookRetriever(sample_chatbot).retrieve("  ")


class _Waits:
    """Answers only once the event loop has gone on meanwhile."""

    def __init__(self, chatbot: Chatbot, goes_on: threading.Event) -> None:
        self._chatbot, self._goes_on = chatbot, goes_on

    def search(self, question: str, filters: Sequence[str] | str = (), **settings: Any) -> Search:
        assert self._goes_on.wait(30), "the event loop stood still"
        return self._chatbot.search(question, filters, **settings)


def test_the_event_loop_goes_on_while_it_retrieves(sample_chatbot: Chatbot) -> None:
    goes_on = threading.Event()

    async def both() -> int:
        retrieving = asyncio.create_task(
            SecondLookRetriever(_Waits(sample_chatbot, goes_on)).aretrieve(QUESTION)
        )
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_soon(goes_on.set)
        return len(await retrieving)

    assert asyncio.run(both()) > 0


def test_the_first_search_alone_does_not_hold_the_loop_either(sample_chatbot: Chatbot) -> None:
    async def nodes() -> list[str]:
        return [node.node_id for node in await sample_chatbot.as_retriever(k=3).aretrieve(QUESTION)]

    assert len(asyncio.run(nodes())) == 3
