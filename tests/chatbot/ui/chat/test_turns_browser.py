"""Turns of a conversation as they are read, in a real browser: what stands between them, and what covers them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from visit import PHONE, Visitor
from walk import open_drawer

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TABLET = (820, 1180)
PHONE_CONTEXT = {"size": PHONE, "has_touch": True, "is_mobile": True}
ANSWERED = "로봇청소기 물걸레 패드는 어떻게 세척하나요?"
REFUSED = "호주의 수도는 어디인가요?"
# words of the page that stand on two lines and would fit on one
BROKEN = """() => {
  const found = [], texts = document.createTreeWalker(document.querySelector(".stMain"), NodeFilter.SHOW_TEXT);
  for (let text; (text = texts.nextNode()); ) {
    const box = text.parentElement;
    if (!box.checkVisibility() || box.closest(".sl-icon, .sl-ranked, [data-testid=stIconMaterial]")) continue;
    for (const word of text.data.matchAll(/[가-힣]{2,12}/g)) {
      const range = document.createRange();
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      const tops = [...range.getClientRects()].filter(line => line.width).map(line => Math.round(line.top / 4));
      if (new Set(tops).size > 1) found.push(`${word[0]}: ${text.data.trim().slice(0, 60)}`);
    }
  }
  return found;
}"""


def bottom(part: Locator) -> float:
    box = part.bounding_box()
    assert box is not None
    return box["y"] + box["height"]


def top(part: Locator) -> float:
    box = part.bounding_box()
    assert box is not None
    return box["y"]


def test_korean_words_stay_whole_and_an_answer_keeps_its_distance_from_the_question(visit: Visitor) -> None:
    page = visit(locale="ko-KR", **PHONE_CONTEXT)
    for question in (ANSWERED, REFUSED):
        exchange = page.ask(question)
        following = exchange.locator("[data-part=above], [data-part=text]").filter(has_text=" ").first
        assert top(following) - bottom(exchange.locator(".sl-question")) > 8
    assert page.page.evaluate(BROKEN) == []
    open_drawer(page)
    page.models()
    assert page.page.evaluate(BROKEN) == []


def test_on_a_phone_the_field_gives_the_keyboard_back_once_a_question_is_sent(visit: Visitor) -> None:
    page = visit(locale="en-US", **PHONE_CONTEXT)
    field = page.page.get_by_test_id("stChatInputTextArea")
    field.tap()
    expect(field).to_be_focused()
    field.fill("What are the core hours?")
    page.page.get_by_test_id("stChatInputSubmitButton").tap()
    page.page.locator(".st-key-exchange-0 [data-act=again]").wait_for()
    page.settle()
    expect(field).not_to_be_focused()
    field.tap()
    expect(field).to_be_focused()


def test_a_finger_sees_all_questions_that_may_be_asked_next_above_the_field(visit: Visitor) -> None:
    page = visit(locale="en-US", size=TABLET, has_touch=True, is_mobile=True)
    page.ask("How many days a week may I work from home?")
    following = page.page.locator(".st-key-next_questions button")
    following.last.wait_for()
    page.settle()
    assert following.count() == 3
    assert bottom(following.last) < top(
        page.page.locator(".st-key-ask").locator("..")
    )  # its ground begins above it
