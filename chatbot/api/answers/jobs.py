"""Changes of an index that a program asked for: each in a thread, in one queue with those of the page, remembered for a while.

A request with an ``Idempotency-Key`` that was seen before gets the job of then: nothing is done twice.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Any, Literal

from chatbot.api.errors import problem_of
from chatbot.api.problems import Problem
from ingest.report import IngestReport
from ingest.turns.change import Change

_REMEMBERED = 500
_MOST_WAITING = 50
MOST_BYTES = 400 * 2**20  # of files that wait for their turn, of all programs together

Status = Literal["waiting", "running", "done", "failed"]


@dataclass(slots=True)
class Job:
    """One change.

    Attributes:
        who: ``Caller.who``, whose it is.
        size: bytes that it holds until it ends.
        is_over: set once it has ended.
    """

    kind: Literal["upload", "web", "remove"]
    who: str
    notebook: int
    size: int = 0
    id: str = field(default_factory=lambda: token_hex(12))
    status: Status = "waiting"
    report: IngestReport | None = None
    error: Problem | None = None
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    is_over: threading.Event = field(default_factory=threading.Event)

    def as_json(self) -> dict[str, Any]:
        """As it is now."""
        error = None
        if self.error is not None:
            error = {"code": self.error.code, "detail": self.error.message, "status": self.error.status}
        return {
            "id": self.id, "kind": self.kind, "notebook": self.notebook, "status": self.status,
            "created": self.created.isoformat(timespec="seconds"),
            "report": self.report.as_json() if self.report is not None else None, "error": error,
        }  # fmt: skip


class Jobs:
    """For all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._keys: OrderedDict[tuple[str, str], tuple[bytes, Job]] = OrderedDict()
        self._arriving = 0

    @contextmanager
    def arriving(self, size: int) -> Iterator[None]:
        """While so many bytes come in, they count as there. Raises ``Problem`` 503 where there is no room."""
        with self._lock:
            if self._held() + size > MOST_BYTES:
                raise _busy()
            self._arriving += size
        try:
            yield
        finally:
            with self._lock:
                self._arriving -= size

    def begin(
        self,
        job: Job,
        store: Path,
        action: Callable[[Change], IngestReport],
        key: str = "",
        content: bytes = b"",
        count: Callable[[], None] = lambda: None,
    ) -> tuple[Job, bool]:
        """The job that was begun, or that of a request with the same ``key`` before, and whether it is one of before.

        Args:
            action: does it, or a part of it at each turn; see ``Change``.
            content: a hash of what was asked.
            count: counts what is begun, and nothing that was begun before; what it raises is raised.

        Raises:
            Problem: the key was used for something else, or too much waits.
        """
        with self._lock:
            if (known := self._known(job.who, key, content)) is not None:
                return known, True
            under_way = sum(not other.is_over.is_set() for other in self._jobs.values())
            if under_way >= _MOST_WAITING or self._held() + job.size > MOST_BYTES:
                raise _busy()
            count()
            self._jobs[job.id] = job
            if key:
                self._keys[job.who, key] = content, job
            self._forget()
            change = Change(1, store, _seen(job, action), job.who, with_parser=job.kind == "upload")
        threading.Thread(target=_run, args=(job, change), name=f"api {job.kind}", daemon=True).start()
        return job, False

    def known(self, who: str, key: str | None, content: bytes) -> Job | None:
        """The job of a request with the same ``key`` before. Raises as ``begin``."""
        with self._lock:
            return self._known(who, key or "", content)

    def _known(self, who: str, key: str, content: bytes) -> Job | None:
        found = self._keys.get((who, key)) if key else None
        if found is not None and found[0] != content:
            message = "this Idempotency-Key was used for another request; choose a new one"
            raise Problem(422, "idempotency_key_used", message)
        return found[1] if found is not None else None

    def job(self, number: str, who: str) -> Job:
        """Raises ``Problem`` 404 where there is none, or it is somebody else's."""
        with self._lock:
            found = self._jobs.get(number)
        if found is None or found.who != who:
            raise Problem(404, "not_found", f"there is no job {number!r} any more; see: GET /api/documents")
        return found

    def _held(self) -> int:
        """Bytes in memory; with the lock."""
        return self._arriving + sum(job.size for job in self._jobs.values() if not job.is_over.is_set())

    def _forget(self) -> None:
        for number in [n for n, job in self._jobs.items() if job.is_over.is_set()][
            : max(0, len(self._jobs) - _REMEMBERED)
        ]:
            del self._jobs[number]
        while len(self._keys) > _REMEMBERED:
            self._keys.popitem(last=False)


def _busy() -> Problem:
    message = "too much is being read already; send it again in a minute"
    return Problem(503, "busy", message, headers={"Retry-After": "60"})


def _seen(job: Job, action: Callable[[Change], IngestReport]) -> Callable[[Change], IngestReport]:
    """``action``; the job says that it has begun."""

    def begun(change: Change) -> IngestReport:
        job.status = "running"
        return action(change)

    return begun


def _run(job: Job, change: Change) -> None:
    try:
        job.report = change.carry_out()
        job.status = "done"
    except Exception as error:  # nobody else hears of it
        job.error, job.status = problem_of(error), "failed"
    finally:
        job.is_over.set()
