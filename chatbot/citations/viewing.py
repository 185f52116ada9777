"""What a person sees who opens a source: the page as a picture with boxes, the text around it, or rows of a table.

Made by ``ingest.viewing`` (pages, originals) and here, out of the index (text around the passage, rows of a table); drawn by the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from chatbot.store import Store
from chatbot.store.records import ChunkRow
from chatbot.text.tables import cells_of, is_rule
from chatbot.trace import Candidate

# gone: the file is not there; changed: it is another one than was indexed; locked: a password; damaged: it cannot be
# drawn; slow: it took too long or too much memory; no_pages: not a PDF, or not indexed
NoPageReason = Literal["gone", "changed", "locked", "damaged", "slow", "no_pages"]

LEAST_LOCATED = 0.5  # of a passage's characters; with fewer nothing is drawn over the page


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the shown picture, each side as a fraction 0..1 of its width or height, from the top left."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class PageView:
    """A PDF page as a picture, and where the passage stands on it.

    Attributes:
        picture: of ``width`` x ``height`` pixels, in the format ``mime``; nothing is drawn over the page.
        page: the shown page, from 1, of ``pages``.
        boxes: of the passage's lines on this page; empty unless at least ``LEAST_LOCATED`` of it was found.
        sentence_boxes: for each highlighted sentence, those of its lines on this page.
        located: share of the passage's letters that were found, 0..1, on this page and the other ones it stands on.
        passage_pages: the pages it stands on: one, or two where it runs over a page break.
        is_unread: whether it was not looked for on a scanned page, because OCR takes seconds to read that.
    """

    picture: bytes
    mime: str
    width: int
    height: int
    page: int
    pages: int
    boxes: tuple[Box, ...] = ()
    sentence_boxes: tuple[tuple[Box, ...], ...] = ()
    located: float = 0.0
    passage_pages: tuple[int, ...] = ()
    is_unread: bool = False

    @property
    def is_located(self) -> bool:
        return self.located >= LEAST_LOCATED


@dataclass(frozen=True, slots=True)
class NoPage:
    """Why there is no picture of a page; the text of the index is shown then."""

    reason: NoPageReason


@dataclass(frozen=True, slots=True)
class TextView:
    """A passage in its document: ``before + passage + after`` is a stretch of the stored text.

    ``more_before`` and ``more_after``: whether the document goes on there.
    """

    before: str
    passage: str
    after: str
    more_before: bool = False
    more_after: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; a line between two tables has one cell and ``is_text``."""

    cells: tuple[str, ...]
    in_passage: bool = False
    is_header: bool = False
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class RowsView:
    """A passage of a table among the rows around it. ``header`` is the table's, empty where the rows hold it."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    more_before: bool = False
    more_after: bool = False


@dataclass(frozen=True, slots=True)
class Original:
    """The very file that was indexed. ``name`` is untrusted text."""

    name: str
    content: bytes


REACH = 2  # passages on either side

_SHEETS = frozenset({"csv", "xlsx", "xlsb", "xls", "ods"})
_LONGEST_ROW = 8000  # characters of a row that was cut; the largest chunk


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
        header = shown[0].header.split("\n", 1)[0]
        return RowsView(tuple(cells_of(header)) if header else (), tuple(rows), *more)
    return TextView(
        text[margin : margin + first - start],
        candidate.text,
        text[margin + last - start : margin + end - start],
        *more,
    )


def _place(near: Sequence[ChunkRow], candidate: Candidate) -> int | None:
    """Which of ``near`` the candidate is; ``None`` if the index has another text by now."""
    for place, row in enumerate(near):
        if row.id == candidate.chunk_id:
            same = (row.start, row.end) == candidate.span and row.text == candidate.text
            return place if same else None
    return None


def _rows(text: str, start: int, end: int, passage: tuple[int, int]) -> Iterator[Row]:
    """The lines of ``text`` from ``start`` to ``end``, whole ones, as rows."""
    position = text.rfind("\n", 0, start) + 1
    last: Row | None = None
    while position < end:
        stop = text.find("\n", position)
        stop = len(text) if stop < 0 else stop
        line = text[position:stop]
        if is_rule(line):
            last = replace(last, is_header=True) if last is not None else None
        elif line.strip():
            if last is not None:
                yield last
            inside = position < passage[1] and stop > passage[0]
            in_table = line.startswith("|")
            last = Row(tuple(cells_of(line)) if in_table else (line,), inside, is_text=not in_table)
        position = stop + 1
    if last is not None:
        yield last
