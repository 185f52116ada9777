"""The page in a browser, as a test drives it: what a person does, and every request that comes of it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, WebSocket, expect

from chatbot.config import Config
from fakes.llm_server import FakeLLMServer

DESKTOP, PHONE = (1280, 860), (390, 844)
SMALLEST = (320, 640)  # what 1280 px become at 400 %: WCAG 1.4.10
FIELD = "[data-testid=stChatInputTextArea]"
PATIENCE_MS = 60_000  # two busy cores; every wait ends as soon as its condition holds


@dataclass
class Visit:
    """One open page and what it asked of whom."""

    page: Page
    context: BrowserContext
    origin: str
    requests: list[str] = field(default_factory=list)
    received: int = 0  # bytes over the page's websocket
    against_policy: list[str] = field(default_factory=list)  # what the page tried and its own policy forbids
    settled: int = 0  # exchanges that have settled, as often as they came over it
    questions: int = 0  # in the conversation that was left for another part of the page

    @property
    def elsewhere(self) -> list[str]:
        """Requests to anything but the page's own server."""
        own = urlsplit(self.origin).netloc
        return [
            url
            for url in self.requests
            if urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).netloc != own
        ]

    def listen(self, message: ConsoleMessage) -> None:
        """Note what the browser says about the policy of the page."""
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            self.against_policy.append(message.text)

    def watch(self, socket: WebSocket) -> None:
        """Count what comes over the page's websocket."""
        self.requests.append(socket.url)
        socket.on("framereceived", self._received)

    def _received(self, frame: str | bytes) -> None:
        data = frame.encode() if isinstance(frame, str) else frame
        self.received += len(data)
        self.settled += data.count(b'class="sl-parcel"') - data.count(b'data-version="live-')

    def begin_at_the_top(self) -> None:
        """The next Tab is the first one of the page."""
        self.page.evaluate(
            """() => {
              const top = document.body.appendChild(document.createElement("span"));
              document.body.prepend(top);
              top.tabIndex = -1;
              top.focus();
              top.remove();
            }"""
        )

    def settle(self) -> None:
        """Wait until the script has drawn everything."""
        self.page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()

    def ask(self, question: str) -> Locator:
        """Ask and wait for the whole answer; the exchange."""
        count = self.page.locator(".sl-question").count()
        self.page.get_by_test_id("stChatInputTextArea").fill(question)
        # nobody presses Enter within the frame of the last letter: React would not have it yet, and send nothing
        self.page.evaluate("() => new Promise(requestAnimationFrame)")
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".sl-question")).to_have_count(count + 1)
        exchange = self.page.locator(f".st-key-exchange-{count}")
        exchange.locator("[data-act=again], .sl-notice.sl-warn").first.wait_for()
        self.settle()
        return exchange

    @property
    def conversation(self) -> int | None:
        """The one that the address names; ``None`` where it names none."""
        named = parse_qs(urlsplit(self.page.url).query).get("c")
        return int(named[0]) if named else None

    @property
    def panel(self) -> Locator:
        """What stands beside the chat."""
        return self.page.locator(".st-key-panel")

    def close_panel(self) -> None:
        for _ in range(
            PATIENCE_MS // 50
        ):  # after a reload nobody listens to clicks yet; the page forbids eval
            if self.page.evaluate("() => 'secondLookClicks' in window"):
                break
            self.page.wait_for_timeout(50)
        self.panel.locator("[data-act=close]").click()
        expect(self.panel).to_have_count(0)

    def close_dialog(self) -> None:
        """Its own button: a key that is pressed while it is redrawn may go nowhere."""
        dialog = self.page.get_by_role("dialog")
        self.settle()
        dialog.get_by_role("button", name=re.compile("^(Close|닫기)$")).first.click()
        expect(dialog).to_have_count(0)

    def chat(self) -> None:
        """Back to it, with the conversation that was left."""
        self._part(0)
        self.page.locator(FIELD).wait_for()
        if self.questions:
            self.page.locator(".sl-exchange .sl-question").nth(self.questions - 1).wait_for()

    def documents(self) -> None:
        self._part(1)
        self.page.locator(".st-key-add").wait_for()

    def models(self) -> None:
        self._part(2)
        self.page.locator(".st-key-backends .sl-backend").nth(6).wait_for()  # the last card
        self.settle()

    def _part(self, number: int) -> None:
        if self.page.locator(FIELD).count():
            self.questions = self.page.locator(".sl-exchange .sl-question").count()
        link = self.page.get_by_test_id("stSidebarNavLink").nth(number)
        link.click()
        expect(link).to_have_attribute("aria-current", "page")  # else what is settled is the part before
        self.settle()

    def use(self, backend: str, address: str = "") -> None:
        """Choose who answers, on the Models page, and come back to the chat."""
        self.models()
        button = self.page.locator(f".st-key-use-{backend} button")
        if button.count():
            button.click()
        if address:
            field = self.page.locator(f".st-key-address-{backend} input")
            field.fill(address)
            field.press("Enter")
        expect(self.page.locator(f"[class*=st-key-backend-viewed-{backend}] .sl-badge")).to_be_visible()
        self.settle()
        self.chat()

    def use_fake_llm(self, fake: FakeLLMServer) -> None:
        self.use("openai-like", fake.url)

    def overflow(self) -> int:
        """Pixels by which the page is wider than the window."""
        return int(
            self.page.evaluate(
                """() => Math.max(...[document.documentElement, document.querySelector('[data-testid="stMain"]')]
                .map(e => e.scrollWidth - e.clientWidth))"""
            )
        )


class Visitor(Protocol):
    """Opens the page in a browser of its own.

    ``llm`` answers, as if it had been chosen on an earlier visit; ``more`` is what ``Browser.new_context`` takes besides.
    """

    def __call__(
        self,
        locale: str = "ko-KR",
        size: tuple[int, int] = DESKTOP,
        llm: FakeLLMServer | None = None,
        **more: object,
    ) -> Visit: ...


def new_context(
    browser: Browser, locale: str = "en-US", size: tuple[int, int] = DESKTOP, **more: object
) -> BrowserContext:
    """A browser of somebody's own, as patient as these tests are."""
    context = browser.new_context(
        locale=locale,
        viewport={"width": size[0], "height": size[1]},
        **more,  # type: ignore[arg-type]
    )
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    return context


def opened(context: BrowserContext, address: str, shows: str = FIELD) -> Visit:
    """The page at ``address`` in a window of its own, drawn and with what ``shows`` names."""
    page = context.new_page()
    found = Visit(page, context, "{0.scheme}://{0.netloc}".format(urlsplit(address)))
    page.on("request", lambda request: found.requests.append(request.url))
    page.on("websocket", found.watch)
    page.on("console", found.listen)
    page.goto(address)
    page.locator(shows).first.wait_for()
    found.settle()
    return found


def written_by(llm: FakeLLMServer, config: Config) -> str:
    """The settings of somebody who has chosen this server on an earlier visit, as the page keeps them."""
    found = {
        "backend": "openai-like", "model": "", "address": llm.url, "k": config.retrieval.k, "top_n": config.retrieval.top_n,
        "rerank": config.reranker.enabled, "budget_ms": config.reranker.budget_ms, "filters": [],
    }  # fmt: skip
    return json.dumps(found)
