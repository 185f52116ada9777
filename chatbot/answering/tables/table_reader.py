"""Which tables a question is about, and what is computed of each.

    TableReader.answer(question, documents, history) -> Computed, or None: then the question is looked up

Nothing is guessed: a table must explain every word of the question. Of several those count that explain it best, each is
computed by itself, and a follow-up stays with the tables of the answer before it.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from cachetools import LRUCache

from chatbot.answering.requests.openers import talk_topic, without_opener
from chatbot.answering.tables.rules.compute import compute, names_one_row
from chatbot.answering.tables.rules.filters import Unclear
from chatbot.answering.tables.rules.follow_up import (
    elsewhere,
    going_on,
    is_an_answer,
    nth,
    of_days,
    points_at_rows,
)
from chatbot.answering.tables.rules.named_row import row_named
from chatbot.answering.tables.rules.operation import Wanted, wanted
from chatbot.answering.tables.rules.plan import Before, Plan, plan
from chatbot.answering.tables.rules.question_words import is_named, names_nothing
from chatbot.answering.tables.table_answer import Computed, ComputedTable, computed, not_computed
from chatbot.answering.tables.typed_table import Table, tables_of
from chatbot.store import DocumentRow, Store, View
from chatbot.text.leaning import points_back
from chatbot.text.no_answer import says_no_answer
from chatbot.trace import Turn

MOST_DOCUMENTS = 10  # whose tables are tried
MOST_TABLES = 3  # that are computed for one question; further ones are named
_KEPT = 32  # documents whose tables stay in memory
_LARGEST = 20_000_000  # characters of a document whose tables are read: 2 s
_MOST_TURNS = 8  # of a conversation that are gone through for what a follow-up goes on with
_FILE = re.compile(r"\S\.[A-Za-z]\w{1,4}")  # in an answer


@dataclass(frozen=True, slots=True)
class _Fit:
    """A table that explains a question; ``is_named``: the question says its document; ``goes_on``: it was computed last."""

    document: str
    table: Table
    plan: Plan
    is_named: bool
    goes_on: bool

    @property
    def key(self) -> tuple[str, tuple[int, int]]:
        return self.document, self.table.spans[0]


_NotTaken = tuple[str, Table, Unclear]  # document, table, why


class TableReader:
    """Reads the tables of a store's documents; those read last stay in memory. Safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tables: LRUCache[tuple[str, str], list[Table]] = LRUCache(_KEPT)
        self._lock = threading.Lock()

    def answer(
        self, question: str, documents: Sequence[str], history: Sequence[Turn] = ()
    ) -> Computed | None:
        """What ``question`` wants of the tables of ``documents``, and of those that were computed last; ``None`` if
        none explains it, or something of it is not clear."""
        found = self.read(question, documents, history)
        return None if found is None or found.operation == "unclear" else found

    def read(self, question: str, documents: Sequence[str], history: Sequence[Turn] = ()) -> Computed | None:
        """As ``answer``; of a table that explains the words of ``question``, and is not clear, its rows and why they
        were not computed."""
        if wanted(question) is None and not history:
            return None
        with self._store.reading() as view:
            before = self._before(view, history)
            if _points_at_nothing(question, history, before):
                return None
            documents = _of_what_was_said(question, documents, history, before)
            fits, unclear = self._fitting(view, question, documents, before)
            found, others = _best(fits)
            if unclear and not any(each.result.rows for each in found):
                # the rows may be in the table of which something is not clear
                uri, table, why = unclear[0]
                return not_computed(view, question, uri, table, why)
            more = tuple(dict.fromkeys(each.document for each in [*found[MOST_TABLES:], *others]))
            return computed(view, question, found[:MOST_TABLES], more) if found else None

    def _before(self, view: View, history: Sequence[Turn]) -> list[_Fit]:
        """The tables of the last answer, with what was computed of them; none where it was no such answer."""
        fits: list[_Fit] = []
        turns = history[-_MOST_TURNS:]
        for place, turn in enumerate(turns):
            if talk_topic(turn.question):
                continue
            if says_no_answer(
                turn.answer
            ):  # what follows means that question, unless it was about the table too
                fits = fits if points_back(turn.question) else []
                continue
            if _points_at_nothing(turn.question, turns[:place], fits):
                continue
            named = turn.documents or _documents_of(view, turn.answer)
            documents = _of_what_was_said(turn.question, named, turns[:place], fits)
            found, _ = self._fitting(view, without_opener(turn.question), documents, fits)
            last = {(each.document, each.table.spans[0]) for each in _best(found)[0][:MOST_TABLES]}
            fits = [fit for fit in found if fit.key in last]
        return fits

    def _fitting(
        self, view: View, question: str, documents: Sequence[str], before: Sequence[_Fit]
    ) -> tuple[list[_Fit], list[_NotTaken]]:
        """The tables that explain ``question``, and those that would, but for what is not clear of them."""
        asked = wanted(question)
        if asked is None and not before:
            return [], []
        own = list(dict.fromkeys([*(fit.document for fit in before), *documents[:MOST_DOCUMENTS]]))
        fits, unclear = list[_Fit](), list[_NotTaken]()
        for uri in own:
            row = view.document(uri)
            if row is not None and row.chunks:
                for found in self._plans(view, question, asked, row, before):
                    if isinstance(found, _Fit):
                        fits.append(found)
                    else:
                        unclear.append(found)
        files = [uri for uri in own if _says_file(question, uri)]
        if files:  # no other one is meant, even where these have no table for it
            fits = [fit for fit in fits if fit.document in files]
            unclear = [each for each in unclear if each[0] in files]
        fits = [fit for fit in fits if fit.is_named] or fits
        best = max((fit.plan.score for fit in fits), default=0)
        on = [fit for fit in fits if fit.goes_on]
        if on and points_at_rows(question):  # "그중": no other table has these rows, however well it fits
            return on, []
        return on if any(fit.plan.score == best for fit in on) else fits, unclear

    def _plans(
        self, view: View, question: str, asked: Wanted | None, row: DocumentRow, before: Sequence[_Fit]
    ) -> Iterator[_Fit | _NotTaken]:
        names = _names(row)
        last = {_shape(fit.document, fit.table): fit.plan for fit in before}
        again = None
        if asked is None and before and (other := view.document(before[0].document)):
            columns = [before[0].table.columns[i].name for i in before[0].plan.measures]
            again = elsewhere(question, names, before[0].plan, _names(other), columns)
        for table in self.tables_of(view, row):
            known = last.get(
                _shape(row.uri, table)
            )  # also the next sheet, and the same table on the next page
            own = asked or ((nth(question, known) or of_days(question)) if known else None)
            going = going_on(question, own, known) if known else None
            wants, context = going or (own or again, None)
            found = plan(wants, table, names, context) if wants else None
            if wants and own and own.operation == "list" and _is_no_figure(table, found):
                found = plan(replace(wants, operation="list"), table, names, context)  # its one row
            one = row_named(question, table, names, known) if known and not (own or again) else None
            if one is not None:
                yield _Fit(row.uri, table, one, is_named(question, names), True)
            elif isinstance(found, Unclear):
                yield row.uri, table, found
            elif found is not None and (
                own or again or found is known or _is_an_answer(table, found, context)
            ):
                yield _Fit(row.uri, table, found, is_named(question, names), known is not None)

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


