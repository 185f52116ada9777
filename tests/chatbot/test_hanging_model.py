"""A language model that hangs keeps the one who asked it waiting, and nobody else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from chatbot.answering.answer import Answer, read_answer
from chatbot.config import LLMConfig, LLMLimits
from chatbot.engine import Chatbot
from chatbot.errors import LLMError
from chatbot.llms import build_writer
from chatbot.trace import Turn

QUESTION = "How many days of annual leave are there?"
_PATIENCE_S = 120.0  # against a test that would never end; nothing depends on it


class Asking(threading.Thread):
    """A question in a thread of its own, as the page asks it."""

    def __init__(self, ask: Callable[[], Answer]) -> None:
        super().__init__(daemon=True)
        self._ask = ask
        self.received = ""
        self.start()

    def run(self) -> None:
        with suppress(LLMError):
            answer = self._ask()
            read_answer(answer, lambda: False)
            self.received = answer.received


@pytest.fixture
def hanging(fake_llm: Any) -> Iterator[Any]:
    """Makes writers on a server that takes a question and never says a word."""
    fake_llm.fault = "hang"
    limits = LLMLimits(first_token_s=_PATIENCE_S, idle_s=_PATIENCE_S, total_s=_PATIENCE_S, tries=1)
    config = LLMConfig(backend="openai-like", model="m", options={"api_base": fake_llm.url}, limits=limits)
    yield lambda: build_writer(config)
    fake_llm.ending.set()


def _asked(fake_llm: Any, count: int) -> None:
    """Wait until the server has ``count`` questions."""
    until = time.monotonic() + _PATIENCE_S
    while len(fake_llm.requests) < count:
        assert time.monotonic() < until
        time.sleep(0.005)


def test_others_are_answered_while_a_model_hangs(
    sample_chatbot: Chatbot, fake_llm: Any, hanging: Any
) -> None:
    waiting = [Asking(lambda: sample_chatbot.ask(QUESTION, writer=hanging)) for _ in range(3)]
    _asked(fake_llm, 3)
    other = Asking(lambda: sample_chatbot.ask(QUESTION))
    other.join(_PATIENCE_S)
    assert "annual leave" in other.received
    assert sample_chatbot.search(QUESTION).candidates
    assert all(thread.is_alive() for thread in waiting)


def test_a_follow_up_that_a_hanging_model_is_to_read_holds_up_nobody(
    sample_chatbot: Chatbot, fake_llm: Any, hanging: Any
) -> None:
    turns = [Turn(QUESTION, "15 days of annual leave [1].", ("employee-handbook.pdf",))]
    waiting = Asking(lambda: sample_chatbot.ask("And after ten years?", turns, writer=hanging))
    _asked(fake_llm, 1)
    other = Asking(lambda: sample_chatbot.ask(QUESTION))
    other.join(_PATIENCE_S)
    assert "annual leave" in other.received
    assert waiting.is_alive()
