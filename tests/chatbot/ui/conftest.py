"""A real server process with its own index, and a real Chromium that notes every request it makes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from chatbot.config import Config
from chatbot.conversations import Conversations
from scripts.served_page import LAUNCHER, ROOT, ServedPage
from visit import DESKTOP, PATIENCE_MS, Visit, Visitor


@pytest.fixture(scope="session")
def page_config(sample_config: Config, tmp_path_factory: pytest.TempPathFactory) -> Config:
    """The sample documents in an index of the page's own, because these tests change it.

    One request to a model for each answer: questions are not translated.
    """
    store = tmp_path_factory.mktemp("page") / "store"
    shutil.copytree(sample_config.store, store)
    return sample_config.with_(store=store, retrieval={"both_languages": False})


@pytest.fixture(scope="session")
def server(page_config: Config) -> Iterator[str]:
    """The page as a process of its own; its address."""
    settings = page_config.store.with_name("secondlook.toml")
    # few tokens: the real model of these tests is so small that it may repeat itself until it is stopped
    settings.write_text(
        "[retrieval]\nboth_languages = false\n[llm]\nmax_tokens = 64\ntemperature = 0\n", "utf-8"
    )
    page = ServedPage(ROOT, ["--store", str(page_config.store), "--config", str(settings)], command=LAUNCHER)
    try:
        page.start()
        yield page.address
    finally:
        page.stop()
    assert "Traceback" not in "".join(page.log), "".join(page.log)


@pytest.fixture
def visit(browser: Browser, server: str, page_config: Config) -> Iterator[Visitor]:
    """``visit(locale=..., size=...)`` opens the page. At the end of every test: nothing else was contacted, nothing blocked."""
    Conversations.open(page_config.store).keep_setting("settings", "")  # what another test has chosen
    visits: list[Visit] = []

    def open_page(locale: str = "ko-KR", size: tuple[int, int] = DESKTOP) -> Visit:
        context = browser.new_context(locale=locale, viewport={"width": size[0], "height": size[1]})
        context.set_default_timeout(PATIENCE_MS)
        found = Visit(context.new_page(), context, server)
        visits.append(found)
        context.on("request", lambda request: found.requests.append(request.url))
        found.page.on("websocket", found.watch)
        found.page.on("console", found.listen)
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
        assert found.against_policy == []
