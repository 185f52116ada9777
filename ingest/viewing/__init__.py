"""Viewing a source: its PDF page as a picture with the passage's boxes, and the file itself.

    open_page: the passage's place in the index -> process in the sandbox (page_worker.py): draw the page, align its
               letters with the stored text (align.py), boxes around those of the passage (boxes.py) -> PageView

The text around a passage needs no file and no process: ``chatbot.citations.viewing``.
"""

from __future__ import annotations

import atexit
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from chatbot.citations.viewing import LEAST_LOCATED, NoPage, Original, PageView
from chatbot.store import DocumentRow, Store, View
from chatbot.trace import Candidate, Sentence
from ingest.sandbox.opened import OpenedFile
from ingest.sandbox.wire import WireError
from ingest.viewing.page_process import PageProcess, PageRequest
from ingest.viewing.pictures import PagePicture, PictureCache

# characters of stored text on either side of a passage with which it is found: more than a page of small print
_AROUND = 12_000
_CHUNKS = 40
_MOST_SENTENCES = 20

_process = PageProcess()
_pictures = PictureCache()
atexit.register(_process.close)


def open_page(
    store: Store,
    candidate: Candidate,
    highlights: Sequence[Sentence] = (),
    page: int | None = None,
    read_scan: bool = False,
) -> PageView | NoPage:
    """The page (``None``: where the passage begins) as a picture, with the boxes of the passage and ``highlights``.

    Boxes are given only where at least half of the passage was found. The file is drawn only as long as it is the
    one that was indexed. Scanned pages are read again by OCR, where it is installed, if ``read_scan`` says so; what
    was read is kept for the next time.

    Raises:
        StoreError: the index cannot be read.
    """
    with store.reading() as view:
        row = view.document(candidate.document)
        if row is None or row.format != "pdf" or candidate.page is None:
            return NoPage("no_pages")
        start, text = _text_of_pages(view, candidate, candidate.page)
    first, last = candidate.span
    if text[first - start : last - start] != candidate.text:
        return NoPage("changed")  # it was indexed again since
    spans = [(0, last - first), *((s.start, s.end) for s in highlights[:_MOST_SENTENCES])]
    request = PageRequest(
        _path_of(store, row),
        row.sha256,
        candidate.page if page is None else page,
        candidate.page,
        text,
        tuple((first - start + begin, first - start + end) for begin, end in spans),
        read_scan,
    )
    return _drawn(request)


def original(store: Store, uri: str) -> Original | None:
    """The file of a document as it was indexed; ``None`` if it is gone or another one by now."""
    with store.reading() as view:
        row = view.document(uri)
    if row is None:
        return None
    try:
        with OpenedFile(_path_of(store, row)) as file:
            content = file.read(row.bytes + 1)
    except OSError:
        return None
    return Original(row.name, content) if hashlib.sha256(content).hexdigest() == row.sha256 else None


def _drawn(request: PageRequest) -> PageView | NoPage:
    known = _pictures.get(request.sha256, request.page)
    try:
        drawn = _process.draw(request, picture=known is None)
    except WireError:
        return NoPage("damaged")
    if isinstance(drawn, NoPage):
        return drawn
    picture = known or PagePicture(drawn.picture, drawn.width, drawn.height)
    _pictures.put(request.sha256, drawn.page, picture)
    passage, *sentences = drawn.boxes
    found = drawn.located >= LEAST_LOCATED
    return PageView(
        picture.content,
        "image/webp",
        picture.width,
        picture.height,
        drawn.page,
        drawn.pages,
        boxes=passage if found else (),
        sentence_boxes=tuple(sentences) if found else (),
        located=drawn.located,
        passage_pages=drawn.on if found else (),
        is_unread=drawn.is_unread and not found,
    )


def _text_of_pages(view: View, candidate: Candidate, page: int) -> tuple[int, str]:
    """The stored text of ``page`` and the next one, with where it starts: without the rest of it, a phrase that
    stands there twice could be either."""
    first, last = candidate.span
    around = view.chunks_around(candidate.chunk_id, _CHUNKS, _CHUNKS)
    near = [
        row for row in around if row.document == candidate.document
    ]  # not after ``migrate``, which gives new ids
    start = min((row.start for row in near if row.page == page), default=first)
    end = max((row.end for row in near if (row.page or 0) <= page + 1), default=last)
    start, end = max(min(start, first), first - _AROUND, 0), min(max(end, last), last + _AROUND)
    return start, view.text_between(candidate.document, start, end)


def _path_of(store: Store, row: DocumentRow) -> Path:
    """Where the file is now. A link may lead there: it is shown only if it is the one that was indexed."""
    return Path(os.path.realpath(store.files.path(row.sha256) if row.is_kept else row.path))
