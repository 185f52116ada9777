"""Thumbs and the reasons for one, in a real browser: seen at once, and kept."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from visit import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HOME = "How many days a week may I work from home?"
CLICK = "(button) => { button.click(); return button.ariaPressed }"
PARTS = "(exchange) => [...exchange.children].map((part) => part.dataset.part)"


def pressed_at_once(button: Locator) -> bool:
    """Click; whether it is pressed before the server can have heard of it."""
    return bool(button.evaluate(CLICK) == "true")


def test_a_thumb_is_pressed_at_once_and_the_parts_of_the_exchange_keep_their_order(visit: Visitor) -> None:
    page = visit(locale="en-US")
    exchange = page.ask(HOME)
    up, down = (
        exchange.locator(f".sl-actions > [data-act=rate][data-source='0'][data-value='{value}']")
        for value in (1, -1)
    )
    before = exchange.evaluate(PARTS)
    for is_pressed in (True, False, True):
        assert pressed_at_once(up) is is_pressed
        page.page.wait_for_timeout(300)
        page.settle()
        expect(up).to_have_attribute("aria-pressed", str(is_pressed).lower())
        assert exchange.evaluate(PARTS) == before
    assert pressed_at_once(down)
    expect(up).to_have_attribute("aria-pressed", "false")
    why = exchange.locator(".sl-why-down button")
    expect(why).to_have_count(4)
    assert pressed_at_once(why.nth(0))
    assert pressed_at_once(why.nth(2))
    expect(why.nth(0)).to_have_attribute("aria-pressed", "false")
    page.page.wait_for_timeout(300)
    page.settle()
    page.page.reload()
    expect(exchange.locator("[aria-pressed=true]")).to_have_count(2)
    expect(down).to_have_attribute("aria-pressed", "true")
    expect(why.nth(2)).to_have_attribute("aria-pressed", "true")
