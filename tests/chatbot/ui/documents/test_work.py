"""Changes of the index, one after the other: waiting, under way, stopped."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from chatbot.errors import StoreBusy
from chatbot.ui.documents import work_report
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


def page_with_work(done: bool):  # type: ignore[no-untyped-def]  # only its source is used
    from pathlib import Path

    import streamlit as st

    from chatbot.rendering.words import Say
    from chatbot.ui.documents.work import Work, add_work
    from chatbot.ui.documents.work_report import draw_works
    from ingest.report import IngestReport

    st.session_state.runs = st.session_state.get("runs", 0) + 1
    if done and st.session_state.runs == 1:
        work = Work("upload", 1, Path("store"), lambda work: IngestReport())
        work.outcome()
        add_work(work)
    draw_works(Say("en"))


def test_the_page_is_drawn_anew_after_work_that_had_ended_before_it_was_drawn() -> None:
    """What was drawn before it, the list of documents for example, is of the time before the work."""
    page = AppTest.from_function(page_with_work, default_timeout=60, kwargs={"done": True}).run()
    assert page.session_state.runs == 2
    assert page.run().session_state.runs == 3


def test_the_page_is_drawn_once_more_when_a_timer_asks_after_all_work_has_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = iter([True])
    monkeypatch.setattr(work_report, "_is_looked_at_alone", lambda: next(asked, False))
    page = AppTest.from_function(page_with_work, default_timeout=60, kwargs={"done": False}).run()
    assert page.session_state.runs == 2
