"""What a person sees who opens a source: the page as a picture with boxes, the text around it, or rows of a table.

Made by ``ingest.viewing`` (pages, originals) and ``chatbot.surroundings`` (text, rows); drawn by the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
class Passage:
    """A neighbour of a passage: a chunk without what the passage next to it repeats."""

    text: str
    span: tuple[int, int]
    page: int | None
    heading: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Passages on either side, in reading order; ``more_*``: whether there are others beyond them."""

    before: tuple[Passage, ...] = ()
    after: tuple[Passage, ...] = ()
    more_before: bool = False
    more_after: bool = False


@dataclass(frozen=True, slots=True)
class Original:
    """The very file that was indexed. ``name`` is untrusted text."""

    name: str
    content: bytes
