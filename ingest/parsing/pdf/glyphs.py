"""The characters of a PDF page as PDFium orders them, with their boxes and text objects.

A call through ctypes costs nearly a microsecond, as much as PDFium itself takes for a character: the text comes in one
call, and boxes and objects are asked for only where a word begins or ends. (Calls with plain integers take half the
time of those with typed pointers.)
"""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections import deque
from collections.abc import Iterable
from functools import cache
from itertools import islice, pairwise, repeat
from typing import TYPE_CHECKING, Any, Self, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Box: TypeAlias = tuple[float, float, float, float]
# where a line ends in a hyphen: PDFium's sign for one that may be no part of the word
HYPHEN = "\ufffe"
# a glyph for which the font names no character
LOST = "\ufffd"
# the second half of a character that PDFium counts as two; no part of the text
FILLER = "\0"

# accents that TeX prints over or under a letter of its own, and those of Unicode that belong to the letter
_ACCENTS = {
    "`": "\u0300", "\u00b4": "\u0301", "\u02c6": "\u0302", "^": "\u0302", "\u02dc": "\u0303", "~": "\u0303",
    "\u00af": "\u0304", "\u02d8": "\u0306", "\u02d9": "\u0307", "\u00a8": "\u0308", "\u02da": "\u030a",
    "\u02dd": "\u030b", "\u02c7": "\u030c", "\u00b8": "\u0327", "\u02db": "\u0328",
}  # fmt: skip
_ACCENT = re.compile(rf"[{re.escape(''.join(_ACCENTS))}]")
_DOTLESS = {"\u0131": "i", "\u0237": "j"}
# the middles of an accent and of its letter lie closer than this share of the letter's width
_OVER = 0.35
# letters of one word are closer than this share of their height
_NO_GAP = 0.1
# it stands on their line, or higher or lower by less than this share of the letter's height
_RAISED = 0.4
# characters between the two, at most
_FAR = 80
# a page with more of them is a table of characters
_MAX_ACCENTS = 1_000
_HYPHEN_UNIT = 2
_LAST_CHARACTER = 0x10FFFF


