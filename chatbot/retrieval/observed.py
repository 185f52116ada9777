"""Retrieval and second look as LlamaIndex's observers see them: a span each, with the events of its start and its end.

Nothing is made for them, not even the nodes, while nobody observes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from llama_index.core.instrumentation.events.rerank import ReRankEndEvent, ReRankStartEvent
from llama_index.core.instrumentation.events.retrieval import RetrievalEndEvent, RetrievalStartEvent
from llama_index.core.schema import NodeWithScore
from llama_index_instrumentation import get_dispatcher
from llama_index_instrumentation.event_handlers import NullEventHandler
from llama_index_instrumentation.span_handlers import NullSpanHandler

from chatbot.trace import Candidate, SecondLook

ToNodes = Callable[[Sequence[Candidate]], list[NodeWithScore]]

dispatcher = get_dispatcher(__name__)


def is_observed() -> bool:
    """Whether anybody listens to LlamaIndex's events or spans."""
    at = dispatcher
    while True:
        events = any(not isinstance(handler, NullEventHandler) for handler in at.event_handlers)
        if events or any(not isinstance(handler, NullSpanHandler) for handler in at.span_handlers):
            return True
        if not at.propagate or not at.parent_name:
            return False
        at = at.parent


@dispatcher.span
def observed_retrieval(query: str, find: Callable[[], list[Candidate]], to_nodes: ToNodes) -> list[Candidate]:
    """``find()``, told to whoever observes."""
    dispatcher.event(RetrievalStartEvent(str_or_query_bundle=query))
    found = find()
    dispatcher.event(RetrievalEndEvent(str_or_query_bundle=query, nodes=to_nodes(found)))
    return found


@dispatcher.span
def observed_rerank(
    query: str,
    found: list[Candidate],
    model: str,
    rank: Callable[[], tuple[list[Candidate], SecondLook]],
    to_nodes: ToNodes,
) -> tuple[list[Candidate], SecondLook]:
    """``rank()`` over ``found``, told to whoever observes. All candidates are kept here; the gate drops some later."""
    nodes = to_nodes(found)
    dispatcher.event(ReRankStartEvent(query=query, nodes=nodes, top_n=len(nodes), model_name=model))
    ranked, look = rank()
    dispatcher.event(ReRankEndEvent(nodes=to_nodes(ranked)))
    return ranked, look
