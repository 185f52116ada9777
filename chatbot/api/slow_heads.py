"""uvicorn's connection that gives up on a request whose head does not come.

uvicorn waits for the first line and the headers without an end; whoever opens a thousand connections and says nothing on
them would keep everybody else out. It bounds the time between two requests itself, and the guard that of a body.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

HEAD_S = 10.0  # from the connection, or the first byte of a later request, to the end of the headers


class TimelyProtocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type] # chosen when uvicorn is imported
    """As uvicorn's own, with a clock."""

    _clock: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_clock()  # a request is under way
        elif self._clock is None and self.timeout_keep_alive_task is None:
            self._wait()  # the beginning of the next one

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_clock()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._clock = asyncio.get_running_loop().call_later(HEAD_S, self._give_up)

    def _give_up(self) -> None:
        self._clock = None
        if (self.cycle is None or self.cycle.response_complete) and not self.transport.is_closing():
            self.transport.close()

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None
