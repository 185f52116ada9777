"""The page's own files, as a running server sends them: compressed once, and a page that keeps the sidebar's room."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit

from fakes.page_server import PageServer, running
from paths import ROOT

STATIC = Path(str(streamlit.__file__)).parent / "static" / "static"
GZIP = {"Accept-Encoding": "gzip"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    with running(tmp_path_factory.mktemp("light")) as found:
        yield found


def test_a_script_comes_compressed_to_who_takes_it_and_as_it_is_to_others(server: PageServer) -> None:
    script = next(STATIC.glob("js/index.*.js"))
    path = f"/static/js/{script.name}"
    light = server.ask(path, headers=GZIP)
    assert light.headers["content-encoding"] == "gzip"
    assert light.headers["content-type"].startswith("text/javascript")
    assert light.headers["x-content-type-options"] == "nosniff", "as every answer"
    assert gzip.decompress(light.body) == script.read_bytes()
    assert len(light.body) < script.stat().st_size / 2
    plain = server.ask(path)
    assert "content-encoding" not in plain.headers
    assert plain.body == script.read_bytes()


@pytest.mark.parametrize(
    "path", ["/static/../index.html", "/static/js/../../../__init__.py", "/static/js/none.js"]
)
def test_nothing_but_the_frameworks_scripts_is_compressed(server: PageServer, path: str) -> None:
    answer = server.ask(path, headers=GZIP)
    assert b"import" not in answer.body[:2000]
    assert not answer.headers.get("content-type", "").startswith("text/javascript") or answer.status == 404


def test_the_page_keeps_room_for_the_sidebar_and_says_its_own_length(server: PageServer) -> None:
    page = server.ask("/")
    assert page.status == 200
    assert page.body.count(b"@keyframes sl-room") == 1
    assert int(page.headers["content-length"]) == len(page.body)
    assert page.body.count(b"window.secondLookEarly") > 0
    assert b'<div id="root">' in page.body
    assert b'as="font"' not in page.body  # the framework's own, of which no letter is shown
    assert b"window.__streamlit" in page.body  # nor while it does not know the page's theme


def test_what_the_page_keeps_room_for_is_named_as_the_page_names_it(server: PageServer) -> None:
    page = server.ask("/").body.decode()
    named = set(re.findall(r"\.st-key-([a-z]+)[^{]*stSkeleton", page))
    drawn = "".join(file.read_text("utf-8") for file in (ROOT / "chatbot" / "ui").rglob("*.py"))
    assert named == {"clicks", "title"}
    assert all(f'key="{name}"' in drawn for name in named)
