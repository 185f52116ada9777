"""Lines of a PDF page with their place and size, and the paragraphs that they form."""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import Any

_HANGUL_END = re.compile(r"[가-힣] ?$")
_HANGUL_START = re.compile(r"[가-힣]")
_BOLD = re.compile(rb"bold|black|heavy", re.I)
# what PDFium puts where a line ends in a hyphen
_HYPHEN = "\ufffe"
# between two columns: clearly more than the widest space of justified text, relative to the font size
_COLUMN_GAP = 1.2
# between two cells of a row whose columns are known from the rows around it
_NARROW_GAP = 0.5
# a line of a table of contents
_LEADER = re.compile(r"(?:[.·…_] ?){4}")
# fewest rows of a table with a cell in three columns, and most rows that are looked at as one table
_TABLE_ROWS = 3
_MAX_ROWS = 500
# half the cells of a table are at most this long
_CELL_CHARS = 40


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands between two wide gaps of a line."""

    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Line:
    """``text`` keeps the space before its line break; coordinates in points, y upwards; size 0 = unknown.

    PDFium joins a line that ends in a hyphen with the next: ``first`` and ``last`` are then base lines of two.
    ``cells`` are what stands between gaps as wide as a column's, ``pieces`` between gaps wider than a space.
    """

    text: str
    left: float = 0.0
    right: float = 0.0
    first: float = 0.0
    last: float = 0.0
    size: float = 0.0
    placed: bool = False
    bold: bool = False
    cells: tuple[Cell, ...] = ()
    pieces: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """``cells`` is how many columns its only line has; ``rows`` are those of a table, which has no ``text``."""

    text: str
    size: float
    bold: bool = False
    cells: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


def page_lines(page: Any) -> list[Line]:
    """The page's lines in the order of its content; blank ones are left out."""
    import pypdfium2.raw as raw

    textpage = page.get_textpage()
    try:
        handle = textpage.raw
        sideways = page.get_rotation() in (90, 270)
        lines: list[Line] = []
        indices: list[int] = []
        units: list[int] = []
        for index in range(textpage.count_chars()):
            unit = raw.FPDFText_GetUnicode(handle, index)
            if unit == 0x0A:
                lines.append(_line(raw, handle, units, indices, sideways))
                units, indices = [], []
            elif unit not in (0, 0x0D):  # 0: the glyph has no character
                units.append(unit)
                indices.append(index)
        lines.append(_line(raw, handle, units, indices, sideways))
    finally:
        textpage.close()
    return [line for line in lines if line.text.strip()]


