"""What is clicked in the moment in which the page reports by itself is obeyed, also in a browser that is busy."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from visit import FIELD, Visitor

pytestmark = pytest.mark.browser

# Streamlit's script sends what has changed in a moment (a timer of 0 ms); a busy browser takes that long for it
BUSY = """
const later = window.setTimeout;
window.setTimeout = (what, ms, ...more) => later(what, ms || 400, ...more);
"""


@pytest.mark.slow
def test_a_click_that_is_sent_together_with_a_report_is_obeyed(visit: Visitor) -> None:
    page = visit(locale="en-US")
    page.page.add_init_script(BUSY)
    page.page.reload()
    page.page.locator(FIELD).wait_for()
    page.settle()
    for number, question in enumerate(
        ["How many days a week may I work from home?", "What are the core hours?"]
    ):
        page.page.locator(FIELD).fill(question)
        page.page.wait_for_timeout(100)
        page.page.keyboard.press("Enter")
        exchange = page.page.locator(f".st-key-exchange-{number}")
        exchange.locator("[data-act=why]").click()
        expect(page.panel).to_be_visible(timeout=8000)
        page.panel.locator("[data-act=close]").click()
        expect(page.panel).to_have_count(0)
