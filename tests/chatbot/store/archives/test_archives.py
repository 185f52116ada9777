"""A whole index as one file: nothing is lost on the way, and nothing foreign gets in."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chatbot.errors import StoreError
from chatbot.store import Store
from chatbot.store.archives.exporting import export
from chatbot.store.archives.importing import restore
from chatbot.store.sqlite.store import SqliteStore


@pytest.fixture
def filled(store: Store, tools: Any) -> Store:
    tools.put(store, "data/a.md", "alpha", "베타")
    tools.put(store, "gone", "gone")
    tools.put_upload(store)
    with store.writing() as writer:
        writer.delete("gone")
    return store


def _answers(store: Store, tools: Any) -> Any:
    with store.reading() as view:
        documents = [replace(row, path=Path(row.path.name), made_by="") for row in view.documents()]
        roots = set(view.roots())
    ids = [tools.ids(store, row.uri) for row in documents]
    return documents, roots, ids, tools.texts(store, "alpha"), tools.lexical_texts(store, "uploaded")


def test_an_exported_index_answers_the_same_elsewhere(filled: Store, tools: Any, tmp_path: Path) -> None:
    before = _answers(filled, tools)
    exported = export(filled, tmp_path / "index.zip")
    assert (exported.documents, exported.chunks, exported.model) == (2, 3, "tiny-test-model")
    assert exported.bytes == (tmp_path / "index.zip").stat().st_size
    assert _answers(filled, tools) == before

    (tmp_path / "there").mkdir()  # an empty folder is as good as none
    restore(tmp_path / "index.zip", tmp_path / "there")
    store = SqliteStore.open(tmp_path / "there", tools.identity)
    assert _answers(store, tools) == before
    assert store.faults() == []
    with store.reading() as view:
        upload = view.document("uploads/u.txt")
        assert upload is not None
        assert upload.path.parent == tmp_path / "there" / "files"
        assert upload.path.read_text() == "uploaded"
    tools.put(store, "later", "later")
    assert tools.ids(store, "later")[0] > max(tools.ids(filled, "uploads/u.txt"))
    store.close()


def test_exporting_leaves_nothing_but_the_file(filled: Store, tmp_path: Path) -> None:
    target = tmp_path / "out" / "index.zip"
    target.parent.mkdir()
    export(filled, target)
    assert list(target.parent.iterdir()) == [target]
    with pytest.raises(StoreError, match="exists"):
        export(filled, target)
    with pytest.raises(StoreError, match="cannot write"):
        export(filled, tmp_path / "missing" / "index.zip")


def test_an_index_in_use_is_not_replaced(filled: Store, tmp_path: Path, tools: Any) -> None:
    export(filled, tmp_path / "index.zip")
    before = _answers(filled, tools)
    with pytest.raises(StoreError, match=r"not empty.*--store"):
        restore(tmp_path / "index.zip", filled.folder)
    assert _answers(filled, tools) == before


def _changed(change: Callable[[dict[str, bytes]], None]) -> Callable[[Path], None]:
    def apply(file: Path) -> None:
        with zipfile.ZipFile(file) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        change(members)
        with zipfile.ZipFile(file, "w") as archive:
            for name, content in members.items():
                archive.writestr(name, content)

    return apply


def _manifest(**changes: Any) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        members["manifest.json"] = json.dumps(json.loads(members["manifest.json"]) | changes).encode()

    return change


def _leads_out(members: dict[str, bytes]) -> None:
    manifest = json.loads(members["manifest.json"])
    manifest["sha256"]["../evil"] = manifest["sha256"]["rag.db"]
    members["manifest.json"] = json.dumps(manifest).encode()
    members["../evil"] = members["rag.db"]


def _flip(members: dict[str, bytes]) -> None:
    members["rag.db"] = members["rag.db"][:5000] + b"\xff" + members["rag.db"][5001:]


HARM = {
    "truncated": lambda file: file.write_bytes(file.read_bytes()[:-300]),
    "no zip": lambda file: file.write_bytes(b"hello"),
    "empty": lambda file: file.write_bytes(b""),
    "flipped": _changed(_flip),
    "without rag.db": _changed(lambda members: members.pop("rag.db")),
    "without manifest": _changed(lambda members: members.pop("manifest.json")),
    "leads out": _changed(_leads_out),
    "newer": _changed(_manifest(schema=999)),
    "foreign": _changed(_manifest(format="else")),
    "senseless": _changed(lambda members: members.update({"manifest.json": b"[1]"})),
}


@pytest.mark.parametrize("harm", HARM)
def test_what_is_not_a_whole_export_is_refused_and_leaves_nothing(
    filled: Store, tmp_path: Path, harm: str
) -> None:
    file = tmp_path / "in" / "index.zip"
    file.parent.mkdir()
    export(filled, file)
    HARM[harm](file)
    target = tmp_path / "in" / "there"
    with pytest.raises(StoreError, match=r"cannot be imported|newer version"):
        restore(file, target)
    assert list(file.parent.iterdir()) == [file]
    assert not (tmp_path / "evil").exists()


def test_a_database_with_a_trigger_is_refused(
    filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(filled.folder / "rag.db")) as connection:
        connection.execute("CREATE TRIGGER t AFTER INSERT ON chunk BEGIN DELETE FROM document; END")
    export(filled, tmp_path / "index.zip")
    with pytest.raises(StoreError, match="cannot be imported"):
        restore(tmp_path / "index.zip", tmp_path / "there")
    assert not (tmp_path / "there").exists()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="No such file"):
        restore(tmp_path / "nothing.zip", tmp_path / "there")
    assert list(tmp_path.iterdir()) == []
