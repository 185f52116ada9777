"""A real observer on real folders; every wait is for a condition, with a deadline."""

from __future__ import annotations

import errno
import inspect
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from watchdog.events import FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.polling import PollingObserver

from chatbot.config import Config
from chatbot.errors import ConfigError, ModelMismatch, StoreError, StoreMissing
from chatbot.retrieval.embeddings import store_identity
from chatbot.store import create_store, open_store
from chatbot.store.sqlite.store import SqliteStore
from ingest.pipeline import run
from ingest.report import IngestReport
from ingest.watching import watch
from ingest.watching.places import Place
from ingest.watching.watch import Timing, Watcher

Write = Callable[..., Path]

PATIENCE_S = 60  # two busy cores; every wait ends as soon as its condition holds
QUICK = Timing(quiet=0.05, at_most=0.5, tick=0.1, retry=0.1, poll=0.1)


def _until(holds: Callable[[], Any], what: str = "the expected") -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, f"{what} did not come"
        time.sleep(0.02)


class Watched:
    """A watcher in a thread, and what it told."""

    def __init__(self, config: Config, *paths: Path, **more: Any) -> None:
        self.reports: list[IngestReport] = []
        self.messages: list[str] = []
        self.error: BaseException | None = None
        self._config = config
        self.watcher = Watcher(config, paths, self.reports.append, self.messages.append, **more)
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Watched:
        self._thread.start()
        _until(lambda: self.reports or self.messages or self.error, "the first run")
        return self

    def __exit__(self, *_: object) -> None:
        self.watcher.stop()
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self.watcher.run()
        except BaseException as error:
            self.error = error

    @property
    def texts(self) -> dict[str, str]:
        try:
            store = open_store(self._config, store_identity(self._config))
        except StoreMissing:
            return {}
        with closing(store), store.reading() as view:
            return {row.uri: view.document_text(row.uri) for row in view.documents()}

    def has(self, **texts: str) -> None:
        """Wait until the index holds exactly these documents of ``docs``: name without suffix -> text."""
        wanted = {f"docs/{name}.txt": text for name, text in texts.items()}
        _until(lambda: self.texts == wanted, f"{wanted}, not {self.texts}: it")

    def told(self, text: str) -> None:
        _until(lambda: any(text in message for message in self.messages), f"{text!r} in {self.messages}")


@pytest.fixture
def watched(config: Config, folder: Path, embedding: Any) -> Iterator[Callable[..., Watched]]:
    def make(*paths: Path, **more: Any) -> Watched:
        return Watched(config, *(paths or (folder,)), **{"embedding": embedding, "timing": QUICK, **more})

    return make


@pytest.fixture(
    params=[Observer, pytest.param(PollingObserver, marks=pytest.mark.slow)], ids=["native", "polling"]
)
def observer(request: pytest.FixtureRequest) -> Any:
    return (lambda: PollingObserver(timeout=0.1)) if request.param is PollingObserver else request.param


def test_every_kind_of_change_reaches_the_index(
    watched: Callable[..., Watched], folder: Path, write: Write, observer: Any, embedding: Any
) -> None:
    a = write("a.txt", "one")
    with watched(observer=observer) as at_work:
        at_work.has(a="one")
        b = write("b.txt", "two")
        at_work.has(a="one", b="two")
        b.write_text("three")
        at_work.has(a="one", b="three")
        b.rename(folder / "c.txt")
        at_work.has(a="one", c="three")
        assert at_work.reports[-1].summary() == "1 renamed (docs/b.txt -> docs/c.txt)"
        (folder / "sub" / "deep").mkdir(parents=True)
        a.rename(folder / "sub" / "deep" / "a.txt")
        at_work.has(c="three", **{"sub/deep/a": "one"})
        write("sub/deep/new.txt", "four")
        at_work.has(c="three", **{"sub/deep/a": "one", "sub/deep/new": "four"})
        shutil.rmtree(folder / "sub")
        at_work.has(c="three")
        (folder / "c.txt").unlink()
        at_work.has()
        assert all(report.news for report in at_work.reports[1:])
        assert at_work.messages == []
        assert at_work.error is None
    assert embedding.texts == ["one", "two", "three", "four"]


