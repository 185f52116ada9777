"""In a real browser: a file and a question that are sent together are read and answered together."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from chatbot.config import Config
from chatbot.store.folder_lock import writer_lock
from visit import Visit, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WARM = "How warm must the boathouse be kept in winter?"
HOME = "How many days a week may I work from home?"


def markdown(name: str, text: str) -> dict[str, object]:
    return {"name": name, "mimeType": "text/markdown", "buffer": text.encode()}


def send(page: Visit, question: str, *files: dict[str, object]) -> Locator:
    """The exchange of a question that is sent with files, once it is on the page."""
    count = page.page.locator(".sl-question").count()
    page.page.locator(".st-key-ask input[type=file]").first.set_input_files(list(files))  # type: ignore[arg-type]
    for file in files:
        expect(page.page.locator(".st-key-ask").get_by_text(str(file["name"]))).to_be_visible()
    page.page.get_by_test_id("stChatInputTextArea").fill(question)
    send = page.page.get_by_test_id("stChatInputSubmitButton")
    expect(send).to_be_enabled()
    send.click()
    exchange = page.page.locator(f".st-key-exchange-{count}")
    expect(exchange.locator(".sl-question")).to_have_text(question)
    return exchange


def chip(exchange: Locator, name: str) -> Locator:
    return exchange.locator(".sl-given-file").filter(has_text=name)


def test_a_question_waits_for_the_files_that_came_with_it_and_searches_them_first(
    visit: Visitor, page_config: Config
) -> None:
    page = visit(locale="en-US")
    fact = "# Boathouse\n\nIn winter the boathouse must be kept at four degrees for the old rowing boats."
    broken = {"name": "broken.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 and no more"}
    with writer_lock(page_config.store, 10):  # another program: the files have to wait
        exchange = send(page, WARM, markdown("boathouse.md", fact), broken)
        expect(chip(exchange, "boathouse.md")).to_contain_text("being read")
        expect(exchange).to_contain_text("The answer begins once the files are read.")
        expect(exchange.locator("[data-act=now]")).to_have_text("Ask without waiting")
        expect(exchange.locator(".sl-answer")).to_have_count(0)
    expect(exchange.locator(".sl-answer")).to_contain_text("four degrees")
    expect(exchange.locator(".sl-card").first).to_contain_text("boathouse.md")
    expect(exchange).to_contain_text("Searched in the files that came with the question")
    expect(chip(exchange, "boathouse.md")).to_have_text(re.compile("read$"))
    expect(chip(exchange, "broken.pdf")).to_contain_text("not added")
    refused = exchange.locator(".sl-given-why li")
    expect(refused).to_contain_text("broken.pdf")
    expect(refused).to_have_text(re.compile("broken.pdf.{20,}"))  # what helps, right there
    exchange.locator("[data-act=again]").wait_for()
    page.settle()
    page.page.reload()
    expect(chip(exchange, "broken.pdf")).to_contain_text("not added")
    expect(exchange).to_contain_text("Searched in the files that came with the question")


def test_who_does_not_want_to_wait_for_the_files_is_answered_from_the_documents_that_are_there(
    visit: Visitor, page_config: Config
) -> None:
    page = visit(locale="ko-KR")
    with writer_lock(page_config.store, 10):
        exchange = send(page, HOME, markdown("bees.md", "# Bees\n\nThe hive stands behind the barn."))
        exchange.locator("[data-act=now]").click()
        expect(exchange.locator(".sl-answer")).to_contain_text("up to three days a week")
        expect(chip(exchange, "bees.md")).to_contain_text("읽는 중")
    page.documents()
    expect(page.page.locator(".st-key-rows")).to_contain_text("bees.md")


def test_what_the_files_do_not_answer_is_searched_everywhere_and_the_page_says_so(visit: Visitor) -> None:
    page = visit(locale="en-US")
    exchange = send(page, HOME, markdown("hens.md", "# Hens\n\nThe hens are fed at seven in the morning."))
    expect(exchange.locator(".sl-answer")).to_contain_text("up to three days a week")
    expect(exchange).to_contain_text("do not seem to answer it, so all documents were searched")


def test_files_without_a_question_are_only_read(visit: Visitor) -> None:
    page = visit(locale="en-US")
    page.page.locator(".st-key-ask input[type=file]").first.set_input_files(
        [markdown("goats.md", "# Goats\n\nThe goats are milked at six.")]  # type: ignore[list-item]
    )
    expect(page.page.locator(".st-key-ask").get_by_text("goats.md")).to_be_visible()
    page.page.get_by_test_id("stChatInputSubmitButton").click()
    expect(page.page.locator(".st-key-ask").get_by_text("goats.md")).to_have_count(0)  # they were sent
    expect(page.page.locator(".sl-given")).to_contain_text("goats.md")
    page.documents()
    expect(page.page.locator(".st-key-rows")).to_contain_text("goats.md")
    page.chat()
    expect(page.page.locator(".sl-question")).to_have_count(0)
