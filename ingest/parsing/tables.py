"""Markdown tables, made from rows of cells; grids of cells that span rows and columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from chatbot.text.tables import row_of, rule_of
from ingest.parsing.clean import one_line
from ingest.parsing.document import BlockKind
from ingest.parsing.forms import Told, form_lines
from ingest.parsing.limits import MAX_TEXT

# as a table it would not fit into the text: an empty cell takes three characters
_MAX_CELLS = MAX_TEXT // 3
# a cell repeats its text in this many columns at most; HTML itself allows 1,000
_MAX_SPAN = 200
# characters that spans may add to a table, so that a long cell over a thousand rows does no harm
_MAX_REPEATED = 2_000_000
# rows of headings above each other; more of them are the table itself
_MAX_HEADER = 4


def markdown_table(rows: Iterable[Sequence[str]], told: Told = "") -> Iterator[tuple[BlockKind, str]]:
    """Blocks for a table: first the titles above it (leading rows of one cell), then the table itself.

    Empty rows and columns are left out; ``|`` is escaped. What has one column is not a table but lines,
    and so are the pairs of a form.
    """
    cells = [[one_line(cell) for cell in row] for row in rows]
    cells = [row for row in cells if any(row)]
    width = max(map(len, cells), default=0)
    used = [column for column in range(width) if any(column < len(row) and row[column] for row in cells)]
    if len(cells) * len(used) > _MAX_CELLS:
        yield "paragraph", "\n".join(" | ".join(filter(None, row)) for row in cells)
        return
    cells = [[row[column] if column < len(row) else "" for column in used] for row in cells]
    if len(used) < 2:
        if cells:
            yield "paragraph", "\n".join(row[0] for row in cells)
        return
    # in two columns, a lone cell on the right is the header of the right one
    while cells and sum(map(bool, cells[0])) == 1 and (cells[0][0] or len(used) > 2):
        yield "paragraph", " ".join(filter(None, cells.pop(0)))
    if pairs := form_lines(cells, told):
        yield "paragraph", "\n".join(pairs)
    elif len(cells) == 1 and len(used) <= 3:
        yield "paragraph", " | ".join(filter(None, cells[0]))
    elif cells:
        lines = [row_of(row) for row in cells]
        yield "table", "\n".join([lines[0], rule_of(len(used)), *lines[1:]])


@dataclass(slots=True)
class _Cell:
    text: str
    column: int
    across: int  # columns
    down: int  # rows


class Grid:
    """Rows of cells, some of which span rows or columns: a spanning cell says its text in all that it covers.

    A cell over the whole width of the table says it once: it is a title within the table.
    """

    def __init__(self) -> None:
        self._rows: list[list[_Cell]] = []
        self._open: dict[int, tuple[int, _Cell]] = {}  # column -> rows that its cell still covers
        self._taken: set[int] = set()
        self._next = 0
        self._repeated = 0
        self._headers = 0
        self._labelled = 0

    def start_row(self) -> None:
        self._rows.append([])
        self._next = 0
        for column, (left, cell) in sorted(self._open.items()):
            if column == cell.column:
                text = cell.text if self._fits(cell.text) else ""
                self._rows[-1].append(_Cell(text, column, cell.across, 1))
            if left > 1:
                self._open[column] = (left - 1, cell)
            else:
                del self._open[column]
        self._taken = {cell.column + at for cell in self._rows[-1] for at in range(cell.across)}

    def end_group(self) -> None:
        """Ends a group of rows (a table's head or body): no cell reaches beyond it."""
        self._open.clear()

    def add(self, text: str, down: int = 1, across: int = 1, column: int | None = None) -> None:
        """The next cell of the row that is open, at the first free column or at ``column``.

        ``down`` 0 means: to the end of its group.
        """
        if not self._rows:
            self.start_row()
        if column is None:
            column = self._next
            while column in self._taken:
                column += 1
        across = min(max(across, 1), _MAX_SPAN)
        cell = _Cell(text, column, across, down)
        self._rows[-1].append(cell)
        self._next = column + across
        if down != 1:
            left = down - 1 if down > 1 else 2**31
            for at in range(column, column + across):
                self._open[at] = (left, cell)

    def header_row(self) -> None:
        """The row that is open holds headings; counted while it follows the rows of headings above it."""
        if self._headers == len(self._rows) - 1:
            self._headers += 1

    def labelled_row(self) -> None:
        """The row that is open holds labels, each with its value beside it."""
        self._labelled += 1

    @property
    def told(self) -> Told:
        """What the format tells of the first row."""
        if self._headers:
            return "header"
        return "labels" if self._rows and self._labelled == len(self._rows) else ""

    def rows(self) -> list[list[str]]:
        """The text of each cell by row; several rows of headings become one, joined from top to bottom."""
        width = max((cell.column + cell.across for row in self._rows for cell in row), default=0)
        rows = [self._written(row, width) for row in self._rows]
        count = self._headers or self._header_by_spans()
        if 1 < count <= _MAX_HEADER and count < len(rows):
            titles = [row for row in rows[:count] if sum(map(bool, row)) == 1]
            headers = [row for row in rows[:count] if sum(map(bool, row)) > 1]
            return [*titles, *_one_row(headers, width), *rows[count:]]
        return rows

    def _written(self, row: Sequence[_Cell], width: int) -> list[str]:
        texts: list[str] = []
        for cell in sorted(row, key=lambda cell: cell.column):
            # damaged tables have two cells in one place: the later one moves on
            texts += [""] * (cell.column - len(texts))
            more = cell.across - 1
            repeats = more and cell.across < width and self._fits(cell.text, more)
            texts += [cell.text, *([cell.text if repeats else ""] * more)]
        return texts

    def _fits(self, text: str, times: int = 1) -> bool:
        self._repeated += len(text) * times
        return self._repeated <= _MAX_REPEATED

    def _header_by_spans(self) -> int:
        """Rows of headings in a table that marks none: the first row's cells reach down to the last of them."""
        first = self._rows[0] if self._rows else []
        down = max((cell.down for cell in first), default=1)
        wide = any(cell.across > 1 for cell in first)
        if down < 2 or not wide or not all(cell.down == down or cell.across > 1 for cell in first):
            return 0
        return down


def _one_row(headers: Sequence[Sequence[str]], width: int) -> list[list[str]]:
    joined: list[str] = []
    for column in range(width):
        texts = [row[column] for row in headers if column < len(row) and row[column]]
        # a cell over two rows says its text once
        joined.append(" ".join(dict.fromkeys(texts)))
    return [joined] if headers else []
