"""What can be quoted from a source, and how: sentences as they are, table rows with their column names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatbot.citations.empty_cells import said_empty
from chatbot.citations.markers import in_parentheses
from chatbot.text import tables
from chatbot.text.fields import is_field, named_fields
from chatbot.text.figures.ranges import names_a_figure, rows_in_range
from chatbot.text.invisible import without_invisible
from chatbot.text.tables.held_rows import held_rows
from chatbot.trace import Sentence, Source

Place = tuple[Source, int]  # a source, and which of its sentences
_SHORTEST = 8  # characters; shorter is a heading, a label or a page number: nothing to quote
_COMPLETE = re.compile(r"[.!?。！？…][\"'”’」』)\]]*$|^\s*([-*•·]|\|)\s")
_FIGURE = re.compile(r"(?<![^\W\d_])\d")  # a day, an amount, a number to call; "Word2Vec" is a name
_NUMBERED = re.compile(r"\s*(\d{1,3})[.)]\s")


def quotable_sentences(source: Source, asked: str = "") -> list[int]:
    """Positions of the complete sentences, list items, table rows and fields with a figure.

    Titles, labels and the header rows of tables only where there is nothing else than a field that ``asked`` does not name.
    """
    named = named_places(source, asked) if asked else set()
    texts = [without_invisible(source.text_of(s)) for s in source.sentences]
    headers = {i for i, text in enumerate(texts[1:]) if tables.is_rule(text) and "|" in texts[i]}
    long_enough = [i for i, text in enumerate(texts) if len(text) >= _SHORTEST and _says_something(text)]
    complete = {
        i
        for i in long_enough
        if i not in headers and (_COMPLETE.search(texts[i]) or _is_list_item(texts, i) or i in named)
    }
    if not complete:
        return long_enough
    return [i for i in long_enough if i in complete or (is_field(texts[i]) and _FIGURE.search(texts[i]))]


def named_places(source: Source, asked: str, own: str = "") -> set[int]:
    """Positions of the sentences that hold a field which ``asked`` names; ``own``: the words of a follow-up alone."""
    return _places_of(source, named_fields(asked, source.text, own))


def held_places(source: Source, question: str, own: str = "") -> set[int]:
    """Positions of the rows that hold all words of ``question``; ``own``: those of a follow-up alone."""
    candidate = source.candidate
    return _places_of(source, held_rows(question, source.text, candidate.header, candidate.titles, own))


def _places_of(source: Source, spans: Sequence[tuple[int, int]]) -> set[int]:
    return {
        place
        for place, sentence in enumerate(source.sentences)
        if any(start < sentence.end and sentence.start < end for start, end in spans)
    }


def ranged_places(source: Source, question: str) -> set[int]:
    """Positions of the rows into whose range a figure of ``question`` falls: "after four years" is in "3 to 5"."""
    if not names_a_figure(question):
        return set()
    by_header: dict[tuple[str, ...], dict[int, list[str]]] = {}
    for place, sentence in enumerate(source.sentences):
        if is_table_row(source, sentence):
            cells = tables.cells_of(source.text_of(sentence))
            by_header.setdefault(tuple(_header_before(source, sentence.start)), {})[place] = cells
    return {
        list(rows)[at]
        for header, rows in by_header.items()
        for at in rows_in_range(question, header, list(rows.values()))
    }


def quote(source: Source, sentence: Sentence) -> str:
    """The sentence on one line; a table row as "Years: 1-2 · Days: 15"."""
    if is_table_row(source, sentence):
        return _row_as_text(source, sentence)
    return _plain(source.text_of(sentence))


def said_empty_in(source: Source, sentence: Sentence, question: str) -> str:
    """That a cell which ``question`` asks for is empty in this row of a table; empty itself for all else."""
    if not is_table_row(source, sentence):
        return ""
    cells = tables.cells_of(source.text_of(sentence))
    return said_empty(_header_before(source, sentence.start), cells, question)


def is_table_row(source: Source, sentence: Sentence) -> bool:
    """Whether a sentence of a source is a row of a Markdown table."""
    return tables.is_row(without_invisible(source.text_of(sentence)))


def _row_as_text(source: Source, sentence: Sentence) -> str:
    """A table row with its column names, "Years: 1-2 · Days: 15", as far as they are known."""
    cells = tables.cells_of(source.text_of(sentence))
    header = _header_before(source, sentence.start)
    if len(header) != len(cells):
        return _plain(" · ".join(cell for cell in cells if cell))
    return _plain(
        " · ".join(
            f"{name}: {cell}" if name else cell for name, cell in zip(header, cells, strict=True) if cell
        )
    )


def _header_before(source: Source, start: int) -> list[str]:
    """The names of the columns of the table that stands at ``start``; empty where they are not known."""
    lines = [*source.candidate.header.splitlines(), *source.text[:start].splitlines()]
    rule = next((i for i in range(len(lines) - 1, 0, -1) if tables.is_rule(lines[i])), None)
    return tables.cells_of(lines[rule - 1]) if rule else []


def _is_list_item(texts: list[str], place: int) -> bool:
    """Whether ``texts[place]`` is one of numbered items in a row; "3. Analyses" alone is a heading."""
    number = _number_of(texts[place])
    if number is None:
        return False
    before = _number_of(texts[place - 1]) if place else None
    after = _number_of(texts[place + 1]) if place + 1 < len(texts) else None
    return before == number - 1 or after == number + 1


def _number_of(text: str) -> int | None:
    """The number with which a list item or a numbered heading begins."""
    found = _NUMBERED.match(text)
    return int(found[1]) if found else None


def _says_something(text: str) -> bool:
    return not tables.is_rule(text) and any(tables.cells_of(text))


def _plain(text: str) -> str:
    """On one line, and without bracketed numbers of the document's own: they would read as our citations."""
    return in_parentheses(" ".join(text.split()))


def shortened(text: str, most: int) -> str:
    """``text``, or its first ``most`` characters and " …"."""
    return text if len(text) <= most else text[:most].rstrip() + " …"
