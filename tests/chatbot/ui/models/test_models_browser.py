"""The Models page in a real browser, on a phone."""

from __future__ import annotations

import pytest

from visit import PHONE, Visitor
from walk import open_drawer

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# what stands on more than one line, and would fit on one
BROKEN = """facts => facts.filter(fact => {
  const range = document.createRange();
  range.selectNodeContents(fact);
  const lines = [...range.getClientRects()], width = lines.reduce((sum, line) => sum + line.width, 0);
  return lines.length > 1 && width < fact.closest("p").clientWidth;
}).map(fact => fact.textContent)"""


@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_the_name_of_a_model_and_its_host_are_not_broken_while_a_line_has_room(
    visit: Visitor, locale: str
) -> None:
    page = visit(locale=locale, size=PHONE, has_touch=True, is_mobile=True)
    open_drawer(page)
    page.models()
    facts = page.page.locator(".sl-backend .sl-fact")
    assert facts.count() > 7
    assert facts.evaluate_all(BROKEN) == []
    assert page.overflow() <= 0
