"""PDF by PDFium: a page each, lines as printed, blank lines where the print leaves a gap, headings by size."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from chatbot.errors import DocumentRefused
from ingest.parsing.builder import MAX_PAGES, DocumentBuilder
from ingest.parsing.document import ParsedDocument
from ingest.parsing.pdf_lines import Line, Paragraph, breaks_words, page_lines, paragraphs

_SCAN = (
    "The PDF has no text layer: its pages are images or empty, and OCR is not installed. "
    "Index a version with recognised text."
)
_MAP = "The PDF's fonts have no character map. Print it to a new PDF or index the original."
_DAMAGED = "The PDF is damaged or cut off. Download or export it again."
_PASSWORD = "The PDF is protected by a password. Save a copy without one."
# why a page has no lines
_NO_LAYER = "without a text layer (OCR is not installed)"
_NO_MAP = "whose fonts have no character map"
_BROKEN = "that cannot be read (damaged)"
# heading: this much larger than the body text and no longer than this
_HEADING_RATIO = 1.15
_HEADING_CHARS = 150
# what makes up more of the text than this is no heading, however large (slides, posters)
_HEADING_SHARE = 0.2
# a page with fewer readable characters than this share shows glyphs without a character map
_READABLE = 0.6


@dataclass(frozen=True, slots=True)
class _PdfPage:
    lines: list[Line]
    problem: str = ""


def parse(path: Path) -> ParsedDocument:
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        raise DocumentRefused(_PASSWORD if "password" in str(error).lower() else _DAMAGED) from error
    try:
        count = len(document)
        pages = [_read(document, index) for index in range(min(count, MAX_PAGES))]
        title = document.get_metadata_value("Title")
    finally:
        document.close()
    builder = DocumentBuilder()
    _add_pages(builder, pages)
    for problem in (_NO_LAYER, _NO_MAP, _BROKEN):
        if numbers := [number for number, page in enumerate(pages, 1) if page.problem == problem]:
            builder.problem(f"{page_list(numbers)} {problem}")
    if count > MAX_PAGES:
        builder.problem(f"only the first {MAX_PAGES:,} of {count:,} pages were read")
    problems = {page.problem for page in pages}
    return builder.finish(
        "pdf", title, empty=_DAMAGED if _BROKEN in problems else _MAP if _NO_MAP in problems else _SCAN
    )


def _add_pages(builder: DocumentBuilder, pages: list[_PdfPage]) -> None:
    sizes = _heading_sizes([page.lines for page in pages])
    split_words = breaks_words(page.lines for page in pages)
    for number, page in enumerate(pages, 1):
        builder.start_page(number)
        for paragraph in paragraphs(page.lines, split_words):
            if level := _level(paragraph, sizes):
                builder.heading(paragraph.text, level)
            else:
                builder.paragraph(paragraph.text)
        builder.end_page()


def page_list(numbers: list[int]) -> str:
    """``page 3`` or ``pages 1-4, 7, 9``; at most ten runs are named."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    named = [str(first) if first == last else f"{first}-{last}" for first, last in runs[:10]]
    return ("page " if len(numbers) == 1 else "pages ") + ", ".join(named) + (", ..." if runs[10:] else "")


def _read(document: Any, index: int) -> _PdfPage:
    """A page's lines, or why it has none; a blank page has no problem."""
    import pypdfium2 as pdfium
    import pypdfium2.raw as raw

    try:
        page = document[index]
        try:
            lines = page_lines(page)
            blank = raw.FPDFPage_CountObjects(page.raw) == 0
        finally:
            page.close()
    except pdfium.PdfiumError:
        return _PdfPage([], _BROKEN)
    if lines and _readable(lines) < _READABLE:
        return _PdfPage([], _NO_MAP)
    return _PdfPage(lines, "" if lines or blank else _NO_LAYER)


def _readable(lines: list[Line]) -> float:
    """Share of characters that are neither control characters nor private ones nor replacements."""
    text = "".join(line.text for line in lines)
    bad = sum(
        1
        for char in text
        if char < " " or "\x7f" <= char < "\xa0" or "\ue000" <= char < "\uf900" or char == "\ufffd"
    )
    return 1 - bad / len(text) if text else 1.0


def _heading_sizes(pages: list[list[Line]]) -> dict[float, int]:
    """Font sizes clearly above the body text's with their heading levels, the largest first."""
    weights: Counter[float] = Counter()
    for lines in pages:
        for line in lines:
            weights[line.size] += len(line.text)
    if not weights:
        return {}
    body = weights.most_common(1)[0][0]
    most = _HEADING_SHARE * weights.total()
    large = sorted(
        (size for size in weights if size >= body * _HEADING_RATIO and weights[size] <= most), reverse=True
    )
    levels: dict[float, int] = {}
    for above, size in pairwise([0.0, *large]):
        # sizes that differ by less than a tenth look the same
        levels[size] = levels[above] if above and size > 0.92 * above else len(set(levels.values())) + 1
    return levels


def _level(paragraph: Paragraph, levels: dict[float, int]) -> int:
    """The heading level of a paragraph in this font size; 0 for body text, numbers and fragments."""
    if len(paragraph.text) > _HEADING_CHARS or sum(map(str.isalpha, paragraph.text)) < 2:
        return 0
    return levels.get(paragraph.size, 0)
