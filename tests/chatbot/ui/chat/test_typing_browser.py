"""Whoever types while the page is drawn anew loses no letter, and the field to ask in stays the same one."""

from __future__ import annotations

import string
import time
from collections.abc import Callable
from itertools import cycle, islice

import pytest
from playwright.sync_api import Page, expect

from fakes.llm_server import FakeLLMServer
from visit import PATIENCE_MS, Visit, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HOME = "How many days a week may I work from home?"
UNKNOWN = "Which moons of Jupiter have a magnetic field?"
LETTERS = cycle(string.ascii_lowercase)
AT_ONCE = 5  # letters between two looks at the page
AFTER_S = 2.0  # and on from there
MARK = "() => { document.querySelector('.st-key-ask textarea').marked = true }"
SAME = "() => document.activeElement?.marked === true"


def type_until(page: Page, is_over: Callable[[], bool]) -> str:
    """Type letters until ``is_over()`` and two seconds on; what was typed."""
    typed, over = "", 0.0
    began = time.monotonic()
    while not over or time.monotonic() < over + AFTER_S:
        assert time.monotonic() < began + PATIENCE_MS / 1000
        letters = "".join(islice(LETTERS, AT_ONCE))
        page.keyboard.type(letters, delay=15)
        typed += letters
        if not over and is_over():
            over = time.monotonic()
    return typed


def send(page: Page, question: str) -> None:
    """Fill in the field and send it, without looking at what comes of it."""
    field = page.get_by_test_id("stChatInputTextArea")
    field.fill(question)
    page.evaluate(MARK)
    field.press("Enter")
    expect(field).to_have_value("")


def check(visit: Visit, is_over: Callable[[], bool]) -> None:
    """Type meanwhile: every letter is there, in the very element that was there before."""
    page = visit.page
    typed = type_until(page, is_over)
    assert page.evaluate(SAME), "another field has taken its place, or the focus is elsewhere"
    expect(page.get_by_test_id("stChatInputTextArea")).to_have_value(typed)
    page.get_by_test_id("stChatInputTextArea").fill("")


def settled(page: Page, index: int) -> Callable[[], bool]:
    return lambda: page.locator(f".st-key-exchange-{index} [data-act=again]").count() > 0


def test_no_letter_is_lost_while_the_first_answer_comes(visit: Visitor) -> None:
    page = visit(locale="en-US")
    send(page.page, HOME)
    check(page, settled(page.page, 0))


def test_no_letter_is_lost_while_refusals_come_and_a_new_conversation_begins(visit: Visitor) -> None:
    page = visit(locale="en-US")
    page.ask(HOME)
    send(page.page, UNKNOWN)
    check(page, settled(page.page, 1))
    new = page.page.locator("[data-act=new]")
    page.page.evaluate(MARK)
    new.dispatch_event("click")  # the pointer would take the focus along
    page.page.get_by_test_id("stChatInputTextArea").focus()
    check(page, lambda: page.page.locator(".st-key-suggestions").count() > 0)
    send(page.page, UNKNOWN)  # refused as the first of a conversation
    check(page, settled(page.page, 0))


def test_no_letter_is_lost_while_a_model_writes_and_is_stopped_and_another_one_is_chosen(
    visit: Visitor, fake_llm: FakeLLMServer
) -> None:
    fake_llm.reply, fake_llm.fault = "one two three [1].", "hang between tokens"
    page = visit(locale="en-US", llm=fake_llm)
    send(page.page, HOME)
    exchange = page.page.locator(".st-key-exchange-0")
    check(page, lambda: "one" in exchange.locator(".sl-answer").inner_text())
    field = page.page.get_by_test_id("stChatInputTextArea")
    page.page.keyboard.press("Escape")  # stops it, from the field
    check(page, lambda: "Stopped." in exchange.inner_text())
    page.page.keyboard.type("half a question")
    page.page.locator(".st-key-chip_model button").first.click()
    page.page.locator(".st-key-pick-extractive button").click()
    expect(page.page.locator(".st-key-chip_model button").first).to_contain_text("Quotes only")
    page.page.keyboard.press("Escape")
    expect(field).to_have_value("half a question")
    field.focus()
    field.fill("")
    check(page, lambda: True)
    send(page.page, UNKNOWN)
    check(page, settled(page.page, 1))
