"""Takes the pictures of docs/screenshots/ from the real page: over the sample documents, over nothing, over hostile names.

python -m scripts.screenshots [NAME...]    all of them, or those named
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from chatbot.conversations import Conversations
from scripts.screenshot_seeds import make_hostile_documents, seed_conversations
from scripts.screenshot_states import ROOT, SHOTS, Over, Shot, ask, settle
from scripts.served_page import LAUNCHER, ServedPage

PICTURES = ROOT / "docs" / "screenshots"
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--hide-scrollbars",
]  # fmt: skip
PATIENCE_MS = 120_000


def main(names: Sequence[str]) -> int:
    wanted = [shot for shot in SHOTS if not names or shot.name in names]
    if unknown := set(names) - {shot.name for shot in SHOTS}:
        print(
            f"no such picture: {', '.join(sorted(unknown))}; known: {', '.join(shot.name for shot in SHOTS)}"
        )
        return 2
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        _take_all(browser, wanted, ("samples", "forty"), [ROOT / "data"])
        _take_all(browser, wanted, ("nothing",), [])
        with tempfile.TemporaryDirectory() as folder:
            hostile = Path(folder) / "notes"
            make_hostile_documents(hostile)
            _take_all(browser, wanted, ("hostile",), [hostile])
        browser.close()
    return 0


def _take_all(browser: Browser, wanted: Sequence[Shot], over: Sequence[Over], documents: list[Path]) -> None:
    """The pictures over one index; conversations of one are not there in the next."""
    shots = [shot for shot in wanted if shot.over in over]
    if not shots:
        return
    with page_server(documents) as (address, store, _):
        for shot in shots:
            if shot.over == "forty":
                _seed(browser, address, store)
            _take(browser, address, shot)
            if store.exists():
                Conversations.open(store).delete_all()


def _seed(browser: Browser, address: str, store: Path) -> None:
    """One question is asked for it; the other conversations are copies of that one."""
    page = browser.new_page(locale="en-US")
    page.goto(address)
    page.get_by_test_id("stChatInputTextArea").wait_for(timeout=PATIENCE_MS)
    settle(page)
    ask(page, "How many days a week may I work from home?")
    page.close()
    seed_conversations(store)


def _take(browser: Browser, address: str, shot: Shot) -> None:
    width, height = shot.size
    context = browser.new_context(
        locale=shot.locale, color_scheme="dark" if shot.theme == "dark" else "light",
        viewport={"width": width, "height": height}, reduced_motion="reduce",
    )  # fmt: skip
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(address)
    page.locator("[data-testid=stChatInputTextArea], .st-key-add").first.wait_for()
    settle(page)
    shot.act(page)
    page.wait_for_timeout(400)  # Streamlit fades what is new
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{shot.name}.png", animations="disabled")
    print(f"{shot.name}.png")
    context.close()


@contextmanager
def page_server(documents: Sequence[Path] = (ROOT / "data",)) -> Iterator[tuple[str, Path, float]]:
    """The page over a fresh index of ``documents``: its address, the index, and when it was started."""
    from chatbot.config import Config
    from ingest.pipeline import run

    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        if documents:
            run(Config().with_(store=store), list(documents))
        started = time.perf_counter()
        with ServedPage(ROOT, ["--store", str(store)], command=LAUNCHER) as page:
            yield page.address, store, started


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
