from __future__ import annotations

import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.store import Store
from chatbot.store.sqlite.snapshot import load
from chatbot.store.sqlite.store import SqliteStore
from chatbot.store.sqlite.view import ChunkIds

_URI = st.sampled_from(["a", "b", "c", "d"])
_STEP = st.one_of(
    st.tuples(st.just("put"), _URI, st.integers(0, 5)),
    st.tuples(st.just("extend"), _URI, st.integers(1, 2)),
    st.tuples(st.just("delete"), _URI, st.just(0)),
    st.tuples(st.just("compact"), st.just(""), st.just(0)),
    st.tuples(st.just("look"), st.just(""), st.just(0)),
    st.tuples(st.just("reopen"), st.just(""), st.just(0)),
    st.tuples(st.just("damage"), st.just(""), st.integers(0, 2)),
)


class Model:
    """The store as a dict: uri -> texts."""

    def __init__(self, tools: Any) -> None:
        self.tools = tools
        self.documents: dict[str, list[str]] = {}
        self.counter = 0
        self.used: set[int] = set()

    def new_texts(self, count: int) -> list[str]:
        self.counter += count
        return [f"passage {self.counter - number}" for number in range(count)]

    def check(self, store: Store) -> None:
        """Every search of ``store`` gives what brute force over the dict gives."""
        texts = [text for texts in self.documents.values() for text in texts]
        vectors = (
            np.stack([self.tools.vector_of(t) for t in texts])
            if texts
            else np.empty((0, self.tools.dimension))
        )
        question = self.tools.vector_of(f"question {self.counter}")
        order = np.argsort(-(vectors @ question))
        with store.reading() as view:
            scratch = load(view.connection, store.folder, store.dimension, None)
            np.testing.assert_array_equal(view.snapshot.ids(), scratch.ids())
            np.testing.assert_array_equal(view.snapshot.ids(), view.chunk_ids())
            assert view.snapshot.count == scratch.count == len(texts)
            hits = view.dense(question, 6)
            rows = view.chunks(chunk for chunk, _ in hits)
            assert [rows[chunk].text for chunk, _ in hits] == [texts[i] for i in order[:6]]
            np.testing.assert_allclose([s for _, s in hits], (vectors @ question)[order[:6]], atol=1e-5)
            assert scratch.search(question, 6) == hits
            assert view.cosines(question, [c for c, _ in hits]).keys() == {c for c, _ in hits}
            for uri, mine in self.documents.items():
                allowed = view.scope([uri])
                assert allowed is not None
                found = view.chunks(chunk for chunk, _ in view.dense(question, 50, allowed))
                assert sorted(row.text for row in found.values()) == sorted(mine)
            assert len(view.lexical(["passage"], 100)) == len(texts)


@pytest.mark.parametrize("histories", [8, pytest.param(60, marks=pytest.mark.slow)])
def test_every_search_agrees_with_brute_force_after_any_history(tools: Any, histories: int) -> None:
    @settings(max_examples=histories, derandomize=True, database=None)
    @given(steps=st.lists(_STEP, min_size=4, max_size=25))
    def check(steps: list[tuple[str, str, int]]) -> None:
        _carry_out(tools, steps)

    check()


def _carry_out(tools: Any, steps: list[tuple[str, str, int]]) -> None:
    """Each of ``steps``, and after each the store compared with a dict."""
    folder = Path(tempfile.mkdtemp())
    model = Model(tools)
    store = SqliteStore.create(folder, tools.identity, tools.dimension)
    observer = SqliteStore.open(folder, tools.identity)  # looks rarely: its snapshots skip many commits
    try:
        for action, uri, number in steps:
            if action == "put":
                before = set(tools.ids(store, uri))
                model.documents[uri] = model.new_texts(number)
                tools.put(store, uri, *model.documents[uri])
                new = set(tools.ids(store, uri))
                assert new.isdisjoint(model.used | before)
                model.used |= new
            elif action == "extend" and uri in model.documents:
                old = model.documents[uri]
                texts = [*old, *model.new_texts(number)]
                document, chunks, vectors = tools.document(uri, texts)
                if old:
                    with store.writing() as writer:
                        writer.extend(document, chunks[len(old) :], vectors[len(old) :])
                    model.documents[uri] = texts
                    model.used |= set(tools.ids(store, uri))
            elif action == "delete":
                with store.writing() as writer:
                    assert writer.delete(uri) == (model.documents.pop(uri, None) is not None)
            elif action == "compact":
                with store.writing() as writer:
                    writer.compact()
            elif action == "look":
                model.check(observer)
            elif action == "reopen":
                store.close()
                store = SqliteStore.open(folder, tools.identity)
            elif action == "damage":
                for file in sorted(folder.glob("base-*"))[number - 2 :]:
                    content = bytearray(file.read_bytes())
                    content[-9] ^= 1
                    file.unlink()  # another inode, as a restored copy has: those who have it open keep the old one
                    file.write_bytes(content)
            model.check(store)
        model.check(observer)
        assert [fault for fault in store.faults() if not fault.startswith("base-")] == []
        with store.writing() as writer:
            writer.compact()
        assert store.faults() == []
        model.check(store)
    finally:
        store.close()
        observer.close()
        shutil.rmtree(folder)


