"""Blocks -> chunks that are as full as they may be: the packing half of the default splitter."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chatbot.config import SplitterConfig
from chatbot.text.sentences import sentence_spans
from ingest.parsing.document import Block, ParsedDocument
from ingest.splitting.spans import PageFinder, Span, trim

SMALL = 5  # a part below chunk_size / 5 joins its neighbour
STOP = re.compile(r"[.!?。！？…:;][\"'”’»)\]}」』*_]*$|[다요죠까음함임됨][\"'”’)\]]*$")
_UNFINISHED = 60  # a page's last paragraph, at least this long and without a full stop, runs on


class Packer:
    """Fills chunks with blocks, in order, none longer than the configured size."""

    def __init__(self, document: ParsedDocument, pages: PageFinder, config: SplitterConfig) -> None:
        self._text = document.text
        self._pages = pages
        self._size, self._overlap = config.chunk_size, config.chunk_overlap
        self._chunks: list[Span] = []
        self._start: int | None = None  # of the chunk being filled
        self._end = 0
        self._repeatable = 0  # nothing before this position may be repeated in the next chunk
        self._only_titles = True  # such a chunk is not closed before some text has joined it
        self._last: Block | None = None

    def finish(self) -> list[Span]:
        """All chunks; closes the last one."""
        self._close()
        return self._chunks

    def add(self, block: Block, *, is_title: bool) -> None:
        """Add ``block``; a title stays in one chunk with the beginning of what comes after it."""
        if not self._only_titles and self._page_ends_before(block):
            self._close()
        span = (block.start, block.end)
        in_rows = block.kind in ("table", "code")
        if self._fits(span):
            self._take(span, is_title)
        elif block.end - block.start <= self._size and not self._only_titles:
            self._close(before=span)
            self._take(span, is_title)
        else:
            if in_rows and not self._only_titles and not self._is_small():
                self._close()
            for piece in _pieces_of(self._text, block):
                if in_rows:
                    self._repeatable = piece[0]
                self._add_piece(piece, is_title)
        if in_rows or is_title:
            self._repeatable = block.end
        self._last = block

    def _add_piece(self, piece: Span, is_title: bool) -> None:
        if not self._fits(piece) and not self._only_titles and piece[1] - piece[0] <= self._size:
            self._close(before=piece)
        rest: Span | None = piece
        while rest is not None and not self._fits(rest):
            room = self._size if self._start is None else self._size - (rest[0] - self._start)
            if room < 1 or (not self._only_titles and room < self._size // 2):
                self._close()
                continue
            cut = self._last_space(rest[0], rest[0] + room)
            self._take(trim(self._text, rest[0], cut) or rest, is_title)
            self._close()
            rest = trim(self._text, cut, rest[1])
        if rest is not None:
            self._take(rest, is_title)

    def _last_space(self, start: int, limit: int) -> int:
        """Where to cut ``text[start:limit + 1]``: after the last whole word, else at ``limit``."""
        for at in range(limit, start, -1):
            if self._text[at].isspace():
                return at
        return limit

    def _is_small(self) -> bool:
        return self._start is None or self._end - self._start < self._size // SMALL

    def _fits(self, span: Span) -> bool:
        start = span[0] if self._start is None else self._start
        return span[1] - start <= self._size

    def _take(self, span: Span, is_title: bool) -> None:
        if self._start is None:
            self._start = span[0]
        self._end = span[1]
        self._only_titles = self._only_titles and is_title

    def _close(self, before: Span | None = None) -> None:
        """End the chunk. With ``before``, what comes next, the new one repeats trailing sentences."""
        if self._start is None:
            return
        start, self._start = self._start, None
        self._chunks.append((start, self._end))
        self._only_titles = True
        if before is None:
            return
        self._start = self._overlap_start(start, before)
        self._repeatable = before[0]

    def _overlap_start(self, start: int, before: Span) -> int | None:
        for at, _ in sentence_spans(self._text[start : self._end]):
            at += start
            if (
                at >= max(self._repeatable, start + 1)
                and self._end - at <= self._overlap
                and before[1] - at <= self._size
            ):
                return at
        return None

    def _page_ends_before(self, block: Block) -> bool:
        last = self._last
        if last is None or self._pages.index(last.end - 1) == self._pages.index(block.start):
            return False
        runs_on = last.kind == block.kind == "paragraph" and last.end - last.start >= _UNFINISHED
        return not (runs_on and STOP.search(self._text[last.end - 12 : last.end]) is None)


def _pieces_of(text: str, block: Block) -> Iterator[Span]:
    """Sentences of a paragraph or heading; lines of a table or of code."""
    if block.kind not in ("table", "code"):
        for a, b in sentence_spans(text[block.start : block.end]):
            yield block.start + a, block.start + b
        return
    position = block.start
    for line in text[block.start : block.end].splitlines(keepends=True):
        if (span := trim(text, position, position + len(line))) is not None:
            yield span
        position += len(line)
