"""A body that does not come, or comes a byte at a time, is given up; what waits behind a whole one is not hurried."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from fastapi import HTTPException
from starlette.types import Message

from chatbot.api import guard
from chatbot.api.guard import MOST_OF_A_BODY, _bounded

PIECE: Message = {"type": "http.request", "body": b"x", "more_body": True}
LAST: Message = {"type": "http.request", "body": b"x", "more_body": False}
GONE: Message = {"type": "http.disconnect"}


def receive_of(*messages: Message | None) -> Callable[[], Any]:
    """Gives these; ``None``: nothing ever comes again."""

    async def pieces() -> AsyncIterator[Message]:
        for message in messages:
            if message is None:
                await asyncio.Event().wait()
            else:
                yield message

    given = pieces()
    return given.__anext__


def status_of(*messages: Message | None, now: Callable[[], float] = lambda: 0.0) -> int:
    async def read() -> int:
        received = _bounded(receive_of(*messages), MOST_OF_A_BODY, 30.0, now)
        try:
            for _ in messages:
                await received()
        except HTTPException as error:
            return error.status_code
        return 200

    return asyncio.run(read())


def test_a_piece_that_does_not_come_is_waited_for_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "_SLOWEST_S", 0.01)
    assert status_of(PIECE, PIECE, None) == 408


def test_a_byte_now_and_then_does_not_keep_a_body_open_for_ever() -> None:
    """Each piece is there at once, and yet the time for all of them is over."""
    seconds = iter(range(0, 100, 7))
    assert status_of(*[PIECE] * 10, now=lambda: float(next(seconds))) == 408


def test_what_comes_after_a_whole_body_is_waited_for_as_it_is() -> None:
    seconds = iter([0.0, 1.0])  # the clock is not looked at any more
    assert status_of(LAST, GONE, now=lambda: next(seconds)) == 200


def test_more_than_was_announced_is_not_read() -> None:
    large: Message = {**PIECE, "body": b"x" * (MOST_OF_A_BODY // 2 + 1)}
    assert status_of(large, large) == 413
