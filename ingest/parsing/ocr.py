"""OCR of scans by Tesseract, in Korean and English: an extra, in use as soon as it is installed.

    Recogniser.lines(Picture) -> Line[], as a PDF page with a text layer gives them

Runs inside the parser's subprocess; no program is started and nothing is downloaded. The recogniser watches the time
itself: a file that overruns the limit of the subprocess is lost with all its pages. Before the time is up it asks for
more (``ask_for_time``), so that a scan has time for each of its pages, and one that hangs has not.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import fmean, median
from typing import Any, Self

from chatbot.errors import Phrase
from ingest.parsing.ocr_picture import Picture, columns
from ingest.parsing.pdf.lines import COLUMN_GAP, NARROW_GAP, Cell, Line

INSTALL = (
    'pip install "secondlook[ocr]", and the language data (Debian, Ubuntu: '
    "apt install tesseract-ocr-script-hang tesseract-ocr-kor tesseract-ocr-eng)"
)
# processor time for one page; a page of print takes one or two seconds
PAGE_SECONDS = 20.0
# more time is asked for when less is left
_ASK_SECONDS = 1.5 * PAGE_SECONDS
# of the processor time that the process may use, this is kept for the rest of the file
_KEPT_SECONDS = 8.0
# for a file where the process has no limit
_UNLIMITED_SECONDS = 3_600.0
# a clock may run longer than that on a busy machine; the subprocess is killed at 120 s
_CLOCK = 2.0
# letters of 20 to 40 pixels are read best; an A4 page has 8.7 million pixels then, an A3 page 17
DPI = 300
MAX_PIXELS = 20_000_000
# the model of the script reads Hangul and Latin letters alike; the two languages together mistake one for the other:
# character error rate .002 against .020 on Korean pages, .001 against .000 on English ones
_MODELS = ("Hangul", "script/Hangul")
_LANGUAGES = ("kor", "eng")
_FOLDERS = (
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tessdata",
    "/usr/share/tesseract/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
    "C:/Program Files/Tesseract-OCR/tessdata",
)
# a single column of lines: Tesseract's own search for columns tears Korean lines apart (error rate .75 against .005)
_SINGLE_COLUMN = 4
# messages go to standard error: the package sets /dev/null, which the subprocess may not open, and dies of it
_VARIABLES = {"debug_file": ""}
# a line is kept or left out as a whole, by the mean over its characters (0-100). Read the wrong way up, in an unknown
# script or from a drawing, lines have 3 to 50; Korean lines full of English words have 40 to 60, but then 30 % of
# their characters are in words that are sure. Garbage has that in lines of a few characters only
_LINE_CONFIDENCE = 50.0
_WORD_CONFIDENCE = 80.0
_SURE_SHARE = 0.25
_SURE_LETTERS = 30
# a page below is read again with English beside the script (Korean with many English words: error rate .10 against .15)
# (one that is hopeless is no text, or in another script)
_HOPELESS = 45.0
_UNSURE = 80.0
# a page below may lie on its side: the other ways up are tried on a sample of it
_PAGE_CONFIDENCE = 60.0


def available() -> bool:
    """Whether the packages and the language data are there; nothing is loaded."""
    return all(find_spec(name) for name in ("tesserocr", "PIL")) and _language_data() is not None


def came_since(missing: str) -> bool:
    """Whether what a refused or partial file was ``missing`` is there now: parse it again."""
    return missing == "ocr" and available()


def _language_data() -> tuple[Path, str, str] | None:
    """The folder with the language data, what to read with, and what to try on unsure pages (or nothing).

    ``TESSDATA_PREFIX`` comes first.
    """
    for folder in map(Path, filter(None, (os.environ.get("TESSDATA_PREFIX"), *_FOLDERS))):
        for name in _MODELS:
            if (folder / f"{name}.traineddata").is_file():
                english = (folder / "eng.traineddata").is_file()
                return folder, name, f"{name}+eng" if english else ""
        if found := [name for name in _LANGUAGES if (folder / f"{name}.traineddata").is_file()]:
            return folder, "+".join(found), ""
    return None


@dataclass(frozen=True, slots=True)
class _Word:
    """Coordinates in pixels, y downwards. Korean words come in pieces: ``spaced`` tells where a new word begins."""

    text: str
    spaced: bool
    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of words; ``confidence`` (0-100) is the mean over its characters, ``sure`` the share in sure words."""

    words: tuple[_Word, ...]
    baseline: float
    confidence: float
    sure: float

    @property
    def letters(self) -> int:
        return sum(len(word.text) for word in self.words)

    @property
    def garbage(self) -> bool:
        return self.confidence < _LINE_CONFIDENCE and not (
            self.sure >= _SURE_SHARE and self.letters >= _SURE_LETTERS
        )


