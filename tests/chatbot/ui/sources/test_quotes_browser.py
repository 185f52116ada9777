"""Quotes are the document's text and no Markdown, in a real browser: numbered headings, figures, cells of a table."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from chatbot.config import Config
from ingest.pipeline import run
from visit import SMALLEST, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SAMPLES = (
    "3. Analyses",
    "The zinc of the samples is measured by a laboratory in Lyon; 12553 samples were sent there in May.",
    "4. Storage",
    "Samples of zinc are stored in the *cold* cellar under the number_of_the_sample, not in # 2 of the old house.",
)
PRICES = (
    "| Reagent for zinc | Catalogue number | Price of a bottle | Bottles in stock |\n|---|---|---|---|\n"
    + "\n".join(
        f"| Reagent {name} for the measurement of zinc | {12553 + at} | 12,553.0{at} EUR | 1 234 567 |"
        for at, name in enumerate(("alpha", "beta", "gamma"))
    )
)
# figures that stand on more than one line: a rectangle for each line
BROKEN = """part => {
  const found = [], texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) for (const match of texts.currentNode.data.matchAll(/[0-9][0-9.,\\u00a0 ]*[0-9]/g)) {
    const range = document.createRange();
    range.setStart(texts.currentNode, match.index);
    range.setEnd(texts.currentNode, match.index + match[0].length);
    if (new Set([...range.getClientRects()].map(each => Math.round(each.top))).size > 1) found.push(match[0]);
  }
  return found;
}"""


def test_a_quote_stands_as_its_document_has_it_and_no_figure_breaks(
    visit: Visitor, page_config: Config, tmp_path: Path
) -> None:
    folder = tmp_path / "laboratory"
    folder.mkdir()
    (folder / "samples.txt").write_text("\n\n".join(SAMPLES), "utf-8")
    (folder / "reagents.md").write_text(f"# Reagents\n\n{PRICES}\n", "utf-8")
    run(page_config, [folder])
    page = visit(locale="en-US", size=SMALLEST)
    for question, said in (
        ("Where is the zinc of the samples measured?", "12553 samples were sent there"),
        (
            "Where are samples of zinc stored?",
            "in the *cold* cellar under the number_of_the_sample, not in # 2 of",
        ),
    ):
        exchange = page.ask(question)
        answer = exchange.locator(".sl-answer")
        expect(answer).to_contain_text(said)
        expect(answer.locator("ol, ul, li, em, h1, h2, h3")).to_have_count(0)
        for quote in answer.locator("p").all():
            assert quote.inner_text().strip() not in SAMPLES[::2], "a heading is no sentence"
        exchange.locator(".sl-card summary").first.click()
        assert exchange.evaluate(BROKEN) == []

    table = page.ask("What does a bottle of the reagent beta for zinc cost?")
    table.locator(".sl-card").filter(has_text="reagents.md").first.locator("summary").click()
    expect(table.locator(".sl-card .sl-rows").first).to_be_visible()
    assert table.evaluate(BROKEN) == []
    assert page.overflow() <= 0
