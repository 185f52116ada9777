"""The paragraphs and tables that the lines of a PDF page form."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TypeAlias

from ingest.parsing.pdf.hyphens import Hyphens
from ingest.parsing.pdf.layout.aligned import find_table, with_turned_head
from ingest.parsing.pdf.lines import Line

_HANGUL_END = re.compile(r"[가-힣] ?$")
_HANGUL_START = re.compile(r"[가-힣]")

Rows: TypeAlias = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """``cells`` is how many columns its only line has; ``rows`` are those of a table, which has no ``text``.

    ``columns`` are the left and right ends of a table's columns; ``parts`` its rows on each of the next pages.
    """

    text: str
    size: float
    bold: bool = False
    cells: int = 0
    rows: Rows = ()
    columns: tuple[tuple[float, float], ...] = ()
    parts: tuple[Rows, ...] = ()


def breaks_words(pages: Iterable[list[Line]]) -> bool:
    """Whether Korean lines break within words.

    Where they do, the breaks at word ends (about a third) still hold their space; where lines break at word
    ends only, either all or none of them do.
    """
    spaced = total = 0
    for lines in pages:
        for line, following in pairwise(lines):
            if _HANGUL_END.search(line.text) and _HANGUL_START.match(following.text):
                total += 1
                spaced += line.text.endswith(" ")
    return total >= 8 and 0.1 <= spaced / total <= 0.7


def paragraphs(
    lines: list[Line], split_words: bool, hyphens: Hyphens | None = None, turned: list[Line] | None = None
) -> Iterator[Paragraph]:
    """Lines joined by line breaks; a new paragraph at a gap, a jump to another column, or another size.

    Lines whose cells stand in columns become a table. ``turned`` lines above its columns are its header; the others
    come last.
    """
    hyphens = hyphens or Hyphens(line.text for line in lines)
    turned = list(turned or ())
    pitch = _pitch(lines)
    margins = _margins(lines)
    group: list[Line] = []
    after = 0
    for index, line in enumerate(lines):
        if index < after:
            continue
        count, rows, columns = find_table(lines, index)
        if rows:
            if group:
                yield _joined(group, margins, split_words, hyphens)
                group = []
            if turned:
                rows, turned = with_turned_head(lines[index : index + count], rows, turned)
            yield _table(line, rows, columns, hyphens)
            after = index + count
            continue
        if group and (line.rows or line.apart or _begins(group[-1], line, pitch)):
            yield _joined(group, margins, split_words, hyphens)
            group = []
        if line.rows:
            yield _table(line, line.rows, line.columns, hyphens)
            continue
        if line.apart:
            yield Paragraph(line.text, 0.0)
            continue
        group.append(line)
    if group:
        yield _joined(group, margins, split_words, hyphens)
    for line in turned:
        yield Paragraph(line.text, 0.0)


def _table(line: Line, rows: Rows, columns: tuple[tuple[float, float], ...], hyphens: Hyphens) -> Paragraph:
    joined = tuple(tuple(map(hyphens.joined, row)) for row in rows)
    return Paragraph("", line.size, rows=joined, columns=columns)


def _pitch(lines: list[Line]) -> float:
    """The usual distance between two base lines, relative to the font size."""
    steps = [
        (above.last - below.first) / above.size
        for above, below in pairwise(lines)
        if above.placed
        and below.placed
        and above.size
        and above.size == below.size
        and 0.5 * above.size < above.last - below.first < 3 * above.size
    ]
    return median(steps) if steps else 1.3


def _begins(above: Line, line: Line, pitch: float) -> bool:
    if above.size and line.size and not 0.9 < line.size / above.size < 1.1:
        # superscripts and fractions stand on the line: another size there is no new paragraph
        return abs(above.last - line.first) > 0.7 * max(above.size, line.size)
    if not (above.placed and line.placed):
        return False
    if above.bold != line.bold:
        return True
    step = above.last - line.first
    return step > 1.35 * pitch * line.size or step < -1.5 * line.size


def _joined(group: list[Line], margins: Counter[int], split_words: bool, hyphens: Hyphens) -> Paragraph:
    text = ""
    for index, line in enumerate(group):
        if index:
            broken = split_words and _within_word(group[index - 1], line, margins)
            text += "" if broken else "\n"
        text += line.text
    text = hyphens.joined(text)
    longest = max(group, key=lambda line: len(line.text))
    cells = len(group[0].cells) if len(group) == 1 else 0
    return Paragraph(text, longest.size, all(line.bold for line in group), cells)


def _margins(lines: list[Line]) -> Counter[int]:
    """How many lines end at each x, in steps of four points: a column's right margin has many."""
    return Counter(
        step for line in lines if line.placed for step in {round(line.right / 4), int(line.right // 4)}
    )


def _within_word(above: Line, line: Line, margins: Counter[int]) -> bool:
    """A full line without a space at its end, continued below it."""
    return bool(
        above.text[-1:] != " "
        and _HANGUL_END.search(above.text)
        and _HANGUL_START.match(line.text)
        and above.placed
        and max(margins[round(above.right / 4)], margins[int(above.right // 4)]) >= 3
        and above.right >= line.right - 1.2 * line.size
        and abs(line.left - above.left) <= 2.5 * line.size
    )
