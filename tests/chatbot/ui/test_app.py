"""The page's logic without a browser: the real script, the real models, one session."""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from chatbot import Chatbot
from chatbot.config import Config, LLMConfig
from chatbot.ui.chat.chat_session import ChatSession
from chatbot.ui.chat.exchange import Exchange
from chatbot.ui.documents.document_rows import documents_of
from chatbot.ui.documents.work import Work
from chatbot.ui.page_state import PageState
from chatbot.ui.resources import config_from
from fakes.llm_server import FakeLLMServer, Fault
from ingest.report import IngestReport
from paths import ROOT

SCRIPT = str(ROOT / "chatbot" / "ui" / "server" / "page.py")
CANARY = "sk-canary-91827364"
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
    """Ask, and look again once the answer is there and checked: nothing polls in a session without a browser."""
    page.chat_input[0].set_value(question).run()
    return settled(page)


def settled(page: AppTest) -> str:
    exchange = exchanges(page)[-1]
    assert exchange.job is not None
    assert exchange.job.done(120)
    return html(page.run())


def chat_of(page: AppTest) -> ChatSession:
    state: PageState = page.session_state["page"]
    return state.chat


def exchanges(page: AppTest) -> list[Exchange]:
    return chat_of(page).exchanges


def choose(page: AppTest, config: Config, **changes: object) -> None:
    """What the Models and Documents pages do."""
    s = page.session_state["settings"]
    page.session_state["settings"] = replace(s, **changes)


def fake_backend(config: Config, fake_llm: FakeLLMServer) -> LLMConfig:
    return config.llm.model_copy(
        update={"backend": "openai-like", "options": {"api_base": f"{fake_llm.origin}/v1"}}
    )


def test_without_an_index_the_page_invites_to_add_files(open_page: Open, tmp_path: Path) -> None:
    page = open_page("--store", tmp_path / "none")
    assert "No documents yet" in html(page)
    assert page.get("file_uploader")
    assert not page.chat_input
    assert not (tmp_path / "none").exists()
    assert "sl-warn" not in html(page) + html(page, "sidebar"), "nothing is wrong where there is nothing yet"


