"""An API key that is pasted in a real browser: used, and seen nowhere."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from chatbot.config import Config
from fakes.llm_server import FakeLLMServer
from visit import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CANARY = "sk-canary-pasted-20261129"


def test_a_pasted_key_reaches_its_server_and_is_seen_nowhere_on_the_page(
    visit: Visitor, fake_llm: FakeLLMServer, page_config: Config
) -> None:
    page = visit(locale="en-US")
    page.use_fake_llm(fake_llm)
    page.models()
    field = page.page.locator(".st-key-backend_settings input[type=password]")
    field.fill(CANARY)
    field.press("Enter")
    settings = page.page.locator(".st-key-backend_settings")
    expect(settings).to_contain_text("There is a key for 127.0.0.1")
    expect(settings.locator("input[type=password]")).to_have_count(0)
    settings.get_by_role("button", name="Test").click()
    expect(settings.locator(".st-key-test")).to_contain_text("Answered in")
    sent = {name.lower(): value for name, value in fake_llm.requests[-1]["headers"].items()}
    assert sent["authorization"] == f"Bearer {CANARY}"
    assert CANARY not in page.page.content()
    for file in page_config.store.parent.rglob("*"):
        if file.is_file():
            assert CANARY.encode() not in file.read_bytes(), file
    settings.get_by_role("button", name="Forget the key").click()
    expect(settings.locator("input[type=password]")).to_have_value("")
    page.page.get_by_role("button", name="Back to quotes only").first.click()
    expect(page.page.locator("[class*=st-key-backend-viewed-extractive] .sl-badge")).to_be_visible()
