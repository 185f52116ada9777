"""Kill an operation, or fail its disk, at every file system call, and look at what is left.

python -m campaigns.disk crash|faults FOLDER --stride N --first N [--only SCENARIO]

A stride of 1 is the full campaign; a longer one takes every n-th point of the quick scenarios.

Prints one JSON object: {"points": {scenario: n}, "calls": {scenario: n}, "violations": [...], "seconds": s}.
"""

from __future__ import annotations

import argparse
import errno
import json
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from campaigns import tracer
from campaigns.model import (
    DIMENSION,
    IDENTITY,
    State,
    Step,
    apply,
    changed,
    full_violations,
    make_store,
    state_of,
    texts_for,
    violations,
)
from campaigns.tracer import Fault
from chatbot.errors import StoreError, StoreMissing
from chatbot.store.sqlite.store import SqliteStore
from paths import TESTS

_HISTORY: tuple[Step, ...] = (  # two bases, a delta, tombstones in both
    ("put", "a.md", texts_for("a1", "a2", "a3")),
    ("put", "가나.md", texts_for("b1", "b2")),
    ("compact",),
    ("put", "c.md", texts_for("c1", "c2")),
    ("put", "old.md", texts_for("old1", "old2")),
    ("compact",),
    ("put", "a.md", texts_for("a4", "a5")),
    ("delete", "old.md"),
    ("put", "empty.md", ()),
    ("put", "d.md", texts_for("d1")),
)
_OTHER = (("a.md", texts_for("o1")), ("fresh.md", texts_for("o2", "o3")), ("다른.md", texts_for("o4")))
_LATER: Step = ("put", "later.md", texts_for("later1", "later2"))


@dataclass(frozen=True)
class Scenario:
    """An operation under attack: a folder is prepared by ``before``, then ``steps`` are run on the opened store.

    Attributes:
        unclosed: the folder is as a dead process left it, with everything still in the write-ahead log.
        old_schema: the folder is of index version 1.
        stride: only every n-th point of the full campaign, where points are many and alike.
        quick: part of the quick campaign.
    """

    name: str
    steps: tuple[Step, ...]
    before: tuple[Step, ...] = _HISTORY
    unclosed: bool = False
    old_schema: bool = False
    stride: int = 1
    quick: bool = True

    def states(self) -> list[State]:
        """The state before, and after each step."""
        states = [_replayed(self.before)]
        for step in self.steps:
            states.append(changed(states[-1], step))
        return states


SCENARIOS = (
    Scenario("create", (), before=(), stride=4),
    Scenario("open after a crash", (), unclosed=True),
    Scenario("add", (("put", "new.md", texts_for("n1", "n2", "n3")),)),
    Scenario("add after a crash", (("put", "new.md", texts_for("n1", "n2")),), unclosed=True),
    Scenario("replace", (("put", "a.md", texts_for("a6", "a7", "a8")),)),
    Scenario("extend", (("extend", "c.md", texts_for("c3", "c4")),)),
    Scenario("delete", (("delete", "a.md"),)),
    Scenario("rename", (("rename", "a.md", "moved/가.md"),)),
    Scenario("rename over another", (("rename", "a.md", "c.md"),)),
    Scenario("compact", (("compact",),)),
    Scenario("first compact", (("compact",),), before=_HISTORY[:2]),
    Scenario("adopt", (("adopt", "other", _OTHER),)),
    Scenario("migrate", (), old_schema=True),
    Scenario(
        "migrate and add", (("put", "a.md", texts_for("m1", "m2")), ("compact",)), old_schema=True, stride=2
    ),
    Scenario("repair", (("repair",),), stride=2),
    Scenario(
        "several",
        (
            ("put", "a.md", texts_for("a9")),
            ("compact",),
            ("delete", "c.md"),
            ("put", "new.md", texts_for("n4", "n5")),
            ("compact",),
            ("put", "가나.md", texts_for("b3")),
        ),
        stride=3,
    ),
    # beyond SQLite's cache of 2 MB: pages are written before the commit; and a checkpoint follows it
    Scenario(
        "large",
        (("put", "a.md", tuple(f"{text} {'filling ' * 2000}" for text in texts_for(*range(100)))),),
        stride=400,
        quick=False,
    ),
)


def _replayed(steps: tuple[Step, ...]) -> State:
    state: State = {}
    for step in steps:
        state = changed(state, step)
    return state


class Folders:
    """Prepared folders, copied for each point."""

    def __init__(self, home: Path) -> None:
        self._home = home.resolve()
        self._work = self._home / "store"
        self.messages: set[str] = set()
        make_store(self._home / "other", _OTHER)

    def fresh(self, scenario: Scenario) -> Path:
        """The folder of ``scenario``, anew, always at the same place."""
        shutil.rmtree(self._work, ignore_errors=True)
        if scenario.name != "create":
            shutil.copytree(self._template(scenario), self._work)
        return self._work

    def _template(self, scenario: Scenario) -> Path:
        template = self._home / f"template {scenario.name}"
        if not template.exists():
            making = self._home / "making"
            store = SqliteStore.create(making, IDENTITY, DIMENSION)
            for step in scenario.before:
                apply(store, step)
            if not scenario.unclosed:
                store.close()
            shutil.copytree(making, template, ignore=shutil.ignore_patterns("*-shm", "writer.*"))
            store.close()
            shutil.rmtree(making)
            if scenario.old_schema:
                _make_old(template / "rag.db")
        return template


