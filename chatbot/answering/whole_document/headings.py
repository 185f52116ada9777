"""All headings of a document in reading order, those within its passages too.

A passage knows the headings above its beginning. Short sections share one passage, which then knows what stands above all
of them: their own headings are found in its text, as marks of Markdown, or as a short line alone above what it announces.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chatbot.text import tables
from chatbot.text.invisible import clean_line
from chatbot.trace import Candidate

LONGEST = 120  # characters that are shown of a heading
_SHORT = 60  # characters of a line alone that is taken for one
_DEEPEST = 6  # levels
_RUNNING = 3  # passages that begin with the same line: the head of a page
_BLANK = re.compile(r"\n[^\S\n]*\n")
_MARKED = re.compile(r"(#{1,6})[ \t]+(\S.*?)[ \t]*#*")
_FENCE = re.compile(
    r"^[ \t]{0,3}(?:```|~~~).*?(?:^[ \t]{0,3}(?:```|~~~)[ \t]*$|\Z)", re.MULTILINE | re.DOTALL
)
_NO_HEADING = re.compile(
    r"(?:[-*+•·▪○●■□◆▶※–>|\[(]|\(?\d{1,3}\)|[①-⑳]).*|.*[.!?…。！？,;:：]|.*(?:습니다|입니다|합니다|세요|어요|아요|에요|예요)|[^:：]{1,30}[:：]\s*\S.*|\W*\d*\W*"
)
_LETTERS = re.compile(r"[^\W\d_].*[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Heading:
    """Its level from 0, its title, and the first passage that it stands above or in, by its place.

    ``is_within``: it stands in the passage, which does not know it.
    """

    level: int
    title: str
    place: int
    is_within: bool = False


def headings_of(passages: Sequence[Candidate]) -> list[Heading]:
    """All of them; none of a document whose pages have no headings."""
    has_own = any(passage.heading for passage in passages)
    has_pages = any(passage.page is not None for passage in passages)
    heads = Counter(_first_line(passage) for passage in passages)
    found: list[Heading] = []
    before: tuple[str, ...] = ()
    for place, passage in enumerate(passages):
        path = tuple(clean_line(title) for title in passage.heading)
        same = 0
        while same < min(len(path), len(before)) and path[same] == before[same]:
            same += 1
        found += [Heading(level, path[level][:LONGEST], place) for level in range(same, len(path))]
        before = path if same < len(path) or not found else before[: max(same, len(path))]
        if not has_own and has_pages:
            continue
        is_running = heads[_first_line(passage)] >= _RUNNING
        for level, title in _within(passage.text, path, is_running):
            if level < len(before) and before[level] == title and same == len(path):
                continue
            found.append(Heading(level, title[:LONGEST], place, is_within=True))
            before = (*before[:level], title)
    return found


def _within(text: str, path: Sequence[str], is_running: bool) -> Iterator[tuple[int, str]]:
    """(level, title) of the headings in a passage that are not those above it."""
    bare = _FENCE.sub("x", text)
    marked = [
        (len(m[1]), clean_line(m[2])) for line in bare.split("\n") if (m := _MARKED.fullmatch(line.strip()))
    ]
    if marked:
        inner = [(depth, title) for depth, title in marked if title not in path]
        top = min((depth for depth, _ in inner), default=0)
        for depth, title in inner:
            yield min(len(path) + depth - top, _DEEPEST), title
        return
    blocks = [block.strip() for block in _BLANK.split(bare) if block.strip()]
    for place, block in enumerate(blocks[:-1]):
        title = clean_line(block)
        following = blocks[place + 1]
        is_own = place == 0 and bool(path) and (path[-1] in title or title in path[-1])
        if title in path or is_own or (is_running and place == 0) or not _is_short_line(block):
            continue
        if clean_line(following) not in path and not _is_short_line(following):
            yield min(len(path), _DEEPEST), title


def _is_short_line(block: str) -> bool:
    return (
        "\n" not in block
        and len(block) <= _SHORT
        and _LETTERS.search(block) is not None
        and not tables.is_row(block)
        and _NO_HEADING.fullmatch(block) is None
    )


def _first_line(passage: Candidate) -> str:
    return clean_line(passage.text.strip().partition("\n")[0])
