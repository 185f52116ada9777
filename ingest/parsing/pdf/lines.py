"""Lines of a PDF page with their place and size."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from ingest.parsing.pdf.glyphs import FILLER, HYPHEN

# between two columns: clearly more than the widest space of justified text, relative to the font size
COLUMN_GAP = 1.2
# between two cells of a row whose columns are known from the rows around it
NARROW_GAP = 0.5
# a line of a table of contents
_LEADER = re.compile(r"(?:[.·…_] ?){4}")
# two pieces of a line stand on one base line where it differs by less than this share of their size
SAME_BASE = 0.12


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands between two wide gaps of a line."""

    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Line:
    """``text`` keeps the space before its line break; coordinates in points, y upwards; size 0 = unknown.

    ``first`` and ``last`` are the base lines of its two ends.
    ``cells`` are what stands between gaps as wide as a column's, ``pieces`` between gaps wider than a space, ``words``
    between any gaps. ``rows`` makes it a whole table, whose ``columns`` are from left to right. A line that is ``turned`` runs across the others: ``first`` and
    ``last`` are its lower and upper end. What stands ``apart`` is a paragraph of its own.
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
    words: tuple[Cell, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    columns: tuple[tuple[float, float], ...] = ()
    turned: bool = False
    apart: bool = False


@dataclass(slots=True)
class Piece:
    """Characters ``start`` to ``end`` of a page, of one text object, without a wide gap; ``before`` is what parts it from the piece before."""

    text: str
    before: str
    left: float
    right: float
    base: float
    size: float
    start: int
    end: int
    source: int

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


def line_of(pieces: list[Piece], bold: bool, end: str, words: bool = False) -> Line:
    """The line that the pieces form; ``end`` is the space before its line break, ``words`` asks for its words.

    Without cells where it does not run from left to right.
    """
    text = _text(pieces)
    main = _main(pieces)
    size = round(main.size, 1)
    left, right = pieces[0].left, pieces[-1].right
    widest, reached, row = 0.0, left, True
    for piece in pieces:
        if piece.right < piece.left or piece.left < reached - size:
            row = False
            break
        widest = max(widest, piece.left - reached)
        reached = max(reached, piece.right)
    cells: tuple[Cell, ...] = ()
    parts: tuple[Cell, ...] = ()
    if row and not _LEADER.search(text):
        cells = parts = (Cell(text.strip(" "), left, reached),)
        if widest >= NARROW_GAP * size:
            parts = tuple(_cut(pieces, NARROW_GAP * size))
        if widest >= COLUMN_GAP * size:
            cells = tuple(_cut(pieces, COLUMN_GAP * size))
    single = tuple(_words(pieces)) if words and row else ()
    return Line(text + end, left, right, main.base, main.base, size, True, bold, cells, parts, single)


def lines_of_pieces(pieces: Iterable[Piece]) -> list[tuple[list[Piece], str]]:
    """Lines as PDFium breaks them, put right: a raised sign ends no line, a hyphen at the line's end does.

    Each with the space before its line break, which is no part of its pieces.
    """
    lines: list[tuple[list[Piece], str]] = []
    for piece in pieces:
        if lines and _goes_on(lines[-1][0], piece):
            if "\n" in piece.before:
                last = lines[-1][0][-1]
                apart = piece.before.strip("\n") or piece.left - last.right > 0.15 * piece.size
                piece.before = " " if apart else ""
            lines[-1][0].append(piece)
            continue
        before, _, piece.before = piece.before.rpartition("\n")
        if lines:
            hyphen = HYPHEN if HYPHEN in before + piece.before else ""
            lines[-1] = (lines[-1][0], hyphen or (" " if before.strip("\n") else ""))
        piece.before = piece.before.rpartition(HYPHEN)[2]
        lines.append(([piece], ""))
    return lines


def _goes_on(line: list[Piece], piece: Piece) -> bool:
    last = line[-1]
    size = max(last.size, piece.size)
    if HYPHEN in piece.before:
        return abs(last.base - piece.base) < SAME_BASE * size
    if "\n" not in piece.before:
        return True
    gap = piece.left - last.right
    if not -0.3 * size < gap < 0.7 * size:
        return False
    main = _main(line)
    if abs(main.base - piece.base) <= SAME_BASE * main.size:
        return True
    # a raised sign that begins a new line for PDFium, close to what it belongs to
    return (
        piece.size < 0.85 * main.size
        and gap < 0.3 * size
        and 0.1 < (piece.base - main.base) / main.size < 0.7
    )


def _main(pieces: list[Piece]) -> Piece:
    """The piece whose size and base line most of the line has."""
    first = pieces[0]
    if all(piece.source == first.source for piece in pieces):
        return first
    weights: dict[tuple[float, float], int] = {}
    kept: dict[tuple[float, float], Piece] = {}
    base = size = math.nan
    key = (0.0, 0.0)
    for piece in pieces:
        if piece.base != base or piece.size != size:
            base, size = piece.base, piece.size
            key = (round(base, 1), round(size, 1))
            kept.setdefault(key, piece)
        weights[key] = weights.get(key, 0) + len(piece.text) - piece.text.count(" ")
    return kept[max(weights, key=weights.__getitem__)]


def _text(pieces: list[Piece]) -> str:
    if len(pieces) == 1:
        text = pieces[0].before + pieces[0].text
    else:
        text = "".join([piece.before + piece.text for piece in pieces])
    return text.replace(FILLER, "") if FILLER in text else text


def _cut(pieces: list[Piece], gap: float) -> Iterable[Cell]:
    """Pieces with less than ``gap`` points between them are one cell."""
    group = [pieces[0]]
    right = pieces[0].right
    for piece in pieces[1:]:
        if piece.left - right >= gap:
            yield _cell(group, right)
            group = []
        group.append(piece)
        right = max(right, piece.right) if len(group) > 1 else piece.right
    yield _cell(group, right)


def _words(pieces: list[Piece]) -> Iterable[Cell]:
    group: list[Piece] = []
    for piece in pieces:
        if group and piece.before:
            yield _cell(group, group[-1].right)
            group = []
        group.append(piece)
    yield _cell(group, group[-1].right)


def _cell(group: list[Piece], right: float) -> Cell:
    return Cell(_text(group).strip(), group[0].left, right)
