"""The documents as rows: found by words, sorted, counted."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import Path

from chatbot.rendering.words import Say
from chatbot.store.records import DocumentRow
from chatbot.ui.documents.amounts import counted
from chatbot.ui.documents.document_rows import Order, Status, find_rows, summary

ORDERS: tuple[Order, ...] = ("newest", "size", "pages", "chunks")


def row_of(name: str, **changes: object) -> DocumentRow:
    row = DocumentRow(
        f"docs/{name}", Path(f"/d/{name}"), "", "", "indexed", "", "", "pdf", "", 10, 1, "2026-01-01", 2
    )
    return replace(row, **changes)  # type: ignore[arg-type]


def test_refused_files_are_no_documents_and_one_is_one() -> None:
    rows = [row_of("a.pdf", chunks=1), row_of("b.pdf", chunks=0, status="refused")]
    assert summary(rows, Say("en")) == "1 document · 1 passage · 1 refused"
    assert (
        summary([*rows, row_of("c.pdf", chunks=1200)], Say("en"))
        == "2 documents · 1,201 passages · 1 refused"
    )
    assert summary(rows, Say("ko")) == "문서 1개 · 발췌문 1개 · 거절 1개"
    assert counted(Say("en"), "one_page", "more_pages", 0) == "0 pages"


def test_documents_are_found_by_name_folder_and_type_and_sorted() -> None:
    rows = [
        row_of("b.pdf", bytes=3, pages=9),
        row_of("sub/회의록.docx", format="docx", bytes=1),
        row_of("A.txt", bytes=2, chunks=7, status="partial", indexed_at="2026-02-01"),
    ]
    decomposed = unicodedata.normalize("NFD", "회의")

    def names(
        wanted: str = "", status: Status | None = None, order: Order = "name", upside_down: bool = False
    ) -> str:
        return " ".join(row.name for row in find_rows(rows, wanted, status, order, upside_down))

    assert names() == "A.txt b.pdf 회의록.docx"
    assert names(upside_down=True) == "회의록.docx b.pdf A.txt"
    assert [names(order=o).split()[0] for o in ORDERS] == [
        "A.txt", "b.pdf", "b.pdf", "A.txt",
    ]  # fmt: skip
    assert names(decomposed) == names("SUB docx") == "회의록.docx"
    assert names(status="partial") == "A.txt"
