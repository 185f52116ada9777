"""What is not a single question, in a real browser: a greeting, the list of documents, another kind with a click."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from visit import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_hello_is_greeted_without_a_card_and_can_be_looked_up_with_a_click(visit: Visitor) -> None:
    page = visit(locale="en-US")
    exchange = page.ask("hello")
    expect(exchange.locator(".sl-answer")).to_contain_text("Hello. Ask about your documents")
    expect(exchange.locator(".sl-card, .sl-why, .sl-notice, .sl-checked")).to_have_count(0)
    expect(exchange.locator(".sl-kind")).to_contain_text("Answered without a search")

    exchange.locator("[data-act=as]").click()
    expect(exchange.locator(".sl-kind")).to_contain_text("Looked up, as you chose")
    expect(exchange.locator(".sl-why")).to_be_visible()
    exchange.locator("[data-act=as]").click()
    expect(exchange.locator(".sl-answer")).to_contain_text("Hello. Ask about your documents")


def test_thanks_are_not_glued_to_the_question_before_and_the_next_question_not_to_the_thanks(
    visit: Visitor,
) -> None:
    page = visit(locale="en-US")
    page.ask("How many days a week may I work from home?")
    thanked = page.ask("thanks!")
    expect(thanked.locator(".sl-answer")).to_have_text(re.compile("^You are welcome"))
    expect(thanked).not_to_contain_text("Searched as")
    following = page.ask("and how long is it agreed for?")
    expect(following).to_contain_text("Searched as: How many days a week may I work from home? and how long")


def test_a_next_question_stands_below_the_newest_answer_and_is_answered_with_a_click(visit: Visitor) -> None:
    page = visit(locale="en-US")
    page.ask("How long is parental leave?")
    following = page.page.locator(".st-key-next_questions button")
    following.first.wait_for()
    question = following.first.inner_text()
    following.first.click()
    exchange = page.page.locator(".st-key-exchange-1")
    exchange.locator("[data-act=again]").wait_for()
    expect(exchange.locator(".sl-question")).to_have_text(question)
    expect(exchange.locator(".sl-card").first).to_contain_text("employee-handbook.pdf")

    page.ask("hello")
    expect(following).to_have_count(0)