def test_changes_made_while_it_works_are_not_lost(
    watched: Callable[..., Watched],
    folder: Path,
    write: Write,
    embedding: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = write("a.txt", "0")
    real_run, number = run, 0

    def run_and_change(*arguments: Any) -> IngestReport:
        nonlocal number
        report = real_run(*arguments)
        if number < 5:
            number += 1
            file.write_text(str(number))  # after it was read, before the run has ended
        return report

    monkeypatch.setattr(watch, "run", run_and_change)
    with watched() as at_work:
        at_work.has(a="5")


def test_a_burst_is_one_run_and_a_stream_does_not_wait_for_its_end(
    watched: Callable[..., Watched], folder: Path, write: Write
) -> None:
    with watched(timing=Timing(quiet=1.0, at_most=2.0, tick=0.1)) as at_work:
        for number in range(50):
            write(f"{number}.txt", "x")
        _until(lambda: len(at_work.reports) == 2)
        assert len(at_work.reports[1].indexed) == 50
        stop = threading.Event()

        def scribble() -> None:
            while not stop.wait(0.05):
                write("log.log", str(time.monotonic()))

        writer = threading.Thread(target=scribble)
        writer.start()
        try:
            write("between.txt", "y")
            _until(
                lambda: "docs/between.txt" in at_work.texts, "a document beside a file that always changes"
            )
        finally:
            stop.set()
            writer.join()


def test_its_own_index_and_reading_files_are_no_changes(
    folder: Path, write: Write, embedding: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = Config().with_(store=folder / "index")
    write("a.txt", "one")
    real_run, runs = run, []

    def counted(*arguments: Any) -> IngestReport:
        runs.append(time.monotonic())
        return real_run(*arguments)

    monkeypatch.setattr(watch, "run", counted)
    with Watched(config, folder, embedding=embedding, timing=QUICK) as at_work:
        write("b.txt", "two")
        _until(lambda: "docs/b.txt" in at_work.texts)
        _until(lambda: not at_work.watcher.is_busy)
        settled = len(runs)
        (folder / "a.txt").read_text()
        write("c.txt", "three")  # comes after whatever the lines above set off
        _until(lambda: "docs/c.txt" in at_work.texts)
        assert settled <= 4
        assert len(runs) <= settled + 2


def test_a_folder_that_goes_away_keeps_its_documents_and_may_come_back(
    watched: Callable[..., Watched], folder: Path, write: Write, observer: Any, tmp_path: Path
) -> None:
    write("a.txt", "one")
    with watched(observer=observer) as at_work:
        at_work.has(a="one")
        folder.rename(tmp_path / "away")
        at_work.told("is not there any more")
        assert at_work.texts == {"docs/a.txt": "one"}
        (tmp_path / "away" / "a.txt").write_text("changed elsewhere")
        (tmp_path / "away").rename(folder)
        at_work.told("is there again")
        at_work.has(a="changed elsewhere")
        shutil.rmtree(folder)
        _until(lambda: len(at_work.messages) >= 3)
        folder.mkdir()
        write("b.txt", "two")
        at_work.has(b="two")


def test_the_empty_place_of_an_unmounted_folder_removes_nothing(
    watched: Callable[..., Watched],
    folder: Path,
    write: Write,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("mounting needs root")
    done = subprocess.run(["mount", "-t", "tmpfs", "none", str(folder)], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"nothing can be mounted here: {done.stderr.strip()}")
    try:
        write("a.txt", "one")
        with watched() as at_work:
            at_work.has(a="one")
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
            at_work.told("is not there any more")
            assert at_work.texts == {"docs/a.txt": "one"}
            subprocess.run(["mount", "-t", "tmpfs", "none", str(folder)], check=True)
            write("b.txt", "two")
            at_work.told("is there again")
            at_work.has(b="two")
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], capture_output=True)


def test_another_device_under_an_empty_folder_means_unmounted(folder: Path, write: Write) -> None:
    """As above without a mount, which a test may not make everywhere."""
    place = Place(folder)
    file = write("a.txt", "one")
    assert (place.look(), place.is_there) == (False, True)
    place._identity = (-1, -1)
    assert (place.look(), place.is_there) == (True, True)  # other files: another disk
    file.unlink()
    assert (place.look(), place.is_there) == (False, True)  # emptied by hand
    place._identity = (-1, -1)
    place.look()
    assert not place.is_there


def test_single_files_and_links_are_watched(
    watched: Callable[..., Watched], folder: Path, write: Write, tmp_path: Path
) -> None:
    file = write("a.txt", "one")
    write("beside.txt", "never asked for")
    (tmp_path / "alias").symlink_to(folder, target_is_directory=True)
    with watched(tmp_path / "alias" / "a.txt") as at_work:
        at_work.has(a="one")
        (tmp_path / "new").write_text("two")
        (tmp_path / "new").replace(file)  # as editors save
        at_work.has(a="two")
        file.unlink()
        at_work.told("is not there any more")
        file.write_text("three")
        at_work.has(a="three")
    with watched(tmp_path / "alias") as at_work:
        write("b.txt", "four")
        at_work.has(a="three", b="four", beside="never asked for")


def test_a_folder_that_may_be_read_only_later_is_watched_from_then_on(
    watched: Callable[..., Watched], folder: Path, write: Write
) -> None:
    """A folder's attributes changing renews the watches below it."""
    write("sub/a.txt", "one")
    with watched() as at_work:
        (folder / "sub").chmod(0o500)
        write("c.txt", "three")
        at_work.has(c="three", **{"sub/a": "one"})
        (folder / "sub").chmod(0o700)
        write("sub/b.txt", "two")
        at_work.has(c="three", **{"sub/a": "one", "sub/b": "two"})


def test_a_busy_index_is_waited_for_and_that_is_said(
    config: Config, watched: Callable[..., Watched], folder: Path, write: Write, embedding: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(inspect.unwrap(SqliteStore.writing), "__defaults__", (0.05,))  # seconds to wait
    write("a.txt", "one")
    run(config, [folder], embedding=embedding)
    store = open_store(config, store_identity(config))
    try:
        with ExitStack() as busy:
            busy.enter_context(store.writing())
            with watched() as at_work:
                at_work.told(f"is being written by process {os.getpid()}")
                write("b.txt", "two")
                for attempt in range(3):
                    _until(lambda: at_work.watcher.is_busy, f"attempt {attempt}")
                    _until(lambda: not at_work.watcher.is_busy)
                assert at_work.reports == []
                assert len(at_work.messages) == 1  # once, not for every attempt
                busy.close()
                at_work.has(a="one", b="two")
    finally:
        store.close()


def test_what_only_fails_later_is_told_and_tried_again(
    watched: Callable[..., Watched], write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a.txt", "one")
    real_run, fails = run, [StoreError("the disk is full; make room")]

    def failing(*arguments: Any) -> IngestReport:
        if at_work.reports and fails:
            raise fails.pop()
        return real_run(*arguments)

    at_work = watched()
    monkeypatch.setattr(watch, "run", failing)
    with at_work:
        write("b.txt", "two")
        at_work.told("the disk is full; make room; trying again by itself")
        at_work.has(a="one", b="two")


def test_what_cannot_start_says_so(
    config: Config, watched: Callable[..., Watched], folder: Path, write: Write, embedding: Any
) -> None:
    with watched(folder / "missing") as at_work:
        pass
    assert isinstance(at_work.error, ConfigError)
    assert not config.store.exists()
    run(config, [folder], embedding=embedding)
    other = config.with_(embedding={"options": {"text_prefix": "other: "}})
    with Watched(other, folder) as at_work:
        pass
    assert isinstance(at_work.error, ModelMismatch)


@pytest.mark.parametrize("when", ["start", "subfolders"])
def test_without_the_systems_reports_it_polls_and_says_so(
    watched: Callable[..., Watched], folder: Path, write: Write, when: str
) -> None:
    class Exhausted(Observer):  # type: ignore[misc, valid-type]
        """As where another program has taken all of inotify's watches, or the subfolders the last of them."""

        def schedule(self, handler: FileSystemEventHandler, path: str, **more: Any) -> Any:
            if when == "start" or path == "/":
                raise OSError(errno.ENOSPC if when == "subfolders" else errno.EMFILE, "none left")
            return super().schedule(handler, path, **more)

    write("a.txt", "one")
    with watched(observer=Exhausted) as at_work:
        at_work.told("the system reports no more changes (none left); looking every 0.1 s instead")
        at_work.has(a="one")
        write("sub/b.txt", "two")
        at_work.has(a="one", **{"sub/b": "two"})
        assert len(at_work.messages) == 1


# real processes


def _start(*arguments: object, **more: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "chatbot", *map(str, arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more,
    )  # fmt: skip


def _is_running(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False


def _children(pid: int) -> list[int]:
    return [int(p) for file in Path(f"/proc/{pid}/task").glob("*/children") for p in file.read_text().split()]


def test_the_command_reports_every_run_and_ends_with_an_interrupt(
    config: Config, folder: Path, write: Write, embedding: Any
) -> None:
    write("a.txt", "one")
    run(config, [folder], embedding=embedding)
    with _start("ingest", folder, "--watch", "--store", config.store, "--json") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            first = json.loads(process.stdout.readline())
            assert [r["path"] for r in first["unchanged"]] == ["docs/a.txt"]
            assert "watching for changes" in " ".join(process.stderr.readline() for _ in range(2))
            (folder / "a.txt").rename(folder / "b.txt")
            second = json.loads(process.stdout.readline())
            assert second["renamed"] == [{"path": "docs/b.txt", "was": "docs/a.txt"}]
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE_S) == 0
            assert "Traceback" not in process.stderr.read()
        finally:
            process.kill()


@pytest.fixture(scope="module", autouse=True)
def second_ingest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[subprocess.Popen[str]]:
    """An ingest into an index that this process writes. It waits ten seconds, so it starts before all tests."""
    folder = tmp_path_factory.mktemp("busy")
    config = Config().with_(store=folder / "store")
    with (
        closing(create_store(config, store_identity(config), 32)) as store,
        store.writing(),
        _start("ingest", folder, "--store", config.store, stdin=subprocess.DEVNULL) as process,
    ):
        yield process
        process.kill()


def test_a_second_ingest_waits_and_then_names_who_writes(second_ingest: subprocess.Popen[str]) -> None:
    told = second_ingest.communicate(timeout=PATIENCE_S)[1]
    assert second_ingest.returncode == 1
    assert f"is being written by process {os.getpid()}; wait for it to finish" in told
    assert "Traceback" not in told


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("how", [signal.SIGTERM, pytest.param(signal.SIGKILL, marks=pytest.mark.slow)])
def test_the_server_and_the_watcher_end_with_the_command(
    config: Config, folder: Path, write: Write, port: int, how: signal.Signals, embedding: Any
) -> None:
    if not Path("/proc/self/task").is_dir():
        pytest.skip("needs /proc to find child processes")
    write("a.txt", "one")
    run(config, [folder], embedding=embedding)
    options = ("--port", port, "--no-browser", "--watch", folder, "--store", config.store)
    with _start("app", *options) as page:
        started: list[int] = []
        try:
            assert page.stdout is not None
            assert any("1 unchanged" in line for line in page.stdout)  # the watcher's first run
            started = _children(page.pid)
            assert len(started) == 2  # the page's server and the watcher
            (folder / "a.txt").rename(folder / "b.txt")
            assert any("1 renamed (docs/a.txt -> docs/b.txt)" in line for line in page.stdout)
            page.send_signal(how)
            page.wait(PATIENCE_S)
            _until(lambda: not any(map(_is_running, started)), "the end of the server and the watcher")
            assert page.returncode == (0 if how == signal.SIGTERM else -how)
        finally:
            page.kill()
            for pid in started:
                if _is_running(pid):
                    os.kill(pid, signal.SIGTERM)
