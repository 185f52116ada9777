"""Rows of a table that stand for a range, "3 to 5 years", "10년 이상": which of them does a figure of a question fall into?"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from chatbot.text.figures.quantities import ENGLISH_NUMBERS
from chatbot.text.figures.units import COUNTED
from chatbot.text.keywords import keywords_of
from chatbot.text.language import in_another_language
from chatbot.text.overlap import in_stems, terms_of

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_ASKED = [
    (
        name,
        re.compile(
            rf"(?<![\w.,])({_NUMBER}|{'|'.join(ENGLISH_NUMBERS)})[\s-]?(?:{unit})(?![A-Za-z])", re.IGNORECASE
        ),
    )
    for name, unit, _ in COUNTED
]
_SAID = {
    name: re.compile(rf"(?<![A-Za-z])(?:{unit})(?![A-Za-z])", re.IGNORECASE) for name, _, unit in COUNTED
}
_REST = r"(?:\s*[^\W\d_]{1,12}\.?)?"
_BETWEEN = re.compile(
    rf"({_NUMBER}){_REST}\s*(?:to|-|–|—|~|에서|부터|이상)\s*({_NUMBER}){_REST}(?:\s*(?:까지|이하|(미만)))?",
    re.IGNORECASE,
)
_FROM = re.compile(
    rf"({_NUMBER}){_REST}\s*(?:or more|and more|or over|and over|and above|\+|이상)|(?:from|at least|≥)\s*({_NUMBER}){_REST}",
    re.IGNORECASE,
)
_OVER = re.compile(
    rf"(?:over|more than|above|>)\s*({_NUMBER}){_REST}|({_NUMBER}){_REST}\s*초과", re.IGNORECASE
)
_BELOW = re.compile(
    rf"(?:less than|under|below|fewer than|<)\s*({_NUMBER}){_REST}|({_NUMBER}){_REST}\s*미만", re.IGNORECASE
)
_UP_TO = re.compile(
    rf"(?:up to|at most|≤)\s*({_NUMBER}){_REST}|({_NUMBER}){_REST}\s*(?:or less|or fewer|이하|까지)",
    re.IGNORECASE,
)


_OPEN: tuple[tuple[re.Pattern[str], Callable[[Decimal, Decimal], bool]], ...] = (
    (_FROM, operator.ge), (_OVER, operator.gt), (_BELOW, operator.lt), (_UP_TO, operator.le),
)  # fmt: skip


def names_a_figure(question: str) -> bool:
    """Whether ``question`` has a figure that may fall into a range."""
    return next(_figures(question), None) is not None


def rows_in_range(question: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """Places of the rows into whose range a figure of ``question`` falls; of each figure only where it is one row.

    The range or the name of its column says what the figure counts, and ``question`` has a word of the name of another
    column, unless the table is in another language.
    """
    found: list[int] = []
    for name, figure in _figures(question):
        for column in range(len(header)):
            fitting = [
                place
                for place, row in enumerate(rows)
                if column < len(row)
                and _holds(row[column], figure)
                and _SAID[name].search(f"{header[column]} {row[column]}")
            ]
            if len(fitting) == 1 and _speaks_of(question, [*header[:column], *header[column + 1 :]]):
                found += fitting
    return list(dict.fromkeys(found))


def _figures(question: str) -> Iterator[tuple[str, Decimal]]:
    for name, rule in _ASKED:
        for match in rule.finditer(question):
            said = match[1].lower()
            yield name, Decimal(ENGLISH_NUMBERS[said]) if said in ENGLISH_NUMBERS else _number(said)


def _holds(cell: str, figure: Decimal) -> bool:
    """Whether ``cell`` is a range, and holds ``figure``."""
    text = cell.strip()
    if found := _BETWEEN.fullmatch(text):
        low, high = _number(found[1]), _number(found[2])
        return low <= figure < high if found[3] else low <= figure <= high
    for rule, compared in _OPEN:
        if found := rule.fullmatch(text):
            return compared(figure, _number(found[1] or found[2]))
    return False


def _number(said: str) -> Decimal:
    return Decimal(said.replace(",", ""))


def _speaks_of(question: str, names: Sequence[str]) -> bool:
    """Whether ``question`` has a word of one of ``names``; true where they are in another language."""
    said = " ".join(names)
    words = [in_stems(word) for word in keywords_of(question)]
    return any(in_another_language(question, [said])) or any(word & terms_of(said) for word in words)
