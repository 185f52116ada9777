"""The words of a PDF page, or what is wider than a word and is of one text object: the pieces of its lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import TYPE_CHECKING

from ingest.parsing.pdf.glyphs import LOST, Box, Glyphs
from ingest.parsing.pdf.lines import NARROW_GAP, Piece
from ingest.parsing.pdf.objects import Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WORD = re.compile(r"[^\s\ufffe]+")
_LINE = re.compile(r"[^\n]+")
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
        if word:
            yield _piece(word, between, start, end, source, texts.get(source), left, right, right[2])


def _joined(glyphs: Glyphs, texts: dict[int, Text]) -> Iterator[tuple[Piece, Box]]:
    """Lines of one text object in as few pieces as their gaps allow, the others in words."""
    import numpy as np

    whole = glyphs.text
    lines = [
        [match.span() for match in _WORD.finditer(whole, line.start(), line.end())]
        for line in _LINE.finditer(whole)
    ]
    lines = [line for line in lines if line]
    first = glyphs.objects([line[0][0] for line in lines])
    last = glyphs.objects([line[-1][1] - 1 for line in lines])
    cut: list[tuple[int, int, int]] = []
    sizes: list[float] = []  # 0 where nothing is joined
    for line, source, other in zip(lines, first, last, strict=True):
        text = texts.get(source)
        if source == other:
            cut += [(start, end, source) for start, end in line]
            sizes += repeat(text.size if text is not None else 0.0, len(line))
        else:
            words = [part for start, end in line for part in _by_source(glyphs, start, end)]
            cut += words
            sizes += repeat(0.0, len(words))
    if not cut:
        return
    lefts = glyphs.corners([start for start, _, _ in cut])
    rights = glyphs.corners([end - 1 for _, end, _ in cut])
    places = np.array(cut, dtype=np.int64)
    begins = np.flatnonzero(~_beside(whole, places, lefts, rights, np.array(sizes)))
    finals = np.append(begins[1:], len(cut)) - 1
    before = 0
    for begin, final, first_box, last_box, right in zip(
        begins.tolist(), finals.tolist(), lefts[begins].tolist(), rights[begins].tolist(),
        rights[finals, 2].tolist(), strict=True,
    ):  # fmt: skip
        start, _, source = cut[begin]
        end = cut[final][1]
        yield _piece(
            whole[start:end], whole[before:start], start, end, source, texts.get(source),
            first_box, last_box, right,
        )  # fmt: skip
        before = end


def _beside(
    whole: str,
    places: NDArray[np.int64],
    lefts: NDArray[np.float64],
    rights: NDArray[np.float64],
    sizes: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Whether each word goes on with the piece of the word before it: bool[words]."""
    import numpy as np

    start, end, source = places[1:, 0], places[:-1, 1], places[:, 2]
    units = np.frombuffer(whole.encode("utf-32-le"), dtype=np.uint32)
    gap = lefts[1:, 0] - rights[:-1, 2]
    size = sizes[1:]
    joined = (
        (start - end == 1)
        & (units[end] == ord(" "))
        & (source[1:] == source[:-1])
        & (gap < _BESIDE * size)
        & (gap > -_OVER * size)
        & (rights[1:, 2] >= rights[:-1, 2])
        & (rights[1:, 2] >= lefts[1:, 0])
    )
    return np.concatenate(([False], joined))


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
