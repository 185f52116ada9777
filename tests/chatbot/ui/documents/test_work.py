"""Changes of the index, one after the other: waiting, under way, stopped."""

from __future__ import annotations

import time
from pathlib import Path

from chatbot.errors import StoreBusy
from chatbot.ui.documents.work import Work
from ingest.report import FileResult, IngestReport


def test_a_second_upload_waits_for_the_first_and_can_be_stopped_before_its_turn(tmp_path: Path) -> None:
    order: list[str] = []

    def slow(work: Work) -> IngestReport:
        while not work.stopping:
            time.sleep(0.01)
        order.append("first")
        return IngestReport()

    def quick(work: Work) -> IngestReport:
        order.append("stopped" if work.stopping else "second")
        return IngestReport()

    first = Work("upload", 1, tmp_path, slow)
    second, third = (Work("upload", 1, tmp_path, quick) for _ in range(2))
    elsewhere = Work("upload", 1, tmp_path / "other", quick)
    elsewhere.outcome()
    assert order == ["second"]
    assert second.waiting
    assert second.under_way
    second.stop()
    first.stop()
    third.outcome()
    assert order == ["second", "first", "stopped", "second"]


def test_another_program_that_writes_is_waited_for_until_somebody_stops_it(tmp_path: Path) -> None:
    busy = iter([True, True, False])

    def action(work: Work) -> IngestReport:
        if next(busy, True):
            raise StoreBusy("the index is being written by process 7; wait for it to finish, then try again")
        return IngestReport(indexed=[FileResult("uploads/a.txt")])

    work = Work("upload", 1, tmp_path, action)
    assert work.outcome().value
    waiting = Work("upload", 1, tmp_path, action)
    while not waiting.held_up:
        time.sleep(0.01)
    waiting.stop()
    assert isinstance(waiting.outcome().error, StoreBusy)
