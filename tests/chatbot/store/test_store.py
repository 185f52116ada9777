from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chatbot.errors import ModelMismatch, StoreError, StoreMissing
from chatbot.store import Store, StoreIdentity
from chatbot.store.check import faults_of
from chatbot.store.records import hash_of
from paths import ROOT


def test_a_chunk_id_is_never_used_twice(store: Store, tools: Any) -> None:
    seen: set[int] = set()
    for generation in range(4):
        tools.put(store, "a", f"apple {generation}", f"pear {generation}")
        ids = tools.ids(store, "a")
        assert seen.isdisjoint(ids)
        seen.update(ids)
        with store.writing() as writer:
            assert writer.delete("a")
            writer.compact()


def test_deleted_and_replaced_chunks_are_found_by_no_search(store: Store, tools: Any) -> None:
    tools.put(store, "d/a", "walrus one", "walrus two")
    tools.put(store, "d/b", "walrus three")
    with store.writing() as writer:
        writer.compact()
    dead = [*tools.ids(store, "d/a"), *tools.ids(store, "d/b")]
    tools.put(store, "d/a", "seal four")
    with store.writing() as writer:
        writer.delete("d/b")

    assert tools.texts(store, "walrus one", 10) == ["seal four"]
    assert tools.texts(store, "walrus one", 10, ["d"]) == ["seal four"]
    assert tools.lexical_texts(store, "walrus") == []
    assert tools.lexical_texts(store, "walrus", ["d"]) == []
    with store.reading() as view:
        assert view.chunks(dead) == {}
        assert view.cosines(tools.vector_of("walrus one"), dead) == {}
        assert view.bm25('"walrus"', dead) == {}
        assert set(dead).isdisjoint(view.snapshot.ids().tolist())
    assert faults_of(store) == []


def test_a_view_stays_as_it_was_while_others_commit(store: Store, tools: Any) -> None:
    tools.put(store, "a", "old text")
    with store.reading() as before:
        tools.put(store, "a", "new text")
        tools.put(store, "b", "more text")
        with store.writing() as writer:
            writer.compact()
        assert tools.texts(store, "new text", 10)[0] == "new text"  # another view, newer snapshot

        hits = before.dense(tools.vector_of("new text"), 10)
        assert [before.chunks([chunk])[chunk].text for chunk, _ in hits] == ["old text"]
        assert [d.uri for d in before.documents()] == ["a"]
        assert before.document_text("a") == "old text"
        assert len(before.lexical('"text"', 10)) == 1
        allowed = before.allowed(["a"])
        assert before.dense(tools.vector_of("new text"), 10, allowed) == hits


def test_a_view_opened_before_a_commit_and_searched_after_it_finds_its_own_chunks(
    store: Store, tools: Any
) -> None:
    """The snapshot in memory is newer than this thread's view: it must build its own."""
    tools.put(store, "a", "old text")
    with store._pool.connection() as connection:
        connection.execute("BEGIN")
        assert connection.execute("SELECT count(*) FROM chunk").fetchone() == (1,)
        tools.put(store, "a", "new text")
        tools.texts(store, "x")
        snapshot = store._snapshot_for(connection)
        assert connection.execute("SELECT id FROM chunk").fetchall() == [
            (i,) for i in snapshot.ids().tolist()
        ]
        connection.execute("ROLLBACK")
    assert tools.texts(store, "new text") == ["new text"]


def test_another_process_sees_each_commit_at_its_next_question(store: Store, tools: Any) -> None:
    script = f"""
import sys
from pathlib import Path
from chatbot.store import Store, StoreIdentity
store = Store.open(Path({str(store.folder)!r}), StoreIdentity({tools.identity.embedding!r}, "x"))
for line in sys.stdin:
    with store.reading() as view:
        print(",".join(f"{{d.uri}}:{{d.chunks}}" for d in view.documents()), view.snapshot.count, flush=True)
store.close()
"""
    reader = subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with reader:
        assert reader.stdin is not None
        assert reader.stdout is not None

        def ask() -> str:
            reader.stdin.write("?\n")
            reader.stdin.flush()
            return reader.stdout.readline().strip()

        assert ask() == "0"
        tools.put(store, "a", "one", "two")
        assert ask() == "a:2 2"
        with store.writing() as writer:
            writer.compact()
            writer.replace(*tools.document("b", ["three"]))
            assert writer.delete("a")
        assert ask() == "b:1 1"
        reader.stdin.close()
        assert reader.wait(30) == 0


