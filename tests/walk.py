"""One way through every part of the page, what unfolds on it and its dialogs, for whoever looks at all of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from playwright.sync_api import TimeoutError, expect

from visit import Visit

HOME = "How many days a week may I work from home?"
COMPARE = "Compare the employee handbook with the reranking guide"
CHEAPEST = "What is the cheapest product in the price list?"
UNKNOWN = "What is the capital of Australia?"
POPOVERS = ("chip_model", "chip_documents", "share", "shortcuts")  # a phone has no keys, and shows none

Look = Callable[[str], None]  # is told what is shown


def walk(visit: Visit, look: Look) -> None:
    """All of it, in a conversation of its own; there is a second notebook."""
    look("nothing asked")
    _answers(visit, look)
    _sidebar(visit, look)
    _other_parts(visit, look)
    _dialogs(visit, look)


def open_drawer(visit: Visit) -> None:
    """The sidebar, where it is not open."""
    if (expand := visit.page.get_by_test_id("stExpandSidebarButton")).count():
        expand.click()


def unfold(visit: Visit, button: str) -> None:
    """Open what unfolds from ``button``; again where the page was drawn anew meanwhile, which closes it."""
    body = visit.page.get_by_test_id("stPopoverBody")
    for _ in range(5):
        visit.settle()
        visit.page.locator(button).first.click()
        with suppress(TimeoutError):
            body.wait_for(timeout=3000)
            return
    raise AssertionError(f"{button} opens nothing")


def _answers(visit: Visit, look: Look) -> None:
    page = visit.page
    visit.ask(COMPARE)
    look("comparison")
    visit.ask(CHEAPEST)
    look("computed")
    visit.ask(UNKNOWN)
    look("refusal")
    exchange = visit.ask(HOME)
    exchange.locator(".sl-card > summary").first.click()
    look("answer")
    exchange.locator("a.sl-chip").first.click()
    expect(visit.panel).to_be_visible()
    visit.settle()
    look("source")
    visit.close_panel()
    exchange.locator("[data-act=why]").click()
    expect(visit.panel.locator("svg.marks").first).to_be_visible()
    visit.settle()
    look("inspector")
    visit.close_panel()
    body = page.get_by_test_id("stPopoverBody")
    for key in POPOVERS:
        if page.locator(f".st-key-{key} button:visible").count():
            unfold(visit, f".st-key-{key} button:visible")
            look(key)
            page.keyboard.press("Escape")
            expect(body).to_have_count(0)


def _sidebar(visit: Visit, look: Look) -> None:
    open_drawer(visit)
    visit.page.locator(".sl-conversation [data-more]").first.click()
    look("sidebar")
    visit.page.locator(".sl-conversation [data-act=delete]").first.click()
    _dialog(visit, look, "to delete a conversation", ".st-key-delete_now")


def _other_parts(visit: Visit, look: Look) -> None:
    page = visit.page
    open_drawer(visit)
    visit.documents()
    look("documents")
    page.get_by_role("button", name="employee-handbook.pdf").first.click()
    page.locator(".sl-outline summary").click()
    visit.settle()
    look("guide")
    visit.close_panel()
    open_drawer(visit)
    visit.models()
    page.locator(".st-key-use-anthropic button").click()
    expect(page.locator(".st-key-backend_settings input[type=password]")).to_be_visible()
    visit.settle()
    look("models")


def _dialogs(visit: Visit, look: Look) -> None:
    page = visit.page
    visit.page.locator(".st-key-api_keys button:visible").click()
    _dialog(visit, look, "keys of programs", ".st-key-api_key_name")
    open_drawer(visit)
    page.locator(".st-key-manage_notebook button:visible").click()
    tabs = page.get_by_role("dialog").get_by_role("tab")
    tabs.first.wait_for()
    for number in range(tabs.count()):
        tabs.nth(number).click()
        visit.settle()
        look(f"notebook, tab {number}")
    visit.close_dialog()
    open_drawer(visit)
    page.locator(".st-key-notebook_switcher [role=combobox]").click()
    page.get_by_role("option").last.click()
    _dialog(visit, look, "a new notebook", ".st-key-make")


def _dialog(visit: Visit, look: Look, name: str, shows: str) -> None:
    """Look at the dialog that is coming up, and close it."""
    visit.page.get_by_role("dialog").locator(shows).first.wait_for()
    visit.settle()
    look(name)
    visit.close_dialog()
