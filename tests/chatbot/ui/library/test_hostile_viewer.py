"""Somebody who has signed in and may ask in one notebook tries, over the real WebSocket and HTTP, for what is not theirs."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from chatbot.config import Config
from chatbot.conversations import AskedWith, Conversations, ExchangeRecord
from chatbot.notebooks import ALONE, FIRST, Action, Library, Person
from chatbot.trace import Candidate, Gate, SecondLook, Source
from fakes.page_server import XSRF, PageServer, PageVisit, running
from ingest.pipeline import run

ALICE = Person("https://id.example#alice")
BOB = Person("https://id.example#bob")
TEAM, PRIVATE = 2, 3  # Bob is a viewer of one, and knows nothing of the other
SECRET, WORDS, LATER = (
    "Zebrafisch",
    "Purpurreiher",
    "Mauersegler",
)  # a document, a conversation, a later document


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("hostile")
    found = Library(Config(store=folder / "store"))
    found.meet(ALICE)
    found.meet(BOB)
    team, private = found.make("Team", ALICE), found.make("Plans of Alice", ALICE)
    for name, text in (("canteen", "Lunch is at noon."), ("plan", "The team meets on Mondays at nine.")):
        (folder / f"{name}.md").write_text(f"# {name}\n\n{text}\n", "utf-8")
    (folder / "budget.md").write_text(f"# Budget\n\nThe project {SECRET} is led by Alice.\n", "utf-8")
    run(found.enter(ALONE, FIRST, Action.ADD), [folder / "canteen.md"])
    run(team.enter(Action.ADD), [folder / "plan.md"])
    run(private.enter(Action.ADD), [folder / "budget.md"])
    found.share(TEAM, BOB.id, "viewer", ALICE)
    for notebook in (team, private):  # what Alice has asked in both
        kept = Conversations.open(notebook.enter(Action.ASK).store, ALICE.id)
        kept.add(kept.create(), _exchange())
    return found


def _exchange() -> ExchangeRecord:
    said = Candidate(1, "plan.md", f"{WORDS} is said to Alice alone.", (0, 30), rank=1, kept=True, cited=True)
    return ExchangeRecord(
        f"Who is {WORDS}?", f"Who is {WORDS}?", f"{WORDS}. [1]", "extractive", AskedWith("extractive", "", 2, 2, True),
        (Source(1, said),), (said,), SecondLook("m", "applied"), Gate(False), {},
    )  # fmt: skip


@pytest.fixture(scope="module")
def server(library: Library) -> Iterator[PageServer]:
    with running(library.folder.parent, sign_in=True, may_complain=True) as found:
        yield found


@pytest.fixture
def bob(server: PageServer) -> Iterator[PageVisit]:
    with server.visit("bob") as visit:
        visit.draw(query=f"nb={TEAM}")
        assert "Team" in visit.texts[-1] or "Team" in "".join(visit.texts)
        yield visit


def unseen(visit: PageVisit) -> bool:
    """Whether nothing of Alice's was ever sent to this page, and it stands in a notebook of Bob's."""
    sent = "".join(visit.texts)
    return not [word for word in (SECRET, WORDS, "Traceback") if word in sent]


def trigger(identity: str) -> WidgetState:
    return WidgetState(id=identity, trigger_value=True)


def chosen(identity: str, value: str) -> WidgetState:
    return WidgetState(id=identity, string_value=value)


def clicks(visit: PageVisit, *told: dict[str, object]) -> WidgetState:
    """What the browser says was clicked in the page's own HTML."""
    state = WidgetState(id=visit.widgets["clicks"])
    numbered = [{**{k: str(v) for k, v in click.items()}, "at": 10**13 + n} for n, click in enumerate(told)]
    state.json_value = json.dumps({"clicks": numbered})
    return state


def some_of(every: Iterable[str]) -> list[Any]:
    """Every third in a quick run, as each draws the page twice or three times."""
    return [pytest.param(one, marks=[pytest.mark.slow] * bool(n % 3)) for n, one in enumerate(every)]


