"""The page for everybody: what axe finds on each part of it, in both themes and languages, and the way by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from visit import DESKTOP, PATIENCE_MS, Visit, Visitor

pytestmark = pytest.mark.browser

HOME = "How many days a week may I work from home?"
BAD = ("serious", "critical")
# what is the framework's own, inside of its widgets, and cannot be reached from here: rule -> where
NOT_OURS: dict[str, str] = {}


def findings(page: Page) -> list[str]:
    """Serious and critical ones, a line each: rule, place, what is wrong."""
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    result = Axe().run(page, options=options).response["violations"]
    return [
        f"{found['id']} {node['target']} {node['html'][:120]}"
        for found in result
        if found["impact"] in BAD
        for node in found["nodes"]
        if not (found["id"] in NOT_OURS and NOT_OURS[found["id"]] in str(node["target"]))
    ]


@pytest.fixture
def look(browser: Browser, server: str) -> Iterator[Any]:
    contexts = []

    def open_page(theme: Literal["light", "dark"], locale: str) -> Visit:
        context = browser.new_context(
            locale=locale, color_scheme=theme, viewport={"width": DESKTOP[0], "height": DESKTOP[1]}
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        page = context.new_page()
        page.goto(server)
        page.get_by_test_id("stChatInputTextArea").wait_for()
        found = Visit(page, context, server)
        found.settle()
        return found

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("theme", "locale"), [("light", "en-US"), ("dark", "ko-KR")])
def test_axe_finds_nothing_serious_on_any_part_of_the_page(look: Any, theme: str, locale: str) -> None:
    page = look(theme, locale)
    found: dict[str, list[str]] = {}

    def check(name: str) -> None:
        page.page.mouse.move(2, 2)
        page.page.wait_for_timeout(300)  # colours that fade in
        if seen := findings(page.page):
            found[name] = seen

    check("empty chat")
    exchange = page.ask(HOME)
    exchange.locator(".sl-card > summary").first.click()
    check("chat")
    exchange.locator("a.sl-chip").first.click()
    expect(page.panel).to_be_visible()
    page.settle()
    check("source")
    page.close_panel()
    exchange.locator("[data-act=why]").click()
    expect(page.panel).to_be_visible()
    page.settle()
    check("inspector")
    page.close_panel()
    page.page.locator(".st-key-chip_model button").first.click()
    page.page.get_by_test_id("stPopoverBody").wait_for()
    check("models on the field")
    page.page.keyboard.press("Escape")
    page.ask("What is the capital of Australia?")
    check("refusal")
    page.documents()
    check("documents")
    page.models()
    check("models")
    assert found == {}


def test_the_field_is_at_most_twelve_stops_from_the_top(visit: Visitor) -> None:
    page = visit(locale="en-US")
    page.ask(HOME)
    page.begin_at_the_top()
    page.page.keyboard.press("Tab")
    expect(page.page.locator(".sl-skip")).to_be_focused()
    page.page.keyboard.press("Enter")
    expect(page.page.get_by_test_id("stChatInputTextArea")).to_be_focused()


def test_a_question_its_source_and_the_next_citation_by_keyboard_alone(visit: Visitor) -> None:
    page = visit(locale="en-US")
    keys = page.page.keyboard
    expect(page.page.get_by_test_id("stChatInputTextArea")).to_be_focused()
    keys.type(HOME)
    keys.press("Enter")
    exchange = page.page.locator(".st-key-exchange-0")
    exchange.locator("[data-act=again]").wait_for()
    page.settle()
    for _ in range(60):  # backwards from the field into the answer
        keys.press("Shift+Tab")
        if page.page.evaluate("document.activeElement.matches('a.sl-chip')"):
            break
    else:
        pytest.fail("no citation is reached")
    expect(page.page.locator(".sl-peek")).to_be_visible()
    keys.press("Enter")
    expect(page.panel.locator("h2")).to_be_focused()
    keys.press("Escape")
    expect(page.panel).to_have_count(0)
    assert page.page.evaluate("document.activeElement.matches('a.sl-chip')")
