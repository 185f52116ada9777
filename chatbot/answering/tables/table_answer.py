"""A question about the rows of a table -> what was computed, in words, with the rows it comes from as sources.

    TableReader.answer(question, documents) -> Computed, or None: then the question is looked up

Nothing is guessed: one table must explain every word of the question, and where two do, none is taken.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import PurePosixPath

from cachetools import LRUCache

from chatbot.answering.tables.cited_rows import cite_rows
from chatbot.answering.tables.compute import Result, compute
from chatbot.answering.tables.operation import ROWS, Operation, Wanted, wanted
from chatbot.answering.tables.plan import Plan, plan
from chatbot.answering.tables.typed_table import Column, Table, tables_of
from chatbot.store import DocumentRow, Store, View
from chatbot.text.language import language_of, worded
from chatbot.text.quantities import CURRENCIES
from chatbot.trace import Source

MOST_DOCUMENTS = 5  # whose tables are tried
_KEPT = 32  # documents whose tables stay in memory
_LARGEST = 20_000_000  # characters of a document whose tables are read: 2 s
_LISTED = 10  # rows that are quoted
_MOST_LISTED = 40  # where rows are what is asked for
MOST_CITED = 8  # passages that a figure over many rows cites

_Words = dict[str, tuple[str, str]]
_FIGURES: _Words = {
    "min": ("{name}: 가장 낮은 {column} {figure}", "The lowest {column} in {name} is {figure}"),
    "max": ("{name}: 가장 높은 {column} {figure}", "The highest {column} in {name} is {figure}"),
    "sum": ("{name}: {column} 합계 {figure}", "The sum of {column} in {name} is {figure}"),
    "average": ("{name}: {column} 평균 {figure}", "The average of {column} in {name} is {figure}"),
    "count": ("{name}: 행 {figure}개", "{name} has {figure} rows"),
    "list": ("{name}: 행 {figure}개", "{name}: {figure} rows"),
    "count_one": ("{name}: 행 1개", "{name} has 1 row"),
    "list_one": ("{name}: 행 1개", "{name}: 1 row"),
    "ascending": ("{name}: 행 {figure}개, {column} 낮은 순", "{name}: {figure} rows, lowest {column} first"),
    "descending": (
        "{name}: 행 {figure}개, {column} 높은 순",
        "{name}: {figure} rows, highest {column} first",
    ),
}
_DATES: _Words = {
    "ascending": (
        "{name}: 행 {figure}개, {column} 이른 순",
        "{name}: {figure} rows, earliest {column} first",
    ),
    "descending": ("{name}: 행 {figure}개, {column} 늦은 순", "{name}: {figure} rows, latest {column} first"),
    "min": ("{name}: 가장 이른 {column} {figure}", "The earliest {column} in {name} is {figure}"),
    "max": ("{name}: 가장 늦은 {column} {figure}", "The latest {column} in {name} is {figure}"),
}
_SAID: _Words = {
    "among": ("행 {count}개 가운데", "among {count} rows"),
    "over": ("행 {count}개", "over {count} rows"),
    "where": ("조건: {conditions}", "Only rows with {conditions}"),
    "contains": ("“{terms}” 포함", "“{terms}” in them"),
    "totals": ("합계 행 {count}개는 뺐습니다", "Rows of totals left out: {count}"),
    "unread": ("숫자가 아닌 칸 {count}개는 뺐습니다", "Cells without a figure left out: {count}"),
    "more": ("그 밖의 행 {count}개", "Further rows: {count}"),
}


@dataclass(frozen=True, slots=True)
class Computed:
    """What was computed from ``document``, as text with [n], and the passages that it cites under their numbers."""

    document: str
    operation: Operation
    text: str
    sources: tuple[Source, ...]


class TableReader:
    """Reads the tables of a store's documents; those read last stay in memory. Safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tables: LRUCache[tuple[str, str], list[Table]] = LRUCache(_KEPT)
        self._lock = threading.Lock()

    def answer(self, question: str, documents: Sequence[str]) -> Computed | None:
        """What ``question`` wants of the first of ``documents`` whose table explains it; ``None`` if none does."""
        asked = wanted(question)
        if asked is None:
            return None
        with self._store.reading() as view:
            for uri in documents[:MOST_DOCUMENTS]:
                row = view.document(uri)
                if row is None or not row.chunks:
                    continue
                names = _names(row)
                fitting = [
                    (table, found)
                    for table in self.tables_of(view, row)
                    if (found := plan(asked, table, names))
                ]
                if len(fitting) > 1:
                    return None  # two tables explain it: a person has to say which
                for table, found in fitting:
                    result = compute(table, asked, found)
                    if result is not None:
                        return _computed(view, uri, question, asked, table, found, result)
        return None

    def tables_of(self, view: View, row: DocumentRow) -> list[Table]:
        """Those of a document; none of one that is too long to be read for a question."""
        key = (row.uri, row.sha256)
        with self._lock:
            known = self._tables.get(key)
        if known is None:
            text = view.document_text(row.uri)
            known = tables_of(text) if len(text) <= _LARGEST else []
            with self._lock:
                self._tables[key] = known
        return known


