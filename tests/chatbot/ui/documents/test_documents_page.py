"""The Documents page: adding, stopping, finding, choosing, removing; without a browser."""

from __future__ import annotations

import shutil
import time
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from llama_index.core.embeddings import MockEmbedding
from playwright.sync_api import WebSocketRoute, expect
from streamlit.testing.v1 import AppTest

from chatbot.config import Config
from chatbot.engine import Chatbot
from chatbot.errors import StoreBusy
from chatbot.rendering.words import Say
from chatbot.retrieval.embeddings import store_identity
from chatbot.store import Store
from chatbot.store.records import DocumentRow
from chatbot.ui.documents import document_list, index_changes
from chatbot.ui.documents.amounts import counted, name_html, shortened, size
from chatbot.ui.documents.document_rows import Order, Status, find_rows, summary
from chatbot.ui.documents.work import Work
from ingest.pipeline import run
from ingest.report import FileResult, IngestReport, Progress
from ingest.watching.notes import WatcherNote
from visit import Visitor


def documents_page(config, chatbot, language):  # type: ignore[no-untyped-def]  # only its source is used
    from chatbot.rendering.words import Say
    from chatbot.ui.documents.documents_page import draw_documents_page, draw_under_way

    draw_under_way(Say(language))
    draw_documents_page(config, chatbot, Say(language))


Open = Callable[..., AppTest]
STREAMLITS_OWN = ("Browse", "Upload", "Drag and drop", "per file", "No results", "Select all", "required")
SEEN = """main => {
  const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT), seen = []
  while (walker.nextNode()) {
    const style = getComputedStyle(walker.currentNode.parentElement)
    if (style.fontSize !== '0px' && !['STYLE', 'SCRIPT'].includes(walker.currentNode.parentElement.tagName)) seen.push(walker.currentNode.data)
  }
  return seen.join(' ')
}"""
ORDERS: tuple[Order, ...] = ("newest", "size", "pages", "chunks")
EMBEDDING = MockEmbedding(embed_dim=4)  # every text is (0.5, 0.5, 0.5, 0.5)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """Five small documents in an index; no model is loaded for it."""
    folder = tmp_path_factory.mktemp("documents") / "docs"
    folder.mkdir()
    for name in ("handbook.md", "prices.csv", "guide.md", "manual.txt", "glossary.txt"):
        (folder / name).write_text(f"# {name}\n\nWhat {name} says.", "utf-8")
    config = Config().with_(store=folder.parent / "store")
    run(config, [folder], embedding=EMBEDDING)
    return config


@pytest.fixture
def config(made: Config, tmp_path: Path) -> Config:
    """Those in an index of the test's own."""
    shutil.copytree(made.store, tmp_path / "store")
    return made.with_(store=tmp_path / "store")


@pytest.fixture
def open_page() -> Iterator[Open]:
    stores: list[Store] = []

    def start(config: Config, language: str = "en") -> AppTest:
        chatbot = None
        if config.store.exists():
            stores.append(Store.open(config.store, store_identity(config)))
            chatbot = Chatbot(config, stores[-1], EMBEDDING)
        given = {"config": config, "chatbot": chatbot, "language": language}
        return AppTest.from_function(documents_page, default_timeout=60, kwargs=given).run()

    yield start
    for store in stores:
        store.close()


def html(page: AppTest) -> str:
    assert not page.exception
    return "\n".join(str(element.proto.body) for element in page.get("html"))


def finished(page: AppTest) -> AppTest:
    """The page after all work that it started."""
    for work in page.session_state["work"]:
        work.outcome()
    return page.run()


def add(page: AppTest, files: dict[str, bytes], where: int = 0) -> AppTest:
    page.file_uploader[where].set_value([(name, data, "text/plain") for name, data in files.items()]).run()
    return page


def row_of(name: str, **changes: Any) -> DocumentRow:
    row = DocumentRow(
        f"docs/{name}", Path(f"/d/{name}"), "", "", "indexed", "", "pdf", "", 10, 1, "2026-01-01", 2
    )
    return replace(row, **changes)


def test_refused_files_are_no_documents_and_one_is_one() -> None:
    rows = [row_of("a.pdf", chunks=1), row_of("b.pdf", chunks=0, status="refused")]
    assert summary(rows, Say("en")) == "1 document · 1 passage · 1 refused"
    assert (
        summary([*rows, row_of("c.pdf", chunks=1200)], Say("en"))
        == "2 documents · 1,201 passages · 1 refused"
    )
    assert summary(rows, Say("ko")) == "문서 1개 · 발췌문 1개 · 거절 1개"
    assert counted(Say("en"), "one_page", "more_pages", 0) == "0 pages"


