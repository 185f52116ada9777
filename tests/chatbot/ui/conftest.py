"""A real server process with its own index, and a real Chromium that notes every request it makes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from chatbot.config import Config
from chatbot.conversations import Conversations
from fakes.llm_server import FakeLLMServer
from scripts.served_page import LAUNCHER, ROOT, ServedPage
from visit import DESKTOP, Visit, Visitor, new_context, opened, written_by


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
    visits: list[Visit] = []
    kept_in = Conversations.open(page_config.store)
    kept_in.keep_setting("settings", "")  # what another test has chosen

    def open_page(
        locale: str = "ko-KR",
        size: tuple[int, int] = DESKTOP,
        llm: FakeLLMServer | None = None,
        **more: object,
    ) -> Visit:
        if llm is not None:
            kept_in.keep_setting("settings", written_by(llm, page_config))
        found = opened(new_context(browser, locale, size, **more), server)
        visits.append(found)
        return found

    yield open_page
    for found in visits:
        found.context.close()
        assert found.requests
        assert found.elsewhere == []
        assert found.against_policy == []
