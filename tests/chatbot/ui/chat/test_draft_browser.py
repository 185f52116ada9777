"""A question that is half typed outlasts what draws the field anew, and is gone once it was sent."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from visit import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HALF = "How many days a week may I"


def test_a_half_typed_question_outlasts_the_theme_the_language_and_another_part_of_the_page(
    visit: Visitor,
) -> None:
    page = visit(locale="en-US")
    field = page.page.get_by_test_id("stChatInputTextArea")
    field.fill(HALF)
    page.page.get_by_role("radio", name="Dark").click()  # loads the page anew
    expect(page.page.locator("body")).to_have_css("color-scheme", "dark")
    expect(field).to_have_value(HALF)
    page.settle()
    page.page.get_by_test_id("stSidebar").get_by_text("한국어").click()
    expect(field).to_have_attribute("placeholder", "문서에 대해 물어보세요")
    expect(field).to_have_value(HALF)
    page.documents()
    page.chat()
    expect(field).to_have_value(HALF)
    field.press("End")
    field.press_sequentially(" work from home?")
    field.press("Enter")
    expect(page.page.locator(".sl-question")).to_have_text(f"{HALF} work from home?")
    expect(field).to_have_value("")
    page.page.reload()
    expect(page.page.locator(".sl-question")).to_be_visible()
    expect(field).to_have_value("")
