"""Tables of a PDF page: lines whose cells stand in columns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from ingest.parsing.pdf.lines import Cell, Line

# fewest rows of a table with a cell in three columns, and most rows that are looked at as one table
_TABLE_ROWS = 3
_MAX_ROWS = 500
# half the cells of a table are at most this long
_CELL_CHARS = 40


@dataclass(frozen=True, slots=True)
class _Column:
    """An x-range that cells of some lines of a table cover."""

    left: float
    right: float
    lines: frozenset[int]

    def joined(self, other: _Column) -> _Column:
        return _Column(min(self.left, other.left), max(self.right, other.right), self.lines | other.lines)


def find_table(
    lines: list[Line], start: int
) -> tuple[int, tuple[tuple[str, ...], ...], tuple[tuple[float, float], ...]]:
    """How many lines from ``start`` on are a table, its rows, and where its columns are; none where it could be running text."""
    first, *below = lines[start : start + _MAX_ROWS]
    if len(first.cells) < 3 and len(first.pieces) >= 3 and below and len(below[0].cells) >= 3:
        # a header set more narrowly than the rows below it
        _, columns = _run(below)
        first = _fitted(first, columns) or first
    if len(first.cells) < 3:
        return 0, (), ()
    run, columns = _run([first, *below])
    columns = _with_headers(columns)
    if not _is_table(run, columns):
        return 0, (), ()
    return len(run), _rows(run, columns), tuple((column.left, column.right) for column in columns)


def with_turned_head(
    lines: list[Line], rows: tuple[tuple[str, ...], ...], turned: list[Line]
) -> tuple[tuple[tuple[str, ...], ...], list[Line]]:
    """The table's rows under the turned lines that stand above its columns, and the turned lines that do not."""
    top = lines[0].first + lines[0].size
    columns = _with_headers(_run(lines)[1])
    heads: dict[int, list[Line]] = {}
    for line in turned:
        if not -line.size < line.first - top < 2.5 * lines[0].size:
            continue
        middle = (line.left + line.right) / 2
        reach = 1.5 * line.size
        near = [
            (abs(middle - (column.left + column.right) / 2), place)
            for place, column in enumerate(columns)
            if column.left - reach < middle < column.right + reach
        ]
        if near:
            heads.setdefault(min(near)[1], []).append(line)
    if len(heads) < 2:
        return rows, turned
    row = [""] * len(rows[0])
    for place, found in heads.items():
        if place < len(row):
            row[place] = " ".join(line.text for line in sorted(found, key=lambda line: line.left))
    used = {id(line) for found in heads.values() for line in found}
    return (tuple(row), *rows), [line for line in turned if id(line) not in used]


def _run(lines: list[Line]) -> tuple[list[Line], list[_Column]]:
    """The lines from the first on that share columns, with these columns."""
    run = lines[:1]
    columns = _with_line([], run[0], 0) or []
    kept = (1, columns)
    widest = 0.0
    for line in lines[1:]:
        step = run[-1].last - line.first
        if not line.cells or not 0.7 < line.size / run[0].size < 1.4:
            break
        # a lone cell that stands further off than the rows do is a caption or a new paragraph
        if not 0.5 * line.size < step <= (3.5 * line.size if len(line.cells) > 1 else 1.15 * widest):
            break
        wider = _with_line(columns, line, len(run))
        if wider is None or (len(line.cells) == 1 and len(wider) != len(columns)):
            fitted = _fitted(line, columns)
            wider = _with_line(columns, fitted, len(run)) if fitted else None
            if fitted is None or wider is None:
                break
            line = fitted
        columns = wider
        run.append(line)
        widest = max(widest, step)
        # lone cells at the left end belong to the table only when a row follows
        if len(line.cells) > 1 or len(run) - 1 not in columns[0].lines:
            kept = (len(run), columns)
    return run[: kept[0]], kept[1]


def _fitted(line: Line, columns: list[_Column]) -> Line | None:
    """The line cut at narrower gaps, where each piece then stands in one column and three columns are filled."""
    cells: dict[int, Cell] = {}
    for piece in line.pieces:
        over = [
            place
            for place, column in enumerate(columns)
            if piece.left < column.right and column.left < piece.right
        ]
        if len(over) != 1:
            return None
        before = cells.get(over[0])
        cells[over[0]] = Cell(f"{before.text} {piece.text}", before.left, piece.right) if before else piece
    # fewer would put what a wide gap separates into one cell
    return replace(line, cells=tuple(cells.values())) if len(cells) >= max(3, len(line.cells)) else None


def _with_line(columns: list[_Column], line: Line, number: int) -> list[_Column] | None:
    """The columns, widened by a line's cells; none when that puts two cells of one line into one column."""
    new = [_Column(cell.left, cell.right, frozenset({number})) for cell in line.cells]
    merged: list[_Column] = []
    for column in sorted([*columns, *new], key=lambda column: column.left):
        if merged and column.left < merged[-1].right:
            if merged[-1].lines & column.lines:
                return None
            merged[-1] = merged[-1].joined(column)
        else:
            merged.append(column)
    return merged


def _with_headers(columns: list[_Column]) -> list[_Column]:
    """A header beside its column (left-aligned above right-aligned numbers) is put into it."""
    merged: list[_Column] = []
    for column in columns:
        header = frozenset({0})
        beside = merged and not merged[-1].lines & column.lines and header in (merged[-1].lines, column.lines)
        if beside:
            merged[-1] = merged[-1].joined(column)
        else:
            merged.append(column)
    return merged


def _is_table(run: list[Line], columns: list[_Column]) -> bool:
    if len(columns) < 3 or sum(len(line.cells) > 2 for line in run) < _TABLE_ROWS:
        return False
    rows = sum(len(line.cells) > 1 for line in run)
    if sum(len(column.lines) > rows / 2 for column in columns) < 2:
        return False
    cells = [cell for line in run for cell in line.cells]
    if median(len(cell.text) for cell in cells) > _CELL_CHARS:
        return False
    # text set in columns: most of its long cells end at the column's right margin
    long = [cell for cell in cells if len(cell.text) > 20]
    full = [
        cell
        for cell in long
        for column in columns
        if column.left <= cell.left < column.right
        and cell.right - cell.left > 0.85 * (column.right - column.left)
    ]
    return len(long) < 0.4 * len(cells) or len(full) < 0.6 * len(long)


def _rows(run: list[Line], columns: list[_Column]) -> tuple[tuple[str, ...], ...]:
    """A cell for each column; a line that only goes on with cells of the row above is put into it."""
    steps = [above.last - line.first for above, line in pairwise(run) if len(line.cells) > 1]
    usual = median(steps) if steps else 0.0
    rows: list[list[str]] = []
    for number, line in enumerate(run):
        row = [""] * len(columns)
        for cell in line.cells:
            row[next(place for place, column in enumerate(columns) if cell.left < column.right)] = cell.text
        step = run[number - 1].last - line.first if number else 0.0
        continues = (
            rows and not row[0] and all(above for above, cell in zip(rows[-1], row, strict=True) if cell)
        )
        if continues and step < 1.5 * line.size and (len(line.cells) == 1 or step < 0.8 * usual):
            rows[-1] = [f"{above} {cell}".strip() for above, cell in zip(rows[-1], row, strict=True)]
        else:
            rows.append(row)
    return tuple(map(tuple, rows))
