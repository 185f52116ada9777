"""A document that is opened from the list, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from visit import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# what a field asks for is shown whole
SHOWN_WHOLE = """(field) => {
  const [style, words] = [getComputedStyle(field), document.createElement("canvas").getContext("2d")];
  words.font = style.font;
  return words.measureText(field.placeholder).width <= field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
}"""


def test_a_document_opens_with_its_guide_leads_to_its_places_and_its_questions_are_answered(
    visit: Visitor,
) -> None:
    page = visit(locale="en-US")
    page.documents()
    page.page.get_by_role("button", name="employee-handbook.pdf", exact=True).click()
    panel = page.panel
    expect(panel.locator("h2")).to_have_text("employee-handbook.pdf")
    expect(panel.locator(".sl-guide").first.locator("li")).to_have_count(3)
    question = panel.locator(".st-key-guide_questions button").first
    expect(question).to_be_visible()
    asked = question.inner_text()
    panel.locator(".sl-outline summary").click()
    panel.locator(".sl-outline .sl-act").nth(5).click()
    expect(panel.locator(".sl-sheet .sl-box").first).to_be_visible()
    panel.get_by_role("button", name="Back to its guide").click()
    question.click()
    exchange = page.page.locator(".st-key-exchange-0")
    expect(exchange.locator(".sl-question")).to_contain_text(asked)
    exchange.locator("[data-act=again]").wait_for()
    expect(exchange.locator(".sl-card .sl-doc").first).to_contain_text("employee-handbook.pdf")
    expect(exchange.locator(".sl-answer")).not_to_be_empty()


def test_names_of_documents_are_as_long_as_the_panel_leaves_room(visit: Visitor) -> None:
    page = visit(locale="en-US")
    page.documents()
    name = page.page.locator(".sl-c-name").first
    name.get_by_role("button").click()
    expect(page.panel.locator("h2")).to_be_visible()
    assert page.overflow() <= 0
    box = name.bounding_box()
    assert box is not None
    assert box["width"] > 200
    assert page.page.locator(".st-key-find input[type=search]").evaluate(SHOWN_WHOLE)
