"""``/api/search`` and ``/api/ask``: what is found, and what is answered from it, with all that is behind it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from chatbot.answering.answer import Answer
from chatbot.api.answers.asking import Answered, Question, ask, turns_of
from chatbot.api.answers.sources import answered_json, sources_json
from chatbot.api.answers.streams import Out, event_stream, while_there
from chatbot.api.answers.together import chatbot_over, enter_all
from chatbot.api.errors import problem_of
from chatbot.api.limits import count_question
from chatbot.api.people import Asker, Caller
from chatbot.api.plain.questions import AskRequest, Events, SearchRequest, event
from chatbot.api.problems import body_of, request_id, require_text
from chatbot.api.service import Served, Service
from chatbot.conversations.exports.trace_json import search_json
from chatbot.llms.wire.stopping import Stop

router = APIRouter(prefix="/api", tags=["questions"])

_EVENTS: dict[int | str, dict[str, Any]] = {200: {
    "description": "`candidates`, `text` ..., `citations`, `checks`, `done`; `error` where it broke off",
    "content": {"text/event-stream": {"example": 'event: text\ndata: {"text": "There are 25 days [1]."}\n\n'},
                "application/json": {"schema": {"type": "object"}}},
}}  # fmt: skip


@router.post("/search", summary="The candidates for a question, and the verdicts on them, without an answer")
async def search(asked: SearchRequest, caller: Asker, service: Served) -> dict[str, Any]:
    require_text(asked.question, "question")

    def found() -> dict[str, Any]:
        notebooks = notebooks_of(asked, caller)
        config = enter_all(caller, notebooks, asked.question)
        count_question(caller, service)
        chatbot = chatbot_over(service, caller, config, notebooks)
        return search_json(
            chatbot.search(
                asked.question, asked.filters, k=asked.k, top_n=asked.top_n, rerank=asked.rerank,
                budget_ms=asked.budget_ms,
            )
        )  # fmt: skip

    return await service.models(found)


@router.post("/ask", summary="An answer, as events or whole", responses=_EVENTS, response_class=Response)
async def ask_question(asked: AskRequest, request: Request, caller: Asker, service: Served) -> Response:
    asked.require_text()
    if not asked.stream:

        def whole(stop: Stop) -> dict[str, Any]:
            return _whole(ask(service, caller, _question(asked, caller, service), _Nobody(), stop))

        return JSONResponse(await while_there(request, service, whole))

    def streamed(out: Out) -> None:
        answered = ask(service, caller, _question(asked, caller, service), Events(out), out.stop)
        out.send(event("citations", {
            "citations": answered.answer.citations, "sources": sources_json(answered.answer, answered.addresses),
        }))  # fmt: skip
        checks = None if answered.checks is None else [asdict(check) for check in answered.checks]
        out.send(event("checks", {"checks": checks, "not_checked": answered.not_checked}))
        out.send(event("done", _whole(answered)))

    def failed(error: Exception) -> bytes:
        return event("error", body_of(problem_of(error), request.url.path, request_id(request.scope)))

    return await event_stream(request, service, streamed, failed)


def notebook_of(name: str | int | None, caller: Caller) -> int:
    """The id of a notebook by its name, id or ``#id``; the caller's own where none is named. Raises ``NotebookMissing``."""
    return caller.default().id if name is None else caller.open(name).id


def notebooks_of(asked: SearchRequest, caller: Caller) -> tuple[int, ...]:
    """The ids of all that are asked, each once, ``notebook`` first. Raises as ``notebook_of``."""
    named: list[str | int | None] = [*asked.notebooks]
    if asked.notebook is not None or not named:
        named.insert(0, asked.notebook)
    return tuple(dict.fromkeys(notebook_of(name, caller) for name in named))


def _question(asked: AskRequest, caller: Caller, service: Service) -> Question:
    notebooks = notebooks_of(asked, caller)
    pairs = [
        (turn.question, turn.answer)
        for turn in asked.history
        if turn.question.strip() and turn.answer.strip()
    ]
    return asked.as_question(notebooks, turns_of(service, caller, notebooks[0], pairs))


def _whole(answered: Answered) -> dict[str, Any]:
    return {**answered_json(answered, [], candidates=True), "finish": answered.finish}


class _Nobody:
    def found(self, answer: Answer) -> None:
        pass

    def text(self, piece: str) -> None:
        pass

    def restarted(self) -> None:
        pass