class Glyphs:
    """The characters of one page; ``text`` has one for each of PDFium's, with ``\\n`` at the end of a line.

    Use it as a context manager; the text page is closed at its end.
    """

    def __init__(self, page: Any) -> None:
        import pypdfium2.raw as raw

        self._raw = raw
        self._textpage = page.get_textpage()
        self._handle = self._textpage.raw
        self._address = address(self._handle)
        self._box = fast("FPDFText_GetLooseCharBox", ctypes.c_int, ctypes.c_int, ctypes.c_void_p)
        self._object = fast("FPDFText_GetTextObject", ctypes.c_void_p, ctypes.c_int)
        self._unicode = fast("FPDFText_GetUnicode", ctypes.c_uint, ctypes.c_int)
        self.text = self._composed(self._read())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._textpage.close()

    def boxes(self, indices: list[int]) -> list[Box]:
        """Left, bottom, right, top in points; as high as the font and as wide as the character's advance."""
        numbers = self._rectangles(indices)[:]
        # FS_RECTF has the top before the right edge
        return list(zip(numbers[::4], numbers[3::4], numbers[2::4], numbers[1::4], strict=True))

    def corners(self, indices: list[int]) -> NDArray[np.float64]:
        """The same boxes as ``float64[indices, 4]``."""
        import numpy as np

        numbers = np.frombuffer(bytes(self._rectangles(indices)), dtype=np.float32)
        return numbers.reshape(-1, 4)[:, [0, 3, 2, 1]].astype(np.float64)

    def objects(self, indices: Iterable[int]) -> list[int]:
        """The address of each character's text object; 0 for a space that PDFium made up."""
        return [address or 0 for address in map(self._object, repeat(self._address), indices)]

    def made_up(self, index: int) -> bool:
        """Whether the character is not in the file: a space between two words that stand apart."""
        return bool(self._raw.FPDFText_IsGenerated(self._handle, index) == 1)

    def origins(self, indices: Iterable[int]) -> list[tuple[float, float]]:
        """Where each character stands on its base line."""
        x, y = ctypes.c_double(), ctypes.c_double()
        found: list[tuple[float, float]] = []
        for index in indices:
            self._raw.FPDFText_GetCharOrigin(self._handle, index, x, y)
            found.append((x.value, y.value))
        return found

    def _rectangles(self, indices: list[int]) -> ctypes.Array[ctypes.c_float]:
        buffer = (ctypes.c_float * (4 * len(indices)))()
        start = ctypes.addressof(buffer)
        places = range(start, start + 16 * len(indices), 16)
        deque(map(self._box, repeat(self._address), indices, places), maxlen=0)
        return buffer

    def _read(self) -> str:
        count = max(self._textpage.count_chars(), 0)
        if not count:
            return ""
        # one character may be two units of UTF-16
        buffer = (ctypes.c_ushort * (2 * count + 2))()
        written = self._raw.FPDFText_GetText(self._handle, 0, count, buffer)
        data = memoryview(buffer).cast("B")[: 2 * max(written - 1, 0)]
        text = bytes(data).decode("utf-16-le", "replace")
        if len(text) != count or not self._agrees(text):
            # control characters are no part of PDFium's text, and codes beyond Unicode are cut to 16 bits there
            text = "".join(map(_character, map(self._unicode, repeat(self._address), range(count))))
            return _paired(text)
        if HYPHEN in text:
            chars = list(text)
            for index, char in enumerate(text):
                if char == HYPHEN and self._unicode(self._address, index) != _HYPHEN_UNIT:
                    chars[index] = LOST
            text = "".join(chars)
        return text

    def _composed(self, text: str) -> str:
        """The text with each accent that is printed over a letter joined to it: ``\u0161`` for ``\u02c7`` and ``s``.

        TeX sets the accent before its letter; PDFium moves one that is wider than the letter to some other place.
        """
        places = [found.start() for found in islice(_ACCENT.finditer(text), _MAX_ACCENTS)]
        if not places:
            return text
        chars = list(text)
        for place in places:
            letter = self._letter_under(chars, place)
            if letter is not None:
                chars[letter] = _joined(chars[letter], text[place])
                chars[place] = FILLER
                self._close_gap(chars, place)
        return "".join(chars)

    def _letter_under(self, chars: list[str], accent: int) -> int | None:
        """The place of the letter that an accent is printed over, among those that there is a character for with it."""
        mark = chars[accent]
        first = max(accent - _FAR, 0)
        places = [
            place
            for place, char in enumerate(chars[first : accent + _FAR + 1], first)
            if char.isalpha() and _joined(char, mark)
        ]
        boxes = self.boxes([accent, *places])
        left, bottom, right, top = boxes[0]
        best: tuple[float, int] | None = None
        for place, box in zip(places, boxes[1:], strict=True):
            wide, high = box[2] - box[0], box[3] - box[1]
            off = abs(left + right - box[0] - box[2]) / 2
            # over a capital it stands higher than over a small letter
            if (
                off < _OVER * wide
                and abs(bottom - box[1]) < _RAISED * high
                and abs(top - box[3]) < _RAISED * high
            ):
                best = min(best or (off, place), (off, place))
        return best[1] if best is not None else None

    def _close_gap(self, chars: list[str], place: int) -> None:
        """Takes out the spaces that PDFium put around an accent whose neighbours touch in print."""
        left, right = place - 1, place + 1
        while left >= 0 and (chars[left] == FILLER or chars[left].isspace()):
            left -= 1
        while right < len(chars) and (chars[right] == FILLER or chars[right].isspace()):
            right += 1
        spaces = [index for index in range(left + 1, right) if chars[index].isspace()]
        if not spaces or left < 0 or right >= len(chars):
            return
        before, after = self.boxes([left, right])
        touch = abs(after[0] - before[2]) < _NO_GAP * (after[3] - after[1])
        if touch and before[1] < after[3] and after[1] < before[3]:
            for index in filter(self.made_up, spaces):
                chars[index] = FILLER
        else:
            chars[place] = " "

    def _agrees(self, text: str) -> bool:
        """Whether the first of each different character is what PDFium says of it alone."""
        return all(
            self._unicode(self._address, text.index(char)) == ord(char) for char in set(text) - {HYPHEN, LOST}
        )


def _joined(letter: str, accent: str) -> str:
    """The one character of a letter with its accent; empty where there is none."""
    found = unicodedata.normalize("NFC", _DOTLESS.get(letter, letter) + _ACCENTS[accent])
    return found if len(found) == 1 else ""


def address(handle: Any) -> int:
    """The address behind a handle or a function of PDFium, as ``Glyphs.objects`` gives it."""
    return ctypes.cast(handle, ctypes.c_void_p).value or 0


@cache
def fast(name: str, result: Any, *arguments: Any) -> Any:
    """PDFium's function of that name with plain addresses for handles and pointers."""
    import pypdfium2.raw as raw

    kind = ctypes.PYFUNCTYPE(result, ctypes.c_void_p, *arguments)
    return kind(address(getattr(raw, name)))


def _character(unit: int) -> str:
    if unit == _HYPHEN_UNIT:
        return HYPHEN
    return chr(unit) if 0 < unit <= _LAST_CHARACTER else LOST


def _paired(text: str) -> str:
    """Two halves of a character beyond 16 bits as one, and ``FILLER`` in the place of the second."""
    if not any("\ud800" <= char < "\ue000" for char in text):
        return text
    chars = list(text)
    for index, (first, second) in enumerate(pairwise(text)):
        if "\ud800" <= first < "\udc00" <= second < "\ue000":
            pair = (first + second).encode("utf-16", "surrogatepass").decode("utf-16")
            chars[index], chars[index + 1] = pair, FILLER
    return "".join(LOST if "\ud800" <= char < "\ue000" else char for char in chars)
