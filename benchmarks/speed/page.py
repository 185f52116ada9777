"""Benchmark of the page, in a real browser over the sample documents: how long a person waits.

    python -m benchmarks.speed.page
    python -m benchmarks.speed.page --turns 1 10 25 50

Start: from the server's first moment (index and caches there, as on every day but the first) until the field to
ask in can be used. Answers: from Enter until the answer is written with its sources, the models loaded. Clicks: until
what they change is seen.

With ``--turns``: what one more question costs in a long conversation. The bytes that the server sends over the
websocket from Enter until the page rests, those that it is sent, and the time from Enter until the question stands
on the page; the median of three questions.
"""

from __future__ import annotations

import argparse
import statistics
import time
from dataclasses import dataclass

from playwright.sync_api import Page, WebSocket, sync_playwright

from benchmarks.report import percentile
from benchmarks.texts import sample_questions
from chatbot.conversations import Conversations
from scripts.screenshots import CHROMIUM, FLAGS, page_server

_REST_MS = 400  # after the last answer: whatever the page still sends has come by then
_OWN = 5  # questions whose kept answers make the long conversations
_ASKED = 3  # questions in each of them, new ones
_FIRST = ".st-key-suggestions"  # an empty conversation
_THUMB = ".sl-actions > [data-act=rate][data-source='0']"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--turns", type=int, nargs="*", help="lengths of the conversations: 1 10 25 50")
    turns = parser.parse_args().turns
    questions = sample_questions()
    if turns:
        measure_turns(questions, turns)
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
                page.locator(_FIRST).wait_for()
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
  const asked = document.getElementsByClassName("sl-question")
  const seen = () => asked.length - !asked[asked.length - 1]?.offsetParent // of the others it would have each laid out
  window.turn = new Promise((done) => {
    addEventListener("keydown", ({ key }) => {
      if (key !== "Enter") return
      const [begun, before] = [performance.now(), seen()]
      const look = () => (seen() > before ? done(performance.now() - begun) : requestAnimationFrame(look))
      look()
    }, { capture: true, once: true })
  })
}"""


def measure_turns(questions: list[str], turns: list[int]) -> None:
    """Print what a question costs in conversations in which it is the first, the tenth, and so on.

    The turns before it are kept answers to other questions, copied as often as is needed.
    """
    own, asked = questions[:_OWN], questions[_OWN:]
    wire = Wire()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with page_server() as (address, store, _):
            page = browser.new_page(viewport={"width": 1280, "height": 860})
            page.set_default_timeout(120_000)
            page.on("websocket", wire.watch)
            page.goto(address)
            page.get_by_test_id("stChatInputTextArea").wait_for()
            for question in own:
                _ask(page, question)  # the first one waits for the models
            kept_in = Conversations.open(store)
            records = [exchange.record for exchange in kept_in.exchanges(kept_in.list("")[0].id)]
            print("turn  received    sent  bubble", flush=True)
            for turn in turns:
                conversation = kept_in.create()
                for position in range(turn - 1):
                    kept_in.add(conversation, records[position % len(records)])
                page.goto(f"{address}?c={conversation}")
                last = page.locator(".sl-question").nth(turn - 2) if turn > 1 else page.locator(_FIRST)
                last.wait_for(state="attached")
                costs = [_turn(page, wire, asked.pop()) for _ in range(_ASKED)]
                print(
                    f"{turn:4d} {statistics.median(c.received for c in costs) / 1000:6.0f} kB"
                    f" {statistics.median(c.sent for c in costs) / 1000:4.0f} kB"
                    f" {statistics.median(c.bubble_ms for c in costs):5.0f} ms",
                    flush=True,
                )
        browser.close()


def _turn(page: Page, wire: Wire, question: str) -> TurnCost:
    _rest(page)
    wire.received = wire.sent = 0
    page.evaluate(_WATCH_BUBBLE)
    _ask(page, question)
    _rest(page)
    return TurnCost(page.evaluate("window.turn"), wire.received, wire.sent)


def _rest(page: Page) -> None:
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    page.wait_for_timeout(_REST_MS)


def _ask(page: Page, question: str) -> float:
    """Seconds from Enter until the answer is written, or refused."""
    count = page.locator(".sl-question").count()
    page.get_by_test_id("stChatInputTextArea").fill(question)
    # nobody presses Enter within the frame of the last letter: React would not have it yet, and send nothing
    page.evaluate("() => new Promise(requestAnimationFrame)")
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
