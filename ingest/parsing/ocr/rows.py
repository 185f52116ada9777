"""What Tesseract found in a picture: rows of words in pixels, how sure they are -> lines as a text layer gives them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from statistics import fmean, median
from typing import Any

from ingest.parsing.pdf.lines import COLUMN_GAP, NARROW_GAP, Cell, Line

# a line is kept or left out as a whole, by the mean over its characters (0-100). Read the wrong way up, in an unknown
# script or from a drawing, lines have 3 to 50; Korean lines full of English words have 40 to 60, but then 30 % of
# their characters are in words that are sure. Garbage has that in lines of a few characters only
_LINE_CONFIDENCE = 50.0
_WORD_CONFIDENCE = 80.0
_SURE_SHARE = 0.25
_SURE_LETTERS = 30


@dataclass(frozen=True, slots=True)
class Word:
    """Coordinates in pixels, y downwards. Korean words come in pieces: ``spaced`` tells where a new word begins."""

    text: str
    spaced: bool
    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class Row:
    """A line of words; ``confidence`` (0-100) is the mean over its characters, ``sure`` the share in sure words."""

    words: tuple[Word, ...]
    baseline: float
    confidence: float
    sure: float

    @property
    def letters(self) -> int:
        return sum(len(word.text) for word in self.words)

    @property
    def is_garbage(self) -> bool:
        return self.confidence < _LINE_CONFIDENCE and not (
            self.sure >= _SURE_SHARE and self.letters >= _SURE_LETTERS
        )


def read_rows(api: Any, x: int, y: int) -> Iterator[Row]:
    """The rows of a part of the picture that begins at ``x``, ``y``."""
    tesserocr = import_module("tesserocr")
    words: list[Word] = []
    weights: list[tuple[int, float]] = []
    baseline = 0.0
    level, line = tesserocr.RIL.WORD, tesserocr.RIL.TEXTLINE
    results = api.GetIterator()
    if results is None:
        return
    for result in tesserocr.iterate_level(results, level):
        if words and result.IsAtBeginningOf(line):
            yield _row(words, weights, baseline)
            words, weights = [], []
        if result.Empty(level):
            continue
        try:
            text = result.GetUTF8Text(level).strip()
        except RuntimeError:  # a picture, or a rule
            continue
        if not text:
            continue
        if not words:
            ends = result.Baseline(line)
            baseline = y + (fmean((ends[0][1], ends[1][1])) if ends else result.BoundingBox(level)[3])
        left, top, right, bottom = result.BoundingBox(level)
        words.append(Word(text, bool(result.BlanksBeforeWord()), x + left, y + top, x + right, y + bottom))
        weights.append((len(text), result.Confidence(level)))
    if words:
        yield _row(words, weights, baseline)


def _row(words: list[Word], weights: list[tuple[int, float]], baseline: float) -> Row:
    letters = sum(count for count, _ in weights)
    return Row(
        tuple(words),
        baseline,
        sum(count * confidence for count, confidence in weights) / letters,
        sum(count for count, confidence in weights if confidence >= _WORD_CONFIDENCE) / letters,
    )


def confidence_of(rows: list[Row]) -> float:
    """Mean over the characters of a page; 0 for one without any."""
    letters = sum(row.letters for row in rows)
    return sum(row.confidence * row.letters for row in rows) / letters if letters else 0.0


def sure_letters(rows: list[Row]) -> float:
    """How much was read: characters that count as much as they are sure."""
    return sum(row.letters * max(row.confidence - _LINE_CONFIDENCE, 0.0) for row in rows)


def lines_of(rows: list[Row], dpi: float) -> list[Line]:
    """In points from the lower edge up. The size is the same for all: that of a single line is too rough a guess."""
    heights = [word.bottom - word.top for row in rows for word in row.words]
    if not heights:
        return []
    size = round(72 / dpi * median(heights), 1)
    lines: list[Line] = []
    for row in rows:
        y = -72 / dpi * row.baseline
        cells = tuple(_cells(row, dpi, COLUMN_GAP * size))
        lines.append(
            Line(
                " ".join(cell.text for cell in cells),
                cells[0].left,
                cells[-1].right,
                y,
                y,
                size,
                placed=True,
                cells=cells,
                pieces=tuple(_cells(row, dpi, NARROW_GAP * size)),
            )
        )
    return lines


def _cells(row: Row, dpi: float, gap: float) -> Iterator[Cell]:
    """Words with less than ``gap`` points between them are one cell."""
    text, left, right = "", 0.0, 0.0
    for word in row.words:
        start, end = 72 / dpi * word.left, 72 / dpi * word.right
        if text and start - right >= gap:
            yield Cell(text, left, right)
            text = ""
        if not text:
            text, left, right = word.text, start, end
        else:
            text, right = text + " " * word.spaced + word.text, max(end, right)
    yield Cell(text, left, right)
