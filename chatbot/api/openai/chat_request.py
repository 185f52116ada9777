"""What a client asks of ``/v1/chat/completions``, and the question that it is.

A parameter does what it says, or nothing at all: then ``ignored`` names it, so that it can be told. One with which the
answer would be wrong (another form, several answers, pictures) is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from chatbot.api.answers.asking import Question
from chatbot.api.problems import Problem
from chatbot.trace import Turn

_UNREAD = ("system", "developer", "tool", "function")
_MOST_STOPS = 4  # as OpenAI's
_TEXT_PARTS = ("text", "input_text")


class Part(BaseModel):
    """A part of a message. Text is read, nothing else."""

    model_config = ConfigDict(extra="allow")
    type: str = "text"
    text: str = ""


class ChatMessage(BaseModel):
    """A message. ``system``, ``developer``, ``tool`` and ``function`` are not read; see docs/api.md."""

    model_config = ConfigDict(extra="allow")
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None

    @property
    def words(self) -> str:
        """Its text."""
        if self.content is None or isinstance(self.content, str):
            return self.content or ""
        return "\n".join(part.text for part in self.content if part.type in _TEXT_PARTS)

    @property
    def has_pictures(self) -> bool:
        return isinstance(self.content, list) and any(part.type not in _TEXT_PARTS for part in self.content)


class StreamOptions(BaseModel):
    model_config = ConfigDict(extra="allow")
    include_usage: bool | None = None


class ResponseFormat(BaseModel):
    model_config = ConfigDict(extra="allow")
    type: str = "text"


class AskedWithOut(BaseModel):
    """Our own: how it is searched, and whether citations are checked."""

    model_config = ConfigDict(extra="forbid")
    filters: list[str] = Field(
        default=[], max_length=1_000, description="documents or folders to search; all if empty"
    )
    k: int | None = Field(None, ge=1, le=200, description="candidates that are looked at")
    top_n: int | None = Field(None, ge=1, le=50, description="of them kept as sources")
    rerank: bool | None = Field(None, description="whether the second look is taken")
    budget_ms: float | None = Field(None, ge=0, le=60_000, description="of the second look; 0: no limit")
    check: bool = Field(True, description="whether each cited sentence is checked against its sources")
    candidates: bool = Field(True, description="whether all candidates are told, with their text")


class ChatRequest(BaseModel):
    """As OpenAI's clients send it; parameters that are not listed are ignored, and named in ``secondlook.ignored``."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [
        {"model": "secondlook", "messages": [{"role": "user", "content": "How often is the filter changed?"}], "stream": True}
    ]})  # fmt: skip
    model: str = Field(
        min_length=1, max_length=300, description="`secondlook`, or a notebook, and perhaps :backend"
    )
    messages: list[ChatMessage] = Field(min_length=1, max_length=2_000)
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    max_tokens: int | None = Field(None, ge=1)
    max_completion_tokens: int | None = Field(None, ge=1)
    stop: str | list[str] | None = None
    n: int | None = None
    store: bool | None = Field(None, description="keep the answer among your conversations")
    response_format: ResponseFormat | None = None
    secondlook: AskedWithOut | None = None

    @property
    def with_usage(self) -> bool:
        return self.stream_options is not None and bool(self.stream_options.include_usage)

    @property
    def own(self) -> AskedWithOut:
        return self.secondlook or AskedWithOut()

    def ignored(self) -> list[str]:
        """Parameters and messages that came and do nothing."""
        extra = [name for name, value in (self.model_extra or {}).items() if value not in (None, [], {})]
        roles = [f"messages with the role {role}" for role in _UNREAD
                 if any(message.role == role for message in self.messages)]  # fmt: skip
        return sorted(str(name)[:100] for name in extra)[:50] + roles


def pairs_of(messages: Sequence[ChatMessage]) -> list[tuple[str, str]]:
    """Earlier questions and the answers that followed them."""
    pairs: list[tuple[str, str]] = []
    question = ""
    for message in messages[:-1]:
        if message.role == "user":
            question = message.words
        elif message.role == "assistant" and question.strip() and message.words.strip():
            pairs.append((question, message.words))
            question = ""
    return pairs


def question_of(
    request: ChatRequest, notebooks: Sequence[int], backend: str, turns: tuple[Turn, ...]
) -> Question:
    """Raises ``Problem`` 400 for what cannot be answered in the way that is wanted."""
    last = request.messages[-1]
    if last.role != "user":
        raise Problem(
            400, "invalid_request", "the last message is not the user's; send the question last", "messages"
        )
    if last.has_pictures:
        raise Problem(400, "invalid_request", "only text is read; send the question as text", "messages")
    if not last.words.strip():
        raise Problem(400, "invalid_request", "the question is empty; ask something", "messages")
    if request.n not in (None, 1):
        raise Problem(400, "invalid_request", "there is one answer to a question; leave out n", "n")
    if request.response_format is not None and request.response_format.type != "text":
        raise Problem(
            400, "invalid_request", "answers are text with citations; leave out response_format", "response_format"
        )  # fmt: skip
    stops = [request.stop] if isinstance(request.stop, str) else request.stop or []
    if len(stops) > _MOST_STOPS or not all(stops):
        raise Problem(
            400, "invalid_request", f"stop takes up to {_MOST_STOPS} texts that are not empty", "stop"
        )
    own = request.own
    return Question(
        text=last.words, notebook=notebooks[0], also=tuple(notebooks[1:]), turns=turns, backend=backend, filters=tuple(own.filters), k=own.k,
        top_n=own.top_n, rerank=own.rerank, budget_ms=own.budget_ms,
        most_tokens=request.max_completion_tokens or request.max_tokens, ends=tuple(stops), check=own.check,
        store=bool(request.store),
    )  # fmt: skip
