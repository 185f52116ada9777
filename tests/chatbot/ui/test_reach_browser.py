"""The page for other hands and eyes: how it zooms, with less motion, with forced colours."""

from __future__ import annotations

import pytest
from playwright.sync_api import CDPSession, Locator, expect

from fakes.llm_server import FakeLLMServer
from visit import PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HOME = "How many days a week may I work from home?"


def test_two_fingers_make_the_page_larger_and_the_page_of_a_document(visit: Visitor) -> None:
    page = visit(locale="en-US", size=PHONE, has_touch=True, is_mobile=True)
    session = page.context.new_cdp_session(page.page)
    page.ask(HOME).locator("a.sl-chip").first.tap()
    sheet = page.panel.locator(".sl-frame")
    expect(sheet.locator("img")).to_be_visible()
    page.settle()
    before, box = _width(sheet.locator("img")), sheet.bounding_box()
    assert box is not None
    _spread(session, box["x"] + box["width"] / 2, min(box["y"] + 120, PHONE[1] - 60))
    assert _width(sheet.locator("img")) > 1.3 * before
    assert page.page.evaluate("visualViewport.scale") == pytest.approx(1, abs=0.05), (
        "the page of the document alone"
    )
    page.panel.locator("[data-zoom=out]").tap()
    page.panel.locator("[data-zoom=out]").tap()
    page.panel.locator("[data-zoom=out]").tap()
    assert _width(sheet.locator("img")) == pytest.approx(before, abs=2)
    page.panel.locator("[data-act=close]").tap()
    expect(page.panel).to_have_count(0)
    session.send("Input.synthesizePinchGesture", {"x": 195, "y": 300, "scaleFactor": 2.0})
    assert page.page.evaluate("visualViewport.scale") > 1.5


def _spread(session: CDPSession, x: float, y: float) -> None:
    """Two fingers there, twice as far apart in the end."""
    for kind, apart in (("Start", 40), *(("Move", 40 + 4 * step) for step in range(1, 11))):
        points = [{"x": x + side * apart, "y": y, "id": at} for at, side in enumerate((-1, 1))]
        session.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def _width(part: Locator) -> float:
    box = part.bounding_box()
    assert box is not None
    return box["width"]


MOVING = """() => document.getAnimations().filter(each => each.effect.getComputedTiming().activeDuration > 300)
  .map(each => `${each.animationName ?? each.transitionProperty} ${each.effect.target?.className}`)"""


def test_nothing_moves_for_long_for_whoever_wants_less_motion(
    visit: Visitor, fake_llm: FakeLLMServer
) -> None:
    fake_llm.reply, fake_llm.fault = "one two three four", "hang between tokens"
    page = visit(locale="en-US", reduced_motion="reduce", llm=fake_llm)
    field = page.page.get_by_test_id("stChatInputTextArea")
    field.fill(HOME)
    field.press("Enter")
    expect(page.page.locator(".st-key-exchange-0 .sl-answer")).to_contain_text("one")
    assert page.page.evaluate(MOVING) == []


def test_with_forced_colours_marks_and_choices_are_still_told_apart(visit: Visitor) -> None:
    page = visit(locale="en-US", forced_colors="active")
    exchange = page.ask(HOME)
    for mark in (".sl-local", ".sl-dot"):
        dot = page.page.locator(mark).first
        if dot.count():
            assert dot.evaluate("e => getComputedStyle(e, '::before').forcedColorAdjust") == "none"
    exchange.locator("[data-act=rate]:visible").first.click()
    pressed = exchange.locator("[data-act=rate][aria-pressed=true]:visible")
    expect(pressed).to_have_css("outline-style", "solid")
    exchange.locator("a.sl-chip").first.click()
    expect(page.panel.locator(".sl-box").first).to_have_css("forced-color-adjust", "none")