def test_documents_are_found_by_name_folder_and_type_and_sorted() -> None:
    rows = [
        row_of("b.pdf", bytes=3, pages=9),
        row_of("sub/회의록.docx", format="docx", bytes=1),
        row_of("A.txt", bytes=2, chunks=7, status="partial", indexed_at="2026-02-01"),
    ]
    decomposed = unicodedata.normalize("NFD", "회의")

    def names(
        wanted: str = "", status: Status | None = None, order: Order = "name", upside_down: bool = False
    ) -> str:
        return " ".join(row.name for row in find_rows(rows, wanted, status, order, upside_down))

    assert names() == "A.txt b.pdf 회의록.docx"
    assert names(upside_down=True) == "회의록.docx b.pdf A.txt"
    assert [names(order=o).split()[0] for o in ORDERS] == [
        "A.txt", "b.pdf", "b.pdf", "A.txt",
    ]  # fmt: skip
    assert names(decomposed) == names("SUB docx") == "회의록.docx"
    assert names(status="partial") == "A.txt"


def test_long_names_keep_their_end_and_sizes_are_read_at_a_glance() -> None:
    assert shortened("short.pdf") == "short.pdf"
    long = shortened("a" * 100 + "-final.pdf", 30)
    assert len(long) == 30
    assert long.endswith("-final.pdf")
    assert len(shortened("가" * 100 + ".hwpx", 30)) <= 18  # a syllable takes two columns
    assert 'title="&lt;b&gt;/x' in name_html("x" * 99, "<b>/x")
    assert [size(n) for n in (12, 3000, 1_300_000, 500 * 1024**2)] == ["12 B", "3 KB", "1.2 MB", "500 MB"]


def test_files_are_added_with_the_reason_for_every_refusal_and_their_bytes_are_let_go(
    open_page: Open, config: Config
) -> None:
    page = open_page(config)
    assert "5 documents" in html(page)
    page = finished(
        add(
            page,
            {"rules.md": b"# Rules\n\nKeep it warm.", "empty.txt": b"", "a.zip": b"PK\x05\x06" + b"\0" * 18},
        )
    )
    shown = html(page)
    assert "6 documents" in shown
    assert "2 refused" in shown
    assert "refused: The file is empty." in shown
    assert "refused: This is a zip archive" in shown
    assert "indexed · 1 passage<" in shown
    (work,) = page.session_state["work"]
    assert not work.under_way
    assert not page.file_uploader[0].value  # a fresh one
    page.button(key="dismiss-0").click().run()
    assert "refused: The file is empty." not in html(page)
    assert "빈 파일이라" in html(open_page(config, "ko"))  # in the list, in the person's language


def test_a_folder_keeps_its_folders_without_what_systems_leave_in_it(open_page: Open, config: Config) -> None:
    files = {
        "f/a/n.txt": b"one",
        "f/b/n.txt": b"two",
        "f/.git/config": b"no",
        "f/~$n.docx": b"no",
        "f/Thumbs.db": b"no",
    }
    page = finished(add(open_page(config), files, where=1))
    (work,) = page.session_state["work"]
    assert sorted(f.path for f in work.outcome().value.indexed) == ["uploads/f/a/n.txt", "uploads/f/b/n.txt"]


def test_files_of_one_name_do_not_replace_each_other() -> None:
    taken = index_changes._numbered(
        [("n.txt", b"1"), ("n.txt", b"2"), ("n.txt", b"1"), ("n", b"3"), ("n", b"4")]
    )
    assert taken == [("n.txt", b"1"), ("n (2).txt", b"2"), ("n", b"3"), ("n (2)", b"4")]


def test_too_many_and_too_large_are_refused_in_a_sentence(
    open_page: Open, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_changes, "MOST_FILES", 1)
    page = add(open_page(config), {"a.txt": b"1", "b.txt": b"2"})
    assert "These are 2 files and up to 1 can be added at a time." in html(page)
    monkeypatch.setattr(index_changes, "MOST_BYTES", 2)
    page = add(page, {"a.txt": b"123"})
    assert "Together they have 3 B and up to 2 B can be added at a time." in html(page)
    page = add(page, {".hidden": b"1"})
    assert "There was no file to add." in html(page)
    assert "work" not in page.session_state or page.session_state["work"] == []


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


def test_progress_names_the_file_and_each_refusal_while_it_goes_on(open_page: Open, config: Config) -> None:
    page = open_page(config)
    report = IngestReport(refused=[FileResult("uploads/<b>.pdf", "The file is empty. Nothing to index.")])

    def action(work: Work) -> IngestReport:
        work.on_progress(Progress(1, 3, 12, "uploads/now.pdf", report, 2))
        while not work.stopping:
            time.sleep(0.01)
        return report

    work = Work("upload", 3, config.store, action)
    page.session_state["work"] = [work]
    while work.progress is None:
        time.sleep(0.01)
    shown = html(page.run())
    assert "Adding 3 files" in shown
    assert "1 of 3 · 2 read · 12 passages · now.pdf" in shown
    assert "&lt;b&gt;.pdf" in shown
    assert "refused: The file is empty." in shown
    page.button(key="stop-work-0").click().run()
    work.outcome()
    assert "stopped; what was done by then stays" in html(page.run())