def _line(raw: Any, handle: Any, units: list[int], indices: list[int], sideways: bool) -> Line:
    text = _text(units)
    seen = [index for index, unit in zip(indices, units, strict=True) if unit not in (0x20, 0xFFFE, 0xA0)]
    if not seen:
        return Line(text)
    size = round(raw.FPDFText_GetFontSize(handle, seen[len(seen) // 2]), 1)
    first, last = _box(raw, handle, seen[0]), _box(raw, handle, seen[-1])
    # fonts scaled by a matrix claim size 1: the height of the box is the better measure then
    if size < 3:
        size = round(first[3] - first[1], 1)
    bold = _is_bold(raw, handle, seen[0]) and _is_bold(raw, handle, seen[-1])
    if sideways:
        return Line(text, size=size, bold=bold)
    placed = first[3] > first[1]
    # a line that runs over two base lines is no row
    row = placed and abs(first[1] - last[1]) < 0.5 * size and not _LEADER.search(text)
    words = _words(raw, handle, units, indices, size) if row else []
    cells = _cut(units, words, _COLUMN_GAP * size)
    pieces = _cut(units, words, _NARROW_GAP * size)
    return Line(text, first[0], last[2], first[1], last[1], size, placed, bold, cells, pieces)


def _text(units: list[int]) -> str:
    text = "".join(map(chr, units))
    if any(0xD800 <= unit < 0xE000 for unit in units):
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _words(
    raw: Any, handle: Any, units: list[int], indices: list[int], size: float
) -> list[tuple[int, int, float, float]]:
    """First and last place in ``units``, left and right; none where the line does not run from left to right."""
    places: list[list[int]] = [[]]
    for place, unit in enumerate(units):
        if unit not in (0x20, 0xA0, 0xFFFE):
            places[-1].append(place)
        elif places[-1]:
            places.append([])
    words: list[tuple[int, int, float, float]] = []
    for word in filter(None, places):
        left = _box(raw, handle, indices[word[0]])[0]
        right = _box(raw, handle, indices[word[-1]])[2]
        if right < left or (words and left < words[-1][3] - size):
            return []
        words.append((word[0], word[-1], left, right))
    return words


def _cut(units: list[int], words: list[tuple[int, int, float, float]], gap: float) -> tuple[Cell, ...]:
    """Words with less than ``gap`` points between them are one cell."""
    spans: list[tuple[int, int, float, float]] = []
    for first, last, left, right in words:
        if spans and left - spans[-1][3] < gap:
            spans[-1] = (spans[-1][0], last, spans[-1][2], max(right, spans[-1][3]))
        else:
            spans.append((first, last, left, right))
    return tuple(Cell(_text(units[first : last + 1]), left, right) for first, last, left, right in spans)


def _is_bold(raw: Any, handle: Any, index: int) -> bool:
    """By the font's name, as viewers do: the weight that PDFium reports is a guess for most embedded fonts."""
    name = ctypes.create_string_buffer(128)
    raw.FPDFText_GetFontInfo(handle, index, name, 128, ctypes.byref(ctypes.c_int()))
    return bool(_BOLD.search(name.value))


def _box(raw: Any, handle: Any, index: int) -> tuple[float, float, float, float]:
    """Left, bottom, right, top; the loose box is as high as the font, whatever the letter."""
    box = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(handle, index, ctypes.byref(box))
    return box.left, box.bottom, box.right, box.top


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


def paragraphs(lines: list[Line], split_words: bool) -> Iterator[Paragraph]:
    """Lines joined by line breaks; a new paragraph at a gap, a jump to another column, or another size.

    Lines whose cells stand in columns become a table.
    """
    pitch = _pitch(lines)
    margins = _margins(lines)
    group: list[Line] = []
    after = 0
    for index, line in enumerate(lines):
        if index < after:
            continue
        count, rows = _table(lines, index)
        if rows:
            if group:
                yield _joined(group, margins, split_words)
                group = []
            yield Paragraph("", line.size, rows=rows)
            after = index + count
            continue
        if group and _begins(group[-1], line, pitch):
            yield _joined(group, margins, split_words)
            group = []
        group.append(line)
    if group:
        yield _joined(group, margins, split_words)


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


def _joined(group: list[Line], margins: Counter[int], split_words: bool) -> Paragraph:
    text = ""
    for index, line in enumerate(group):
        if index:
            broken = split_words and _within_word(group[index - 1], line, margins)
            text += "" if broken else "\n"
        text += line.text
    text = re.sub(_HYPHEN + r"\s*", "", text)
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


@dataclass(frozen=True, slots=True)
class _Column:
    """An x-range that cells of some lines of a table cover."""

    left: float
    right: float
    lines: frozenset[int]

    def joined(self, other: _Column) -> _Column:
        return _Column(min(self.left, other.left), max(self.right, other.right), self.lines | other.lines)


def _table(lines: list[Line], start: int) -> tuple[int, tuple[tuple[str, ...], ...]]:
    """How many lines from ``start`` on are a table, and its rows; none where it could be running text."""
    first, *below = lines[start : start + _MAX_ROWS]
    if len(first.cells) < 3 and len(first.pieces) >= 3 and below and len(below[0].cells) >= 3:
        # a header set more narrowly than the rows below it
        _, columns = _run(below)
        first = _fitted(first, columns) or first
    if len(first.cells) < 3:
        return 0, ()
    run, columns = _run([first, *below])
    columns = _with_headers(columns)
    return (len(run), _rows(run, columns)) if _is_table(run, columns) else (0, ())


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
