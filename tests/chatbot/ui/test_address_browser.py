"""The browser's back and forward, a reload, and a click that comes before the page's own script."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from visit import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HOME = "How many days a week may I work from home?"


def test_back_and_forward_lead_through_panels_and_conversations(visit: Visitor) -> None:
    page = visit(locale="en-US")
    exchange = page.ask(HOME)
    exchange.locator("a.sl-chip").first.click()
    expect(page.panel).to_be_visible()
    page.settle()
    page.page.go_back()
    expect(page.panel).to_have_count(0)
    expect(page.page.locator(".sl-question")).to_have_count(1)
    page.page.go_forward()
    expect(page.panel).to_be_visible()
    page.settle()
    page.page.reload()
    expect(page.panel).to_be_visible()
    page.close_panel()
    page.page.locator("[data-act=new]").click()
    expect(page.page.locator(".sl-question")).to_have_count(0)
    page.settle()
    page.page.go_back()
    expect(page.page.locator(".sl-question")).to_have_count(1)
    page.settle()
    page.documents()  # its own address is no wish to leave the conversation
    page.chat()
    expect(page.page.locator(".sl-question")).to_have_count(1)


def test_a_click_right_after_one_on_another_part_does_not_lead_back(visit: Visitor) -> None:
    page = visit(locale="en-US")
    page.ask(HOME)
    page.page.evaluate("""() => {
      document.querySelectorAll('[data-testid="stSidebarNavLink"]')[1].click();
      document.querySelector('.sl-conversation [data-act="pin"]').click();
    }""")
    page.page.locator(".st-key-add").wait_for()
    page.page.locator('.sl-conversation [data-act="pin"][data-pinned="0"]').first.wait_for(state="attached")
    page.settle()
    expect(page.page.locator(".st-key-add")).to_be_visible()


def test_a_click_right_after_a_reload_is_obeyed(visit: Visitor) -> None:
    page = visit(locale="en-US")
    page.ask(HOME)

    page.page.add_init_script("""
      const clicked = new MutationObserver(() => {
        const button = document.querySelector('[data-act="new"]');
        if (!button) return;
        clicked.disconnect();
        window.wasEarly = !window.secondLookClicks;
        button.click();
      });
      clicked.observe(document, { subtree: true, childList: true });
    """)  # in the very moment in which the button is there
    page.page.reload()
    page.page.get_by_test_id("stChatInputTextArea").wait_for()
    page.settle()
    expect(page.page.locator(".sl-question")).to_have_count(0)
    expect(page.page.locator(".st-key-suggestions button").first).to_be_visible()


def test_the_frameworks_words_are_those_of_the_chosen_language(visit: Visitor) -> None:
    page = visit(locale="ko-KR")
    expect(page.page.locator("html")).to_have_attribute("lang", "ko")
    expect(page.page.get_by_test_id("stChatInputSubmitButton")).to_have_attribute("aria-label", "보내기")
    page.page.locator(".st-key-chip_documents button").first.click()
    page.page.get_by_test_id("stPopoverBody").get_by_role("combobox").click()
    expect(page.page.get_by_role("option").first).to_have_text("모두 고르기")
    expect(page.page.get_by_role("option", name="employee-handbook.pdf")).to_be_visible()
    page.page.keyboard.press("Escape")
    page.page.keyboard.press("Escape")
    expect(page.page.get_by_test_id("stPopoverBody")).to_have_count(0)
    page.documents()
    upload = page.page.locator(".stFileUploader").first
    expect(upload).to_contain_text("올리기")
    expect(upload).not_to_contain_text("per file")
    page.page.get_by_test_id("stSidebar").get_by_text("English", exact=True).click()
    expect(page.page.locator("html")).to_have_attribute("lang", "en")
    expect(upload).to_contain_text("Upload")
    expect(upload).to_contain_text("per file")