def test_two_stores_on_one_folder_see_each_other(store: Store, tools: Any) -> None:
    other = Store.open(store.folder, tools.identity)
    try:
        tools.put(store, "a", "from the first")
        assert tools.texts(other, "x") == ["from the first"]
        tools.put(other, "a", "from the second")
        assert tools.texts(store, "x") == ["from the second"]
        assert store.sequence() == other.sequence()
    finally:
        other.close()


@pytest.mark.parametrize(
    "fails_at", ["INSERT INTO document", "INSERT INTO chunk ", "INSERT INTO chunk_fts", "COMMIT"]
)
def test_a_failure_in_the_middle_of_replace_leaves_the_old_document_whole(
    store: Store, tools: Any, fails_at: str
) -> None:
    tools.put(store, "a", "alpha beta", "gamma delta")
    before, sequence = tools.ids(store, "a"), store.sequence()

    class Failing:
        def __init__(self, connection: sqlite3.Connection) -> None:
            self.connection = connection

        def __getattr__(self, name: str) -> Any:
            return getattr(self.connection, name)

        def execute(self, sql: str, *values: Any) -> Any:
            if sql.startswith(fails_at):
                raise sqlite3.OperationalError("database or disk is full")
            return self.connection.execute(sql, *values)

    with store.writing() as writer:
        writer.connection = Failing(writer.connection)  # type: ignore[assignment]
        with pytest.raises(StoreError, match="disk is full.*as before"):
            writer.replace(*tools.document("a", ["epsilon"]))

    assert tools.ids(store, "a") == before
    assert store.sequence() == sequence
    assert tools.texts(store, "alpha beta", 10) == ["alpha beta", "gamma delta"]
    assert tools.lexical_texts(store, "gamma") == ["gamma delta"]
    assert faults_of(store) == []
    tools.put(store, "a", "epsilon")
    assert tools.texts(store, "x", 10) == ["epsilon"]


def test_an_interrupt_inside_a_transaction_leaves_the_old_document_whole(store: Store, tools: Any) -> None:
    tools.put(store, "a", "alpha")
    with pytest.raises(KeyboardInterrupt), store.writing() as writer, writer.transaction() as sequence:
        writer._bury("a", sequence)
        raise KeyboardInterrupt
    assert tools.texts(store, "x") == ["alpha"]
    assert tools.lexical_texts(store, "alpha") == ["alpha"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda v: v[:1],
        lambda v: v[:, :-1],
        lambda v: v[0],
        lambda v: np.vstack([v, v]),
        lambda v: v * np.float32("nan"),
        lambda v: v * np.float32("inf"),
        lambda v: v * np.float32(1.1),
        lambda v: v * np.float32(0),
    ],
    ids=["too few", "too short", "flat", "too many", "NaN", "infinite", "too long", "zero"],
)
def test_vectors_that_do_not_fit_are_refused_and_nothing_is_stored(
    store: Store, tools: Any, damage: Any
) -> None:
    tools.put(store, "a", "alpha", "beta")
    document, chunks, vectors = tools.document("a", ["gamma", "delta"])
    with (
        np.errstate(invalid="ignore"),
        store.writing() as writer,
        pytest.raises(StoreError, match="a: .*nothing was stored"),
    ):
        writer.replace(document, chunks, damage(vectors))
    assert sorted(tools.texts(store, "x")) == ["alpha", "beta"]


def test_a_chunk_that_is_not_the_text_at_its_place_is_refused(store: Store, tools: Any) -> None:
    document, chunks, vectors = tools.document("a", ["가나다", "라마바"])
    with store.writing() as writer, pytest.raises(StoreError, match="not the text at 5"):
        writer.replace(document, [chunks[0], replace(chunks[1], start=5, end=8)], vectors)
    with store.reading() as view:
        assert view.documents() == []


def test_text_comes_back_exactly(store: Store, tools: Any) -> None:
    texts = [
        "한국어 텍스트 — “따옴표”",
        "e\u0301 NFD, é NFC",
        "emoji 👩‍👩‍👧 and \U00020000",
        "nul \0 inside",
        "tab\tcr\r\nend",
    ]
    tools.put(store, "a", *texts)
    with store.reading() as view:
        whole = view.document_text("a")
        assert [c.text for c in view.chunks_of("a")] == texts
        assert [whole[c.start : c.end] for c in view.chunks_of("a")] == texts
    assert faults_of(store) == []


