"""Takes the pictures of docs/screenshots/ from the real page over the sample documents.

python -m scripts.screenshots [NAME...]    all of them, or those named
"""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from chatbot.conversations import Conversations

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "screenshots"
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--hide-scrollbars",
]  # fmt: skip
PATIENCE_MS = 120_000


def main(names: list[str]) -> int:
    with page_server() as (address, store, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for shot in SHOTS:
            if not names or shot.name in names:
                _take(browser, address, shot)
                Conversations.open(store).delete_all()
        browser.close()
    return 0


@dataclass(frozen=True)
class Shot:
    """One picture: how the page is opened, and what is done before."""

    name: str
    act: Callable[[Page], None]
    locale: str = "en-US"
    theme: str = "light"
    size: tuple[int, int] = (1280, 860)


def _ask(page: Page, question: str) -> None:
    page.get_by_test_id("stChatInputTextArea").fill(question)
    page.keyboard.press("Enter")
    page.locator("[data-act=again]").first.wait_for()
    _settle(page)
    page.evaluate("document.activeElement.blur()")
    page.mouse.move(0, 0)


def _settle(page: Page) -> None:
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()


def _part(page: Page, number: int, shows: str) -> None:
    page.get_by_test_id("stSidebarNavLink").nth(number).click()
    page.locator(shows).first.wait_for()
    _settle(page)


def _start(page: Page) -> None:
    page.reload()  # the first visit loads the models, and its suggestions may come too late to be drawn
    page.locator(".st-key-suggestions").wait_for()


def _answer_ko(page: Page) -> None:
    _ask(page, "Word2Vec 에 대해서 알려줄래?")


def _peek(page: Page) -> None:
    _ask(page, "필터는 얼마나 자주 교체해야 하나요?")
    page.locator("a.sl-chip").first.hover()
    page.locator(".sl-peek").wait_for()


def _sources(page: Page) -> None:
    _ask(page, "When do I need a doctor's note?")
    page.locator(".sl-card summary").first.click()


def _opened(page: Page) -> None:
    _sources(page)
    page.locator("[data-act=open]").first.click()
    page.locator(".sl-sheet .sl-box").first.wait_for()


def _inspector(page: Page) -> None:
    _ask(page, "How many days a week may I work from home?")
    page.locator("[data-act=why]").click()
    page.locator(".st-key-inspector-ranking svg.marks").wait_for()
    page.wait_for_timeout(1500)  # the chart fades in


def _inspector_ko(page: Page) -> None:
    _answer_ko(page)
    page.locator("[data-act=why]").click()
    page.locator(".st-key-inspector-ranking svg.marks").wait_for()
    page.wait_for_timeout(1500)


def _refusal(page: Page) -> None:
    _ask(page, "What is the capital of Australia?")


def _documents(page: Page) -> None:
    _part(page, 1, ".st-key-rows")
    page.locator(".sl-folders").evaluate("e => e.remove()")  # a path of this machine


def _models(page: Page) -> None:
    _part(page, 2, ".st-key-backends")


PHONE = (390, 844)
SHOTS = (
    Shot("answer-ko", _answer_ko, locale="ko-KR"),
    Shot("start-en", _start, theme="dark"),
    Shot("peek-ko", _peek, locale="ko-KR"),
    Shot("sources-en", _sources),
    Shot("opened-en", _opened),
    Shot("inspector-en", _inspector, theme="dark"),
    Shot("inspector-ko", _inspector_ko, locale="ko-KR"),
    Shot("refusal-en", _refusal),
    Shot("documents-en", _documents),
    Shot("models-ko", _models, locale="ko-KR", theme="dark"),
    Shot("phone-ko", _answer_ko, locale="ko-KR", theme="dark", size=PHONE),
    Shot("phone-en", _sources, size=PHONE),
    Shot("phone-inspector-en", _inspector, size=PHONE),
)


def _take(browser: Browser, address: str, shot: Shot) -> None:
    width, height = shot.size
    context = browser.new_context(
        locale=shot.locale, color_scheme="dark" if shot.theme == "dark" else "light",
        viewport={"width": width, "height": height}, reduced_motion="reduce",
    )  # fmt: skip
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(address)
    page.get_by_test_id("stChatInputTextArea").wait_for()
    _settle(page)
    shot.act(page)
    page.wait_for_timeout(400)  # Streamlit fades what is new
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{shot.name}.png", animations="disabled")
    context.close()


@contextmanager
def page_server() -> Iterator[tuple[str, Path, float]]:
    """The page over a fresh index of the sample documents: its address, the index, and when it was started."""
    from chatbot.config import Config
    from ingest.pipeline import run

    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as probe:
        store = Path(folder) / "store"
        run(Config().with_(store=store), [ROOT / "data"])
        port = probe.getsockname()[1]
        probe.close()
        command = [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            str(ROOT / "streamlit_app.py"),
            "--server.port",
            str(port),
        ]
        started = time.perf_counter()
        process = subprocess.Popen(
            [*command, "--", "--store", str(store)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        try:
            assert process.stdout is not None
            next(line for line in process.stdout if "URL:" in line)
            yield f"http://127.0.0.1:{port}", store, started
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
