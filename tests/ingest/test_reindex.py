"""Another splitter or model for a whole index, while the old one answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import Config
from chatbot.errors import ModelMismatch, StoreBusy
from chatbot.retrieval.embeddings import store_identity
from chatbot.store import Store, open_store
from ingest.pipeline import one_run, run
from ingest.reindex import reindex
from ingest.uploads import upload

Write = Callable[..., Path]
RULES = " ".join(f"Rule {number}: nobody works on holiday number {number}." for number in range(40))


@pytest.fixture
def built(config: Config, folder: Path, write: Write, embedding: Any) -> Config:
    """Two files, one that is refused, and an upload."""
    write("rules.md", f"# Rules\n\n{RULES}\n")
    write("leave.md", "# Leave\n\nThere are 25 days of annual leave.\n")
    write("empty.txt", "")
    run(config, [folder], embedding=embedding)
    upload(config, {"upload.txt": b"The upload says forty-two."}, embedding=embedding)
    embedding.texts.clear()
    return config


@pytest.fixture
def finer(built: Config) -> Config:
    return built.with_(splitter={"kind": "recursive", "chunk_size": 200, "chunk_overlap": 0})


@pytest.fixture
def other_model(built: Config) -> Config:
    return built.with_(embedding={"options": {"query_prefix": "another: "}})


def _state(config: Config) -> dict[str, tuple[str, list[str]]]:
    with closing(open_store(config, store_identity(config))) as store, store.reading() as view:
        assert store.faults() == []
        return {
            row.uri: (row.status, [chunk.text for chunk in view.chunks_of(row.uri)])
            for row in view.documents()
        }


def test_every_document_is_split_anew_and_ids_go_on(built: Config, finer: Config, embedding: Any) -> None:
    before = _state(built)
    report = reindex(finer, embedding=embedding)
    after = _state(finer)
    assert {uri: status for uri, (status, _) in after.items()} == {u: s for u, (s, _) in before.items()}
    assert len(after["docs/rules.md"][1]) > len(before["docs/rules.md"][1])
    assert report.chunks == sum(len(texts) for _, texts in after.values())
    assert not (finer.store / "reindex").exists()
    assert run(finer, [], embedding=embedding).chunks == 0


def test_what_is_the_same_text_is_not_embedded_again(built: Config, finer: Config, embedding: Any) -> None:
    reindex(finer, embedding=embedding)
    assert not any("forty-two" in text for text in embedding.texts)
    assert any("holiday number 39" in text for text in embedding.texts)


def test_another_model_reads_everything_again(
    built: Config, other_model: Config, folder: Path, embedding: Any
) -> None:
    with pytest.raises(ModelMismatch, match="secondlook reindex"):
        run(other_model, [folder], embedding=embedding)
    before = _state(built)
    reindex(other_model, embedding=embedding)
    assert _state(other_model) == before
    assert any("forty-two" in text for text in embedding.texts)
    with pytest.raises(ModelMismatch):
        _state(built)


def test_documents_whose_file_is_gone_or_changed_keep_their_passages(
    built: Config, other_model: Config, folder: Path, write: Write, embedding: Any
) -> None:
    before = _state(built)
    (folder / "leave.md").unlink()
    write("rules.md", "# Rules\n\nNone.\n")
    report = reindex(other_model, embedding=embedding)
    assert _state(other_model) == before
    assert report.notes == ["2 documents keep their passages: their files are gone or have changed"]
    changed = run(other_model, [folder], embedding=embedding)
    assert [result.path for result in changed.indexed] == ["docs/rules.md"]
    assert [result.path for result in changed.removed] == ["docs/leave.md"]


def test_interrupted_it_leaves_the_old_index_and_goes_on_where_it_was(
    built: Config, other_model: Config, embedding: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _state(built)
    monkeypatch.setattr(one_run, "_GROUP", 1)
    embedding.fail_at("forty-two")
    with pytest.raises(RuntimeError, match="the model died"):
        reindex(other_model, embedding=embedding)
    assert _state(built) == before
    done = list(embedding.texts)
    assert any("holiday number 39" in text for text in done)
    embedding.fail_at("")
    embedding.texts.clear()
    reindex(other_model, embedding=embedding)
    assert _state(other_model) == before
    assert not set(done) & set(embedding.texts)


def test_what_another_model_has_left_is_thrown_away(
    built: Config, other_model: Config, embedding: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one_run, "_GROUP", 1)
    embedding.fail_at("forty-two")
    with pytest.raises(RuntimeError):
        reindex(other_model, embedding=embedding)
    embedding.fail_at("")
    third = built.with_(embedding={"options": {"query_prefix": "a third: "}})
    reindex(third, embedding=embedding)
    assert set(_state(third)) == {"docs/rules.md", "docs/leave.md", "docs/empty.txt", "uploads/upload.txt"}


@pytest.fixture
def reader(built: Config) -> Iterator[Store]:
    with closing(open_store(built, store_identity(built))) as store:
        yield store


def test_the_old_index_answers_meanwhile_and_nobody_else_writes(
    built: Config, finer: Config, reader: Store, embedding: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatbot.store.sqlite.store.WRITER_WAIT_S", 0.05)
    seen: list[int] = []

    def look(_: Any) -> None:
        with reader.reading() as view:
            seen.append(len(view.dense(view.known_embeddings(["x"])[0] or _unit(), 1000)))
        with pytest.raises(StoreBusy), reader.writing(0.05):
            pass

    with reader.reading() as view:
        old = view.chunk_count()
    reindex(finer, on_progress=look, embedding=embedding)
    assert set(seen) == {old}
    with reader.reading() as view:
        assert len(view.dense(_unit(), 1000)) == view.chunk_count() > old


def _unit() -> Any:
    import numpy as np

    return np.eye(32, dtype=np.float32)[0]


def test_an_index_that_is_so_already_is_left_alone(built: Config, embedding: Any) -> None:
    with closing(open_store(built, store_identity(built))) as store:
        sequence = store.sequence()
        report = reindex(built, embedding=embedding)
        assert store.sequence() == sequence
    assert len(report.unchanged) == 4
    assert embedding.texts == []
