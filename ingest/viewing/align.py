"""Alignment of a stored text with the letters of a printed page.

    letters(text), letters(page) -> align -> for each letter of the text its place on the page, or -1

The two differ by what the parser did: line ends and hyphens are gone, tables are written as Markdown, running headers
are left out, cells that go on in the next line are put together. So: the longest common stretches first, in the order
of both, then shorter ones between them, and last single words that stand out of order (cells of a table).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from difflib import SequenceMatcher

# what a parser adds or takes away: Markdown's marks, hyphens at line ends, anything that has no ink
_NO_LETTER = re.compile(
    "[\\s|\\\\\\-\u00ad\u2010\u2011\\x00-\\x1f\\x7f-\\x9f\u200b-\u200f\u2028-\u202e\u2060\ufeff\ufffe\uffff]"
)
# stretches that are looked for, longest first: a Hangul syllable counts as two or three letters (NFKD)
_LENGTHS = (24, 12, 6, 3)
# a shorter one says something only between two that were found
_TELLING = 12
# letters: what is left between two stretches is compared letter by letter where it is small
_SMALL = 300
# letters between a word out of order and the place where it was expected
_NEAR = 400
_WORD = re.compile(r"[^\s|]+")


@dataclass(frozen=True, slots=True)
class Letters:
    """``text``: the letters that count, in compatibility decomposition; ``places[i]``: where letter i came from."""

    text: str
    places: list[int]


def letters(text: str) -> Letters:
    """The letters of ``text``, which may hold several for one character (ligatures, Hangul)."""
    found: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        if _NO_LETTER.match(char):
            continue
        for letter in char if char.isascii() else unicodedata.normalize("NFKD", char):
            if not _NO_LETTER.match(letter):
                found.append(letter)
                places.append(place)
    return Letters("".join(found), places)


def align(text: str, page: str, words: list[tuple[int, int]]) -> list[int]:
    """For each letter of ``text`` its place in ``page``, -1 for those that are not there.

    Args:
        words: where the words of ``text`` begin and end.
    """
    places = [-1] * len(text)
    _Aligner(text, page, places).between(0, len(text), 0, len(page))
    _place_words(text, page, words, places)
    return places


def word_spans(original: str, found: Letters) -> list[tuple[int, int]]:
    """Where each word of ``original`` begins and ends among its letters."""
    spans = []
    for word in _WORD.finditer(original):
        start, end = bisect_left(found.places, word.start()), bisect_left(found.places, word.end())
        if start < end:
            spans.append((start, end))
    return spans


class _Aligner:
    def __init__(self, text: str, page: str, places: list[int]) -> None:
        self._text = text
        self._page = page
        self._places = places

    def between(self, a: int, b: int, c: int, d: int, step: int = 0, inside: bool = False) -> None:
        """Align ``text[a:b]`` with ``page[c:d]`` by stretches of ``_LENGTHS[step]`` letters, then by shorter ones.

        ``inside``: what stands on either side is aligned already.
        """
        if inside:
            while a < b and c < d and self._text[a] == self._page[c]:
                self._places[a] = c
                a, c = a + 1, c + 1
            while a < b and c < d and self._text[b - 1] == self._page[d - 1]:
                self._places[b - 1] = d - 1
                b, d = b - 1, d - 1
        if a >= b or c >= d:
            return
        if step == len(_LENGTHS) or not (inside or _LENGTHS[step] >= _TELLING):
            if inside and (b - a) + (d - c) <= _SMALL:
                self._letter_by_letter(a, b, c, d)
            return
        is_first = True
        for start, place, size in self._runs(a, b, c, d, min(_LENGTHS[step], b - a)):
            self.between(a, start, c, place, step + 1, inside or not is_first)
            self._places[start : start + size] = range(place, place + size)
            a, c, is_first = start + size, place + size, False
        self.between(a, b, c, d, step + 1, inside)

    def _runs(self, a: int, b: int, c: int, d: int, length: int) -> list[tuple[int, int, int]]:
        """(start, place, size) of common stretches in the order of both.

        Stretches of ``length`` letters that both have equally often are taken for the same, first for first; all
        common ones only where there are no such.
        """
        there: defaultdict[str, list[int]] = defaultdict(list)
        for place in range(c, d - length + 1):
            there[self._page[place : place + length]].append(place)
        here: defaultdict[str, list[int]] = defaultdict(list)
        for start in range(a, b - length + 1):
            if (gram := self._text[start : start + length]) in there:
                here[gram].append(start)
        alike = [gram for gram, starts in here.items() if len(starts) == len(there[gram])] or list(here)
        pairs = sorted(pair for gram in alike for pair in zip(here[gram], there[gram], strict=False))
        runs: list[tuple[int, int, int]] = []
        for start, place in _in_order(pairs):
            if runs:
                first, at, size = runs[-1]
                if start < first + size or place < at + size:
                    if start - first == place - at:  # the same stretch goes on
                        runs[-1] = (first, at, start - first + length)
                    continue
            runs.append((start, place, length))
        return self._grown(runs, a, b, c, d)

    def _grown(
        self, runs: list[tuple[int, int, int]], a: int, b: int, c: int, d: int
    ) -> list[tuple[int, int, int]]:
        """Each stretch as long as text and page go on alike."""
        grown: list[tuple[int, int, int]] = []
        low_a, low_c = a, c
        for number, (start, place, size) in enumerate(runs):
            high_a, high_c = runs[number + 1][:2] if number + 1 < len(runs) else (b, d)
            while start > low_a and place > low_c and self._text[start - 1] == self._page[place - 1]:
                start, place, size = start - 1, place - 1, size + 1
            end, stop = start + size, place + size
            while end < high_a and stop < high_c and self._text[end] == self._page[stop]:
                end, stop = end + 1, stop + 1
            grown.append((start, place, end - start))
            low_a, low_c = end, stop
        return grown

    def _letter_by_letter(self, a: int, b: int, c: int, d: int) -> None:
        matcher = SequenceMatcher(None, self._text[a:b], self._page[c:d], autojunk=False)
        for start, place, size in matcher.get_matching_blocks():
            self._places[a + start : a + start + size] = range(c + place, c + place + size)


def _in_order(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of ``pairs``, sorted by the first number, in which the second grows too."""
    tails: list[int] = []
    ends: list[int] = []
    before = [-1] * len(pairs)
    for number, (_, place) in enumerate(pairs):
        at = bisect_left(tails, place)
        before[number] = ends[at - 1] if at else -1
        if at == len(tails):
            tails.append(place)
            ends.append(number)
        else:
            tails[at], ends[at] = place, number
    chain = []
    number = ends[-1] if ends else -1
    while number >= 0:
        chain.append(pairs[number])
        number = before[number]
    return chain[::-1]


def _place_words(text: str, page: str, words: list[tuple[int, int]], places: list[int]) -> None:
    """Words that are not placed yet, each where it stands near its neighbours and no other word does."""
    if not any(place >= 0 for place in places):
        return
    taken = bytearray(len(page))
    for place in places:
        if place >= 0:
            taken[place] = 1
    expected = 0
    for start, end in words:
        if any(places[at] >= 0 for at in range(start, end)):
            expected = max(places[start:end]) + 1
            continue
        word = text[start:end]
        best, at = -1, page.find(word, max(expected - _NEAR, 0))
        while 0 <= at <= expected + _NEAR:
            is_free = not any(taken[at : at + len(word)])
            if is_free and (best < 0 or abs(at - expected) < abs(best - expected)):
                best = at
            at = page.find(word, at + 1)
        if best >= 0:
            places[start:end] = range(best, best + len(word))
            taken[best : best + len(word)] = b"\1" * len(word)
            expected = best + len(word)
