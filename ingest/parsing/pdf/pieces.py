"""The words of a PDF page, or what is wider than a word and is of one text object: the pieces of its lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ingest.parsing.pdf.glyphs import FILLER, HYPHEN, LOST, Box, Glyphs
from ingest.parsing.pdf.lines import NARROW_GAP, Piece
from ingest.parsing.pdf.objects import Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WORD = re.compile(r"[^\s\ufffe]+")
_BREAK = re.compile(r"[\r\n]+")
# words are one piece where clearly less than the gap of two cells is between them, relative to the size
_BESIDE = 0.9 * NARROW_GAP
_OVER = 0.5


def pieces_of(glyphs: Glyphs, texts: dict[int, Text], plain: bool) -> list[tuple[Piece, Box]]:
    """The page's words, cut where the text object changes, with their boxes.

    On a ``plain`` page, where no single word is of interest (hidden, turned, in a cell of a grid), words of one text
    object that stand beside each other are one piece; its box is that of its first word.
    """
    return list(_joined(glyphs, texts) if plain and LOST not in glyphs.text else _single(glyphs, texts))


def _single(glyphs: Glyphs, texts: dict[int, Text]) -> Iterator[tuple[Piece, Box]]:
    whole = glyphs.text
    words = [match.span() for match in _WORD.finditer(whole)]
    first = glyphs.objects([start for start, _ in words])
    last = glyphs.objects([end - 1 for _, end in words])
    cut: list[tuple[int, int, int]] = []
    for (start, end), source, other in zip(words, first, last, strict=True):
        if source == other:
            cut.append((start, end, source))
        else:
            cut += _by_source(glyphs, start, end)
    lefts = glyphs.boxes([start for start, _, _ in cut])
    rights = glyphs.boxes([end - 1 for _, end, _ in cut])
    some_lost = LOST in whole
    before = 0
    for (start, end, source), left, right in zip(cut, lefts, rights, strict=True):
        between = whole[before:start]
        before = end
        word = _without_lost(whole, start, end) if some_lost else whole[start:end]
        if word.strip(FILLER):
            yield _piece(word, between, start, end, source, texts.get(source), left, right, right[2])


def _joined(glyphs: Glyphs, texts: dict[int, Text]) -> Iterator[tuple[Piece, Box]]:
    """Lines of one text object in as few pieces as their gaps allow, the others in words."""
    import numpy as np

    whole = glyphs.text
    units = np.frombuffer(whole.encode("utf-32-le"), dtype=np.uint32)
    starts, ends, sources, uniform = _words(glyphs, units)
    if not len(starts):
        return
    lefts, rights = glyphs.corners(starts.tolist()), glyphs.corners((ends - 1).tolist())
    known, place = np.unique(sources, return_inverse=True)
    sizes = np.array([texts[source].size if source in texts else 0.0 for source in known.tolist()])[place]
    gaps = lefts[1:, 0] - rights[:-1, 2]
    beside = (
        uniform[1:]
        & (starts[1:] - ends[:-1] == 1)
        & (units[ends[:-1]] == ord(" "))
        & (sources[1:] == sources[:-1])
        & (gaps < _BESIDE * sizes[1:])
        & (gaps > -_OVER * sizes[1:])
        & (rights[1:, 2] >= rights[:-1, 2])
        & (rights[1:, 2] >= lefts[1:, 0])
    )
    begins = np.flatnonzero(np.concatenate(([True], ~beside)))
    finals = np.append(begins[1:], len(starts)) - 1
    before = 0
    for start, end, source, first, last, right in zip(
        starts[begins].tolist(), ends[finals].tolist(), sources[begins].tolist(), lefts[begins].tolist(),
        rights[begins].tolist(), rights[finals, 2].tolist(), strict=True,
    ):  # fmt: skip
        if (said := whole[start:end]).strip(FILLER):
            between = whole[before:start]
            yield _piece(said, between, start, end, source, texts.get(source), first, last, right)
        before = end


def _words(
    glyphs: Glyphs, units: NDArray[np.uint32]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Where each word starts and ends, its text object, and whether that has all of the word's line."""
    import numpy as np

    blank = np.ones(len(units) + 2, dtype=bool)
    blank[1:-1] = False
    for char in set(glyphs.text):
        if char.isspace() or char == HYPHEN:
            blank[1:-1] |= units == ord(char)
    edges = np.flatnonzero(blank[1:] != blank[:-1])
    starts, ends = edges[::2], edges[1::2]
    lines = np.searchsorted(np.flatnonzero(units == ord("\n")), starts)
    firsts = np.flatnonzero(np.diff(lines, prepend=-1))
    counts = np.diff(firsts, append=len(starts))
    source = _objects(glyphs, starts[firsts])
    uniform = np.repeat(source == _objects(glyphs, ends[firsts + counts - 1] - 1), counts)
    sources = np.repeat(source, counts)
    mixed = np.flatnonzero(~uniform)
    sources[mixed] = _objects(glyphs, starts[mixed])
    cut = mixed[sources[mixed] != _objects(glyphs, ends[mixed] - 1)]
    if not len(cut):
        return starts, ends, sources, uniform
    parts = [
        part
        for start, end in zip(starts[cut].tolist(), ends[cut].tolist(), strict=True)
        for part in _by_source(glyphs, start, end)
    ]
    words = np.stack((starts, ends, sources, uniform), axis=1)
    words = np.concatenate((np.delete(words, cut, axis=0), [(*part, False) for part in parts]))
    words = words[np.argsort(words[:, 0])]
    return words[:, 0], words[:, 1], words[:, 2], words[:, 3] == 1


def _objects(glyphs: Glyphs, places: NDArray[np.int64]) -> NDArray[np.int64]:
    import numpy as np

    return np.array(glyphs.objects(places.tolist()), dtype=np.int64)


def _piece(
    said: str,
    between: str,
    start: int,
    end: int,
    source: int,
    text: Text | None,
    first: Sequence[float],
    last: Sequence[float],
    right: float,
) -> tuple[Piece, Box]:
    """``first`` and ``last`` are the boxes of the characters at either end of its first word; it ends at ``right``."""
    if len(between) > 1:
        between = "\n" if between == "\r\n" else _BREAK.sub("\n", between)
    if first[1] == last[1] and first[0] <= last[0]:
        box = (first[0], first[1], last[2], first[3])
    else:
        box = (min(first[0], last[0]), min(first[1], last[1]), max(first[2], last[2]), max(first[3], last[3]))
    if text is not None and text.size:
        size = text.size
        base = text.y if not text.angle else first[1] + 0.2 * (first[3] - first[1])
    else:
        size = (first[3] - first[1]) / 1.15
        base = first[1] + 0.2 * (first[3] - first[1])
    return Piece(said, between, first[0], right, base, size, start, end, source), box


def _by_source(glyphs: Glyphs, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """The word, cut where the text object changes."""
    begin, sources = start, glyphs.objects(range(start, end))
    for index in range(start + 1, end + 1):
        if index == end or sources[index - start] != sources[begin - start]:
            yield begin, index, sources[begin - start]
            begin = index


def _without_lost(text: str, start: int, end: int) -> str:
    """The word; nothing where it is only of glyphs without a character that touch no letter: bullets, ornaments."""
    word = text[start:end]
    if word.strip(LOST):
        return word
    around = text[max(start - 1, 0) : start] + text[end : end + 1]
    return word if any(char.isalpha() for char in around) else ""
