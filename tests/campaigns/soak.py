"""Two ingests and two readers on one store, all of them killed at random and started again.

python -m campaigns.soak FOLDER --seconds S --seed N

Prints one JSON object: {"kills": n, "commits": n, "checks": n, "warnings": n, "violations": [...], "seconds": s}.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import signal
import threading
import time
import traceback
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from campaigns.model import DIMENSION, EVERYWHERE, IDENTITY, Texts, document, path_of, texts_for, vector_of
from chatbot.errors import StoreBusy
from chatbot.store.sqlite.store import SqliteStore
from chatbot.store.sqlite.view import SqliteView
from chatbot.text.keywords import question_terms

_DOCUMENTS = 12
_READER_THREADS = 2
_KILL_EVERY_S = (0.05, 0.25)


class Record:
    """Lines appended to one file by many processes; each is whole, as one write appends it."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._path = path

    def add(self, *fields: object) -> None:
        os.write(self._descriptor, f"{json.dumps(fields, ensure_ascii=False)}\n".encode())

    def lines(self) -> list[list[Any]]:
        return [json.loads(line) for line in self._path.read_text("utf-8").splitlines()]


class Warnings(logging.Handler):
    """Counts what the store says to its log."""

    def __init__(self, record: Record) -> None:
        super().__init__()
        self._record = record

    def emit(self, record: logging.LogRecord) -> None:
        self._record.add("warning", record.getMessage())


def _texts(number: int, version: int, count: int) -> Texts:
    """Every chunk says of which document and version it is, and how many there are."""
    return texts_for(*(f"d{number}v{version} n{count} i{i} docu{number}" for i in range(count)))


def _read(text: str) -> tuple[int, int, int]:
    """(document, version, count) that a chunk's text claims."""
    mark, count = text.split()[1:3]
    number, version = mark.removeprefix("markd").split("v")
    return int(number), int(version), int(count[1:])


def _names(number: int) -> tuple[str, str]:
    """A document has one of two names at a time."""
    return f"{number}.md", f"이동/{number}.md"


# ingest


def _ingest(folder: Path, seed: int, record: Record) -> None:
    chance = random.Random(seed)
    store = SqliteStore.open(folder, IDENTITY)
    while True:
        number = chance.randrange(_DOCUMENTS)
        what = chance.choices(["put", "delete", "rename", "compact"], [12, 3, 2, 2])[0]
        try:
            with store.writing(wait_s=30) as writer:
                version = (
                    time.monotonic_ns()
                )  # under the writer lock: versions ascend in the order of commits
                if what == "compact":
                    writer.compact()
                    continue
                record.add("begin", number, version, what)
                with store.reading() as view:
                    here, there = sorted(_names(number), key=lambda name: view.document(name) is None)
                    exists = view.document(here) is not None
                if what == "put":
                    writer.replace(*document(here, _texts(number, version, chance.randint(1, 5))))
                elif what == "delete":
                    writer.delete(here)
                elif exists:
                    writer.rename(here, there, path_of(there))
                record.add("done", number, version, what)
        except StoreBusy:
            continue
        if chance.random() < 0.02:
            store.close()
            store = SqliteStore.open(folder, IDENTITY)


# reading


def _read_for_ever(folder: Path, seed: int, record: Record) -> None:
    store = SqliteStore.open(folder, IDENTITY)

    def loop(thread: int) -> None:
        chance = random.Random(seed + thread)
        seen: dict[int, int] = defaultdict(int)
        checks = 0
        while True:
            try:
                with store.reading() as view:
                    found = _check(view, chance, seen)
                for line in found:
                    record.add("violation", line)
            except Exception:
                record.add("violation", "".join(traceback.format_exc()[-1500:]))
            checks += 1
            if checks % 10 == 0:
                record.add("checks", 10)

    for thread in range(_READER_THREADS - 1):
        threading.Thread(target=loop, args=(thread,), daemon=True).start()
    loop(_READER_THREADS)


