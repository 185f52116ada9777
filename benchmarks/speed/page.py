"""Benchmark of the page, in a real browser over the sample documents: how long a person waits.

    python -m benchmarks.speed.page
    python -m benchmarks.speed.page --turns 50

Start: from the server's first moment (index and caches there, as on every day but the first) until the field to
ask in can be used. Answers: from Enter until the answer is written with its sources, the models loaded. Clicks: until
what they change is seen.

With ``--turns``: what one more question costs in a long conversation. The bytes that the server sends over the
websocket from Enter until the page rests, those that it is sent, and the time from Enter until the question stands
on the page. Every question is asked once, in one conversation.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from dataclasses import dataclass

from playwright.sync_api import Page, WebSocket, sync_playwright

from benchmarks.report import percentile
from scripts.screenshots import CHROMIUM, FLAGS, ROOT, page_server

QUESTIONS_FILE = ROOT / "tests" / "data" / "questions.jsonl"

_REST_MS = 400  # after the last answer: whatever the page still sends has come by then
_THUMB = ".sl-actions > [data-act=rate][data-source='0']"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--turns", type=int, help="length of the conversation, at most 52")
    turns = parser.parse_args().turns
    questions = [json.loads(line)["question"] for line in QUESTIONS_FILE.read_text("utf-8").splitlines()]
    if turns:
        measure_turns(questions[:turns])
        return
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


@dataclass
class Wire:
    """Bytes over the page's websocket since they were last set to 0."""

    received: int = 0
    sent: int = 0

    def watch(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._add_received)
        socket.on("framesent", self._add_sent)

    def _add_received(self, frame: str | bytes) -> None:
        self.received += len(frame)

    def _add_sent(self, frame: str | bytes) -> None:
        self.sent += len(frame)


@dataclass(frozen=True)
class TurnCost:
    """What one question cost: milliseconds until its bubble is seen, and bytes until the page rests."""

    bubble_ms: float
    received: int
    sent: int


# from the browser's own clock: Enter, and the first frame in which one more question is on the page
_WATCH_BUBBLE = """() => {
  const seen = () => [...document.querySelectorAll(".sl-question")].filter((e) => e.offsetParent).length
  window.turn = new Promise((done) => {
    addEventListener("keydown", ({ key }) => {
      if (key !== "Enter") return
      const [begun, before] = [performance.now(), seen()]
      const look = () => (seen() > before ? done(performance.now() - begun) : requestAnimationFrame(look))
      look()
    }, { capture: true, once: true })
  })
}"""


def measure_turns(questions: list[str]) -> None:
    """Ask all of them in one conversation, and print what the first, some in between and the last cost."""
    wire, costs = Wire(), []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with page_server() as (address, _, _started):
            page = browser.new_page(viewport={"width": 1280, "height": 860})
            page.set_default_timeout(120_000)
            page.on("websocket", wire.watch)
            page.goto(address)
            page.get_by_test_id("stChatInputTextArea").wait_for()
            _ask(page, questions[-1])  # waits for the models
            page.locator("[data-act=new]").click()
            page.locator(".st-key-suggestions").wait_for()
            costs = [_turn(page, wire, question) for question in questions]
        browser.close()
    print("turn  received    sent  bubble (median of five turns)")
    for turn in (1, 10, 25, 50):
        if turn <= len(costs):
            near = costs[max(0, turn - 3) : turn + 2] if turn > 1 else costs[:5]
            print(
                f"{turn:4d} {statistics.median(c.received for c in near) / 1000:6.0f} kB"
                f" {statistics.median(c.sent for c in near) / 1000:4.0f} kB"
                f" {statistics.median(c.bubble_ms for c in near):5.0f} ms"
            )


def _turn(page: Page, wire: Wire, question: str) -> TurnCost:
    page.wait_for_timeout(_REST_MS)
    wire.received = wire.sent = 0
    page.evaluate(_WATCH_BUBBLE)
    _ask(page, question)
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    page.wait_for_timeout(_REST_MS)
    return TurnCost(page.evaluate("window.turn"), wire.received, wire.sent)


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
