"""In a real browser: whatever happens to the server, the disk or the other window, a conversation loses nothing."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from chatbot.config import Config
from chatbot.conversations import Conversations
from fakes.llm_server import FakeLLMServer
from scripts.served_page import LAUNCHER, ROOT, ServedPage
from visit import PATIENCE_MS, Visitor, new_context, opened

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HOME = "How many days a week may I work from home?"
NOTE = "When do I need a doctor's note?"
HOURS = "What are the core hours?"


NOTE_CLOSED_DIALOGS = """() => document.addEventListener("click", ({ target }) => {
  const dialog = target.closest?.("[data-testid=stDialog]")
  if (dialog) document.documentElement.dataset.closed = dialog.textContent
}, { capture: true })"""


@pytest.fixture(scope="module")
def own_store(page_config: Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = tmp_path_factory.mktemp("own") / "store"
    return shutil.copytree(page_config.store, store, ignore=shutil.ignore_patterns("conversations*"))


@pytest.fixture(scope="module")
def own_page(own_store: Path) -> Iterator[ServedPage]:
    """A server that these tests may kill; each leaves it running."""
    settings = own_store.with_name("secondlook.toml")
    settings.write_text("[retrieval]\nboth_languages = false\n", "utf-8")
    page = ServedPage(ROOT, ["--store", str(own_store), "--config", str(settings)], command=LAUNCHER)
    page.start()
    yield page
    page.stop()


@pytest.fixture
def kept_in(own_store: Path) -> Conversations:
    """What that server keeps: nothing at first, neither conversations nor settings."""
    found = Conversations.open(own_store)
    found.delete_all()
    found.keep_setting("settings", "")
    return found


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = new_context(browser)
    yield context
    context.close()


def ask_and_go_on(page: Page, question: str) -> None:
    page.get_by_test_id("stChatInputTextArea").fill(question)
    page.keyboard.press("Enter")


def test_a_server_that_is_killed_in_mid_answer_loses_neither_the_question_nor_what_was_written(
    own_page: ServedPage, context: BrowserContext, fake_llm: FakeLLMServer, kept_in: Conversations
) -> None:
    """And the page says so in its own words, keeps what is being typed, and comes back by itself."""
    fake_llm.reply = " ".join(f"word{number}" for number in range(4000))
    fake_llm.fault = "slow"
    visit = opened(context, own_page.address)
    visit.use_fake_llm(fake_llm)
    page = visit.page
    ask_and_go_on(page, HOURS)
    expect(page.locator(".sl-answer")).to_contain_text("word60")  # three seconds: it was kept once at least
    field = page.get_by_test_id("stChatInputTextArea")
    field.fill("and what is being typed")
    page.evaluate(NOTE_CLOSED_DIALOGS)
    own_page.kill()
    (kept,) = kept_in.exchanges(kept_in.list()[0].id)
    assert (kept.record.question, kept.record.state) == (HOURS, "interrupted")
    assert "word1 " in kept.record.received
    said = page.locator(".sl-connection")
    expect(said).to_have_text(re.compile("The server does not answer"))
    field.press("Enter")
    expect(field).to_have_value("and what is being typed")
    # the framework's dialog came, and went before it was seen
    expect(page.locator("html")).to_have_attribute("data-closed", re.compile("Connection error"))
    expect(page.get_by_role("dialog")).to_have_count(0)
    own_page.start()
    expect(said).to_have_text("Connected again.")
    exchange = page.locator(".st-key-exchange-0")
    expect(exchange.locator(".sl-question")).to_have_text(HOURS)
    expect(exchange.locator(".sl-answer")).to_contain_text("word1 ")
    expect(exchange.locator(".sl-notice")).to_contain_text(
        "The server was ended before this answer was finished"
    )
    expect(exchange.locator("[data-act=again]")).to_be_visible()
    expect(field).to_have_value("and what is being typed")
    assert len(fake_llm.requests) == 1, "nothing is asked again by itself"


# a server that starts twice and loads its models each time
def test_a_question_outlives_a_server_that_is_killed_before_the_first_word(
    own_page: ServedPage, context: BrowserContext, fake_llm: FakeLLMServer, kept_in: Conversations
) -> None:
    fake_llm.fault = "hang after headers"
    visit = opened(context, own_page.address)
    visit.use_fake_llm(fake_llm)
    ask_and_go_on(visit.page, HOURS)
    expect(visit.page.locator(".sl-card").first).to_be_visible()
    own_page.kill()
    own_page.start()
    visit.page.reload()
    exchange = visit.page.locator(".st-key-exchange-0")
    expect(exchange.locator(".sl-question")).to_have_text(HOURS)
    expect(exchange.locator(".sl-notice")).to_contain_text("The server was ended")
    fake_llm.fault = None
    exchange.locator("[data-act=again]").click()
    expect(exchange.locator(".sl-versions")).to_contain_text("2/2")


def test_two_windows_on_one_conversation_lose_nothing(visit: Visitor) -> None:
    first = visit(locale="en-US")
    first.ask(HOME)
    second = opened(first.context, first.page.url)
    second.ask(NOTE)
    ask_and_go_on(first.page, HOURS)
    questions = first.page.locator(".sl-exchange .sl-question")
    expect(questions).to_have_text([HOME, NOTE, HOURS])
    expect(first.page.locator(".sl-exchange [data-act=again]")).to_have_count(3)
    second.models()
    second.chat()
    expect(second.page.locator(".sl-exchange .sl-question")).to_have_text([HOME, NOTE, HOURS])
    second.page.reload()
    expect(second.page.locator(".sl-exchange .sl-question")).to_have_text([HOME, NOTE, HOURS])


def test_versions_are_turned_over_in_the_foot_of_the_answer_and_outlive_a_reload(visit: Visitor) -> None:
    page = visit(locale="en-US")
    exchange = page.ask(HOME)
    page.ask(NOTE)
    exchange.locator(".sl-asked").hover()
    exchange.locator("[data-act=edit]").click()
    exchange.get_by_role("textbox").fill(HOURS)
    exchange.get_by_role("button", name="Ask again").click()
    foot = exchange.get_by_role("group", name=re.compile("Version"))
    expect(foot).to_have_text(re.compile("2/2"))
    questions = page.page.locator(".sl-exchange .sl-question")
    expect(questions).to_have_text([HOURS])
    foot.get_by_role("button", name="Previous version").click()
    expect(questions).to_have_text([HOME, NOTE])
    expect(foot).to_have_text(re.compile("1/2"))
    expect(exchange.locator(".sl-answer")).to_contain_text("up to three days a week")
    page.settle()
    page.page.reload()
    expect(questions).to_have_text([HOME, NOTE])
    foot.get_by_role("button", name="Next version").click()
    expect(questions).to_have_text([HOURS])
    expect(foot.get_by_role("button", name="Next version")).to_be_disabled()


def test_a_thumb_down_asks_why_and_nothing_has_to_be_said(visit: Visitor, page_config: Config) -> None:
    page = visit(locale="ko-KR")
    exchange = page.ask(HOME)
    form = exchange.locator(".sl-why-down")
    expect(form).to_have_count(0)
    exchange.locator(".sl-actions > [data-act=rate][data-source='0'][data-value='-1']").click()
    expect(form).to_contain_text("무엇이 아쉬웠나요?")
    form.get_by_role("button", name="출처가 맞지 않습니다").click()
    expect(form.locator("[aria-pressed=true]")).to_have_text("출처가 맞지 않습니다")
    line = form.get_by_role("textbox", name="한 줄로 적기")
    line.fill("낡은 규정입니다")
    line.press("Enter")
    kept_in = Conversations.open(page_config.store)
    for _ in range(PATIENCE_MS // 50):  # a reload before the page was told would take the words with it
        if kept_in.exchanges(kept_in.list()[0].id)[0].words:
            break
        page.page.wait_for_timeout(50)
    page.page.reload()
    expect(form.locator("[aria-pressed=true]")).to_have_text("출처가 맞지 않습니다")
    expect(line).to_have_value("낡은 규정입니다")
    found = kept_in.exchanges(kept_in.list()[0].id)[0]
    assert (found.rating, found.why, found.words) == (-1, "sources", "낡은 규정입니다")
    exchange.locator(".sl-actions > [data-act=rate][data-source='0'][data-value='1']").click()
    expect(form).to_have_count(0)


def test_a_paste_of_any_length_is_refused_with_a_count_and_never_cut(visit: Visitor) -> None:
    page = visit(locale="en-US")
    field = page.page.get_by_test_id("stChatInputTextArea")
    long = HOME + " " + "가" * (4812 - len(HOME) - 1)
    field.fill(long)
    told = page.page.locator(".st-key-ask .sl-too-long")
    expect(told).to_have_text("4,812 of 4,000 characters; shorten it by 812")
    field.press("Enter")
    page.page.get_by_test_id("stChatInputSubmitButton").click()
    expect(field).to_have_value(long)
    expect(page.page.locator(".sl-question")).to_have_count(0)
    field.fill(long[:4000])
    expect(told).to_have_count(0)
    field.press("Enter")
    expect(page.page.locator(".sl-question")).to_have_text(long[:4000])


def test_what_a_full_disk_did_not_take_is_kept_when_it_is_free_again(
    own_page: ServedPage, context: BrowserContext, kept_in: Conversations
) -> None:
    visit = opened(context, own_page.address)
    visit.ask(HOME)
    own_page.fill_disk()
    exchange = visit.ask(NOTE)
    expect(exchange.locator(".sl-answer")).not_to_be_empty()
    notice = visit.page.locator(".sl-notice").filter(has_text="Not kept yet")
    expect(notice).to_contain_text("check the free space")
    visit.page.locator(".sl-chat-head [data-act=pin]").click()
    visit.settle()
    expect(visit.page.get_by_text("check the free space")).to_have_count(1)  # and not in the sidebar as well
    thumb = visit.page.locator(".st-key-exchange-0 .sl-actions > [data-act=rate]").first
    assert thumb.evaluate("(it) => { it.click(); return it.ariaPressed }") == "true"  # at once
    expect(thumb).to_have_attribute("aria-pressed", "false")  # it could not be kept
    own_page.fill_disk(False)
    expect(notice).to_have_count(0)  # by itself
    kept = kept_in.exchanges(kept_in.list()[0].id)
    assert [e.record.question for e in kept] == [HOME, NOTE]
    assert kept[1].record.state == "complete"


def test_settings_and_chosen_documents_outlive_a_reload(visit: Visitor) -> None:
    page = visit(locale="en-US")
    page.models()
    page.page.locator(".st-key-rerank label").click()
    expect(page.page.locator(".st-key-rerank input")).not_to_be_checked()
    page.settle()
    page.documents()
    row = page.page.locator("[class*=st-key-row-]").filter(has_text="employee-handbook.pdf")
    row.locator("input[type=checkbox]").check(force=True)
    page.page.locator(".st-key-chat_with_these button").click()
    chosen = page.page.locator(".st-key-searched_in")
    expect(chosen).to_contain_text("Searching in 1 document only")
    page.settle()
    page.page.reload()
    expect(chosen).to_contain_text("Searching in 1 document only")
    page.models()
    expect(page.page.locator(".st-key-rerank input")).not_to_be_checked()
