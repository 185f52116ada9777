"""Long names, and names that two documents have, in a real browser: in the chooser, in the inspector, in the panel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from chatbot.config import Config
from ingest.pipeline import run
from visit import PHONE, Visitor
from walk import unfold

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LONG = (
    "Pond handbook of the house and its garden (final, signed, really final) - copy 2 of 3 - v2023.11.30.md"
)
WITHOUT_SPACE = "연못관리지침서_최종_진짜최종_검토완료_2024년11월30일_담당자확인본_배포용(수정3).md"
# options and chosen names that are not seen whole
CUT = """() => [...document.querySelectorAll("[data-item-hl], [data-tag] > span")]
  .filter(name => name.scrollHeight > name.clientHeight + 1 || name.scrollWidth > name.clientWidth + 1)
  .map(name => name.textContent)"""


@pytest.fixture
def ponds(page_config: Config, tmp_path: Path) -> Iterator[None]:
    """Two documents with long names, and two with the same one."""
    folder = tmp_path / "ponds"
    files = [
        folder / "2023" / "notes.md",
        folder / "2024" / "notes.md",
        folder / LONG,
        folder / WITHOUT_SPACE,
    ]
    for number, file in enumerate(files):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(
            f"# Ponds\n\nThe carp of pond {number} are fed at {number + 5} in the morning.\n", "utf-8"
        )
    run(page_config, [folder])
    yield
    for file in files:
        file.unlink()
    run(page_config, [folder])


@pytest.mark.usefixtures("ponds")
def test_each_document_is_told_apart_and_seen_whole_in_the_chooser_on_a_phone(visit: Visitor) -> None:
    page = visit(locale="en-US", size=PHONE, has_touch=True, is_mobile=True)
    page.page.locator(".st-key-suggestions button").first.wait_for()  # or they come meanwhile
    unfold(page, ".st-key-chip_documents button:visible")
    page.page.get_by_test_id("stPopoverBody").get_by_role("combobox").click()
    options = page.page.get_by_role("option")
    expect(options.filter(has_text="notes.md")).to_have_count(2)
    assert page.page.evaluate(CUT) == []
    for name in ("Pond handbook", "연못관리지침서", "2024"):
        if not options.count():
            page.page.get_by_test_id("stPopoverBody").get_by_role("combobox").click()
        options.filter(has_text=name).first.click()
        expect(page.page.locator("[data-tag]").filter(has_text=name)).to_be_visible()
    assert page.page.evaluate(CUT) == []
    chosen = page.page.locator("[data-tag]")
    expect(chosen).to_have_count(3)
    expect(chosen.filter(has_text="notes.md")).to_have_text("notes.md · ponds/2024")
    assert page.overflow() <= 0
    page.page.keyboard.press("Escape")
    page.page.keyboard.press("Escape")
    page.settle()

    exchange = page.ask("When are the carp of the pond fed?")
    asked = exchange.locator(".sl-doc").evaluate_all("names => names.map(name => name.title)")
    assert "ponds/2024/notes.md" in asked
    assert "ponds/2023/notes.md" not in asked
    exchange.locator("[data-act=why]").click()
    names = page.panel.locator(".sl-snippet .sl-doc:has(.sl-end)")
    expect(names.first).to_be_attached()
    page.settle()
    for name in names.all():
        box = name.bounding_box()
        assert box is not None
        assert box["height"] < 30, "a name is cut in its middle, and stands on one line"
        assert box["x"] + box["width"] <= PHONE[0]
    page.close_panel()
    page.page.reload()  # what was chosen is chosen for the next visit, too
    page.page.get_by_test_id("stExpandSidebarButton").click()
    page.page.locator(".st-key-all_documents button").click()
    page.settle()