def _make_old(database: Path) -> None:
    """The same index as the first version of the program wrote it, analysed as it did."""
    tables = (TESTS / "data" / "index-schema-1.sql").read_text("utf-8")
    new = database.rename(database.with_name("new.db"))
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(tables)
        connection.execute("ATTACH ? AS new", (str(new),))
        for table in ("meta", "root", "document", "chunk", "tombstone", "base"):
            names = ", ".join(row[1] for row in connection.execute(f"PRAGMA main.table_info({table})"))
            connection.execute(f"DELETE FROM main.{table}")
            connection.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM new.{table}")
        connection.execute("INSERT INTO chunk_fts (rowid, terms) SELECT rowid, terms FROM new.chunk_fts")
        connection.execute("DELETE FROM main.sqlite_sequence")
        connection.execute("INSERT INTO main.sqlite_sequence SELECT * FROM new.sqlite_sequence")
        connection.execute("UPDATE meta SET value = '1' WHERE key = 'schema'")
        connection.execute("UPDATE meta SET value = 'bigram-1' WHERE key = 'analysis'")
        connection.execute("DETACH new")
    new.unlink()


def _opened(scenario: Scenario, folder: Path) -> SqliteStore:
    if scenario.name == "create":
        return SqliteStore.create(folder, IDENTITY, DIMENSION)
    return SqliteStore.open(folder, IDENTITY)


# crashes


def crash(folders: Folders, scenario: Scenario, stride: int, first: int) -> tuple[int, int, Iterator[str]]:
    """(points, file calls of the operation, what was wrong)."""
    states = scenario.states()

    def work(folder: Path) -> Callable[[Callable[[str], None]], None]:
        def operate(say: Callable[[str], None]) -> None:
            tracer.faults_begin()
            store = _opened(scenario, folder)
            with store.reading() as view:
                view.chunk_count()
            say("done")
            for step in scenario.steps:
                apply(store, step)
                say("done")
            store.close()

        return operate

    folder = folders.fresh(scenario)
    whole = tracer.run(work(folder), folder)
    if whole.crash or len(whole.said) != len(states):
        return 0, len(whole.calls), iter([f"{scenario.name}: undisturbed: {whole.crash}"])
    calls = len(whole.calls)
    writes = [place for place, name in enumerate(whole.calls, 1) if name in ("write", "pwrite64")]
    step = stride * scenario.stride
    faults = [Fault("kill", place) for place in range(1 + first % step, calls + 1, step)]
    faults += [Fault("torn", place) for place in writes[first % step :: step]]

    def checked() -> Iterator[str]:
        for fault in faults:
            folder = folders.fresh(scenario)
            outcome = tracer.run(work(folder), folder, fault)
            place = f"{scenario.name}: {fault.kind} at call {fault.at} ({outcome.calls[-1:]})"
            if not outcome.killed:
                yield f"{place}: was not killed: {outcome.crash}"
                continue
            acknowledged = max(0, len(outcome.said) - 1)
            try:
                found = _after_crash(scenario, folder, states, acknowledged, bool(outcome.said))
            except Exception as error:
                found = [f"{type(error).__name__}: {error}"]
            yield from (f"{place}: {line}" for line in found)

    return len(faults), calls, checked()


def _after_crash(
    scenario: Scenario, folder: Path, states: list[State], acknowledged: int, was_open: bool
) -> list[str]:
    try:
        store = SqliteStore.open(folder, IDENTITY)
    except StoreMissing:
        if scenario.name != "create" or was_open:
            return ["the index is gone"]
        store = SqliteStore.create(folder, IDENTITY, DIMENSION)
    try:
        with store.reading() as view:
            state = state_of(view)
        # what was acknowledged is there, what was not is there whole or not at all
        if state not in states[acknowledged : acknowledged + 2]:
            return [f"neither old nor new: {state}"]
        found = full_violations(store, state)
        apply(store, _LATER)
        found += violations(store, changed(state, _LATER))
        if scenario.name != "large":
            apply(store, ("compact",))
            found += full_violations(store, changed(state, _LATER))
            found += _leftovers(store)
        return found
    finally:
        store.close()


def _leftovers(store: SqliteStore) -> list[str]:
    """Files of base generations that nobody names, after a compaction has cleaned up."""
    with store.reading() as view:
        named = {row.file for row in view.base_files()}
    there = {path.name for path in store.folder.glob("base-*")}
    return [f"{sorted(there)} on disk, {sorted(named)} named"] if there != named else []


