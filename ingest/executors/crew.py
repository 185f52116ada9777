"""Workers as actors of a Ray cluster: started, given lots, and replaced when they end.

Ray is imported here alone, and only when it is used. It restarts nothing and repeats nothing by itself: what a lost
worker had comes back to the caller, who knows how often it may be tried.
"""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from chatbot.config import Config
from chatbot.errors import ChatbotError, ConfigError, ExecutorError
from ingest.executors.lots import Lot
from ingest.executors.worker import Facts, Worker
from ingest.report import Progress
from ingest.sync import FileTask

ADDRESS = "RAY_ADDRESS"
MEMORY = 3 * 2**30  # of one worker: 1.2 GB with the model, and a parser that may take 1.5 GB
_LOCAL_OBJECTS = 200 * 2**20  # bytes, of a cluster that this process starts: files on their way
_PATIENCE_S = 180.0  # until the first worker has begun: a machine may have to load the model from a slow disk
_LOOK_S = 1.0
_CONNECT_S = 10.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Begun:
    """A worker has loaded its model and opened the index."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class Finished:
    """A worker has done its lot, or cannot go on."""

    result: Progress | ChatbotError


@dataclass(frozen=True, slots=True)
class Lost:
    """A worker ended; ``lot`` is what it had, if anything."""

    lot: Lot | None


Event = Begun | Finished | Lost


def ray_module() -> Any:
    """Ray, told to send nothing anywhere. Raises ``ConfigError`` where it is not installed."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # read when a cluster is started
    try:
        import ray
    except ImportError as error:
        raise ConfigError(
            'the executor ray needs a package that is not here ({error}); run: pip install "secondlook[ray]"',
            error=error,
        ) from error
    return ray


class Crew:
    """As many workers as the cluster has room for, ``most`` at most; leave it as a context to end them."""

    def __init__(self, config: Config, most: int) -> None:
        self._ray = ray_module()
        self._config = config
        self._most = most
        self._starting: dict[Any, Any] = {}  # what says that it has begun -> the worker
        self._idle: list[Any] = []
        self._busy: dict[Any, tuple[Any, Lot]] = {}
        self._lost_in_a_row = 0
        self.size = 0
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        self._connected_by_us = not self._ray.is_initialized()
        if self._connected_by_us:
            self._connect()
        try:
            self.size = min(self._most, self._room())
            if not self.size:
                raise ExecutorError(
                    "no machine of the Ray cluster has a processor and {memory} GB of memory for a worker; start one with more",
                    memory=MEMORY // 2**30,
                )
            for _ in range(self.size):
                self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End every worker, within a file if need be."""
        for worker in (*self._starting.values(), *self._idle, *(worker for worker, _ in self._busy.values())):
            with suppress(Exception):  # the cluster may be gone
                self._ray.kill(worker)
        self._starting, self._idle, self._busy = {}, [], {}
        if self._connected_by_us:
            self._ray.shutdown()

    @property
    def has_idle(self) -> bool:
        return bool(self._idle)

    @property
    def is_busy(self) -> bool:
        return bool(self._busy)

    def give(self, lot: Lot, tasks: Sequence[FileTask], contents: Mapping[str, bytes]) -> None:
        """An idle worker gets ``lot``, of which ``tasks`` are to be read; their bytes go through Ray's object store."""
        worker = self._idle.pop()
        sent = self._ray.put(contents)
        self._busy[worker.carry_out.remote(tasks, sent, lot.tried)] = worker, lot

    def wait(self) -> Event | None:
        """What happened next, or nothing for a second.

        Raises:
            ExecutorError: workers end again and again, or none begins.
        """
        try:
            return self._next()
        except self._ray.exceptions.RayError as error:
            raise ExecutorError(
                "the Ray cluster does not answer any more ({error}); what is stored stays; run it again",
                error=_first_line(error),
            ) from error

    def _next(self) -> Event | None:
        waiting = [*self._starting, *self._busy]
        ready, _ = self._ray.wait(waiting, num_returns=1, timeout=_LOOK_S)
        if not ready:
            self._be_impatient()
            return None
        (done,) = ready
        worker, lot = self._busy.pop(done) if done in self._busy else (self._starting.pop(done), None)
        try:
            result = self._ray.get(done)
        except self._ray.exceptions.RayTaskError as error:  # a bug, with its traceback
            raise (error.cause or error) from error
        except self._ray.exceptions.RayError as error:
            return self._replace(worker, lot, error)
        if isinstance(result, tuple):
            machine, reason = result
            raise ExecutorError("{machine} cannot take part: {reason}", machine=machine, reason=reason)
        self._idle.append(worker)
        if isinstance(result, Facts):
            return Begun(result)
        self._lost_in_a_row = 0
        return Finished(result)

    def _connect(self) -> None:
        address = os.environ.get(ADDRESS, "")
        # it prints twenty lines of a lost node's log on standard output, whatever log_to_driver says: before our JSON
        self._ray._private.worker._worker_logs_enabled = False
        local: dict[str, Any] = {}
        if address == "local":
            local = {"include_dashboard": False, "object_store_memory": _LOCAL_OBJECTS}
        try:
            _require_head(address)  # Ray itself would try for minutes
            self._ray.init(
                address=address,
                log_to_driver=False,
                logging_level=logging.ERROR,
                namespace="secondlook",
                **local,
            )
        except (ConnectionError, ValueError, RuntimeError, OSError) as error:
            raise ExecutorError(
                "the Ray cluster at {address} cannot be reached ({error}); start Ray on this machine as well, set {name} to the head's HOST:6379, and RAY_AUTH_MODE=token where the cluster asks for one",
                address=address,
                error=_first_line(error),
                name=ADDRESS,
            ) from error

    def _room(self) -> int:
        """How many workers the machines of the cluster hold, by their processors and memory."""
        found = [node["Resources"] for node in self._ray.nodes() if node["Alive"]]
        return sum(min(int(node.get("CPU", 0)), int(node.get("memory", 0) // MEMORY)) for node in found)

    def _start(self) -> None:
        actor = self._ray.remote(
            num_cpus=1, memory=MEMORY, max_restarts=0, max_task_retries=0, scheduling_strategy="SPREAD"
        )(Worker)
        worker = actor.remote(self._config)
        self._starting[worker.begin.remote()] = worker

    def _replace(self, worker: Any, lot: Lot | None, error: BaseException) -> Lost:
        with suppress(Exception):  # one that only cannot be reached must not go on beside the new one
            self._ray.kill(worker)
        _log.warning("a worker ended: %s", _first_line(error))
        self._lost_in_a_row += 1
        if self._lost_in_a_row > 10 + 3 * self.size:
            raise ExecutorError(
                "{count} workers ended one after another before anything was done ({error}); see the logs of Ray",
                count=self._lost_in_a_row,
                error=_first_line(error),
            ) from error
        self._start()
        return Lost(lot)

    def _be_impatient(self) -> None:
        if self._idle or self._busy:
            self._began = time.monotonic()
        elif time.monotonic() - self._began > _PATIENCE_S:
            raise ExecutorError(
                "no worker began within {seconds} s; is a machine of the Ray cluster free?",
                seconds=f"{_PATIENCE_S:g}",
            )


def _require_head(address: str) -> None:
    """Raises ``OSError`` where nobody listens at HOST:PORT."""
    host, _, port = address.rpartition(":")
    if host and port.isdecimal() and "//" not in host:
        socket.create_connection((host.strip("[]"), int(port)), _CONNECT_S).close()


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
