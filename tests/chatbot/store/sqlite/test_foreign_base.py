"""A base file that somebody else wrote never reaches FAISS, whatever the database beside it says of it."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import struct
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import pytest

from chatbot.store.sqlite import base_file, base_index
from chatbot.store.sqlite.store import SqliteStore


@pytest.fixture
def filled(tmp_path: Path, tools: Any) -> Path:
    store = SqliteStore.create(tmp_path / "store", tools.identity, tools.dimension)
    tools.put(store, "a", *(f"text {number}" for number in range(50)))
    with store.writing() as writer:
        writer.compact()
    store.close()
    return tmp_path / "store"


@pytest.fixture
def given_to_faiss(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What ``faiss.read_index`` was asked to read."""
    real, seen = faiss.read_index, list[str]()

    def read(path: str, *more: Any) -> Any:
        seen.append(path)
        return real(path, *more)

    monkeypatch.setattr(faiss, "read_index", read)
    return seen


def _vectors(count: int, dimension: int) -> Any:
    return np.random.default_rng(0).normal(size=(count, dimension)).astype("float32")


def _codes_that_are_not_there(dimension: int, count: int) -> bytes:
    """What FAISS 1.15 reads without a word, and dies of when it is searched."""
    codes = faiss.IndexPQFastScan(dimension, dimension // 2, 4, faiss.METRIC_INNER_PRODUCT)
    codes.train(_vectors(2000, dimension))
    index = faiss.IndexIDMap2(faiss.IndexRefineFlat(codes))
    index.add_with_ids(_vectors(count, dimension), np.arange(1, count + 1))
    codes.codes.resize(0)
    return bytes(faiss.serialize_index(index).tobytes())


def _graph(dimension: int, count: int) -> bytes:
    index = faiss.IndexIDMap2(faiss.IndexHNSWFlat(dimension, 8, faiss.METRIC_INNER_PRODUCT))
    index.add_with_ids(_vectors(count, dimension), np.arange(1, count + 1))
    return bytes(faiss.serialize_index(index).tobytes())


def _patched(at: int, what: bytes) -> Callable[[bytes], bytes]:
    return lambda old: old[:at] + what + old[at + len(what) :]


HEADER = 37  # bytes
FOREIGN: dict[str, Callable[[bytes], bytes]] = {
    "codes that are not there": lambda _: _codes_that_are_not_there(16, 50),
    "a graph": lambda _: _graph(16, 50),
    "nothing": lambda _: b"",
    "no index": lambda _: b"IxM2",
    "more vectors than bytes": _patched(HEADER + 8, struct.pack("<q", 2**40)),
    "another number of vectors inside": _patched(HEADER + 8, struct.pack("<q", 49)),
    "another dimension inside": _patched(HEADER + 4, struct.pack("<i", 2**30)),
    "another measure": _patched(HEADER + 33, struct.pack("<i", 1)),
    "a longer list of numbers": _patched(2 * HEADER, struct.pack("<Q", 2**60)),
    "a longer list of ids": lambda old: old[: -8 * 51] + struct.pack("<Q", 2**60) + old[-8 * 50 :],
    "one byte more": lambda old: old + b"\0",
    "one byte less": lambda old: old[:-1],
}


def _put(folder: Path, content: bytes, name: str = "base-000001.faiss") -> None:
    """The file, and a row that fits it in every respect."""
    (folder / name).write_bytes(content)
    with closing(sqlite3.connect(folder / "rag.db")) as connection:
        connection.execute(
            "UPDATE base SET file = ?, sha256 = ?, bytes = ?",
            (name, hashlib.sha256(content).hexdigest(), len(content)),
        )
        connection.commit()


@pytest.mark.parametrize("harm", FOREIGN)
def test_a_file_of_another_layout_is_never_opened(
    filled: Path, tools: Any, given_to_faiss: list[str], harm: str
) -> None:
    _put(filled, FOREIGN[harm]((filled / "base-000001.faiss").read_bytes()))
    with closing(SqliteStore.open(filled, tools.identity)) as store:
        assert tools.texts(store, "text 7", k=1) == ["text 7"]
    assert given_to_faiss == []


@pytest.mark.parametrize(
    "file",
    ["/dev/zero", "../base-000001.faiss", "files/base-000001.faiss", "base-000001.faiss\n", "/etc/passwd"],
)
def test_a_file_elsewhere_or_under_another_name_is_never_opened(
    filled: Path, tools: Any, given_to_faiss: list[str], file: str
) -> None:
    with closing(sqlite3.connect(filled / "rag.db")) as connection:
        connection.execute("UPDATE base SET file = ?", (file,))
        connection.commit()
    with closing(SqliteStore.open(filled, tools.identity)) as store:
        assert tools.texts(store, "text 7", k=1) == ["text 7"]
        store.faults()  # ends
    assert given_to_faiss == []


@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_a_link_or_a_pipe_in_its_place_is_never_opened(
    filled: Path, tools: Any, given_to_faiss: list[str], kind: str
) -> None:
    file = filled / "base-000001.faiss"
    file.rename(filled / "elsewhere")
    if kind == "link":
        file.symlink_to(filled / "elsewhere")
    else:
        os.mkfifo(file)
    with closing(SqliteStore.open(filled, tools.identity)) as store:
        assert tools.texts(store, "text 7", k=1) == ["text 7"]
    assert given_to_faiss == []


@pytest.mark.parametrize("count", [1, 50, 300])
@pytest.mark.parametrize("with_codes", [False, True])
def test_a_file_of_our_own_is_opened(
    tmp_path: Path,
    tools: Any,
    given_to_faiss: list[str],
    monkeypatch: pytest.MonkeyPatch,
    count: int,
    with_codes: bool,
) -> None:
    monkeypatch.setattr(base_index, "CODES_FROM", 20)
    monkeypatch.setattr(base_index, "TRAINED_ON", 16)
    store = SqliteStore.create(tmp_path / "store", tools.identity, tools.dimension)
    tools.put(store, "a", *(f"text {number}" for number in range(count if with_codes else 10)))
    with store.writing() as writer:
        writer.compact()
    store.close()
    with closing(SqliteStore.open(tmp_path / "store", tools.identity)) as store:
        assert tools.texts(store, "text 0", k=1) == ["text 0"]
    assert len(given_to_faiss) == 1


@pytest.mark.parametrize("at", ["quantiser", "centroid", "sizes", "codes"])
def test_codes_of_another_shape_are_never_opened(
    tmp_path: Path, tools: Any, given_to_faiss: list[str], monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    monkeypatch.setattr(base_index, "CODES_FROM", 20)
    monkeypatch.setattr(base_index, "TRAINED_ON", 16)
    store = SqliteStore.create(tmp_path / "store", tools.identity, tools.dimension)
    tools.put(store, "a", *(f"text {number}" for number in range(300)))
    with store.writing() as writer:
        writer.compact()
    store.close()
    quantiser = 3 * HEADER
    centroids = quantiser + 32
    sizes = centroids + 4 * 16 * 16
    place, what = {
        "quantiser": (quantiser + 8, struct.pack("<Q", 2**20)),
        "centroid": (centroids, struct.pack("<f", float("nan"))),
        "sizes": (sizes + 12, struct.pack("<Q", 2**40)),
        "codes": (sizes + 28, struct.pack("<Q", 0)),
    }[at]
    folder = tmp_path / "store"
    _put(folder, _patched(place, what)((folder / "base-000001.faiss").read_bytes()))
    with closing(SqliteStore.open(folder, tools.identity)) as store:
        assert tools.texts(store, "text 7", k=1) == ["text 7"]
    assert given_to_faiss == []


def test_only_one_line_of_the_program_gives_files_to_faiss() -> None:
    package = Path(base_file.__file__).parents[1]
    lines = [
        line
        for file in package.rglob("*.py")
        for line in file.read_text("utf-8").splitlines()
        if "read_index(" in line or "deserialize_index(" in line
    ]
    assert len(lines) == 1
