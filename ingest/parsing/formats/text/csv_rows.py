"""Rows of delimited text that is no clean CSV: quotes escaped by a backslash, quotes within cells, quotes left open.

An open quotation mark would make the rest of the file one cell. It is taken as a character of its cell instead, and
its line is named.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_SPACES = re.compile(r"[ \t]*")
_PIECE = re.compile(r'[^"\\\n]+|\\"|\\|""|"|\n')


def swallows_rows(cell: str, delimiter: str, width: int) -> bool:
    """Whether the lines within ``cell`` look like rows of the table (of ``width`` cells): its quote was left open."""
    inner = cell.split("\n")[1:-1]
    if width < 2 or len(inner) < (2 if width > 2 else 3):
        return False
    # in sentences a space follows each comma
    alike = sum(1 for line in inner if line.count(delimiter) == width - 1 > line.count(f"{delimiter} "))
    return alike >= 0.8 * len(inner)


def tolerant_rows(text: str, delimiter: str, width: int) -> tuple[list[list[str]], list[int]]:
    """The cells by row, and the lines (from 1) at which a quotation mark is opened and never closed."""
    return _Rows(text, delimiter, width).read()


class _Rows:
    def __init__(self, text: str, delimiter: str, width: int) -> None:
        self._text = text
        self._delimiter = delimiter
        self._width = width
        # a backslash before the quote at a cell's end is part of a path: "C:\data\",5
        self._escapes = re.search(rf'\\"(?!{re.escape(delimiter)}|\n|\Z)', text) is not None
        self._cell_end = re.compile(rf"{re.escape(delimiter)}|\n|\Z")

    def read(self) -> tuple[list[list[str]], list[int]]:
        rows: list[list[str]] = []
        broken: list[int] = []
        at, line = 0, 1
        while at < len(self._text):
            start = at
            row, at, opened = self._row(at)
            if opened is not None:
                broken.append(line)
                row = self._mended(row, opened)
            line += self._text.count("\n", start, at)
            rows.append(row if row != [""] else [])
        return rows, broken

    def _row(self, at: int) -> tuple[list[str], int, int | None]:
        """The cells of the row at ``at``, where the next one begins, and the cell whose quote was left open."""
        row: list[str] = []
        opened: int | None = None
        while True:
            spaces = _SPACES.match(self._text, at)
            quote = spaces.end() if spaces is not None and self._delimiter not in spaces.group() else at
            found = None
            if self._text.startswith('"', quote):
                found = self._quoted(quote + 1)
                if found is None and opened is None:
                    opened = len(row)
            if found is not None:
                cell, at = found
            else:
                end = self._cell_end.search(self._text, at)
                stop = end.start() if end is not None else len(self._text)
                cell, at = self._text[at:stop], stop
            row.append(cell)
            if not self._text.startswith(self._delimiter, at) or at >= len(self._text):
                return row, at + 1, opened
            at += len(self._delimiter)

    def _quoted(self, at: int) -> tuple[str, int] | None:
        """The cell whose text begins at ``at``, and where its delimiter is; ``None`` when its quote is left open."""
        parts: list[str] = []
        lines = 0
        for piece in _PIECE.finditer(self._text, at):
            found = piece.group()
            if found == '""' and not parts and self._ends(piece.end() - 1) and not self._ends(piece.end()):
                return "", piece.end() - 1
            if found == '""' or (found == '\\"' and self._escapes):
                parts.append('"')
            elif found in ('"', '\\"'):
                if found == '\\"':
                    parts.append("\\")
                if (end := self._end(piece.end())) is not None:
                    cell = "".join(parts)
                    return None if swallows_rows(cell, self._delimiter, self._width) else (cell, end)
                before = self._text[piece.start() - 1]
                if lines and before in ("\n", self._delimiter):
                    return None  # it opens a cell of another row
                parts.append('"')
            else:
                lines += found == "\n"
                parts.append(found)
        return None

    def _end(self, at: int) -> int | None:
        """Where the delimiter after a closing quote is; ``None`` when the quote is within its cell."""
        spaces = _SPACES.match(self._text, at)
        for place in (at, spaces.end() if spaces is not None else at):
            if self._ends(place):
                return place
        return None

    def _ends(self, at: int) -> bool:
        return at >= len(self._text) or self._text[at] in (self._delimiter, "\n")

    def _mended(self, row: Sequence[str], opened: int) -> list[str]:
        """Cells that the open quote was to hold together are joined, as many as the row has too many."""
        extra = max(len(row) - self._width, 0) if self._width > 1 else 0
        joined = self._delimiter.join(row[opened : opened + extra + 1])
        return [*row[:opened], joined.lstrip().removeprefix('"'), *row[opened + extra + 1 :]]
