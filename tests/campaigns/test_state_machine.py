"""Any sequence of operations, crashes included, leaves the store saying exactly what a dict says."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import faiss
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from campaigns.model import (
    DIMENSION,
    IDENTITY,
    State,
    Step,
    Texts,
    apply,
    changed,
    document,
    make_store,
    state_of,
    texts_for,
    violations,
)
from chatbot.errors import StoreError
from chatbot.store.sqlite.store import SqliteStore

URIS = ("a.md", "b.md", "폴더/가.md", "폴더/나.md", "c d.txt", "e.md")
_uri = st.sampled_from(URIS)
_count = st.integers(0, 4)
_which = st.integers(0, len(URIS) - 1)
_kind = st.sampled_from(["put", "put", "extend", "delete", "rename", "compact", "adopt", "repair"])


class StoreMachine(RuleBasedStateMachine):
    """The store is changed through one ``Store`` and by dying processes; a second one only ever reads."""

    zygote: ClassVar[Any]
    home: ClassVar[Path]
    steps: ClassVar[int] = 0
    crashes: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.scratch = Path(tempfile.mkdtemp(dir=self.home, prefix="machine-"))
        self.folder = self.scratch / "store"
        self.store = SqliteStore.create(self.folder, IDENTITY, DIMENSION)
        self.reader = SqliteStore.open(self.folder, IDENTITY)
        self.state: State = {}
        self.owner: dict[int, str] = {}  # of every id ever seen
        self.damaged: set[str] = set()
        self.made = 0

    def teardown(self) -> None:
        self.store.close()
        self.reader.close()
        shutil.rmtree(self.scratch)

    # operations

    @rule(uri=_uri, count=_count)
    def put(self, uri: str, count: int) -> None:
        self.carry_out(("put", uri, self.new_texts(count)))

    @rule(uri=_uri, count=st.integers(1, 2))
    def put_what_others_hold_too(self, uri: str, count: int) -> None:
        self.carry_out(("put", uri, texts_for(*(f"shared{i}" for i in range(count)))))

    @precondition(lambda self: self.state)
    @rule(which=_which, count=_count)
    def extend(self, which: int, count: int) -> None:
        self.carry_out(("extend", self.stored(which), self.new_texts(count)))

    @precondition(lambda self: self.state)
    @rule(which=_which)
    def delete(self, which: int) -> None:
        self.carry_out(("delete", self.stored(which)))

    @precondition(lambda self: self.state)
    @rule(which=_which, to=_uri)
    def rename(self, which: int, to: str) -> None:
        self.carry_out(("rename", self.stored(which), to))

    @rule()
    def compact(self) -> None:
        self.carry_out(("compact",))

    @rule()
    def compact_if_due(self) -> None:
        self.count_step()
        with self.store.writing() as writer:
            writer.compact(only_if_due=True)

    @rule(count=_count)
    def adopt(self, count: int) -> None:
        self.carry_out(self.adoption(count))

    @rule()
    def repair(self) -> None:
        self.carry_out(("repair",))

    @rule()
    def reopen(self) -> None:
        self.count_step()
        self.store.close()
        self.store = SqliteStore.open(self.folder, IDENTITY)

    # trouble

    @rule(kind=_kind, which=_which, uri=_uri, count=_count, kill_at=st.integers(1, 250))
    def crash_anywhere(self, kind: str, which: int, uri: str, count: int, kill_at: int) -> None:
        self.crash(kind, which, uri, count, kill_at)

    def crash(self, kind: str, which: int, uri: str, count: int, kill_at: int) -> None:
        step = self.step_of(kind, which, uri, count)
        if step is None:
            return
        self.count_step()
        outcome = self.zygote(self.folder, step, kill_at)
        assert outcome["crash"] == "", outcome
        type(self).crashes += outcome["killed"]
        new = changed(self.state, step)
        with self.reader.reading() as view:
            found = state_of(view)
        assert found == new or (outcome["killed"] and found == self.state), (step, kill_at)
        self.state = found

    @rule(uri=_uri, count=_count, kill_at=st.integers(60, 180))
    def crash_while_putting(self, uri: str, count: int, kill_at: int) -> None:
        self.crash("put", 0, uri, count, kill_at)

    @rule(uri=_uri)
    def refuse(self, uri: str) -> None:
        """Vectors that do not fit are refused; an operation on what is not there is, too."""
        self.count_step()
        made, chunks, vectors = document(uri, texts_for("never stored"))
        with self.store.writing() as writer:
            with pytest.raises(StoreError):
                writer.replace(made, chunks, vectors * 2)
            with pytest.raises(StoreError):
                writer.rename("nobody", uri, Path("/nowhere"))
            assert not writer.delete("nobody")

    @rule(place=st.integers(0, 10_000))
    def damage_newest_base(self, place: int) -> None:
        """Another file under its name: who has the old one open keeps it, who opens it anew must notice."""
        with self.reader.reading() as view:
            files = [row.file for row in view.base_files()]
        if not files:
            return
        self.count_step()
        path = self.folder / max(files)
        if not path.exists() or path.name in self.damaged:
            return
        content = bytearray(path.read_bytes())
        content[place % len(content)] ^= 1 << place % 8
        path.with_name("damaged").write_bytes(content)
        path.with_name("damaged").rename(path)
        self.damaged.add(path.name)

    @rule()
    def examine(self) -> None:
        self.count_step()
        with self.reader.reading() as view:
            kept = {row.file for row in view.base_files()}
        for store in (self.store, self.reader):
            assert {line.split(":")[0] for line in store.faults()} == kept & self.damaged

    # what is always true

    @invariant()
    def everybody_agrees_with_the_model(self) -> None:
        assert violations(self.store, self.state, ask=1) == []
        assert violations(self.reader, self.state, ask=1) == []

    @invariant()
    def no_id_is_used_twice(self) -> None:
        highest = max(self.owner, default=0)
        with self.reader.reading() as view:
            for uri in self.state:
                for chunk in view.chunks_of(uri):
                    assert chunk.id in self.owner or chunk.id > highest
                    assert self.owner.setdefault(chunk.id, chunk.text) == chunk.text

    # parts of the above

    def count_step(self) -> None:
        type(self).steps += 1

    def carry_out(self, step: Step) -> None:
        self.count_step()
        apply(self.store, step)
        self.state = changed(self.state, step)

    def stored(self, which: int) -> str:
        return sorted(self.state)[which % len(self.state)]

    def new_texts(self, count: int) -> Texts:
        self.made += count
        return texts_for(*(f"{self.made - i}" for i in range(count)))

    def adoption(self, count: int) -> Step:
        documents = [(uri, self.new_texts(2)) for uri in URIS[:count]]
        name = f"other{self.made}-{self.steps}"
        make_store(self.scratch / name, documents)
        return "adopt", name, documents

    def step_of(self, kind: str, which: int, uri: str, count: int) -> Step | None:
        if kind == "put":
            return "put", uri, self.new_texts(count)
        if kind == "adopt":
            return self.adoption(count)
        if kind in ("compact", "repair"):
            return (kind,)
        if not self.state:
            return None
        rest = {"extend": (self.new_texts(count),), "rename": (uri,), "delete": ()}[kind]
        return (kind, self.stored(which), *rest)


@pytest.fixture
def machine(zygote: Any, fast_folder: Path) -> Iterator[type[StoreMachine]]:
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)  # waking others takes longer than these searches
    yield type("Machine", (StoreMachine,), {"zygote": staticmethod(zygote), "home": fast_folder})
    faiss.omp_set_num_threads(threads)


def _explore(machine: type[StoreMachine], examples: int, steps: int, repeatable: bool) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=repeatable,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink],
        ),
    )
    print(f"{machine.steps} steps, {machine.crashes} of them killed")


def test_the_store_says_what_a_dict_says(machine: type[StoreMachine]) -> None:
    _explore(machine, 12, 50, repeatable=True)
    assert machine.steps >= 360
    assert machine.crashes >= 12


@pytest.mark.slow
def test_the_store_says_what_a_dict_says_for_ten_thousand_steps(machine: type[StoreMachine]) -> None:
    wanted = int(os.environ.get("STATE_MACHINE_STEPS", "10000"))
    while machine.steps < wanted:
        _explore(machine, 40, 60, repeatable=False)