def seconds_left() -> float:
    """Processor time that OCR may use in this process; the parser's has a limit for each file."""
    try:
        import resource
    except ImportError:  # Windows
        return _UNLIMITED_SECONDS
    limit, _ = resource.getrlimit(resource.RLIMIT_CPU)
    if limit == resource.RLIM_INFINITY:
        return _UNLIMITED_SECONDS
    return max(limit - time.process_time() - _KEPT_SECONDS, 0.0)


def ask_for_time(ask: Callable[[], bool]) -> None:
    """Whom a recogniser asks when the time of this process is nearly up; the answer is whether it has more now."""
    global _ask
    _ask = ask


def _no_more() -> bool:
    return False


_ask: Callable[[], bool] = _no_more


class Recogniser:
    """Reads the pages of one file, each within its time, until that of the process is up; loads Tesseract with the first page.

    Args:
        seconds: processor time for the file, from now on; what the process has left or is given, where none is named.
    """

    def __init__(self, seconds: float | None = None) -> None:
        self._asks = seconds is None
        self._set_end(seconds_left() if seconds is None else seconds)
        self._page_end = self._processor_end
        self._slowest = 0.0
        self._apis: dict[str, Any] = {}
        self._turned = True
        self.quarters = 0  # by how many quarters, against the clock, the last page was turned to be read

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        while self._apis:
            self._apis.popitem()[1].End()

    def has_time(self) -> bool:
        """Whether a page as slow as the slowest so far would be read in time, which is asked for if need be."""
        self._page_end = self._processor_end
        if self._asks and self._left() < _ASK_SECONDS and _ask():
            self._set_end(seconds_left())
            self._page_end = self._processor_end
        return self._left() > self._slowest

    def _set_end(self, seconds: float) -> None:
        self._processor_end = time.process_time() + seconds
        self._clock_end = time.monotonic() + _CLOCK * seconds

    def lines(self, picture: Picture) -> list[Line] | None:
        """The page's lines in reading order; ``None`` when the time ran out on it."""
        if not self.has_time():
            return None
        began = time.process_time()
        self._page_end = min(began + PAGE_SECONDS, self._processor_end)
        rows = self._best(picture)
        self._slowest = max(self._slowest, time.process_time() - began)
        if rows is None:
            return None
        return _lines([row for row in rows if not row.garbage], picture.dpi)

    def _best(self, picture: Picture) -> list[_Row] | None:
        """The page's rows, read again with English where much is unsure: Korean text full of English words."""
        language, second = self._languages
        found = self._upright(picture, language)
        if found is None:
            return None
        rows, upright = found
        if second and _HOPELESS < _confidence(rows) < _UNSURE and self._left() > self._slowest:
            again = self._rows(upright, second)
            if again is not None and _sure(again) > _sure(rows):
                return again
        return rows

    def _upright(self, picture: Picture, language: str) -> tuple[list[_Row], Picture] | None:
        """The page's rows as it lies or, where these are garbage, as it has to be turned to be read.

        To read a whole page the wrong way up takes four times as long as the right one: after such a page, and on
        the first one, a sample is looked at before.
        """
        quarters = self._quarters(picture.sample(), language) if self._turned else 0
        self.quarters = quarters
        rows = self._rows(picture.turned(quarters), language)
        if rows is None or _confidence(rows) >= _PAGE_CONFIDENCE:
            return None if rows is None else (rows, picture.turned(quarters))
        other = 0 if quarters else self._quarters(picture.sample(), language)
        if other != quarters:
            again = self._rows(picture.turned(other), language)
            if again is not None and _sure(again) > _sure(rows):
                self.quarters = other
                return again, picture.turned(other)
        return rows, picture.turned(quarters)

    def _quarters(self, sample: Picture, language: str) -> int:
        """By how many quarters to turn the page so that the sample can be read best; 0 where no way is sure."""
        best, quarters = 0.0, 0
        for turn in range(4):
            rows = self._rows(sample.turned(turn), language)
            if rows is None:
                break
            if _confidence(rows) >= _PAGE_CONFIDENCE and _sure(rows) > best:
                best, quarters = _sure(rows), turn
                if not turn:
                    break
        self._turned = quarters > 0
        return quarters

    def _rows(self, picture: Picture, language: str) -> list[_Row] | None:
        api = self._loaded(language)
        rows: list[_Row] = []
        for left, top, right, bottom in columns(picture):
            seconds = self._left()
            if seconds <= 0:
                return None
            # a copy of the part: within a rectangle of the whole, Tesseract reads the wrong rows now and then
            part = picture.grey[top:bottom, left:right].tobytes()
            api.SetImageBytes(part, right - left, bottom - top, 1, right - left)
            api.SetSourceResolution(max(round(picture.dpi), 70))
            began = time.monotonic()
            done = api.Recognize(max(int(1000 * seconds), 1))
            if self._left() <= 0 or (not done and time.monotonic() - began > 0.9 * seconds):
                return None
            if done:  # else the part is too narrow to hold a line
                rows += _read_rows(api, left, top)
        return rows

    def _left(self) -> float:
        """Seconds until the time is up."""
        return min(self._page_end - time.process_time(), self._clock_end - time.monotonic())

    @property
    def _languages(self) -> tuple[str, str]:
        found = _language_data()
        return ("", "") if found is None else found[1:]

    def _loaded(self, language: str) -> Any:
        if language not in self._apis:
            found = _language_data()
            if found is None:
                raise RuntimeError("there is no language data")
            # read when the library is loaded; more threads cost more processor time than they save
            os.environ["OMP_THREAD_LIMIT"] = "1"
            api = import_module("tesserocr").PyTessBaseAPI(
                path=f"{found[0]}/", lang=language, psm=_SINGLE_COLUMN, variables=_VARIABLES
            )
            for name, value in _VARIABLES.items():
                api.SetVariable(name, value)
            self._apis[language] = api
        return self._apis[language]


