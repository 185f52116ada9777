"""A problem as a value, and as the body of an answer: OpenAI's form under ``/v1``, RFC 9457 elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.types import Scope

OPENAI = ("/v1/", "/v2/", "/rerank")  # where errors have the form of OpenAI
TITLES = {
    400: "Bad request", 401: "No valid key", 403: "Not allowed", 404: "Not found", 405: "Method not allowed",
    408: "Too slow", 409: "Conflict", 411: "Length required", 413: "Too large", 415: "Unsupported media type",
    421: "Another host", 422: "Does not fit", 429: "Too many", 500: "Failed", 502: "The language model failed",
    503: "Not available now",
}  # fmt: skip


class Problem(Exception):
    """Why a request is not answered.

    Attributes:
        code: for programs, as ``invalid_api_key``; docs/api.md lists them.
        message: one sentence on what happened and one on what to do.
        param: the parameter that is wrong, where it is one.
    """

    def __init__(
        self, status: int, code: str, message: str, param: str | None = None, headers: Mapping[str, str] | None = None
    ) -> None:  # fmt: skip
        super().__init__(message)
        self.status, self.code, self.message, self.param = status, code, message, param
        self.headers = dict(headers or {})


def request_id(scope: Scope) -> str:
    """The number of a request: that of the header ``X-Request-Id``, or one of ours."""
    state = scope.get("state") or {}
    return str(state.get("request_id", ""))


def body_of(problem: Problem, path: str, number: str) -> dict[str, Any]:
    """What is sent: for an answer, and for an event of a stream."""
    if path.startswith(OPENAI):
        kind = _openai_type(problem.status)
        return {
            "error": {"message": problem.message, "type": kind, "param": problem.param, "code": problem.code}
        }
    body = {
        "type": f"urn:secondlook:problem:{problem.code}",
        "title": TITLES.get(problem.status, "Failed"),
        "status": problem.status,
        "detail": problem.message,
        "code": problem.code,
        "request_id": number,
    }
    return body if problem.param is None else {**body, "param": problem.param}


def _openai_type(status: int) -> str:
    """The kinds of errors that OpenAI's clients tell apart."""
    if status == 401:
        return "authentication_error"
    if status == 403:
        return "permission_error"
    if status == 429:
        return "rate_limit_error"
    return "invalid_request_error" if status < 500 else "server_error"


def require_text(text: str, param: str) -> None:
    """Raise ``Problem`` 400 for half a character, which JSON can hold and nothing can be made of."""
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise Problem(400, "invalid_request", f"{param} holds half a character; send valid text", param)
