"""Conversations come back as they were, are found, rated and truly deleted; a broken file breaks nothing else."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chatbot.conversations import AskedWith, Conversations, ExchangeRecord
from chatbot.conversations.schema import DATABASE, STEPS
from chatbot.errors import ConversationsError


def talk(conversations: Conversations, *records) -> int:
    number = conversations.create()
    for record in records:
        conversations.add(number, record)
    return number


def bytes_of(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.iterdir()))


def test_an_exchange_comes_back_exactly(conversations, record, tmp_path: Path) -> None:
    saved = record(state="interrupted", reason="the server went away; try again")
    number = talk(conversations, saved)
    (found,) = Conversations.open(tmp_path).exchanges(number)
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


def test_what_a_person_has_chosen_is_kept_for_that_person(tmp_path: Path) -> None:
    mine, theirs = Conversations.open(tmp_path, "a@example"), Conversations.open(tmp_path, "b@example")
    mine.keep_setting("settings", "1")
    mine.keep_setting("settings", "2")
    assert Conversations.open(tmp_path, "a@example").settings() == {"settings": "2"}
    assert theirs.settings() == {}


def test_ratings_are_kept_changed_and_cleared(conversations, record, tmp_path: Path) -> None:
    number = talk(conversations, record())
    conversations.rate(number, 0, 1)
    conversations.rate(number, 0, -1, chunk_id=101)
    conversations.rate(number, 0, 1, chunk_id=102)
    conversations.rate(number, 0, 0, chunk_id=102)
    (found,) = Conversations.open(tmp_path).exchanges(number)
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


def test_a_thumb_down_says_why_where_a_person_says_so(conversations, record, tmp_path: Path) -> None:
    number = talk(conversations, record())
    conversations.rate(number, 0, -1)
    assert conversations.exchanges(number)[0].why == ""
    conversations.rate(number, 0, -1, why="sources", words=f" 낡은\n 규정입니다{'x' * 600}")
    (found,) = Conversations.open(tmp_path).exchanges(number)
    assert (found.why, found.words[:8], len(found.words)) == ("sources", "낡은 규정입니다", 500)
    conversations.rate(number, 0, 1)
    assert conversations.exchanges(number)[0].words == "", "a reason goes with its thumb"
    assert "낡은".encode() not in bytes_of(tmp_path)
    with pytest.raises(ValueError, match="its reason one of"):
        conversations.rate(number, 0, -1, why="no such")


def test_everybody_has_their_own(conversations, record, tmp_path: Path) -> None:
    mine, theirs = Conversations.open(tmp_path, "a@example"), Conversations.open(tmp_path, "b@example")
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
    assert [e.rating for e in Conversations.open(tmp_path, owner=None).rated()] == [1]
    assert mine.delete_all() == 1


@pytest.mark.parametrize("number", [0, -1, 7, 2**63, 10**30])
def test_a_number_from_an_old_address_finds_nothing(conversations, number: int) -> None:
    with pytest.raises(ConversationsError, match="no longer kept"):
        conversations.exchanges(number)


def test_the_deleted_leaves_no_byte_behind(conversations, record, tmp_path: Path) -> None:
    """Small and large texts, among others that stay, in the file and its log; with another reader's connection open."""
    canaries, kept = [], []
    for n in range(16):
        marks = [f"canary-{kind}-{n:03d}-{'x' * 20}" for kind in ("question", "answer", "passage", "title")]
        filler = "가나다 " * (3 if n % 3 else 900)
        number = talk(
            conversations,
            record(f"{marks[0]} {filler}", f"{marks[1]} {filler}", f"{marks[2]} {filler}"),
            record(f"second {marks[0]}", f"{filler} {marks[1]}"),
        )
        conversations.rename(number, marks[3])
        if n % 2:
            canaries += marks
            conversations.rate(number, 0, -1, why="wrong", words=marks[1])
            conversations.delete(number)
        else:
            kept += marks
    with sqlite3.connect(tmp_path / DATABASE) as other:  # its log stays while somebody is connected
        other.execute("SELECT count(*) FROM exchange").fetchone()
        number = talk(conversations, record("canary-last"))
        conversations.delete(number)
        content = bytes_of(tmp_path)
    other.close()
    assert not [mark for mark in [*canaries, "canary-last"] if mark.encode() in content]
    assert all(mark.encode() in content for mark in kept)


