"""Documents of other people, of every kind: copied into the database and back, and found alike in all three indexes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import Config
from chatbot.retrieval.embeddings import build_embedding, question_vector, store_identity
from chatbot.retrieval.retrieve import retrieve
from chatbot.store import Store, create_store, open_store
from chatbot.store.copying import copy_index
from chatbot.trace import Timings
from ingest.pipeline import run

_OF_A_FOLDER = 6  # files, the smallest
_QUESTIONS = 50


def smallest(documents: Path) -> Iterator[Path]:
    for folder in sorted(path for path in documents.iterdir() if path.is_dir()):
        files = sorted(
            (file for file in folder.rglob("*") if file.is_file()), key=lambda file: file.stat().st_size
        )
        yield from files[:_OF_A_FOLDER]


def questions_of(store: Store) -> list[str]:
    """The beginnings of passages all over the index: they are in every language that the documents are in."""
    with store.reading() as view:
        texts = [chunk.text for row in view.documents() for chunk in view.chunks_of(row.uri)]
    words = [" ".join(text.split()[:12]) for text in texts]
    return [text for text in words[:: max(len(words) // _QUESTIONS, 1)] if text][:_QUESTIONS]


def everything(store: Store) -> dict[str, Any]:
    """What is kept of each document, but for where its content lies and the ids of its chunks."""
    kept = {}
    with store.reading() as view:
        for row in view.documents():
            chunks = view.chunks_of(row.uri)
            codes = view.token_vectors(chunk.id for chunk in chunks)
            kept[row.uri] = (
                row.sha256, row.status, row.reason, row.title, row.pages, view.document_text(row.uri),
                view.hidden_text(row.uri), view.embeddings_of(row.uri, len(chunks)).tobytes(),
                [(c.text, c.start, c.page, c.heading, c.header, codes.get(c.id)) for c in chunks],
            )  # fmt: skip
    return kept


def assert_found_alike(question: str, found: list[list[Any]]) -> None:
    first = found[0]
    for other in found[1:]:
        assert [(c.document, c.span) for c in other] == [(c.document, c.span) for c in first], question
        for mine, its in zip(other, first, strict=True):
            assert mine.scores.dense == pytest.approx(its.scores.dense, abs=1e-4), question
            assert mine.scores.lexical == pytest.approx(its.scores.lexical, abs=1e-4), question
            assert (mine.copies, mine.also_in) == (its.copies, its.also_in), question


@pytest.mark.slow
def test_documents_of_every_kind_go_into_the_database_and_back_and_are_found_alike(
    shared_data: Path, postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    for file in smallest(shared_data / "documents"):
        (folder / file.parent.name).mkdir(exist_ok=True)
        (folder / file.parent.name / file.name).write_bytes(file.read_bytes())
    here = Config().with_(store=tmp_path / "here")
    there = here.with_(store=tmp_path / "there", index={"backend": "postgres", "schema_name": "documents"})
    back = here.with_(store=tmp_path / "back")
    embedding, identity = build_embedding(here), store_identity(here)
    assert len(run(here, [folder], embedding=embedding).indexed) > 20
    for source, target in ((here, there), (there, back)):
        with (
            closing(open_store(source, identity)) as one,
            closing(create_store(target, identity, one.dimension)) as other,
        ):
            copy_index(one, other)
    stores = [open_store(config, identity) for config in (here, there, back)]
    try:
        assert [store.faults() for store in stores] == [[], [], []]
        kept = everything(stores[0])
        assert [everything(store) == kept for store in stores[1:]] == [True, True]
        vectors: dict[str, Any] = {}
        monkeypatch.setattr(
            "chatbot.retrieval.retrieve.question_vector",
            lambda model, question: vectors.setdefault(question, question_vector(model, question)),
        )
        asked = questions_of(stores[0])
        assert len(asked) >= 40
        for question in asked:
            found = [retrieve(store, embedding, question, 20, (), Timings()) for store in stores]
            assert_found_alike(question, found)
    finally:
        for store in stores:
            store.close()