def _check(view: SqliteView, chance: random.Random, seen: dict[int, int]) -> list[str]:
    """What is wrong with one view, asked about one document, by terms and by vectors."""
    found = []
    number = chance.randrange(_DOCUMENTS)
    names = [name for name in _names(number) if view.document(name)]
    chunks = [chunk for name in names for chunk in view.chunks_of(name)]
    claims = {_read(chunk.text) for chunk in chunks}
    if len(names) > 1 or len(claims) != len(names):
        found.append(f"{names} hold {claims}")
    if any(claim[0] != number or claim[2] != len(chunks) for claim in claims):
        found.append(f"{names} holds {claims} in {len(chunks)} chunks")
    if claims:
        version = claims.pop()[1]
        if version < seen[number]:
            found.append(f"{names} went back from {seen[number]} to {version}")
        seen[number] = version
        if view.document_text(names[0]) != "\n".join(chunk.text for chunk in chunks):
            found.append(f"{names}: text and chunks disagree")
    hits = [hit for hit, _ in view.lexical(question_terms(f"docu{number}"), 100)]
    if sorted(hits) != [chunk.id for chunk in chunks]:
        found.append(f"terms find {sorted(hits)} of {number}.md, stored are {[c.id for c in chunks]}")
    for chunk in chunks:
        (best, cosine), *_ = view.dense(vector_of(chunk.text), 3)
        if best != chunk.id or abs(cosine - 1) > 1e-5:
            found.append(f"vectors find {best} ({cosine}) for the text of chunk {chunk.id}")
    question = vector_of(f"question {chance.random()}")
    hits = [hit for hit, _ in view.dense(question, 1000)]
    rows = view.chunks(hits)
    if sorted(hits) != view.chunk_ids().tolist() or set(rows) != set(hits):
        found.append("vectors find other chunks than are stored")
    near = dict(view.dense(question, 5))
    exact = view.cosines(question, near)
    if set(exact) != set(near) or any(abs(exact[i] - near[i]) > 1e-5 for i in near):
        found.append(f"cosines {near} instead of {exact}")
    if any(abs(vector_of(rows[i].text) @ question - near[i]) > 1e-5 for i in near if i in rows):
        found.append("a vector belongs to another text")
    everything = [hit for hit, _ in view.lexical(question_terms(EVERYWHERE), 1000)]
    if sorted(everything) != sorted(hits):
        found.append("terms and vectors find different chunks")
    return found


# the director


def _start(work: Callable[[Path, int, Record], None], folder: Path, seed: int, record: Record) -> int:
    child = os.fork()
    if child:
        return child
    try:
        work(folder, seed, record)
    except BaseException:
        record.add("violation", "".join(traceback.format_exc()[-1500:]))
    finally:
        os._exit(1)


def _at_the_end(folder: Path, lines: list[list[Any]]) -> list[str]:
    """Every document is of the last acknowledged commit, or of one that was under way when its process died."""
    store = SqliteStore.open(folder, IDENTITY)
    found = store.faults()
    with store.reading() as view:
        for number in range(_DOCUMENTS):
            mine = [line for line in lines if line[0] in ("begin", "done") and line[1] == number]
            mine = [line for line in mine if line[3] != "rename"]
            done = {line[2] for line in mine if line[0] == "done"}
            last = max(done, default=0)
            under_way = [
                line for line in mine if line[2] >= last and (line[2] == last or line[2] not in done)
            ]
            possible = {None if line[3] == "delete" else line[2] for line in under_way}
            if not done:
                possible.add(None)
            chunks = [chunk for name in _names(number) for chunk in view.chunks_of(name)]
            version = _read(chunks[0].text)[1] if chunks else None
            if version not in possible:
                found.append(
                    f"{number}.md is of version {version}, committed was {sorted(map(str, possible))}"
                )
    with store.writing() as writer:
        writer.compact()
    found += store.faults()
    store.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    folder = options.folder / "store"
    chance = random.Random(options.seed)
    SqliteStore.create(folder, IDENTITY, DIMENSION).close()
    record = Record(options.folder / "record")
    logging.basicConfig(handlers=[Warnings(record)])
    roles = [_ingest, _ingest, _read_for_ever, _read_for_ever]
    started = time.monotonic()
    kills = 0
    children = [_start(role, folder, chance.randrange(10**9), record) for role in roles]
    try:
        while time.monotonic() - started < options.seconds:
            time.sleep(chance.uniform(*_KILL_EVERY_S))
            place = chance.randrange(len(roles))
            os.kill(children[place], signal.SIGKILL)
            _, status = os.waitpid(children[place], 0)
            kills += os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
            if os.WIFSIGNALED(status) and os.WTERMSIG(status) != signal.SIGKILL:
                record.add("violation", f"a process died of signal {os.WTERMSIG(status)}")
            children[place] = _start(roles[place], folder, chance.randrange(10**9), record)
    finally:
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    lines = record.lines()
    wrong = [str(line[1]) for line in lines if line[0] == "violation"] + _at_the_end(folder, lines)
    result = {
        "kills": kills,
        "commits": sum(line[0] == "done" for line in lines),
        "checks": sum(10 for line in lines if line[0] == "checks"),
        "warnings": sum(line[0] == "warning" for line in lines),
        "violations": wrong,
        "seconds": round(time.monotonic() - started, 1),
    }
    print(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main()
