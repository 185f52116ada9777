from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chatbot.errors import StoreError
from chatbot.store import Store
from chatbot.store.sqlite.store import SqliteStore


def _flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0x10
    file.write_bytes(content)


def _truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def _empty(file: Path) -> None:
    file.write_bytes(b"")


def _be_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


DAMAGE: list[Callable[[Path], None]] = [_flip, _truncate, _empty, Path.unlink, _be_a_folder]


@pytest.fixture
def built(store: Store, tools: Any) -> Store:
    """Two base generations, deletions after the first, and a delta after the second."""
    tools.put(store, "a", "a one", "a two", "a three")
    tools.put(store, "b", "b one", "b two")
    _compact(store)
    tools.put(store, "a", "a four", "a five")
    _compact(store)
    tools.put(store, "c", "c one")
    with store.writing() as writer:
        writer.delete("b")
    return store


def _compact(store: Store) -> None:
    with store.writing() as writer:
        assert writer.compact()


def _bases(store: Store) -> list[Path]:
    return sorted(store.folder.glob("base-*"))


def _answers(store: Store, tools: Any) -> list[Any]:
    with store.reading() as view:
        allowed = view.scope(["a", "c"])
        return [
            (view.dense(tools.vector_of(question), k), view.dense(tools.vector_of(question), k, allowed))
            for question in ("a one", "b two", "c one", "zzz")
            for k in (1, 3, 10)
        ]


def _reopened(store: Store, tools: Any) -> Store:
    store.close()
    return SqliteStore.open(store.folder, tools.identity)


