"""Which rows of a table a question names: "How much is the bookbinding course?" is of one row, and its neighbours are noise.

A word counts that stands in the cells of some rows and not in those of all. Where no row has all of them, each may be
asked for, and all rows stay.
"""

from __future__ import annotations

from collections.abc import Iterable

from chatbot.citations.quotes import Place, is_table_row
from chatbot.text.keywords import keywords_of
from chatbot.text.overlap import in_stems, terms_of
from chatbot.text.tables import cells_of

_SMALL = 2  # digits


def rows_not_named(quotable: Iterable[Place], question: str) -> set[tuple[int, int]]:
    """(number of the source, place) of the rows that have none of the words of ``question`` by which rows are told apart."""
    rows = {
        (source.number, place): terms_of(" ".join(cells_of(source.text_of(source.sentences[place]))))
        for source, place in quotable
        if is_table_row(source, source.sentences[place])
    }
    asked = [in_stems(word) for word in keywords_of(question) if not _is_small_figure(word)]
    held = {at: [word for word in asked if word and word <= terms] for at, terms in rows.items()}
    telling = [word for word in asked if 0 < sum(word in words for words in held.values()) < len(rows)]
    if not telling or not any(all(word in words for word in telling) for words in held.values()):
        return set()
    return {at for at, words in held.items() if not any(word in telling for word in words)}


def _is_small_figure(word: list[str]) -> bool:
    """A number of one or two digits stands in many cells by chance."""
    return len(word) == 1 and word[0].isdecimal() and len(word[0]) <= _SMALL
