"""Manuals become questions on their sections."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.manuals import PLACES, load_manuals
from training.sources import MANUALS

PAGE = """<html><head><title>x</title></head><body><div class="navheader"><h3>Next</h3></div>
<h1>8.2. Connecting<a class="headerlink">¶</a></h1><p>{long}</p>
<h2>How to set a timeout</h2><p>Give seconds.</p><p>{long}</p><pre>connect(timeout=3)</pre>
<h2>Notes</h2><p>{long}</p><h2>Short</h2><p>Nothing.</p>
<dl class="py function"><dt>close(link)</dt><dd><p>Close the connection at once. {long}</p></dd></dl></body></html>"""


@pytest.fixture
def manuals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("training.manuals.BY_NAME", dict.fromkeys(PLACES, MANUALS[-1]))  # every question
    folder = tmp_path / PLACES["python_doc"][0]
    folder.mkdir(parents=True)
    (folder / "page.html").write_text(PAGE.replace("{long}", "Words that say something. " * 8), "utf-8")
    (folder / "copy.html").symlink_to("page.html")
    return tmp_path


def test_a_heading_asks_for_its_section_without_the_heading(manuals: Path) -> None:
    data = load_manuals(manuals)
    answers = {e.query: data.corpus[e.positives[0]] for e in data.examples}
    assert set(answers) == {
        "Connecting",
        "How to set a timeout",
        "Connecting Notes",
        "Close the connection at once",
    }
    passage = answers["How to set a timeout"]
    assert passage.startswith("Connecting\n\nGive seconds.\n")
    assert passage.endswith("connect(timeout=3)")
    assert "How to" not in passage
    assert answers["Close the connection at once"].startswith("Connecting\n\nclose(link)\nWords that")


def test_the_same_manuals_give_the_same_data(manuals: Path) -> None:
    assert load_manuals(manuals).sha256 == load_manuals(manuals).sha256