ADDRESSES = (
    f"nb={PRIVATE}", f"nb=0{PRIVATE}", f"nb=%20{PRIVATE}", "nb=%D9%A3", f"nb={PRIVATE}%00", f"nb=+{PRIVATE}", f"nb={PRIVATE}.0",
    f"nb={TEAM}&nb={PRIVATE}", f"nb={PRIVATE}&nb={TEAM}", "nb=-1", "nb=" + "9" * 400, "nb=1%20OR%201=1", f"nb={TEAM}&c=1",
    f"nb={PRIVATE}&c=1&p=0-1", f"nb={TEAM}&c=1&p=0-why", f"nb={TEAM}&c=%D9%A1", f"nb={TEAM}&c=-1&p=-1-1", f"nb={TEAM}&c=1%00",
    "nb=%ED%A0%80", "nb[]=3", "%00=%00",
)  # fmt: skip


@pytest.mark.parametrize("address", some_of(ADDRESSES))
def test_no_address_leads_to_what_is_not_shared(address: str, server: PageServer) -> None:
    with server.visit("bob") as visit:
        visit.draw(query=address)
        visit.draw("documents", query=address)
        assert unseen(visit)


FORGED: dict[str, Callable[[PageVisit], list[WidgetState]]] = {
    "the switcher by a name": lambda v: [chosen(v.widgets["choose_notebook"], "Plans of Alice")],
    "the switcher by a number": lambda v: [chosen(v.widgets["choose_notebook"], str(PRIVATE))],
    "the switcher by an index": lambda v: [WidgetState(id=v.widgets["choose_notebook"], int_value=99)],
    "also ask": lambda v: [WidgetState(id=v.widgets["also_ask"], string_array_value={"data": [str(PRIVATE), "Plans of Alice"]})],
    "also ask by index": lambda v: [WidgetState(id=v.widgets["also_ask"], int_array_value={"data": [0, 1, 2, 99]})],
    "another's conversation": lambda v: [clicks(v, {"act": "conversation", "conversation": 1})],
    "deleting another's": lambda v: [clicks(v, {"act": "delete", "conversation": 1})],
    "renaming another's": lambda v: [clicks(v, {"act": "renamed", "conversation": 1, "title": "mine now"})],
    "pinning another's": lambda v: [clicks(v, {"act": "pin", "conversation": 1, "pinned": 1})],
    "a document elsewhere": lambda v: [clicks(v, {"act": "document", "document": "budget.md", "chunk": 1})],
    "a document by a path": lambda v: [clicks(v, {"act": "document", "document": "../../store/library.db", "chunk": 0})],
    "sources that are not there": lambda v: [clicks(v, {"act": "open", "exchange": 0, "source": 1, "basis": 0}, {"act": "why", "exchange": 7})],
    "an old address": lambda v: [clicks(v, {"act": "follow"})],
    "clicks that are none": lambda v: [clicks(v, {"act": "rate", "exchange": -5, "source": 10**14, "value": 1}, {"act": "__class__"})],
    "dialogs of an owner": lambda v: [trigger(f"$$ID-{'0' * 32}-{key}") for key in ("give_role", "export_prepare", "delete_notebook", "manage_notebook")],
    "fields for files": lambda v: [_files(f"$$ID-{'0' * 32}-upload-0")],
    "a file with a question": lambda v: [_asked(v, "?", str(uuid.uuid4()))],
    "a component of nobody": lambda v: [WidgetState(id="$$STREAMLIT_INTERNAL_KEY_x__events", json_trigger_value="[{}]")],
    "names of other kinds": lambda v: [WidgetState(id=v.widgets["choose_notebook"], json_value="{"), WidgetState(id="\u202e\u200b", bytes_value=b"\xff")],
}  # fmt: skip


def _files(identity: str) -> WidgetState:
    state = WidgetState(id=identity)
    info = state.file_uploader_state_value.uploaded_file_info.add()
    info.file_id, info.name, info.size = str(uuid.uuid4()), "x.md", 4
    return state


