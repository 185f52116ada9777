"""What a handler of LlamaIndex's events and spans sees of a question."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from llama_index.core.instrumentation import get_dispatcher
from llama_index.core.instrumentation.event_handlers.base import BaseEventHandler
from llama_index.core.instrumentation.events import BaseEvent
from llama_index.core.instrumentation.span.simple import SimpleSpan
from llama_index.core.instrumentation.span_handlers.base import BaseSpanHandler
from pydantic import Field

from chatbot import SecondLookRetriever
from chatbot.engine import Chatbot
from chatbot.retrieval.observed import is_observed

QUESTION = "How many days of annual leave do employees get?"
NOTHING = "Who won the football world cup in 1998?"


class Events(BaseEventHandler):
    """Keeps what it is told."""

    seen: list[BaseEvent] = Field(default=[])

    @classmethod
    def class_name(cls) -> str:
        return "Events"

    def handle(self, event: BaseEvent, **kwargs: Any) -> None:
        self.seen.append(event)

    @property
    def names(self) -> list[str]:
        return [event.class_name() for event in self.seen]

    def of(self, name: str) -> Any:
        return next(event for event in self.seen if event.class_name() == name)


class Spans(BaseSpanHandler[SimpleSpan]):
    """Keeps the parent of each span."""

    parents: dict[str, str | None] = Field(default={})
    dropped: list[str] = Field(default=[])

    @classmethod
    def class_name(cls) -> str:
        return "Spans"

    def new_span(
        self,
        id_: str,
        bound_args: inspect.BoundArguments,
        instance: Any | None = None,
        parent_span_id: str | None = None,
        tags: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> SimpleSpan:
        self.parents[id_.split("-")[0]] = parent_span_id.split("-")[0] if parent_span_id else None
        return SimpleSpan(id_=id_, parent_id=parent_span_id)

    def prepare_to_exit_span(
        self,
        id_: str,
        bound_args: inspect.BoundArguments,
        instance: Any | None = None,
        result: Any | None = None,
        **kwargs: Any,
    ) -> SimpleSpan | None:
        return None

    def prepare_to_drop_span(
        self,
        id_: str,
        bound_args: inspect.BoundArguments,
        instance: Any | None = None,
        err: BaseException | None = None,
        **kwargs: Any,
    ) -> SimpleSpan | None:
        self.dropped.append(id_.split("-")[0])
        return None


@pytest.fixture
def events() -> Iterator[Events]:
    handler, root = Events(), get_dispatcher()
    before = list(root.event_handlers)
    root.add_event_handler(handler)
    yield handler
    root.event_handlers = before


@pytest.fixture
def spans() -> Iterator[Spans]:
    handler, root = Spans(), get_dispatcher()
    before = list(root.span_handlers)
    root.add_span_handler(handler)
    yield handler
    root.span_handlers = before


def test_an_observer_sees_a_question_from_its_start_to_its_end(
    sample_chatbot: Chatbot, events: Events
) -> None:
    response = sample_chatbot.as_query_engine().query(QUESTION)
    ours = [name for name in events.names if name.startswith(("Query", "Retrieval", "ReRank", "Synthesize"))]
    assert ours == [
        "QueryStartEvent", "RetrievalStartEvent", "RetrievalEndEvent", "ReRankStartEvent", "ReRankEndEvent",
        "SynthesizeStartEvent", "SynthesizeEndEvent", "QueryEndEvent",
    ]  # fmt: skip
    found, reranked = events.of("RetrievalEndEvent").nodes, events.of("ReRankEndEvent").nodes
    assert {node.node_id for node in found} == {node.node_id for node in reranked}
    assert len(found) == sample_chatbot.config.retrieval.k
    assert reranked[0].node_id == response.source_nodes[0].node_id
    assert events.of("QueryEndEvent").response.response == str(response)
    assert events.of("ReRankStartEvent").model_name


def test_spans_of_the_stages_stand_in_the_span_of_the_question(sample_chatbot: Chatbot, spans: Spans) -> None:
    sample_chatbot.as_query_engine().query(QUESTION)
    by_name = {name.split(".")[-1]: parent for name, parent in spans.parents.items()}
    assert {"query", "_query", "observed_retrieval", "observed_rerank", "_synthesized"} <= by_name.keys()
    assert by_name["query"] is None
    assert by_name["observed_retrieval"] == "ChatbotQueryEngine._query"


def test_a_refusal_is_seen_too(sample_chatbot: Chatbot, events: Events) -> None:
    response = sample_chatbot.as_query_engine().query(NOTHING)
    assert response.metadata is not None
    assert response.metadata["refused"]
    assert events.names[-1] == "QueryEndEvent"


async def _asked(chatbot: Chatbot) -> str:
    return str(await chatbot.as_query_engine().aquery(QUESTION))


def test_the_same_is_seen_of_a_question_that_is_awaited(
    sample_chatbot: Chatbot, events: Events, spans: Spans
) -> None:
    import asyncio

    asyncio.run(_asked(sample_chatbot))
    assert "ReRankEndEvent" in events.names
    assert "ChatbotQueryEngine._aquery" in spans.parents.values()


def test_a_retriever_is_seen_as_a_retrieval_around_search_and_second_look(
    sample_chatbot: Chatbot, events: Events
) -> None:
    SecondLookRetriever(sample_chatbot).retrieve(QUESTION)
    stages = [name for name in events.names if name.startswith(("Retrieval", "ReRank"))]
    assert stages == [
        "RetrievalStartEvent", "RetrievalStartEvent", "RetrievalEndEvent", "ReRankStartEvent", "ReRankEndEvent",
        "RetrievalEndEvent",
    ]  # fmt: skip


def test_the_first_search_alone_is_seen_once(sample_chatbot: Chatbot, events: Events) -> None:
    sample_chatbot.as_retriever(k=3).retrieve(QUESTION)
    assert [name for name in events.names if name.startswith("Retrieval")] == [
        "RetrievalStartEvent",
        "RetrievalEndEvent",
    ]


def test_a_question_of_the_page_is_seen_too(sample_chatbot: Chatbot, events: Events) -> None:
    assert sample_chatbot.ask(QUESTION).text
    assert {"RetrievalEndEvent", "ReRankEndEvent"} <= set(events.names)


def test_nothing_is_made_for_observers_while_there_are_none(sample_chatbot: Chatbot) -> None:
    assert not is_observed()
    assert sample_chatbot.search(QUESTION).kept


def test_an_observer_that_fails_costs_no_answer(
    sample_chatbot: Chatbot, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Events, event: BaseEvent, **kwargs: Any) -> None:
        raise RuntimeError("the observer is broken")

    monkeypatch.setattr(Events, "handle", broken)
    assert str(sample_chatbot.as_query_engine().query(QUESTION))
