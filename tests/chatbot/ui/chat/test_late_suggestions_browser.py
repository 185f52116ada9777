"""Suggestions that are found after the page was drawn."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from chatbot.config import Config
from scripts.served_page import ROOT, ServedPage
from visit import PATIENCE_MS

pytestmark = [pytest.mark.browser, pytest.mark.slow]  # a server of its own

# the page itself waits for none: what it draws must come later
IMPATIENT = """import chatbot.ui.chat.suggestions as suggestions
suggestions._WAIT_S = 0.0
from chatbot.ui.server.__main__ import main
main()"""


def test_suggestions_that_come_late_are_drawn_without_a_click(
    browser: Browser, page_config: Config, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    shutil.copytree(page_config.store, store, ignore=shutil.ignore_patterns("conversations*"))
    with ServedPage(ROOT, ["--store", str(store)], command=("-c", IMPATIENT)) as page:
        visit = browser.new_page(locale="en-US")
        visit.goto(page.address)
        suggestions = visit.locator(".st-key-suggestions button")
        expect(suggestions).to_have_count(3, timeout=PATIENCE_MS)
        suggestions.first.click()
        expect(visit.locator(".sl-question")).to_be_visible(timeout=PATIENCE_MS)
        visit.close()
