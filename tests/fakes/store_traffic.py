"""Threads that write and read an index while its server is killed, and what each of them may find there."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from chatbot.errors import StoreError
from chatbot.store import Store, View
from chatbot.text.keywords import question_terms

_WAIT_S = 120.0
_OF_A_WRITER = 5  # documents


@dataclass(slots=True)
class Written:
    """One document, which one thread alone writes: its versions, each with its texts.

    Attributes:
        versions: all that were ever sent, in order.
        known: how many of them, at least, everybody sees who begins to look now.
    """

    versions: list[tuple[str, ...]] = field(default_factory=lambda: [()])
    known: int = 0


class Traffic:
    """``run(writers, readers, commits, views)`` lets them work until there are so many more of both."""

    def __init__(self, store: Store, tools: Any) -> None:
        self.store, self.tools = store, tools
        self.documents: dict[str, Written] = {}
        self.commits = self.views = 0
        self.told: list[str] = []  # what threads were told when the server was gone
        self._goals = (0, 0)
        self._enough, self._over, self._lock = threading.Event(), threading.Event(), threading.Lock()

    def run(self, writers: int, readers: int, commits: int, views: int, kill: Callable[[], None]) -> None:
        """``kill``: what is done in the middle of it; it ends when all threads have noticed."""
        self._goals = self.commits + commits, self.views + views
        self._enough.clear()
        self._over.clear()
        for seed in range(writers):
            for number in range(_OF_A_WRITER):
                self.documents.setdefault(f"d{seed}/{number}", Written())
        turn = self.commits
        jobs = [lambda seed=seed: self._write(seed, Random(f"{turn} {seed}")) for seed in range(writers)]
        jobs += [lambda seed=seed: self._read(Random(f"{turn} reader {seed}")) for seed in range(readers)]
        wrong: list[BaseException] = []

        def guarded(job: Callable[[], None]) -> None:
            try:
                job()
            except BaseException as error:
                wrong.append(error)
                self._enough.set()

        threads = [threading.Thread(target=guarded, args=(job,)) for job in jobs]
        for thread in threads:
            thread.start()
        is_enough = self._enough.wait(_WAIT_S)
        kill()
        self._over.set()
        for thread in threads:
            thread.join()
        if wrong:
            raise wrong[0]
        assert is_enough, f"{self.commits} commits and {self.views} views, {self._goals} were wanted"

    def check(self) -> None:
        """Every document is as it was acknowledged, or as it was about to be stored; from now on it stays so."""
        with self.store.reading() as view:
            for uri, written in self.documents.items():
                written.known = self._look(view, uri, written, written.known, len(written.versions))
            there = {row.uri for row in view.documents()}
        assert there == {uri for uri, written in self.documents.items() if written.known}
        assert self.store.faults() == []

    def _write(self, seed: int, mine: Random) -> None:
        while not self._over.is_set():
            uri = f"d{seed}/{mine.randrange(_OF_A_WRITER)}"
            written = self.documents[uri]
            version, size = len(written.versions), mine.choice([1, 3, 8])
            texts = tuple(f"{uri} version {version} place {place} of {size}" for place in range(size))
            written.versions.append(texts)
            try:
                self.tools.put(self.store, uri, *texts)
            except StoreError as error:
                self.told.append(str(error))
                return
            written.known = version
            self._count(1, 0)

    def _read(self, mine: Random) -> None:
        while not self._over.is_set():
            uri = mine.choice(list(self.documents))
            written = self.documents[uri]
            known = written.known
            try:
                with self.store.reading() as view:
                    self._look(view, uri, written, known, None)
            except StoreError as error:
                self.told.append(str(error))
                return
            self._count(0, 1)

    def _look(self, view: View, uri: str, written: Written, known: int, until: int | None) -> int:
        """Which version ``view`` has of a document: a whole one, everywhere the same, and not older than ``known``."""
        chunks = view.chunks_of(uri)
        texts = tuple(chunk.text for chunk in chunks)
        possible = range(known, len(written.versions) if until is None else until)
        found = next((number for number in possible if written.versions[number] == texts), None)
        assert found is not None, f"{uri}: {texts} is none of the versions from {known} on"
        if not chunks:
            return found
        ids = {chunk.id for chunk in chunks}
        scope = view.scope([uri])
        assert {chunk for chunk, _ in view.dense(self.tools.vector_of(texts[0]), 20, scope)} == ids, uri
        assert {chunk for chunk, _ in view.lexical(question_terms("version place"), 20, scope)} == ids, uri
        return found

    def _count(self, commits: int, views: int) -> None:
        with self._lock:
            self.commits += commits
            self.views += views
            if self.commits >= self._goals[0] and self.views >= self._goals[1]:
                self._enough.set()
