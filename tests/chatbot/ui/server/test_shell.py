"""The HTML of the page, as a running server sends it: with our styles behind all others, our theme, and room for what comes."""

from __future__ import annotations

import gzip
import re
from itertools import pairwise

import pytest

from chatbot.ui.server.shell import style_sheets
from fakes.page_server import PageServer
from paths import ROOT


@pytest.mark.parametrize("path", ["/", "/documents"])
def test_a_page_has_the_styles_from_its_first_paint_and_says_its_own_length(
    page_server: PageServer, path: str
) -> None:
    page = page_server.ask(path)
    assert page.status == 200
    assert int(page.headers["content-length"]) == len(page.body)
    assert page.body.count(b"window.secondLookEarly") > 0
    assert b'as="font"' not in page.body  # the framework's own, of which no letter is shown
    assert b"window.__streamlit" in page.body  # nor while it does not know the page's theme
    html = page.body.decode()
    places = [html.index(sheet.read_text("utf-8")) for sheet in style_sheets()]
    assert all(earlier < later for earlier, later in pairwise(places)), "a later sheet wins"
    assert html.index('<div id="root">') < places[0], "behind all that the framework writes into the head"


def test_a_page_comes_compressed_to_who_takes_it(page_server: PageServer) -> None:
    plain = page_server.ask("/")
    light = page_server.ask("/", headers={"Accept-Encoding": "gzip"})
    assert light.headers["content-encoding"] == "gzip"
    assert "accept-encoding" in light.headers["vary"].lower()
    assert int(light.headers["content-length"]) == len(light.body) < len(plain.body) / 2
    assert gzip.decompress(light.body) == plain.body
    assert "content-encoding" not in plain.headers


def test_every_sheet_is_sent() -> None:
    assert set(style_sheets()) == set((ROOT / "chatbot" / "ui" / "assets" / "styles").glob("*.css"))


def test_what_the_page_keeps_room_for_is_named_as_the_page_names_it() -> None:
    sheet = next(sheet for sheet in style_sheets() if sheet.stem == "arriving").read_text("utf-8")
    named = set(re.findall(r"\.st-key-([a-z]+)", sheet))
    drawn = "".join(file.read_text("utf-8") for file in (ROOT / "chatbot" / "ui").rglob("*.py"))
    assert named == {"clicks", "title"}
    assert all(f'key="{name}"' in drawn for name in named)
