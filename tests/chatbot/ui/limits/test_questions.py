"""A question too many, on the page: nothing is searched for it, and its place says when it can be asked again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import Config
from chatbot.engine import Chatbot
from chatbot.limits import allowance
from chatbot.limits.window import Window
from chatbot.ui.chat.exchange import Exchange
from chatbot.ui.choices import settings_of
from fakes.stores import small_store


@pytest.fixture
def chatbot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chatbot]:
    window = Window(60)
    window.take("", 1, 1)  # one has been asked
    monkeypatch.setattr(allowance, "_questions", window)
    config = Config().with_(store=tmp_path / "store", limits={"questions_per_minute": 1})
    store = small_store(config.store, {"a.txt": [("There are 25 days of annual leave.", None)]})
    yield Chatbot(config, store)
    store.close()


def test_it_is_refused_with_when_it_works_again_and_nothing_is_searched(
    chatbot: Chatbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("it was asked")

    monkeypatch.setattr(chatbot, "ask", never)
    kept: list[Any] = []
    exchange = Exchange("How many days?", settings_of(chatbot.config))
    exchange.start(chatbot, [], kept.append)
    assert exchange.job is not None
    exchange.job.outcome()
    assert exchange.settled
    assert "1 questions a minute" in exchange.failed
    assert "again in " in exchange.failed
    assert exchange.trace is None
