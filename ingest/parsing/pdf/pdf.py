"""PDF by PDFium: a page each, lines as printed, blank lines where the print leaves a gap, headings by size.

Pages without a text layer are read by OCR where it is installed (``ingest.parsing.ocr``).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from chatbot.errors import DocumentRefused, Phrase
from ingest.parsing.builder import MAX_PAGES, DocumentBuilder
from ingest.parsing.document import ParsedDocument
from ingest.parsing.ocr import DPI, INSTALL, MAX_PIXELS, Recogniser, Scans, available, page_list
from ingest.parsing.ocr.picture import Picture
from ingest.parsing.pdf.content import Hidden, read
from ingest.parsing.pdf.hyphens import Hyphens
from ingest.parsing.pdf.layers import may_have_layers
from ingest.parsing.pdf.layout.continued import with_continued
from ingest.parsing.pdf.lines import Line
from ingest.parsing.pdf.maps import is_nonsense
from ingest.parsing.pdf.paragraphs import Paragraph, breaks_words, paragraphs
from ingest.parsing.pdf.visible import Eye

_SCAN = Phrase(
    "The PDF has no text layer: its pages are images or empty, and OCR is not installed. Index a version with recognised text, or install OCR: {install}.",
    install=INSTALL,
)
_MAP = Phrase(
    "The PDF's fonts have no character map. Index the original, or install OCR, which reads it as printed: {install}.",
    install=INSTALL,
)
_DAMAGED = "The PDF is damaged or cut off. Download or export it again."
_PASSWORD = "The PDF is protected by a password. Save a copy without one."
# why a page has no lines
_NO_LAYER = "{what} without a text layer (OCR is not installed: {install})"
_NO_MAP = "{what} whose fonts have no character map (OCR, which would read them, is not installed: {install})"
_WRONG_MAP = "{what} whose fonts name other characters than they show (OCR, which would read them, is not installed: {install})"
_LOST = "{what} with letters that the fonts do not name (marked as \ufffd)"
_BROKEN = "{what} that cannot be read (damaged)"
# heading: this much larger than the body text and no longer than this
_HEADING_RATIO = 1.15
_HEADING_CHARS = 150
# what makes up more of the text than this is no heading, however large (slides, posters)
_HEADING_SHARE = 0.2
# running headers: on at least so many pages, of pages with at least so many lines
_RUNNING_PAGES = 4
_RUNNING_LINES = 5
_PAGE_NUMBER = re.compile(r"(?:page|seite|of|p|쪽|페이지|면|[\W_]|\d){1,30}", re.I)
_NUMBER = re.compile(r"[0-9]{1,5}")
# a line of a table of contents
_LEADERS = "....."
# a page with more letters that its fonts do not name is read by OCR, where that gives most of its text again
_MANY_LOST = 2
_READ_AGAIN = 0.6
# a page with fewer readable characters than this share shows glyphs without a character map
_READABLE = 0.6
_UNREADABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd]")


@dataclass(frozen=True, slots=True)
class _PdfPage:
    """``recognised`` lines come from OCR and say nothing of fonts."""

    lines: list[Line]
    problem: str = ""
    recognised: bool = False
    turned: list[Line] = field(default_factory=list)
    hidden: list[Hidden] = field(default_factory=list)
    lost: int = 0

    @property
    def unread(self) -> bool:
        """Whether what the page shows is not in its lines, but for annotations."""
        return self.problem in (_NO_LAYER, _NO_MAP, _WRONG_MAP)


def parse(path: Path) -> ParsedDocument:
    import pypdfium2 as pdfium

    with path.open("rb") as content:
        try:
            document = pdfium.PdfDocument(content)
        except pdfium.PdfiumError as error:
            raise DocumentRefused(_PASSWORD if "password" in str(error).lower() else _DAMAGED) from error
        try:
            count = len(document)
            if document.get_formtype():
                document.init_forms()
            layers = may_have_layers(path)
            numbers = range(min(count, MAX_PAGES))
            eye = Eye()
            pages = [_read(document, index, eye, layers) for index in numbers]
            scans = _recognise(document, pages) if available() else Scans()
            title = document.get_metadata_value("Title")
        finally:
            document.close()
    if not any(page.lines or page.turned for page in pages) and any(
        page.unread or page.recognised for page in pages
    ):
        # pictures hold more than what is hidden beside them: that is no reason to refuse the file
        pages = [replace(page, hidden=[]) for page in pages]
    builder = DocumentBuilder()
    _add_pages(builder, pages)
    for problem in (_NO_LAYER, _NO_MAP, _WRONG_MAP, _BROKEN):
        if named := [number for number, page in enumerate(pages, 1) if page.problem == problem]:
            builder.problem(Phrase(problem, what=page_list(named), install=INSTALL))
    if named := [number for number, page in enumerate(pages, 1) if page.lost]:
        builder.problem(Phrase(_LOST, what=page_list(named)))
    for problem in scans.problems():
        builder.problem(problem)
    builder.cut_off("pages", MAX_PAGES, count)
    problems = {page.problem for page in pages}
    unread = any(page.unread or page.lost >= _MANY_LOST for page in pages)
    builder.missing = "ocr" if unread and not available() else ""
    reasons = {_BROKEN: _DAMAGED, _NO_MAP: _MAP, _WRONG_MAP: _MAP, _NO_LAYER: _SCAN}
    empty = next((reason for problem, reason in reasons.items() if problem in problems), scans.refusal())
    return builder.finish("pdf", title, empty=empty, explains=True)


def _recognise(document: Any, pages: list[_PdfPage]) -> Scans:
    """Puts what OCR reads into the pages that have no text of their own, the first ones first, while time lasts.

    Then into those whose text lacks letters; without the time for it, they stay as they are.
    """
    scans = Scans()
    with Recogniser() as recogniser:
        for index, page in enumerate(pages):
            if page.unread:
                if recogniser.has_time():
                    pages[index] = _recognised(document, index, page, recogniser, scans)
                else:
                    scans.skip(index + 1)
                    pages[index] = replace(page, problem="")
        for index, page in enumerate(pages):
            if page.lost >= _MANY_LOST and recogniser.has_time():
                again = _recognised(document, index, page, recogniser, Scans())
                if sum(len(line.text) for line in again.lines) > _READ_AGAIN * sum(
                    len(line.text) for line in page.lines
                ):
                    pages[index] = again
    return scans


def _recognised(document: Any, index: int, page: _PdfPage, recogniser: Recogniser, scans: Scans) -> _PdfPage:
    """The page as OCR reads it, then what its annotations say."""
    import pypdfium2 as pdfium

    try:
        opened = document[index]
        try:
            picture = page_picture(opened)
        finally:
            opened.close()
    except pdfium.PdfiumError:
        return _PdfPage([], _BROKEN)
    notes = page.lines if page.unread else []
    lines = scans.read(recogniser, index + 1, picture)
    return _PdfPage([*lines, *notes], recognised=True, hidden=page.hidden)


def page_picture(page: Any) -> Picture:
    """The page in grey at ``DPI``, or at less where that would be more than ``MAX_PIXELS``."""
    import numpy as np

    width, height = page.get_size()
    scale = min(DPI / 72, math.sqrt(MAX_PIXELS / max(width * height, 1e-6)))
    bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=False)
    try:
        # a copy: the bitmap's memory is PDFium's
        return Picture(np.array(bitmap.to_numpy()).reshape(bitmap.height, bitmap.width), scale * 72)
    finally:
        bitmap.close()


def _add_pages(builder: DocumentBuilder, pages: list[_PdfPage]) -> None:
    contents = without_running_lines([page.lines for page in pages])
    printed = [lines for lines, page in zip(contents, pages, strict=True) if not page.recognised]
    sizes = _heading_sizes(printed)
    bold_level = max(sizes.values(), default=0) + 1 if _is_rare(printed) else 0
    split_words = breaks_words(printed)
    hyphens = Hyphens(line.text for lines in contents for line in lines)
    found = with_continued(
        [
            list(paragraphs(lines, split_words, hyphens, page.turned))
            for lines, page in zip(contents, pages, strict=True)
        ],
        lambda text: bool(_PAGE_NUMBER.fullmatch(text)),
    )
    begun = 0  # the page on which the last table ended
    for number, (content, page) in enumerate(zip(found, pages, strict=True), 1):
        if number > begun:
            builder.start_page(number)
        for words in page.hidden:
            builder.hidden(words.text, words.how)
        for paragraph in content:
            if paragraph.parts:
                builder.long_table([paragraph.rows, *paragraph.parts], number)
                begun = number + len(paragraph.parts)
            elif paragraph.rows:
                builder.table(paragraph.rows)
            elif not page.recognised and (level := _level(paragraph, sizes, bold_level)):
                builder.heading(paragraph.text, level)
            else:
                builder.paragraph(paragraph.text)
        if number >= begun:
            builder.end_page()


def without_running_lines(pages: list[list[Line]]) -> list[list[Line]]:
    """Page headers, footers and page numbers are kept where they come first and left out where they are repeated.

    Those are the outer two lines at either end of a page which stand on most pages, word for word or as a
    number that counts the pages.
    """
    keys = [[_running(line.text.strip(), number) for line in lines] for number, lines in enumerate(pages, 1)]
    counts = Counter(key for found in keys for key in {*found[:2], *found[-2:]})
    repeated = {key for key, count in counts.items() if count >= _RUNNING_PAGES and count > len(pages) / 2}
    seen: set[str] = set()
    kept: list[list[Line]] = []
    for lines, found in zip(pages, keys, strict=True):
        edge = {0, 1, len(lines) - 2, len(lines) - 1} if len(lines) >= _RUNNING_LINES else set()
        kept.append(
            [line for index, line in enumerate(lines) if index not in edge or found[index] not in seen]
        )
        seen |= repeated.intersection(found)
    return kept


def _running(text: str, page: int) -> str:
    """The text itself; for a page number, its distance from the page's place in the file.

    Only lines that hold nothing but a page number: ``Invoice 17`` on page 17 is no footer.
    """
    if _PAGE_NUMBER.fullmatch(text):
        return _NUMBER.sub(lambda number: f"{int(number.group()) - page:+}", text, count=1)
    return text


def _read(document: Any, index: int, eye: Eye, layers: bool) -> _PdfPage:
    """A page's lines, or why it has none; a blank page has no problem."""
    import pypdfium2 as pdfium

    try:
        page = document[index]
        try:
            content = read(page, eye, document.formenv.raw if document.formenv else None, layers)
        finally:
            page.close()
    except pdfium.PdfiumError:
        return _PdfPage([], _BROKEN)
    found = _PdfPage(
        content.lines,
        turned=content.turned,
        hidden=content.hidden,
        lost=content.lost,
    )
    if content.printed:
        if _readable(content.lines) < _READABLE:
            return _PdfPage([], _NO_MAP)
        if is_nonsense(" ".join([line.text for line in content.lines])):
            return _PdfPage([], _WRONG_MAP)
        return found
    # form values and notes make no scan of a page without pictures
    said = content.blank or (not content.pictures and (content.lines or content.hidden))
    return found if said else replace(found, problem=_NO_LAYER)


