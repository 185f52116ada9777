"""Notebooks in PostgreSQL: each has schemas of its own, which go with it; two programs decide nothing against each other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import psycopg.sql
import pytest

from chatbot.config import Config
from chatbot.conversations import Conversations
from chatbot.errors import ConfigError, KeyRefused, LibraryError, StoreError, StoreMissing
from chatbot.notebooks import ALONE, Action, ApiKeys, Library, Person
from chatbot.retrieval.embeddings import store_identity
from chatbot.store import NewChunk, NewDocument, create_store, open_store


def _fill(config: Config, text: str) -> None:
    with closing(create_store(config, store_identity(config), 2)) as store, store.writing() as writer:
        document = NewDocument("a.txt", Path("/a.txt"), "0" * 64, "test", len(text), text=text)
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
    for place in (first, second):
        Conversations.open(place).create()
    assert (_texts(first), _texts(second)) == (["of the first"], ["of the second"])
    library.delete(made.id, ALONE)
    with pytest.raises(StoreMissing):
        _texts(second)
    assert _texts(first) == ["of the first"]
    with psycopg.connect(postgres) as connection:
        schemas = connection.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'library%'"
        ).fetchall()
    assert sorted(schemas) == [("library",), ("library_people",)]


@pytest.fixture
def config(postgres: str, tmp_path: Path) -> Config:
    del postgres
    return Config.model_validate(
        {"store": {"backend": "postgres", "path": tmp_path / "store", "schema": tmp_path.name[:40]}}
    )


def test_of_two_owners_who_leave_at_once_one_stays(config: Config, people: Any) -> None:
    library = Library(config)
    for person in (people.kim, people.lee):
        library.meet(person)
    for turn in range(10):
        made = library.make(f"Team {turn}", people.kim)
        library.share(made.id, people.lee.email, "owner", people.kim)
        with ThreadPoolExecutor(2) as both:
            leaving = [both.submit(_left, config, made.id, who) for who in (people.kim, people.lee)]
            left = [done.result() for done in leaving]
        assert sorted(left) == [False, True]
        owners = {m.person.id for m in library.people(made.id, people.kim if left[1] else people.lee)}
        assert len(owners) == 1


def _left(config: Config, number: int, person: Person) -> bool:
    try:
        Library(config).leave(number, person)
    except LibraryError as error:
        assert "needs an owner" in str(error)
        return False
    return True


def test_a_key_that_another_program_revokes_opens_nothing_from_then_on(config: Config, people: Any) -> None:
    here, there = ApiKeys(Library(config)), ApiKeys(Library(config))
    Library(config).meet(people.kim)
    token, key = here.make("ci", people.kim)
    grant = there.grant(token, people_sign_in=True)
    here.revoke(key.id, people.kim)
    with pytest.raises(KeyRefused, match="was revoked"):
        there.grant(token, people_sign_in=True)
    with pytest.raises(KeyRefused, match="was revoked"):
        grant.library.enter(people.kim, 1, Action.ASK)


def test_tables_of_a_newer_program_are_left_alone(config: Config, people: Any, postgres: str) -> None:
    library = Library(config)
    library.meet(people.kim)
    with psycopg.connect(postgres) as connection:
        schema = psycopg.sql.Identifier(f"{config.index.schema_name}_people", "version")
        connection.execute(psycopg.sql.SQL("UPDATE {} SET version = 99").format(schema))
    with pytest.raises(LibraryError, match="has version 99, this program reads 1; use a newer version"):
        library.notebooks(people.kim)


def test_eight_programs_that_begin_at_once_make_the_tables_once(config: Config, people: Any) -> None:
    def begin(number: int) -> int:
        Conversations.open(config).create()
        return Library(config).make(f"Notebook {number}", people.alone).id

    with ThreadPoolExecutor(8) as programs:
        assert sorted(programs.map(begin, range(8))) == list(range(2, 10))
    assert len(Library(config).notebooks(people.alone)) == 9


def test_a_name_that_postgresql_would_cut_off_is_refused(config: Config) -> None:
    with pytest.raises(ConfigError, match="is too long; choose a name of at most 56 characters"):
        Library(config.with_(index={"schema_name": "x" * 60}))


def test_where_the_server_is_never_stands_in_a_message(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "SECONDLOOK_DSN", "postgresql://somebody:canary@127.0.0.1:1/nowhere?application_name=canary"
    )
    with pytest.raises(LibraryError, match="PostgreSQL cannot be reached or used") as refused:
        Library(config).notebooks(ALONE)
    assert "canary" not in str(refused.value)


def test_a_notebook_is_exported_and_imported_as_another_one(postgres: str, tmp_path: Path) -> None:
    config = Config.model_validate(
        {"store": {"backend": "postgres", "path": tmp_path / "store", "schema": "travels"}}
    )
    library = Library(config)
    _fill(library.open(1, ALONE).enter(Action.ADD), "of the first")
    exported = library.export(1, tmp_path / "exported.zip", ALONE)
    assert (exported.documents, exported.chunks) == (1, 1)
    made = library.import_(tmp_path / "exported.zip", "Imported", ALONE)
    assert _texts(made.enter(Action.INSPECT)) == ["of the first"]
    (tmp_path / "broken.zip").write_bytes((tmp_path / "exported.zip").read_bytes()[:100])
    with pytest.raises(StoreError, match="cannot be imported"):
        library.import_(tmp_path / "broken.zip", "Broken", ALONE)
    assert [row.name for row in library.notebooks(ALONE)][1:] == ["Imported"]
