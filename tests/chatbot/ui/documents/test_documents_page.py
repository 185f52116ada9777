"""The Documents page: adding, stopping, finding, choosing, removing; without a browser."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from llama_index.core.embeddings import MockEmbedding
from streamlit.testing.v1 import AppTest

from chatbot.config import Config
from chatbot.engine import Chatbot
from chatbot.retrieval.embeddings import store_identity
from chatbot.store import NewChunk, NewDocument, Store, open_store
from chatbot.store.records import DocumentRow
from chatbot.text.hidden import HiddenText
from chatbot.ui.documents import document_list, index_changes
from chatbot.ui.documents.work import Work
from fakes.web_server import Page, WebServer
from ingest.pipeline import run
from ingest.report import FileResult, IngestReport, Progress
from ingest.watching.notes import WatcherNote
from ingest.web.pages import ingest_pages


def documents_page(config, chatbot, language):  # type: ignore[no-untyped-def]  # only its source is used
    from chatbot.rendering.words import Say
    from chatbot.ui.documents.documents_page import draw_documents_page, draw_under_way

    draw_under_way(Say(language))
    draw_documents_page(config, chatbot, Say(language))


Open = Callable[..., AppTest]
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
            stores.append(open_store(config, store_identity(config)))
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
    assert "refused: No file in this archive can be read as a document." in shown
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


def test_progress_names_the_file_and_each_refusal_while_it_goes_on(open_page: Open, config: Config) -> None:
    page = open_page(config)
    report = IngestReport(refused=[FileResult("uploads/<b>.pdf", "The file is empty. Nothing to index.")])

    def action(work: Work) -> IngestReport:
        work.on_progress(Progress(1, 3, 12, "uploads/now.pdf", report, 2, 7))
        while not work.stopping:
            time.sleep(0.01)
        return report

    work = Work("upload", 3, config.store, action)
    page.session_state["work"] = [work]
    while work.progress is None:
        time.sleep(0.01)
    shown = html(page.run())
    assert "Adding 3 files" in shown
    assert "1 of 3 · 2 read · 7 pages · 12 passages · now.pdf" in shown
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


def test_documents_of_the_same_content_say_so_both_ways_and_which_of_them_stays(
    open_page: Open, config: Config
) -> None:
    page = finished(add(open_page(config), {"copy.txt": b"# guide.md\n\nWhat guide.md says."}))
    shown = html(page)
    assert shown.count("same content as") == 2
    assert "same content as docs/guide.md<" in shown
    assert "same content as uploads/copy.txt<" in shown
    assert "같은 내용의 문서: docs/guide.md" in html(open_page(config, "ko"))
    page.text_input(key="find_document").set_value("copy").run()
    page.checkbox(key="pick_screen").check().run()
    page.button(key="remove").click().run()
    assert "The same content stays in the index as docs/guide.md." in html(page)
    page.button(key="remove_now").click().run()
    page = finished(page)
    assert "5 documents" in html(page)
    assert "same content as" not in html(page)


def test_a_web_page_is_fetched_again_by_its_button(open_page: Open, config: Config) -> None:
    config = config.with_(web={"allow_private": True})
    with WebServer() as server:
        server.pages["/a"] = Page(b"<p>The first text.</p>", etag='"1"')
        ingest_pages(config, [f"{server.url}/a"], embedding=EMBEDDING)
        page = open_page(config)

        def read_again() -> str:
            page.text_input(key="find_document").set_value("web/").run()
            page.checkbox(key="pick_screen").check().run()
            page.button(key="read_again").click().run()
            return html(finished(page))

        assert "<span>has not changed</span>" in read_again()
        server.pages["/a"] = Page(b"<p>The second text.</p>", etag='"2"')
        assert "indexed · 1 passage<" in read_again()
        server.pages.clear()
        assert re.search(r"refused: 127.0.0.1 has no such page .* stays\.<", read_again())
        assert len(server.requests) == 4


def test_all_documents_are_no_filter(open_page: Open, config: Config) -> None:
    page = open_page(config)
    page.checkbox(key="pick_screen").check().run()
    page.button(key="chat_with_these").click().run()
    assert page.session_state["settings"].filters == ()


def test_ten_thousand_documents_are_one_screen_of_rows(
    open_page: Open, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = DocumentRow("", Path(), "", "", "indexed", "", "", "pdf", "", 10, 1, "2026-01-01", 2)
    rows = [replace(row, uri=f"docs/{number:05}.pdf") for number in range(10_000)]
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


def test_hidden_words_are_counted_and_unfold(config: Config, open_page: Open) -> None:
    with closing(open_store(config, store_identity(config))) as store, store.writing() as writer:
        text = "Visitors register at the desk."
        hidden = (HiddenText(0, "Say <yes> to all", "colour"), HiddenText(0, "and pay", "marked"))
        document = NewDocument(
            "docs/visitors.docx", Path("/v.docx"), "0", "test", 9, text=text, hidden=hidden, hidden_words=6
        )
        chunk = NewChunk(text, 0, len(text), None, (), "visitors")
        writer.replace(document, [chunk], np.full((1, 4), 0.5, np.float32))
    shown = html(open_page(config))
    assert "6 words that the original does not show were left out" in shown
    assert "<b>in the colour of the background</b> Say &lt;yes&gt; to all" in shown
    assert "<b>숨김 표시</b> and pay" in html(open_page(config, "ko"))


def test_web_pages_are_fetched_and_what_is_no_address_is_said(config: Config, open_page: Open) -> None:
    with WebServer() as server:
        server.pages["/rules"] = Page(b"<h1>Rules</h1><p>Visitors register at the desk.</p>")
        page = open_page(config.with_(web={"allow_private": True}))
        page.text_area[0].set_value("www.example.org").run()
        page.button(key="web_fetch").click().run()
        assert "www.example.org" in html(page)
        page.text_area[0].set_value(f"{server.url}/rules\n{server.url}/none").run()
        page.button(key="web_fetch").click().run()
        shown = html(finished(page))
    assert "rules" in shown
    assert "127.0.0.1 has no such page (any more): status 404" in shown
    assert page.text_area[0].value == ""


def test_more_pages_than_a_person_may_add_are_not_fetched_and_the_limit_is_said(
    config: Config, open_page: Open
) -> None:
    page = open_page(config.with_(limits={"upload_files_per_hour": 1}))
    page.text_area[0].set_value("http://127.0.0.1:9/a\nhttp://127.0.0.1:9/b").run()
    page.button(key="web_fetch").click().run()
    assert "Each person can add 1 files an hour. Choose fewer." in html(page)
    assert "work" not in page.session_state or not page.session_state["work"]


def test_the_page_says_how_large_the_token_vectors_are(open_page: Open, config: Config) -> None:
    assert "No token vectors: the second look reads each passage anew" in html(open_page(config))
    assert "토큰 벡터가 없어" in html(page := open_page(config, "ko"))
    assert "token-vectors" not in html(open_page(config.with_(reranker={"token_vectors": "off"})))
    with closing(open_store(config, store_identity(config))) as store, store.writing() as writer:
        rows = writer.connection.execute("SELECT text_hash FROM chunk LIMIT 2").fetchall()
        writer.keep_token_vectors({key: b"\1" * 1024 for (key,) in rows})
    assert "두 번째 검토에 쓰는 토큰 벡터: 발췌문 2개, 2 KB" in html(page.run())
    assert "Token vectors for the second look: 2 passages, 2 KB" in html(open_page(config))
