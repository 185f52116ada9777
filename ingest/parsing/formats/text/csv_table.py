"""CSV and TSV as one Markdown table."""

from __future__ import annotations

import csv
from collections import Counter
from io import StringIO
from pathlib import Path

from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.document import ParsedDocument
from ingest.parsing.formats.text.plain_text import read_text

_DELIMITERS = ",\t;|"
_SAMPLE_LINES = 50
_SAMPLE_CHARS = 50_000


def parse(path: Path) -> ParsedDocument:
    text, partial = read_text(path)
    builder = DocumentBuilder()
    if partial:
        builder.problem(partial)
    delimiter = _delimiter(text)
    if text.startswith(f"sep={delimiter}\n"):
        text = text[len("sep=?\n") :]  # Excel's own note to itself
    # a cell may be as long as the whole text; the standard limit of 128 KB raises. It is one for the process.
    usual = csv.field_size_limit(len(text) + 1)
    try:
        builder.table(csv.reader(StringIO(text), delimiter=delimiter))
    finally:
        csv.field_size_limit(usual)
    return builder.finish("csv")


def _delimiter(text: str) -> str:
    """The delimiter that splits most of the first lines into the same number of cells, two or more.

    ``csv.Sniffer`` takes letters for delimiters in short files and is quadratic in long ones.
    """
    lines = text[: _SAMPLE_LINES * _SAMPLE_CHARS].split("\n", _SAMPLE_LINES)[:_SAMPLE_LINES]
    lines = [line[:_SAMPLE_CHARS] for line in lines if line.strip()]  # csv raises for fields of 128 KB
    if lines and (declared := lines[0].lower()).startswith("sep=") and len(declared) == 5:
        return declared[4]
    best, best_score = ",", 0.0
    for delimiter in _DELIMITERS:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
        width, count = max(widths.items(), key=lambda item: (item[0] > 1, item[1]), default=(1, 0))
        score = count * (1 + 0.01 * width) if width > 1 else 0.0
        if score > best_score:
            best, best_score = delimiter, score
    return best
