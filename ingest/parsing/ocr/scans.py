"""What became of the scanned pages of one file, and how that is said."""

from __future__ import annotations

from collections.abc import Iterator

from chatbot.errors import Phrase
from ingest.parsing.ocr.picture import Picture
from ingest.parsing.ocr.recogniser import Recogniser
from ingest.parsing.pdf.lines import Line


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
