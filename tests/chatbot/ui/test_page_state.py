"""What each click does to the page, and that it does it once."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from chatbot.answering.answer import Answer
from chatbot.config import Config
from chatbot.conversations import Conversations
from chatbot.rendering.words import Say
from chatbot.trace import Candidate, Gate, Request, Search, SecondLook, Source, Timings
from chatbot.ui import page_state
from chatbot.ui.chat.chat_session import ChatSession
from chatbot.ui.chat.exchange import Exchange
from chatbot.ui.choices import Settings
from chatbot.ui.clicks import (
    AskAgain,
    AskAs,
    AskEdited,
    Click,
    ClosePanel,
    CopyAnswer,
    DeleteConversation,
    EditQuestion,
    InspectAnswer,
    NewConversation,
    OpenSource,
    Rate,
    StopAnswer,
    SwitchConversation,
)
from chatbot.ui.page_state import PageState, name_of_panel, obey_click, obey_clicks, panel_named

CONFIG = Config()
SETTINGS = Settings(CONFIG.llm, 20, 5, rerank=True)
OTHER_SETTINGS = Settings(CONFIG.llm, 8, 2, rerank=False)


@pytest.fixture
def kept_in(tmp_path: Path) -> Conversations:
    return Conversations.open(tmp_path, "")


@pytest.fixture
def page(kept_in: Conversations) -> PageState:
    """A page with two answered questions, each from two sources."""
    chat = ChatSession(kept_in, kept_in.create())
    for question in ("First?", "Second?"):
        chat.ask(question, SETTINGS)
        chat.exchanges[-1].trace = _answer(question)
        chat.exchanges[-1].written = True
    return PageState(chat)


def _answer(question: str) -> Answer:
    found = [Candidate(n, "a.md", f"Passage {n}.", (0, 10), rank=n, kept=True) for n in (1, 2)]
    search = Search(question, question, tuple(found), SecondLook("m", "off"), Gate(False), Timings())
    return Answer(search, tuple(Source(c.rank, c) for c in found), "extractive", iter(()))


def obey(page: PageState, kept_in: Conversations | None, *clicks: Click) -> None:
    for click in clicks:
        obey_click(click, page, CONFIG, kept_in, OTHER_SETTINGS)


def test_a_question_that_a_person_has_looked_up_stays_so_until_it_is_edited_or_taken_back(
    page: PageState, kept_in: Conversations
) -> None:
    def asked() -> Request | None:
        page.chat.exchanges[1].written = True
        return page.chat.exchanges[1].request

    looked_up = Request("look_up", "", (), "person")
    obey(page, kept_in, AskAs(1, 1))
    assert asked() == looked_up
    obey(page, kept_in, AskAgain(1))
    assert asked() == looked_up
    obey(page, kept_in, AskAs(1, 0))
    assert asked() is None
    obey(page, kept_in, AskAs(1, 1))
    assert asked() == looked_up
    obey(page, kept_in, AskEdited(1, "Another?"))
    assert asked() is None
    assert [e.question for e in page.chat.exchanges] == ["First?", "Another?"]


def test_a_new_conversation_and_one_that_is_kept_are_shown_in_the_chat(
    page: PageState, kept_in: Conversations
) -> None:
    first = page.chat
    page.dialog = DeleteConversation(1)
    obey(page, kept_in, NewConversation())
    assert page.chat is not first
    assert page.chat.exchanges == []
    assert page.wants_chat
    assert page.dialog is None
    assert first.id is not None
    obey(page, kept_in, SwitchConversation(first.id))
    assert page.chat.id == first.id
    obey(page, kept_in, SwitchConversation(999_999_999_999_999))
    assert page.chat.id is None


def test_dialog_and_panel_open_on_what_is_there_and_stay_open_until_they_are_closed(
    page: PageState, kept_in: Conversations
) -> None:
    obey(page, kept_in, DeleteConversation(1))
    assert page.dialog == DeleteConversation(1)
    for click in (InspectAnswer(1), OpenSource(0, 2)):
        obey(page, kept_in, click)
        assert page.panel == click
    page.turn_to(7)
    obey(
        page, kept_in, InspectAnswer(2), InspectAnswer(-1), OpenSource(0, 3), OpenSource(2, 1), CopyAnswer(0)
    )
    assert page.panel == OpenSource(0, 2)
    assert page.turned_to == 7
    obey(page, kept_in, OpenSource(0, 1, 4))
    assert page.panel == OpenSource(0, 1, 4)
    assert page.turned_to is None, "a source is opened where the passage begins"
    obey(page, kept_in, AskAgain(1))
    assert page.panel is None, "what it showed goes"
    obey(page, kept_in, OpenSource(0, 1), ClosePanel())
    assert page.panel is None
    page.close_dialog()
    assert page.dialog is None


def test_an_edited_question_is_asked_also_while_the_one_before_is_answered(
    page: PageState, kept_in: Conversations
) -> None:
    before = list(page.chat.exchanges)
    obey(page, kept_in, EditQuestion(1), AskEdited(2, "Third?"))
    assert page.chat.exchanges == before
    obey(page, kept_in, AskEdited(1, "Other?"))
    answered = page.chat.exchanges[1]
    obey(page, kept_in, AskEdited(1, "Still other?"))
    assert [e.question for e in page.chat.exchanges] == ["First?", "Still other?"]
    assert page.chat.exchanges[1].settings == SETTINGS
    assert answered.stopped, "or what is asked now would wait for it"


def test_a_question_is_asked_again_only_once_it_is_answered(page: PageState, kept_in: Conversations) -> None:
    obey(page, kept_in, AskAgain(0), AskAgain(0))
    (asked,) = page.chat.exchanges
    assert (asked.question, asked.settings, asked.written) == ("First?", OTHER_SETTINGS, False)


def test_an_answer_is_stopped(page: PageState, kept_in: Conversations) -> None:
    obey(page, kept_in, AskAgain(1), StopAnswer(1), StopAnswer(2))
    assert [exchange.stopped for exchange in page.chat.exchanges] == [False, True]


def test_a_thumb_is_for_a_source_that_is_there_or_for_the_answer(
    page: PageState, kept_in: Conversations
) -> None:
    rated: list[Exchange] = page.chat.exchanges
    obey(page, kept_in, Rate(0, 9, 1), Rate(0, -1, 1), Rate(2, 0, 1))
    assert [exchange.ratings for exchange in rated] == [{}, {}]


def test_every_click_is_obeyed_once_though_it_comes_with_every_run(
    page: PageState, kept_in: Conversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int, Click]] = []
    monkeypatch.setattr(page_state, "received_clicks", lambda _: told)
    monkeypatch.setattr(page_state.choices, "settings", lambda _: SETTINGS)
    seen: list[Click] = []
    monkeypatch.setattr(page_state, "obey_click", lambda click, *_: seen.append(click))
    for now in (
        [(3, NewConversation()), (4, AskAgain(0))],  # obeyed by another server, from which the browser comes
        [(5, NewConversation())],
        [(5, NewConversation())],
        [(5, NewConversation()), (6, AskAgain(0)), (7, AskAgain(1))],
        [(6, AskAgain(0)), (7, AskAgain(1))],
        [],
        [(7, AskAgain(1)), (8, AskAgain(1))],
    ):
        told[:] = now
        obey_clicks(page, CONFIG, kept_in, Say("en"))
    assert seen == [NewConversation(), AskAgain(0), AskAgain(1), AskAgain(1)]


@pytest.mark.parametrize("panel", [None, InspectAnswer(1), OpenSource(0, 2), OpenSource(1, 1, 35)])
def test_what_stands_beside_the_chat_is_named_in_the_address_and_found_by_it(
    page: PageState, panel: InspectAnswer | OpenSource | None
) -> None:
    assert panel_named(name_of_panel(panel), page.chat) == panel


@pytest.mark.parametrize("name", ["", "7-why", "0-9", "0-2-x", "-1-1", "0-why-1x", "<b>", "9" * 400])
def test_an_address_that_names_nothing_opens_nothing(page: PageState, name: str) -> None:
    assert panel_named(name, page.chat) is None


def _session_before_and_after_the_first_document(folder: str) -> None:
    from pathlib import Path

    import streamlit as st

    from chatbot.config import Config
    from chatbot.conversations import Conversations
    from chatbot.ui.page_state import page_state

    kept_in = Conversations.open(Path(folder), "") if st.session_state.get("is_there") else None
    st.session_state.is_kept = page_state(Config(), kept_in).chat.kept_in is not None


def test_the_first_conversation_of_a_first_visit_is_kept_once_there_is_an_index(tmp_path: Path) -> None:
    session = AppTest.from_function(
        _session_before_and_after_the_first_document, kwargs={"folder": str(tmp_path)}
    )
    session.run()
    assert not session.exception
    assert not session.session_state["is_kept"]
    session.session_state["is_there"] = True
    session.run()
    assert session.session_state["is_kept"]
