"""The sentences of an answer that carry citations."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chatbot.citations.markers import cited_numbers, leading_citations, without_citations
from chatbot.text import tables
from chatbot.text.invisible import on_one_line
from chatbot.text.sentences import sentence_spans

_ITEM = re.compile(r"^[-*•] ")  # the mark of a list is no part of what is claimed
_CELL = re.compile(r"(?:[^|\\\n]|\\.)+")
_WORD = re.compile(r"\w")
_LONGEST_NAME = 40  # characters
_HEADING = re.compile(r"#{1,6}\s|\*\*[^*\n]+\*\*:?\s*$", re.MULTILINE)  # "**Leave**" on a line of its own too


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of an answer: ``text`` without its citations and the mark of a list, and the ``numbers`` of these."""

    start: int
    end: int
    text: str
    numbers: tuple[int, ...]


def claims(text: str) -> list[Claim]:
    """The sentences of ``text`` that carry citations, those right behind the full stop included; of a table its cells."""
    return [claim for claim in _sentences(text) if claim.numbers]


def every_claim(text: str) -> list[Claim]:
    """The sentences of ``text`` that need citations, with them or not: all but headings and the names in a table."""
    names = _table_names(text)
    return [
        claim
        for claim in _sentences(text)
        if claim.numbers or not (claim.start in names or _HEADING.match(text, claim.start))
    ]


def _sentences(text: str) -> list[Claim]:
    found: list[Claim] = []
    for start, end in sentence_spans(text):
        if tables.is_row(text[start:end]):
            found += _cells(text, start, end)
            continue
        after = leading_citations(text, start, end)
        if found and after > start and not _is_of_next(text, found[-1], start, after):
            found[-1] = _claim(text, found[-1].start, after)
            start = after
        if _WORD.search(without_citations(text[start:end])):
            start += len(text[start:end]) - len(text[start:end].lstrip())
            found.append(_claim(text, start, end))
    return found


def _is_of_next(text: str, before: Claim, start: int, after: int) -> bool:
    """Whether citations in front of a sentence are its own: on a line that goes on with words ("[1] It is paid."), which
    begins a paragraph or stands below a heading."""
    gap = text[before.end : start] + text[start : text.index("[", start)]
    begins = "\n\n" in text[before.end - 2 : before.end] + gap or (
        "\n" in text[before.end - 1 : before.end] + gap and _HEADING.match(text, before.start) is not None
    )
    return begins and _WORD.search(text[after:].partition("\n")[0]) is not None


def _table_names(text: str) -> set[int]:
    """Where the cells of the header row begin, and those of the first column that name their row, in each table."""
    found: set[int] = set()
    for start, end in tables.tables_in(text):
        lines = text[start:end].splitlines(keepends=True)
        is_headed = len(lines) > 1 and tables.is_rule(lines[1])
        for place, line in enumerate(lines):
            cells = [cell for cell in _CELL.finditer(text, start, start + len(line)) if cell[0].strip()]
            is_named = len(cells) > 1 and _is_name(cells[0][0])
            found.update(
                cell.start()
                for cell in (cells if is_headed and place == 0 else cells[:1] if is_named else ())
            )
            start += len(line)
    return found


def _is_name(cell: str) -> bool:
    """Whether a cell can name its row: a sentence, which models put into the first column too, does not."""
    said = without_citations(cell).strip()
    return len(said) <= _LONGEST_NAME and not said.endswith((".", "!", "?", "。"))


def _cells(text: str, start: int, end: int) -> list[Claim]:
    spans = [found.span() for found in _CELL.finditer(text, start, end)]
    return [_claim(text, *span) for span in spans if _WORD.search(without_citations(text[span[0] : span[1]]))]


def _claim(text: str, start: int, end: int) -> Claim:
    said = text[start:end]
    plain = _ITEM.sub("", on_one_line(without_citations(said)))
    return Claim(start, end, plain, tuple(cited_numbers(said)))
