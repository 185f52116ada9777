"""The file of conversations is private and truly forgets; a broken one breaks nothing else."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from chatbot.conversations import AskedWith, Conversations
from chatbot.conversations.schema import TABLES
from chatbot.errors import ConversationsError


@pytest.fixture
def conversations(tmp_path: Path) -> Conversations:
    return Conversations.open(tmp_path)


def talk(conversations: Conversations, *records) -> int:
    number = conversations.create()
    for record in records:
        conversations.add(number, record)
    return number


def bytes_of(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.iterdir()))


def test_a_reason_that_was_taken_back_leaves_no_byte_behind(conversations, record, tmp_path: Path) -> None:
    number = talk(conversations, record())
    conversations.rate(number, 0, -1, why="sources", words="낡은 규정입니다")
    assert "낡은".encode() in bytes_of(tmp_path)
    conversations.rate(number, 0, 1)
    assert "낡은".encode() not in bytes_of(tmp_path)


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
    with sqlite3.connect(tmp_path / TABLES.file) as other:  # its log stays while somebody is connected
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
        with sqlite3.connect(open_folder / TABLES.file) as other:
            other.execute("SELECT * FROM conversation").fetchall()
            files = list(open_folder.iterdir())
            assert len(files) >= 3  # the log and its index, too
            assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
        other.close()
    finally:
        os.umask(before)
    (tmp_path / TABLES.file).chmod(0o644)
    Conversations.open(tmp_path)
    assert stat.S_IMODE((tmp_path / TABLES.file).stat().st_mode) == 0o600


def test_no_key_or_address_is_kept(conversations, record, tmp_path: Path) -> None:
    from chatbot.config import LLMConfig

    llm = LLMConfig(
        backend="openai-like", model="m", options={"api_base": "http://u:canary@h", "api_key": "canary"}
    )
    number = talk(conversations, record(settings=AskedWith.of(llm, 5, 2, True, ["docs"])))
    assert b"canary" not in bytes_of(tmp_path)
    assert conversations.exchanges(number)[0].record.settings.model == "m"


def test_two_processes_may_begin_at_once_and_neither_loads_streamlit(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from chatbot.conversations import Conversations\n"
        "c = Conversations.open(Path(sys.argv[1]))\n"
        "for _ in range(20): c.create()\n"
        "assert not {'streamlit', 'torch', 'llama_index.core'} & sys.modules.keys()\n"
    )
    processes = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) for _ in range(2)]
    assert [process.wait(120) for process in processes] == [0, 0]
    with sqlite3.connect(tmp_path / TABLES.file) as connection:
        assert connection.execute("SELECT count(*) FROM conversation").fetchone() == (40,)
    connection.close()


def test_a_locked_file_is_said_to_be_so_and_works_afterwards(record, tmp_path: Path) -> None:
    conversations = Conversations.open(tmp_path, wait_s=0.05)
    number = talk(conversations, record())
    other = sqlite3.connect(tmp_path / TABLES.file, isolation_level=None)
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
    (tmp_path / TABLES.file).write_bytes(damage)
    if damage:
        with pytest.raises(
            ConversationsError, match=r"conversations are not saved: .* is damaged .*; move it away"
        ):
            Conversations.open(tmp_path)
        assert (tmp_path / TABLES.file).read_bytes() == damage
    else:  # an empty file is a database without tables
        assert Conversations.open(tmp_path).list() == ()
        with sqlite3.connect(tmp_path / TABLES.file) as other:
            assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        other.close()


def test_damage_in_the_middle_is_one_sentence(conversations, record, tmp_path: Path) -> None:
    number = talk(conversations, *[record(text="x" * 5000)] * 5)
    content = bytearray((tmp_path / TABLES.file).read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    (tmp_path / TABLES.file).write_bytes(content)
    with pytest.raises(ConversationsError, match="is damaged|no longer kept"):
        conversations.exchanges(number)
    with pytest.raises(ConversationsError):
        conversations.list()


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConversationsError, match="cannot be used .*check the free space and its permissions"):
        Conversations.open(tmp_path / "file" / "store")


def test_a_file_that_is_deleted_meanwhile_is_made_anew(conversations, record, tmp_path: Path) -> None:
    number = talk(conversations, record())
    (tmp_path / TABLES.file).unlink()
    assert conversations.list() == ()
    with pytest.raises(ConversationsError, match="no longer kept; begin a new one"):
        conversations.add(number, record())
    assert talk(conversations, record()) == 1


def test_a_newer_version_is_refused_and_an_older_one_brought_up(
    conversations, monkeypatch, record, tmp_path: Path
) -> None:
    number = talk(conversations, record())
    before = conversations.exchanges(number)
    steps = (
        *TABLES.steps,
        lambda connection: connection.execute("ALTER TABLE conversation ADD COLUMN colour TEXT"),
    )
    with monkeypatch.context() as newer:
        newer.setattr("chatbot.conversations.conversation_store.TABLES", replace(TABLES, steps=steps))
        assert Conversations.open(tmp_path).exchanges(number) == before
    with pytest.raises(ConversationsError, match="has version 3, this program reads 2; use a newer version"):
        Conversations.open(tmp_path)
