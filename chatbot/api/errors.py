"""What is wrong, in one form: ``{"error": {...}}`` as OpenAI's clients read it under ``/v1``, RFC 9457 elsewhere.

Each message is one sentence on what happened and one on what to do.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from chatbot.api.guard import TOO_LARGE, TOO_SLOW
from chatbot.api.problems import OPENAI, Problem, body_of, request_id
from chatbot.errors import (
    ChatbotError,
    ConversationGone,
    ConversationsError,
    DocumentMissing,
    KeyRefused,
    LibraryError,
    LibraryUnusable,
    LLMError,
    ModelError,
    NotAllowed,
    NotebookMissing,
    StoreBusy,
    StoreError,
    StoreMissing,
)

logger = logging.getLogger(__name__)

# kind of error -> (status, code); the first that fits
_KINDS: tuple[tuple[type[ChatbotError], int, str], ...] = (
    (KeyRefused, 401, "invalid_api_key"),
    (NotAllowed, 403, "not_allowed"),
    (NotebookMissing, 404, "model_not_found"),
    (LibraryUnusable, 503, "notebooks"),
    (LibraryError, 409, "notebooks"),
    (ConversationGone, 404, "not_found"),
    (ConversationsError, 503, "conversations"),
    (DocumentMissing, 404, "document_not_found"),
    (StoreMissing, 409, "nothing_indexed"),
    (StoreBusy, 503, "index_busy"),
    (StoreError, 503, "index"),
    (ModelError, 503, "model_unusable"),
    (LLMError, 502, "language_model"),
)
_HEADERS = {503: {"Retry-After": "5"}, 401: {"WWW-Authenticate": "Bearer"}}
_DOES_NOT_FIT = 422


def problem_of(error: Exception) -> Problem:
    """Any error as a ``Problem``; what nobody expected says nothing of itself, and is in the log."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, ChatbotError):
        for kind, status, code in _KINDS:
            if isinstance(error, kind):
                return Problem(status, code, str(error), headers=_HEADERS.get(status))
        return Problem(400, "invalid_request", str(error))
    logger.error("a request failed", exc_info=error)
    return Problem(
        500, "internal_error", "something unexpected went wrong; the server's log has it under the request's id"
    )  # fmt: skip


def answer_of(problem: Problem, request: Request) -> JSONResponse:
    """The answer to ``request`` that says ``problem``."""
    path = request.url.path
    kind = "application/json" if path.startswith(OPENAI) else "application/problem+json"
    body = body_of(problem, path, request_id(request.scope))
    return JSONResponse(body, problem.status, problem.headers, media_type=kind)


def add_error_handlers(app: FastAPI) -> None:
    """Every error of ``app`` in the one form."""

    async def told(request: Request, error: Exception) -> JSONResponse:
        return answer_of(problem_of(error), request)

    async def does_not_fit(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        return answer_of(_faults(error, request), request)

    async def by_status(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        return answer_of(_of_status(error), request)

    app.add_exception_handler(Problem, told)
    app.add_exception_handler(ChatbotError, told)
    app.add_exception_handler(RequestValidationError, does_not_fit)
    app.add_exception_handler(HTTPException, by_status)
    app.add_exception_handler(Exception, told)


def _faults(error: RequestValidationError, request: Request) -> Problem:
    """OpenAI's clients know 400 for a parameter that does not fit, others 422."""
    faults = error.errors()
    said = "; ".join(_fault(fault) for fault in faults[:3])
    first = faults[0]["loc"] if faults else ()
    param = ".".join(str(part) for part in first[1:]) or None
    status = 400 if request.url.path.startswith(OPENAI) else _DOES_NOT_FIT
    return Problem(status, "invalid_request", f"{said}; correct it, docs/api.md has examples", param)


def _fault(fault: Mapping[str, Any]) -> str:
    place = ".".join(str(part) for part in fault["loc"][1:]) or str(
        fault["loc"][0] if fault["loc"] else "body"
    )
    if fault.get("type") == "json_invalid":
        return "the body is not JSON"
    return f"{place[:200]}: {str(fault['msg'])[:200]}"


def _of_status(error: HTTPException) -> Problem:
    """What the framework refuses: unknown paths and methods, bodies that are none."""
    headers = dict(error.headers or {})
    match error.status_code:
        case 404:
            return Problem(
                404, "not_found", "there is nothing at this path; GET /api/openapi.json lists what is"
            )
        case 405:
            allowed = headers.get("allow") or headers.get("Allow") or ""
            return Problem(405, "method_not_allowed", f"this path takes {allowed or 'another method'}; use that", headers=headers)  # fmt: skip
        case 400:
            return Problem(
                400,
                "invalid_request",
                "the body cannot be read; send JSON in UTF-8, or a form as docs/api.md shows",
            )
        case 408:
            return TOO_SLOW
        case 413:
            return TOO_LARGE
        case status:
            return Problem(status, "refused", f"{error.detail}; see docs/api.md", headers=headers)
