"""The tutorial's splitter: LangChain's RecursiveCharacterTextSplitter, with exact spans."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

from ingest.splitting.spans import Span, trim

_SEPARATORS = ("\n\n", "\n", " ", "")


def recursive_spans(text: str, size: int, overlap: int) -> list[Span]:
    """LangChain's RecursiveCharacterTextSplitter (separators kept at the start, whitespace stripped)."""
    merged = _split_by(text, 0, len(text), 0, size, overlap)
    return [span for a, b in merged if (span := trim(text, a, b)) is not None]


def _split_by(text: str, start: int, end: int, level: int, size: int, overlap: int) -> Iterator[Span]:
    while _SEPARATORS[level] and text.find(_SEPARATORS[level], start, end) < 0:
        level += 1
    separator = _SEPARATORS[level]
    if not separator:
        yield from _windows(start, end, size, overlap)
        return
    small: list[Span] = []
    for a, b in _pieces(text, start, end, separator):
        if b - a < size:
            small.append((a, b))
            continue
        yield from _merge(small, size, overlap)
        small = []
        yield from _split_by(text, a, b, level + 1, size, overlap)
    yield from _merge(small, size, overlap)


def _pieces(text: str, start: int, end: int, separator: str) -> Iterator[Span]:
    """Cut before each separator."""
    at = text.find(separator, start, end)
    while at >= 0:
        if at > start:
            yield start, at
        start = at
        at = text.find(separator, at + len(separator), end)
    if end > start:
        yield start, end


def _merge(pieces: Sequence[Span], size: int, overlap: int) -> Iterator[Span]:
    """Join adjacent pieces up to ``size``; keep whole pieces worth at most ``overlap`` for the next."""
    window: deque[Span] = deque()
    for a, b in pieces:
        if window and b - window[0][0] > size:
            yield window[0][0], window[-1][1]
            while window and (a - window[0][0] > overlap or b - window[0][0] > size):
                window.popleft()
        window.append((a, b))
    if window:
        yield window[0][0], window[-1][1]


def _windows(start: int, end: int, size: int, overlap: int) -> Iterator[Span]:
    while end - start > size:
        yield start, start + size
        start += size - overlap
    yield start, end
