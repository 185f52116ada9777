from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import Config
from index_reading import faults, found_documents, read_index, statuses, uris
from ingest.parsing.document import ParsedDocument
from ingest.pipeline import one_run, run, update
from ingest.sandbox.opened import OpenedFile
from ingest.sandbox.parser import ParserProcess

Write = Callable[..., Path]


def test_a_moved_file_that_is_read_again_is_never_missing(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    write("a.txt", "walrus")
    write("gone.txt", "seal")
    run(config, [folder], embedding=embedding)
    (folder / "a.txt").rename(folder / "a.md")
    (folder / "gone.txt").unlink()
    write("z.md", "last otter")
    seen: list[set[str]] = []
    run(config, [folder], lambda _: seen.append(set(statuses(config))), embedding)
    assert seen
    for documents in seen:
        assert documents & {"docs/a.txt", "docs/a.md"}
        assert "docs/gone.txt" not in documents
    assert set(statuses(config)) == {"docs/a.md", "docs/z.md"}


class _Meddler(ParserProcess):
    """A real parser; ``after(path)`` is called each time it has read a file."""

    after: Callable[[Path], None]

    def parse(self, file: OpenedFile, name: str | None = None) -> ParsedDocument:
        try:
            return super().parse(file, name)
        finally:
            self.after(file.path)


def test_a_file_that_changes_while_it_is_read_is_read_again(
    config: Config, folder: Path, write: Write, embedding: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write("a.txt", "old walrus")
    write("b.txt", "calm seal")
    changes = iter(["new otter"])

    def change(path: Path) -> None:
        if path == file and (text := next(changes, None)):
            file.write_text(text)

    monkeypatch.setattr(_Meddler, "after", staticmethod(change), raising=False)
    monkeypatch.setattr(one_run, "ParserProcess", _Meddler)
    report = run(config, [folder], embedding=embedding)
    assert uris(report.indexed) == ["docs/a.txt", "docs/b.txt"]
    row = read_index(config, lambda view: view.document("docs/a.txt"))
    assert read_index(config, lambda view: view.document_text("docs/a.txt")) == "new otter"
    assert (row.sha256, row.bytes) == (hashlib.sha256(b"new otter").hexdigest(), 9)
    assert not run(config, [folder], embedding=embedding).news


def test_a_file_that_never_holds_still_or_vanishes_is_left_for_the_next_run(
    config: Config, folder: Path, write: Write, embedding: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy, brief = write("busy.txt", "first walrus"), write("brief.txt", "first seal")
    write("calm.txt", "first otter")
    run(config, [folder], embedding=embedding)
    for name in ("busy", "brief", "calm"):
        write(f"{name}.txt", f"second {name}")
    number = 0

    def change(path: Path) -> None:
        nonlocal number
        number += 1
        if path == busy:
            busy.write_text(f"text number {number}")
        elif path == brief:
            brief.unlink()

    monkeypatch.setattr(_Meddler, "after", staticmethod(change), raising=False)
    monkeypatch.setattr(one_run, "ParserProcess", _Meddler)
    report = run(config, [folder], embedding=embedding)
    assert {result.path: result.reason for result in report.refused} == {
        "docs/busy.txt": "changes while it is read; the next run tries again",
        "docs/brief.txt": "was gone before it could be read",
    }
    assert uris(report.indexed) == ["docs/calm.txt"]
    assert statuses(config) == {f"docs/{name}.txt": "indexed" for name in ("busy", "brief", "calm")}
    assert read_index(config, lambda view: view.document_text("docs/busy.txt")) == "first walrus"
    monkeypatch.undo()
    report = run(config, [folder], embedding=embedding)
    assert (uris(report.indexed), uris(report.removed)) == (["docs/busy.txt"], ["docs/brief.txt"])
    assert faults(config) == []


def test_a_file_that_becomes_unreadable_is_no_longer_answered_from(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    write("a.txt", "walrus")
    run(config, [folder], embedding=embedding)
    write("a.txt", b"%PDF-1.7 nothing")
    assert uris(run(config, [folder], embedding=embedding).refused) == ["docs/a.txt"]
    assert found_documents(config, embedding, "walrus") == (set(), set())
    write("a.txt", "walrus")
    assert uris(run(config, [folder], embedding=embedding).indexed) == ["docs/a.txt"]
    assert faults(config) == []


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_a_file_that_becomes_a_link_after_the_folder_was_listed_is_not_read(
    config: Config,
    folder: Path,
    write: Write,
    embedding: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    (tmp_path / "private").mkdir()
    for name in ("a.txt", "b.txt"):
        (tmp_path / "private" / name).write_text("the salary of the director")
    write("a.txt", "the weather")
    write("sub/b.txt", "the sea")
    write("c.txt", "the mountains")
    run(config, [folder], embedding=embedding)
    for name in ("a.txt", "sub/b.txt", "c.txt"):
        write(name, f"news of {name}")
    real = update.plan

    def planned(*arguments: Any) -> Any:
        work = real(*arguments)
        (folder / "a.txt").unlink()
        (folder / "a.txt").symlink_to(tmp_path / "private" / "a.txt")
        (folder / "sub").rename(folder / "old")
        (folder / "sub").symlink_to(tmp_path / "private", target_is_directory=True)
        return work

    monkeypatch.setattr(update, "plan", planned)
    report = run(config, [folder], embedding=embedding)
    assert {result.path: result.reason for result in report.refused} == dict.fromkeys(
        ("docs/a.txt", "docs/sub/b.txt"), "cannot be read: a link stands in its place"
    )
    assert uris(report.indexed) == ["docs/c.txt"]
    texts = [
        read_index(config, lambda view, uri=uri: view.document_text(uri)) for uri in sorted(statuses(config))
    ]
    assert texts == ["the weather", "news of c.txt", "the sea"]
    assert faults(config) == []
