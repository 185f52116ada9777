"""An index copied from one engine into another is the same index: there and back again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chatbot.errors import StoreError
from chatbot.store import Store
from chatbot.store.copying import Copied, copy_index
from chatbot.store.records import hash_of
from chatbot.store.sqlite.store import SqliteStore


@pytest.fixture
def folder(tmp_path: Path, tools: Any) -> Iterator[SqliteStore]:
    """An index of a folder with a bit of everything."""
    with closing(SqliteStore.create(tmp_path / "folder", tools.identity, tools.dimension)) as store:
        with store.writing() as writer:
            writer.label_root(Path("/first/docs"))
            writer.label_root(Path("/second/docs"))
            for uri, texts in {"docs/a": ["alpha", "beta"], "docs-2/b": ["beta", "gamma"]}.items():
                document, chunks, vectors = tools.document(uri, texts)
                hashed = [replace(chunk, text_hash=hash_of(chunk.text)) for chunk in chunks]
                writer.replace(document, hashed, vectors, {hash_of("beta"): b"\x01codes"})
            document, chunks, vectors = tools.document("uploads/u", ["uploaded, of unknown origin"])
            path = store.files.put(document.sha256, document.text.encode())
            writer.replace(replace(document, path=path), chunks, vectors)
            document, chunks, vectors = tools.document("docs/refused", [])
            writer.replace(replace(document, status="refused", reason="why not"), chunks, vectors)
        yield store


def everything(store: Store) -> Any:
    """What a reader sees of an index, without ids and places on the disk."""
    with store.reading() as view:
        return [
            (
                replace(row, path=Path()), str(row.reason), view.document_text(row.uri),
                [replace(chunk, id=0) for chunk in view.chunks_of(row.uri)],
                view.embeddings_of(row.uri, 99).tobytes(),
                sorted(view.token_vectors(chunk.id for chunk in view.chunks_of(row.uri)).values()),
                row.is_kept and store.files.path(row.sha256).read_bytes(),
            )
            for row in view.documents()
        ], view.roots(), [vector is not None for vector in view.known_embeddings(["alpha", "uploaded, of unknown origin"])]  # fmt: skip


def test_a_copy_is_the_same_and_so_is_the_copy_of_the_copy(
    folder: SqliteStore, store: Store, tools: Any, tmp_path: Path
) -> None:
    steps: list[tuple[int, int]] = []
    assert copy_index(folder, store, lambda done, of: steps.append((done, of))) == Copied(4, 5, 0)
    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert everything(store) == everything(folder)
    assert store.faults() == []
    with closing(SqliteStore.create(tmp_path / "back", tools.identity, tools.dimension)) as back:
        copy_index(store, back)
        assert everything(back) == everything(folder)
        assert back.faults() == []
        for question in ("alpha", "gamma", "x"):
            assert (
                tools.texts(back, question, 9)
                == tools.texts(folder, question, 9)
                == tools.texts(store, question, 9)
            )
    with store.reading() as mine, folder.reading() as theirs:
        found = [
            sorted(score for _, score in view.lexical(["beta", "unknown"], 9)) for view in (mine, theirs)
        ]
        assert np.allclose(*found, atol=1e-6)


def test_an_interrupted_copy_goes_on_and_another_index_is_not_mixed_in(
    folder: SqliteStore, store: Store, tools: Any
) -> None:
    def stop(done: int, _: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_index(folder, store, stop)
    assert copy_index(folder, store).were_there == 2
    assert everything(store) == everything(folder)
    assert copy_index(folder, store) == Copied(0, 0, 4)
    tools.put(store, "mine", "alone here")
    with pytest.raises(StoreError, match="holds 'mine'.*choose an empty one"):
        copy_index(folder, store)