def test_a_snapshot_older_than_the_oldest_base_is_not_continued(store: Store, tools: Any) -> None:
    """Its tombstones have been pruned: deleted chunks would come back to life."""
    tools.put(store, "a", "dead")
    reader = SqliteStore.open(store.folder, tools.identity)
    assert tools.texts(reader, "x") == ["dead"]
    with store.writing() as writer:
        writer.delete("a")
        writer.compact()
    for file in store.folder.glob("base-*"):
        file.unlink()
    tools.put(store, "b", "alive")
    assert tools.texts(reader, "x") == ["alive"]
    reader.close()


def test_tombstones_are_pruned_only_when_no_kept_base_needs_them(store: Store, tools: Any) -> None:
    def tombstones() -> int:
        with store._pool.connection() as connection:
            return int(connection.execute("SELECT count(*) FROM tombstone").fetchone()[0])

    def compact() -> None:
        with store.writing() as writer:
            writer.compact()

    tools.put(store, "a", "one")
    tools.put(store, "b", "two")
    compact()
    tools.put(store, "a", "three")
    assert tombstones() == 1
    compact()
    assert tombstones() == 1  # the first base is kept and still holds "one"
    newest = sorted(store.folder.glob("base-*"))[-1]
    newest.unlink()
    fresh = SqliteStore.open(store.folder, tools.identity)  # falls back to the first base
    assert sorted(tools.texts(fresh, "one")) == ["three", "two"]
    fresh.close()
    compact()
    compact()
    assert tombstones() == 0


def test_commits_between_two_looks_cost_no_rebuild(store: Store, tools: Any) -> None:
    tools.put(store, "a", "one")
    with store.writing() as writer:
        writer.compact()
    tools.put(store, "b", "two")
    with store.reading() as view:
        first = view.snapshot
    tools.put(store, "c", "three")
    with store.reading() as view:
        assert view.snapshot.base is first.base
        assert view.snapshot is not first
        again = view.snapshot
    with store.reading() as view:
        assert view.snapshot is again


def test_concurrent_searches_share_a_snapshot(store: Store, tools: Any) -> None:
    for number in range(5):
        tools.put(store, f"doc-{number}", *(f"{number} {place}" for place in range(40)))
        if number == 2:
            with store.writing() as writer:
                writer.compact()
    with store.writing() as writer:
        writer.delete("doc-1")
    with store.reading() as view:
        snapshot, allowed = view.snapshot, view.scope(["doc-0", "doc-4"]).ids
    questions = [tools.vector_of(f"q {number}") for number in range(40)]
    expected = [(snapshot.search(q, 7), snapshot.search(q, 7, allowed)) for q in questions]
    with ThreadPoolExecutor(8) as threads:
        for _ in range(5):
            found = list(
                threads.map(lambda q: (snapshot.search(q, 7), snapshot.search(q, 7, allowed)), questions)
            )
            assert found == expected


def test_asking_for_none_or_more_than_there_are_is_fine(store: Store, tools: Any) -> None:
    vector = tools.vector_of("x")
    with store.reading() as view:
        assert view.dense(vector, 5) == []
    tools.put(store, "a", "one", "two")
    with store.reading() as view:
        assert view.dense(vector, 0) == []
        assert len(view.dense(vector, 1000)) == 2
        assert view.dense(vector, 5, ChunkIds(np.empty(0, np.int64))) == []
        assert view.dense(vector, 5, ChunkIds(np.asarray([999], np.int64))) == []