def test_removing_asks_once_says_what_comes_back_and_forgets_the_document(
    open_page: Open, config: Config
) -> None:
    page = open_page(config)
    page.text_input(key="find_document").set_value("handbook").run()
    assert "prices.csv" not in html(page)
    (pick,) = [box for box in page.checkbox if "handbook" in box.label]
    pick.check().run()
    page.button(key="chat_with_these").click().run()
    assert page.session_state["settings"].filters == ("docs/handbook.md",)
    page.button(key="remove").click().run()
    shown = html(page)
    assert "Remove handbook.md from the index?" in shown
    assert "1 comes from a folder and returns" in shown
    page.button(key="keep").click().run()
    assert "cannot be undone" not in html(page)
    page.button(key="remove").click().run()
    page.button(key="remove_now").click().run()
    page = finished(page)
    assert page.text_input(key="find_document").value == ""
    assert page.session_state["settings"].filters == ()
    assert "4 documents" in html(page)
    assert "Removing 1 document" in html(page)


def test_chosen_documents_are_read_again(open_page: Open, config: Config) -> None:
    page = open_page(config)
    page.checkbox(key="pick_screen").check().run()
    assert "5 chosen" in html(page)
    page.button(key="read_again").click().run()
    page = finished(page)
    (work,) = page.session_state["work"]
    assert len(work.outcome().value.indexed) == 5
    assert "Reading 5 documents again" in html(page)


def test_all_documents_are_no_filter(open_page: Open, config: Config) -> None:
    page = open_page(config)
    page.checkbox(key="pick_screen").check().run()
    page.button(key="chat_with_these").click().run()
    assert page.session_state["settings"].filters == ()


def test_ten_thousand_documents_are_one_screen_of_rows(
    open_page: Open, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [row_of(f"{number:05}.pdf") for number in range(10_000)]
    monkeypatch.setattr(document_list, "documents_of", lambda _: rows)
    page = open_page(config)
    assert len(page.checkbox) == document_list.ROWS + 1
    assert "1–25 of 10,000" in html(page)
    page.button(key="last_screen").click().run()
    assert "9,976–10,000 of 10,000" in html(page)
    page.checkbox(key="pick_screen").check().run()
    page.button(key="pick_found").click().run()
    assert "10,000 chosen" in html(page)
    page.text_input(key="find_document").set_value("00042").run()
    assert html(page).count('class="sl-row') == 1
    assert len(page.checkbox) == 2


def test_folders_say_whether_they_are_watched(open_page: Open, config: Config, made: Config) -> None:
    assert "/docs</code>" in html(open_page(config))
    note = WatcherNote(config.store, [made.store.parent])
    assert "watched · looking for the first time" in html(open_page(config))
    note.looked()
    assert "watched · last compared in full at 20" in html(open_page(config))
    note.close()
    assert "지켜보는 프로그램이 없습니다" in html(open_page(config, "ko"))


def test_without_an_index_the_page_invites_to_add_files(open_page: Open, tmp_path: Path) -> None:
    config = Config().with_(store=tmp_path / "new")
    page = open_page(config)
    assert "No documents yet" in html(page)
    assert len(page.file_uploader) == 2
    assert not config.store.exists()


@pytest.mark.browser
def test_a_file_that_the_browser_does_not_send_is_named_and_the_others_are_added(
    visit: Visitor, tmp_path: Path
) -> None:
    page = visit(locale="ko-KR")
    page.page.get_by_role("link", name="문서").click()
    large = tmp_path / "the-whole-conference.pdf"
    with large.open("wb") as file:
        file.truncate(101 * 1024**2)
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.7 and no more")
    page.page.locator('[class*="st-key-upload-"] input').set_input_files([large, tmp_path / "bad.pdf"])
    main = page.page.get_by_test_id("stMain")
    expect(main.locator(".sl-report .sl-no")).to_contain_text("bad.pdf")
    expect(main.locator(".sl-notice")).to_contain_text("the-whole-conference.pdf: 100 MB보다 큽니다")
    expect(page.page.locator(".stFileChip")).to_have_count(0)
    assert not [words for words in STREAMLITS_OWN if words in main.evaluate(SEEN)]


@pytest.mark.browser
def test_a_file_of_which_the_page_hears_nothing_is_named(visit: Visitor, tmp_path: Path) -> None:
    page = visit(locale="ko-KR")

    def forget_addresses(browser_side: WebSocketRoute) -> None:
        """As when a run begins at the wrong moment: the addresses to send files to never arrive."""
        server_side = browser_side.connect_to_server()
        browser_side.on_message(server_side.send)
        server_side.on_message(lambda m: None if b"/_stcore/upload_file" in m else browser_side.send(m))

    page.context.route_web_socket("**/_stcore/stream", forget_addresses)
    page.page.reload()
    page.documents()
    (tmp_path / "notes.md").write_text("# Notes", "utf-8")
    page.page.locator('[class*="st-key-upload-"] input').set_input_files(tmp_path / "notes.md")
    main = page.page.get_by_test_id("stMain")
    expect(main.locator(".sl-notice")).to_contain_text("notes.md")
