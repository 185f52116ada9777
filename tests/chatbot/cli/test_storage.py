"""Looking after an index on the command line, on a real index."""

from __future__ import annotations

import io
import json
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from chatbot.cli.step_progress import StepProgress
from chatbot.cli.storage import second_look_line
from chatbot.config import LLMConfig
from command_line import secondlook_here

QUESTION = "How many days of annual leave are there?"


def secondlook(*arguments: object, code: int = 0) -> Any:
    """The JSON that the command prints; it must end with ``code``."""
    done = secondlook_here(*arguments, "--json")
    assert done.code == code, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("storage")
    (folder / "docs").mkdir()
    (folder / "docs" / "leave.md").write_text("# Leave\n\nThere are 25 days of annual leave.\n", "utf-8")
    (folder / "docs" / "rooms.md").write_text("# Rooms\n\nThe large room seats 40 people.\n", "utf-8")
    secondlook("ingest", folder / "docs", "--store", folder / "store")
    return folder


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    """Documents and an index of a test's own."""
    return Path(shutil.copytree(built, tmp_path / "work"))


def _first(store: Path, *options: object) -> str:
    found = secondlook("search", QUESTION, "--store", store, *options)
    return str(found["candidates"][0]["text"])


def test_doctor_finds_and_repairs_without_embedding(folder: Path) -> None:
    store = folder / "store"
    (base,) = store.glob("base-*.faiss")
    base.write_bytes(base.read_bytes()[:-1])
    with closing(sqlite3.connect(store / "rag.db")) as connection:
        connection.execute("DELETE FROM chunk_fts")
        connection.commit()
    state = secondlook("doctor", "--store", store, code=1)
    assert len(state["faults"]) == 2
    assert state["repaired"] == []
    state = secondlook("doctor", "--repair", "--store", store)
    assert (len(state["repaired"]), state["faults"]) == (2, [])
    assert secondlook("doctor", "--store", store)["repaired"] == []
    assert "25 days" in _first(store)


def test_compact_writes_a_base_file(folder: Path) -> None:
    made = secondlook("compact", "--store", folder / "store")
    assert made["chunks"] == 2
    assert (folder / "store" / made["file"]).stat().st_size == made["bytes"]


def test_an_index_travels_as_one_file(folder: Path) -> None:
    exported = secondlook("export", folder / "index.zip", "--store", folder / "store")
    assert (exported["documents"], exported["chunks"]) == (2, 2)
    shutil.rmtree(folder / "store")
    imported = secondlook("import", folder / "index.zip", "--store", folder / "elsewhere")
    assert (imported["documents"], imported["chunks"]) == (2, 2)
    assert "25 days" in _first(folder / "elsewhere")
    again = secondlook("import", folder / "index.zip", "--store", folder / "elsewhere", code=1)
    assert "not empty" in again["error"]


@pytest.mark.slow
def test_reindex_changes_the_splitter_of_the_whole_index(folder: Path) -> None:
    text = " ".join(f"Rule {number}: nobody works on holiday number {number}." for number in range(60))
    (folder / "docs" / "rules.md").write_text(f"# Rules\n\n{text}\n", "utf-8")
    store = folder / "store"
    few = secondlook("ingest", folder / "docs", "--store", store)["chunks"]
    (folder / "docs" / "leave.md").unlink()  # its passages must survive
    config = folder / "secondlook.toml"
    config.write_text("[splitter]\nkind = 'recursive'\nchunk_size = 200\nchunk_overlap = 0\n", "utf-8")
    report = secondlook("reindex", "--store", store, "--config", config)
    assert report["chunks"] > few
    assert len(report["notes"]) == 1
    assert not (store / "reindex").exists()
    assert "25 days" in _first(store, "--config", config)
    assert secondlook("doctor", "--store", store)["faults"] == []
    assert secondlook("reindex", "--store", store, "--config", config)["chunks"] == 0


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="needs a limit on the size of files")
def test_a_disk_that_takes_no_more_is_one_sentence_and_the_index_answers_as_before(folder: Path) -> None:
    store = folder / "store"
    (folder / "docs" / "new.md").write_text(
        "# New\n\n" + "There are 99 days of annual leave. " * 100, "utf-8"
    )
    largest = max(file.stat().st_size for file in store.iterdir())
    limited = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({largest}, {largest})); "
    start = "from chatbot.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", limited + start, "ingest", str(folder / "docs"), "--store", str(store), "--json"],
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 1
    assert "the index is as before" in json.loads(done.stdout)["error"]
    assert "Traceback" not in done.stderr
    assert "25 days" in _first(store)
    assert secondlook("doctor", "--store", store)["faults"] == []
    assert secondlook("ingest", folder / "docs", "--store", store)["chunks"] > 0


def test_commands_without_an_index_say_how_to_make_one(tmp_path: Path) -> None:
    for command in (["doctor"], ["compact"], ["reindex"], ["export", tmp_path / "x.zip"]):
        assert "secondlook ingest" in secondlook(*command, "--store", tmp_path / "none", code=1)["error"]


def test_filling_in_token_vectors_shows_how_far_it_is() -> None:
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, width=120)
    with StepProgress(console) as progress:
        progress("token vectors", 256, 1000)
    words = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.getvalue())
    assert "token vectors" in words
    assert "256/1000" in words


@pytest.mark.parametrize(
    ("llm", "line"),
    [
        (
            LLMConfig(),
            "second look: set to the language model, and there is none; set llm.backend, or another reranker.backend",
        ),
        (
            LLMConfig(backend="openai", model="x"),
            "second look: by the language model, openai · x; passages that were found leave this machine for it",
        ),
        (
            LLMConfig(backend="ollama", model="x"),
            "second look: by the language model, ollama · x; on this machine",
        ),
    ],
)
def test_doctor_tells_which_language_model_takes_the_second_look(llm: LLMConfig, line: str) -> None:
    assert second_look_line(llm) == line
