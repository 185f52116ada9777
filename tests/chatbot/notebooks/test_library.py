"""Notebooks are made, found, shared, put away and deleted; what a person may not know of is not there for them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from chatbot.config import Config
from chatbot.errors import ConfigError, LibraryError, NotAllowed, NotebookMissing, StoreBusy
from chatbot.notebooks import FIRST, Action, Library, Person
from chatbot.store.folder_lock import writer_lock
from fakes.stores import small_store


def names(library: Library, person: Person, **which: bool) -> list[str]:
    return [row.called for row in library.notebooks(person, **which)]


def test_alone_there_is_the_index_folder_of_before_and_nothing_is_written(
    empty_library, config, people
) -> None:
    assert names(empty_library, people.alone) == ["main"]
    for action in (Action.ASK, Action.ADD, Action.EXPORT):
        assert empty_library.enter(people.alone, FIRST, action) == config
    assert not config.store.exists()


def test_a_notebook_has_a_folder_of_its_own_beside_the_first(library, config, people) -> None:
    made = library.make("Contracts", people.alone)
    inside = made.enter(Action.ADD)
    assert inside.store.parent == config.store / "notebooks"
    assert inside.with_(store=config.store, index=config.index.model_dump()) == config
    assert (
        library.open("contracts", people.alone).id == library.open(f"#{made.id}", people.alone).id == made.id
    )
    assert names(library, people.alone) == ["main", "Contracts"]


def test_a_wrong_name_lists_the_right_ones(library, people) -> None:
    library.make("Contracts", people.kim)
    with pytest.raises(NotebookMissing, match="no notebook 'Contract'; known: main, Contracts"):
        library.open("Contract", people.kim)


def test_a_notebook_that_is_not_shared_is_as_if_it_were_not_there(library, people) -> None:
    made = library.make("Secret plans", people.kim)
    assert names(library, people.lee) == ["main"]
    for wanted in ("Secret plans", f"#{made.id}", made.id):
        with pytest.raises(NotebookMissing) as there:
            library.open(wanted, people.lee)
        assert "known: main" in str(there.value)
    with pytest.raises(NotebookMissing) as there:
        library.enter(people.lee, made.id, Action.ASK)
    with pytest.raises(NotebookMissing) as not_there:
        library.enter(people.lee, made.id + 1, Action.ASK)
    assert str(there.value).replace(f"#{made.id}", "#") == str(not_there.value).replace(
        f"#{made.id + 1}", "#"
    )
    assert library.make("Secret plans", people.lee).id != made.id  # nor does its name get in the way


def test_the_first_notebook_is_read_by_whoever_signs_in_and_changed_by_admins(library, people) -> None:
    assert library.enter(people.kim, FIRST, Action.ASK)
    with pytest.raises(
        NotAllowed, match=r"your role in main does not allow that \(add\); ask one of its owners"
    ):
        library.enter(people.kim, FIRST, Action.ADD)
    assert library.enter(people.park, FIRST, Action.ADD)
    library.share(FIRST, "everybody", "editor", people.park)
    assert library.enter(people.kim, FIRST, Action.ADD)
    library.share(FIRST, "everybody", None, people.park)
    assert names(library, people.lee) == []


def test_a_role_is_given_and_taken_at_once(library, people) -> None:
    made = library.make("Team", people.kim)
    library.share(made.id, "LEE@example.org ", "viewer", people.kim)
    theirs = library.open("Team", people.lee)
    assert theirs.may(Action.ASK)
    assert not theirs.may(Action.ADD)
    assert [(m.person.name, m.role) for m in library.people(made.id, people.kim)] == [
        ("Kim", "owner"),
        ("Lee", "viewer"),
    ]
    with pytest.raises(NotAllowed):
        library.people(made.id, people.lee)
    library.share(made.id, people.lee.id, None, people.kim)
    with pytest.raises(NotebookMissing):
        theirs.enter(Action.ASK)  # though it was opened before


def test_only_somebody_who_has_signed_in_can_be_given_a_role(library, people) -> None:
    made = library.make("Team", people.kim)
    with pytest.raises(LibraryError, match="nobody known as 'choi@example.org' has signed in yet"):
        library.share(made.id, "choi@example.org", "viewer", people.kim)
    library.meet(Person("https://other.example#kim", "Another Lee", people.lee.email))
    with pytest.raises(LibraryError, match="several people have the address"):
        library.share(made.id, people.lee.email, "viewer", people.kim)


def test_a_notebook_keeps_an_owner(library, people) -> None:
    made = library.make("Team", people.kim)
    for attempt in (
        lambda: library.leave(made.id, people.kim),
        lambda: library.share(made.id, people.kim.id, "viewer", people.kim),
        lambda: library.share(made.id, people.kim.id, None, people.park),
    ):
        with pytest.raises(LibraryError, match="a notebook needs an owner"):
            attempt()
    library.share(made.id, people.lee.id, "owner", people.kim)
    library.leave(made.id, people.kim)
    assert names(library, people.kim) == ["main"]
    with pytest.raises(LibraryError, match="there is nothing to leave"):
        library.leave(FIRST, people.kim)


def test_an_admin_looks_after_a_notebook_and_reads_it_only_with_a_role_that_the_log_shows(
    library, people
) -> None:
    made = library.make("Diary", people.kim)
    assert "Diary" in names(library, people.park)
    for action in (Action.ASK, Action.INSPECT, Action.EXPORT, Action.ADD):
        with pytest.raises(NotAllowed):
            library.enter(people.park, made.id, action)
    library.share(made.id, people.park.id, "viewer", people.park)
    assert library.enter(people.park, made.id, Action.ASK)
    newest = library.events(people.kim, made.id)[0]
    assert (newest.person, newest.action, newest.detail) == (
        people.park.email, "share", f"{people.park.email}: viewer",
    )  # fmt: skip


def test_an_archived_notebook_is_put_away_until_it_is_brought_back(library, people) -> None:
    made = library.make("Old", people.kim)
    library.archive(made.id, people.kim)
    assert names(library, people.kim) == ["main"]
    assert names(library, people.kim, archived=True) == ["main", "Old"]
    with pytest.raises(NotAllowed, match="Old is archived; bring it back first"):
        made.enter(Action.ASK)
    library.archive(made.id, people.kim, back=True)
    assert made.enter(Action.ASK)


def test_a_deleted_notebook_leaves_no_file_and_its_id_is_not_used_again(library, people) -> None:
    made = library.make("Gone", people.kim)
    folder = made.enter(Action.ADD).store
    small_store(folder, {"a.txt": [("text", None)]}).close()
    with writer_lock(folder, 0), pytest.raises(StoreBusy):
        library.delete(made.id, people.kim)
    assert folder.exists()
    library.delete(made.id, people.kim)
    assert not folder.exists()
    assert library.make("Gone", people.kim).id > made.id


def test_the_first_notebook_stays(library, people) -> None:
    for attempt in (library.delete, library.archive):
        with pytest.raises(LibraryError, match="the first notebook cannot be archived or deleted"):
            attempt(FIRST, people.alone)


@pytest.mark.parametrize("name", ["", "  ", "#7", "\u200b", "x" * 81])
def test_a_name_is_a_line_that_can_be_read(name: str, library, people) -> None:
    with pytest.raises(LibraryError, match="cannot be a notebook's name"):
        library.make(name, people.kim)


def test_a_name_is_taken_once_among_those_that_a_person_sees(library, people) -> None:
    made = library.make("연차 규정", people.kim)
    for taken in ("연차  규정", "Main"):
        with pytest.raises(LibraryError, match="there is a notebook"):
            library.make(taken, people.kim)
    library.rename(made.id, "연차", people.kim)
    assert library.open("연차", people.kim).id == made.id


def test_a_notebook_has_settings_of_its_own(library, config: Config, people) -> None:
    made = library.make("Deep", people.kim)
    library.set_settings(made.id, {"k": 50, "rerank": False}, people.kim)
    inside = made.enter(Action.ASK)
    assert (inside.retrieval.k, inside.reranker.enabled) == (50, False)
    assert library.enter(people.kim, FIRST, Action.ASK).retrieval == config.retrieval
    for wrong in ({"k": 0}, {"store": "/etc"}, {"llm": {"options": {"api_base": "http://127.0.0.1"}}}):
        with pytest.raises(ConfigError):
            library.set_settings(made.id, wrong, people.kim)


def test_the_file_of_notebooks_is_private(in_folder: Config, people) -> None:
    Library(in_folder).meet(people.kim)
    assert (in_folder.store / "library.db").stat().st_mode & 0o777 == 0o600


def test_a_file_of_a_newer_version_is_left_alone(in_folder: Config, people) -> None:
    Library(in_folder).meet(people.kim)
    with closing(sqlite3.connect(in_folder.store / "library.db")) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(LibraryError, match="has version 99, this program reads 2; use a newer version"):
        Library(in_folder).notebooks(people.kim)


def test_what_changes_something_is_in_the_log_before_it_is_done(library, people, tmp_path: Path) -> None:
    made = library.make("Team", people.kim)
    made.enter(Action.ADD, "a.txt, b.txt")
    made.enter(Action.ASK, "a question")
    made.enter(Action.REMOVE, "a.txt")
    library.share(made.id, people.lee.email, "viewer", people.kim)
    said = [(event.action, event.detail) for event in library.events(people.kim, made.id)]
    assert said == [
        ("share", "lee@example.org: viewer"), ("remove", "a.txt"), ("add", "a.txt, b.txt"), ("make", ""),
    ]  # fmt: skip
    with pytest.raises(NotAllowed):
        library.events(people.lee, made.id)
    with pytest.raises(NotAllowed, match="that is for admins alone"):
        library.events(people.kim)
    assert [event.name for event in library.events(people.park, most=1)] == ["Team"]


def test_questions_are_in_the_log_only_where_the_configuration_says_so(config: Config, people) -> None:
    telling = Library(config.with_(audit={"questions": True}))
    telling.meet(people.kim)
    telling.enter(people.kim, FIRST, Action.ASK, "who earns what?")
    assert [event.detail for event in telling.events(people.park)] == ["who earns what?"]


def test_the_log_is_bounded(config: Config, people) -> None:
    small = Library(config.with_(audit={"most_events": 100}))
    made = small.make("Busy", people.kim)
    for number in range(150):
        made.enter(Action.ADD, str(number))
    events = small.events(people.kim, made.id, most=1000)
    assert [event.detail for event in events] == [str(number) for number in range(149, 49, -1)]