def test_extending_a_document_keeps_its_chunks_and_their_ids(store: Store, tools: Any) -> None:
    tools.put(store, "a", "one")
    first = tools.ids(store, "a")
    document, chunks, vectors = tools.document("a", ["one", "two"])
    with store.writing() as writer:
        writer.extend(document, chunks[1:], vectors[1:])
        with pytest.raises(StoreError, match="another text"):
            writer.extend(*tools.document("a", ["three"]))
        with pytest.raises(StoreError, match="another text"):
            writer.extend(*tools.document("missing", ["three"]))
    assert tools.ids(store, "a")[:1] == first
    with store.reading() as view:
        assert [(c.position, c.text) for c in view.chunks_of("a")] == [(0, "one"), (1, "two")]
    assert faults_of(store) == []


# opening


def test_another_model_is_refused_with_both_names_and_what_to_do(store: Store) -> None:
    with pytest.raises(ModelMismatch) as caught:
        Store.open(store.folder, StoreIdentity("ffff", "other-model"))
    message = str(caught.value)
    assert "tiny-test-model" in message
    assert "other-model" in message
    assert "secondlook reindex" in message


def test_the_same_weights_under_another_name_are_accepted(store: Store, tools: Any) -> None:
    Store.open(store.folder, StoreIdentity(tools.identity.embedding, "renamed")).close()


def test_a_store_of_a_newer_program_is_refused(store: Store, tools: Any) -> None:
    for version in ("99", "later"):
        with store.writing() as writer:
            writer.connection.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (version,))
        with pytest.raises(StoreError, match=rf"index version {version}.*--store"):
            Store.open(store.folder, tools.identity)


def test_a_missing_index_says_what_to_run(tmp_path: Path, tools: Any) -> None:
    with pytest.raises(StoreMissing, match="secondlook ingest"):
        Store.open(tmp_path, tools.identity)


@pytest.mark.parametrize(
    "content", [b"", b"this is no database" * 100, b"SQLite format 3\0" + b"\xff" * 4000]
)
def test_a_file_that_is_no_index_is_one_sentence(tmp_path: Path, tools: Any, content: bytes) -> None:
    (tmp_path / "rag.db").write_bytes(content)
    with pytest.raises(StoreError, match=r"rag\.db cannot be used"):
        Store.open(tmp_path, tools.identity)


def test_another_programs_database_is_one_sentence(tmp_path: Path, tools: Any) -> None:
    connection = sqlite3.connect(tmp_path / "rag.db")
    connection.execute("CREATE TABLE meta (key TEXT, value TEXT)")
    connection.close()
    with pytest.raises(StoreError, match="index version None"):
        Store.open(tmp_path, tools.identity)


def test_a_damaged_database_is_one_sentence_and_a_fault(store: Store, tools: Any) -> None:
    tools.put(store, "a", *(f"some longer text {number} " * 20 for number in range(200)))
    store.close()
    file = store.folder / "rag.db"
    content = bytearray(file.read_bytes())
    content[8192:] = b"\xa5" * len(content[8192:])
    file.write_bytes(content)
    with pytest.raises(StoreError, match="restore it or ingest anew"):
        with_store = Store.open(store.folder, tools.identity)
        try:
            assert len(faults_of(with_store)) >= 1
            tools.texts(with_store, "x")
        finally:
            with_store.close()


def test_a_store_cannot_be_made_where_a_file_is(tmp_path: Path, tools: Any) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="choose another --store"):
        Store.create(tmp_path / "file", tools.identity, 4)
    with pytest.raises(StoreError, match="choose another --store"):
        Store.create(tmp_path / "file" / "store", tools.identity, 4)


