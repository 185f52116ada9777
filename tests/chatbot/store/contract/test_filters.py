from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chatbot.errors import StoreError
from chatbot.store import Store


@pytest.fixture
def shelf(store: Store, tools: Any) -> Store:
    for uri in (
        "data/2024/report.pdf", "data/2024/notes.md", "data/report.pdf", "data/2024x/other.md", "데이터/보고서.pdf",
        "data/100%_sure's \"quoted\".txt", "data/100a_sure's \"quoted\".txt", "Data/UPPER.md", "uploads/report.pdf",
    ):  # fmt: skip
        tools.put(store, uri, f"text of {uri}")
    return store


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (["data/2024/report.pdf"], {"data/2024/report.pdf"}),
        (["report.pdf"], {"data/2024/report.pdf", "data/report.pdf", "uploads/report.pdf"}),
        (["2024/report.pdf"], {"data/2024/report.pdf"}),
        (["data/2024"], {"data/2024/report.pdf", "data/2024/notes.md"}),
        (["data/2024/"], {"data/2024/report.pdf", "data/2024/notes.md"}),
        (["Data"], {"Data/UPPER.md"}),
        (["uploads"], {"uploads/report.pdf"}),
        (["notes.md", "uploads"], {"data/2024/notes.md", "uploads/report.pdf"}),
        (["데이터"], {"데이터/보고서.pdf"}),
        (
            ["\u1103\u1166\u110b\u1175\u1110\u1165"],
            {"데이터/보고서.pdf"},
        ),  # the same folder, as a Mac spells it
        (['100%_sure\'s "quoted".txt'], {'data/100%_sure\'s "quoted".txt'}),
    ],
)
def test_a_filter_is_a_document_a_folder_or_a_bare_name(
    shelf: Store, tools: Any, wanted: list[str], found: set[str]
) -> None:
    assert set(tools.texts(shelf, "x", 50, wanted)) == {f"text of {uri}" for uri in found}
    assert set(tools.lexical_texts(shelf, "text", wanted)) == {f"text of {uri}" for uri in found}


@pytest.mark.parametrize(
    "wanted",
    ["", "/", "nowhere", "eport.pdf", "data/20", "%", "_", "upper.md", "REPORT.PDF", "' OR 1=1 --", "*"],
)
def test_a_filter_that_matches_nothing_is_an_error(shelf: Store, wanted: str) -> None:
    with shelf.reading() as view, pytest.raises(StoreError, match="no document or folder matches"):
        view.scope(["data", wanted])


def test_a_filter_on_a_document_without_chunks_finds_nothing(store: Store, tools: Any) -> None:
    tools.put(store, "a", "alpha")
    document, chunks, vectors = tools.document("b", [])
    with store.writing() as writer:
        writer.replace(replace(document, status="refused", reason="why not"), chunks, vectors)
    assert tools.texts(store, "alpha", 5, ["b"]) == []
    assert tools.lexical_texts(store, "alpha", ["b"]) == []


def test_folders_with_the_same_name_get_labels_of_their_own(store: Store) -> None:
    with store.writing() as writer:
        labels = [
            writer.label_root(Path(path))
            for path in ("/a/docs", "/b/docs", "/a/docs", "/c/uploads", "/", "/a/가", "/b/\u1100\u1161")
        ]
    assert labels == ["docs", "docs-2", "docs", "uploads-2", "root", "가", "가-2"]
    with store.reading() as view:
        assert view.roots()["docs-2"] == Path("/b/docs")
