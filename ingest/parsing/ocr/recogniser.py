"""Pictures of pages -> their lines, by Tesseract, in Korean and English, each page within its time.

Runs inside the parser's subprocess; no program is started and nothing is downloaded.
"""

from __future__ import annotations

import os
import time
from importlib import import_module
from typing import Any, Self

from ingest.parsing.ocr.installed import language_data
from ingest.parsing.ocr.picture import Picture, columns
from ingest.parsing.ocr.rows import Row, confidence_of, lines_of, read_rows, sure_letters
from ingest.parsing.ocr.time_left import more_time, seconds_left
from ingest.parsing.pdf.lines import Line

# processor time for one page; a page of print takes one or two seconds
PAGE_SECONDS = 20.0
# more time is asked for when less is left
_ASK_SECONDS = 1.5 * PAGE_SECONDS
# a clock may run longer than that on a busy machine; the subprocess is killed at 120 s
_CLOCK = 2.0
# letters of 20 to 40 pixels are read best; an A4 page has 8.7 million pixels then, an A3 page 17
DPI = 300
MAX_PIXELS = 20_000_000
# a single column of lines: Tesseract's own search for columns tears Korean lines apart (error rate .75 against .005)
_SINGLE_COLUMN = 4
# messages go to standard error: the package sets /dev/null, which the subprocess may not open, and dies of it
_VARIABLES = {"debug_file": ""}
# a page below is read again with English beside the script (Korean with many English words: error rate .10 against .15)
# (one that is hopeless is no text, or in another script)
_HOPELESS = 45.0
_UNSURE = 80.0
# a page below may lie on its side: the other ways up are tried on a sample of it
_PAGE_CONFIDENCE = 60.0


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
        if self._asks and self._left() < _ASK_SECONDS and more_time():
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
        return lines_of([row for row in rows if not row.is_garbage], picture.dpi)

    def _best(self, picture: Picture) -> list[Row] | None:
        """The page's rows, read again with English where much is unsure: Korean text full of English words."""
        language, second = self._languages
        found = self._upright(picture, language)
        if found is None:
            return None
        rows, upright = found
        if second and _HOPELESS < confidence_of(rows) < _UNSURE and self._left() > self._slowest:
            again = self._rows(upright, second)
            if again is not None and sure_letters(again) > sure_letters(rows):
                return again
        return rows

    def _upright(self, picture: Picture, language: str) -> tuple[list[Row], Picture] | None:
        """The page's rows as it lies or, where these are garbage, as it has to be turned to be read.

        To read a whole page the wrong way up takes four times as long as the right one: after such a page, and on
        the first one, a sample is looked at before.
        """
        quarters = self._quarters(picture.sample(), language) if self._turned else 0
        self.quarters = quarters
        rows = self._rows(picture.turned(quarters), language)
        if rows is None or confidence_of(rows) >= _PAGE_CONFIDENCE:
            return None if rows is None else (rows, picture.turned(quarters))
        other = 0 if quarters else self._quarters(picture.sample(), language)
        if other != quarters:
            again = self._rows(picture.turned(other), language)
            if again is not None and sure_letters(again) > sure_letters(rows):
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
            if confidence_of(rows) >= _PAGE_CONFIDENCE and sure_letters(rows) > best:
                best, quarters = sure_letters(rows), turn
                if not turn:
                    break
        self._turned = quarters > 0
        return quarters

    def _rows(self, picture: Picture, language: str) -> list[Row] | None:
        api = self._loaded(language)
        rows: list[Row] = []
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
                rows += read_rows(api, left, top)
        return rows

    def _left(self) -> float:
        """Seconds until the time is up."""
        return min(self._page_end - time.process_time(), self._clock_end - time.monotonic())

    @property
    def _languages(self) -> tuple[str, str]:
        found = language_data()
        return ("", "") if found is None else found[1:]

    def _loaded(self, language: str) -> Any:
        if language not in self._apis:
            found = language_data()
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
