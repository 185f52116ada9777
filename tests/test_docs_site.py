"""The documentation's site: every link leads somewhere, every public name is explained, and no other host is asked."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

import chatbot
from paths import ROOT

_LOADED = re.compile(r"<(?:script|img|link|iframe|source)\b[^>]*?\b(?:src|href)=\"?([^\s\">]+)")
_NOT_LOADED = re.compile(r"<link\b[^>]*\brel=\"?(?:canonical|next|prev|alternate)\b[^>]*>")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, made as ``make docs`` makes it: a link that leads nowhere is an error."""
    folder = tmp_path_factory.mktemp("site")
    made = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", folder],
        cwd=ROOT, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    return folder


def test_a_page_asks_no_other_host(site: Path) -> None:
    foreign = {
        f"{page.relative_to(site)}: {address}"
        for page in site.rglob("*.html")
        for address in _LOADED.findall(_NOT_LOADED.sub("", page.read_text("utf-8")))
        if urlsplit(address).netloc
    }
    assert foreign == set()
    for sheet in site.rglob("*.css"):
        assert not re.search(r"url\([\"']?(?:https?:)?//", sheet.read_text("utf-8")), sheet


def test_every_public_name_is_explained_with_an_example(site: Path) -> None:
    reference = (site / "reference" / "index.html").read_text("utf-8")
    source = (ROOT / "docs" / "reference.md").read_text("utf-8")
    examples = "".join(re.findall(r"(?ms)^```python\n(.*?)^```", source))
    for name in chatbot.__all__:
        found = getattr(chatbot, name)
        assert f'id="chatbot.{name}"' in reference, name
        assert (found.__doc__ or "").strip(), name
    for name in ("Chatbot", "Config", "Answer"):  # made by the functions that the examples call
        assert f"::: chatbot.{name}\n" in source
    for name in ("load_chatbot", "load_config", "Turn", "Library", "ChatbotError"):
        assert re.search(rf"\b{name}\b", examples), name


def test_korean_pages_are_korean_around_their_words_too(site: Path) -> None:
    korean = (site / "index.ko" / "index.html").read_text("utf-8")
    assert '<html lang="ko"' in korean
    assert "검색" in korean
    assert '<html lang="en"' in (site / "index.html").read_text("utf-8")


def test_what_is_searched_holds_both_languages(site: Path) -> None:
    index = json.loads((site / "search" / "search_index.json").read_text("utf-8"))
    assert index["config"]["lang"] == ["en", "ko"]
    texts = " ".join(entry["text"] for entry in index["docs"])
    assert "출처" in texts
    assert "late interaction" in texts


def test_every_page_is_in_the_navigation() -> None:
    # what it names of Python objects is for the build alone
    config = yaml.safe_load(re.sub(r"!!python\S+", "", (ROOT / "mkdocs.yml").read_text("utf-8")))
    named = set(_pages(config["nav"]))
    written = {page.name for page in (ROOT / "docs").glob("*.md")}
    assert written | {"CHANGELOG.md", "SECURITY.md"} == named


def _pages(part: object) -> list[str]:
    if isinstance(part, str):
        return [part]
    inner = part.values() if isinstance(part, dict) else part
    assert not isinstance(inner, (int, type(None)))
    return [page for entry in inner for page in _pages(entry)]  # type: ignore[attr-defined]
