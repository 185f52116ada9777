"""The documentation as it is read in the repository: links lead somewhere, settings are settings, figures name commands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import Config
from chatbot.limits.allowance import SHARED
from paths import ROOT

PAGES = [ROOT / name for name in ("README.md", "SECURITY.md", "CHANGELOG.md")] + sorted(
    ROOT.glob("docs/*.md")
)
_BLOCK = re.compile(r"(?ms)^ *```(\w*)\n(.*?)^ *```")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"(?m)^#+ (.+)$")


def _anchors(page: Path) -> set[str]:
    """Those that the repository's view and the site give the headings of a page."""
    headings = _HEADING.findall(_BLOCK.sub("", page.read_text("utf-8")))
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.strip().replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    dead = []
    for link in _LINK.findall(re.sub(r"`[^`\n]*`", "", _BLOCK.sub("", page.read_text("utf-8")))):
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            dead.append(link)
    assert dead == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_settings_that_a_page_shows_are_settings(page: Path) -> None:
    for block in _settings(page):
        Config.model_validate(block)


def _settings(page: Path) -> Iterator[dict[str, Any]]:
    """Its blocks of ``secondlook.toml``; what belongs into other files has other sections."""
    for language, block in _BLOCK.findall(page.read_text("utf-8")):
        content = tomllib.loads(re.sub(r"(?m)^  (?=\S)", "", block)) if language == "toml" else {}
        if content.keys() & Config.model_fields.keys():
            yield content


def test_the_page_of_settings_has_every_one_with_its_default() -> None:
    (shown,) = _settings(ROOT / "docs/settings.md")
    config, defaults = Config.model_validate(shown), Config()
    sections = defaults.model_dump(
        exclude={"store": True, "index": True, "models_cache": True, "llm": {"owner"}}
    )
    sections["store"] = dict.fromkeys(("path", "backend", "schema"))
    assert {name: set(shown[name]) for name in sections} == {name: set(of) for name, of in sections.items()}
    unset = {"answer": defaults.answer, "limits": defaults.limits}  # each says what holds then
    assert config.limits == SHARED
    assert config.model_copy(update={**unset, "models_cache": defaults.models_cache}) == defaults


def test_every_figure_of_the_readme_names_its_command() -> None:
    table = (ROOT / "README.md").read_text("utf-8").split("## Measured")[1].split("\n## ")[0]
    rows = [line.strip("| ").split("|") for line in table.splitlines() if line.startswith("|")][2:]
    assert len(rows) >= 6
    for row in rows:
        command = re.fullmatch(r"\s*`python -m (benchmarks[\w.]*)[^`]*`", row[-1])
        assert command, row
        module = ROOT / command[1].replace(".", "/")
        assert module.with_suffix(".py").exists() or (module / "__main__.py").exists()
