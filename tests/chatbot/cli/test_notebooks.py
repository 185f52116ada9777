"""``secondlook notebooks`` and ``--notebook``: the same roles as everywhere, and every notebook apart from the others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import Config
from chatbot.notebooks import FIRST, Action, Library, Person
from chatbot.notebooks.access import ROLES
from command_line import secondlook_here

KIM = Person("https://login.example#kim", "Kim", "kim@example.org")
LEE = Person("https://login.example#lee", "Lee", "lee@example.org")

# command -> the action that it is; of the notebook Team unless it names none
COMMANDS: dict[str, Action] = {
    "ask Why? --notebook Team": Action.ASK,
    "search Why? --notebook Team": Action.ASK,
    "evaluate --questions nothing.jsonl --notebook Team": Action.ASK,
    "evaluate feedback --notebook Team": Action.ASK,
    "evaluate conversations nothing.jsonl --notebook Team": Action.ASK,
    "evaluate propose --notebook Team": Action.ASK,
    "evaluate sweep --questions nothing.jsonl --notebook Team": Action.ASK,
    "evaluate sweep --apply --questions nothing.jsonl --notebook Team": Action.SETTINGS,
    "doctor --notebook Team": Action.INSPECT,
    "ingest nowhere.txt --notebook Team": Action.ADD,
    "compact --notebook Team": Action.ADD,
    "reindex --notebook Team": Action.ADD,
    "doctor --repair --notebook Team": Action.ADD,
    "remove a.txt --notebook Team": Action.REMOVE,
    "export out.zip --notebook Team": Action.EXPORT,
    "notebooks export Team out.zip": Action.EXPORT,
    "notebooks settings Team --k 5": Action.SETTINGS,
    "notebooks people Team": Action.PEOPLE,
    "notebooks share Team kim@example.org owner": Action.PEOPLE,
    "notebooks rename Team Others": Action.RENAME,
    "notebooks archive Team": Action.ARCHIVE,
    "notebooks delete Team --yes": Action.DELETE,
    "notebooks log Team": Action.AUDIT,
    "notebooks leave Team": Action.LEAVE,
    "notebooks settings Team": Action.SEE,
    "notebooks make Mine": Action.MAKE,
    "notebooks import nothing.zip Mine": Action.IMPORT,
    "import nothing.zip --notebook Mine": Action.IMPORT,
    "notebooks log": Action.AUDIT_ALL,
}
VIEWER = {Action.SEE, Action.ASK, Action.INSPECT, Action.LEAVE}
EDITOR = VIEWER | {Action.ADD, Action.REMOVE}
LIBRARY = {Action.MAKE, Action.IMPORT}
MAY = {
    "viewer": VIEWER | LIBRARY,
    "editor": EDITOR | LIBRARY,
    "owner": set(Action) - {Action.AUDIT_ALL},
    None: LIBRARY,
}


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library with a notebook of Kim's, in which Lee may or may not have a role."""
    monkeypatch.chdir(tmp_path)
    library = Library(Config(store=tmp_path / "store"))
    library.meet(KIM)
    library.meet(LEE)
    library.make("Team", KIM)
    library.share(FIRST, "everybody", None, Person("", is_alone=True))
    return tmp_path / "store"


def told(*arguments: object) -> Any:
    ended = secondlook_here(*arguments, "--json")
    assert ended.code == 0, ended.stderr
    return json.loads(ended.stdout)


def test_every_action_has_a_command() -> None:
    assert set(COMMANDS.values()) == set(Action)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    "role",
    [pytest.param(role, marks=() if role == "viewer" else pytest.mark.slow) for role in (None, *ROLES)],
)
def test_a_command_does_what_the_role_of_a_person_allows(command: str, role: Any, store: Path) -> None:
    if role:
        Library(Config(store=store)).share(2, LEE.email, role, KIM)
    before = (store / "library.db").read_bytes()
    ended = secondlook_here(*command.split(), "--person", LEE.email, "--store", store)
    said = ended.stderr
    is_refused = "does not allow that" in said or "no notebook 'Team'" in said or "for admins alone" in said
    assert is_refused == (COMMANDS[command] not in MAY[role]), said
    if is_refused:
        assert ended.code == 1
        assert ended.stdout == ""
        assert (store / "library.db").read_bytes() == before
        assert ("no notebook 'Team'; known: -" in said) == (role is None and "Team" in command)
    else:
        assert "Traceback" not in said


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_whoever_has_the_machine_may_run_every_command(command: str, store: Path) -> None:
    ended = secondlook_here(*command.split(), "--store", store)
    assert "does not allow" not in ended.stderr
    assert "no notebook" not in ended.stderr