def test_while_the_first_documents_are_read_the_page_says_so(
    open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page("--store", tmp_path / "new")
    is_free = threading.Event()

    def read(_: Work) -> IngestReport:
        is_free.wait(60)
        return IngestReport()

    reading = Work("upload", 1, tmp_path / "other", read)
    page.session_state["work"] = [reading]
    shown = html(page.run())
    is_free.set()
    assert reading.done(20)
    assert "Reading your first documents" in shown
    assert "No documents yet" not in shown


def test_the_first_upload_makes_the_index_and_opens_the_chat(open_page: Open, tmp_path: Path) -> None:
    page = open_page("--store", tmp_path / "new")
    rules = b"# Greenhouse rules\n\nIn winter the greenhouse is kept at eleven degrees for the lemon trees."
    page.file_uploader[0].set_value(
        [("greenhouse.md", rules, "text/markdown"), ("empty.pdf", b"%PDF-1.7", "application/pdf")]
    ).run()
    for work in page.session_state["work"]:
        work.outcome()
    page.run()
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
    choose(page, page_config, k=8, top_n=2, filters=("data/employee-handbook.pdf",))
    shown = ask(page, QUESTION)
    assert len(exchanges(page)[0].trace.candidates) == 8
    assert shown.count('<details class="sl-card"') == 2
    assert "reranking-guide.md" not in shown.split('class="sl-question"')[1]
    assert "retrieved 1st → reranked" in shown
    assert "Searching in 1 document only" in html(page, "sidebar")

    choose(page, page_config, rerank=False)
    again = ask(page, QUESTION).split('class="sl-question"')[2]
    assert "No second look: this is the retrieval order" in again
    assert "reranked" not in again


def test_a_suggestion_is_asked_when_it_is_clicked(open_page: Open, page_config: Config) -> None:
    page = open_page("--store", page_config.store)
    for _ in range(20):  # they are found in the background; each run waits for them
        if "suggestions-0" in [button.key for button in page.button]:
            break
        page.run()
    page.button(key="suggestions-0").click().run()
    shown = settled(page)
    assert QUESTION in shown
    assert "employee-handbook.pdf" in shown


def test_a_follow_up_shows_what_was_searched(open_page: Open, page_config: Config) -> None:
    page = open_page("--store", page_config.store)
    ask(page, "Word2Vec이 뭐야?")
    assert "Searched as: Word2Vec이 뭐야? 그럼 CBOW는?" in ask(page, "그럼 CBOW는?")


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("close", "The answer was cut short"), ("truncate", "The answer was cut short"),
        ("error in stream", "The answer was cut short"), ("hang", "Something is in the way"),
        ("empty", "Something is in the way"), ("html", "Something is in the way"), (401, "Something is in the way"),
        (404, "Something is in the way"),
        # these are waited for
        pytest.param("hang between tokens", "The answer was cut short", marks=pytest.mark.slow),
        pytest.param("endless", "The answer was cut short", marks=pytest.mark.slow),
        pytest.param(429, "Something is in the way", marks=pytest.mark.slow),
        pytest.param(500, "Something is in the way", marks=pytest.mark.slow),
    ],
)  # fmt: skip
def test_a_language_model_that_fails_is_one_sentence_and_what_arrived_stays(
    open_page: Open,
    page_config: Config,
    fake_llm: FakeLLMServer,
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault | int,
    told: str,
) -> None:
    monkeypatch.setenv("OPENAI_LIKE_API_KEY", CANARY)
    fake_llm.reply = "Three days a week are possible [1]. And then there is a long rest of it that is lost."
    if fault == "endless":
        fake_llm.reply += (
            " on-and" + "-on" * 250
        )  # or the 40,000 characters come in 8,000 pieces, a millisecond each
    if fault in ("hang", "hang between tokens"):
        fake_llm.faults = [None]  # the question is translated first; it is the answer that hangs
    fake_llm.fault = fault
    page = open_page("--store", page_config.store)
    llm = fake_backend(page_config, fake_llm)
    limits = llm.limits.model_copy(update={"first_token_s": 2.0, "idle_s": 2.0})
    choose(page, page_config, llm=llm.model_copy(update={"limits": limits}))
    shown = ask(page, QUESTION)
    assert told in shown
    assert ("Three days a week" in shown) == (told == "The answer was cut short")
    assert '<details class="sl-card"' in shown
    assert len(shown) < 200_000
    assert "Traceback" not in shown
    kept = chat_of(page)
    saved = kept.kept_in.exchanges(kept.id)
    assert [s.record.state for s in saved] == ["interrupted"], "the question is kept whatever becomes of it"
    assert CANARY not in shown + html(page, "sidebar")
    for file in Path(page_config.store).glob("conversations*"):
        assert CANARY.encode() not in file.read_bytes()


def test_thoughts_are_folded_and_a_cut_answer_is_marked_also_when_it_comes_back(
    open_page: Open, page_config: Config, fake_llm: FakeLLMServer
) -> None:
    fake_llm.reply = "<think>They ask about days.</think>Three days a week [1]."
    fake_llm.fault = "cut at length"
    page = open_page("--store", page_config.store)
    choose(page, page_config, llm=fake_backend(page_config, fake_llm))
    shown = ask(page, QUESTION)
    folded = shown.split('<details class="sl-thoughts" data-key="sl-passage-0-thoughts">')[1]
    assert "They ask about days." in folded.split("</details>")[0]
    assert "They ask about days." not in shown.split('class="sl-answer"')[1].split("</div>")[0]
    assert "It reached the longest answer, llm.max_tokens (512)." in shown
    saved = chat_of(page).kept_in.exchanges(chat_of(page).id)[-1].record
    assert (saved.thoughts, saved.state) == ("They ask about days.", "interrupted")
    assert saved.checks is not None


def test_a_backend_that_cannot_be_used_says_what_is_missing(
    open_page: Open, page_config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    page = open_page("--store", page_config.store)
    choose(page, page_config, llm=page_config.llm.model_copy(update={"backend": "openai"}))
    shown = ask(page, QUESTION).split('class="sl-question"')[1]
    assert "Questions and passages go to openai (api.openai.com)" in html(page, "sidebar")
    assert "OPENAI_API_KEY" in shown


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
    open_page: Open, page_config: Config
) -> None:
    page = open_page("--store", page_config.store)
    shown = ask(page, "What is the capital of Australia?")
    assert "The documents do not seem to answer this" in shown
    assert "Other words may help, or another document" in shown
    assert "Closest, but not an answer" in shown
    assert "What was considered?" in shown
    assert "Written by" not in shown
    assert shown.count('<details class="sl-card"') == 3
    assert "strong match" not in shown
    assert "The right source" not in shown
    assert chat_of(page).source(0, 2).candidate == exchanges(page)[0].trace.candidates[1]
    assert chat_of(page).source(0, 4) is None
    assert len(exchanges(page)[0].trace.candidates) == page_config.retrieval.k


