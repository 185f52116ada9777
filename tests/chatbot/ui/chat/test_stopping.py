"""Whoever stops does not wait: not for a translation, an order, a statement in SQL."""

from __future__ import annotations

import threading
from typing import Any

from chatbot.config import Config
from chatbot.ui.chat.exchange import Exchange
from chatbot.ui.choices import settings_of


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
