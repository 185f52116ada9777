"""Documents in a real browser: the first visit, and a document that is opened from the list."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from scripts.served_page import LAUNCHER, ROOT, ServedPage
from visit import PATIENCE_MS, Visitor

pytestmark = pytest.mark.browser


@pytest.fixture
def first_visit(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A page whose index folder is not there yet."""
    settings = tmp_path / "secondlook.toml"
    settings.write_text("")
    server = ServedPage(
        ROOT, ["--store", str(tmp_path / "store"), "--config", str(settings)], command=LAUNCHER
    )
    server.start()
    context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 860})
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    page = context.new_page()
    page.goto(server.address)
    yield page
    context.close()
    server.stop()


def test_the_first_visit_shows_no_alarm_and_the_first_document_opens_the_chat(
    first_visit: Page,
) -> None:
    page = first_visit
    expect(page.get_by_text("No documents yet")).to_be_visible()
    expect(page.locator(".sl-warn")).to_have_count(0)
    text = "# Greenhouse rules\n\n" + "\n\n".join(
        f"## Watering bed {number}\n\nBed {number} is watered every {number + 2} days in the morning."
        for number in range(12)
    )
    page.locator(".st-key-add input[type=file]").first.set_input_files(
        [{"name": "greenhouse.md", "mimeType": "text/markdown", "buffer": text.encode()}]
    )
    expect(page.get_by_text("Reading your first documents")).to_be_visible()
    expect(page.locator(".sl-work")).to_be_visible()
    expect(page.get_by_test_id("stChatInputTextArea")).to_be_visible()
    expect(page.locator(".sl-warn")).to_have_count(0)


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
