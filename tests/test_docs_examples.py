"""The Python of the documentation runs as it stands, over an index of the sample documents."""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from paths import ROOT

_PYTHON = re.compile(r"(?ms)^```python\n(.*?)^```")
# page -> what it must print, besides ending without an error
PAGES = {
    "docs/quick-start.md": ("[1] data/employee-handbook.pdf, page ",),
    "docs/index.ko.md": ("1 data/ai-glossary-ko.txt",),
    "docs/reference.md": (
        "False strong",
        "nothing new",
        "'Contracts'",
        "the question is empty; ask something",
    ),
    "README.md": ("Word2Vec", "True"),
    "docs/receipt.md": (),  # writes a file
}


@pytest.fixture(scope="module")
def working_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the samples in it, read in, in which a person would run the examples."""
    from chatbot import load_config
    from ingest.pipeline import run

    folder = tmp_path_factory.mktemp("examples")
    shutil.copytree(ROOT / "data", folder / "data")
    with contextlib.chdir(folder):
        run(load_config(), [Path("data")])
        _had_a_conversation()
        yield folder


def _had_a_conversation() -> None:
    """As the page keeps one."""
    from chatbot.conversations import AskedWith, Conversations, ExchangeRecord

    settings = AskedWith("extractive", "", 20, 3, True)
    asked = ExchangeRecord.unanswered(
        "연차는 며칠인가요?", settings, "cut short", datetime(2026, 11, 30, tzinfo=UTC)
    )
    kept = Conversations.open(Path(".secondlook"))
    kept.add(kept.create(), asked)


@pytest.mark.parametrize("page", PAGES)
def test_the_examples_of_a_page_run_one_after_the_other(
    page: str, working_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blocks = _PYTHON.findall((ROOT / page).read_text("utf-8"))
    assert blocks
    names: dict[str, object] = {}
    for number, block in enumerate(blocks, 1):
        exec(compile(block, f"{page}, block {number}", "exec"), names)
    printed = capsys.readouterr().out
    for words in PAGES[page]:
        assert words in printed
