"""The states of the page that are pictured: how the page is opened, and what is done before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parent.parent
Over = Literal["samples", "forty", "nothing", "hostile"]  # what is in the index beside nothing but itself

_TWELVE = (
    "How many days a week may I work from home?", "What is the capital of Australia?", "When do I need a doctor's note?",
    "What are the core hours?", "Who won the cup in 1998?", "What limits how good a reranker can get?",
    "How do I choose k and top_n?", "Will it rain tomorrow?", "Which documents are there?", "How long is the trial period?",
    "How is overtime paid?", "What do I need at home?",
)  # fmt: skip


@dataclass(frozen=True)
class Shot:
    """One picture."""

    name: str
    act: Callable[[Page], None]
    locale: str = "en-US"
    theme: str = "light"
    size: tuple[int, int] = (1280, 860)
    over: Over = "samples"


def ask(page: Page, question: str) -> None:
    count = page.locator(".sl-question").count()
    page.get_by_test_id("stChatInputTextArea").fill(question)
    page.keyboard.press("Enter")
    page.locator(f".st-key-exchange-{count} [data-act=again]").first.wait_for()
    settle(page)
    page.evaluate("document.activeElement.blur()")
    page.mouse.move(0, 0)


def settle(page: Page) -> None:
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()


def _part(page: Page, number: int, shows: str) -> None:
    page.get_by_test_id("stSidebarNavLink").nth(number).click()
    page.locator(shows).first.wait_for()
    settle(page)


def _start(page: Page) -> None:
    page.reload()  # the first visit loads the models, and its suggestions may come too late to be drawn
    page.locator(".st-key-suggestions").wait_for()


def _empty(page: Page) -> None:
    page.locator(".st-key-add").wait_for()


def _reading(page: Page) -> None:
    _empty(page)
    files = sorted(file for file in (ROOT / "data").iterdir() if file.is_file())
    page.locator(".st-key-add input[type=file]").first.set_input_files(files)
    page.locator(".sl-work.sl-busy").wait_for()
    page.wait_for_timeout(700)


def _answer_ko(page: Page) -> None:
    ask(page, "Word2Vec 에 대해서 알려줄래?")


def _answer_en(page: Page) -> None:
    ask(page, "How many days a week may I work from home?")


def _peek(page: Page) -> None:
    ask(page, "필터는 얼마나 자주 교체해야 하나요?")
    page.locator("a.sl-chip").first.hover()
    page.locator(".sl-peek").wait_for()


def _sources(page: Page) -> None:
    ask(page, "When do I need a doctor's note?")
    page.locator(".sl-card summary").first.click()


def _opened(page: Page) -> None:
    _sources(page)
    page.locator(".sl-card [data-act=open]").first.click()
    page.locator(".sl-sheet .sl-box").first.wait_for()


def _inspector(page: Page) -> None:
    _answer_en(page)
    _why(page)


def _inspector_ko(page: Page) -> None:
    _answer_ko(page)
    _why(page)


def _why(page: Page) -> None:
    page.locator("[data-act=why]").first.click()
    page.mouse.move(0, 0)  # the chart comes under it, and would show one line alone
    page.locator(".st-key-inspector-ranking svg.marks").wait_for()
    page.wait_for_timeout(1500)  # the chart fades in


def _refusal(page: Page) -> None:
    ask(page, "What is the capital of Australia?")


def _twelve(page: Page) -> None:
    for question in _TWELVE:
        ask(page, question)


def _forty(page: Page) -> None:
    page.reload()
    page.locator(".sl-conversation").nth(30).wait_for()
    page.locator(".st-key-suggestions").wait_for()
    page.locator(".sl-conversation").nth(3).hover()


def _documents(page: Page) -> None:
    _part(page, 1, ".st-key-rows")
    page.locator(".sl-folders").evaluate("e => e.remove()")  # a path of this machine


def _guide(page: Page) -> None:
    _documents(page)
    page.get_by_role("button", name="employee-handbook.pdf").first.click()
    page.locator(".st-key-guide_questions").wait_for()
    page.locator(".sl-outline summary").click()


def _models(page: Page) -> None:
    _part(page, 2, ".st-key-backends")
    page.locator(".st-key-use-anthropic button").click()
    page.locator(".st-key-backend_settings input[type=password]").wait_for()


PHONE = (390, 844)
SHOTS = (
    Shot("start-en", _start),
    Shot("start-ko", _start, locale="ko-KR"),
    Shot("answer-ko", _answer_ko, locale="ko-KR"),
    Shot("answer-en", _answer_en, theme="dark"),
    Shot("peek-ko", _peek, locale="ko-KR"),
    Shot("sources-en", _sources),
    Shot("opened-en", _opened),
    Shot("inspector-en", _inspector, theme="dark"),
    Shot("inspector-ko", _inspector_ko, locale="ko-KR"),
    Shot("refusal-en", _refusal),
    Shot("twelve-en", _twelve),
    Shot("documents-en", _documents),
    Shot("guide-en", _guide),
    Shot("models-ko", _models, locale="ko-KR"),
    Shot("models-en", _models, theme="dark"),
    Shot("phone-ko", _answer_ko, locale="ko-KR", theme="dark", size=PHONE),
    Shot("phone-en", _sources, size=PHONE),
    Shot("phone-inspector-en", _inspector, size=PHONE),
    Shot("forty-en", _forty, over="forty"),
    Shot("empty-en", _empty, over="nothing"),
    Shot("reading-ko", _reading, locale="ko-KR", over="nothing"),
    Shot("hostile-en", _documents, over="hostile"),
)