def test_two_sessions_share_one_chatbot_and_no_conversation(open_page: Open, page_config: Config) -> None:
    first = open_page("--store", page_config.store)
    ask(first, QUESTION)
    second = open_page("--store", page_config.store)
    assert 'class="sl-question"' not in html(second)
    assert 'class="sl-question"' in html(first.run())


def test_a_conversation_comes_back_by_its_address_with_everything_that_was_seen(
    open_page: Open, page_config: Config
) -> None:
    page = open_page("--store", page_config.store)
    before = ask(page, QUESTION)
    number = chat_of(page).id
    again = AppTest.from_file(SCRIPT, default_timeout=120)
    again.query_params["c"] = str(number)
    again.run()
    # but for what may be asked next, which is looked for once the answer is complete
    shown, kept = (
        text.split('class="sl-question"')[1].split("</section>")[0] for text in (before, html(again))
    )
    assert kept == shown
    assert QUESTION in html(again, "sidebar")
    for address in ("0", "999999", "-1", "x", "1e9"):
        other = AppTest.from_file(SCRIPT, default_timeout=120)
        other.query_params["c"] = address
        assert 'class="sl-question"' not in html(other.run())


def test_an_edited_question_begins_a_branch_of_its_own_and_the_old_one_comes_back(
    open_page: Open, page_config: Config
) -> None:
    page = open_page("--store", page_config.store)
    ask(page, QUESTION)
    ask(page, "What is a cross-encoder?")
    conversation = chat_of(page)
    conversation.ask_again(0, "When do I need a doctor's note?")
    shown = html(page.run())
    assert "doctor&#x27;s note" in settled(page)
    assert shown.count('class="sl-question"') == 1
    assert conversation.kept_in is not None
    assert conversation.id is not None
    saved = conversation.kept_in.exchanges(conversation.id)
    assert [s.record.question for s in saved] == ["When do I need a doctor's note?"]
    conversation.show_version(0, 1, page_config)
    shown = html(page.run())
    assert [e.question for e in exchanges(page)] == [QUESTION, "What is a cross-encoder?"]
    assert shown.count('class="sl-question"') == 2


def test_a_thumb_is_kept_and_the_same_thumb_takes_it_back(open_page: Open, page_config: Config) -> None:
    page = open_page("--store", page_config.store)
    ask(page, QUESTION)
    conversation = chat_of(page)
    conversation.rate(0, 0, 1)
    conversation.rate(0, 2, -1)
    shown = html(page.run())
    assert shown.count('aria-pressed="true"') == 2
    assert conversation.kept_in is not None
    assert conversation.id is not None
    saved = conversation.kept_in.exchanges(conversation.id)[0]
    assert saved.rating == 1
    assert list(saved.source_ratings.values()) == [-1]
    conversation.rate(0, 0, 1)
    assert html(page.run()).count('aria-pressed="true"') == 1
    assert conversation.kept_in.exchanges(conversation.id)[0].rating == 0


def test_the_chat_goes_on_when_conversations_cannot_be_kept(
    open_page: Open, page_config: Config, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    shutil.copytree(page_config.store, store)
    for file in store.glob("conversations*"):
        file.unlink()
    page = open_page("--store", store)
    ask(page, QUESTION)
    conversation = chat_of(page)
    for file in store.glob("conversations*"):
        file.write_bytes(b"not a database")
    shown = ask(page, "What is a cross-encoder?")
    assert "Not kept yet" in shown
    assert shown.count('class="sl-question"') == 2
    assert conversation.not_kept


def test_all_documents_chosen_one_by_one_are_all_documents_also_those_that_come_later(
    open_page: Open, page_config: Config, sample_chatbot: Chatbot
) -> None:
    page = open_page("--store", page_config.store)
    uris = [row.uri for row in documents_of(sample_chatbot)]
    page.multiselect("chosen_documents").set_value(uris[:-1]).run()
    assert page.session_state["settings"].filters == tuple(uris[:-1])
    page.multiselect("chosen_documents").set_value(uris).run()
    assert page.session_state["settings"].filters == ()
    assert page.multiselect("chosen_documents").value == []
