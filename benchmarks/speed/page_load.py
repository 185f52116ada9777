"""Benchmark of loading and using the page in a real browser: what moves, how soon something is seen, what is fetched.

    python -m benchmarks.speed.page_load

On a warm server over the sample documents, answers quoted: until the first paint and the largest one, until the field
to ask in can be used, how far things jump about while the page loads and with each question (layout shift: the sum, as
the browser counts it without what follows a click within half a second), from a click until what it changes is drawn,
bytes and requests. The last lines are over a slow line: 1.6 Mbit/s down, 0.75 up, 150 ms there and back, which browsers
call slow 4G; empty cache.
"""

from __future__ import annotations

import argparse
import statistics
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.report import percentile
from benchmarks.texts import sample_questions
from scripts.screenshots import CHROMIUM, FLAGS, page_server

_REST_MS = 800
_LOADS = 5
_SLOW = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
_SIZES = {"desktop": (1280, 860), "tablet": (820, 1180), "phone": (390, 844)}
_WATCH = """
  window.shifts = []; window.largest = 0;
  new PerformanceObserver((list) => {
    for (const e of list.getEntries()) if (!e.hadRecentInput)
      window.shifts.push([e.value, e.sources.map(({ node }) => `${node?.dataset?.testid ?? ""} ${node?.className ?? node?.nodeName ?? "?"}`)]);
  }).observe({ type: "layout-shift", buffered: true });
  new PerformanceObserver((list) => { for (const e of list.getEntries()) window.largest = e.startTime; })
    .observe({ type: "largest-contentful-paint", buffered: true });
"""
_PAINTED = """() => new Promise((done) => {
  const at = performance.now();
  requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - at)));
})"""


@dataclass(frozen=True, slots=True)
class Load:
    """One visit: milliseconds from the address to what is named; shift without unit; bytes over the line."""

    first_paint: float
    largest_paint: float
    usable: float
    shift: float
    bytes: int
    requests: int


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--why", action="store_true", help="name what moves")
    why = parser.parse_args().why
    with sync_playwright() as playwright, page_server() as (address, _, _started):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        _load(browser, address, _SIZES["desktop"])  # warms the server
        print("| size | first paint | largest | usable | shift at load | MB | requests |")
        print("|---|---|---|---|---|---|---|")
        for name, size in _SIZES.items():
            loads = [_load(browser, address, size, why=why) for _ in range(_LOADS)]
            _print(name, loads)
        _print("desktop, slow 4G", [_load(browser, address, _SIZES["desktop"], slow=True)])
        for name, size in _SIZES.items():
            _turns(browser, address, name, size, why)
        browser.close()


def _print(name: str, loads: list[Load]) -> None:
    def middle(what: str) -> float:
        return statistics.median(getattr(load, what) for load in loads)

    print(
        f"| {name} | {middle('first_paint'):.0f} ms | {middle('largest_paint'):.0f} ms | {middle('usable'):.0f} ms"
        f" | {max(load.shift for load in loads):.3f} | {middle('bytes') / 1e6:.2f} | {middle('requests'):.0f} |"
    )


def _opened(browser: Browser, size: tuple[int, int]) -> Page:
    context = browser.new_context(locale="en-US", viewport={"width": size[0], "height": size[1]})
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.add_init_script(_WATCH)
    return page


def _load(
    browser: Browser, address: str, size: tuple[int, int], *, slow: bool = False, why: bool = False
) -> Load:
    page = _opened(browser, size)
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")
    sent: list[float] = []
    asked: list[str] = []
    client.on("Network.loadingFinished", lambda event: sent.append(event["encodedDataLength"]))
    client.on("Network.requestWillBeSent", lambda event: asked.append(event["requestId"]))
    if slow:
        client.send("Network.emulateNetworkConditions", _SLOW)
    page.goto(address)
    page.get_by_test_id("stChatInputTextArea").wait_for()
    usable = page.evaluate("performance.now()")
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    page.wait_for_timeout(_REST_MS)
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN")
    shift = _shift(page, why)
    largest = page.evaluate("window.largest")
    page.context.close()
    return Load(painted, largest, usable, shift, int(sum(sent)), len(asked))


def _shift(page: Page, why: bool) -> float:
    """The sum since the last look."""
    shifts = page.evaluate("window.shifts.splice(0)")
    if why:
        for value, moved in shifts:
            print(f"  {value:.4f} {moved}")
    return float(sum(value for value, _ in shifts))


def _turns(browser: Browser, address: str, name: str, size: tuple[int, int], why: bool) -> None:
    page = _opened(browser, size)
    page.goto(address)
    field = page.get_by_test_id("stChatInputTextArea")
    field.wait_for()
    page.wait_for_timeout(_REST_MS)
    _shift(page, False)
    shifts, clicks = [], []
    for index, question in enumerate(sample_questions()[:6]):
        field.fill(question)
        field.press("Enter")
        page.locator(f".st-key-exchange-{index} :is([data-act=again], .sl-notice.sl-warn)").first.wait_for()
        page.wait_for_timeout(_REST_MS)
        shifts.append(_shift(page, why))
        summary = page.locator(f".st-key-exchange-{index} .sl-card > summary").first
        if summary.count():
            for _ in range(2):  # opened and closed again
                clicks.append(
                    summary.evaluate(f"async (card) => {{ card.click(); return await ({_PAINTED})(); }}")
                )
            page.wait_for_timeout(_REST_MS)
            _shift(page, False)
    print(
        f"{name}: shift per question {max(shifts):.3f} at most, {statistics.median(shifts):.3f} in the middle;"
        f" a card opens in {statistics.median(clicks):.0f} ms, p95 {percentile(clicks, 0.95):.0f} ms"
    )
    page.context.close()


if __name__ == "__main__":
    main()
