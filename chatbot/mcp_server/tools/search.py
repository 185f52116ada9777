"""``search``: the passages for a question, in the order of the second look, and whether they answer."""

from __future__ import annotations

from collections.abc import Sequence

from chatbot.api.answers.together import chatbot_over
from chatbot.api.limits import count_question
from chatbot.mcp_server.arguments import SearchArguments
from chatbot.mcp_server.material import Fence
from chatbot.mcp_server.results import Found
from chatbot.mcp_server.tools import Reply
from chatbot.mcp_server.tools.candidates import (
    candidates_out,
    dropped_line,
    kept_lines,
    reranker_out,
    verdict_line,
    verdict_out,
)
from chatbot.mcp_server.working import Call
from chatbot.notebooks import Action
from chatbot.trace import Search


def search(call: Call, given: SearchArguments) -> Reply:
    """Raises ``ChatbotError``."""
    numbers, config = call.visit.enter_all(given.notebook, given.notebooks, Action.ASK, given.query)
    count_question(call.visit.caller, call.visit.service)
    call.tell("searching the documents")
    chatbot = chatbot_over(call.visit.service, call.visit.caller, config, numbers)
    found = chatbot.search(given.query, given.filters, k=given.k, top_n=given.top_n, rerank=given.rerank)
    return Reply(_content(numbers, found, given.dropped), _text(found))


def _content(numbers: Sequence[int], found: Search, dropped: bool) -> Found:
    return Found(
        notebook=numbers[0],
        notebooks=list(numbers),
        question=found.question,
        query=found.query,
        verdict=verdict_out(found.gate),
        reranker=reranker_out(found.second_look),
        candidates=candidates_out(found.candidates, numbers, dropped=dropped),
        looked_at=len(found.candidates),
        timings_ms={stage: round(ms, 2) for stage, ms in found.timings.items()},
    )


def _text(found: Search) -> str:
    fence = Fence()
    lines = [verdict_line(found.gate)]
    if found.second_look.outcome == "failed":
        lines.append(
            f"The second look failed, so they stand in the order of retrieval: {found.second_look.failure}"
        )
    if found.kept:
        lines += [fence.note, *kept_lines(found.candidates, fence)]
    lines.append(dropped_line(found.candidates))
    return "\n\n".join(filter(None, lines))
