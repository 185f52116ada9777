"""The documents as rows: found by words, sorted, counted."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import Path

from chatbot.rendering.words import Say
from chatbot.store.records import DocumentRow
from chatbot.ui.documents.amounts import counted
from chatbot.ui.documents.document_rows import Order, Status, find_rows, names_apart, summary

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


def test_no_two_documents_are_called_the_same_where_names_stand_alone() -> None:
    long = "Harbor and Pine employee handbook (final, signed) - copy {} of 3 - v2023.11.30.pdf"
    rows = [
        row_of("price-list.csv"), row_of("2023/price-list.csv"), row_of("2024/price-list.csv"), row_of("회의록.docx"),
        row_of(long.format(1)), row_of(long.format(2)), row_of("2024/" + "인공지능용어집_최종_" * 5 + ".txt"),
    ]  # fmt: skip
    called = names_apart(rows)
    assert list(called) == [row.uri for row in rows]
    assert list(called.values())[:4] == [
        "price-list.csv · docs", "price-list.csv · docs/2023", "price-list.csv · docs/2024", "회의록.docx",
    ]  # fmt: skip
    assert called[rows[4].uri] == rows[4].uri  # cut in the middle, both would be the same
    assert called[rows[6].uri] == "인공지능용어집_최종_인공지…능용어집_최종_.txt"
    assert len(set(called.values())) == len(rows)