def test_somebody_who_has_never_signed_in_has_no_rights_to_run_a_command_with(store: Path) -> None:
    ended = secondlook_here("ask", "Why?", "--person", "choi@example.org", "--store", store)
    assert ended.code == 1
    assert "nobody known as 'choi@example.org' has signed in yet" in ended.stderr


def test_each_notebook_has_documents_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in (
        ("travel", "A taxi is paid from 22:00 on."),
        ("food", "Lunch costs nothing on Fridays."),
    ):
        (tmp_path / f"{name}.md").write_text(f"# Rules\n\n{text}\n", "utf-8")
    store = ("--store", tmp_path / "store")
    told("ingest", "travel.md", *store)
    made = told("notebooks", "make", "Food", *store)
    told("ingest", "food.md", "--notebook", "Food", *store)
    found = {
        name: {c["document"] for c in told("search", "When is lunch free?", *which, *store)["candidates"]}
        for name, which in (
            ("main", ()),
            ("Food", ("--notebook", "food")),
            ("number", ("--notebook", f"#{made['id']}")),
        )
    }
    assert {name: {Path(uri).name for uri in uris} for name, uris in found.items()} == {
        "main": {"travel.md"}, "Food": {"food.md"}, "number": {"food.md"},
    }  # fmt: skip
    wrong = secondlook_here("search", "lunch", "--notebook", "Fud", *store)
    assert wrong.code == 1
    assert "no notebook 'Fud'; known: main, Food" in wrong.stderr

    from chatbot import load_chatbot

    chatbot = load_chatbot(Config(store=tmp_path / "store"), notebook="Food")
    assert [row.name for row in documents(chatbot)] == ["food.md"]
    chatbot.store.close()

    told("export", "food.zip", "--notebook", "Food", *store)
    told("notebooks", "delete", "Food", "--yes", *store)
    assert told("import", "food.zip", "--notebook", "Food again", *store)["documents"] == 1
    assert [row["name"] for row in told("notebooks", "list", *store)["notebooks"]] == ["main", "Food again"]
    assert {event["action"] for event in told("notebooks", "log", *store)["events"]} == {
        "make", "add", "export", "delete", "import",
    }  # fmt: skip


def documents(chatbot: Any) -> list[Any]:
    with chatbot.store.reading() as view:
        return list(view.documents())


def test_a_notebook_is_not_deleted_by_an_answer_that_nobody_gave(store: Path) -> None:
    ended = secondlook_here("notebooks", "delete", "Team", "--store", store)
    assert ended.code == 1
    assert "Team was not deleted; type its name, or give --yes" in ended.stderr
    assert Library(Config(store=store)).open("Team", KIM)


def test_several_notebooks_are_asked_at_once_and_sources_name_theirs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store = ("--store", tmp_path / "store")
    for name, text in (
        ("travel", "A taxi home is paid from 22:00 on."),
        ("food", "Lunch is free on Fridays."),
    ):
        (tmp_path / f"{name}.md").write_text(f"# Rules of {name}\n\n{text}\n", "utf-8")
        told("notebooks", "make", name.title(), *store)
        told("ingest", f"{name}.md", "--notebook", name, *store)
    both = ("--notebook", "Travel", "--notebook", "Food")
    for question, notebook in (("When is lunch free?", "Food"), ("From when on is a taxi paid?", "Travel")):
        answer = told("ask", question, *both, *store)
        cited = [c["document"] for c in answer["candidates"] if c["cited"]]
        assert cited
        assert all(uri.startswith(f"{notebook}/") for uri in cited), cited
        assert {c["document"].split("/")[0] for c in answer["candidates"]} == {"Travel", "Food"}
    Library(Config(store=tmp_path / "store")).meet(LEE)
    refused = secondlook_here("ask", "lunch?", *both, "--person", LEE.email, *store)
    assert "no notebook 'Travel'; known: main" in refused.stderr

    from chatbot import load_chatbot

    chatbot = load_chatbot(Config(store=tmp_path / "store"), notebook=["Travel", "Food"])
    assert {row.uri.split("/")[0] for row in documents(chatbot)} == {"Travel", "Food"}
    chatbot.store.close()