def _asked(visit: PageVisit, words: str, file: str) -> WidgetState:
    state = WidgetState(id=visit.widgets["question"])
    state.chat_input_value.data = words
    info = state.chat_input_value.file_uploader_state.uploaded_file_info.add()
    info.file_id, info.name, info.size = file, "budget.md", 4
    return state


@pytest.mark.parametrize("forged", some_of(FORGED))
def test_nothing_that_a_browser_says_of_widgets_leads_there(
    forged: str, bob: PageVisit, library: Library
) -> None:
    before = _all_of(library)
    states = FORGED[forged](bob)
    bob.draw(query=f"nb={TEAM}", states=states)
    bob.draw("documents", query=f"nb={TEAM}", states=states)
    bob.draw("models", query=f"nb={TEAM}", states=states)
    assert unseen(bob)
    assert _all_of(library) == before


def _all_of(library: Library) -> object:
    """What Alice has: documents, people, conversations with their names."""
    found = []
    for number in (TEAM, PRIVATE):
        store = library.enter(ALICE, number, Action.ASK).store
        rows = Conversations.open(store, ALICE.id).list()
        people = [(one.person.id, one.role) for one in library.people(number, ALICE)]
        with library.open(number, ALICE).load().store.reading() as view:
            documents = [row.uri for row in view.documents()]
        found.append((people, documents, [(row.id, row.title, row.pinned) for row in rows]))
    return found


@pytest.mark.slow
def test_the_sessions_files_and_fragments_of_another_are_no_use(server: PageServer) -> None:
    with server.visit("alice") as alice:
        alice.draw(query=f"nb={PRIVATE}&c=1")
        alice.draw("documents", query=f"nb={PRIVATE}")
        assert "budget.md" in "".join(alice.texts)
        file = str(uuid.uuid4())
        head = f'--x\r\nContent-Disposition: form-data; name="{file}"; filename="budget.md"\r\n\r\n{SECRET}\r\n--x--\r\n'
        sent = server.ask(
            f"/_stcore/upload_file/{alice.session_id}/{file}", "PUT",
            {"Content-Type": "multipart/form-data; boundary=x", "X-Xsrftoken": XSRF}, head.encode(), "alice",
        )  # fmt: skip
        assert sent.status == 204
        media = set(re.findall(r"/media/[\w.]+", "".join(alice.texts)))
        with server.visit("bob", resume=alice.session_id) as bob:
            bob.draw(query=f"nb={PRIVATE}&c=1")
            assert bob.session_id != alice.session_id
            bob.draw(query=f"nb={TEAM}", states=[_asked(bob, "What is in it?", file)])
            for fragment in alice.fragments:
                bob.draw(fragment=fragment)
            bob.draw(states=[trigger(identity) for key, identity in alice.widgets.items() if "-" not in key])
            assert unseen(bob)
        for path in media:
            assert server.ask(path, person="bob").status == 404
        gone = server.ask(
            f"/_stcore/upload_file/{alice.session_id}/{file}", "DELETE", {"X-Xsrftoken": XSRF}, person="bob"
        )
        assert gone.status == 403
    with server.visit("bob", resume=alice.session_id) as bob:  # she has left
        bob.draw(query=f"nb={PRIVATE}&c=1")
        assert bob.session_id != alice.session_id
        assert unseen(bob)


def test_a_file_that_is_made_when_it_is_downloaded_is_made_for_its_person_alone(server: PageServer) -> None:
    with server.visit("alice") as alice, server.visit("bob") as bob:
        bob.draw(query=f"nb={TEAM}")
        alice.draw(query=f"nb={PRIVATE}&c=1")
        (file,) = set(re.findall(r'deferred_file_id: "(\w+)"', "".join(alice.texts))) & {
            _last_deferred(alice)
        }
        ask_for(bob, file)  # nothing is answered: he goes on
        url = made(alice, file)
        assert url is not None
        assert made(bob, file, seconds=1) is None  # asked before her, who has her answer
        answer = server.ask(url, person="alice")
        assert answer.status == 200
        assert WORDS.encode() in answer.body
        assert server.ask(url, person="bob").status == 404
        assert server.ask(url).status == 404


def _last_deferred(visit: PageVisit) -> str:
    return re.findall(r'deferred_file_id: "(\w+)"', "".join(visit.texts))[-1]


