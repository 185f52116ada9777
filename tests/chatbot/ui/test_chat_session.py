"""A conversation on the page and its copy in the database: versions, two windows, and what cannot be kept yet."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chatbot import Chatbot
from chatbot.config import Config
from chatbot.conversations import Conversations, ExchangeRecord
from chatbot.conversations.schema import TABLES
from chatbot.rendering.words import Say
from chatbot.ui.chat.chat_session import ChatSession, open_chat
from chatbot.ui.chat.exchange import Exchange
from chatbot.ui.chat.exchange_view import part_html
from chatbot.ui.choices import asked_with, settings_of

CONFIG = Config()
SETTINGS = settings_of(CONFIG)


def record_of(exchange: Exchange, answer: str = "Because. [1]") -> ExchangeRecord:
    asked_at = datetime(2026, 11, 29, tzinfo=UTC)
    asked = ExchangeRecord.unanswered(exchange.question, asked_with(SETTINGS), "cut off", asked_at)
    return replace(asked, received=answer, state="complete", reason="") if answer else asked


def answered(chat: ChatSession, *questions: str) -> ChatSession:
    """Each question asked and answered, without a chatbot."""
    for question in questions:
        chat.ask(question, SETTINGS)
        finish(chat, len(chat.exchanges) - 1)
    return chat


def finish(chat: ChatSession, index: int, answer: str = "Because. [1]") -> None:
    exchange = chat.exchanges[index]
    chat.keep(exchange, record_of(exchange, answer))
    exchange.trace, exchange.written = record_of(exchange, answer), True


def questions(chat: ChatSession) -> list[str]:
    return [exchange.question for exchange in chat.exchanges]


@pytest.fixture
def kept_in(tmp_path: Path) -> Conversations:
    return Conversations.open(tmp_path, wait_s=0.05)


def test_what_follows_a_refusal_means_the_question_that_was_refused(sample_chatbot: Chatbot) -> None:
    chat = ChatSession(None)
    for number, question in enumerate(
        ("How long is parental leave?", "Who won the world cup?", "And how long?")
    ):
        chat.ask(question, settings_of(sample_chatbot.config))
        chat.start(number, sample_chatbot)
        job = chat.exchanges[number].job
        assert job is not None
        assert job.done(60)
    trace = chat.exchanges[2].trace
    assert trace is not None
    assert trace.query == "Who won the world cup? And how long?"
    assert trace.gate.verdict != "strong"
    above = part_html("above", chat.exchanges[2], 2, Say("en"))
    assert "Searched as: Who won the world cup? And how long?" in above  # also where it is refused


def test_a_conversation_that_began_with_a_greeting_is_named_after_its_first_question(
    kept_in: Conversations, sample_chatbot: Chatbot
) -> None:
    def asked(chat: ChatSession, *questions: str) -> str:
        for question in questions:
            chat.ask(question, settings_of(sample_chatbot.config))
            chat.start(len(chat.exchanges) - 1, sample_chatbot)
            job = chat.exchanges[-1].job
            assert job is not None
            assert job.done(60)
        assert chat.id is not None
        return kept_in.title(chat.id)

    chat = ChatSession(kept_in)
    assert asked(chat, "안녕하세요") == "안녕하세요"
    assert asked(chat, "반가워요!", "연차는 며칠인가요?") == "연차는 며칠인가요?"
    assert asked(chat, "How long is parental leave?") == "연차는 며칠인가요?"
    named = ChatSession(kept_in)
    asked(named, "Hello!")
    assert named.id is not None
    kept_in.rename(named.id, "Leave")
    assert asked(named, "How long is parental leave?") == "Leave"
    assert asked(ChatSession(kept_in), "How long is parental leave?", "thanks!", "And overtime?").startswith(
        "How long"
    )


@pytest.mark.parametrize("is_kept", [True, False])
def test_versions_are_turned_over_with_what_followed_them_kept_or_not(
    kept_in: Conversations, is_kept: bool
) -> None:
    chat = answered(ChatSession(kept_in if is_kept else None), "A", "B", "C")
    chat.ask_again(1, "B2")
    finish(chat, 1)
    answered(chat, "C2")
    assert questions(chat) == ["A", "B2", "C2"]
    assert [e.version for e in chat.exchanges] == [(1, 1), (2, 2), (1, 1)]
    chat.show_version(1, 1, CONFIG)
    chat.catch_up(CONFIG)
    assert questions(chat) == ["A", "B", "C"]
    assert [e.version for e in chat.exchanges] == [(1, 1), (1, 2), (1, 1)]
    for nowhere in (0, 3, -1):
        chat.show_version(1, nowhere, CONFIG)
    assert questions(chat) == ["A", "B", "C"]
    chat.show_version(1, 2, CONFIG)
    assert questions(chat) == ["A", "B2", "C2"]
    if is_kept:
        assert chat.id is not None
        assert [e.record.question for e in kept_in.exchanges(chat.id)] == ["A", "B2", "C2"]


def test_what_is_asked_and_not_kept_yet_stays_shown_whatever_the_database_says(
    kept_in: Conversations,
) -> None:
    chat = answered(ChatSession(kept_in), "A", "B", "C")
    for thumb in (1, -1):  # each is a change, and what is chosen gets the number of one in the database
        chat.rate(1, 0, thumb)
    chat.ask_again(1)
    finish(chat, 1)
    chat.ask_again(1, "B edited")  # before the page has looked at what was kept
    assert chat.catch_up(CONFIG)
    assert questions(chat) == ["A", "B edited"]
    finish(chat, 1)
    assert chat.catch_up(CONFIG)
    assert questions(chat) == ["A", "B edited"]
    assert chat.exchanges[1].version == (3, 3)


def test_a_conversation_comes_back_with_its_versions_and_reads_only_what_is_shown(
    kept_in: Conversations,
) -> None:
    chat = answered(ChatSession(kept_in), "A", "B")
    chat.ask_again(0, "A2")
    finish(chat, 0)
    assert chat.id is not None
    again = open_chat(chat.id, CONFIG, kept_in)
    assert again is not None
    assert questions(again) == ["A2"]
    assert again.exchanges[0].version == (2, 2)
    again.show_version(0, 1, CONFIG)
    assert questions(again) == ["A", "B"]
    assert [e.trace and e.trace.received for e in again.exchanges] == ["Because. [1]"] * 2


def test_windows_of_one_process_show_the_same_conversation(kept_in: Conversations, tmp_path: Path) -> None:
    chat = answered(ChatSession(kept_in), "A")
    assert chat.id is not None
    first, second = (open_chat(chat.id, CONFIG, kept_in) for _ in range(2))
    assert first is second
    assert open_chat(chat.id, CONFIG, Conversations.open(tmp_path, "somebody else")) is None


def test_windows_of_two_processes_both_ask_and_each_sees_the_others_at_its_next_run(
    of_either_engine: Config,
) -> None:
    one = answered(ChatSession(Conversations.open(of_either_engine)), "A")
    two = ChatSession(
        Conversations.open(of_either_engine), one.id
    )  # as another process has it, on another machine
    two.catch_up(CONFIG)
    for chat, question in ((one, "mine"), (two, "theirs")):
        chat.ask(question, SETTINGS)
    finish(one, 1, "")
    finish(two, 1)
    finish(one, 1)
    for chat in (one, two):
        chat.catch_up(CONFIG)
        assert questions(chat) == ["A", "mine", "theirs"]
        assert [e.trace and e.trace.received for e in chat.exchanges] == ["Because. [1]"] * 3
    one.rate(2, 0, -1)
    one.say_why(2, "sources", "old rules")
    two.catch_up(CONFIG)
    assert (two.exchanges[2].ratings[0], two.exchanges[2].why, two.exchanges[2].words) == (
        -1,
        "sources",
        "old rules",
    )


def test_what_cannot_be_kept_is_said_and_kept_as_soon_as_it_can_be(
    kept_in: Conversations, tmp_path: Path
) -> None:
    chat = answered(ChatSession(kept_in), "A")
    other = sqlite3.connect(tmp_path / TABLES.file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    answered(chat, "B", "C")
    chat.ask_again(1, "B2")
    finish(chat, 1)
    assert "another process is using" in chat.not_kept
    assert questions(chat) == ["A", "B2"], "the chat goes on"
    chat.catch_up(CONFIG)
    assert "another process is using" in chat.not_kept
    other.execute("ROLLBACK")
    other.close()
    chat.catch_up(CONFIG)
    assert chat.not_kept == ""
    assert chat.id is not None
    assert [(e.record.question, e.versions) for e in kept_in.exchanges(chat.id)] == [
        ("A", (0,)),
        ("B2", (1, 3)),
    ]
    kept_in.choose(chat.id, 2)
    assert [e.record.question for e in kept_in.exchanges(chat.id)] == ["A", "B", "C"]


def test_it_is_kept_without_anybody_looking_at_the_page(kept_in: Conversations, tmp_path: Path) -> None:
    chat = answered(ChatSession(kept_in), "A")
    other = sqlite3.connect(tmp_path / TABLES.file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    answered(chat, "B")
    other.execute("ROLLBACK")
    other.close()
    assert chat.id is not None
    assert chat.wait_until_kept(60)
    assert [e.record.question for e in kept_in.exchanges(chat.id)] == ["A", "B"]


def test_a_question_without_an_answer_comes_back_as_interrupted(kept_in: Conversations) -> None:
    chat = ChatSession(kept_in)
    chat.ask("A", SETTINGS)
    chat.keep(chat.exchanges[0], record_of(chat.exchanges[0], ""))
    assert chat.id is not None
    number = chat.id
    del chat
    again = open_chat(number, CONFIG, kept_in)
    assert again is not None
    (exchange,) = again.exchanges
    assert (exchange.question, exchange.failed, exchange.settled) == ("A", "cut off", True)


def test_a_conversation_that_is_deleted_in_another_window_is_said_to_be_gone(kept_in: Conversations) -> None:
    chat = answered(ChatSession(kept_in), "A")
    assert chat.id is not None
    kept_in.delete(chat.id)
    answered(chat, "B")
    assert "no longer kept" in chat.not_kept
    assert chat.is_gone
    assert chat.wait_until_kept(0), "nobody tries again"
    assert questions(chat) == ["A", "B"], "nothing is taken from the page"
    assert open_chat(chat.id, CONFIG, kept_in) is None
