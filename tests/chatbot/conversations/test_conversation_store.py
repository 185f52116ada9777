"""Conversations come back as they were, are found, rated and deleted, in a folder and in PostgreSQL."""

from __future__ import annotations

import json
import threading
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chatbot.config import Config
from chatbot.conversations import AskedWith, Conversations, ExchangeRecord
from chatbot.conversations.schema import TABLES
from chatbot.errors import ConversationsError
from chatbot.store.tables import open_tables


def talk(conversations: Conversations, *records) -> int:
    number = conversations.create()
    for record in records:
        conversations.add(number, record)
    return number


def test_an_exchange_comes_back_exactly(conversations, record, place: Config) -> None:
    saved = record(state="interrupted", reason="the server went away; try again")
    number = talk(conversations, saved)
    (found,) = Conversations.open(place).exchanges(number)
    assert found.record == saved
    assert (found.position, found.rating, found.source_ratings) == (0, 0, {})
    assert found.record.sources[0].candidate is found.record.candidates[0]


def test_the_list_has_the_latest_first_with_its_first_question_as_title(conversations, record) -> None:
    old = talk(conversations, record("긴 질문 " * 30), record("둘째"))
    new = talk(conversations, record("new\n  question"))
    conversations.create()  # nothing was asked: not listed
    rows = conversations.list()
    assert [(row.id, row.exchanges) for row in rows] == [(new, 1), (old, 2)]
    assert rows[0].title == conversations.title(new) == "new question"
    assert len(rows[1].title) == 60
    assert rows[1].title.endswith("…")
    assert rows[0].updated.tzinfo is not None
    conversations.add(old, record("셋째"))
    assert [row.id for row in conversations.list()] == [old, new]


def test_a_title_can_be_given_and_taken_back(conversations, record) -> None:
    number = talk(conversations, record("첫 질문"))
    conversations.rename(number, "  휴가\n규정 ")
    assert conversations.list()[0].title == "휴가 규정"
    conversations.rename(number, " ")
    assert conversations.list()[0].title == "첫 질문"


@pytest.mark.parametrize(
    "search",
    [
        "연차",
        "차휴",
        "VACATION",
        "휴가 days",
        "15일",
        unicodedata.normalize("NFD", "연차"),
        "100%",
        "내 제목",
        " ",
    ],
)
def test_a_search_finds_parts_of_words_in_questions_answers_and_titles(conversations, record, search) -> None:
    talk(conversations, record("Budget?", "42 [1]"))
    number = talk(
        conversations,
        record("연차휴가는 며칠?", "15일입니다. [1]"),
        record("How many Vacation days?", "100% of them [1]"),
    )
    conversations.rename(number, "내 제목")
    found = [row.id for row in conversations.list(search)]
    assert (found == [number]) if search.strip() else len(found) == 2


@pytest.mark.parametrize("search", ["연가", "1_0", "15%", "연차 budget", "'; DROP TABLE exchange; --"])
def test_a_search_finds_nothing_that_is_not_there(conversations, record, search) -> None:
    talk(conversations, record("연차휴가는 며칠?", "15일입니다. [1]"))
    talk(conversations, record("Budget?", "1000 [1]"))
    assert conversations.list(search) == ()
    assert len(conversations.list()) == 2


def test_a_pinned_conversation_stays_at_the_head_of_the_list(conversations, record) -> None:
    old, middle, new = (talk(conversations, record(name)) for name in ("alpha", "beta", "gamma"))
    before = {row.id: row.updated for row in conversations.list()}
    conversations.pin(old)
    assert [(row.id, row.pinned) for row in conversations.list()] == [
        (old, True),
        (new, False),
        (middle, False),
    ]
    assert {row.id: row.updated for row in conversations.list()} == before, "nothing was asked in it"
    assert [row.id for row in conversations.list("BETA")] == [middle]
    conversations.pin(old, False)
    assert [row.id for row in conversations.list()] == [new, middle, old]


