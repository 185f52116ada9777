"""After an import: nothing is read from a place that the archive names, and a folder that is ingested is recognised."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import Config
from chatbot.store import Store
from chatbot.store.archives.exporting import export
from chatbot.store.archives.importing import restore
from index_reading import faults, found_documents, statuses, uris
from ingest.pipeline import run
from ingest.web.again import read_again

Write = Callable[..., Path]


@pytest.fixture
def imported(
    config: Config, folder: Path, write: Write, embedding: Any, opened: Any, tmp_path: Path
) -> Config:
    """An index of the folder ``docs``, exported and imported at another place of the same machine."""
    write("a.txt", "walrus")
    write("sub/b.txt", "seal")
    run(config, [folder], embedding=embedding)
    store: Store = opened()
    export(store, tmp_path / "index.zip")
    store.close()
    there = config.with_(store=tmp_path / "there")
    restore(tmp_path / "index.zip", there.store)
    embedding.texts.clear()
    return there


def test_a_file_that_an_archive_names_is_not_read_again(
    imported: Config, folder: Path, write: Write, embedding: Any
) -> None:
    write("a.txt", "the private file of this machine")
    report = read_again(imported, ["docs/a.txt"], embedding=embedding)
    assert uris(report.refused) == ["docs/a.txt"]
    assert "cannot be read now" in report.refused[0].reason
    assert found_documents(imported, embedding, "walrus")[1] == {"docs/a.txt"}
    assert found_documents(imported, embedding, "private")[1] == set()


def test_the_folder_is_recognised_when_it_is_ingested_and_nothing_is_embedded_again(
    imported: Config, folder: Path, embedding: Any
) -> None:
    report = run(imported, [folder], embedding=embedding)
    assert set(statuses(imported)) == {"docs/a.txt", "docs/sub/b.txt"}
    assert any("is now" in note for note in report.notes)
    assert uris(report.indexed) == [
        "docs/a.txt",
        "docs/sub/b.txt",
    ]  # read again: what the archive said may be false
    assert embedding.texts == []
    assert faults(imported) == []
    assert uris(run(imported, [folder], embedding=embedding).unchanged) == ["docs/a.txt", "docs/sub/b.txt"]


def test_a_false_text_lasts_until_its_folder_is_ingested(
    imported: Config, folder: Path, embedding: Any
) -> None:
    with closing(sqlite3.connect(imported.store / "rag.db")) as connection:
        connection.execute("UPDATE document SET text = 'WALRUS' WHERE uri = 'docs/a.txt'")
        connection.execute("UPDATE chunk SET text = 'WALRUS' WHERE text = 'walrus'")
        connection.commit()
    run(imported, [folder], embedding=embedding)
    with closing(sqlite3.connect(imported.store / "rag.db")) as connection:
        assert connection.execute("SELECT text FROM document WHERE uri = 'docs/a.txt'").fetchone() == (
            "walrus",
        )


def test_ingesting_the_folder_around_the_index_removes_nothing_of_what_was_imported(
    imported: Config, tmp_path: Path, embedding: Any
) -> None:
    around = tmp_path / "around"
    restore(tmp_path / "index.zip", around / "store")
    inside = imported.with_(store=around / "store")
    (around / "note.txt").write_text("otter")
    run(inside, [around], embedding=embedding)
    assert {"docs/a.txt", "docs/sub/b.txt", "around/note.txt"} == set(statuses(inside))
