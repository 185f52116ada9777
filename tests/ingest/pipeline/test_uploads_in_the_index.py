from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import Config
from index_reading import faults, found_documents, read_index, statuses, uris
from ingest.pipeline import run
from ingest.uploads import plain_path, remove, upload

Write = Callable[..., Path]


def test_upload_replace_remove_and_upload_again(config: Config, embedding: Any, opened: Any) -> None:
    files = config.store / "files"
    first = upload(config, {"노트.txt": b"walrus"}, embedding=embedding)
    assert uris(first.indexed) == ["uploads/노트.txt"]
    assert uris(upload(config, {"노트.txt": b"walrus"}, embedding=embedding).unchanged) == [
        "uploads/노트.txt"
    ]
    assert len(embedding.texts) == 1
    upload(config, {"노트.txt": b"seal"}, embedding=embedding)
    assert found_documents(config, embedding, "walrus")[1] == set()
    assert [file.read_bytes() for file in files.iterdir()] == [b"seal"]  # what was replaced is not kept

    store = opened()
    assert remove(store, "uploads/노트.txt")
    assert not remove(store, "uploads/노트.txt")
    store.close()
    assert list(files.iterdir()) == []
    assert statuses(config) == {}
    upload(config, {"노트.txt": b"seal"}, embedding=embedding)
    assert found_documents(config, embedding, "seal") == ({"uploads/노트.txt"}, {"uploads/노트.txt"})
    assert faults(config) == []


def test_removing_one_of_two_uploads_of_the_same_content_keeps_the_other(
    config: Config, embedding: Any, opened: Any
) -> None:
    upload(config, {"a.txt": b"same", "b.txt": b"same"}, embedding=embedding)
    store = opened()
    assert remove(store, "uploads/a.txt")
    store.close()
    assert len(list((config.store / "files").iterdir())) == 1
    assert set(statuses(config)) == {"uploads/b.txt"}
    assert found_documents(config, embedding, "same") == ({"uploads/b.txt"}, {"uploads/b.txt"})


def test_removing_a_folders_document_leaves_the_file(
    config: Config, folder: Path, write: Write, embedding: Any, opened: Any
) -> None:
    file = write("a.txt", "x")
    run(config, [folder], embedding=embedding)
    store = opened()
    assert remove(store, "docs/a.txt")
    store.close()
    assert file.read_text() == "x"


def test_names_that_differ_behind_the_cut_are_two_documents() -> None:
    one, other = (plain_path("y" * 300 + f"-{number}.txt") for number in (1, 2))
    assert one != other
    assert one == plain_path("y" * 300 + "-1.txt"), "given again it replaces itself"


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../x.txt", "x.txt"),
        ("..\\..\\x.txt", "x.txt"),
        ("/etc/passwd.txt", "passwd.txt"),
        ("", "upload"),
        ("..", "upload"),
        ("a/..", "upload"),
        (" . ", "upload"),
        ("a\u202eb.txt", "ab.txt"),
        ("a\0b\n.txt", "ab.txt"),
        ("\ud800.txt", ".txt"),
        (unicodedata.normalize("NFD", "보고서.txt"), "보고서.txt"),
        ("가" * 180 + ".txt", "가" * 180 + ".txt"),
        (
            "가" * 300 + ".txt",
            "가" * 171 + "-" + hashlib.sha256(("가" * 300 + ".txt").encode()).hexdigest()[:8] + ".txt",
        ),
        (
            "a." + "b" * 300,
            "a-" + hashlib.sha256(("a." + "b" * 300).encode()).hexdigest()[:8] + "." + "b" * 19,
        ),
    ],
)
def test_an_upload_gets_a_plain_name_and_stays_in_the_store(
    config: Config, embedding: Any, tmp_path: Path, given: str, name: str
) -> None:
    report = upload(config, {given: "텍스트 text".encode()}, embedding=embedding)
    expected = name if name != ".txt" else "txt"
    assert uris([*report.indexed, *report.refused]) == [f"uploads/{expected}"]
    kept = [file for file in tmp_path.rglob("*") if file.is_file() and config.store not in file.parents]
    assert kept == []
    assert len(list((config.store / "files").iterdir())) == 1


def test_a_refused_upload_is_reported_and_remembered(config: Config, embedding: Any) -> None:
    report = upload(config, {"empty.txt": b"", "fine.txt": b"x"}, embedding=embedding)
    assert uris(report.refused) == ["uploads/empty.txt"]
    assert statuses(config) == {"uploads/empty.txt": "refused", "uploads/fine.txt": "indexed"}
    again = upload(config, {"empty.txt": b""}, embedding=embedding)
    assert again.refused[0].reason == report.refused[0].reason


def test_uploads_stay_when_a_folder_is_ingested(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    upload(config, {"u.txt": b"uploaded"}, embedding=embedding)
    write("a.txt", "x")
    report = run(config, [folder], embedding=embedding)
    assert report.removed == []
    assert set(statuses(config)) == {"docs/a.txt", "uploads/u.txt"}


def test_uploads_are_made_again_after_a_splitter_change(config: Config, folder: Path, embedding: Any) -> None:
    text = "A sentence of some length follows here. " * 30
    upload(config, {"u.txt": text.encode(), "lost.txt": b"lost"}, embedding=embedding)
    (config.store / "files" / hashlib.sha256(b"lost").hexdigest()).unlink()
    smaller = config.with_(splitter={"chunk_size": 100, "chunk_overlap": 0})
    report = run(smaller, [folder], embedding=embedding)
    assert uris(report.indexed) == ["uploads/u.txt"]
    assert report.notes == [
        "uploads/lost.txt stays as it was: its content is not in the index; upload it again"
    ]
    assert read_index(config, lambda view: max(len(c.text) for c in view.chunks_of("uploads/u.txt"))) <= 100
    assert set(statuses(config)) == {"uploads/u.txt", "uploads/lost.txt"}
    assert not run(smaller, [folder], embedding=embedding).news
    assert [fault.split(":")[0] for fault in faults(config)] == ["uploads/lost.txt"]


def test_a_failed_upload_leaves_what_was_there(config: Config, embedding: Any) -> None:
    upload(config, {"u.txt": b"walrus"}, embedding=embedding)
    embedding.fail_at("seal")
    with pytest.raises(RuntimeError):
        upload(config, {"u.txt": b"seal"}, embedding=embedding)
    assert found_documents(config, embedding, "walrus") == ({"uploads/u.txt"}, {"uploads/u.txt"})
    embedding.fail_at("")
    upload(config, {"u.txt": b"seal"}, embedding=embedding)
    assert len(list((config.store / "files").iterdir())) == 1
    assert faults(config) == []