def test_a_folder_without_write_permission_is_one_sentence(tmp_path: Path, tools: Any) -> None:
    folder = tmp_path / "store"
    store = Store.create(folder, tools.identity, tools.dimension)
    tools.put(store, "a", "alpha")
    store.close()
    script = f"""
import os, sys
from pathlib import Path
from chatbot.errors import StoreError
from chatbot.store import Store, StoreIdentity
identity = StoreIdentity({tools.identity.embedding!r}, "x")
sys.path and os.getuid() == 0 and os.seteuid(65534)
folder = Path({str(folder)!r})
def tried(action):
    try:
        action()
        return "worked"
    except StoreError as error:
        return f"StoreError: {{error}}"
def read():
    store = Store.open(folder, identity)
    with store.reading() as view:
        assert view.chunk_count() == 1
def write():
    Store.create(folder.parent / "another", identity, 4)
print(tried(read)); print(tried(write))
"""
    for parent in [tmp_path, *tmp_path.parents]:
        if parent.stat().st_uid == os.getuid() and parent != Path("/tmp") and parent != Path("/"):
            parent.chmod(0o755)
    os.chmod(folder, 0o555)  # noqa: PTH101
    os.chmod(tmp_path, 0o555)  # noqa: PTH101
    try:
        done = subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
        )
    finally:
        os.chmod(folder, 0o755)  # noqa: PTH101
        os.chmod(tmp_path, 0o755)  # noqa: PTH101
    assert done.returncode == 0, done.stderr
    read, write = done.stdout.splitlines()
    assert read == "worked" or read.startswith("StoreError")
    assert write.startswith("StoreError")


def test_a_full_disk_is_one_sentence_and_the_index_is_as_before(tmp_path: Path, tools: Any) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        pytest.skip("only root can mount a small file system")
    if subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], capture_output=True, check=False
    ).returncode:
        pytest.skip("this machine does not allow mounting a small file system")
    try:
        store = Store.create(disk / "store", tools.identity, tools.dimension)
        tools.put(store, "a", "alpha")
        big = ["word " * 500 + str(number) for number in range(400)]
        with store.writing() as writer:
            with pytest.raises(StoreError, match="as before"):
                writer.replace(*tools.document("a", big))
            free = os.statvfs(disk)
            (disk / "filler").write_bytes(b"x" * (free.f_bavail * free.f_frsize))
            with pytest.raises(StoreError, match="as before"):
                writer.compact()
            (disk / "filler").unlink()
        assert tools.texts(store, "x") == ["alpha"]
        assert tools.lexical_texts(store, "alpha") == ["alpha"]
        assert faults_of(store) == []
        assert not list(store.folder.glob("base-*"))
        store.close()
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


# threads


def test_many_threads_share_a_handful_of_connections(store: Store, tools: Any) -> None:
    tools.put(store, "a", "alpha", "beta")
    opened: list[sqlite3.Connection] = []
    connect, started = sqlite3.connect, set(threading.enumerate())

    def counting(*args: Any, **options: Any) -> sqlite3.Connection:
        opened.append(connect(*args, **options))
        return opened[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite3, "connect", counting)
        for _ in range(25):  # as many threads one after the other, four at a time
            with ThreadPoolExecutor(4) as threads:
                found = list(threads.map(lambda _: tools.texts(store, "alpha"), range(8)))
            assert found == [["alpha", "beta"]] * 8
    assert len(opened) <= 4
    assert set(threading.enumerate()) <= started
    store.close()
    for connection in opened:
        with pytest.raises(sqlite3.ProgrammingError):
            connection.execute("SELECT 1")


def test_a_closed_store_says_so(store: Store) -> None:
    store.close()
    with pytest.raises(StoreError, match="has been closed"), store.reading():
        pass


def test_a_connection_that_cannot_be_set_up_is_closed(tmp_path: Path, tools: Any) -> None:
    (tmp_path / "rag.db").write_bytes(b"this is no database" * 100)
    opened: list[sqlite3.Connection] = []
    connect = sqlite3.connect
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite3, "connect", lambda *a, **o: opened.append(connect(*a, **o)) or opened[-1])
        with pytest.raises(StoreError):
            Store.open(tmp_path, tools.identity)
    with pytest.raises(sqlite3.ProgrammingError):
        opened[0].execute("SELECT 1")