def test_a_compacted_store_answers_as_before_and_after_reopening(built: Store, tools: Any) -> None:
    before = _answers(built, tools)
    _compact(built)
    assert _answers(built, tools) == before
    store = _reopened(built, tools)
    with store.reading() as view:
        assert view.snapshot.base is not None
        assert view.snapshot.base.generation == 3
        assert len(view.snapshot.delta_ids) == len(view.snapshot.dead) == 0
    assert _answers(store, tools) == before
    assert store.faults() == []
    store.close()


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize(
    "which", ["newest", *(pytest.param(which, marks=pytest.mark.slow) for which in ("oldest", "both"))]
)
def test_a_damaged_base_costs_no_answer_is_reported_and_repaired(
    built: Store, tools: Any, damage: Callable[[Path], None], which: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = _answers(built, tools)
    built.close()
    files = {"newest": _bases(built)[-1:], "oldest": _bases(built)[:1], "both": _bases(built)}[which]
    assert len(_bases(built)) == 2
    for file in files:
        damage(file)

    store = SqliteStore.open(built.folder, tools.identity)
    with caplog.at_level(logging.WARNING):
        assert _answers(store, tools) == before
    newest_is_bad = which != "oldest"
    assert (files[-1].name in caplog.text) == newest_is_bad
    assert {fault.split(":")[0] for fault in store.faults()} == {file.name for file in files}

    with store.writing() as writer:
        assert writer.compact(only_if_due=newest_is_bad)  # a damaged newest one is a reason
    assert store.faults() == []
    assert _answers(store, tools) == before
    store = _reopened(store, tools)
    with store.reading() as view:
        assert view.snapshot.base is not None
    assert _answers(store, tools) == before
    store.close()


def test_another_stores_base_is_not_used(built: Store, tools: Any, tmp_path: Path) -> None:
    other = SqliteStore.create(tmp_path / "other", tools.identity, tools.dimension)
    tools.put(other, "x", "other one", "other two")
    _compact(other)
    _compact(other)
    other.close()
    before = _answers(built, tools)
    built.close()
    for mine, foreign in zip(_bases(built), _bases(other), strict=True):
        mine.write_bytes(foreign.read_bytes())
    store = SqliteStore.open(built.folder, tools.identity)
    assert _answers(store, tools) == before
    assert len(store.faults()) == 2
    store.close()


def test_only_the_last_two_generations_are_kept(store: Store, tools: Any) -> None:
    for number in range(5):
        tools.put(store, f"doc-{number}", f"text {number}")
        _compact(store)
    assert [file.name for file in _bases(store)] == ["base-000004.faiss", "base-000005.faiss"]
    with store.reading() as view:
        assert [row.file for row in view.base_files()] == ["base-000005.faiss", "base-000004.faiss"]


def test_what_a_crash_left_is_removed_by_the_next_compaction(store: Store, tools: Any) -> None:
    tools.put(store, "a", "one")
    (store.folder / "base-000001.faiss").write_bytes(b"complete, but its row was never written")
    (store.folder / "base-000007.faiss.tmp").write_bytes(b"half")
    assert tools.texts(store, "x") == ["one"]
    _compact(store)
    assert [file.name for file in _bases(store)] == ["base-000001.faiss"]
    assert store.faults() == []


def test_a_base_that_cannot_be_written_leaves_nothing_and_says_so(
    built: Store, tools: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, files = _answers(built, tools), _bases(built)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, built.writing() as writer:
        patch.setattr("chatbot.store.sqlite.base_file.os.fsync", full)
        with pytest.raises(StoreError, match=r"No space left.*as before"):
            writer.compact()
    assert _bases(built) == files
    assert _answers(built, tools) == before
    assert built.faults() == []


def test_a_search_that_holds_an_old_base_goes_on_while_it_is_replaced(built: Store, tools: Any) -> None:
    """The file is memory-mapped: unlinking it must not pull it from under a running search."""
    with built.reading() as view:
        expected = view.dense(tools.vector_of("a four"), 10)
        old = view.snapshot.base
        assert old is not None
        for _ in range(3):
            _compact(built)
        assert f"base-{old.generation:06d}.faiss" not in [file.name for file in _bases(built)]
        for _ in range(20):
            assert view.dense(tools.vector_of("a four"), 10) == expected
    assert _answers(built, tools)[5][0]  # and a new view opens the new one


def test_a_reader_that_found_its_base_removed_reads_from_the_database(
    built: Store, tools: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _answers(built, tools)
    reader = SqliteStore.open(built.folder, tools.identity)
    with reader._pool.connection() as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT * FROM base").fetchall()  # this commit names files that will be gone
        for _ in range(3):
            _compact(built)
        snapshot = reader._snapshot_for(connection)
        assert snapshot.base is None
        assert snapshot.search(tools.vector_of("a one"), 10) == before[2][0]
        connection.execute("ROLLBACK")
    assert _answers(reader, tools) == before
    reader.close()


def test_an_emptied_store_compacts_and_fills_again(built: Store, tools: Any) -> None:
    with built.writing() as writer:
        for uri in ("a", "c"):
            writer.delete(uri)
        writer.compact()
    assert tools.texts(built, "x") == []
    assert built.faults() == []
    tools.put(built, "d", "new")
    assert tools.texts(built, "x") == ["new"]
    store = _reopened(built, tools)
    assert tools.texts(store, "x") == ["new"]
    assert store.faults() == []
    store.close()


def test_compaction_waits_until_it_is_worth_it(
    store: Store, tools: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def due() -> bool:
        with store.writing() as writer:
            return writer.compact(only_if_due=True)

    assert not due()  # nothing to write
    tools.put(store, "a", "one")
    assert due()  # the first base
    assert not due()
    tools.put(store, "b", *(f"text {number}" for number in range(19)))
    assert due()  # a fifth of a small index is new
    tools.put(store, "c", "new", "newer")
    tools.put(store, "a", "another")  # three are new and one is dead, of 23
    assert not due()
    tools.put(store, "d", "newest")
    assert due()
    monkeypatch.setattr("chatbot.store.sqlite.writer._STALE_MAX", 2)
    tools.put(store, "e", "one", "two")
    assert not due()
    with store.writing() as writer:
        writer.delete("c")
    assert due()  # of a large index, so and so many are enough
    assert not due()