def test_what_a_person_has_chosen_is_kept_for_that_person(place: Config) -> None:
    mine, theirs = Conversations.open(place, "a@example"), Conversations.open(place, "b@example")
    mine.keep_setting("settings", "1")
    mine.keep_setting("settings", "2")
    assert Conversations.open(place, "a@example").settings() == {"settings": "2"}
    assert theirs.settings() == {}


def test_ratings_are_kept_changed_and_cleared(conversations, record, place: Config) -> None:
    number = talk(conversations, record())
    conversations.rate(number, 0, 1)
    conversations.rate(number, 0, -1, chunk_id=101)
    conversations.rate(number, 0, 1, chunk_id=102)
    conversations.rate(number, 0, 0, chunk_id=102)
    (found,) = Conversations.open(place).exchanges(number)
    assert (found.rating, found.source_ratings) == (1, {101: -1})
    conversations.rate(number, 0, -1)
    assert conversations.rated()[0].rating == -1
    conversations.rate(number, 0, 0)
    conversations.rate(number, 0, 0, chunk_id=101)
    assert conversations.rated() == ()


def test_ratings_stay_with_what_was_rated(conversations, record) -> None:
    number = talk(conversations, record())
    conversations.rate(number, 0, 1)
    conversations.rate(number, 0, -1, chunk_id=101)
    conversations.save(number, 0, record(checks=None))  # the same answer, checked later
    assert conversations.exchanges(number)[0].rating == 1
    conversations.save(number, 0, record(answer="다른 답 [1]"))
    (found,) = conversations.exchanges(number)
    assert (found.rating, found.source_ratings) == (0, {101: -1})


def test_a_thumb_down_says_why_where_a_person_says_so(conversations, record, place: Config) -> None:
    number = talk(conversations, record())
    conversations.rate(number, 0, -1)
    assert conversations.exchanges(number)[0].why == ""
    conversations.rate(number, 0, -1, why="sources", words=f" 낡은\n 규정입니다{'x' * 600}")
    (found,) = Conversations.open(place).exchanges(number)
    assert (found.why, found.words[:8], len(found.words)) == ("sources", "낡은 규정입니다", 500)
    conversations.rate(number, 0, 1)
    assert conversations.exchanges(number)[0].words == "", "a reason goes with its thumb"
    with pytest.raises(ValueError, match="its reason one of"):
        conversations.rate(number, 0, -1, why="no such")


def test_everybody_has_their_own(conversations, record, place: Config) -> None:
    mine, theirs = Conversations.open(place, "a@example"), Conversations.open(place, "b@example")
    number = talk(mine, record())
    mine.rate(number, 0, 1)
    assert theirs.list() == conversations.list() == theirs.rated() == ()
    for touch in (
        lambda: theirs.exchanges(number),
        lambda: theirs.rename(number, "x"),
        lambda: theirs.delete(number),
        lambda: theirs.rate(number, 0, -1),
        lambda: theirs.save(number, 0, record()),
        lambda: theirs.add(number, record()),
        lambda: theirs.choose(number, 0),
        lambda: theirs.pin(number),
        lambda: theirs.branches(number),
        lambda: theirs.changes(number),
    ):
        with pytest.raises(ConversationsError, match="no longer kept"):
            touch()
    assert theirs.delete_all() == 0
    assert [e.rating for e in Conversations.open(place, owner=None).rated()] == [1]
    assert mine.delete_all() == 1


@pytest.mark.parametrize("number", [0, -1, 7, 2**63, 10**30])
def test_a_number_from_an_old_address_finds_nothing(conversations, number: int) -> None:
    with pytest.raises(ConversationsError, match="no longer kept"):
        conversations.exchanges(number)


def test_nothing_empty_is_kept(record) -> None:
    with pytest.raises(ValueError, match="not kept"):
        record(answer=" \n")
    with pytest.raises(ValueError, match="not kept"):
        record(" ", state="interrupted")