def test_readers_and_a_writer_at_once_never_see_half_a_document(store: Store, tools: Any) -> None:
    tools.put(store, "a", "0 left", "0 right")
    stop = threading.Event()

    def read() -> int:
        checked = 0
        while not stop.is_set():
            with store.reading() as view:
                hits = view.dense(tools.vector_of("0 left"), 10)
                rows = view.chunks(chunk for chunk, _ in hits)
            assert len(hits) == len(rows) == 2  # every vector has its row, of the same commit
            assert len({row.text.split()[0] for row in rows.values()}) == 1
            checked += 1
        return checked

    with ThreadPoolExecutor(3) as threads:
        readers = [threads.submit(read) for _ in range(3)]
        try:
            for number in range(1, 60):
                tools.put(store, "a", f"{number} left", f"{number} right")
                if number % 20 == 0:
                    with store.writing() as writer:
                        writer.compact()
        finally:
            stop.set()
        assert all(reader.result() > 0 for reader in readers)


# filters


@pytest.fixture
def shelf(store: Store, tools: Any) -> Store:
    for uri in (
        "data/2024/report.pdf", "data/2024/notes.md", "data/report.pdf", "data/2024x/other.md", "데이터/보고서.pdf",
        "data/100%_sure's \"quoted\".txt", "data/100a_sure's \"quoted\".txt", "Data/UPPER.md", "uploads/report.pdf",
    ):  # fmt: skip
        tools.put(store, uri, f"text of {uri}")
    return store


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (["data/2024/report.pdf"], {"data/2024/report.pdf"}),
        (["report.pdf"], {"data/2024/report.pdf", "data/report.pdf", "uploads/report.pdf"}),
        (["2024/report.pdf"], {"data/2024/report.pdf"}),
        (["data/2024"], {"data/2024/report.pdf", "data/2024/notes.md"}),
        (["data/2024/"], {"data/2024/report.pdf", "data/2024/notes.md"}),
        (["Data"], {"Data/UPPER.md"}),
        (["uploads"], {"uploads/report.pdf"}),
        (["notes.md", "uploads"], {"data/2024/notes.md", "uploads/report.pdf"}),
        (["데이터"], {"데이터/보고서.pdf"}),
        (
            ["\u1103\u1166\u110b\u1175\u1110\u1165"],
            {"데이터/보고서.pdf"},
        ),  # the same folder, as a Mac spells it
        (['100%_sure\'s "quoted".txt'], {'data/100%_sure\'s "quoted".txt'}),
    ],
)
def test_a_filter_is_a_document_a_folder_or_a_bare_name(
    shelf: Store, tools: Any, wanted: list[str], found: set[str]
) -> None:
    assert set(tools.texts(shelf, "x", 50, wanted)) == {f"text of {uri}" for uri in found}
    assert set(tools.lexical_texts(shelf, "text", wanted)) == {f"text of {uri}" for uri in found}


@pytest.mark.parametrize(
    "wanted",
    ["", "/", "nowhere", "eport.pdf", "data/20", "%", "_", "upper.md", "REPORT.PDF", "' OR 1=1 --", "*"],
)
def test_a_filter_that_matches_nothing_is_an_error(shelf: Store, wanted: str) -> None:
    with shelf.reading() as view, pytest.raises(StoreError, match="no document or folder matches"):
        view.allowed(["data", wanted])


def test_a_filter_on_a_document_without_chunks_finds_nothing(store: Store, tools: Any) -> None:
    tools.put(store, "a", "alpha")
    document, chunks, vectors = tools.document("b", [])
    with store.writing() as writer:
        writer.replace(replace(document, status="refused", reason="why not"), chunks, vectors)
    assert tools.texts(store, "alpha", 5, ["b"]) == []
    assert tools.lexical_texts(store, "alpha", ["b"]) == []


def test_folders_with_the_same_name_get_labels_of_their_own(store: Store) -> None:
    with store.writing() as writer:
        labels = [
            writer.label_root(Path(path))
            for path in ("/a/docs", "/b/docs", "/a/docs", "/c/uploads", "/", "/a/가", "/b/\u1100\u1161")
        ]
    assert labels == ["docs", "docs-2", "docs", "uploads-2", "root", "가", "가-2"]
    with store.reading() as view:
        assert view.roots()["docs-2"] == Path("/b/docs")


# renaming