def _shape(document: str, table: Table) -> tuple[str, tuple[tuple[str, str], ...]]:
    """What tables of one document share that are continued by one another."""
    return document, tuple((column.name, column.kind) for column in table.columns)


def _names(row: DocumentRow) -> list[str]:
    """What a question may call the document: its file, with and without ending, and its title."""
    file = PurePosixPath(row.uri)
    return [name for name in (file.name, file.stem, row.title) if len(name) > 2]


def _best(fits: Sequence[_Fit]) -> tuple[list[ComputedTable], list[ComputedTable]]:
    """What is computed of the tables that explain a question best, and of those that explain it less well.

    A table of which no row fits says nothing where another one has some.
    """
    results = [(fit, compute(fit.table, fit.plan)) for fit in fits]
    every = [
        ComputedTable(fit.document, fit.table, fit.plan, result)
        for fit, result in results
        if result and (result.rows or not _is_guess(fit.plan))
    ]
    every = [each for each in every if each.result.rows] or every
    best = max((each.plan.score for each in every), default=0)
    return [e for e in every if e.plan.score == best], [e for e in every if e.plan.score != best]


def _points_at_nothing(question: str, history: Sequence[Turn], before: Sequence[_Fit]) -> bool:
    """Whether ``question`` is of rows that were told before, and nobody knows which: a figure of all rows would be false."""
    return bool(history) and not before and points_at_rows(question)


def _of_what_was_said(
    question: str, documents: Sequence[str], history: Sequence[Turn], before: Sequence[_Fit]
) -> Sequence[str]:
    """``documents``, or only those of the answer before where ``question`` names nothing but days and that was of no table.

    "And in 2024?" after the price of a permit is not of the rows of another file that were delivered then.
    """
    asked = wanted(question)
    if before or asked is None or not asked.dates or not names_nothing(asked.rest):
        return documents
    said = [turn for turn in history if not talk_topic(turn.question)]
    return said[-1].documents if said else documents


def _documents_of(view: View, answer: str) -> list[str]:
    """Those whose files ``answer`` names, as an answer of tables does: programs send back no more than its words.

    Some of the library where it names none.
    """
    found: list[tuple[int, str]] = []
    if _FILE.search(answer):
        files: dict[str, list[str]] = {}
        for row in view.document_names():
            name = PurePosixPath(row.uri).name
            if name in answer:
                files.setdefault(name, []).append(row.uri)
        for name in sorted(
            files, key=len, reverse=True
        ):  # "tools.csv" is no file where "my tools.csv" is named
            if (place := answer.find(name)) >= 0:
                found += [(place, uri) for uri in files[name]]
                answer = answer.replace(name, "\0" * len(name))
    if found:
        return [uri for _, uri in sorted(found)]
    return [row.uri for row in view.documents((), most=MOST_DOCUMENTS)]


def _is_guess(found: Plan) -> bool:
    """Whether days are held against dates of which the question says nothing: that no row fits says nothing then."""
    return found.wanted.only_names_days and any(held.is_guess for held in found.values)


def _is_an_answer(table: Table, found: Plan, before: Before | None) -> bool:
    result = compute(table, found)
    is_chosen = before is not None and (before.of_them or before.narrows)  # "only the lamps" may be one
    names_one = not is_chosen and names_one_row(table, found)
    return result is not None and is_an_answer(found, result.among, names_one)


def _is_no_figure(table: Table, found: Plan | Unclear | None) -> bool:
    return isinstance(found, Plan) and found.wanted.operation != "list" and compute(table, found) is None


def _says_file(question: str, uri: str) -> bool:
    return PurePosixPath(uri).name.casefold() in question.casefold()
