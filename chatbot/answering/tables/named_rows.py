"""A row that the question names by its own words must be chosen: an average over all rows is no answer about one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from chatbot.answering.tables.sql_tables import SQLTable

# what chooses or tells apart rows; with one of these the rows that come show what they are
_CHOOSES = re.compile(
    r"\b(?:WHERE|HAVING|FILTER|CASE|QUALIFY|JOIN|GROUP|ORDER)\b|(?:,|\bFROM\b)\s*\(", re.IGNORECASE
)
_TELLING = re.compile(
    r"[^\W\d_]{3}|[가-힣]{2}"
)  # a cell that could be a name; "-" and "a" are in every question
_LONGEST = 100  # characters of a cell that names something


def unchosen(statement: str, question: str, tables: Sequence[SQLTable]) -> str:
    """The longest cell which stands in ``question`` word for word while ``statement`` takes all rows; else empty."""
    if _CHOOSES.search(statement):
        return ""
    return max(_named(question, statement, tables), key=len, default="")


def _named(question: str, statement: str, tables: Sequence[SQLTable]) -> Iterator[str]:
    asked, said = question.casefold(), statement.casefold()
    for table in tables:
        names = {column.name.casefold() for column in table.columns}
        for place, column in enumerate(table.columns):
            if column.type != "TEXT":
                continue
            for cell in dict.fromkeys(table.cells_of(place)):
                text = cell.casefold()
                if (
                    len(text) <= _LONGEST
                    and _TELLING.search(text)
                    and text not in names
                    and text not in said
                    and re.search(rf"(?<![^\W_]){re.escape(text)}(?![a-z0-9])", asked)
                ):
                    yield cell
