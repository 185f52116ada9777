"""A worker that reads part by part: ``SandboxProcess("tests.fakes.reads_on")``.

``{"asks": n}`` asks for more time so often and answers how often it was given; with ``"then": "hang"`` it never
answers, and with ``"then": "insist"`` it says for ever that it goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ingest.sandbox.wire import GOES_ON, send
from ingest.sandbox.worker import serve

_more: list[Callable[[], bool]] = []


def _insist() -> None:
    """Says that it goes on, without the clock that would refuse it."""
    ask: Any = _more[0]
    send(ask.__self__._answers, GOES_ON)


def answer(request: dict[str, Any], file: Path) -> tuple[dict[str, Any], bytes]:
    given = sum([_more[0]() for _ in range(request["asks"])])
    while request["then"] == "hang":
        time.sleep(1)
    while request["then"] == "insist":
        _insist()
    return {"given": given}, b""


if __name__ == "__main__":
    serve(answer, _more.append)
