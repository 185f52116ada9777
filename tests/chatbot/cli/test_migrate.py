"""The command that moves a library with everything in it to the other engine, and says what it has moved."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chatbot.config import Config
from chatbot.conversations import AskedWith, Conversations, ExchangeRecord
from chatbot.notebooks import ALONE, Action, ApiKeys, Library, Person
from chatbot.retrieval.embeddings import store_identity
from chatbot.store import NewChunk, NewDocument, create_store, open_store
from command_line import secondlook_here

KIM = Person("https://login.example#kim", "Kim", "kim@example.org")


@pytest.fixture
def filled(postgres: str, tmp_path: Path) -> Config:
    """Two notebooks in a folder, each with a document and a conversation; one is archived, and a third is empty."""
    del postgres
    config = Config.model_validate({"store": {"path": tmp_path / "store", "schema": tmp_path.name[:30]}})
    library = Library(config)
    library.meet(KIM)
    team, _ = library.make("Team", KIM), library.make("Empty", KIM)
    for number in (1, team.id):
        inside = library.enter(ALONE, number, Action.ADD)
        _fill(inside, f"text of {number}")
        kept = Conversations.open(inside, KIM.id)
        settings, at = AskedWith("extractive", "", 5, 2, True), datetime(2026, 11, 29, tzinfo=UTC)
        kept.add(kept.create(), ExchangeRecord.unanswered(f"question {number}?", settings, "cut short", at))
    ApiKeys(library).make("ci", KIM)
    library.archive(team.id, KIM)
    return config


def _fill(config: Config, text: str) -> None:
    with closing(create_store(config, store_identity(config), 2)) as store, store.writing() as writer:
        document = NewDocument("a.txt", Path("/a.txt"), "0", "test", len(text), text=text)
        writer.replace(
            document, [NewChunk(text, 0, len(text), None, (), text)], np.array([[1, 0]], np.float32)
        )


def _held(config: Config) -> list[Any]:
    """What is in each notebook, as Kim and whoever has the machine find it."""
    library, found = Library(config), []
    for row in library.notebooks(ALONE, archived=True):
        inside = library.place_of(row)
        texts = []
        if row.called != "Empty":
            with closing(open_store(inside, store_identity(inside))) as store, store.reading() as view:
                texts = [view.document_text(document.uri) for document in view.documents()]
        kept = Conversations.open(inside, KIM.id) if Conversations.are_kept(inside) else None
        found.append((row.id, row.called, bool(row.archived), texts, kept.list() if kept else ()))
    return [*found, [key.name for key in ApiKeys(library).list(KIM)], library.people(2, KIM)]


def _migrate(config: Config, to: str, folder: Path, *more: str) -> dict[str, Any]:
    file = folder / f"{to}-{config.store.name}.toml"
    file.write_text(f'[store]\npath = "{config.store}"\nschema = "{config.index.schema_name}"\n')
    done = secondlook_here("migrate", "--to", to, "--config", file, "--json", *more)
    assert done.code == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_everything_is_moved_there_and_back_and_a_second_run_moves_nothing(
    filled: Config, tmp_path: Path
) -> None:
    there = filled.with_(index={"backend": "postgres"})
    back = filled.with_(store=tmp_path / "back", index=filled.index.model_dump())
    told = _migrate(filled, "postgres", tmp_path)
    assert (told["documents"], told["chunks"], told["conversations"]) == (2, 2, 2)
    assert (told["library"]["notebooks"], told["library"]["people"], told["library"]["keys"]) == (3, 1, 1)
    assert _held(there) == _held(filled)
    told = _migrate(filled, "postgres", tmp_path)
    assert (told["documents"], told["were_there"], told["conversations"], told["conversations_were_there"]) == (0, 2, 0, 2)  # fmt: skip
    assert told["library"]["was_there"]
    assert _held(there) == _held(filled)
    assert _migrate(back, "sqlite", tmp_path)["conversations"] == 2
    assert _held(back) == _held(filled)


def test_with_a_person_only_documents_are_copied_and_with_a_notebook_only_what_is_in_it(
    filled: Config, tmp_path: Path
) -> None:
    there = filled.with_(index={"backend": "postgres"})
    told = _migrate(filled, "postgres", tmp_path, "--notebook", "Team", "--person", KIM.id)
    assert (told["documents"], told["conversations"], "library" in told) == (1, 0, False)
    team = there.with_(index={"schema_name": f"{there.index.schema_name}_{_folder(filled)}"})
    assert not Conversations.are_kept(team)
    told = _migrate(filled, "postgres", tmp_path, "--notebook", "Team")
    assert (told["were_there"], told["conversations"], "library" in told) == (1, 1, False)
    assert [row.title for row in Conversations.open(team, KIM.id).list()] == ["question 2?"]


def _folder(config: Config) -> str:
    return next(row.folder for row in Library(config).notebooks(ALONE, archived=True) if row.id == 2)


def test_people_read_what_was_moved(filled: Config, tmp_path: Path) -> None:
    file = tmp_path / "there.toml"
    file.write_text(f'[store]\npath = "{filled.store}"\nschema = "{filled.index.schema_name}"\n')
    said = secondlook_here("migrate", "--to", "postgres", "--config", file).stdout.splitlines()
    assert said[:2] == [
        "2 documents, 2 chunks copied to postgres; 0 documents were there",
        "2 conversations copied; 0 were there",
    ]
    assert said[2].startswith(
        "copied of the library: notebooks 3, people with their roles 1, API keys 1, lines of the log "
    )


def test_a_folder_without_an_index_is_said_to_be_none(tmp_path: Path) -> None:
    file = tmp_path / "nowhere.toml"
    file.write_text(f'[store]\npath = "{tmp_path / "nowhere"}"\n')
    done = secondlook_here("migrate", "--to", "postgres", "--config", file)
    assert (done.code, done.stdout) == (1, "")
    assert "no index at" in done.stderr
