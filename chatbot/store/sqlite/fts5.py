"""FTS5, SQLite's lexical search: how it takes terms apart, and what it is asked."""

from __future__ import annotations

from collections.abc import Sequence

TOKENIZE = (
    "porter unicode61 remove_diacritics 2"  # of the analysed column: words are stemmed, accents left out
)


def any_of(terms: Sequence[str]) -> str:
    """A ``MATCH`` expression for chunks that hold any of ``terms``; "" where there are none."""
    return " OR ".join(map(_quoted, terms))


def any_of_with(terms: Sequence[str], all_of: Sequence[str]) -> str:
    """A ``MATCH`` expression for chunks that hold any of ``terms`` and every one of ``all_of``."""
    return " AND ".join(filter(None, (*map(_quoted, all_of), f"({any_of(terms)})" if terms else "")))


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'
