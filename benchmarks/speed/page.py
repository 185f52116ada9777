"""Benchmark of the page, in a real browser over the sample documents: how long a person waits.

    python -m benchmarks.speed.page

Start: from the server's first moment (index and caches there, as on every day but the first) until the field to
ask in can be used. Answers: from Enter until the answer is written with its sources, the models loaded. Clicks: until
what they change is seen.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time

from playwright.sync_api import Page, sync_playwright

from benchmarks.report import percentile
from scripts.screenshots import CHROMIUM, FLAGS, ROOT, page_server

QUESTIONS_FILE = ROOT / "tests" / "data" / "questions.jsonl"

_THUMB = ".sl-actions > [data-act=rate][data-source='0']"


def main() -> None:
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    questions = [json.loads(line)["question"] for line in QUESTIONS_FILE.read_text("utf-8").splitlines()]
    answers: list[float] = []
    clicks: list[float] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with page_server() as (address, _, started):
            page = browser.new_page(viewport={"width": 1280, "height": 860})
            page.set_default_timeout(120_000)
            page.goto(address)
            page.get_by_test_id("stChatInputTextArea").wait_for()
            start = time.perf_counter() - started
            _ask(page, questions[0])  # waits for the models
            first = time.perf_counter() - started
            for ten in range(
                1, len(questions), 10
            ):  # each question once: an answer that is known takes no time
                page.locator("[data-act=new]").click()
                page.locator(".st-key-suggestions").wait_for()
                answers += [_ask(page, question) for question in questions[ten : ten + 10]]
                if page.locator(_THUMB).count():  # nothing to rate where all was refused
                    clicks.append(_rate(page))
        browser.close()
    print(f"page usable after {start:.1f} s, first answer written {first:.1f} s after the start")
    print(
        f"answers: median {_ms(statistics.median(answers))}, 95 % {_ms(percentile(answers, 0.95))} ({len(answers)} questions)"
    )
    print(f"a thumb: median {_ms(statistics.median(clicks))}, worst {_ms(max(clicks))}")


def _ask(page: Page, question: str) -> float:
    """Seconds from Enter until the answer is written, or refused."""
    count = page.locator(".sl-question").count()
    page.get_by_test_id("stChatInputTextArea").fill(question)
    begun = time.perf_counter()
    page.keyboard.press("Enter")
    exchange = page.locator(f".st-key-exchange-{count}")
    exchange.locator('.sl-answer[data-state="written"], .sl-notice').first.wait_for()
    spent = time.perf_counter() - begun
    exchange.locator("[data-act=again]").wait_for()
    return spent


def _rate(page: Page) -> float:
    """Seconds from a click on a thumb until it is pressed, in a conversation of ten answers."""
    thumb = page.locator(_THUMB).first
    begun = time.perf_counter()
    thumb.click()
    page.locator("[data-act=rate][aria-pressed=true]").first.wait_for()
    return time.perf_counter() - begun


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.0f} ms"


if __name__ == "__main__":
    main()
