"""A source beside the chat, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from visit import DESKTOP, PHONE, Visitor

pytestmark = pytest.mark.browser

TABLET = (1024, 768)  # a sheet beside the sidebar
QUESTION = "What limits how good a reranker can get?"  # answered by three quotes of two passages
# nothing lies over it
SEEN = """each => {
  const { x, y, width, height } = each.getBoundingClientRect();
  return each.contains(document.elementFromPoint(x + width / 2, y + height / 2));
}"""


@pytest.mark.parametrize(
    "size", [DESKTOP, *(pytest.param(size, marks=pytest.mark.slow) for size in (TABLET, PHONE))]
)
def test_each_citation_opens_its_own_sentence_in_view_beside_the_answer(
    visit: Visitor, size: tuple[int, int]
) -> None:
    page = visit(locale="en-US", size=size)
    exchange = page.ask(QUESTION)
    quotes = exchange.locator(".sl-answer p").all()
    assert len(quotes) > 1
    head = exchange.locator(".sl-head:has(> .sl-badge)").first
    name, badge = head.locator(".sl-doc").bounding_box(), head.locator(".sl-badge").bounding_box()
    assert name is not None
    assert badge is not None
    assert badge["y"] + badge["height"] / 2 < name["y"] + name["height"]  # beside it, on no line of its own
    page.page.evaluate("document.activeElement.blur()")
    quotes[0].locator("a.sl-chip").click()
    marked = page.panel.locator(".sl-here mark")
    for number, quote in enumerate(quotes, 1):
        said, source = quote.inner_text().rsplit("\u2060", 1)
        expect(marked).to_have_count(1)
        expect(marked).to_contain_text(said.strip())
        expect(marked).to_be_in_viewport()
        expect(page.panel.locator("h2 .sl-number")).to_have_text(source)
        expect(page.panel).to_contain_text(f"Citation {number} of {len(quotes)}")
        if number < len(quotes):
            page.panel.get_by_role("button", name="The next citation").click()
    assert page.overflow() <= 0
    assert page.panel.locator("h2 .sl-number").evaluate(SEEN)
    page.panel.get_by_role("button", name="The citation before").click()
    expect(page.panel).to_contain_text(f"Citation {len(quotes) - 1} of {len(quotes)}")
    if size == DESKTOP:
        expect(exchange.locator(".sl-answer p").first).to_be_in_viewport(ratio=1)
        beside, answer = page.panel.bounding_box(), exchange.locator(".sl-answer").bounding_box()
        assert beside is not None
        assert answer is not None
        assert answer["x"] + answer["width"] <= beside["x"]


@pytest.mark.slow
def test_the_panel_is_opened_and_closed_by_keyboard_and_the_focus_comes_back(visit: Visitor) -> None:
    page = visit(locale="en-US")
    exchange = page.ask(QUESTION)
    chip = exchange.locator("a.sl-chip").first
    chip.focus()
    page.page.keyboard.press("Escape")  # the passage that is shown beside a number in focus
    page.page.keyboard.press("Enter")
    expect(page.panel.locator("h2")).to_be_focused()
    page.settle()
    page.page.keyboard.press("Escape")
    expect(page.panel).to_have_count(0)
    expect(chip).to_be_focused()


@pytest.mark.slow
def test_the_panel_shows_the_inspector_and_goes_with_the_answer_that_it_belongs_to(visit: Visitor) -> None:
    page = visit(locale="en-US")
    exchange = page.ask(QUESTION)
    exchange.locator("a.sl-chip").first.click()
    page.panel.locator("[data-act=why]").click()
    expect(page.panel.locator(".sl-candidate")).to_have_count(20)
    page.ask("When do I need a doctor's note?")
    expect(page.panel.locator(".sl-candidate")).to_have_count(20)
    exchange.locator("[data-act=again]").click()
    expect(page.panel).to_have_count(0)
    expect(page.page.locator(".sl-question")).to_have_count(1)
    exchange.locator("[data-act=again]").wait_for()


@pytest.mark.slow
def test_the_panel_is_gone_with_the_click_and_comes_back_with_the_next(visit: Visitor) -> None:
    page = visit(locale="en-US")
    exchange = page.ask(QUESTION)
    chip = exchange.locator("a.sl-chip").first
    for _ in range(2):
        chip.click()
        expect(page.panel.locator("h2")).to_be_focused()
        close = page.panel.locator("[data-act=close]")
        assert not close.evaluate("(it) => { it.click(); return it.checkVisibility() }")
        expect(chip).to_be_focused()
    expect(page.panel).to_have_count(0)
    page.page.evaluate("""() => {
      document.querySelector(".sl-exchange a.sl-chip").click()
    }""")
    expect(page.panel).to_be_visible()
    # closed and opened again in one breath
    page.panel.locator("[data-act=close]").evaluate(
        "(it) => { it.click(); document.querySelector('.sl-exchange a.sl-chip').click() }"
    )
    page.settle()
    expect(page.panel).to_be_visible()