def test_a_renamed_document_keeps_its_chunks_ids_and_vectors(store: Store, tools: Any) -> None:
    tools.put(store, "data/a.md", "alpha", "beta")
    tools.put(store, "data/b.md", "gamma")
    ids = tools.ids(store, "data/a.md")
    with store.writing() as writer:
        writer.rename("data/a.md", "data/new/c.md", Path("/new/c.md"))
    assert tools.ids(store, "data/new/c.md") == ids
    assert tools.texts(store, "alpha", filters=["data/new"]) == ["alpha", "beta"]
    with store.reading() as view:
        assert {row.uri: str(row.path) for row in view.documents()} == {
            "data/b.md": "/nowhere/data/b.md",
            "data/new/c.md": "/new/c.md",
        }
    assert faults_of(store) == []


def test_renaming_onto_a_document_replaces_it(store: Store, tools: Any) -> None:
    tools.put(store, "a", "alpha")
    tools.put(store, "b", "beta")
    with store.writing() as writer:
        writer.rename("a", "b", Path("/b"))
        writer.rename("b", "b", Path("/moved/b"))
    assert tools.texts(store, "beta") == ["alpha"]
    with store.reading() as view:
        assert [(row.uri, str(row.path)) for row in view.documents()] == [("b", "/moved/b")]
    assert faults_of(store) == []


def test_renaming_what_is_not_there_changes_nothing(store: Store, tools: Any) -> None:
    tools.put(store, "b", "beta")
    with store.writing() as writer, pytest.raises(StoreError, match="no document 'a'"):
        writer.rename("a", "b", Path("/b"))
    assert tools.texts(store, "beta") == ["beta"]


def test_a_root_that_moved_takes_its_documents_along(store: Store, tools: Any) -> None:
    with store.writing() as writer:
        label = writer.label_root(Path("/nowhere/data"))
        tools_document = tools.document("data/a", ["alpha"])
        writer.replace(*tools_document)
        writer.replace(*tools.document("database/b", ["beta"]))
        writer.relabel_root(label, Path("/elsewhere/documents"))
        with pytest.raises(StoreError, match="no folder 'other'"):
            writer.relabel_root("other", Path("/x"))
    with store.reading() as view:
        assert view.roots() == {"data": Path("/elsewhere/documents")}
        assert {row.uri: str(row.path) for row in view.documents()} == {
            "data/a": "/elsewhere/documents/a",
            "database/b": "/nowhere/database/b",
        }


# embeddings that are known


def _hashed(tools: Any, uri: str, *texts: str) -> Any:
    document, chunks, vectors = tools.document(uri, texts)
    return document, [replace(chunk, text_hash=hash_of(chunk.text)) for chunk in chunks], vectors


def test_a_text_that_is_or_was_stored_need_not_be_embedded_again(store: Store, tools: Any) -> None:
    with store.writing() as writer:
        writer.replace(*_hashed(tools, "a", "alpha", "beta"))
        writer.replace(*_hashed(tools, "a", "beta", "gamma"))
        writer.replace(*tools.document("b", ["unknown origin"]))
    texts = ["beta", "alpha", "beta", "delta", "unknown origin"]
    with store.reading() as view:
        known = view.known_embeddings(texts)
    assert [vector is not None for vector in known] == [True, True, True, False, False]
    for text, vector in zip(texts, known, strict=True):
        if vector is not None:
            assert vector == pytest.approx(tools.vector_of(text))


def test_of_what_is_gone_only_the_newest_embeddings_are_kept(
    store: Store, tools: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatbot.store.writer._CACHED", 2)
    with store.writing() as writer:
        for text in ("one", "two", "three", "one"):
            writer.replace(*_hashed(tools, "a", text))
        writer.delete("a")
    with store.reading() as view:
        known = view.known_embeddings(["one", "two", "three"])
    assert [vector is not None for vector in known] == [True, False, True]


def test_a_connection_that_could_only_be_opened_for_reading_is_not_kept(store: Store, tools: Any) -> None:
    with store._pool.connection() as connection:
        connection.execute("PRAGMA query_only = ON")  # as SQLite behaves after it could not open for writing
    with pytest.raises(StoreError, match=r"cannot write.*readonly"), store.writing() as writer:
        writer.replace(*tools.document("a", ["alpha"]))
    tools.put(store, "a", "alpha")
    assert tools.texts(store, "alpha") == ["alpha"]


def test_a_folder_that_may_not_be_entered_is_one_sentence(
    store: Store, tools: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(_: Path, **__: object) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "exists", refuses)
    with pytest.raises(StoreError, match=r"cannot be read \(Permission denied\)"):
        Store.open(store.folder, tools.identity)