def test_a_question_is_kept_before_there_is_an_answer(conversations, record, place: Config) -> None:
    settings, asked_at = AskedWith("extractive", "", 5, 2, True), datetime(2026, 11, 29, 7, tzinfo=UTC)
    asked = ExchangeRecord.unanswered("연차는 며칠?", settings, "the server was ended", asked_at)
    number = talk(conversations, asked)
    (found,) = Conversations.open(place).exchanges(number)
    assert found.record == asked
    assert (found.record.state, found.record.received, found.record.refused) == ("interrupted", "", False)
    assert [row.title for row in conversations.list("며칠")] == ["연차는 며칠?"]
    conversations.save(number, 0, record("연차는 며칠?"))
    assert conversations.exchanges(number)[0].record.state == "complete"


def test_half_a_surrogate_pair_does_not_lose_the_answer(conversations, record) -> None:
    number = talk(conversations, record(answer="good \ud83d [1] \x00 \U0001f600"))
    (found,) = conversations.exchanges(number)
    assert found.record.received == "good \ufffd [1] \x00 \U0001f600"
    assert len(conversations.list("good \ud83d")) == 1


def test_many_threads_lose_nothing(conversations, record) -> None:
    saved = record()
    errors: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(5):
                number = talk(conversations, saved, saved)
                conversations.rate(number, 1, 1)
                conversations.list("연차")
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(conversations.rated()) == 30


def test_a_record_of_another_version_is_read_as_far_as_it_is_known(
    conversations, record, place: Config
) -> None:
    number = talk(conversations, record())
    with open_tables(place, TABLES).writing() as connection:
        content = json.loads(connection.execute("SELECT content FROM record").fetchone()[0])
        content["gate"]["new"] = content["candidates"][0]["scores"]["new"] = 1
        del content["second_look"]["scored"]
        connection.execute("UPDATE record SET content = ?", (json.dumps(content),))
    (found,) = conversations.exchanges(number)
    assert found.record == record(
        asked_at=found.record.asked_at, second_look=replace(record().second_look, scored=0)
    )


def test_a_damaged_record_names_the_way_out(conversations, record, place: Config) -> None:
    number = talk(conversations, record())
    with open_tables(place, TABLES).writing() as connection:
        connection.execute("UPDATE record SET content = ?", ('{"question": 1}',))
    with pytest.raises(ConversationsError, match="delete the conversation"):
        conversations.exchanges(number)
    conversations.delete(number)
    assert conversations.list() == ()


def test_a_restored_exchange_has_all_that_the_page_reads_of_an_answer(sample_chatbot, conversations) -> None:
    from chatbot.conversations import fingerprints_of, record_of
    from chatbot.conversations.record import Trace

    answer = sample_chatbot.ask("Word2Vec 에 대해서 알려줄래?", k=8)
    llm = sample_chatbot.config.llm
    settings = AskedWith.of(llm, 8, 3, True)
    assert record_of(answer, settings) is None  # not a word yet
    next(iter(answer))
    half = record_of(answer, settings, state="stopped")
    assert half is not None
    assert answer.text.startswith(half.received)
    made = record_of(answer, settings, fingerprints=fingerprints_of(sample_chatbot))
    assert made is not None
    restored = conversations.exchanges(talk(conversations, made))[0].record
    names = [name for name in dir(Trace) if not name.startswith("_")]
    assert "candidates" in names
    for name in names:
        if name != "sources":
            assert getattr(restored, name) == getattr(answer, name), name
    uncited = [replace(s, candidate=replace(s.candidate, cited=False)) for s in restored.sources]
    assert uncited == list(answer.sources)
    assert {s.number for s in restored.sources if s.candidate.cited} == set(answer.citations)
    assert len(restored.fingerprints.embedding_sha256) == len(restored.fingerprints.reranker_sha256) == 64
    assert replace(restored, asked_at=made.asked_at) == made