def ask_for(visit: PageVisit, file: str) -> None:
    """Ask the server to make a file that is made when it is downloaded."""
    message = BackMsg()
    asked = message.backend_operation_request
    asked.request_id, asked.session_id, asked.deferred_file.file_id = (
        str(uuid.uuid4()),
        visit.session_id,
        file,
    )
    visit.socket.send(message.SerializeToString())


def made(visit: PageVisit, file: str, seconds: float = 60) -> str | None:
    """Where the server says that a file lies which it made; ``None`` where it says nothing for so long."""
    ask_for(visit, file)
    try:
        while True:
            received = ForwardMsg.FromString(visit.socket.recv(timeout=seconds))
            if received.WhichOneof("type") == "backend_operation_response":
                return received.backend_operation_response.deferred_file.url or None
    except TimeoutError:
        return None


def test_a_cookie_with_another_name_in_it_is_no_cookie(server: PageServer) -> None:
    good = server.cookies("bob")["_streamlit_user"]
    others = server.cookies("alice")["_streamlit_user"]
    payload, _, signature = good.rpartition("|") if "|" in good else good.rpartition(".")
    forged = [
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        others.replace(others[-12:], signature[-12:]),
        payload,
        "",
    ]
    for cookie in forged:
        answer = server.ask(
            "/media/x", headers={"Cookie": f"_streamlit_xsrf={XSRF}; _streamlit_user={cookie}"}
        )
        assert answer.status == 404
        sent = server.ask(
            "/_stcore/upload_file/x/y", "PUT",
            {"Cookie": f"_streamlit_xsrf={XSRF}; _streamlit_user={cookie}", "X-Xsrftoken": XSRF}, b"x",
        )  # fmt: skip
        assert sent.status == 403


def test_a_fragment_that_is_asked_for_again_shows_nothing_once_the_role_is_gone(
    server: PageServer, library: Library
) -> None:
    folder = library.folder.parent
    with server.visit("bob") as bob:
        bob.draw(query=f"nb={TEAM}")
        bob.draw("documents", query=f"nb={TEAM}")
        assert "plan.md" in "".join(bob.texts)
        opened = {"act": "document", "document": "plan.md", "chunk": 0}
        bob.draw("documents", query=f"nb={TEAM}", states=[clicks(bob, opened)])
        library.share(TEAM, BOB.id, None, ALICE)
        try:
            (folder / f"{LATER}.md").write_text(f"# {LATER}\n\nThe word of the day is {LATER}.\n", "utf-8")
            run(library.enter(ALICE, TEAM, Action.ADD), [folder / f"{LATER}.md"])
            bob.texts.clear()
            # the list of documents stands last; the parts before it would have the whole page drawn, which he is shown out of
            for fragment in reversed(bob.fragments):
                bob.draw("documents", fragment=fragment, query=f"nb={TEAM}")
            sent = "".join(bob.texts)
            assert LATER not in sent
            assert "The team meets" not in sent
            states = [trigger(i) for i in bob.widgets.values()]
            bob.draw(states=states)
            assert LATER not in "".join(bob.texts)
        finally:
            library.share(TEAM, BOB.id, "viewer", ALICE)


def test_a_question_that_is_sent_when_the_role_is_gone_is_not_asked(
    server: PageServer, library: Library
) -> None:
    with server.visit("bob") as bob:
        bob.draw(query=f"nb={TEAM}")
        library.share(TEAM, BOB.id, None, ALICE)
        try:
            asked = WidgetState(id=bob.widgets["question"])
            asked.chat_input_value.data = "When does the team meet?"
            bob.draw(query=f"nb={TEAM}", states=[asked])
            for fragment in list(bob.fragments):
                bob.draw(fragment=fragment)
            assert "Mondays" not in "".join(bob.texts)
        finally:
            library.share(TEAM, BOB.id, "viewer", ALICE)
    kept = Conversations.open(library.enter(ALICE, TEAM, Action.ASK).store, BOB.id)
    assert not [row for row in kept.list() if "team" in row.title]
