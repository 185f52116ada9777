from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from chatbot.citations.viewing import RowsView, TextView, open_text
from chatbot.store import ChunkRow, NewChunk, NewDocument, Store, StoreIdentity
from chatbot.store.sqlite.store import SqliteStore
from chatbot.trace import Candidate

TEXT = "\n\n".join(f"Part {number} begins. 여기는 {number}번째 단락입니다." for number in range(8))
TABLE = "\n".join(
    ["| item | price |", "| --- | --- |", *(f"| pen \\| {number} | {number}00 |" for number in range(9))]
)
HEADER = "| item | price |\n| --- | --- |"


def add(store: Store, uri: str, text: str, spans: list[tuple[int, int]], kind: str, header: str = "") -> None:
    chunks = [
        NewChunk(text[start:end], start, end, None, ("Title",), "", header if number else "")
        for number, (start, end) in enumerate(spans)
    ]
    document = NewDocument(uri, Path(uri), uri, "test", len(text), format=kind, text=text)
    with store.writing() as writer:
        writer.replace(document, chunks, np.ones((len(chunks), 1), np.float32))


def lines_of(text: str, count: int) -> list[tuple[int, int]]:
    """Spans of so many lines each."""
    starts = [0, *(at + 1 for at, char in enumerate(text) if char == "\n")]
    ends = [*(at for at, char in enumerate(text) if char == "\n"), len(text)]
    return [(starts[at], ends[min(at + count, len(ends)) - 1]) for at in range(0, len(starts), count)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = SqliteStore.create(tmp_path / "store", StoreIdentity("test", "test"), 1)
    parts = [(span[0], span[1]) for span in lines_of(TEXT, 1) if span[0] < span[1]]
    # each begins with the last word of the one before it
    overlapping = [(max(start - 8, 0), end) for start, end in parts]
    add(store, "docs/a.md", TEXT, overlapping, "markdown")
    add(store, "docs/b.csv", TABLE, lines_of(TABLE, 3), "csv", HEADER)
    yield store
    store.close()


def chunks(store: Store, uri: str) -> list[ChunkRow]:
    with store.reading() as view:
        return view.chunks_of(uri)


def candidate(row: ChunkRow) -> Candidate:
    return Candidate(row.id, row.document, row.text, (row.start, row.end), header=row.header)


def test_a_passage_is_shown_in_the_stored_text_with_nothing_twice(store: Store) -> None:
    rows = chunks(store, "docs/a.md")
    view = open_text(store, candidate(rows[4]), before=2, after=1)
    assert isinstance(view, TextView)
    whole = view.before + view.passage + view.after
    assert whole == TEXT[rows[2].start : rows[5].end]
    assert (view.passage, view.more_before, view.more_after) == (rows[4].text, True, True)
    assert whole.count("Part 3") == 1


def test_at_either_end_of_a_document_there_is_no_more(store: Store) -> None:
    rows = chunks(store, "docs/a.md")
    first, last = (open_text(store, candidate(row)) for row in (rows[0], rows[-1]))
    assert isinstance(first, TextView)
    assert isinstance(last, TextView)
    assert (first.before, first.more_before, first.more_after) == ("", False, True)
    assert (last.after, last.more_before, last.more_after) == ("", True, False)
    everything = open_text(store, candidate(rows[3]), 50, 50)
    assert isinstance(everything, TextView)
    assert everything.before + everything.passage + everything.after == TEXT


def test_a_sheet_is_shown_as_rows_under_its_header(store: Store) -> None:
    rows = chunks(store, "docs/b.csv")
    view = open_text(store, candidate(rows[2]), before=1, after=1)
    assert isinstance(view, RowsView)
    assert view.header == ("item", "price")
    assert [row.cells[0] for row in view.rows] == [f"pen | {number}" for number in range(1, 9)]
    assert [row.cells[1] for row in view.rows if row.in_passage] == ["400", "500", "600"]
    assert (view.more_before, view.more_after) == (True, False)
    top = open_text(store, candidate(rows[0]), 1, 0)
    assert isinstance(top, RowsView)
    assert (top.header, top.rows[0].is_header, top.rows[0].cells) == ((), True, ("item", "price"))
    assert all(row.in_passage for row in top.rows)


def test_of_a_document_that_is_another_by_now_only_the_passage_is_left(store: Store) -> None:
    found = candidate(chunks(store, "docs/a.md")[2])
    add(store, "docs/a.md", "Another text.", [(0, 13)], "markdown")
    assert open_text(store, found) == TextView("", found.text, "")
