"""Changes of one index are fair among people: who waits is not behind all that somebody else has brought."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import Config
from chatbot.errors import StoreBusy
from chatbot.ui.documents.work import Work
from fakes.ngram_embedding import NgramEmbedding
from index_reading import statuses
from ingest.report import FileResult, IngestReport, Progress
from ingest.turns import change, parts
from ingest.turns.parts import upload_in_parts
from ingest.turns.queue import Turns

MANY = 200


@pytest.fixture(autouse=True)
def _short_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """A turn is over after one file; how long a file takes is of no account then."""
    monkeypatch.setattr(change, "_TURN_S", 0.0)


def _one_a_turn(name: str, count: int, order: list[str]) -> Callable[[Work], IngestReport]:
    left = [f"{name}{number}" for number in range(count)]

    def action(work: Work) -> IngestReport:
        report = IngestReport()
        while left:
            order.append(left[0])
            report.indexed.append(FileResult(left.pop(0)))
            work.on_progress(Progress(report.files, count, 0, "", report))
            if work.should_end():
                break
        work.has_more = bool(left)
        return report

    return action


@pytest.fixture
def gate(tmp_path: Path) -> Any:
    """Work that holds the index until it is told to end: everything after it is queued before it begins."""
    opened = threading.Event()

    def wait(_: Work) -> IngestReport:
        opened.wait()
        return IngestReport()

    Work("upload", 1, tmp_path, wait, "gate")
    return opened


def test_a_small_file_of_a_third_person_comes_before_what_two_others_have_in_the_queue(
    tmp_path: Path, gate: threading.Event
) -> None:
    order: list[str] = []
    many = [Work("upload", MANY, tmp_path, _one_a_turn(name, MANY, order), name) for name in "ab"]
    one = Work("upload", 1, tmp_path, _one_a_turn("c", 1, order), "c")
    gate.set()
    assert one.outcome().value
    reports = [work.outcome().value for work in many]
    assert order.index("c0") <= 2
    assert order[:7] == ["a0", "b0", "c0", "a1", "b1", "a2", "b2"]
    assert [report.files for report in reports if report] == [MANY, MANY]
    assert len(order) == len(set(order)) == 2 * MANY + 1
    assert [work.progress.files for work in many if work.progress] == [MANY, MANY]


def test_what_one_person_brings_stays_in_order(tmp_path: Path, gate: threading.Event) -> None:
    order: list[str] = []
    first = Work("upload", 5, tmp_path, _one_a_turn("a", 5, order), "ann")
    second = Work("upload", 1, tmp_path, _one_a_turn("b", 1, order), "ann")
    other = Work("upload", 1, tmp_path, _one_a_turn("c", 1, order), "bob")
    gate.set()
    for each in (first, second, other):
        each.outcome()
    assert order == ["a0", "c0", "a1", "a2", "a3", "a4", "b0"]


def test_who_is_alone_is_not_interrupted(tmp_path: Path, gate: threading.Event) -> None:
    turns: list[int] = []
    inner = _one_a_turn("a", MANY, [])

    def action(work: Work) -> IngestReport:
        turns.append(1)
        return inner(work)

    alone = Work("upload", MANY, tmp_path, action, "ann")
    gate.set()
    alone.outcome()
    assert len(turns) == 1


def test_whoever_comes_again_and_again_does_not_keep_others_from_their_turn() -> None:
    turns = Turns()
    turns.join("patient", 1)
    with turns.turn("patient", 1):
        pass
    turns.join("patient", 2)
    turns.join("eager", 1)
    assert turns.is_next("eager", 1)  # whoever never had a turn comes first, once
    with turns.turn("eager", 1):
        turns.join("eager", 2)
    assert turns.is_next("patient", 2)
    assert not turns.is_next("eager", 2)
    assert turns.others_wait("patient")


def test_an_action_that_fails_lets_the_next_one_in(tmp_path: Path) -> None:
    def fails(_: Work) -> IngestReport:
        raise RuntimeError("a bug")

    failed = Work("upload", 1, tmp_path, fails, "a")
    with pytest.raises(RuntimeError):
        failed.outcome()
    assert Work("upload", 1, tmp_path, _one_a_turn("b", 1, []), "b").outcome().value


def test_real_uploads_of_two_people_take_turns_and_a_third_is_searchable_first(
    tmp_path: Path, gate: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = Config().with_(store=tmp_path)
    monkeypatch.setattr(parts, "FILES_AT_ONCE", 4)

    def upload(person: str, count: int) -> Work:
        given = [(f"{person}/{number:02}.txt", f"{person} {number}".encode()) for number in range(count)]
        return Work("upload", count, tmp_path, upload_in_parts(config, NgramEmbedding(), given), person)

    ann, bob, eve = upload("ann", 12), upload("bob", 12), upload("eve", 1)
    gate.set()
    assert [result.path for result in _report(eve).indexed] == ["uploads/eve/00.txt"]
    assert "uploads/eve/00.txt" in statuses(config)
    assert _report(ann).files == _report(bob).files == 12
    assert len(statuses(config)) == 25
    assert _report(ann).notes == []


def test_an_upload_that_finds_the_index_busy_loses_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, tries = parts.uploads.upload, iter([True, False])

    def busy_once(*arguments: Any) -> IngestReport:
        if next(tries, False):
            raise StoreBusy("the index is being written by process 7; wait for it to finish, then try again")
        return real(*arguments)

    monkeypatch.setattr(parts.uploads, "upload", busy_once)
    config = Config().with_(store=tmp_path / "store")
    given = [("a.txt", b"a"), ("b.txt", b"b")]
    done = Work("upload", 2, config.store, upload_in_parts(config, NgramEmbedding(), given), "ann")
    assert [result.path for result in _report(done).indexed] == ["uploads/a.txt", "uploads/b.txt"]


def _report(work: Work) -> IngestReport:
    report = work.outcome().value
    assert report is not None
    return report
