"""Whoever stops does not wait: not for a translation, an order, a statement in SQL, a model that says nothing more."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

from chatbot import Chatbot
from chatbot.config import Config, LLMConfig, LLMLimits
from chatbot.ui.chat.exchange import Exchange
from chatbot.ui.choices import settings_of
from fakes.llm_server import FakeLLMServer


class Busy:
    """A chatbot that is busy before there is an answer, until it is let go."""

    config = Config()

    def __init__(self) -> None:
        self.is_asked, self.may_end, self.is_closed = threading.Event(), threading.Event(), threading.Event()

    def ask(self, *_: Any, **__: Any) -> Any:
        self.is_asked.set()
        assert self.may_end.wait(30)
        return self

    def close(self) -> None:
        self.is_closed.set()


def test_a_question_is_stopped_before_there_is_an_answer_and_what_comes_later_is_closed() -> None:
    busy, exchange = Busy(), Exchange("Why?", settings_of(Config()))
    kept: list[Any] = []
    exchange.start(busy, [], kept.append)  # type: ignore[arg-type]
    assert busy.is_asked.wait(30)
    exchange.stop()
    assert exchange.job is not None
    assert exchange.job.done(30)
    assert exchange.settled
    assert exchange.trace is None
    assert exchange.failed == ""
    assert kept[-1].state == "stopped"
    busy.may_end.set()
    assert busy.is_closed.wait(30)


def test_a_model_that_hangs_in_the_middle_of_its_answer_is_stopped_at_once_and_what_came_stays(
    sample_chatbot: Chatbot, fake_llm: FakeLLMServer
) -> None:
    fake_llm.reply, fake_llm.fault = "one two three four", "hang between tokens"
    fake_llm.faults = [None]  # the question is translated first, and for that a hanging model has 15 s
    limits = LLMLimits(first_token_s=600, idle_s=600, total_s=600)  # far more than is waited for here
    llm = LLMConfig(backend="openai-like", options={"api_base": fake_llm.url}, limits=limits)
    exchange = Exchange("What are the core hours?", replace(settings_of(sample_chatbot.config), llm=llm))
    kept: list[Any] = []
    exchange.start(sample_chatbot, [], kept.append)
    assert exchange.job is not None
    while not exchange.trace or "one" not in exchange.trace.received:
        assert not exchange.job.done(0.05), exchange.failed
    exchange.stop()
    assert exchange.job.done(60)
    assert exchange.failed == ""
    assert (kept[-1].state, kept[-1].received.split()[0]) == ("stopped", "one")
    assert fake_llm.disconnected.wait(60)
