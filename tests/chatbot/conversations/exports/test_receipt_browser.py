"""The receipt in a real Chromium: it contacts nobody, runs nothing, and its citations lead to their sources."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from chatbot.conversations import to_html

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A server on loopback: its address, and every request that reached it."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_error(404)

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"127.0.0.1:{server.server_address[1]}", seen
        server.shutdown()
        thread.join()


def test_a_receipt_of_hostile_texts_contacts_nobody_and_runs_nothing(
    record, listener, browser: Browser, tmp_path: Path
) -> None:
    host, seen = listener
    hostile = [
        f"<img src=http://{host}/1 onerror='window.ran=1'><script>window.ran=1;fetch('http://{host}/2')</script>",
        f"![x](http://{host}/3) <http://{host}/4> http://{host}/5 [x](javascript:window.ran=1)",
        f"</style><style>@import 'http://{host}/6';*{{background:url(http://{host}/7)}}</style>",
        f"</title><link rel=stylesheet href=http://{host}/8><meta http-equiv=refresh content='0;url=http://{host}/9'>",
        f'"><svg onload=window.ran=1><iframe src=http://{host}/10></iframe><form action=http://{host}/11>',
        f"' style='background:url(http://{host}/12)' onclick='window.ran=1' \u202e x",
    ]
    records = [
        record(
            text,
            f"{text} A claim. [1] Another. [2]",
            text=text,
            document=f"d/{text}",
            heading=(text,),
            llm=text,
        )
        for text in hostile
    ]
    file = tmp_path / "receipt.html"
    file.write_text(to_html(records, "ko", title=hostile[4]), "utf-8")
    for width, scheme in ((1280, "light"), (390, "dark")):
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        requests: list[str] = []
        said: list[str] = []
        page.on("request", lambda request, into=requests: into.append(request.url))
        page.on("console", lambda message, into=said: into.append(message.text))
        page.goto(file.as_uri())
        page.locator("summary").first.click()
        page.locator('a.sl-chip[href="#s2-2"]').first.click()
        assert page.url.endswith("#s2-2")
        assert page.locator("#s2-2").evaluate(
            "e => e.getBoundingClientRect().top >= 0 && e.matches(':target')"
        )
        page.emulate_media(media="print")
        assert page.evaluate("window.ran") is None
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert [url for url in requests if not url.startswith("file:")] == []
        assert said == []  # no script error, nothing that the policy had to refuse
        # the page's own look, so the style sheet was let in by its hash
        assert page.locator("article").first.evaluate("e => getComputedStyle(e).paddingTop") != "0px"
        page.context.close()
    assert seen == []
