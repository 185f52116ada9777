"""The sections of a document: by its headings, else by its pages, else equal stretches of its passages.

The level of headings is the highest one that gives at least three sections; more than can be told are joined with
their neighbours, so that no passage belongs to none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from chatbot.answering.whole_document.words import Words
from chatbot.text import tables
from chatbot.text.invisible import clean_line
from chatbot.trace import Candidate

FEWEST = 3
MOST = 14
_DEEPEST = 6  # levels of headings that are tried
_STRETCH = 3  # passages of a stretch at least, where there are neither headings nor pages
_LONGEST_TITLE = 100  # characters
_LONGEST_LABEL = 50  # characters of a first line that names an entry, as in a glossary


@dataclass(frozen=True, slots=True)
class Section:
    """``passages[start:end]`` of a document, and what it is called."""

    title: str
    start: int
    end: int


def sections_of(passages: Sequence[Candidate], words: Words, most: int = MOST) -> list[Section]:
    """At most ``most`` sections in reading order that hold every passage; none of no passages."""
    levels = [_level(passages, level) for level in range(1, _DEEPEST + 1)]
    headings = next((level for level in levels if len(level.runs) >= FEWEST), None)
    pages = _runs([passage.page for passage in passages])
    if headings is None and len(pages) >= FEWEST and all(passage.page for passage in passages):
        return [Section(_pages(passages, run, words), *run) for run in _joined(pages, most)]
    headings = headings or next((level for level in levels if len(level.runs) > 1), None)
    if headings is not None:
        return [Section(headings.title(run, words), *run) for run in _joined(headings.runs, most)]
    is_table = all(tables.is_row(passage.text.partition("\n")[0]) for passage in passages)
    count = 1 if is_table else min(most, max(1, len(passages) // _STRETCH))
    stretches = _joined([(place, place + 1) for place in range(len(passages))], count)
    return [Section(_labels(passages, run, words), *run) for run in stretches]


@dataclass(frozen=True, slots=True)
class _Level:
    """The headings of each passage down to one level, and the stretches of neighbours that share them."""

    headings: list[tuple[str, ...]]
    runs: list[tuple[int, int]]

    def title(self, run: tuple[int, int], words: Words) -> str:
        """The heading of the stretch; the first and the last one where several were joined."""
        first, last = (self._last(place, words) for place in (run[0], run[1] - 1))
        return words.span(first, last) if first != last else first

    def _last(self, place: int, words: Words) -> str:
        heading = self.headings[place]
        return clean_line(heading[-1])[:_LONGEST_TITLE] if heading else words.beginning


def _level(passages: Sequence[Candidate], level: int) -> _Level:
    headings = [passage.heading[:level] for passage in passages]
    return _Level(headings, _runs(headings))


def _runs(keys: Sequence[object]) -> list[tuple[int, int]]:
    """Stretches of neighbours with the same key."""
    found, start = [], 0
    for _, group in groupby(keys):
        end = start + sum(1 for _ in group)
        found.append((start, end))
        start = end
    return found


def _joined(runs: Sequence[tuple[int, int]], most: int) -> list[tuple[int, int]]:
    """The runs; where there are more than ``most``, neighbours joined to ``most`` of about equally many passages."""
    if len(runs) <= most:
        return list(runs)
    found: list[tuple[int, int]] = []
    start, total = 0, runs[-1][1]
    for place, (_, end) in enumerate(runs):
        missing = most - len(found)
        is_needed = len(runs) - place == missing  # each of those that are left
        if is_needed or end * most >= total * (len(found) + 1):
            found.append((start, end))
            start = end
    return found


def _pages(passages: Sequence[Candidate], run: tuple[int, int], words: Words) -> str:
    first, last = passages[run[0]].page, passages[run[1] - 1].page
    return words.page(first) if first == last else words.pages(first, last)


def _labels(passages: Sequence[Candidate], run: tuple[int, int], words: Words) -> str:
    """The first lines of the first and the last passage where these are labels; else the number of the stretch."""
    labels = [_label(passages[place].text) for place in (run[0], run[1] - 1)]
    if not all(labels):
        return words.passages(run[0] + 1, run[1])
    return words.span(*labels) if labels[0] != labels[1] else labels[0]


def _label(text: str) -> str:
    first, _, rest = text.strip().partition("\n")
    line = clean_line(first.lstrip("#* "))
    is_label = 0 < len(line) <= _LONGEST_LABEL and rest.strip() and line[-1] not in ".!?。,;:"
    return line if is_label and not tables.is_row(line) else ""