def _readable(lines: list[Line]) -> float:
    """Share of characters that are neither control characters nor private ones nor replacements."""
    text = "".join([line.text for line in lines])
    return 1 - len(_UNREADABLE.findall(text)) / len(text) if text else 1.0


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


def _is_rare(pages: list[list[Line]]) -> bool:
    """Whether bold stands out: it does not where much of the text is bold."""
    total = sum(len(line.text) for lines in pages for line in lines)
    return sum(len(line.text) for lines in pages for line in lines if line.bold) <= _HEADING_SHARE * total


def _level(paragraph: Paragraph, levels: dict[float, int], bold_level: int) -> int:
    """The heading level of a large or bold paragraph; 0 for body text, numbers and fragments."""
    text = paragraph.text.strip()
    if len(text) > _HEADING_CHARS or text.count("\n") > 2 or sum(map(str.isalpha, text)) < 2:
        return 0
    if _PAGE_NUMBER.fullmatch(text) or _LEADERS in text:
        return 0
    if level := levels.get(paragraph.size, 0):
        return level
    # a bold line in columns is the header of a table
    alone = (
        paragraph.bold
        and paragraph.cells < 3
        and "\n" not in text
        and not text.endswith((".", ",", ";", ":"))
    )
    return bold_level if alone else 0
