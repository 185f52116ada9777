"""Workers in this process, over a real database: all of the executor but the cluster between."""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any, Self

import pytest

from chatbot.config import Config
from chatbot.retrieval.embeddings import EMBEDDINGS
from chatbot.store.engines import discard
from fakes.ngram_embedding import NgramEmbedding
from ingest.executors import cluster, lots
from ingest.executors.crew import ADDRESS, Begun, Event, Finished, Lost
from ingest.executors.lots import Lot
from ingest.executors.worker import Worker
from ingest.sandbox.parser import ParserProcess
from ingest.sync import FileTask

_NUMBERS = count(1)


class CrewHere:
    """``Crew`` without machines. ``loses(lot, when)`` says whether a worker ends, before it begins or after it is done.

    Everything passes through pickle, as it would on its way to another machine.
    """

    loses: Callable[[Lot, str], bool] = staticmethod(lambda lot, when: False)
    changes: Callable[[Any], Any] = staticmethod(lambda result: result)
    lots: list[Lot]
    losses: int

    def __init__(self, config: Config, most: int) -> None:
        self._config = _sent(config)
        self.size = min(2, most)
        type(self).lots, type(self).losses = [], 0
        self._parser = ParserProcess()  # one for all of them: each takes a second to start

    def __enter__(self) -> Self:
        self._idle: list[Worker] = []
        self._events: deque[Event] = deque()
        for _ in range(self.size):
            self._start()
        return self

    def __exit__(self, *error: object) -> None:
        self._parser.close()

    @property
    def has_idle(self) -> bool:
        return bool(self._idle)

    @property
    def is_busy(self) -> bool:
        return bool(self._events)

    def give(self, lot: Lot, tasks: Sequence[FileTask], contents: Mapping[str, bytes]) -> None:
        self.lots.append(lot)
        worker, result = self._idle.pop(), None
        if not (lost := self.loses(lot, "before")):
            result = _sent(worker.carry_out(*_sent((tasks, contents, lot.tried))))
            lost = self.loses(lot, "after")
        if lost:
            type(self).losses += 1
            self._events.append(Lost(lot))
            self._start()
        else:
            self._idle.append(worker)
            self._events.append(Finished(result))

    def wait(self) -> Event | None:
        return self._events.popleft() if self._events else None

    def _start(self) -> None:
        worker = Worker(self._config)
        worker._parser = self._parser
        self._idle.append(worker)
        self._events.append(Begun(type(self).changes(_sent(worker.begin()))))


def _sent(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))


@pytest.fixture
def crew(monkeypatch: pytest.MonkeyPatch) -> type[CrewHere]:
    """Takes the cluster's place."""

    class Own(CrewHere):
        pass

    monkeypatch.setattr(cluster, "Crew", Own)
    monkeypatch.setattr(lots, "_LOTS_EACH", 2)
    monkeypatch.setattr(cluster, "ray_module", lambda: None)
    monkeypatch.setenv(ADDRESS, "127.0.0.1:6379")
    return Own


@pytest.fixture
def ngram(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(EMBEDDINGS._builders, "ngram", lambda config: NgramEmbedding())


@pytest.fixture
def config(tmp_path: Path, ngram: None) -> Config:
    """An index in a folder, embedded by trigrams."""
    del ngram
    return Config().with_(
        store=tmp_path / "store",
        embedding={"backend": "ngram", "model": "ngram"},
        reranker={"token_vectors": "off"},
    )


@pytest.fixture
def in_database(config: Config, postgres: str, tmp_path: Path) -> Iterator[Config]:
    """The same in PostgreSQL."""
    del postgres
    settings = config.with_(
        store=tmp_path / "here", index={"backend": "postgres", "schema_name": f"executor_{next(_NUMBERS)}"}
    )
    yield settings
    discard(settings)
