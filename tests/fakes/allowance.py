"""Counters of what people had lately that are a test's own; else one person's limit is used up by tests before it."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from chatbot.limits import allowance
from chatbot.limits.window import Window

_COUNTERS = ("_questions", "_texts", "_files", "_megabytes")


def nobody_had_anything(monkeypatch: pytest.MonkeyPatch, now: Callable[[], float] = time.monotonic) -> None:
    """Until the test ends. ``now``: the clock of the counters, in seconds."""
    for name in _COUNTERS:
        monkeypatch.setattr(allowance, name, Window(getattr(allowance, name).span_s, now))
