"""CSV and TSV as one Markdown table."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path

from chatbot.errors import Phrase
from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.document import ParsedDocument
from ingest.parsing.formats.text.csv_rows import swallows_rows, tolerant_rows
from ingest.parsing.formats.text.plain_text import read_text

# where two split as many lines alike, the first one does: "1,5;2,5" is two numbers with a decimal comma
_DELIMITERS = "\t;|,"
_SAMPLE_LINES = 50
_SAMPLE_CHARS = 50_000
_NAMED_LINES = 10
# lines of a report's name, date and the like above its table
_MAX_PREAMBLE = 20


def parse(path: Path) -> ParsedDocument:
    text, partial = read_text(path)
    builder = DocumentBuilder()
    if partial:
        builder.problem(partial)
    add_csv(builder, text)
    return builder.finish("csv")


def add_csv(builder: DocumentBuilder, text: str) -> None:
    """Adds a table, and above it the lines that stand above it in ``text``, which has ``\\n`` newlines only."""
    delimiter, width = _delimiter(text)
    skipped = 0
    if text.startswith((f"sep={delimiter}\n", f'"sep={delimiter}"\n')):
        # Excel's own note to itself
        text, skipped = text.partition("\n")[2], 1
    rows, broken = read_rows(text, delimiter, width)
    if broken:
        names = ", ".join(f"{line + skipped:,}" for line in broken[:_NAMED_LINES])
        builder.problem(
            Phrase("line {lines}: a quotation mark is opened and not closed", lines=names)
            + (", ..." if broken[_NAMED_LINES:] else "")
        )
    count = _preamble(rows, width)
    for row in rows[:count]:
        builder.paragraph(" | ".join(filter(None, (cell.strip() for cell in row))))
    builder.table(rows[count:], "header")


def read_rows(text: str, delimiter: str, width: int) -> tuple[list[list[str]], list[int]]:
    """The cells by row, and the lines (from 1) at which a quotation mark is opened and never closed."""
    has_dialect = '\\"' in text or f'{delimiter} "' in text
    if not has_dialect and (rows := _strict_rows(text, delimiter)) is not None:
        cells = (cell for row in rows for cell in row if "\n" in cell)
        if not any(swallows_rows(cell, delimiter, width) for cell in cells):
            return rows, []
    return tolerant_rows(text, delimiter, width)


def _strict_rows(text: str, delimiter: str) -> list[list[str]] | None:
    """As Python's own module reads it; ``None`` for text that is no clean CSV."""
    # a cell may be as long as the whole text; the standard limit of 128 KB raises. It is one for the process.
    usual = csv.field_size_limit(len(text) + 1)
    try:
        return list(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    finally:
        csv.field_size_limit(usual)


def _delimiter(text: str) -> tuple[str, int]:
    """The delimiter that splits most of the first lines into the same number of cells, two or more; that number.

    ``csv.Sniffer`` takes letters for delimiters in short files and is quadratic in long ones.
    """
    lines = text[: _SAMPLE_LINES * _SAMPLE_CHARS].split("\n", _SAMPLE_LINES)[:_SAMPLE_LINES]
    lines = [line[:_SAMPLE_CHARS] for line in lines if line.strip()]  # csv raises for fields of 128 KB
    candidates = _DELIMITERS
    if lines and (declared := lines[0].strip('"')).lower().startswith("sep=") and len(declared) == 5:
        candidates, lines = declared[4], lines[1:]
    best, best_width, best_count = candidates[-1], 1, 0
    for delimiter in candidates:
        # line by line, so that a quotation mark that is never closed spoils one line
        widths = Counter(len(row) for line in lines for row in _split(line, delimiter))
        width, count = max(widths.items(), key=lambda item: (item[0] > 1, item[1]), default=(1, 0))
        if width > 1 and count > best_count:
            best, best_width, best_count = delimiter, width, count
    return best, best_width


def _split(line: str, delimiter: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader([line], delimiter=delimiter)
    except csv.Error:
        return


def _preamble(rows: Sequence[Sequence[str]], width: int) -> int:
    """How many rows stand above the table: lines with half as many cells, or fewer, as most rows have."""
    count = 0
    for row in rows[:_MAX_PREAMBLE]:
        filled = sum(1 for cell in row if cell.strip())
        if width < 3 or filled > width // 2:
            break
        count += 1
    return count if count < len(rows) else 0