def test_the_file_is_private(conversations, record, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        open_folder = tmp_path / "other"
        talk(Conversations.open(open_folder), record())
        with sqlite3.connect(open_folder / DATABASE) as other:
            other.execute("SELECT * FROM conversation").fetchall()
            files = list(open_folder.iterdir())
            assert len(files) >= 3  # the log and its index, too
            assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
        other.close()
    finally:
        os.umask(before)
    (tmp_path / DATABASE).chmod(0o644)
    Conversations.open(tmp_path)
    assert stat.S_IMODE((tmp_path / DATABASE).stat().st_mode) == 0o600


def test_no_key_or_address_is_kept(conversations, record, tmp_path: Path) -> None:
    from chatbot.config import LLMConfig

    llm = LLMConfig(
        backend="openai-like", model="m", options={"api_base": "http://u:canary@h", "api_key": "canary"}
    )
    number = talk(conversations, record(settings=AskedWith.of(llm, 5, 2, True, ["docs"])))
    assert b"canary" not in bytes_of(tmp_path)
    assert conversations.exchanges(number)[0].record.settings.model == "m"


def test_nothing_empty_is_kept(record) -> None:
    with pytest.raises(ValueError, match="not kept"):
        record(answer=" \n")
    with pytest.raises(ValueError, match="not kept"):
        record(" ", state="interrupted")


def test_a_question_is_kept_before_there_is_an_answer(conversations, record, tmp_path: Path) -> None:
    settings, asked_at = AskedWith("extractive", "", 5, 2, True), datetime(2026, 11, 29, 7, tzinfo=UTC)
    asked = ExchangeRecord.unanswered("연차는 며칠?", settings, "the server was ended", asked_at)
    number = talk(conversations, asked)
    (found,) = Conversations.open(tmp_path).exchanges(number)
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


def test_two_processes_may_begin_at_once_and_neither_loads_streamlit(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from chatbot.conversations import Conversations\n"
        "c = Conversations.open(Path(sys.argv[1]))\n"
        "for _ in range(20): c.create()\n"
        "assert not {'streamlit', 'torch', 'llama_index.core'} & sys.modules.keys()\n"
    )
    processes = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) for _ in range(2)]
    assert [process.wait(120) for process in processes] == [0, 0]
    with sqlite3.connect(tmp_path / DATABASE) as connection:
        assert connection.execute("SELECT count(*) FROM conversation").fetchone() == (40,)
    connection.close()


def test_a_locked_file_is_said_to_be_so_and_works_afterwards(record, tmp_path: Path) -> None:
    conversations = Conversations.open(tmp_path, wait_s=0.05)
    number = talk(conversations, record())
    other = sqlite3.connect(tmp_path / DATABASE, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(ConversationsError, match="another process is using .*; try again"):
        conversations.add(number, record())
    assert len(conversations.list()) == 1  # reading goes on
    other.execute("ROLLBACK")
    other.close()
    conversations.add(number, record())
    assert len(conversations.exchanges(number)) == 2


@pytest.mark.parametrize("damage", [b"no database at all" * 100, b""])
def test_a_damaged_file_is_one_sentence_and_stays_as_it_is(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / DATABASE).write_bytes(damage)
    if damage:
        with pytest.raises(
            ConversationsError, match=r"conversations are not saved: .* is damaged .*; move it away"
        ):
            Conversations.open(tmp_path)
        assert (tmp_path / DATABASE).read_bytes() == damage
    else:  # an empty file is a database without tables
        assert Conversations.open(tmp_path).list() == ()
        with sqlite3.connect(tmp_path / DATABASE) as other:
            assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        other.close()


def test_damage_in_the_middle_is_one_sentence(conversations, record, tmp_path: Path) -> None:
    number = talk(conversations, *[record(text="x" * 5000)] * 5)
    content = bytearray((tmp_path / DATABASE).read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    (tmp_path / DATABASE).write_bytes(content)
    with pytest.raises(ConversationsError, match="is damaged|no longer kept"):
        conversations.exchanges(number)
    with pytest.raises(ConversationsError):
        conversations.list()


def test_a_record_of_another_version_is_read_as_far_as_it_is_known(
    conversations, record, tmp_path: Path
) -> None:
    number = talk(conversations, record())
    with sqlite3.connect(tmp_path / DATABASE) as other:
        other.execute(
            "UPDATE record SET content = json_set(content, '$.gate.new', 1, '$.candidates[0].scores.new', 2)"
        )
        other.execute("UPDATE record SET content = json_remove(content, '$.second_look.scored')")
    other.close()
    (found,) = conversations.exchanges(number)
    assert found.record == record(
        asked_at=found.record.asked_at, second_look=replace(record().second_look, scored=0)
    )


def test_a_damaged_record_names_the_way_out(conversations, record, tmp_path: Path) -> None:
    number = talk(conversations, record())
    with sqlite3.connect(tmp_path / DATABASE) as other:
        other.execute("UPDATE record SET content = '{\"question\": 1}'")
    other.close()
    with pytest.raises(ConversationsError, match="delete the conversation"):
        conversations.exchanges(number)
    conversations.delete(number)
    assert conversations.list() == ()


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConversationsError, match="cannot be used .*check the free space and its permissions"):
        Conversations.open(tmp_path / "file" / "store")


def test_a_file_that_is_deleted_meanwhile_is_made_anew(conversations, record, tmp_path: Path) -> None:
    number = talk(conversations, record())
    (tmp_path / DATABASE).unlink()
    assert conversations.list() == ()
    with pytest.raises(ConversationsError, match="no longer kept; begin a new one"):
        conversations.add(number, record())
    assert talk(conversations, record()) == 1


def test_a_newer_version_is_refused_and_an_older_one_brought_up(
    conversations, monkeypatch, record, tmp_path: Path
) -> None:
    number = talk(conversations, record())
    before = conversations.exchanges(number)
    steps = (*STEPS, lambda connection: connection.execute("ALTER TABLE conversation ADD COLUMN colour TEXT"))
    with monkeypatch.context() as newer:
        newer.setattr("chatbot.conversations.database.Database.steps", steps)
        assert Conversations.open(tmp_path).exchanges(number) == before
    with pytest.raises(ConversationsError, match="has version 3, this program reads 2; use a newer version"):
        Conversations.open(tmp_path)


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
