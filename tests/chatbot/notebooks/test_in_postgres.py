"""Notebooks whose index is in PostgreSQL: each has a schema of its own, which goes with it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np
import psycopg
import pytest

from chatbot.config import Config
from chatbot.errors import LibraryError, StoreMissing
from chatbot.notebooks import ALONE, Action, Library
from chatbot.retrieval.embeddings import store_identity
from chatbot.store import NewChunk, NewDocument, create_store, open_store


def _fill(config: Config, text: str) -> None:
    with closing(create_store(config, store_identity(config), 2)) as store, store.writing() as writer:
        document = NewDocument("a.txt", Path("/a.txt"), "0", "test", len(text), text=text)
        chunk = NewChunk(text, 0, len(text), None, (), text)
        writer.replace(document, [chunk], np.array([[1, 0]], np.float32))


def _texts(config: Config) -> list[str]:
    with closing(open_store(config, store_identity(config))) as store, store.reading() as view:
        return [view.document_text(row.uri) for row in view.documents()]


def test_a_notebook_has_its_own_schema_and_none_once_it_is_deleted(postgres: str, tmp_path: Path) -> None:
    config = Config.model_validate(
        {"store": {"backend": "postgres", "path": tmp_path / "store", "schema": "library"}}
    )
    library = Library(config)
    made = library.make("Contracts", ALONE)
    first, second = library.open(1, ALONE).enter(Action.ADD), made.enter(Action.ADD)
    _fill(first, "of the first")
    _fill(second, "of the second")
    assert (_texts(first), _texts(second)) == (["of the first"], ["of the second"])
    with pytest.raises(LibraryError, match="migrate --to postgres"):
        library.import_(tmp_path / "exported.zip", "Imported", ALONE)
    library.delete(made.id, ALONE)
    with pytest.raises(StoreMissing):
        _texts(second)
    assert _texts(first) == ["of the first"]
    with psycopg.connect(postgres) as connection:
        schemas = connection.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'library%'"
        ).fetchall()
    assert schemas == [("library",)]
