"""What the chat shows before anything can be asked, and that nothing of it is a false alarm."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from llama_index.core.embeddings import MockEmbedding
from streamlit.testing.v1 import AppTest

from chatbot.config import Config
from chatbot.ui.documents.first_visit import can_be_written
from chatbot.ui.documents.work import Work
from chatbot.ui.server import PAGE
from ingest.pipeline import run

SCRIPT = str(PAGE)
Open = Callable[[Path], AppTest]


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    def start(store: Path) -> AppTest:
        monkeypatch.setattr(sys, "argv", [SCRIPT, "--store", str(store)])
        return AppTest.from_file(SCRIPT, default_timeout=120).run()

    yield start
    st.cache_resource.clear()


def html(page: AppTest) -> str:
    assert not page.exception
    parts = [*page.main.get("html"), *page.sidebar.get("html")]
    return "\n".join(str(element.proto.body) for element in parts)


def test_an_index_from_which_everything_was_removed_is_an_empty_one(open_page: Open, tmp_path: Path) -> None:
    config = Config().with_(store=tmp_path / "store")
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.md").write_text("# A\n\nOne sentence.")
    run(config, [folder], embedding=MockEmbedding(embed_dim=384))
    (folder / "a.md").unlink()
    run(config, [folder], embedding=MockEmbedding(embed_dim=384))
    page = open_page(config.store)
    assert "No documents yet" in html(page)
    assert "sl-warn" not in html(page)
    assert page.get("file_uploader")


def test_where_no_document_could_be_read_each_says_why_and_what_to_do(
    open_page: Open, tmp_path: Path
) -> None:
    config = Config().with_(store=tmp_path / "store")
    folder = tmp_path / "docs"
    folder.mkdir()
    for number in range(10):
        (folder / f"<b>{number}.pdf").write_bytes(b"%PDF-1.7 and no more" + bytes([number]))
    run(config, [folder], embedding=MockEmbedding(embed_dim=384))
    page = open_page(config.store)
    shown = html(page)
    assert "None of the 10 documents could be read" in shown
    assert "No documents yet" not in shown
    assert shown.count('<li class="sl-no">') == 8
    assert "2 more: the Documents page says why." in shown
    assert "&lt;b&gt;0.pdf" in shown
    assert "sl-warn" not in shown
    assert not page.chat_input


def test_a_refusal_is_told_once_among_what_became_of_the_files_that_were_added(
    open_page: Open, tmp_path: Path
) -> None:
    config, folder = Config().with_(store=tmp_path / "store"), tmp_path / "docs"
    folder.mkdir()
    for number in range(2):
        (folder / f"broken{number}.pdf").write_bytes(b"%PDF-1.7 and no more" + bytes([number]))
    report = run(config, [folder], embedding=MockEmbedding(embed_dim=384))
    page = open_page(config.store)
    assert html(page).count("broken0.pdf</b>") == 1
    work = Work("upload", 2, config.store, lambda _: report)
    assert work.done(30)
    page.session_state["work"] = [work]
    shown = html(page.run())
    assert "None of the 2 documents could be read" in shown
    assert shown.count("broken0.pdf</b>") == shown.count("broken1.pdf</b>") == 1
    assert "</ul><p>" not in shown  # no empty list above what helps


def test_a_folder_that_cannot_be_written_is_said_before_anything_is_added(
    open_page: Open, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    shown = html(open_page(tmp_path / "file" / "store"))
    assert "The index folder cannot be written" in shown
    assert str(tmp_path / "file" / "store") in shown
    assert "No documents yet" not in shown


def test_a_folder_that_is_not_there_yet_can_be_written_where_it_can_be_made(tmp_path: Path) -> None:
    assert can_be_written(tmp_path)
    assert can_be_written(tmp_path / "a" / "b")
    (tmp_path / "file").write_text("")
    assert not can_be_written(tmp_path / "file")
    assert not can_be_written(tmp_path / "file" / "b")
