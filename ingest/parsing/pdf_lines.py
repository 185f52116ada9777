"""Lines of a PDF page with their place and size, and the paragraphs that they form."""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

_HANGUL_END = re.compile(r"[가-힣] ?$")
_HANGUL_START = re.compile(r"[가-힣]")
_BOLD = re.compile(rb"bold|black|heavy", re.I)
# what PDFium puts where a line ends in a hyphen
_HYPHEN = "\ufffe"


@dataclass(frozen=True, slots=True)
class Line:
    """``text`` keeps the space before its line break; coordinates in points, y upwards; size 0 = unknown.

    PDFium joins a line that ends in a hyphen with the next: ``first`` and ``last`` are then base lines of two.
    """

    text: str
    left: float = 0.0
    right: float = 0.0
    first: float = 0.0
    last: float = 0.0
    size: float = 0.0
    placed: bool = False
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    size: float
    bold: bool = False


def page_lines(page: Any) -> list[Line]:
    """The page's lines in the order of its content; blank ones are left out."""
    import pypdfium2.raw as raw

    textpage = page.get_textpage()
    try:
        handle = textpage.raw
        sideways = page.get_rotation() in (90, 270)
        lines: list[Line] = []
        indices: list[int] = []
        units: list[int] = []
        for index in range(textpage.count_chars()):
            unit = raw.FPDFText_GetUnicode(handle, index)
            if unit == 0x0A:
                lines.append(_line(raw, handle, units, indices, sideways))
                units, indices = [], []
            elif unit not in (0, 0x0D):  # 0: the glyph has no character
                units.append(unit)
                indices.append(index)
        lines.append(_line(raw, handle, units, indices, sideways))
    finally:
        textpage.close()
    return [line for line in lines if line.text.strip()]


def _line(raw: Any, handle: Any, units: list[int], indices: list[int], sideways: bool) -> Line:
    text = "".join(map(chr, units))
    if any(0xD800 <= unit < 0xE000 for unit in units):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    seen = [index for index, unit in zip(indices, units, strict=True) if unit not in (0x20, 0xFFFE, 0xA0)]
    if not seen:
        return Line(text)
    size = round(raw.FPDFText_GetFontSize(handle, seen[len(seen) // 2]), 1)
    first, last = _box(raw, handle, seen[0]), _box(raw, handle, seen[-1])
    # fonts scaled by a matrix claim size 1: the height of the box is the better measure then
    if size < 3:
        size = round(first[3] - first[1], 1)
    bold = _is_bold(raw, handle, seen[0]) and _is_bold(raw, handle, seen[-1])
    if sideways:
        return Line(text, size=size, bold=bold)
    return Line(text, first[0], last[2], first[1], last[1], size, placed=first[3] > first[1], bold=bold)


def _is_bold(raw: Any, handle: Any, index: int) -> bool:
    """By the font's name, as viewers do: the weight that PDFium reports is a guess for most embedded fonts."""
    name = ctypes.create_string_buffer(128)
    raw.FPDFText_GetFontInfo(handle, index, name, 128, ctypes.byref(ctypes.c_int()))
    return bool(_BOLD.search(name.value))


def _box(raw: Any, handle: Any, index: int) -> tuple[float, float, float, float]:
    """Left, bottom, right, top; the loose box is as high as the font, whatever the letter."""
    box = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(handle, index, ctypes.byref(box))
    return box.left, box.bottom, box.right, box.top


def breaks_words(pages: Iterable[list[Line]]) -> bool:
    """Whether Korean lines break within words.

    Where they do, the breaks at word ends (about a third) still hold their space; where lines break at word
    ends only, either all or none of them do.
    """
    spaced = total = 0
    for lines in pages:
        for line, following in pairwise(lines):
            if _HANGUL_END.search(line.text) and _HANGUL_START.match(following.text):
                total += 1
                spaced += line.text.endswith(" ")
    return total >= 8 and 0.1 <= spaced / total <= 0.7


def paragraphs(lines: list[Line], split_words: bool) -> Iterator[Paragraph]:
    """Lines joined by line breaks; a new paragraph at a gap, a jump to another column, or another size."""
    pitch = _pitch(lines)
    margins = _margins(lines)
    group: list[Line] = []
    for line in lines:
        if group and _begins(group[-1], line, pitch):
            yield _joined(group, margins, split_words)
            group = []
        group.append(line)
    if group:
        yield _joined(group, margins, split_words)


def _pitch(lines: list[Line]) -> float:
    """The usual distance between two base lines, relative to the font size."""
    steps = [
        (above.last - below.first) / above.size
        for above, below in pairwise(lines)
        if above.placed
        and below.placed
        and above.size
        and above.size == below.size
        and 0.5 * above.size < above.last - below.first < 3 * above.size
    ]
    return median(steps) if steps else 1.3


def _begins(above: Line, line: Line, pitch: float) -> bool:
    if above.size and line.size and not 0.9 < line.size / above.size < 1.1:
        # superscripts and fractions stand on the line: another size there is no new paragraph
        return abs(above.last - line.first) > 0.7 * max(above.size, line.size)
    if not (above.placed and line.placed):
        return False
    if above.bold != line.bold:
        return True
    step = above.last - line.first
    return step > 1.35 * pitch * line.size or step < -1.5 * line.size


def _joined(group: list[Line], margins: Counter[int], split_words: bool) -> Paragraph:
    text = ""
    for index, line in enumerate(group):
        if index:
            broken = split_words and _within_word(group[index - 1], line, margins)
            text += "" if broken else "\n"
        text += line.text
    text = re.sub(_HYPHEN + r"\s*", "", text)
    longest = max(group, key=lambda line: len(line.text))
    return Paragraph(text, longest.size, all(line.bold for line in group))


def _margins(lines: list[Line]) -> Counter[int]:
    """How many lines end at each x, in steps of four points: a column's right margin has many."""
    return Counter(
        step for line in lines if line.placed for step in {round(line.right / 4), int(line.right // 4)}
    )


def _within_word(above: Line, line: Line, margins: Counter[int]) -> bool:
    """A full line without a space at its end, continued below it."""
    return bool(
        above.text[-1:] != " "
        and _HANGUL_END.search(above.text)
        and _HANGUL_START.match(line.text)
        and above.placed
        and max(margins[round(above.right / 4)], margins[int(above.right // 4)]) >= 3
        and above.right >= line.right - 1.2 * line.size
        and abs(line.left - above.left) <= 2.5 * line.size
    )
