"""Forty conversations in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from chatbot.config import Config
from chatbot.conversations import Conversations
from scripts.screenshot_seeds import seed_conversations
from visit import PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_forty_conversations_are_found_as_one_types_and_the_foot_stays_in_view(
    visit: Visitor, page_config: Config
) -> None:
    page = visit(locale="en-US")
    page.ask("How many days a week may I work from home?")
    seed_conversations(page_config.store)
    try:
        page.page.reload()
        rows = page.page.locator(".sl-conversation")
        expect(rows.nth(39)).to_be_attached()
        foot = page.page.locator(".st-key-foot")
        expect(foot).to_be_in_viewport(ratio=1)
        expect(page.page.locator(".sl-history h3").first).to_have_text("Pinned")
        rows.nth(30).scroll_into_view_if_needed()
        expect(foot).to_be_in_viewport(ratio=1)
        before = rows.count()
        search = page.page.get_by_role("searchbox", name="Search conversations").or_(
            page.page.get_by_label("Search conversations")
        )
        search.first.press_sequentially("doctor")  # no Enter
        expect(rows).not_to_have_count(before)
        expect(rows.first).to_contain_text("doctor")
        rows.first.locator("[data-act=conversation]").click()
        expect(page.page.locator(".sl-question")).to_contain_text("doctor")
    finally:
        Conversations.open(page_config.store).delete_all()


def test_the_name_of_a_conversation_is_seen_on_a_phone(visit: Visitor) -> None:
    page = visit(locale="en-US", size=PHONE)
    page.ask("What are the core hours?")
    head = page.page.locator(".sl-chat-head .sl-name")
    expect(head).to_be_in_viewport(ratio=1)
    covered = """name => { const box = name.getBoundingClientRect();
      return document.elementFromPoint(box.x + 8, box.y + box.height / 2) !== name; }"""
    assert not head.evaluate(covered)
    assert page.overflow() <= 0
