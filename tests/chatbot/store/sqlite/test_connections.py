from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from chatbot.errors import StoreBusy, StoreError
from chatbot.store import Store
from chatbot.store.folder_lock import writer_lock
from paths import ROOT


@contextmanager
def _held_elsewhere(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the writer lock until it is told to end."""
    script = f"""
import sys
from pathlib import Path
from chatbot.store.folder_lock import writer_lock
with writer_lock(Path({str(folder)!r}), 0):
    print("held", flush=True)
    sys.stdin.read()
"""
    holder = subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        try:
            yield holder
        finally:
            holder.kill()


def test_a_second_writer_in_another_process_learns_who_is_writing(store: Store, tools: Any) -> None:
    with _held_elsewhere(store.folder) as holder:
        with pytest.raises(StoreBusy, match=rf"process {holder.pid}\b.*try again"), store.writing(wait_s=0.1):
            pass
        assert tools.texts(store, "x") == []  # readers do not wait


def test_a_killed_writer_leaves_no_lock(store: Store, tools: Any) -> None:
    with _held_elsewhere(store.folder) as holder:
        holder.send_signal(signal.SIGKILL)
        assert holder.wait(30) == -signal.SIGKILL
        with store.writing(wait_s=0.1) as writer:
            writer.replace(*tools.document("a", ["alpha"]))
            assert (store.folder / "writer.pid").read_text() == str(os.getpid())
    assert not (store.folder / "writer.pid").exists()


def test_a_writer_killed_inside_a_transaction_leaves_the_index_as_it_was(store: Store, tools: Any) -> None:
    tools.put(store, "a", "alpha", "beta")
    script = f"""
import os, sys
from pathlib import Path
from chatbot.store import Store, StoreIdentity
from chatbot.store.sqlite.store import SqliteStore
store = SqliteStore.open(Path({str(store.folder)!r}), StoreIdentity({tools.identity.embedding!r}, "x"))
with store.writing() as writer, writer.transaction() as sequence:
    assert writer._bury("a", sequence)
    os.kill(os.getpid(), 9)
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert sorted(tools.texts(store, "x")) == ["alpha", "beta"]
    assert tools.lexical_texts(store, "alpha") == ["alpha"]
    assert store.faults() == []
    tools.put(store, "a", "gamma")
    assert tools.texts(store, "x") == ["gamma"]


def test_a_waiting_writer_goes_on_when_the_first_one_ends(store: Store, tools: Any) -> None:
    with _held_elsewhere(store.folder) as holder:
        entered = threading.Event()

        def write() -> None:
            with store.writing(wait_s=60) as writer:
                writer.replace(*tools.document("a", ["alpha"]))
            entered.set()

        waiting = threading.Thread(target=write)
        waiting.start()
        assert not entered.wait(0.2)
        assert holder.stdin is not None
        holder.stdin.close()
        waiting.join(60)
    assert tools.texts(store, "x") == ["alpha"]


def test_two_threads_never_write_at_once(store: Store, tools: Any) -> None:
    inside, most = 0, 0
    count = threading.Lock()

    def write(number: int) -> None:
        nonlocal inside, most
        for turn in range(5):
            with store.writing(wait_s=60) as writer:
                with count:
                    inside += 1
                    most = max(most, inside)
                writer.replace(*tools.document(f"{number}-{turn}", [f"{number} {turn}"]))
                with count:
                    inside -= 1

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
    with store.reading() as view:
        assert len(view.documents()) == 20


def test_a_thread_that_is_writing_gets_busy_when_it_asks_again(store: Store) -> None:
    with store.writing(), pytest.raises(StoreBusy, match=str(os.getpid())), store.writing(wait_s=0.05):
        pass
    with store.writing(wait_s=0):
        pass


def test_an_error_inside_releases_the_lock(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.writing():
        raise ZeroDivisionError
    with store.writing(wait_s=0):
        pass
    assert not (store.folder / "writer.pid").exists()


def test_a_holder_that_left_no_name_is_another_process(tmp_path: Path) -> None:
    with writer_lock(tmp_path, 0):
        (tmp_path / "writer.pid").write_text("garbage")
        with pytest.raises(StoreBusy, match="another process"), writer_lock(tmp_path, 0.05):
            pass


def test_a_folder_that_cannot_be_locked_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="cannot be written"), writer_lock(tmp_path / "file", 0):
        pass
    (tmp_path / "writer.pid").mkdir()
    with pytest.raises(StoreError, match="cannot be written"), writer_lock(tmp_path, 0):
        pass
    (tmp_path / "writer.pid").rmdir()
    with writer_lock(tmp_path, 0):  # and the lock was not kept
        pass
