"""The commands that look after an index, where it is in PostgreSQL."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from command_line import secondlook_here

_NUMBERS = count(1)
QUESTION = "How many days of annual leave are there?"


@pytest.fixture
def settings(postgres: str, tmp_path: Path) -> Path:
    """A file of settings whose index is in a schema that is not there yet; another one's options follow it."""
    file = tmp_path / "secondlook.toml"
    file.write_text(
        f'[store]\nbackend = "postgres"\npath = "{tmp_path / "store"}"\nschema = "cli_{next(_NUMBERS)}"\n'
    )
    return file


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "leave.md").write_text("# Leave\n\nThere are 25 days of annual leave.\n", "utf-8")
    rooms = "\n\n".join(f"The room on floor {floor} seats {40 + floor} people." for floor in range(12))
    (folder / "rooms.md").write_text(f"# Rooms\n\n{rooms}\n", "utf-8")
    return folder


def secondlook(settings: Path, *arguments: object, code: int = 0) -> Any:
    """The JSON that the command prints; it must end with ``code``."""
    done = secondlook_here(*arguments, "--config", settings, "--json")
    assert done.code == code, done.stderr
    return json.loads(done.stdout)


def first(settings: Path) -> str:
    return str(secondlook(settings, "search", QUESTION)["candidates"][0]["text"])


def with_line(settings: Path, line: str) -> Path:
    other = settings.with_name(f"other-{next(_NUMBERS)}.toml")
    other.write_text(f"{settings.read_text()}{line}\n")
    return other


def test_it_is_filled_checked_repaired_made_anew_and_put_in_order(
    settings: Path, documents: Path, postgres: str
) -> None:
    without = with_line(settings, '[reranker]\ntoken_vectors = "off"')
    assert len(secondlook(without, "ingest", documents)["indexed"]) == 2
    state = secondlook(without, "doctor")
    assert (state["faults"], state["token_vectors"]["texts"]) == ([], 0)

    kept = secondlook(settings, "reindex", "--token-vectors")
    assert kept["read"] == kept["texts"] > 0
    assert secondlook(settings, "reindex", "--token-vectors")["read"] == 0

    finer = with_line(settings, "[splitter]\nchunk_size = 200\nchunk_overlap = 0")
    made = secondlook(finer, "reindex")
    assert (len(made["indexed"]), made["overtaken"]) == (2, [])
    assert secondlook(finer, "reindex")["indexed"] == []
    assert secondlook(finer, "doctor")["faults"] == []
    assert "25 days" in first(finer)

    schema = finer.read_text().split('schema = "')[1].split('"')[0]
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"DELETE FROM {schema}.posting".encode())
        connection.execute(f"UPDATE {schema}.chunk SET text = 'elsewhere' WHERE position = 1".encode())
    state = secondlook(finer, "doctor", code=1)
    assert any("is not the text at" in fault for fault in state["faults"])
    assert any("missing from lexical search" in fault for fault in state["faults"])
    assert state["repaired"] == []
    state = secondlook(finer, "doctor", "--repair", code=1)
    assert len(state["repaired"]) == 2
    assert state["faults"] == ["docs/rooms.md: some of its chunks are missing; run: secondlook ingest"]
    assert [result["path"] for result in secondlook(finer, "ingest", documents)["indexed"]] == [
        "docs/rooms.md"
    ]
    state = secondlook(finer, "doctor")
    assert (state["faults"], state["repaired"]) == ([], [])
    assert secondlook(finer, "compact")["chunks"] == sum(d["chunks"] for d in state["documents"])
    assert "25 days" in first(finer)


def test_it_travels_as_one_file_into_another_schema_and_into_a_folder(
    settings: Path, documents: Path, tmp_path: Path
) -> None:
    secondlook(settings, "ingest", documents)
    before = secondlook(settings, "doctor")["documents"]
    exported = secondlook(settings, "export", tmp_path / "index.zip")
    assert exported["documents"] == 2
    assert exported["chunks"] == sum(document["chunks"] for document in before)
    assert sorted(path.name for path in tmp_path.glob(".secondlook*")) == []

    other = tmp_path / "other.toml"
    other.write_text(settings.read_text().replace('schema = "', 'schema = "other_'))
    for where in (["--config", other], ["--store", tmp_path / "in-a-folder"]):
        done = secondlook_here("import", tmp_path / "index.zip", *where, "--json")
        assert done.code == 0, done.stderr
        assert json.loads(done.stdout)["chunks"] == exported["chunks"]
        checked = json.loads(secondlook_here("doctor", *where, "--json").stdout)
        assert checked["faults"] == []
        assert [(d["uri"], d["chunks"]) for d in checked["documents"]] == [
            (d["uri"], d["chunks"]) for d in before
        ]
    assert "25 days" in first(other)
    again = secondlook_here("import", tmp_path / "index.zip", "--config", settings)
    assert again.code == 1
    assert "choose an empty one" in again.stderr