def _names(row: DocumentRow) -> list[str]:
    """What a question may call the document: its file, with and without ending, and its title."""
    file = PurePosixPath(row.uri)
    return [name for name in (file.name, file.stem, row.title) if len(name) > 2]


def _computed(
    view: View, uri: str, question: str, asked: Wanted, table: Table, found: Plan, result: Result
) -> Computed:
    say = Say(question)
    most = _MOST_LISTED if asked.operation in ROWS else _LISTED
    listed = result.rows if asked.operation in ("min", "max", *ROWS) or len(result.rows) <= most else ()
    shown = [(uri, table.spans[row]) for row in listed[:most] or result.rows]
    cited = cite_rows(view, question, shown, most if listed else MOST_CITED)
    head = _head(say, PurePosixPath(uri).name, asked, table, found, result)
    if not listed:
        head = f"{head} {cited.marks}"
    rows = [
        f"{cited.quoted(place, row)} [{cited.numbers[place]}]"
        for place, row in enumerate(shown)
        if listed and cited.numbers[place]
    ]
    more = [say("more", count=len(listed) - most)] if len(listed) > most else []
    left_out = [
        say(key, count=count) for key, count in (("totals", table.totals), ("unread", result.unread)) if count
    ]
    return Computed(uri, asked.operation, "\n\n".join([head, *rows, *more, *left_out]), cited.sources)


def _head(say: Say, name: str, asked: Wanted, table: Table, found: Plan, result: Result) -> str:
    """The figure in a sentence, then over how many rows and under which conditions."""
    columns = [table.columns[i] for i in found.measures]
    if asked.operation in ("count", *ROWS):
        words = _DATES if columns and columns[0].kind == "date" else _FIGURES
        by = columns[0].name if columns else ""
        is_one = result.among == 1 and not columns
        key = f"{asked.operation}_one" if is_one else asked.operation
        said = say.of(words, key, name=name, figure=f"{result.among:,}", column=by)
    else:
        first, *others = (figure_in(f, c) for f, c in zip(result.figures, columns, strict=True))
        words = _DATES if columns[0].kind == "date" else _FIGURES
        said = say.of(words, asked.operation, name=name, column=columns[0].name, figure=first)
        said += "".join(f", {c.name} {figure}" for c, figure in zip(columns[1:], others, strict=True))
        said += (
            f" ({say('among' if asked.operation in ('min', 'max') else 'over', count=f'{result.among:,}')})"
        )
    conditions = [
        f"{table.columns[held.column].name}: {held.equals}"
        if held.column is not None
        else say("contains", terms=" ".join(held.words))
        for held in found.rows
    ] + [
        f"{table.columns[b.column].name} {b.comparison} {figure_in(b.value, table.columns[b.column])}"
        for b in found.numbers
    ]
    return f"{said}. {say('where', conditions=', '.join(conditions))}." if conditions else f"{said}."


class Say:
    """Words in the language of the question."""

    def __init__(self, question: str) -> None:
        self._language = language_of(question)

    def __call__(self, key: str, **values: object) -> str:
        return self.of(_SAID, key, **values)

    def of(self, words: _Words, key: str, **values: object) -> str:
        return worded(words, key, self._language, **values)


def figure_in(value: Decimal | date, column: Column) -> str:
    """A value as it is told: digits in groups of three, with the unit of its column; a date as ISO 8601 has it."""
    if isinstance(value, date):
        return value.isoformat()
    number = f"{value:,f}"
    if "." in number and value == value.to_integral_value():
        number = number.partition(".")[0]
    if column.unit in CURRENCIES:
        return f"{column.unit}{number}"
    return (
        f"{number} {column.unit}" if column.unit.isascii() and column.unit.isalpha() else number + column.unit
    )
