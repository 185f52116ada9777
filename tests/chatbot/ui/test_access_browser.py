"""The page for everybody: what axe finds on each part of it, in both themes and languages, and the way by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from chatbot.config import Config
from chatbot.notebooks import ALONE, Library
from visit import DESKTOP, PATIENCE_MS, PHONE, Visit, Visitor

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


# an animation that is paused never ends: two seconds are more than any of ours takes
QUIET = """() => Promise.race([new Promise((done) => setTimeout(done, 2000)), Promise.all(document.getAnimations()
  .filter(each => each.effect.getComputedTiming().endTime < Infinity).map(each => each.finished.catch(() => 0)))])"""


class Look:
    """Axe on one page as it stands, in both themes; what it found, by where that was."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.found: dict[str, list[str]] = {}

    def __call__(self, name: str) -> None:
        page = self.visit.page
        page.mouse.move(2, 2)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            expect(page.locator(".stApp")).to_have_css("color-scheme", theme)
            page.evaluate(QUIET)
            if seen := findings(page):
                self.found[f"{name}, {theme}"] = seen

    def open_drawer(self) -> None:
        """The sidebar, where it is not open."""
        if (expand := self.visit.page.get_by_test_id("stExpandSidebarButton")).count():
            expand.click()

    def part(self, number: int, shows: str) -> None:
        self.open_drawer()
        self.visit.page.get_by_test_id("stSidebarNavLink").nth(number).click()
        self.visit.page.locator(shows).first.wait_for()
        self.visit.settle()

    def popover(self, key: str) -> None:
        page, body = self.visit.page, self.visit.page.get_by_test_id("stPopoverBody")
        if not page.locator(f".st-key-{key} button:visible").count():
            return  # a phone has no keys
        self.visit.settle()  # what is drawn anew closes what was opened meanwhile
        page.locator(f".st-key-{key} button:visible").first.click()
        body.wait_for()
        self(key)
        page.keyboard.press("Escape")
        expect(body).to_have_count(0)


@pytest.fixture
def look(browser: Browser, server: str) -> Iterator[Callable[[str, tuple[int, int]], Look]]:
    contexts = []

    def open_page(locale: str, size: tuple[int, int]) -> Look:
        context = browser.new_context(
            locale=locale, viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce"
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        page = context.new_page()
        page.goto(server)
        page.get_by_test_id("stChatInputTextArea").wait_for()
        found = Visit(page, context, server)
        found.settle()
        return Look(found)

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def second_notebook(page_config: Config) -> Iterator[None]:
    library = Library(page_config)
    made = library.make("Goats", ALONE)
    yield
    library.delete(made.id, ALONE)


SIZES = [
    ("en-US", DESKTOP), *(
        pytest.param(*one, marks=pytest.mark.slow) for one in (("ko-KR", PHONE), ("ko-KR", DESKTOP), ("en-US", PHONE))
    )
]  # fmt: skip


@pytest.mark.parametrize(("locale", "size"), SIZES)
def test_axe_finds_nothing_serious_on_any_part_of_the_page_in_either_theme(
    look: Callable[[str, tuple[int, int]], Look], locale: str, size: tuple[int, int]
) -> None:
    check = look(locale, size)
    visit = check.visit
    check("empty chat")
    exchange = visit.ask(HOME)
    exchange.locator(".sl-card > summary").first.click()
    check("chat")
    exchange.locator("a.sl-chip").first.click()
    expect(visit.panel).to_be_visible()
    visit.settle()
    check("source")
    visit.close_panel()
    exchange.locator("[data-act=why]").click()
    expect(visit.panel.locator("svg.marks").first).to_be_visible()
    visit.settle()
    check("inspector")
    visit.close_panel()
    check.popover("chip_model")
    visit.ask("What is the capital of Australia?")
    check("refusal")
    check.part(1, ".st-key-rows")
    check("documents")
    visit.page.get_by_role("button", name="employee-handbook.pdf").first.click()
    visit.page.locator(".sl-outline summary").click()
    check("guide")
    visit.close_panel()
    check.part(2, ".st-key-backends .sl-backend")
    visit.page.locator(".st-key-use-anthropic button").click()
    visit.page.locator(".st-key-backend_settings input[type=password]").wait_for()
    visit.settle()
    check("models")
    assert check.found == {}


@pytest.mark.parametrize(("locale", "size"), SIZES)
def test_axe_finds_nothing_serious_on_any_dialog_in_either_theme(
    look: Callable[[str, tuple[int, int]], Look], locale: str, size: tuple[int, int], second_notebook: None
) -> None:
    check = look(locale, size)
    visit, page = check.visit, check.visit.page
    dialog = page.get_by_role("dialog")
    visit.ask(HOME)
    check.open_drawer()
    page.locator(".sl-conversation [data-more]").first.click()
    page.locator(".sl-conversation [data-act=delete]").first.click()
    dialog.locator(".st-key-delete_now").wait_for()
    visit.settle()
    check("delete")
    visit.close_dialog()
    check.open_drawer()
    page.locator(".st-key-manage_notebook button:visible").click()
    for number in range(3):
        dialog.get_by_role("tab").nth(number).click()
        visit.settle()
        check(f"notebook, tab {number}")
    visit.close_dialog()
    check.open_drawer()
    page.locator(".st-key-notebook_switcher [role=combobox]").click()
    page.get_by_role("option").last.click()
    dialog.locator(".st-key-make").wait_for()
    visit.settle()
    check("new notebook")
    visit.close_dialog()
    assert check.found == {}


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
