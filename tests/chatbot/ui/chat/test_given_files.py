"""Files that come with a question: what has become of each of them, and how long the question waits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from chatbot.conversations import GivenFile
from chatbot.errors import StoreError
from chatbot.rendering.words import Say
from chatbot.ui.chat.asking.given_files import GivenFiles, given_again, given_with
from chatbot.ui.chat.asking.given_view import files_html
from chatbot.ui.documents.index_changes import NotTaken, Uploading
from chatbot.ui.documents.work import Work
from ingest.report import FileResult, IngestReport, Progress

DOCUMENTS = ("uploads/a.md", "uploads/b.pdf", "uploads/c.pdf")


def reading(store: Path, action: Callable[[Work], IngestReport]) -> GivenFiles:
    given = given_with(Uploading(Work("upload", 3, store, action), DOCUMENTS), ["a.md", "b.pdf", "c.pdf"])
    assert given.names == {"a.md": DOCUMENTS[0], "b.pdf": DOCUMENTS[1], "c.pdf": DOCUMENTS[2]}
    return given


def test_each_file_says_what_has_become_of_it_while_it_is_read_and_afterwards(tmp_path: Path) -> None:
    report, goes_on, told = IngestReport(), threading.Event(), threading.Event()
    report.indexed.append(FileResult(DOCUMENTS[0]))

    def action(work: Work) -> IngestReport:
        work.on_progress(Progress(1, 3, 1, DOCUMENTS[1], report))
        told.set()
        assert goes_on.wait(60)
        report.partial.append(FileResult(DOCUMENTS[1], "Page 2 is a scan."))
        report.refused.append(FileResult(DOCUMENTS[2], "It is broken. Add another version."))
        return report

    given = reading(tmp_path, action)
    assert told.wait(60)
    assert given.is_waiting
    assert given.files() == (GivenFile("a.md", DOCUMENTS[0]), GivenFile("b.pdf"), GivenFile("c.pdf"))
    goes_on.set()
    given.wait(lambda: False)
    assert not given.is_waiting
    assert given.files() == (
        GivenFile("a.md", DOCUMENTS[0]),
        GivenFile("b.pdf", DOCUMENTS[1], "Page 2 is a scan."),
        GivenFile("c.pdf", "", "It is broken. Add another version."),
    )
    assert given.documents() == DOCUMENTS[:2]
    again = given_again(given.files())
    assert again is not None
    assert again.files() == given.files()
    assert not again.is_waiting


def test_nobody_waits_who_hurries_or_has_stopped(tmp_path: Path) -> None:
    ends = threading.Event()

    def action(_: Work) -> IngestReport:
        assert ends.wait(60)
        return IngestReport()

    given = reading(tmp_path, action)
    given.wait(lambda: True)
    assert given.is_waiting, "it is read all the same"
    given.hurry()
    given.wait(lambda: False)
    assert not given.is_waiting
    ends.set()


def test_files_that_could_not_be_read_at_all_say_why(tmp_path: Path) -> None:
    def action(_: Work) -> IngestReport:
        raise StoreError("the disk is full; make room")

    given = reading(tmp_path, action)
    given.wait(lambda: False)
    assert {file.reason for file in given.files()} == {"the disk is full; make room"}
    assert given.documents() == ()


def test_files_that_are_not_taken_say_so_in_both_languages() -> None:
    given = given_with(NotTaken("upload_too_many", {"count": "600", "most": 500}), ["a.md"])
    assert not given.is_waiting
    for language, words in (("en", "These are 600 files"), ("ko", "600개입니다")):
        shown = files_html(given.files(), Say(language))  # type: ignore[arg-type]
        assert words in shown
        assert "sl-given-no" in shown


def test_a_files_name_is_text() -> None:
    shown = files_html([GivenFile("<img src=x onerror=alert(1)>.md", "", "<b>")], Say("en"))
    assert "<img" not in shown
    assert "<b>&lt;img" in shown.replace("\u200b", "")
