"""200 hostile answers, names and headings on the real page: nothing is fetched, nothing runs, nothing is lost."""

from __future__ import annotations

import random
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from chatbot.config import Config
from fakes.llm_server import FakeLLMServer
from ingest.pipeline import run
from visit import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

QUESTION = "Where is the zebrafish password kept?"
ADDRESSES = [
    "http://{host}/a.png", "HTTP://{host}/b.png", "//{host}/c.png", "\\\\{host}\\d.png", "http:\\\\{host}\\e.png",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "javascript&colon;alert(1)",
    "&#106;avascript:alert(1)", "\x01javascript:alert(1)", "data:text/html,<script>alert(1)</script>",
    "data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+", "file:///etc/passwd", "vbscript:x", "blob:http://{host}/x",
]  # fmt: skip
FORMS = [
    "![x]({at})", "![x](<{at}>)", "[x]({at})", "[![x]({at})]({at})", "![x][r{n}]\n\n[r{n}]: {at}\n", "<{at}>",
    "<img src='{at}'>", "<IMG SRC=\"{at}\" onerror=alert(1)>", "<a href='{at}'>x</a>", "<iframe src='{at}'></iframe>",
    "<object data='{at}'></object>", "<form action='{at}'><input type=image src='{at}'></form>",
]  # fmt: skip
OTHERS = [
    "<script>fetch('http://{host}/s')</script>", "<style>@import 'http://{host}/y'; body{{display:none}}</style>",
    "<link rel=stylesheet href='http://{host}/l'>", "<meta http-equiv=refresh content='0;url=http://{host}/m'>",
    "<base href='http://{host}/'>", "<svg onload=alert(1)><image href='http://{host}/v'/></svg>",
    "<div style=\"background:url('http://{host}/d')\">x</div>", "<video src='http://{host}/v' autoplay></video>",
    "$$\\href{{http://{host}/k}}{{x}} \\includegraphics{{http://{host}/i}}$$", "$\\unicode{{x}}$ :material/home: :red[x]",
    "```html\n<img src='http://{host}/f'>\n```", "`<img src='http://{host}/g'>`", "| a |\n|---|\n| ![t](http://{host}/t) |",
    "[9] [0] [-1] [99999] [1](http://{host}/n) [[1]](http://{host}/o) [1]: http://{host}/p", "</details></div><h1>out</h1>",
    "<details open ontoggle=alert(1)>x</details>", "<button data-act=\"new\" data-exchange=\"0\">click</button>",
    "<a class=\"sl-chip\" href=\"#sl-passage-0-1\">7</a>", "\u202egnp.exe\u202c \u2066x\u2069 \ue000\u200b\U000e0041",
    "mailto:x@{host} www.{host} https://{host}/q x@{host}",
]  # fmt: skip


def hostile_texts(host: str) -> list[str]:
    made = [
        form.replace("{at}", at.replace("{host}", host)).replace("{n}", str(n))
        for n, (at, form) in enumerate((at, form) for at in ADDRESSES for form in FORMS)
    ]
    return made + [other.replace("{host}", host).replace("{{", "{").replace("}}", "}") for other in OTHERS]


@pytest.fixture
def beacon() -> Iterator[tuple[str, list[bytes]]]:
    """A loopback address, and whatever anybody says to it."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def listen() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:  # closed: the test is over
                    return
                with connection:
                    heard.append(connection.recv(200))

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}", heard
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


WATCH = """() => {
  window.alerted = 0
  window.alert = () => { window.alerted += 1 }
}"""
# whatever could load, run or lead away, and is not part of the page itself
STRANGE = ", ".join(
    f".stMain :is({tag}), [role=dialog] :is({tag})"
    for tag in (
        "iframe",
        "object",
        "embed",
        "video",
        "form:not([data-testid], .vega-bindings)",  # an empty one belongs to the chart of the inspector
        "base",
        "link",
        "meta",
        ".stHtml img[src^=http]",
    )
)


def test_nothing_hostile_is_fetched_run_or_lost(
    visit: Visitor,
    page_config: Config,
    tmp_path: Path,
    beacon: tuple[str, list[bytes]],
    fake_llm: FakeLLMServer,
) -> None:
    host, heard = beacon
    texts = hostile_texts(host)
    assert len(texts) >= 200
    folder = tmp_path / "hostile"
    folder.mkdir()
    for n, text in enumerate(texts[:: len(texts) // 12]):  # as names and headings
        name = re.sub(r"[/\0\n]", "\\\\", text)[:80] + f" {n}.md"
        heading = " ".join(text.split())
        body = f"The zebrafish password number {n} is kept in the blue drawer. {text}"
        (folder / name).write_text(f"# {heading}\n\n{body}\n", "utf-8", errors="replace")
    page = visit(locale="en-US", llm=fake_llm)
    page.page.evaluate(WATCH)
    dialogs: list[str] = []
    page.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    run(page_config, [folder])  # another process than the page's: its next question sees the files
    chosen = random.Random(7)
    per_answer = 53
    for start in range(0, len(texts), per_answer):
        part = texts[start : start + per_answer]
        fake_llm.reply = "\n\n".join(
            f"Number {start + i} [1]. {text} end{start + i}" for i, text in enumerate(part)
        )
        fake_llm.split = chosen  # chunk borders anywhere, inside of tags and addresses too
        exchange = page.ask(QUESTION)
        answer = exchange.locator(".sl-answer")
        for i in range(len(part)):
            expect(answer).to_contain_text(f"Number {start + i}")
        for link in answer.locator("a").all():
            assert re.fullmatch(r"#sl-passage-\d+-\d+", link.get_attribute("href") or "")
        assert (
            answer.locator(
                "img, button:not(pre > .sl-copy), details, svg, style, script, h1[onclick], [style*=url]"
            ).count()
            == 0
        )
    exchange.locator(".sl-card summary").first.click()
    exchange.locator("[data-act=open]").first.click()
    expect(page.panel).to_contain_text("zebrafish")
    page.close_panel()
    exchange.locator("[data-act=why]").click()
    expect(page.panel).to_contain_text("zebrafish")
    assert page.page.locator(STRANGE).count() == 0
    page.close_panel()
    page.documents()
    expect(page.page.get_by_test_id("stMain")).to_contain_text("0.md")
    assert page.page.locator(STRANGE).count() == 0
    assert page.page.evaluate("window.alerted") == 0
    assert dialogs == []
    assert heard == []
    page.page.reload()
    assert page.page.evaluate("window.alerted ?? 0") == 0
    assert heard == []
