"""Files that never leave the browser are named, in a real one."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import WebSocketRoute, expect

from visit import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]
STREAMLITS_OWN = ("Browse", "Upload", "Drag and drop", "per file", "No results", "Select all", "required")
SEEN = """main => {
  const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT), seen = []
  while (walker.nextNode()) {
    const style = getComputedStyle(walker.currentNode.parentElement)
    if (style.fontSize !== '0px' && !['STYLE', 'SCRIPT'].includes(walker.currentNode.parentElement.tagName)) seen.push(walker.currentNode.data)
  }
  return seen.join(' ')
}"""


def test_a_file_that_the_browser_does_not_send_is_named_and_the_others_are_added(
    visit: Visitor, tmp_path: Path
) -> None:
    page = visit(locale="ko-KR")
    page.page.get_by_role("link", name="문서").click()
    large = tmp_path / "the-whole-conference.pdf"
    with large.open("wb") as file:
        file.truncate(101 * 1024**2)
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.7 and no more")
    page.page.locator('[class*="st-key-upload-"] input').set_input_files([large, tmp_path / "bad.pdf"])
    main = page.page.get_by_test_id("stMain")
    expect(main.locator(".sl-report .sl-no")).to_contain_text("bad.pdf")
    expect(main.locator(".sl-notice")).to_contain_text("the-whole-conference.pdf: 100 MB보다 큽니다")
    expect(page.page.locator(".stFileChip")).to_have_count(0)
    assert not [words for words in STREAMLITS_OWN if words in main.evaluate(SEEN)]


# the page waits eight seconds before it says so
def test_a_file_of_which_the_page_hears_nothing_is_named(visit: Visitor, tmp_path: Path) -> None:
    page = visit(locale="ko-KR")

    def forget_addresses(browser_side: WebSocketRoute) -> None:
        """As when a run begins at the wrong moment: the addresses to send files to never arrive."""
        server_side = browser_side.connect_to_server()
        browser_side.on_message(server_side.send)
        server_side.on_message(lambda m: None if b"/_stcore/upload_file" in m else browser_side.send(m))

    page.context.route_web_socket("**/_stcore/stream", forget_addresses)
    page.page.reload()
    page.documents()
    (tmp_path / "notes.md").write_text("# Notes", "utf-8")
    page.page.locator('[class*="st-key-upload-"] input').set_input_files(tmp_path / "notes.md")
    main = page.page.get_by_test_id("stMain")
    expect(main.locator(".sl-notice")).to_contain_text("notes.md")
