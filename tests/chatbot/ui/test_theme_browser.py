"""The theme switch in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from visit import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def wait_for_scheme(page: Page, scheme: str) -> None:
    expect(page.locator(".stApp")).to_have_css("color-scheme", scheme)
    expect(page.locator("body")).to_have_css("color-scheme", scheme)  # dialogs


def test_the_theme_is_chosen_kept_over_a_reload_and_the_same_in_every_part_of_the_page(
    visit: Visitor,
) -> None:
    page = visit(locale="en-US")
    wait_for_scheme(page.page, "light")  # as the system of this browser has it
    themes = page.page.get_by_role("radiogroup", name="Theme")
    themes.get_by_role("radio", name="Dark").click()
    wait_for_scheme(page.page, "dark")
    page.page.goto(f"{page.origin}/documents")
    wait_for_scheme(page.page, "dark")
    expect(themes.get_by_role("radio", name="Dark")).to_have_attribute("aria-checked", "true")
    themes.get_by_role("radio", name="Dark").press("ArrowRight")  # one Tab stop, then by arrows
    wait_for_scheme(page.page, "light")
    page.page.emulate_media(color_scheme="dark")
    wait_for_scheme(page.page, "dark")
    expect(themes.get_by_role("radio", name="As the system has it")).to_have_attribute("aria-checked", "true")


def test_what_is_filled_with_our_colour_is_read_in_the_dark(visit: Visitor) -> None:
    """Its words are in the colour whose contrast test_styles.py computes; Streamlit would take white."""
    page = visit(locale="en-US", color_scheme="dark")
    page.ask("What are the core hours?")
    page.page.locator(".sl-conversation [data-more]").first.click()
    page.page.locator(".sl-conversation [data-act=delete]").first.click()
    words = page.page.get_by_role("dialog").locator(".st-key-delete_now button p")
    wanted = page.page.evaluate("""() => {
      const probe = document.querySelector(".stApp").appendChild(document.createElement("i"));
      probe.style.color = "var(--sl-on-accent)";
      return getComputedStyle(probe).color;
    }""")
    expect(words).to_have_css("color", wanted)
    page.close_dialog()
    field = page.page.get_by_test_id("stChatInputTextArea")
    field.fill("a question")
    expect(page.page.get_by_test_id("stChatInputSubmitButton").locator("svg")).to_have_css("color", wanted)
    field.fill("")
    page.documents()
    row = page.page.locator("[class*=st-key-row-] .stCheckbox").first
    row.locator("input").check(force=True)
    expect(row.locator("svg")).to_have_css("stroke", wanted)
    page.settle()
