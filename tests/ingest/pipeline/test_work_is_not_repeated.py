from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from chatbot.config import Config
from chatbot.errors import OcrMissing
from index_reading import check_chunks, chunk_ids, faults, found_documents, read_index, uris
from ingest.parsing.ocr import installed
from ingest.pipeline import ModelOnce, embedder, one_run, run
from ingest.sandbox.parser import ParserProcess

Write = Callable[..., Path]


def test_a_second_run_embeds_and_parses_nothing(
    config: Config, folder: Path, write: Write, embedding: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        write(f"{number}.txt", f"text {number}")
    write("refused.txt", "")
    run(config, [folder], embedding=embedding)
    embedded, sequence = len(embedding.texts), read_index(config, lambda view: view.snapshot.sequence)

    def no_parser(*_: Any) -> None:
        raise AssertionError("a parser was started")

    monkeypatch.setattr(one_run, "ParserProcess", no_parser)
    report = run(config, [folder], embedding=embedding)
    assert len(report.unchanged) == 5
    assert uris(report.refused) == ["docs/refused.txt"]
    assert len(embedding.texts) == embedded
    assert read_index(config, lambda view: view.snapshot.sequence) == sequence
    # and loads no model
    monkeypatch.setattr(embedder, "build_embedding", no_parser)
    assert len(run(config, [folder]).unchanged) == 5


def test_only_the_changed_file_is_embedded_again(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    write("a.txt", "first walrus")
    write("b.txt", "second seal")
    run(config, [folder], embedding=embedding)
    before = len(embedding.texts)
    write("a.txt", "third otter")
    report = run(config, [folder], embedding=embedding)
    assert (uris(report.indexed), uris(report.unchanged)) == (["docs/a.txt"], ["docs/b.txt"])
    assert embedding.texts[before:] == ["third otter"]
    assert found_documents(config, embedding, "walrus")[1] == set()
    assert found_documents(config, embedding, "otter")[1] == {"docs/a.txt"}


def test_a_renamed_or_moved_file_is_neither_parsed_nor_embedded(
    config: Config, folder: Path, write: Write, embedding: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write("a.md", "# Title\n\nwalrus")
    write("empty.txt", "")
    run(config, [folder], embedding=embedding)
    ids, embedded = chunk_ids(config, "docs/a.md"), len(embedding.texts)

    def no_parser(*_: Any) -> None:
        raise AssertionError("a parser was started")

    monkeypatch.setattr(one_run, "ParserProcess", no_parser)
    (folder / "sub").mkdir()
    file.rename(folder / "sub" / "보고서.md")
    (folder / "empty.txt").rename(folder / "leer.txt")
    report = run(config, [folder], embedding=embedding)
    assert report.as_json()["renamed"] == [
        {"path": "docs/leer.txt", "was": "docs/empty.txt"},
        {"path": "docs/sub/보고서.md", "was": "docs/a.md"},
    ]
    assert (report.indexed, report.removed, report.refused, report.chunks) == ([], [], [], 0)
    assert report.summary() == (
        "2 renamed (docs/empty.txt -> docs/leer.txt, docs/a.md -> docs/sub/보고서.md)"
    )
    assert chunk_ids(config, "docs/sub/보고서.md") == ids
    assert len(embedding.texts) == embedded
    assert found_documents(config, embedding, "walrus") == ({"docs/sub/보고서.md"}, {"docs/sub/보고서.md"})
    again = run(config, [folder], embedding=embedding)
    assert (uris(again.unchanged), uris(again.refused)) == (["docs/sub/보고서.md"], ["docs/leer.txt"])
    assert not again.news
    assert faults(config) == []


def test_a_folder_that_moved_or_got_a_parent_is_not_read_again(
    config: Config, folder: Path, write: Write, embedding: Any, tmp_path: Path
) -> None:
    write("a.txt", "walrus")
    run(config, [folder], embedding=embedding)
    place = folder.rename(tmp_path / "archive")
    moved = run(config, [place], embedding=embedding)
    assert (uris(moved.unchanged), moved.news) == (["docs/a.txt"], {})
    assert "its documents moved along" in moved.notes[0]
    assert read_index(config, lambda view: view.roots()) == {"docs": place}
    assert read_index(config, lambda view: view.document("docs/a.txt").path) == place / "a.txt"
    (tmp_path / "all").mkdir()
    place = place.rename(tmp_path / "all" / "archive")
    run(config, [place], embedding=embedding)
    report = run(config, [tmp_path / "all"], embedding=embedding)
    assert [(r.was, r.path) for r in report.renamed] == [("docs/a.txt", "all/archive/a.txt")]
    assert not run(config, [place], embedding=embedding).news
    assert len(embedding.texts) == 1
    assert faults(config) == []


def test_a_text_that_the_index_has_is_not_embedded_again(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    write("a.txt", "walrus")
    write("b.txt", "walrus")
    first = run(config, [folder], embedding=embedding)
    assert (len(first.indexed), first.chunks, first.reused) == (2, 2, 1)
    assert embedding.texts == ["walrus"]
    write("copy.txt", "walrus")
    write(
        "edited.md", "# Tides\n\nThe tide is high.\n\n# Ice\n\n" + "Ice is cold, and thick in winter. " * 20
    )
    second = run(config, [folder], embedding=embedding)
    assert second.reused == 1
    before = len(embedding.texts)
    (folder / "edited.md").rename(folder / "moved.md")
    write("moved.md", "# Tides\n\nThe tide is low.\n\n# Ice\n\n" + "Ice is cold, and thick in winter. " * 20)
    third = run(config, [folder], embedding=embedding)
    assert (uris(third.indexed), uris(third.removed)) == (["docs/moved.md"], ["docs/edited.md"])
    assert 0 < len(embedding.texts) - before == third.chunks - third.reused < third.chunks
    for name in ("a.txt", "b.txt", "copy.txt"):
        (folder / name).unlink()
    run(config, [folder], embedding=embedding)
    write("again.txt", "walrus")  # what was deleted a moment ago is still known
    before = len(embedding.texts)
    assert run(config, [folder], embedding=embedding).reused == 1
    assert len(embedding.texts) == before
    check_chunks(config, embedding)
    assert faults(config) == []


def test_what_is_refused_for_the_same_reason_is_not_written_again(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    os.mkfifo(folder / "pipe.txt")
    assert run(config, [folder], embedding=embedding).summary() == (
        "1 refused (docs/pipe.txt: cannot be read: not a regular file)"
    )
    sequence = read_index(config, lambda view: view.snapshot.sequence)
    report = run(config, [folder], embedding=embedding)
    assert (uris(report.refused), report.news) == (["docs/pipe.txt"], {})
    assert read_index(config, lambda view: view.snapshot.sequence) == sequence


def test_other_splitter_settings_make_everything_again(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    write("a.txt", "A sentence of some length follows here. " * 30)
    write("refused.txt", "")
    run(config, [folder], embedding=embedding)
    smaller = config.with_(splitter={"chunk_size": 100, "chunk_overlap": 0})
    report = run(smaller, [folder], embedding=embedding)
    assert uris(report.indexed) == ["docs/a.txt"]
    assert uris(report.refused) == ["docs/refused.txt"]
    assert read_index(config, lambda view: max(len(c.text) for c in view.chunks_of("docs/a.txt"))) <= 100
    assert len(run(smaller, [folder], embedding=embedding).unchanged) == 1
    recursive = smaller.with_(splitter={"kind": "recursive"})
    assert uris(run(recursive, [folder], embedding=embedding).indexed) == ["docs/a.txt"]


def test_what_was_refused_for_lack_of_ocr_is_read_when_it_is_there(
    config: Config, folder: Path, write: Write, embedding: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = "An image has no text layer; OCR is not installed."
    write("scan.txt", "what was a scan")
    write("other.txt", "")
    with monkeypatch.context() as patch:
        patch.setattr(ParserProcess, "parse", Mock(side_effect=OcrMissing(refusal)))
        assert len(run(config, [folder], embedding=embedding).refused) == 2
    monkeypatch.setattr(installed, "available", lambda: False)
    assert uris(run(config, [folder], embedding=embedding).indexed) == []
    monkeypatch.setattr(installed, "available", lambda: True)
    report = run(config, [folder], embedding=embedding)
    assert uris(report.indexed) == ["docs/scan.txt"]
    assert uris(report.refused) == ["docs/other.txt"]


def test_files_that_are_all_refused_load_no_model(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    for name in ("a.txt", "b.pdf", "c.docx"):
        (tmp_path / "docs" / name).write_bytes(b"")
    config = Config().with_(store=tmp_path / "store")
    model = ModelOnce(config)
    assert len(run(config, [tmp_path / "docs"], embedding=model).refused) == 3
    assert len(run(config, [tmp_path / "docs"], embedding=model).refused) == 3
    assert model.loaded is None
