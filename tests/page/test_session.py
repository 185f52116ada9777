"""The page's logic without a browser: the real script, the real models, one session."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from chatbot.config import Config
from chatbot.ui.launch import config_from
from chatbot.ui.safe import as_text

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = str(ROOT / "streamlit_app.py")
QUESTION = "How many days a week may I work from home?"

Open = Callable[..., AppTest]


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Open:
    """``open_page("--store", folder)``: a fresh session of the page started with these arguments."""

    def start(*arguments: object) -> AppTest:
        monkeypatch.setattr(sys, "argv", [SCRIPT, *map(str, arguments)])
        return AppTest.from_file(SCRIPT, default_timeout=120).run()

    return start


@pytest.fixture(scope="module", autouse=True)
def _leave_nothing_loaded() -> Iterator[None]:
    yield
    st.cache_resource.clear()


def html(page: AppTest, part: str = "main") -> str:
    assert not page.exception
    return "\n".join(str(element.proto.body) for element in getattr(page, part).get("html"))


def ask(page: AppTest, question: str) -> str:
    page.chat_input[0].set_value(question).run()
    return html(page)


def test_without_an_index_the_page_invites_to_add_files(open_page: Open, tmp_path: Path) -> None:
    page = open_page("--store", tmp_path / "none")
    assert "No documents yet" in html(page)
    assert len(page.get("file_uploader")) == 1
    assert not page.chat_input
    assert not (tmp_path / "none").exists()


def test_the_first_upload_makes_the_index_and_opens_the_chat(open_page: Open, tmp_path: Path) -> None:
    page = open_page("--store", tmp_path / "new")
    rules = b"# Greenhouse rules\n\nIn winter the greenhouse is kept at eleven degrees for the lemon trees."
    page.file_uploader[0].set_value(
        [("greenhouse.md", rules, "text/markdown"), ("empty.pdf", b"%PDF-1.7", "application/pdf")]
    ).run()
    beside = html(page, "sidebar")
    assert "greenhouse.md" in beside
    assert "refused: " in beside
    assert as_text("What do the documents say about Greenhouse rules?") in [
        button.label for button in page.button
    ]
    assert "eleven degrees" in ask(page, "How warm is the greenhouse in winter?")


def test_a_wrong_configuration_is_one_sentence(open_page: Open, tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_text('[llm]\nbackendd = "**x** <b>"\n')
    shown = html(open_page("--config", file))
    assert "llm.backendd: Extra inputs are not permitted" in shown
    assert "Traceback" not in shown


def test_the_store_option_wins_over_the_configuration(tmp_path: Path) -> None:
    file = tmp_path / "secondlook.toml"
    file.write_text('store = "elsewhere"\n[retrieval]\nk = 7\n')
    config = config_from(["--config", str(file), "--store", "here"])
    assert (config.store, config.retrieval.k) == (Path("here"), 7)


def test_settings_take_effect_on_the_next_question(open_page: Open, page_config: Config) -> None:
    page = open_page("--store", page_config.store)
    page.slider(key="k").set_value(8)
    page.slider(key="top_n").set_value(2)
    page.multiselect(key="filters").set_value(["data/employee-handbook.pdf"])
    shown = ask(page, QUESTION)
    assert shown.count('class="sl-candidate') == 8
    assert shown.count('<details class="sl-card"') == 2
    assert "reranking-guide.md" not in shown.split('class="sl-question"')[1]
    assert "retrieved 1st → reranked" in shown

    page.toggle(key="rerank").set_value(False)
    again = ask(page, QUESTION).split('class="sl-question"')[2]
    assert "No second look: this is the retrieval order (turned off)" in again
    assert "reranked" not in again.split("sl-inspector")[0]


def test_a_suggestion_is_asked_when_it_is_clicked(open_page: Open, page_config: Config) -> None:
    page = open_page("--store", page_config.store)
    page.button(key="suggestion-0").click().run()
    shown = html(page)
    assert QUESTION in shown
    assert "employee-handbook.pdf" in shown
    page.button(key="new_chat").click().run()
    assert "Ask your own documents" in html(page)


def test_a_follow_up_shows_what_was_searched(open_page: Open, page_config: Config) -> None:
    page = open_page("--store", page_config.store)
    ask(page, "Word2Vec이 뭐야?")
    assert "Searched as: Word2Vec이 뭐야? 그럼 CBOW는?" in ask(page, "그럼 CBOW는?")


def test_an_answer_that_breaks_off_keeps_what_arrived_and_says_why(
    open_page: Open, page_config: Config, fake_llm: Any
) -> None:
    fake_llm.reply = "Three days a week are possible [1]. And then there is a long rest of it that is lost."
    fake_llm.fault = "close"
    page = open_page("--store", page_config.store)
    page.selectbox(key="backend").set_value("openai-like").run()
    page.text_input(key="address-openai-like").set_value(f"{fake_llm.origin}/v1").run()
    shown = ask(page, QUESTION)
    assert "Three days a week" in shown
    assert "The answer was cut short" in shown
    assert '<details class="sl-card"' in shown
    page.selectbox(key="backend").set_value("extractive").run()
    assert "The answer was cut short" in html(page)


def test_a_server_that_never_ends_is_cut(open_page: Open, page_config: Config, fake_llm: Any) -> None:
    fake_llm.fault = "endless"
    page = open_page("--store", page_config.store)
    page.selectbox(key="backend").set_value("openai-like").run()
    page.text_input(key="address-openai-like").set_value(f"{fake_llm.origin}/v1").run()
    shown = ask(page, QUESTION)
    assert "The answer was cut short" in shown
    assert len(shown) < 200_000


def test_a_backend_that_cannot_be_used_says_what_is_missing(
    open_page: Open, page_config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    page = open_page("--store", page_config.store)
    page.selectbox(key="backend").set_value("openai").run()
    beside = html(page, "sidebar")
    assert "Questions and passages go to openai (api.openai.com)" in beside
    assert "set the environment variable OPENAI_API_KEY" in beside
    assert (
        "set the environment variable OPENAI_API_KEY" in ask(page, QUESTION).split('class="sl-question"')[1]
    )


def test_a_reranker_that_cannot_be_loaded_is_reported_and_the_answer_still_comes(
    open_page: Open, page_config: Config, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "model.safetensors").write_bytes(b"not weights")
    (broken / "config.json").write_text("{}")
    file = tmp_path / "secondlook.toml"
    file.write_text(f'[reranker]\nmodel = "{broken}"\n')
    shown = ask(open_page("--config", file, "--store", page_config.store), QUESTION)
    assert "No second look: this is the retrieval order" in shown
    assert "failed: " in shown
    assert '<details class="sl-card"' in shown


def test_what_the_documents_do_not_answer_is_refused_calmly_with_its_candidates(
    open_page: Open, page_config: Config, tmp_path: Path
) -> None:
    page = open_page("--store", page_config.store)
    shown = ask(page, "What is the boiling point of tungsten on Mars?")
    assert "The documents do not seem to answer this" in shown
    assert "the bar is" in shown
    assert "Refused: no candidate became a source" in shown
    assert '<details class="sl-card"' not in shown
    assert shown.count('class="sl-candidate') == page_config.retrieval.k


def test_two_sessions_share_one_chatbot_and_no_conversation(open_page: Open, page_config: Config) -> None:
    first = open_page("--store", page_config.store)
    ask(first, QUESTION)
    second = open_page("--store", page_config.store)
    assert 'class="sl-question"' not in html(second)
    assert 'class="sl-question"' in html(first.run())
