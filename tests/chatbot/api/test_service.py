"""The threads of the interface, when it is ended while they work."""

from __future__ import annotations

import asyncio
import logging
import threading

import pytest

from chatbot.api.answers.streams import Out
from chatbot.api.service import Pool


def test_work_that_ends_after_the_program_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    goes_on, has_ended = threading.Event(), threading.Event()
    outs: list[Out] = []

    def work() -> None:
        goes_on.wait()
        outs[0].send(b"too late")
        has_ended.set()

    async def begin() -> None:
        outs.append(Out())
        waiting = asyncio.ensure_future(pool.run(work))
        await asyncio.sleep(0)
        waiting.cancel()

    pool = Pool("test", 1, 0)
    with caplog.at_level(logging.ERROR):
        asyncio.run(begin())
        goes_on.set()
        assert has_ended.wait(30)
        pool._threads.shutdown(wait=True)
    assert caplog.records == []
