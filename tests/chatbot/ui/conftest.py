"""A real server process with its own index, and a real Chromium that notes every request it makes."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from chatbot.config import Config
from paths import ROOT

DESKTOP, PHONE = (1280, 860), (390, 844)
PATIENCE_MS = 60_000  # two busy cores; every wait ends as soon as its condition holds


@pytest.fixture(scope="session")
def page_config(sample_config: Config, tmp_path_factory: pytest.TempPathFactory) -> Config:
    """The sample documents in an index of the page's own, because these tests change it."""
    store = tmp_path_factory.mktemp("page") / "store"
    shutil.copytree(sample_config.store, store)
    return sample_config.with_(store=store)


@pytest.fixture(scope="session")
def server(page_config: Config) -> Iterator[str]:
    """The page as a process of its own; its address."""
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(ROOT / "streamlit_app.py"),
        "--server.port",
        str(port),
    ]
    process = subprocess.Popen(
        [*command, "--", "--store", str(page_config.store)],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    log: list[str] = []
    assert process.stdout is not None
    try:
        for line in process.stdout:
            log.append(line)
            if "URL:" in line:
                break
        else:
            pytest.fail("the page did not start:\n" + "".join(log))
        drain = threading.Thread(target=lambda: log.extend(process.stdout or ()), daemon=True)
        drain.start()
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()
    assert "Traceback" not in "".join(log), "".join(log)


@dataclass
class Visit:
    """One open page and what it asked of whom."""

    page: Page
    context: BrowserContext
    origin: str
    requests: list[str] = field(default_factory=list)

    @property
    def elsewhere(self) -> list[str]:
        """Requests to anything but the page's own server."""
        own = urlsplit(self.origin).netloc
        return [
            url
            for url in self.requests
            if urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).netloc != own
        ]

    def settle(self) -> None:
        """Wait until the script has drawn everything."""
        self.page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()

    def ask(self, question: str) -> Locator:
        """Ask and wait for the whole answer; the exchange."""
        count = self.page.locator(".sl-question").count()
        self.page.get_by_test_id("stChatInputTextArea").fill(question)
        self.page.keyboard.press("Enter")
        expect(self.page.locator(".sl-question")).to_have_count(count + 1)
        exchange = self.page.locator(f".st-key-exchange-{count}")
        exchange.locator("[data-act=again], .sl-notice.sl-warn").first.wait_for()
        self.settle()
        return exchange

    def close_dialog(self) -> None:
        """Its own button: a key that is pressed while it is redrawn may go nowhere."""
        dialog = self.page.get_by_role("dialog")
        self.settle()
        dialog.get_by_role("button", name="Close").first.click()
        expect(dialog).to_have_count(0)

    def chat(self) -> None:
        self._part(0)
        self.page.get_by_test_id("stChatInputTextArea").wait_for()

    def documents(self) -> None:
        self._part(1)
        self.page.locator(".st-key-add").wait_for()

    def models(self) -> None:
        self._part(2)
        self.page.locator(".st-key-backends").wait_for()

    def _part(self, number: int) -> None:
        self.page.get_by_test_id("stSidebarNavLink").nth(number).click()
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

    def use_fake_llm(self, fake: Any) -> None:
        self.use("openai-like", fake.url)

    def overflow(self) -> int:
        """Pixels by which the page is wider than the window."""
        return int(
            self.page.evaluate(
                """() => Math.max(...[document.documentElement, document.querySelector('[data-testid="stMain"]')]
                .map(e => e.scrollWidth - e.clientWidth))"""
            )
        )


Visitor = Callable[..., Visit]


@pytest.fixture
def visit(browser: Browser, server: str) -> Iterator[Visitor]:
    """``visit(locale=..., size=...)`` opens the page. At the end of every test: nothing else was contacted."""
    visits: list[Visit] = []

    def open_page(locale: str = "ko-KR", size: tuple[int, int] = DESKTOP) -> Visit:
        context = browser.new_context(locale=locale, viewport={"width": size[0], "height": size[1]})
        context.set_default_timeout(PATIENCE_MS)
        found = Visit(context.new_page(), context, server)
        visits.append(found)
        context.on("request", lambda request: found.requests.append(request.url))
        found.page.on("websocket", lambda ws: found.requests.append(ws.url))
        found.page.goto(server)
        found.page.get_by_test_id("stChatInputTextArea").wait_for()
        found.settle()
        return found

    expect.set_options(timeout=PATIENCE_MS)
    yield open_page
    for found in visits:
        found.context.close()
        assert found.requests
        assert found.elsewhere == []
