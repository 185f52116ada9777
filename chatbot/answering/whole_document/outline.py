"""The headings of a document as a list, each with its page; without headings, its pages or stretches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.answering.whole_document.numbering import MOST_SOURCES, Numbers
from chatbot.answering.whole_document.sections import sections_of
from chatbot.answering.whole_document.words import Words
from chatbot.citations.markers import in_parentheses
from chatbot.text.invisible import clean_line
from chatbot.trace import Candidate

_MOST_LINES = 100
_LONGEST = 120  # characters of a heading


@dataclass(frozen=True, slots=True)
class Line:
    """A heading: its level from 0, its page, and the first passage below it, by its place."""

    level: int
    title: str
    page: int | None
    place: int


def outline(passages: Sequence[Candidate], words: Words, numbers: Numbers) -> list[str]:
    """One paragraph, a list; the deepest levels are left out of more than ``_MOST_LINES`` headings."""
    lines = _all_lines(passages, words)
    shown = _down_to(lines, _MOST_LINES)
    cited = {line.place for line in _down_to(shown, MOST_SOURCES)[:MOST_SOURCES]}
    left = (
        [words.say("more", count=len(lines) - len(shown[:_MOST_LINES]))]
        if len(lines) > len(shown[:_MOST_LINES])
        else []
    )
    body = "\n".join(_listed(line, passages, cited, words, numbers) for line in shown[:_MOST_LINES])
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


def _headings(passages: Sequence[Candidate]) -> list[Line]:
    found: list[Line] = []
    before: tuple[str, ...] = ()
    for place, passage in enumerate(passages):
        path = passage.heading
        same = 0
        while same < min(len(path), len(before)) and path[same] == before[same]:
            same += 1
        found += [
            Line(level, clean_line(path[level])[:_LONGEST], passage.page, place)
            for level in range(same, len(path))
        ]
        before = path
    return found


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
