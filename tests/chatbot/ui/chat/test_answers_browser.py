"""What an answer of a language model holds, in a real browser: formulas, code, lists; copied with its sources."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from fakes.llm_server import FakeLLMServer
from visit import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ANSWER = r"""It is $E = mc^2$ [1] and costs $1,200 to $3,400.

$$
\frac{a}{b} + \href{javascript:alert(1)}{x}
$$

So $\sqrt{x}$. [2]

- [x] done

```python
for day in week:
    print(day)
```
"""


def test_formulas_are_drawn_code_is_copied_and_an_answer_with_its_sources(
    visit: Visitor, fake_llm: FakeLLMServer
) -> None:
    fake_llm.reply = ANSWER
    page = visit(locale="en-US", llm=fake_llm)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    exchange = page.ask("How many days a week may I work from home?")
    answer = exchange.locator(".sl-answer")
    expect(answer.locator(".katex")).to_have_count(3)
    expect(answer.locator("a:not(.sl-chip)")).to_have_count(0)
    expect(answer).to_contain_text("$1,200 to $3,400")
    expect(answer).to_contain_text("☑ done")

    answer.locator("pre").hover()
    answer.locator(".sl-copy").click()
    expect(answer.locator(".sl-copy")).to_have_attribute("data-done", "Copied")
    copied = "navigator.clipboard.readText()"
    assert page.page.evaluate(copied) == "for day in week:\n    print(day)\n"
    exchange.locator("[data-act=copy]").click()
    expect(exchange.locator("[data-act=copy]")).to_have_attribute("data-done", "Copied")
    text = page.page.evaluate(copied)
    assert "It is $E = mc^2$ [1]" in text
    assert "**Sources**" in text
    assert "- [1] **" in text


def test_the_passage_beside_a_citation_scrolls_under_its_name(visit: Visitor) -> None:
    page = visit(locale="en-US")
    exchange = page.ask("What limits how good a reranker can get?")
    exchange.locator("a.sl-chip").first.hover()
    peek = page.page.locator(".sl-peek")
    peek.hover()
    page.page.wait_for_timeout(500)  # longer than it waits for the pointer
    expect(peek).to_be_visible()
    name, passage = peek.locator(".sl-place"), peek.locator(".sl-passage")
    passage.evaluate("passage => passage.scrollTo(0, passage.scrollHeight)")
    top, box = name.bounding_box(), peek.bounding_box()
    assert top is not None
    assert box is not None
    assert top["y"] >= box["y"]
    page.page.mouse.move(2, 2)
    expect(peek).to_have_count(0)
