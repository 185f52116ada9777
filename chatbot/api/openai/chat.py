"""``POST /v1/chat/completions``: a question to a notebook, with the conversation before it."""

from __future__ import annotations

import json
import time
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from chatbot.answering.answer import Answer
from chatbot.api.answers.asking import Question, ask, turns_of
from chatbot.api.answers.streams import Out, event_stream, while_there
from chatbot.api.errors import problem_of
from chatbot.api.openai.chat_reply import DONE, Chunks, completion
from chatbot.api.openai.chat_request import ChatRequest, pairs_of, question_of
from chatbot.api.openai.model_names import named
from chatbot.api.people import Asker, Caller
from chatbot.api.problems import body_of, require_text
from chatbot.api.service import Served, Service
from chatbot.llms.wire.stopping import Stop

router = APIRouter(tags=["openai"])


_ANSWERED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A completion; with `stream` its chunks, as events",
        "content": {"text/event-stream": {}},
    }
}


@router.post(
    "/v1/chat/completions",
    summary="An answer from a notebook, whole or as it is written",
    responses=_ANSWERED,
)
async def chat_completions(asked: ChatRequest, request: Request, caller: Asker, service: Served) -> Response:
    for message in asked.messages:
        require_text(message.words, "messages")
    created, base = int(time.time()), f"{request.url.scheme}://{request.url.netloc}"

    if not asked.stream:

        def whole(stop: Stop) -> dict[str, Any]:
            question = _question(asked, caller, service)
            answered = ask(service, caller, question, _Nobody(), stop)
            return completion(answered, asked, f"chatcmpl-{question.number}", created, base)

        return JSONResponse(await while_there(request, service, whole))

    def streamed(out: Out) -> None:
        question = _question(asked, caller, service)
        chunks = Chunks(asked, f"chatcmpl-{question.number}", created, base)
        answered = ask(service, caller, question, _Sending(out, chunks), out.stop)
        for event in chunks.end(answered):
            out.send(event)

    def failed(error: Exception) -> bytes:
        body = body_of(problem_of(error), request.url.path, "")
        return f"data: {json.dumps(body, ensure_ascii=False)}\n\n".encode() + DONE

    return await event_stream(request, service, streamed, failed)


def _question(asked: ChatRequest, caller: Caller, service: Service) -> Question:
    name = named(asked.model, caller)
    turns = turns_of(service, caller, name.notebooks[0], pairs_of(asked.messages))
    return question_of(asked, name.notebooks, name.backend, turns)


class _Nobody:
    """Waits for the whole."""

    def found(self, answer: Answer) -> None:
        pass

    def text(self, piece: str) -> None:
        pass

    def restarted(self) -> None:
        pass


class _Sending:
    """Sends each piece as it comes; nothing before the first, so that a failure until then has its own status."""

    def __init__(self, out: Out, chunks: Chunks) -> None:
        self._out, self._chunks = out, chunks
        self._has_begun = False

    def found(self, answer: Answer) -> None:
        pass

    def text(self, piece: str) -> None:
        if not self._has_begun:
            self._has_begun = True
            self._out.send(self._chunks.begin())
        self._out.send(self._chunks.text(piece))

    def restarted(self) -> None:
        self._out.send(self._chunks.restart())
