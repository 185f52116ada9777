"""The first visit in a real browser: an empty index, the first document, the first answer, its source, and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from scripts.served_page import LAUNCHER, ROOT, ServedPage
from visit import FIELD, PHONE, Visit, new_context, opened

pytestmark = pytest.mark.browser

UPLOADERS = ".st-key-add"
FILES = (
    "[data-testid=stFileUploaderDropzone]:has(input:not([webkitdirectory]))"  # the other one takes a folder
)
FACT = "Bed 7 is watered every nine days in the morning."
DOCUMENT = "# Greenhouse rules\n\n" + "\n\n".join(
    f"## Watering bed {number}\n\nBed {number} is watered every {days} days in the morning."
    for number, days in enumerate(
        ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    )
)
WORDS = {
    "en-US": ("No documents yet", "Reading your first documents", "How often is bed 7 watered?"),
    "ko-KR": ("아직 문서가 없습니다", "첫 문서를 읽고 있습니다", "Bed 7 is watered every how many days?"),
}


@pytest.fixture
def nothing_yet(tmp_path: Path) -> Iterator[str]:
    """A page whose index folder is not there yet; its address."""
    settings = tmp_path / "secondlook.toml"
    settings.write_text("")
    arguments = ["--store", str(tmp_path / "store"), "--config", str(settings)]
    with ServedPage(ROOT, arguments, command=LAUNCHER) as page:
        yield page.address


@pytest.mark.parametrize("locale", ["en-US", pytest.param("ko-KR", marks=pytest.mark.slow)])
def test_from_an_empty_index_to_the_first_answer_its_source_and_back_on_a_phone(
    browser: Browser, nothing_yet: str, locale: str
) -> None:
    none, reading, question = WORDS[locale]
    at_a_desk, in_a_hand = (
        new_context(browser, locale),
        new_context(browser, locale, PHONE, has_touch=True, is_mobile=True),
    )
    desk = opened(at_a_desk, nothing_yet, shows=UPLOADERS)
    visit = opened(in_a_hand, nothing_yet, shows=UPLOADERS)
    for each in (desk, visit):
        expect(each.page.get_by_text(none)).to_be_visible()
        _is_calm(each)

    page = visit.page
    with page.expect_file_chooser() as chooser:
        page.locator(f"{UPLOADERS} {FILES} button").tap()
    file = {"name": "greenhouse.md", "mimeType": "text/markdown", "buffer": DOCUMENT.encode()}
    chooser.value.set_files(file)  # type: ignore[arg-type]
    expect(page.get_by_text(reading)).to_be_visible()
    expect(page.locator(".sl-work")).to_be_visible()
    _is_calm(visit)
    field = page.locator(FIELD)
    expect(field).to_be_visible()
    _is_calm(visit)

    visit.settle()
    field.fill(question)
    page.get_by_test_id("stChatInputSubmitButton").tap()
    exchange = page.locator(".st-key-exchange-0")
    exchange.locator("[data-act=again]").wait_for()
    visit.settle()
    expect(exchange.locator(".sl-question")).to_be_in_viewport(ratio=1)
    expect(exchange.locator(".sl-answer")).to_contain_text("nine days")
    expect(exchange.locator(".sl-answer > :first-child")).to_be_in_viewport(ratio=1)
    _is_calm(visit)

    exchange.locator("a.sl-chip").first.tap()
    _sheet_shows(visit, FACT)
    page.go_back()
    expect(visit.panel).to_have_count(0)
    expect(exchange.locator(".sl-answer > :first-child")).to_be_in_viewport(ratio=1)
    visit.settle()
    exchange.locator(".sl-card > summary").first.tap()
    exchange.locator(".sl-card [data-act=open]").first.tap()
    _sheet_shows(visit, FACT)
    visit.panel.locator("[data-act=close]").tap()
    expect(visit.panel).to_have_count(0)
    _is_calm(visit)
    visit.settle()
    page.reload()  # the very first conversation is kept, too
    expect(exchange.locator(".sl-question")).to_have_text(question)
    expect(page.locator(".sl-chat-head .sl-name")).to_have_text(question)
    for context in (at_a_desk, in_a_hand):
        context.close()


def _is_calm(visit: Visit) -> None:
    """Nothing warns, and nothing is wider than the window."""
    expect(visit.page.locator(".sl-warn")).to_have_count(0)
    assert visit.overflow() <= 0


def _sheet_shows(visit: Visit, quote: str) -> None:
    """The source over the lower part of the page: its name and the marked quote are in view, and so is what was asked."""
    panel = visit.panel
    expect(panel.locator("h2")).to_contain_text("greenhouse.md")
    visit.settle()
    expect(panel.locator("h2")).to_be_in_viewport(ratio=1)
    marked: Locator = panel.locator(".sl-here mark")
    expect(marked.first).to_contain_text(quote[:12])
    expect(marked.first).to_be_in_viewport(ratio=1)
    box = panel.bounding_box()
    assert box is not None
    assert box["y"] > 100
    assert box["width"] == pytest.approx(PHONE[0], abs=1)