class Scans:
    """What became of the scanned pages of one file."""

    def __init__(self) -> None:
        self._read = 0
        self._unread: list[int] = []
        self._without: list[int] = []

    def read(self, recogniser: Recogniser, number: int, picture: Picture) -> list[Line]:
        """The lines of page ``number``; none where it is blank, where there is no text, or no time is left."""
        if picture.blank():
            self._read += 1
            return []
        lines = recogniser.lines(picture)
        if lines is None:
            self.skip(number)
            return []
        self._read += 1
        if not lines:
            self._without.append(number)
        return lines

    def skip(self, number: int) -> None:
        """Page ``number`` was not looked at: no time is left."""
        self._unread.append(number)

    def problems(self) -> Iterator[str]:
        """Why the file is partial."""
        if self._unread:
            yield Phrase(
                "OCR read {count} of {total} pages in the time limit; not read: {what}",
                count=f"{self._read:,}",
                total=f"{self._read + len(self._unread):,}",
                what=page_list(self._unread),
            )
        if self._without:
            yield Phrase("{what} in which OCR found no text", what=page_list(self._without))

    def refusal(self) -> str:
        """Why there is no text at all."""
        if self._unread and not self._read:
            return "OCR did not read a page in the time limit. Save the file with fewer pixels or index a version with text."
        return "OCR found no Korean or English text in the pages. Index a version with text, or remove the file if its pages are blank."


def page_list(numbers: list[int]) -> str:
    """``page 3`` or ``pages 1-4, 7, 9``; at most ten runs are named."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    named = [str(first) if first == last else f"{first}-{last}" for first, last in runs[:10]]
    listed = ", ".join(named) + (", ..." if runs[10:] else "")
    return (
        Phrase("page {number}", number=listed)
        if len(numbers) == 1
        else Phrase("pages {numbers}", numbers=listed)
    )


def _read_rows(api: Any, x: int, y: int) -> Iterator[_Row]:
    """The rows of a part of the picture that begins at ``x``, ``y``."""
    tesserocr = import_module("tesserocr")
    words: list[_Word] = []
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
        words.append(_Word(text, bool(result.BlanksBeforeWord()), x + left, y + top, x + right, y + bottom))
        weights.append((len(text), result.Confidence(level)))
    if words:
        yield _row(words, weights, baseline)


def _row(words: list[_Word], weights: list[tuple[int, float]], baseline: float) -> _Row:
    letters = sum(count for count, _ in weights)
    return _Row(
        tuple(words),
        baseline,
        sum(count * confidence for count, confidence in weights) / letters,
        sum(count for count, confidence in weights if confidence >= _WORD_CONFIDENCE) / letters,
    )


def _confidence(rows: list[_Row]) -> float:
    """Mean over the characters of a page; 0 for one without any."""
    letters = sum(row.letters for row in rows)
    return sum(row.confidence * row.letters for row in rows) / letters if letters else 0.0


def _sure(rows: list[_Row]) -> float:
    """How much was read: characters that count as much as they are sure."""
    return sum(row.letters * max(row.confidence - _LINE_CONFIDENCE, 0.0) for row in rows)


def _lines(rows: list[_Row], dpi: float) -> list[Line]:
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


def _cells(row: _Row, dpi: float, gap: float) -> Iterator[Cell]:
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