# disk faults


def fail(folders: Folders, scenario: Scenario, stride: int, first: int) -> tuple[int, int, Iterator[str]]:
    """(points, writing calls of the operation, what was wrong)."""
    states = scenario.states()

    def work(folder: Path, exits: bool = False) -> Callable[[Callable[[str], None]], None]:
        return lambda say: _live_through(scenario, folder, states, exits, say)

    folder = folders.fresh(scenario)
    whole = tracer.run(work(folder), folder, Fault("none", 0, writing=True))
    if whole.crash or "succeeded" not in whole.said:
        return 0, len(whole.calls), iter([f"{scenario.name}: undisturbed: {whole.said}"])
    calls = len(whole.calls)
    step = stride * scenario.stride * (1 if scenario.quick else 4)  # these take seconds each
    faults = []
    for place in range(1 + first % step, calls + 1, step):
        faults += [
            Fault("error", place, error, lasting, writing=True)
            for error in (errno.ENOSPC, errno.EIO)
            for lasting in (False, True)
        ]
        if whole.calls[place - 1] in ("write", "pwrite64"):
            faults.append(Fault("short", place, errno.ENOSPC, lasting=True, writing=True))
    # a process that lives on, and one that dies of it
    trials = [(fault, exits) for fault in faults for exits in (False, True) if fault.lasting or not exits]
    if stride > 1:
        trials = trials[first % 2 :: 2]

    def checked() -> Iterator[str]:
        for fault, exits in trials:
            folder = folders.fresh(scenario)
            outcome = tracer.run(work(folder, exits), folder, fault)
            how = f"{fault.kind} {errno.errorcode[fault.error]}{' from' if fault.lasting else ' at'}"
            name = outcome.calls[fault.at - 1] if len(outcome.calls) >= fault.at else "never"
            place = f"{scenario.name}: {how} call {fault.at} ({name}){', exits' if exits else ''}"
            found = [outcome.crash] if outcome.crash else []
            found += [line[2:] for line in outcome.said if line.startswith("? ")]
            folders.messages.update(line[2:] for line in outcome.said if line.startswith("m "))
            try:
                if exits and "succeeded" not in outcome.said:
                    done = outcome.said.count("done")
                    found += _after_crash(scenario, folder, states, done, was_open="open" in outcome.said)
                else:
                    store = SqliteStore.open(folder, IDENTITY)
                    found += full_violations(store, states[-1])
                    store.close()
            except Exception as error:
                found.append(f"afterwards: {type(error).__name__}: {error}")
            yield from (f"{place}: {line}" for line in found)

    return len(trials), calls, checked()


def _live_through(
    scenario: Scenario, folder: Path, states: list[State], exits: bool, say: Callable[[str], None]
) -> None:
    """In the child: operate on a failing disk, keep answering, and do it again when the disk is well.

    Where it ``exits``, it does so at once when the operation has failed, as a command does.
    """
    store: SqliteStore | None = None
    done = 0
    tracer.faults_begin()
    try:
        store = _opened(scenario, folder)
        say("open")
        for step in scenario.steps:
            apply(store, step)
            done += 1
            say("done")
        say("succeeded")
    except StoreError as error:
        message = str(error)
        say(f"m {message.replace(str(folder), 'FOLDER')}")
        if len(message) < 20 or "\n" in message:
            say(f"? a message that explains nothing: {message!r}")
        if exits:
            return
    if store is not None:  # the disk is still failing; what is read has long been written
        for line in violations(store, states[done]):
            say(f"? in the same process, while the disk fails, after {done} steps: {line}")
    tracer.faults_end()
    if store is None:
        store = _opened(scenario, folder)
    for line in full_violations(store, states[done]):
        say(f"? in the same process, after {done} steps: {line}")
    for step in scenario.steps[done:]:
        apply(store, step)
    for line in full_violations(store, states[-1]):
        say(f"? in the same process, at the end: {line}")
    store.close()


CAMPAIGNS = {"crash": crash, "faults": fail}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("campaign", choices=sorted(CAMPAIGNS))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--stride", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--only")
    options = parser.parse_args()
    started = time.monotonic()
    points: dict[str, int] = {}
    calls: dict[str, int] = {}
    seconds: dict[str, float] = {}
    wrong: list[str] = []
    folders = Folders(options.folder)
    for scenario in SCENARIOS:
        if options.only not in (None, scenario.name) or (options.stride > 1 and not scenario.quick):
            continue
        begun = time.monotonic()
        count, total, found = CAMPAIGNS[options.campaign](folders, scenario, options.stride, options.first)
        points[scenario.name], calls[scenario.name] = count, total
        wrong += found
        seconds[scenario.name] = round(time.monotonic() - begun, 1)
    result = {
        "points": points, "calls": calls, "violations": wrong, "by": seconds,
        "messages": sorted(folders.messages),
        "seconds": round(time.monotonic() - started, 1),
    }  # fmt: skip
    print(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main()
