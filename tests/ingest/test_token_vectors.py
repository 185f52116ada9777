"""Token vectors are kept at ingest, used by questions, filled in later, and switched off."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chatbot import Chatbot, load_chatbot
from chatbot.config import Config
from chatbot.engine.searching import Searching
from chatbot.reranking import late_interaction
from chatbot.retrieval.embeddings import embed_texts
from chatbot.store.records import embedded_text
from ingest.pipeline import run
from ingest.reindex import reindex
from ingest.token_vectors import keep_token_vectors

QUESTIONS = ["How many days a week may I work from home?", "필터는 얼마나 자주 교체하나요?"]


@pytest.fixture
def config(sample_config: Config, tmp_path: Path) -> Config:
    """An index of its own of the sample documents, with token vectors."""
    shutil.copytree(sample_config.store, tmp_path / "store")
    return sample_config.with_(store=tmp_path / "store")


@pytest.fixture
def chatbot(config: Config, sample_chatbot: Chatbot) -> Iterator[Chatbot]:
    with closing(load_chatbot(config).store) as store:
        yield Chatbot(config, store, sample_chatbot.embedding)


def texts_and_bytes(chatbot: Chatbot) -> tuple[int, int]:
    with chatbot.store.reading() as view:
        return view.token_vector_size()


def distinct_texts(chatbot: Chatbot) -> int:
    with chatbot.store.reading() as view:
        return int(view.connection.execute("SELECT count(DISTINCT text_hash) FROM chunk").fetchone()[0])


def test_every_passage_has_its_own_after_an_ingest(chatbot: Chatbot) -> None:
    texts, size = texts_and_bytes(chatbot)
    assert texts == distinct_texts(chatbot) > 100
    assert 5_000 < size / texts < 40_000


def test_the_pass_that_reads_tokens_embeds_as_before(chatbot: Chatbot) -> None:
    with chatbot.store.reading() as view:
        rows = view.connection.execute("SELECT text_hash, embedding FROM chunk LIMIT 20").fetchall()
        chunks = view.connection.execute("SELECT id FROM chunk LIMIT 20").fetchall()
        passages = [view.chunks([row[0]])[row[0]] for row in chunks]
    texts = [embedded_text(c.text, c.heading, c.header) for c in passages]
    stored = np.stack([np.frombuffer(row[1], "<f4") for row in rows])
    assert (embed_texts(chatbot.embedding, texts) * stored).sum(1).min() > 0.9995


def test_a_question_reads_no_passage_and_finds_the_same(
    chatbot: Chatbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    token_vectors = late_interaction.token_vectors

    def watched(model: Any, texts: list[str]) -> Any:
        read.extend(texts)
        return token_vectors(model, texts)

    chatbot.warm_up()  # the very first question is embedded before the second look is there
    monkeypatch.setattr(late_interaction, "token_vectors", watched)
    for question in QUESTIONS:
        kept = chatbot.search(question)
        assert read == []  # nor the question: its vectors come from the pass that embedded it
        with monkeypatch.context() as without:
            without.setattr(Searching, "token_vectors", lambda *_: {})
            exact = chatbot.search(question)
        assert len(read) > 0
        read.clear()
        assert exact.candidates[0].chunk_id in [c.chunk_id for c in kept.candidates[:3]]
        logits = {c.chunk_id: c.scores.rerank for c in exact.candidates}
        for candidate in kept.candidates:
            assert candidate.scores.rerank == pytest.approx(logits[candidate.chunk_id], abs=1.0)


def test_an_old_index_answers_and_is_filled_by_a_command(chatbot: Chatbot, config: Config) -> None:
    with chatbot.store.reading() as view:
        others = [row.uri for row in view.documents() if not row.uri.endswith("employee-handbook.pdf")]
    with chatbot.store.writing() as writer:
        for uri in others:  # one document has enough passages; all of them are read again below
            writer.delete(uri)
    before = texts_and_bytes(chatbot)
    assert before[0] >= 20
    with chatbot.store.writing() as writer:
        writer.drop_token_vectors()
    assert chatbot.search(QUESTIONS[0]).second_look.scored == 20
    told: list[tuple[int, int]] = []
    read = keep_token_vectors(config, lambda done, of: told.append((done, of)), chatbot.embedding)
    assert (read, told[-1][0]) == (before[0], before[0])
    assert texts_and_bytes(chatbot) == before
    assert keep_token_vectors(config, embedding=chatbot.embedding) == 0


@pytest.mark.slow
def test_another_size_is_filled_in_and_off_removes_them(chatbot: Chatbot, config: Config) -> None:
    texts, size = texts_and_bytes(chatbot)
    small = config.with_(reranker={"token_vectors": "small"})
    assert keep_token_vectors(small, embedding=chatbot.embedding) == texts
    assert texts_and_bytes(chatbot)[1] < size / 2
    off = config.with_(reranker={"token_vectors": "off"})
    assert keep_token_vectors(off, embedding=chatbot.embedding) == 0
    assert texts_and_bytes(chatbot) == (0, 0)


def test_ingest_keeps_none_where_they_are_off(sample_chatbot: Chatbot, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Leave\n\nAnnual leave is 25 days.\n")
    config = Config().with_(store=tmp_path / "store", reranker={"token_vectors": "off"})
    run(config, [tmp_path / "a.md"], embedding=sample_chatbot.embedding)
    with closing(load_chatbot(config).store) as store:
        chatbot = Chatbot(config, store, sample_chatbot.embedding)
        assert texts_and_bytes(chatbot) == (0, 0)
        assert chatbot.search("How much leave?").second_look.scored == 1


@pytest.mark.slow
def test_another_embedding_model_has_a_pass_of_its_own(
    sample_chatbot: Chatbot, models_cache: Path, tmp_path: Path
) -> None:
    (tmp_path / "a.md").write_text("# Leave\n\nAnnual leave is 25 days.\n")
    folder = Path(sample_chatbot.embedding.model_name)
    other = tmp_path / "other-e5-model"
    shutil.copytree(folder, other)
    config = Config().with_(
        store=tmp_path / "store", embedding={"model": str(other)}, models_cache=models_cache
    )
    run(config, [tmp_path / "a.md"])
    with closing(load_chatbot(config).store) as store, store.reading() as view:
        assert view.token_vector_size()[0] == 1


@pytest.mark.slow
def test_a_reindex_carries_them_over(
    chatbot: Chatbot, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    smaller = config.with_(splitter={"chunk_size": 200, "chunk_overlap": 20})
    reindex(smaller, embedding=chatbot.embedding)
    assert texts_and_bytes(chatbot)[0] == distinct_texts(chatbot)
