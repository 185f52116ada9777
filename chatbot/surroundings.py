"""The text around a passage, out of the index: as text, as rows of a table, as passages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from chatbot.citations.viewing import Neighbours, Passage, Row, RowsView, TextView
from chatbot.store import Store
from chatbot.store.records import ChunkRow
from chatbot.trace import Candidate

REACH = 2  # passages on either side

_SHEETS = frozenset({"csv", "xlsx"})
_LONGEST_ROW = 8000  # characters of a row that was cut; the largest chunk
_RULE = re.compile(r"\|(?: --- \|)+")
_CELL_END = re.compile(r"(?<!\\)\|")


def open_text(
    store: Store, candidate: Candidate, before: int = REACH, after: int = REACH
) -> TextView | RowsView:
    """The passage between so many passages on either side; as rows where it is part of a sheet's table.

    Of a document that was indexed anew with another text, or is gone, only the passage is left.

    Raises:
        StoreError: the index cannot be read.
    """
    with store.reading() as view:
        row = view.document(candidate.document)
        near = view.chunks_around(candidate.chunk_id, before + 1, after + 1)
        at = _place(near, candidate)
        if row is None or at is None:
            return TextView("", candidate.text, "")
        shown = near[max(at - before, 0) : at + after + 1]
        start, end = shown[0].start, max(chunk.end for chunk in shown)
        margin = min(start, _LONGEST_ROW)
        text = view.text_between(candidate.document, start - margin, end + _LONGEST_ROW)
    more = (at > before, len(near) > at + after + 1)
    first, last = candidate.span
    if row.format in _SHEETS and "\n|" in f"\n{candidate.text}":
        rows = _rows(text, margin, end - start + margin, (first - start + margin, last - start + margin))
        return RowsView(_cells(shown[0].header.split("\n", 1)[0]), tuple(rows), *more)
    return TextView(
        text[margin : margin + first - start],
        candidate.text,
        text[margin + last - start : margin + end - start],
        *more,
    )


def neighbours(store: Store, chunk_id: int, before: int = REACH, after: int = REACH) -> Neighbours:
    """So many passages on either side in reading order, without what a passage repeats of the one before it.

    Raises:
        StoreError: the index cannot be read.
    """
    with store.reading() as view:
        near = view.chunks_around(chunk_id, before + 1, after + 1)
    at = next((place for place, row in enumerate(near) if row.id == chunk_id), None)
    if at is None:
        return Neighbours()
    first = max(at - before, 0)
    passages = [
        _passage(row, end=following.start)
        for row, following in zip(near[first:at], near[first + 1 :], strict=False)
    ]
    following = [
        _passage(row, start=above.end)
        for above, row in zip(near[at:], near[at + 1 : at + after + 1], strict=False)
    ]
    return Neighbours(tuple(passages), tuple(following), at > before, len(near) > at + after + 1)


def _place(near: Sequence[ChunkRow], candidate: Candidate) -> int | None:
    """Which of ``near`` the candidate is; ``None`` if the index has another text by now."""
    for place, row in enumerate(near):
        if row.id == candidate.chunk_id:
            same = (row.start, row.end) == candidate.span and row.text == candidate.text
            return place if same else None
    return None


def _passage(row: ChunkRow, start: int = 0, end: int | None = None) -> Passage:
    """The part of a chunk from ``start`` to ``end`` (positions in the document)."""
    first = max(row.start, start)
    last = row.end if end is None else min(row.end, end)
    return Passage(
        row.text[first - row.start : last - row.start].strip(), (first, last), row.page, row.heading
    )


def _rows(text: str, start: int, end: int, passage: tuple[int, int]) -> Iterator[Row]:
    """The lines of ``text`` from ``start`` to ``end``, whole ones, as rows."""
    position = text.rfind("\n", 0, start) + 1
    last: Row | None = None
    while position < end:
        stop = text.find("\n", position)
        stop = len(text) if stop < 0 else stop
        line = text[position:stop]
        if _RULE.fullmatch(line):
            last = replace(last, is_header=True) if last is not None else None
        elif line.strip():
            if last is not None:
                yield last
            inside = position < passage[1] and stop > passage[0]
            is_row = line.startswith("|")
            last = Row(_cells(line) if is_row else (line,), inside, is_text=not is_row)
        position = stop + 1
    if last is not None:
        yield last


def _cells(line: str) -> tuple[str, ...]:
    """The cells of a Markdown row."""
    cells = _CELL_END.split(line.strip().removeprefix("|").removesuffix("|"))
    return tuple(cell.strip().replace("\\|", "|") for cell in cells) if line.strip() else ()
