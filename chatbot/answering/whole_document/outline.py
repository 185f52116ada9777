"""The headings of a document as a list, each with its page; without headings, its pages or stretches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.answering.whole_document.headings import headings_of
from chatbot.answering.whole_document.numbering import MOST_SOURCES, Numbers
from chatbot.answering.whole_document.sections import sections_of
from chatbot.answering.whole_document.words import Words
from chatbot.citations.markers import in_parentheses
from chatbot.trace import Candidate

_MOST_LINES = 100
_FEWEST = 3  # headings of the level that names the parts of a document


@dataclass(frozen=True, slots=True)
class Line:
    """A heading: its level from 0, its page, and the first passage below it, by its place."""

    level: int
    title: str
    page: int | None
    place: int


def outline(passages: Sequence[Candidate], words: Words, numbers: Numbers, most: int = 0) -> list[str]:
    """One paragraph, a list; the deepest levels are left out of more than ``most`` headings, 0: of ``_MOST_LINES``."""
    lines = _all_lines(passages, words)
    most = min(most or _MOST_LINES, _MOST_LINES)
    shown = _down_to(lines, most)
    cited = {line.place for line in _down_to(shown, MOST_SOURCES)[:MOST_SOURCES]}
    left = [words.say("more", count=len(lines) - len(shown[:most]))] if len(lines) > len(shown[:most]) else []
    body = "\n".join(_listed(line, passages, cited, words, numbers) for line in shown[:most])
    return [body or words.say("no_sentence"), *left]


def outline_lines(passages: Sequence[Candidate], words: Words, most: int) -> list[Line]:
    """At most ``most`` of the lines of an outline, as many levels as they hold."""
    return _down_to(_all_lines(passages, words), most)[:most]


def _all_lines(passages: Sequence[Candidate], words: Words) -> list[Line]:
    """The headings; the sections where there are fewer than two."""
    lines = _headings(passages)
    if len(lines) >= 2:
        return lines
    return [Line(0, section.title, None, section.start) for section in sections_of(passages, words)]


def section_titles(passages: Sequence[Candidate], words: Words) -> list[str]:
    """What the parts of a document are called: its headings of the highest level that has some, else its sections."""
    lines = _all_lines(passages, words)
    for level in sorted({line.level for line in lines}):
        titles = [line.title for line in lines if line.level == level]
        if len(titles) >= _FEWEST:
            return titles
    return [line.title for line in lines]


def _headings(passages: Sequence[Candidate]) -> list[Line]:
    return [Line(h.level, h.title, passages[h.place].page, h.place) for h in headings_of(passages)]


def _down_to(lines: Sequence[Line], most: int) -> list[Line]:
    """The lines of as many levels as ``most`` lines hold, of the first one at least."""
    levels = sorted({line.level for line in lines})
    fitting = [level for level in levels if sum(line.level <= level for line in lines) <= most] or levels[:1]
    return [line for line in lines if line.level <= fitting[-1]] if levels else []


def _listed(
    line: Line, passages: Sequence[Candidate], cited: set[int], words: Words, numbers: Numbers
) -> str:
    page = f" · {words.page(line.page)}" if line.page is not None else ""
    number = numbers.number(passages[line.place]) if line.place in cited else None
    mark = f" [{number}]" if number is not None else ""
    return f"{'  ' * line.level}- {in_parentheses(line.title)}{page}{mark}"
