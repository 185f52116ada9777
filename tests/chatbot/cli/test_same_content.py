"""One content at several places: each document of it names the others."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from rich.console import Console

from chatbot.cli.answer_output import print_documents
from chatbot.cli.json_output import documents_json
from chatbot.store.records import DocumentRow


def row(uri: str, sha256: str, size: int = 9) -> DocumentRow:
    return DocumentRow(uri, Path(uri), sha256, "", "indexed", "", "", "text", "", size, 0, "2026-01-01", 1)


def test_both_ways_in_json_and_five_names_at_most() -> None:
    rows = [row("docs/a.txt", "1"), row("docs/b.txt", "2"), row("uploads/c.txt", "1")]
    found = {entry["uri"]: (entry["copies"], entry["same_content"]) for entry in documents_json(rows)}
    assert found == {
        "docs/a.txt": (1, ["uploads/c.txt"]),
        "docs/b.txt": (0, []),
        "uploads/c.txt": (1, ["docs/a.txt"]),
    }
    many = documents_json([row(f"docs/{number}.txt", "1") for number in range(8)])
    assert many[0]["same_content"] == [f"docs/{number}.txt" for number in range(1, 6)]
    assert many[7]["same_content"] == [f"docs/{number}.txt" for number in range(5)]
    assert {entry["copies"] for entry in many} == {7}


def test_empty_files_and_files_that_could_not_be_opened_are_like_no_other() -> None:
    rows = [row("a", "1", size=0), row("b", "1", size=0), row("c", ""), row("d", "")]
    assert all(entry["same_content"] == [] for entry in documents_json(rows))


def test_both_ways_in_the_table() -> None:
    console = Console(file=StringIO(), width=200)
    print_documents(console, [row("docs/a.txt", "1"), row("uploads/c.txt", "1")])
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert lines[1].rstrip().endswith("same content as uploads/c.txt")
    assert lines[2].rstrip().endswith("same content as docs/a.txt")
