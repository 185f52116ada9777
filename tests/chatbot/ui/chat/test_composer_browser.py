"""The field to ask in, in a real browser: what stands on it, and what keys and dropped files do."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from fakes.llm_server import FakeLLMServer
from visit import PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HOME = "How many days a week may I work from home?"
DROP = """([name, text]) => {
  const files = new DataTransfer();
  files.items.add(new File([text], name, { type: "text/markdown" }));
  const at = document.querySelector(".stMainBlockContainer");
  for (const kind of ["dragover", "drop"]) at.dispatchEvent(new DragEvent(kind, { dataTransfer: files, bubbles: true, cancelable: true }));
}"""


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.dataset.testid ?? document.activeElement.className"))


def test_escape_and_the_button_in_the_place_of_send_stop_an_answer(
    visit: Visitor, fake_llm: FakeLLMServer
) -> None:
    fake_llm.reply, fake_llm.fault = "one two three four", "hang between tokens"
    page = visit(locale="en-US", llm=fake_llm)
    send, stop = page.page.get_by_test_id("stChatInputSubmitButton"), page.page.locator(".sl-stop button")
    place = send.bounding_box()
    assert place is not None
    field = page.page.get_by_test_id("stChatInputTextArea")
    field.fill(HOME)
    field.press("Enter")
    expect(stop).to_be_visible()
    expect(send).to_be_hidden()
    box = stop.bounding_box()
    assert box is not None
    assert abs(box["x"] + box["width"] / 2 - place["x"] - place["width"] / 2) < 8
    exchange = page.page.locator(".st-key-exchange-0")
    expect(exchange.locator(".sl-answer")).to_contain_text("one")
    page.page.keyboard.press("Escape")
    expect(exchange).to_contain_text("Stopped.")


def test_the_field_has_the_focus_from_the_start_and_keys_lead_to_it(visit: Visitor) -> None:
    page = visit(locale="en-US")
    expect(page.page.get_by_test_id("stChatInputTextArea")).to_be_focused()
    exchange = page.ask(HOME)
    exchange.locator(".sl-question").focus()
    page.page.keyboard.press("/")
    expect(page.page.get_by_test_id("stChatInputTextArea")).to_be_focused()
    expect(page.page.get_by_test_id("stChatInputTextArea")).to_have_value("")
    exchange.locator(".sl-question").focus()
    page.page.keyboard.press("?")
    expect(page.page.locator(".sl-keys")).to_contain_text("Stop the answer")
    page.page.keyboard.press("Escape")
    expect(page.page.locator(".sl-keys")).to_be_hidden()


def test_the_documents_to_search_are_chosen_on_the_field(visit: Visitor) -> None:
    page = visit(locale="en-US")
    page.page.locator(".st-key-chip_documents button").first.click()
    body = page.page.get_by_test_id("stPopoverBody")
    body.get_by_role("combobox").click()
    page.page.get_by_role("option", name="employee-handbook.pdf").click()
    expect(page.page.locator(".st-key-chip_documents button").first).to_contain_text("employee-handbook.pdf")
    page.page.keyboard.press("Escape")
    page.settle()
    exchange = page.ask(HOME)
    documents = set(exchange.locator(".sl-card .sl-doc").all_text_contents())
    assert documents == {"employee-handbook.pdf"}
    page.page.locator(".st-key-all_documents button").click()  # it is kept for the next visit
    expect(page.page.locator(".st-key-chip_documents button").first).to_contain_text("All documents")


def test_a_file_that_is_dropped_anywhere_goes_with_the_question(visit: Visitor) -> None:
    page = visit(locale="en-US")
    page.page.evaluate(DROP, ["dropped.md", "# Goats\n\nGoats eat grass."])
    expect(page.page.locator(".st-key-ask").get_by_text("dropped.md")).to_be_visible()


def test_a_long_question_is_folded_and_the_rest_is_a_click_away(visit: Visitor) -> None:
    page = visit(locale="en-US")
    exchange = page.ask(" ".join([HOME] * 20))
    question = exchange.locator(".sl-question")
    folded = question.bounding_box()
    assert folded is not None
    assert folded["height"] < 200
    exchange.locator(".sl-unfold").click()
    whole = question.bounding_box()
    assert whole is not None
    assert whole["height"] > folded["height"] + 40


def test_on_a_phone_the_drawer_closes_once_something_was_chosen(visit: Visitor) -> None:
    page = visit(locale="en-US", size=PHONE)
    page.page.get_by_test_id("stExpandSidebarButton").click()
    expand = page.page.get_by_test_id("stExpandSidebarButton")
    expect(expand).to_have_count(0)
    page.page.get_by_test_id("stSidebarNavLink").nth(1).click()
    expect(expand).to_be_visible()


SLOW_TO_DRAW = """() => new MutationObserver(() => {
  const until = performance.now() + 150;
  if (document.querySelector("[data-testid=stPopoverBody]")) while (performance.now() < until);
}).observe(document.body, { subtree: true, childList: true })"""


@pytest.mark.slow
def test_what_unfolds_stays_unfolded_in_a_browser_that_is_slow_to_draw_it(visit: Visitor) -> None:
    page = visit(locale="en-US")
    page.page.evaluate(SLOW_TO_DRAW)
    body = page.page.get_by_test_id("stPopoverBody")
    for key in ("chip_model", "chip_documents", "shortcuts"):
        page.page.locator(f".st-key-{key} button").first.click()
        page.page.wait_for_timeout(300)
        expect(body).to_have_count(1)
        page.page.get_by_role("heading", name="Second Look").click()  # and a click elsewhere folds it
        expect(body).to_have_count(0)
