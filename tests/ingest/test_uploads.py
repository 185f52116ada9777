"""What the page does to the index: folders that are uploaded, stopping, reading again, removing many."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import Config
from chatbot.retrieval.embeddings import store_identity
from chatbot.store import Store, open_store
from chatbot.store.records import same_content
from ingest.pipeline import run
from ingest.report import FileResult, Progress
from ingest.uploads import remove_all, upload
from ingest.web.again import read_again

Write = Callable[..., Path]


@pytest.fixture
def opened(config: Config) -> Callable[[], Store]:
    """The index as a reader opens it."""
    return lambda: open_store(config, store_identity(config))


def paths(results: list[FileResult]) -> list[str]:
    return [result.path for result in results]


@pytest.mark.parametrize(
    ("given", "uri"),
    [
        ("notes/2026/a.txt", "uploads/notes/2026/a.txt"),
        ("notes\\a.txt", "uploads/notes/a.txt"),
        ("C:\\notes\\a.txt", "uploads/a.txt"),
        ("a\u202e/b\n.txt", "uploads/a/b.txt"),
        ("a//b.txt", "uploads/b.txt"),
        ("/".join(["d"] * 12) + "/a.txt", "uploads/" + "d/" * 8 + "a.txt"),
    ],
)
def test_a_folder_that_is_uploaded_keeps_its_folders_and_leads_nowhere_else(
    config: Config, embedding: Any, given: str, uri: str
) -> None:
    assert paths(upload(config, {given: b"some text"}, embedding=embedding).indexed) == [uri]


def test_contents_are_taken_one_by_one(config: Config, embedding: Any) -> None:
    left = [("b.txt", b"two"), ("a.txt", b"one")]

    def handed_over() -> Iterator[tuple[str, bytes]]:
        while left:
            yield left.pop()

    assert paths(upload(config, handed_over(), embedding=embedding).indexed) == [
        "uploads/a.txt",
        "uploads/b.txt",
    ]
    assert left == []


def test_every_outcome_is_told_as_soon_as_it_is_known(config: Config, embedding: Any) -> None:
    told: list[tuple[int, int, list[str]]] = []

    def on_progress(progress: Progress) -> None:
        told.append((progress.files, progress.read, paths(progress.report.refused)))

    files = {"empty.txt": b"", "a.txt": b"one", "b.txt": b"two"}
    upload(config, files, on_progress, embedding)
    assert told[0] == (1, 1, ["uploads/empty.txt"])
    assert (1, 3, ["uploads/empty.txt"]) in told  # read, and not embedded yet
    assert told[-1][:2] == (3, 3)


def test_what_is_indexed_before_a_stop_stays_and_the_rest_leaves_nothing(
    config: Config, embedding: Any, opened: Any
) -> None:
    files = {"empty.txt": b"", "a.txt": b"one", "b.txt": b"two"}
    seen: list[Progress] = []
    report = upload(config, files, seen.append, embedding, lambda: bool(seen))
    assert paths(report.refused) == ["uploads/empty.txt"]
    assert report.indexed == []
    assert report.notes == ["stopped before the end; what is indexed stays"]
    with opened().reading() as view:
        assert [row.uri for row in view.documents()] == ["uploads/empty.txt"]
    assert len(list((config.store / "files").iterdir())) == 1


def test_documents_are_read_again_whether_or_not_they_changed(
    config: Config, folder: Path, write: Write, embedding: Any, opened: Any
) -> None:
    same, gone = write("same.txt", "walrus"), write("gone.txt", "seal")
    run(config, [folder], embedding=embedding)
    upload(config, {"u/n.txt": b"uploaded"}, embedding=embedding)
    gone.unlink()
    uris = ["docs/same.txt", "docs/gone.txt", "uploads/u/n.txt", "docs/never.txt"]
    report = read_again(config, uris, embedding=embedding)
    assert sorted(paths(report.indexed)) == ["docs/same.txt", "uploads/u/n.txt"]
    assert paths(report.refused) == ["docs/gone.txt"]
    assert "it stays as it was" in report.refused[0].reason
    same.write_text("otter")
    read_again(config, ["docs/same.txt"], embedding=embedding)
    with opened().reading() as view:
        assert view.document_text("docs/same.txt") == "otter"
        assert view.document_text("docs/gone.txt") == "seal"


def test_many_are_removed_under_one_lock_and_their_content_with_them(
    config: Config, embedding: Any, opened: Any
) -> None:
    upload(config, {f"{name}.txt": name.encode() for name in "abc"}, embedding=embedding)
    store = opened()
    assert remove_all(store, ["uploads/a.txt", "uploads/c.txt", "uploads/d.txt"]) == [
        "uploads/a.txt",
        "uploads/c.txt",
    ]
    assert len(list((config.store / "files").iterdir())) == 1
    assert remove_all(store, ["uploads/b.txt"], lambda: True) == []


def test_one_content_in_a_folder_and_from_an_upload_is_embedded_once_and_each_goes_alone(
    config: Config, folder: Path, write: Write, embedding: Any, opened: Any
) -> None:
    write("a.md", "# Rules\n\nKeep it warm.\n\n## Water\n\nEvery day.")
    first = run(config, [folder], embedding=embedding)
    second = upload(config, {"b.md": (folder / "a.md").read_bytes()}, embedding=embedding)
    assert (first.reused, second.chunks - second.reused) == (0, 0)
    with closing(opened()) as store:
        with store.reading() as view:
            both = ("docs/a.md", "uploads/b.md")
            assert same_content(view.documents()) == dict.fromkeys(both, both)
        assert remove_all(store, ["uploads/b.md"]) == ["uploads/b.md"]
        assert list((config.store / "files").iterdir()) == []  # the folder has a copy of its own
        with store.reading() as view:
            assert same_content(view.documents()) == {}
            assert [row.uri for row in view.documents()] == ["docs/a.md"]
            assert "Every day." in view.document_text("docs/a.md")
    upload(config, {"b.md": (folder / "a.md").read_bytes(), "c.md": b"Other."}, embedding=embedding)
    (folder / "a.md").unlink()
    run(config, [folder], embedding=embedding)
    with closing(opened()) as store, store.reading() as view:
        assert [row.uri for row in view.documents()] == ["uploads/b.md", "uploads/c.md"]
        assert "Every day." in view.document_text("uploads/b.md")


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_a_file_that_became_a_link_out_of_its_folder_is_read_again_only_if_it_says_the_same(
    config: Config, folder: Path, write: Write, embedding: Any, opened: Callable[[], Store], tmp_path: Path
) -> None:
    file, outside = write("a.txt", "the weather"), tmp_path / "private.txt"
    write("elsewhere/b.txt", "the sea")
    run(config, [folder], embedding=embedding)
    file.rename(outside)
    file.symlink_to(outside)
    assert paths(read_again(config, ["docs/a.txt"], embedding=embedding).indexed) == ["docs/a.txt"]
    outside.write_text("the salary of the director")
    (refused,) = read_again(config, ["docs/a.txt"], embedding=embedding).refused
    assert refused.reason == "its file cannot be read now (a link stands in its place); it stays as it was"
    with closing(opened()) as store, store.reading() as view:
        assert view.document_text("docs/a.txt") == "the weather"
    file.unlink()
    file.symlink_to(folder / "elsewhere" / "b.txt")  # inside, as an ingest would take it
    assert paths(read_again(config, ["docs/a.txt"], embedding=embedding).indexed) == ["docs/a.txt"]
