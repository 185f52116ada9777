"""Tables that go on on the next page: their rows are those of one table, and its header stands once.

Two tables are one where all of this holds:

- The first is the last thing on its page, and the second is the first thing on the next page.
- Their columns stand at the same places.
- The second repeats the header, or its first row cannot be a header.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise, takewhile

from ingest.parsing.pdf.paragraphs import Paragraph, Rows

# columns that overlap by less, in points, only touch
_TOUCH = 2.0
# rows of a header that may be repeated
_MAX_HEADER = 6
# a column of figures: this share of its cells, and so many at least
_FIGURES, _LEAST = 0.7, 2
_DIGIT = re.compile(r"\d")


def with_continued(pages: list[list[Paragraph]], is_number: Callable[[str], bool]) -> list[list[Paragraph]]:
    """The pages, with rows on later pages as ``parts`` of the table that they belong to.

    What is printed around the parts on both pages, and page numbers (``is_number``), does not part them: it comes
    before the table and after it. Page numbers between its parts are left out.
    """
    pages = list(pages)
    said = [{paragraph.text for paragraph in page} for page in pages]

    def runs(paragraph: Paragraph, other: int) -> bool:
        """Whether the paragraph is a page's header or footer, by what the other page says."""
        return not paragraph.rows and (is_number(paragraph.text) or paragraph.text in said[other])

    start = 0
    while start < len(pages):
        place = max((at for at, found in enumerate(pages[start]) if found.rows), default=-1)
        parts: list[Rows] = []
        page, at = start, place
        while (
            at >= 0
            and page + 1 < len(pages)
            and all(runs(after, page + 1) for after in pages[page][at + 1 :])
        ):
            first = len(list(takewhile(lambda before, page=page: runs(before, page), pages[page + 1])))  # type: ignore[misc]
            below = pages[page + 1][first] if first < len(pages[page + 1]) else None
            rows = _rest(pages[start][place], below) if below is not None else None
            if rows is None:
                break
            parts.append(rows)
            page, at = page + 1, first
        if parts:
            head, last = pages[start], pages[page]
            table = replace(head[place], parts=tuple(parts))
            pages[start] = [*head[:place], *head[place + 1 :], table]
            pages[start + 1 : page] = [[] for _ in parts[1:]]
            pages[page] = [
                *(before for before in last[:at] if before.text not in said[page - 1]),
                *last[at + 1 :],
            ]
        start = page if parts else start + 1
    return pages


def _rest(table: Paragraph, below: Paragraph) -> Rows | None:
    """The rows of ``below`` that belong to the table, without its header; ``None`` where it is another table."""
    if not below.rows or not _line_up(table, below):
        return None
    repeated = 0
    for row, other in zip(table.rows[:_MAX_HEADER], below.rows, strict=False):
        if row != other:
            break
        repeated += 1
    if repeated:
        return below.rows[repeated:] or None
    return below.rows if _is_no_header(below.rows[0], table.rows) else None


def _line_up(table: Paragraph, below: Paragraph) -> bool:
    """Whether each column stands over one of the other table's, and over no other."""
    if not len(table.columns) == len(below.columns) == len(table.rows[0]) == len(below.rows[0]):
        return False
    columns = list(zip(table.columns, below.columns, strict=True))
    same = all(min(a[1], b[1]) - max(a[0], b[0]) > _TOUCH for a, b in columns)
    apart = all(
        before[0][1] - after[1][0] <= _TOUCH and before[1][1] - after[0][0] <= _TOUCH
        for before, after in pairwise(columns)
    )
    return same and apart


def _is_no_header(row: tuple[str, ...], rows: Rows) -> bool:
    """Whether the row has figures wherever the table has them under words, and says nothing that its header says."""
    header, *body = rows
    figures = False
    for place, (cell, title) in enumerate(zip(row, header, strict=True)):
        if cell and cell == title:
            return False
        cells = [other[place] for other in body if other[place]]
        if not cell or not title or _DIGIT.search(title) or len(cells) < _LEAST:
            continue
        if sum(bool(_DIGIT.search(other)) for other in cells) >= _FIGURES * len(cells):
            if not _DIGIT.search(cell):
                return False
            figures = True
    return figures
