"""What ``/api/search`` and ``/api/ask`` are asked, and the events in which an answer comes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from chatbot.answering.answer import Answer
from chatbot.api.answers.asking import Question
from chatbot.api.answers.sources import found_json
from chatbot.api.answers.streams import Out
from chatbot.api.problems import require_text
from chatbot.notebooks.loading import MOST
from chatbot.trace import Turn

_EXAMPLE: dict[str, JsonValue] = {
    "question": "How many days of annual leave are there?",
    "notebook": "main",
    "top_n": 3,
}


class SearchRequest(BaseModel):
    """``notebook``: its name or id; the one that you have where none is named. ``notebooks``: several at once, of which
    the first has the settings.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})
    question: str = Field(min_length=1, max_length=4_000)
    notebook: str | int | None = None
    notebooks: list[str | int] = Field(default=[], max_length=MOST, description="names or ids")
    filters: list[str] = Field(default=[], max_length=1_000, description="documents or folders; all if empty")
    k: int | None = Field(None, ge=1, le=200)
    top_n: int | None = Field(None, ge=1, le=50)
    rerank: bool | None = None
    budget_ms: float | None = Field(None, ge=0, le=60_000)


class Earlier(BaseModel):
    """An earlier question and its answer."""

    question: str = Field(max_length=20_000)
    answer: str = Field(max_length=100_000)


class AskRequest(SearchRequest):
    history: list[Earlier] = Field(default=[], max_length=200, description="oldest first")
    backend: str = Field(
        "", max_length=200, description="who writes: `ollama`, `openai:gpt-5-mini`; as configured if empty"
    )
    stream: bool = Field(True, description="events as they come, or the whole as one object")
    check: bool = Field(True, description="whether each cited sentence is checked against its sources")
    store: bool = Field(False, description="keep the answer among your conversations")

    def require_text(self) -> None:
        for text in (
            self.question,
            *(word for turn in self.history for word in (turn.question, turn.answer)),
        ):
            require_text(text, "question")

    def as_question(self, notebooks: Sequence[int], turns: tuple[Turn, ...]) -> Question:
        return Question(
            self.question, notebooks[0], turns, tuple(notebooks[1:]), self.backend, tuple(self.filters), self.k, self.top_n, self.rerank,
            self.budget_ms, check=self.check, store=self.store,
        )  # fmt: skip


def event(name: str, content: Any) -> bytes:
    """One server-sent event."""
    return f"event: {name}\ndata: {json.dumps(content, ensure_ascii=False)}\n\n".encode("utf-8", "replace")


class Events:
    """Tells an answer as events: ``candidates``, then ``text`` bit by bit, and ``restart`` where that were thoughts."""

    def __init__(self, out: Out) -> None:
        self._out = out

    def found(self, answer: Answer) -> None:
        self._out.send(event("candidates", found_json(answer, {})))

    def text(self, piece: str) -> None:
        self._out.send(event("text", {"text": piece}))

    def restarted(self) -> None:
        self._out.send(event("restart", {}))
