"""Questions about tables that no rule reads: a language model writes SQL, a database runs it, the rows are cited.

    question + schema -> a statement -> checked, run -> its rows, the rows behind them, the statement; else looked up

The model never sees more than names and a few values, and never a result: what is computed does not pass through it.
Without a model the question is looked up, and where a calculation over a table was asked for the answer says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Sequence

from chatbot.answering.answer import Answer, unranked
from chatbot.answering.tables.rules.operation import wanted
from chatbot.answering.tables.rules.question_words import says_rows
from chatbot.answering.tables.sql_answer import sql_answer
from chatbot.answering.tables.sql_model import ModelRun, run_by_model
from chatbot.answering.tables.sql_tables import SQLTable, sql_tables
from chatbot.answering.tables.table_reader import TableReader
from chatbot.answering.tables.typed_table import Table
from chatbot.answering.writer import Evidence, LanguageModel, WrappedWriter, Writer, Writing
from chatbot.errors import Phrase
from chatbot.store import Store, View
from chatbot.text.language import language_of
from chatbot.text.tables import is_row
from chatbot.trace import Asked, Candidate, Request, Search

BY_SQL = "sql"  # the topic of a request that was answered so
_MOST_TABLES = 4  # that a model is shown
_MOST_DOCUMENTS = 3
_LOOKED_AT = 5  # candidates in which tables are looked for
_CHANGED = Phrase("the document was changed meanwhile, so the question was looked up")
_ROW_QUOTED = re.compile(r"[^\n:·|]{1,80}: [^\n]* · ")  # "name: Gel pen · price: 2,500"
_MOST_QUOTED = 3  # candidates that may be quoted
_NEEDS_MODEL = {
    # with rows above it, and without
    "ko": (
        "이 질문은 표를 계산해야 하는데, 규칙만으로는 계산할 수 없어 관련된 행을 보여 드립니다. 언어 모델을 고르면 계산할 수 있습니다.",
        "이 질문은 표를 계산해야 하는 것으로 보이지만, 규칙만으로는 계산할 수 없었습니다. 언어 모델을 고르면 계산할 수 있습니다.",
    ),
    "en": (
        "This asks for a calculation over a table that rules alone cannot read, so these are its closest rows. With a language model it can be computed.",
        "This seems to ask for a calculation over a table, which rules alone could not make. With a language model it can be computed.",
    ),
}


class TableQuestions:
    """Answers them. Safe to share between threads."""

    def __init__(self, store: Store, reader: TableReader) -> None:
        self._store = store
        self._reader = reader

    def answer(
        self, asked: Asked, search: Search, writer: Writer, look_up: Callable[[Writer], Answer]
    ) -> Answer:
        """What ``asked`` wants computed of the tables that ``search`` found, or what ``look_up`` gives.

        Args:
            look_up: answers from the search, written by whom it is given.

        Raises:
            LLMError: the model cannot be asked.
        """
        if not is_about_tables(asked.request, search):
            return look_up(writer)
        if not isinstance(writer, LanguageModel):
            # "감자 가격은?" wants a cell, though it is searched together with the question before it
            if asked.request.kind != "table" and asked.history and wanted(asked.question) is None:
                return look_up(writer)
            return look_up(_AndSays(writer, *_NEEDS_MODEL[language_of(asked.question)]))
        with asked.timings.measure("sql"):
            with self._store.reading() as view:
                tables = self._tables(view, asked.request, search)
                versions = _versions(view, tables)
            if not tables:
                return look_up(writer)
            run = run_by_model(
                search.query, tables, writer
            )  # it may take a minute: no view is held meanwhile
            if run.rows is None:
                return look_up(_WithNote(writer, run.reason))
            with self._store.reading() as view:
                if _versions(view, tables) != versions:
                    return look_up(_WithNote(writer, _CHANGED))
                answer = sql_answer(view, search.query, run.statement, tables, run.rows)
        request = Request("table", BY_SQL, answer.documents, asked.request.decided_by)
        deltas = _as_writing(answer.text, run)
        return unranked(
            asked.question, request, answer.sources, writer.label, deltas, asked.history, asked.timings
        )

    def _tables(self, view: View, request: Request, search: Search) -> list[SQLTable]:
        """Of the documents that are named, else of the best candidates: the tables that hold a candidate first."""
        candidates = [
            c for c in search.candidates if c.document in request.documents or not request.documents
        ]
        rows = [candidate for candidate in candidates[:_LOOKED_AT] if is_rows(candidate)]
        documents = request.documents or tuple(dict.fromkeys(candidate.document for candidate in rows))
        found: list[tuple[str, Table]] = []
        for uri in documents[:_MOST_DOCUMENTS]:
            document = view.document(uri)
            if document is not None and document.chunks:
                spans = [candidate.span for candidate in rows if candidate.document == uri]
                tables = self._reader.tables_of(view, document)
                holding = [table for table in tables if any(_overlaps(table, span) for span in spans)]
                found += [(uri, table) for table in holding or (tables if request.documents else [])]
        return sql_tables(found[:_MOST_TABLES])


def is_rows(candidate: Candidate) -> bool:
    """Whether most of a passage is rows of a table."""
    lines = [line for line in candidate.text.splitlines() if line.strip()]
    return sum(map(is_row, lines)) * 2 > len(lines)


def is_about_tables(request: Request, search: Search) -> bool:
    """Whether a calculation over a table is asked for: as it was recognised or chosen, or as its words and its best
    candidate say."""
    if request.kind == "table":
        return True
    if request.kind != "look_up" or request.decided_by == "person" or search.gate.refused:
        return False
    asked = wanted(search.query)
    if asked is None or asked.only_names_days:
        return False
    if asked.operation == "count" and not (asked.dates or says_rows(search.query)):
        return False  # "how many days" mostly wants a figure that stands in a row
    return any(map(is_rows, search.candidates[: _MOST_QUOTED if asked.dates else 1]))


def _versions(view: View, tables: Sequence[SQLTable]) -> list[str]:
    """What the documents of ``tables`` hold, as their hashes."""
    rows = [view.document(table.document) for table in tables]
    return [row.sha256 if row is not None else "" for row in rows]


def _overlaps(table: Table, span: tuple[int, int]) -> bool:
    return table.spans[0][0] < span[1] and span[0] < table.spans[-1][1]


def _as_writing(text: str, run: ModelRun) -> Writing:
    """``text`` as a stream that knows what the model was sent, and what that cost where it is known."""

    def begin(writing: Writing) -> Generator[str, None, None]:
        writing.prompt = run.prompt
        writing.sql = run.statement
        counts = [reply.tokens for reply in run.replies]
        exact = [tokens for tokens in counts if tokens is not None and tokens.exact]
        if len(exact) == len(counts):
            writing.report({"prompt": sum(t.prompt for t in exact), "answer": sum(t.answer for t in exact)})
        yield text

    return Writing(begin)


class _AndSays(WrappedWriter):
    """Another writer, and a sentence below what it writes: one where it quotes rows of tables, another where it does not."""

    def __init__(self, writer: Writer, with_rows: str, without: str) -> None:
        super().__init__(writer)
        self._with_rows, self._without = with_rows, without

    def write(self, evidence: Evidence) -> Iterator[str]:
        written: list[str] = []
        for delta in super().write(evidence):
            written.append(delta)
            yield delta
        has_rows = any(_ROW_QUOTED.match(line) for line in "".join(written).splitlines())
        yield f"\n\n{self._with_rows if has_rows else self._without}"


class _WithNote(WrappedWriter):
    """Another writer, and a note beside what it writes."""

    def __init__(self, writer: Writer, note: str) -> None:
        super().__init__(writer)
        self._note = note

    def write(self, evidence: Evidence) -> Iterator[str]:
        writing = super().write(evidence)
        if isinstance(writing, Writing):
            writing.note(self._note)
        return writing
