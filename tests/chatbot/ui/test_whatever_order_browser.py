"""Clicks in any order, faster than the page draws: what a person asks is asked, and everything comes to its end."""

from __future__ import annotations

import os
import random
from collections.abc import Callable

import pytest
from playwright.sync_api import Error, Locator, expect

from chatbot.config import Config
from chatbot.conversations import Conversations
from fakes.llm_server import FakeLLMServer
from visit import FIELD, Visit, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

QUESTIONS = [
    "How many days a week may I work from home?", "What is a cross-encoder?", "When do I need a doctor's note?",
    "hello", "What is the capital of Australia?", "What are the core hours?", "Word2Vec 에 대해서 알려줄래?",
]  # fmt: skip
ACTIONS = int(os.environ.get("SECONDLOOK_TEST_ACTIONS", "40"))
HASTE_MS = 1500  # what cannot be clicked by then is left alone
IN_THE_CHAT = {
    "rate": ".sl-actions [data-act=rate]", "why": "[data-act=why]", "close": ".st-key-panel [data-act=close]",
    "cite": ".sl-exchange a.sl-chip", "card": ".sl-card > summary", "again": "[data-act=again]",
    "version": "[data-act=version]:not(:disabled)", "stop": ".sl-stop button", "new": "[data-act=new]",
    "switch": "[data-act=conversation]", "next": ".st-key-next_questions button",
}  # fmt: skip


class Person:
    """Somebody who does not wait, and notes what they asked last."""

    def __init__(self, visit: Visit, seed: int) -> None:
        self.visit, self.page, self.chance = visit, visit.page, random.Random(seed)
        self.done: list[str] = []
        self.asked = ""  # last, which has to be shown until the person goes elsewhere

    def act(self) -> None:
        what = self.chance.choices(
            ["ask", "edit", "leave", "back", "reload", *IN_THE_CHAT], [6, 5, 1, 1, 1, *[2] * len(IN_THE_CHAT)]
        )[0]
        do: Callable[[], None] | None = getattr(self, f"_{what}", None)
        try:
            if do is not None:
                do()
            else:
                self._click(self.page.locator(IN_THE_CHAT[what]), what)
        except Error as error:
            self.done.append(f"{what}: {str(error).splitlines()[0]}")  # it is not there, or was drawn anew
        self.page.wait_for_timeout(self.chance.choice([0, 0, 30, 100, 300, 900]))

    def _click(self, found: Locator, what: str) -> None:
        count = found.count()
        if not count:
            return
        found.nth(self.chance.randrange(count)).click(timeout=HASTE_MS)
        self.done.append(what)
        if what in ("again", "version", "new", "switch", "next", "back"):
            self.asked = ""

    def _ask(self) -> None:
        question = self.chance.choice(QUESTIONS)
        self.page.locator(FIELD).fill(question, timeout=HASTE_MS)
        self.page.evaluate("() => new Promise(requestAnimationFrame)")
        self.page.keyboard.press("Enter")
        self.asked = question
        self.done.append(f"ask {question}")

    def _edit(self) -> None:
        found = self.page.locator("[data-act=edit]")
        if not found.count():
            return
        found.last.click(timeout=HASTE_MS)
        question = self.chance.choice(QUESTIONS)
        field = self.page.locator(".sl-editor textarea")
        field.fill(question, timeout=HASTE_MS)
        self.page.locator(".sl-editor [data-act=edited]").click(timeout=HASTE_MS)
        self.asked = question
        self.done.append(f"edit {question}")

    def _leave(self) -> None:
        links = self.page.get_by_test_id("stSidebarNavLink")
        self.page.wait_for_timeout(
            300
        )  # of two messages at once Streamlit may take the second alone: what was sent is lost then
        links.nth(self.chance.choice([1, 2])).click(timeout=HASTE_MS)
        self.page.wait_for_timeout(self.chance.choice([0, 200, 1000]))
        links.nth(0).click(timeout=HASTE_MS)
        self.done.append("leave")

    def _back(self) -> None:
        self.page.evaluate("() => history.back()")
        self.page.wait_for_timeout(400)
        self.page.evaluate("() => history.forward()")
        self.asked = ""
        self.done.append("back")

    def _reload(self) -> None:
        self.page.reload()
        self.page.locator(FIELD).wait_for()
        self.asked = ""  # it may have been on its way
        self.done.append("reload")


@pytest.mark.parametrize(
    "seed", [int(seed) for seed in os.environ.get("SECONDLOOK_TEST_SEEDS", "1,2").split(",")]
)
def test_whatever_is_clicked_in_whatever_order_nothing_stands_still_and_nothing_asked_is_lost(
    visit: Visitor, page_config: Config, fake_llm: FakeLLMServer, seed: int
) -> None:
    fake_llm.reply = "As the documents say [1]. " * 6
    fake_llm.fault = "slow"
    page = visit(locale="en-US", llm=fake_llm if seed % 2 else None)
    person = Person(page, seed)
    try:
        for number in range(1, ACTIONS + 1):
            person.act()
            if number % 8 == 0:
                comes_to_rest(page, person.asked, Conversations.open(page_config.store))
        fake_llm.fault = None  # what is still being written elsewhere comes to its end
    except BaseException:
        print("\n".join(person.done[-30:]))
        raise


def comes_to_rest(page: Visit, asked: str, kept_in: Conversations) -> None:
    """Everything that is shown has come to its end, and is what is kept."""
    shown = page.page.locator(".sl-thread .sl-exchange")
    expect(page.page.locator(".sl-exchange[data-live]")).to_have_count(0)
    page.settle()
    if asked:
        expect(page.page.locator(".sl-question").last).to_have_text(asked)
    for exchange in shown.all():
        exchange.locator(".sl-answer[data-state=written], .sl-notice, .sl-actions").first.wait_for()
    if (number := page.conversation) is not None:
        kept = kept_in.exchanges(number)
        expect(page.page.locator(".sl-question")).to_have_text([e.record.question for e in kept])
