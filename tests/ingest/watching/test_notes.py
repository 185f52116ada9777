"""Who keeps an index current: a note that lives as long as its program."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from chatbot.config import Config
from chatbot.store.tables import open_tables
from ingest.watching import shared_notes
from ingest.watching.notes import WatcherNote, leave_note, watched

KILLED = """
import os, signal, sys
from pathlib import Path
from ingest.watching.notes import WatcherNote
WatcherNote(Path(sys.argv[1]), [Path("/somewhere")])
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_note_says_what_is_watched_and_when_it_was_looked_at(tmp_path: Path) -> None:
    assert watched(tmp_path) == []
    note = WatcherNote(tmp_path, [tmp_path / "docs"])
    (found,) = watched(tmp_path)
    assert found.paths == ((tmp_path / "docs").resolve(),)
    assert found.looked_at is None
    note.looked()
    (found,) = watched(tmp_path)
    assert found.looked_at is not None
    note.close()
    assert watched(tmp_path) == []
    assert list((tmp_path / "watchers").iterdir()) == []


def test_the_note_of_a_program_that_was_killed_does_not_count(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert list((tmp_path / "watchers").glob("*.json"))
    assert watched(tmp_path) == []


def test_where_no_note_can_be_left_watching_goes_on(tmp_path: Path) -> None:
    (tmp_path / "watchers").write_text("a file in its place")
    note = WatcherNote(tmp_path, [tmp_path])
    note.looked()
    note.close()
    assert watched(tmp_path) == []


@pytest.fixture
def shared(postgres: str, tmp_path: Path) -> Config:
    del postgres
    return Config.model_validate(
        {"store": {"backend": "postgres", "path": tmp_path / "store", "schema": tmp_path.name[:40]}}
    )


def test_beside_an_index_in_postgresql_every_machine_sees_the_note(
    shared: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert watched(shared) == []
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr("platform.node", lambda: "other")
        note = leave_note(shared, [tmp_path / "docs"])
    (found,) = watched(shared)
    assert (found.paths, found.looked_at, found.machine) == (((tmp_path / "docs").resolve(),), None, "other")
    note.looked()
    assert watched(shared)[0].looked_at is not None
    mine = leave_note(shared, [tmp_path])
    assert [note.machine for note in watched(shared)] == ["other", ""]
    for each in (note, mine):
        each.close()
    assert watched(shared) == []
    assert not (shared.store / "watchers").exists()


def test_a_note_that_nobody_signs_any_more_does_not_count_and_is_taken_away(
    shared: Config, tmp_path: Path
) -> None:
    first = leave_note(shared, [tmp_path])
    with open_tables(shared, shared_notes._TABLES).writing() as connection:
        connection.execute("UPDATE watcher SET signed_at = now() - interval '31 seconds'")
    assert watched(shared) == []
    second = leave_note(shared, [tmp_path])
    assert len(watched(shared)) == 1
    first.looked()  # it lives after all: its note is written anew
    assert len(watched(shared)) == 2
    first.close()
    second.close()


def test_where_the_server_cannot_be_reached_watching_goes_on(
    shared: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECONDLOOK_DSN", "host=127.0.0.1 port=1")
    note = leave_note(shared, [tmp_path])
    note.looked()
    assert watched(shared) == []
    note.close()
