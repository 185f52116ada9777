"""Notebooks on the page, without a browser: the real script, people by what their provider says of them."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from chatbot.config import Config
from chatbot.conversations import Conversations
from chatbot.notebooks import ALONE, FIRST, Action, Library, Person
from chatbot.notebooks.access import ROLES
from chatbot.notebooks.people import signed_in
from chatbot.store import open_store
from fakes.stores import small_store
from ingest import uploads
from ingest.report import FileResult, IngestReport
from paths import ROOT

SCRIPT = str(ROOT / "chatbot" / "ui" / "server" / "page.py")
KIM = {"iss": "https://login.example", "sub": "kim", "email": "kim@example.org", "email_verified": True}
LEE = {"iss": "https://login.example", "sub": "lee", "email": "lee@example.org", "email_verified": True}
PARK = {"iss": "https://login.example", "sub": "park", "email": "park@example.org", "email_verified": True}
ADMINS = {"admins": ["park@example.org"]}


@pytest.fixture(scope="module", autouse=True)
def _leave_nothing_loaded() -> Iterator[None]:
    yield
    st.cache_resource.clear()


@dataclass
class Visits:
    """Pages over one index folder, each for whoever is ``here`` when it runs; nobody signs in where that is ``None``."""

    store: Path
    here: dict[str, Any] | None = None

    @property
    def config(self) -> Config:
        return Config(store=self.store).with_(sign_in=ADMINS)

    @property
    def library(self) -> Library:
        return Library(self.config)

    def person(self, claims: dict[str, Any]) -> Person:
        person = signed_in(claims, self.config.sign_in)
        self.library.meet(person)
        return person

    def open(self, claims: dict[str, Any] | None = None, **address: str) -> AppTest:
        self.here = claims
        page = AppTest.from_file(SCRIPT, default_timeout=120)
        for name, value in address.items():
            page.query_params[name] = value
        return page.run()


@pytest.fixture
def visits(sample_config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Visits:
    shutil.copytree(sample_config.store, tmp_path / "store")
    found = Visits(tmp_path / "store")
    settings = tmp_path / "secondlook.toml"
    settings.write_text('[sign_in]\nadmins = ["park@example.org"]\n', "utf-8")
    monkeypatch.setattr(sys, "argv", [SCRIPT, "--store", str(found.store), "--config", str(settings)])
    for module in ("chatbot.ui.sign_in", "chatbot.ui.library.current"):
        monkeypatch.setattr(f"{module}.is_configured", lambda: found.here is not None)
        monkeypatch.setattr(f"{module}.claims", lambda: found.here or {})
    monkeypatch.setattr("chatbot.ui.chat.suggestions._WAIT_S", 0.0)  # nothing here is asked
    monkeypatch.setattr("chatbot.ui.resources._load_models", lambda _: None)
    monkeypatch.setattr("chatbot.ui.app.require_sign_in", lambda _: True)
    monkeypatch.setattr("chatbot.ui.app.owner", lambda: _owner(found.here))
    return found


def _owner(claims: dict[str, Any] | None) -> str:
    return f"{claims['iss']}#{claims['sub']}" if claims else ""


def html(page: AppTest, part: str = "main") -> str:
    assert not page.exception
    return "\n".join(str(element.proto.body) for element in getattr(page, part).get("html"))


def everything(page: AppTest) -> str:
    """With what stands in a dialog."""
    assert not page.exception
    return "\n".join(str(element.proto.body) for element in page.get("html"))


def switcher(page: AppTest) -> Any:
    return next((box for box in page.sidebar.selectbox if box.key == "choose_notebook"), None)


def keys(page: AppTest) -> set[str]:
    return {button.key for button in page.button}


def test_one_person_with_one_notebook_sees_no_switcher_and_can_make_another(visits: Visits) -> None:
    page = visits.open()
    assert switcher(page) is None
    assert not (visits.store / "library.db").exists()


def test_the_switcher_leads_to_another_notebook_with_documents_and_conversations_of_its_own(
    visits: Visits,
) -> None:
    made = visits.library.make("Contracts", ALONE)
    page = visits.open()
    assert switcher(page).options == ["Main notebook", "Contracts", "＋ New notebook"]
    assert page.chat_input
    switcher(page).set_value(made.id).run()
    assert "No documents yet" in html(page)
    assert str(made.id) in page.query_params["nb"]
    switcher(page).set_value(FIRST).run()
    assert page.chat_input
    assert "nb" not in page.query_params


def test_several_notebooks_are_asked_at_once_while_the_person_may_ask_them(
    visits: Visits, tmp_path: Path
) -> None:
    kim, lee = visits.person(KIM), visits.person(LEE)
    shutil.copytree(visits.store, tmp_path / "copy", ignore=shutil.ignore_patterns("library*"))
    made = visits.library.make("Team", lee)
    shutil.copytree(tmp_path / "copy", made.enter(Action.ADD).store)
    visits.library.share(made.id, kim.id, "viewer", lee)
    page = visits.open(KIM)
    page.sidebar.multiselect(key="also_ask").set_value([made.id]).run()
    assert "2 notebooks are searched together" in html(page, "sidebar")
    page.chat_input[0].set_value("How many days a week may I work from home?").run()
    exchange = page.session_state["page"].chat.exchanges[-1]
    assert exchange.job.done(120)
    notebooks = {candidate.document.split("/")[0] for candidate in exchange.trace.candidates}
    assert notebooks == {"main", "Team"}
    visits.library.share(made.id, kim.id, None, lee)
    page.run()
    assert "searched together" not in html(page, "sidebar")


def test_the_address_keeps_the_notebook(visits: Visits) -> None:
    made = visits.library.make("Contracts", ALONE)
    assert "No documents yet" in html(visits.open(nb=str(made.id)))


def test_an_address_of_a_notebook_that_is_not_shared_opens_nothing_and_says_so(visits: Visits) -> None:
    kim = visits.person(KIM)
    made = visits.library.make("Secret plans", kim)
    inside = made.enter(Action.ADD).store
    small_store(inside, {"plan.txt": [("the secret plan", None)]}).close()
    conversation = Conversations.open(inside, kim.id).create()
    for number in (made.id, 99):
        page = visits.open(LEE, nb=str(number), c=str(conversation))
        shown = unescape(html(page) + html(page, "sidebar"))
        assert f"no notebook '#{number}'" in shown
        assert "ecret" not in shown
        assert "nb" not in page.query_params
        assert "c" not in page.query_params
        assert switcher(page).options == ["Main notebook", "＋ New notebook"]


@pytest.mark.parametrize(
    "odd",
    ["1 OR 1=1", "٣", *(pytest.param(odd, marks=pytest.mark.slow) for odd in ("-1", "9" * 30, "", "first"))],
)
def test_an_odd_address_is_no_notebook(odd: str, visits: Visits) -> None:
    assert visits.open(LEE, nb=odd).chat_input


def test_a_notebook_is_made_in_the_dialog_and_shown(visits: Visits) -> None:
    page = visits.open(KIM)
    switcher(page).set_value(0).run()
    page.text_input(key="new_name").set_value("Mine").run()
    page.button(key="make").click().run()
    assert switcher(page).value == visits.library.open("Mine", visits.person(KIM)).id
    assert "No documents yet" in html(page)
    assert "Mine" not in str(switcher(visits.open(LEE)).options)


def test_what_somebody_may_only_read_offers_no_place_for_files(visits: Visits) -> None:
    page = visits.open(KIM)
    visits.library.share(FIRST, "everybody", "viewer", visits.person(PARK))
    made = visits.library.make("Empty", visits.person(LEE))
    visits.library.share(made.id, "kim@example.org", "viewer", visits.person(LEE))
    page = visits.open(KIM, nb=str(made.id))
    assert "You can ask here and see the sources" in html(page)
    assert not page.get("file_uploader")
    visits.library.share(made.id, "kim@example.org", "editor", visits.person(LEE))
    page.run()
    assert page.get("file_uploader")
    assert "can also be read by: lee@example.org" in html(page)


def test_a_role_that_is_taken_away_closes_the_page_that_is_open(visits: Visits) -> None:
    kim, lee = visits.person(KIM), visits.person(LEE)
    made = visits.library.make("Team", lee)
    small_store(made.enter(Action.ADD).store, {"plan.txt": [("the secret plan", None)]}).close()
    visits.library.share(made.id, kim.id, "viewer", lee)
    page = visits.open(KIM, nb=str(made.id))
    assert "Team" in str(switcher(page).options)
    visits.library.share(made.id, kim.id, None, lee)
    page.run()
    assert "Team" not in html(page) + str(switcher(page).options)
    assert switcher(page).value == FIRST


def test_somebody_to_whom_nothing_is_open_can_make_a_notebook(visits: Visits) -> None:
    visits.library.share(FIRST, "everybody", None, visits.person(PARK))
    page = visits.open(KIM)
    assert "No notebook is open to you" in html(page)
    assert not page.chat_input
    page.button(key="first_notebook").click().run()
    page.text_input(key="new_name").set_value("Mine").run()
    page.button(key="make").click().run()
    assert switcher(page).value > FIRST


def test_the_dialog_has_what_the_role_allows(visits: Visits) -> None:
    lee = visits.person(LEE)
    visits.person(KIM)
    made = visits.library.make("Team", lee)
    tabs: dict[str, list[str]] = {}
    for role in ROLES:
        visits.library.share(made.id, "kim@example.org", role, lee)
        page = visits.open(KIM, nb=str(made.id))
        page.button(key="manage_notebook").click().run()
        tabs[role] = [tab.label for tab in page.tabs]
        assert ("delete_notebook" in keys(page)) == (role == "owner")
        assert ("export_prepare" in keys(page)) == (role == "owner")
    assert tabs == {
        "viewer": ["Notebook"], "editor": ["Notebook"], "owner": ["Notebook", "Settings", "People", "Log"],
    }  # fmt: skip


def test_an_owner_gives_a_role_in_the_dialog(visits: Visits) -> None:
    kim, lee = visits.person(KIM), visits.person(LEE)
    made = visits.library.make("Team", lee)
    page = visits.open(LEE, nb=str(made.id))
    page.button(key="manage_notebook").click().run()
    page.text_input(key="person_to_add").set_value("choi@example.org").run()
    page.button(key="give_role").click().run()
    assert "has signed in yet" in everything(page)
    page.text_input(key="person_to_add").set_value("kim@example.org").run()
    page.button(key="give_role").click().run()
    assert visits.library.open("Team", kim).row.role == "viewer"
    assert "changed a role" in everything(page)


def test_a_notebook_is_deleted_once_its_name_is_typed(visits: Visits) -> None:
    lee = visits.person(LEE)
    made = visits.library.make("Team", lee)
    page = visits.open(LEE, nb=str(made.id))
    page.button(key="manage_notebook").click().run()
    assert page.button(key="delete_notebook").disabled
    page.text_input(key=f"delete-{made.id}").set_value("Team").run()
    page.button(key="delete_notebook").click().run()
    assert [row.called for row in visits.library.notebooks(lee)] == ["main"]
    assert switcher(page).value == FIRST


def test_an_exported_notebook_is_a_new_one_for_somebody_else(visits: Visits, tmp_path: Path) -> None:
    lee = visits.person(LEE)
    shutil.copytree(visits.store / "", tmp_path / "copy", ignore=shutil.ignore_patterns("library*"))
    made = visits.library.make("Team", lee)
    shutil.copytree(tmp_path / "copy", made.enter(Action.ADD).store)
    page = visits.open(LEE, nb=str(made.id))
    page.button(key="manage_notebook").click().run()
    page.button(key="export_prepare").click().run()
    content = page.session_state[f"exported-{made.id}"]
    (tmp_path / "notebook.zip").write_bytes(content)
    again = visits.library.import_(tmp_path / "notebook.zip", "Again", visits.person(KIM))
    config = again.enter(Action.ASK)
    from chatbot.retrieval.embeddings import store_identity

    store = open_store(config, store_identity(config))
    with store.reading() as view:
        assert view.chunk_count() > 0
    store.close()


def test_who_asks_with_settings_of_the_notebook(visits: Visits) -> None:
    visits.library.set_settings(FIRST, {"k": 7, "top_n": 2}, ALONE)
    page = visits.open()
    assert page.session_state["settings"].k == 7


def test_a_question_of_the_page_is_in_the_log_where_the_configuration_says_so(
    visits: Visits, tmp_path: Path
) -> None:
    page = visits.open(KIM)
    page.chat_input[0].set_value("hello").run()
    assert [event.action for event in visits.library.events(visits.person(PARK))] == []
    (tmp_path / "secondlook.toml").write_text("[audit]\nquestions = true\n", "utf-8")
    page = visits.open(KIM)
    page.chat_input[0].set_value("thanks").run()
    assert [(e.person, e.action, e.detail) for e in visits.library.events(ALONE)] == [
        ("kim@example.org", "ask", "thanks")
    ]


CELLS: dict[str, Action] = {
    "upload": Action.ADD, "fetch": Action.ADD, "again": Action.ADD, "remove": Action.REMOVE, "export": Action.EXPORT,
    "settings": Action.SETTINGS, "people": Action.PEOPLE, "share": Action.PEOPLE, "rename": Action.RENAME, "archive": Action.ARCHIVE,
    "delete": Action.DELETE, "log": Action.AUDIT, "readers": Action.ADD, "leave": Action.LEAVE, "ask": Action.ASK,
    "documents": Action.INSPECT,
}  # fmt: skip
VIEWER = {Action.SEE, Action.ASK, Action.INSPECT, Action.LEAVE}
EDITOR = VIEWER | {Action.ADD, Action.REMOVE}
OWNER = EDITOR | {
    Action.SETTINGS,
    Action.PEOPLE,
    Action.EXPORT,
    Action.RENAME,
    Action.ARCHIVE,
    Action.DELETE,
    Action.AUDIT,
}
ADMIN = {Action.SEE, Action.PEOPLE, Action.RENAME, Action.ARCHIVE, Action.DELETE, Action.AUDIT}
MAY: dict[tuple[str, str | None], set[Action]] = {
    ("kim", None): set(), ("kim", "viewer"): VIEWER, ("kim", "editor"): EDITOR, ("kim", "owner"): OWNER,
    ("park", None): ADMIN, ("park", "viewer"): ADMIN | VIEWER, ("park", "editor"): ADMIN | EDITOR, ("park", "owner"): OWNER,
    ("nobody", None): set(),
}  # fmt: skip


def one_action(what, store, number):  # type: ignore[no-untyped-def]  # only its source is used
    """What the page does when it is asked for it, though nothing on it offers it."""
    from pathlib import Path

    import streamlit as st

    from chatbot.config import Config
    from chatbot.notebooks import Action, Notebook, NotebookRow
    from chatbot.ui.documents import index_changes
    from chatbot.ui.jobs import attempt
    from chatbot.ui.library import current

    given = Config(store=Path(store)).with_(sign_in={"admins": ["park@example.org"]})
    library, person = current.library_for(given), current.page_person(given)
    notebook = Notebook(library, person, NotebookRow(number))
    inside = given.with_(store=Path(store) / "notebooks" / "inside")
    st.session_state["notebook"] = current._Here(person.id, number, current.Entered(notebook, inside))
    target = Path(store) / "out.zip"

    class File:
        name, size, file_id = "a.txt", 3, "1"

        def getvalue(self):
            return b"abc"

        def close(self):
            pass

    class NoStore:
        embedding = None
        store = None

    queued = {
        "upload": lambda: index_changes.queue_upload(inside, None, [File()]).work,
        "fetch": lambda: index_changes.queue_pages(inside, None, []),
        "again": lambda: index_changes.queue_reading(inside, NoStore(), []),
        "remove": lambda: index_changes.queue_removal(inside, NoStore(), []),
    }
    at_once = {
        "export": lambda: library.export(number, target, person),
        "settings": lambda: library.set_settings(number, {"k": 5}, person),
        "people": lambda: library.people(number, person),
        "share": lambda: library.share(number, "everybody", "viewer", person),
        "rename": lambda: library.rename(number, "Other", person),
        "archive": lambda: library.archive(number, person),
        "delete": lambda: library.delete(number, person),
        "log": lambda: library.events(person, number),
        "readers": lambda: library.readers(number, person),
        "leave": lambda: library.leave(number, person),
        "ask": lambda: notebook.enter(Action.ASK),
        "documents": lambda: current.current(inside).check(Action.INSPECT),
    }
    outcome = queued[what]().outcome() if what in queued else attempt(at_once[what])
    st.text(str(outcome.error or "done"))


@pytest.mark.parametrize("what", CELLS)
@pytest.mark.parametrize(
    ("who", "role"),
    [pytest.param(*one, marks=() if one == ("kim", "viewer") else pytest.mark.slow) for one in MAY],
)
def test_the_page_does_for_a_role_what_it_allows_and_nothing_else(
    what: str, who: str, role: Any, visits: Visits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatbot.notebooks.library.token_hex", lambda _: "inside")
    monkeypatch.setattr("ingest.uploads.upload", _taken)
    monkeypatch.setattr("ingest.uploads.remove_all", lambda *_: [])
    lee = visits.person(LEE)
    people = {"kim": KIM, "park": PARK, "nobody": {"iss": "", "sub": ""}}
    made = visits.library.make("Team", lee)
    if role:
        visits.library.share(made.id, visits.person(people[who]).id, role, lee)
    visits.here = people[who]
    before = (visits.store / "library.db").read_bytes()
    given = {"what": what, "store": str(visits.store), "number": made.id}
    said = AppTest.from_function(one_action, default_timeout=60, kwargs=given).run()
    assert not said.exception
    told = said.text[0].value
    is_refused = "does not allow that" in told or "no notebook" in told
    assert is_refused == (CELLS[what] not in MAY[who, role]), told
    if is_refused:
        assert (visits.store / "library.db").read_bytes() == before
        assert not (visits.store / "out.zip").exists()
        assert not (visits.store / "notebooks").exists()


def _taken(_: Config, files: Sequence[tuple[str, bytes]], *rest: object) -> IngestReport:
    return IngestReport(indexed=[FileResult(uploads.uri_of(name)) for name, _ in files])
