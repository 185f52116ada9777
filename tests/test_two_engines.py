"""The whole program over an index in a folder and over the same index in PostgreSQL: the same answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from chatbot.config import Config
from chatbot.retrieval.embeddings import question_vector, store_identity
from chatbot.store import create_store, open_store
from chatbot.store.copying import copy_index
from chatbot.trace import Timings
from command_line import secondlook_here

if TYPE_CHECKING:
    from chatbot import Chatbot

SAMPLES = Path(__file__).parent / "data" / "questions.jsonl"
QUESTIONS = [json.loads(line)["question"] for line in SAMPLES.read_text("utf-8").splitlines()]
MORE = [
    "연차", "refund", "price", "가격", "the", "Word2Vec Skip-gram CBOW", "laptop under 1000 dollars", "휴가 신청은 어디에 하나요?",
]  # fmt: skip


@pytest.fixture
def in_postgres(sample_config: Config, postgres: str, tmp_path: Path) -> Config:
    """Settings of a copy of the sample index."""
    del postgres
    config = sample_config.with_(
        store=tmp_path / "store", index={"backend": "postgres", "schema_name": "samples"}
    )
    identity = store_identity(config)
    with closing(open_store(sample_config, identity)) as source:  # noqa: SIM117 - one opens what the other needs
        with closing(create_store(config, identity, source.dimension)) as target:
            copy_index(source, target)
            assert target.faults() == []
    return config


@pytest.fixture
def chatbots(sample_config: Config, in_postgres: Config) -> Iterator[list[Chatbot]]:
    from chatbot import Chatbot, load_chatbot

    first = load_chatbot(sample_config)
    store = open_store(in_postgres, store_identity(in_postgres))
    both = [first, Chatbot(in_postgres, store, first.embedding)]
    yield both
    for chatbot in both:
        chatbot.store.close()


def _found(chatbot: Chatbot, question: str, filters: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    from chatbot.retrieval.retrieve import retrieve

    found = retrieve(chatbot.store, chatbot.embedding, question, 20, filters, Timings())
    return [
        {
            "place": (c.document, c.span), "scores": [c.scores.dense, c.scores.lexical or 0.0, c.scores.fused],
            "copies": c.copies, "also_in": c.also_in,
        }
        for c in found
    ]  # fmt: skip


@pytest.mark.slow
def test_sixty_questions_find_the_same_in_the_same_order_with_the_same_scores(
    chatbots: list[Chatbot], monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors = cache(lambda question: question_vector(chatbots[0].embedding, question))
    monkeypatch.setattr("chatbot.retrieval.retrieve.question_vector", lambda _, question: vectors(question))
    asked = [*QUESTIONS, *MORE]
    assert len(asked) == 60
    for question in asked:
        folder, database = (_found(chatbot, question) for chatbot in chatbots)
        assert [c["place"] for c in database] == [c["place"] for c in folder], question
        for mine, theirs in zip(database, folder, strict=True):
            assert mine["scores"] == pytest.approx(theirs["scores"], abs=1e-4), question
            assert (mine["copies"], mine["also_in"]) == (theirs["copies"], theirs["also_in"])


def test_the_tutorials_question_is_answered_alike(chatbots: list[Chatbot]) -> None:
    folder, database = (chatbot.ask("Word2Vec 에 대해서 알려줄래?") for chatbot in chatbots)
    assert database.text == folder.text
    assert [s.text for s in database.sources] == [s.text for s in folder.sources]
    assert [c.reranked_rank for c in database.candidates] == [c.reranked_rank for c in folder.candidates]
    assert "Word2Vec" in database.sources[0].text


def test_documents_are_ingested_into_it_changed_and_removed(
    in_postgres: Config, chatbots: list[Chatbot], tmp_path: Path
) -> None:
    from ingest.pipeline import run
    from ingest.uploads import remove, upload

    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "robots.md").write_text(
        "# Robots\n\nThe robot called Quillfeather waters the plants on Tuesdays.\n"
    )
    chatbot = chatbots[1]
    report = run(in_postgres, [folder], embedding=chatbot.embedding)
    assert [result.path for result in report.indexed] == ["mine/robots.md"]
    question = "When are the plants watered by Quillfeather?"
    assert "Tuesdays" in chatbot.ask(question).sources[0].text
    assert run(in_postgres, [folder], embedding=chatbot.embedding).indexed == []
    upload(in_postgres, {"note.txt": b"Quillfeather was repainted in green."}, embedding=chatbot.embedding)
    assert _found(chatbot, "Quillfeather repainted")[0]["place"][0] == "uploads/note.txt"
    (folder / "robots.md").unlink()
    run(in_postgres, [folder], embedding=chatbot.embedding)
    assert remove(chatbot.store, "uploads/note.txt")
    assert "Quillfeather" not in json.dumps([_found(chatbot, question)], ensure_ascii=False)
    assert chatbot.store.faults() == []


def test_the_command_copies_an_index_into_the_database_and_back(
    sample_config: Config, postgres: str, tmp_path: Path
) -> None:
    del postgres

    def settings(folder: Path, backend: str) -> Path:
        file = tmp_path / f"{folder.name}-{backend}.toml"
        file.write_text(f'[store]\nbackend = "{backend}"\npath = "{folder}"\nschema = "moved"\n')
        return file

    there = settings(sample_config.store, "postgres")
    copied = secondlook_here("migrate", "--to", "postgres", "--config", there, "--json")
    assert copied.code == 0, copied.stderr
    told = json.loads(copied.stdout)
    assert (told["to"], told["documents"], told["were_there"]) == ("postgres", 5, 0)
    checked = secondlook_here("doctor", "--config", there, "--json")
    assert checked.code == 0, checked.stdout
    assert json.loads(checked.stdout)["faults"] == []
    back = settings(tmp_path / "back", "sqlite")
    assert "5 documents" in secondlook_here("migrate", "--to", "sqlite", "--config", back).stdout
    lists = [
        json.loads(secondlook_here("doctor", "--config", file, "--json").stdout)
        for file in (settings(sample_config.store, "sqlite"), there, back)
    ]
    assert lists[0]["documents"] == lists[1]["documents"] == lists[2]["documents"]
    assert lists[2]["faults"] == []
    assert "121 chunks in the vector index" in secondlook_here("compact", "--config", there).stdout
    wrong = secondlook_here("migrate", "--to", "mysql", "--config", there)
    assert wrong.code != 0
    assert "not in 'mysql'" in wrong.stderr
