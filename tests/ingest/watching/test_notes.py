"""Who keeps an index current: a note that lives as long as its program."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ingest.watching.notes import WatcherNote, watched

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
