"""What a statement gave -> the answer: its rows as a table, the rows of the documents behind them, and the statement."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePosixPath

from chatbot.answering.tables.cited_rows import CitedRows, Row, cite_rows
from chatbot.answering.tables.database import Cell, ResultColumn, Rows
from chatbot.answering.tables.sql_tables import SQLTable
from chatbot.answering.tables.table_answer import MOST_CITED, Say, figure_in
from chatbot.citations.markers import in_parentheses
from chatbot.store import View
from chatbot.text.literal import literally
from chatbot.text.tables import row_of, rule_of
from chatbot.trace import Source

_LISTED = 20  # rows of the result that are shown
_LONGEST_NAME = 60  # characters of a column's name, which the model may have made up
_DECIMALS = 4  # of a figure that was divided
_NAMED = 3  # rows of totals that are named
_TOTAL = re.compile(r"(?:grand |sub-?)?total\b|(?:합계|총계|총합|소계|계)(?![가-힣])", re.IGNORECASE)
_WORDS = {
    "found": ("{names}에서 찾은 행 {count}개", "Rows found in {names}: {count}"),
    "computed": ("{names}의 행 {count}개로 계산했습니다", "Computed from {count} rows of {names}"),
    "source": ("출처", "source"),
    "more": ("그 밖의 행 {count}개", "Further rows: {count}"),
    "many": ("그 밖의 행 {count}개 이상", "Further rows: more than {count}"),
    "totals": ("합계 행 {count}개는 뺐습니다", "Rows of totals left out: {count}"),
    "unread": ("숫자가 아닌 칸 {count}개는 뺐습니다", "Cells without a figure left out: {count}"),
    "counted": ("합계처럼 보이는 행도 함께 셌습니다: {names}", "Rows that read like totals were counted too: {names}"),
    "statement": (
        "언어 모델이 쓴 SQL이고, 계산은 데이터베이스가 했습니다. 질문의 뜻과 같은지 살펴보세요.",
        "A language model wrote this SQL, and the database computed. See whether it says what you meant.",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SQLAnswer:
    """The text with [n], and the passages that it cites under their numbers."""

    text: str
    sources: tuple[Source, ...]
    documents: tuple[str, ...]


def sql_answer(
    view: View, question: str, statement: str, tables: Sequence[SQLTable], rows: Rows
) -> SQLAnswer:
    """The answer. ``rows``: what ``statement`` gave over ``tables``; it says something."""
    by_name = {table.name: table for table in tables}
    direct = [(rows.numbered, number) for number in rows.numbers]
    behind = direct or _narrowed(_behind(rows, by_name), rows, by_name)
    cited = cite_rows(view, question, [_place(by_name, *row) for row in behind], MOST_CITED)
    used = [table for table in tables if any(table.name == name for name, _ in behind)]
    say = _Words(question)
    names = ", ".join(literally(name) for name in dict.fromkeys(PurePosixPath(t.document).name for t in used))
    count = f"{len(rows.rows):,}{'+' if rows.more else ''}" if direct else f"{len(behind):,}"
    head = say("found" if direct else "computed", names=names, count=count)
    parts = [
        f"{head} {cited.marks}".rstrip(),
        _listed(rows, by_name, cited, say),
        *_remarks(rows, statement, behind, used, say),
        say("statement"),
        _block(statement),
    ]
    documents = tuple(dict.fromkeys(table.document for table in used))
    return SQLAnswer("\n\n".join(parts), cited.sources, documents)


def _behind(rows: Rows, tables: dict[str, SQLTable]) -> list[tuple[str, int]]:
    """(table, row) of all that were read."""
    found = []
    for name, table in tables.items():
        numbers = range(len(table.table.cells)) if name in rows.whole else rows.behind.get(name, ())
        found += [(name, number) for number in numbers]
    return found


def _narrowed(
    behind: list[tuple[str, int]], rows: Rows, tables: dict[str, SQLTable]
) -> list[tuple[str, int]]:
    """Where the result is nothing but a lowest or highest figure: the rows that have it."""
    if (
        len(rows.rows) != 1
        or len({name for name, _ in behind}) != 1
        or any(c.by not in ("min", "max") for c in rows.columns)
    ):
        return behind
    columns = tables[behind[0][0]].table.columns
    wanted = [(columns[c.of].values, cell.text) for c, cell in zip(rows.columns, rows.rows[0], strict=True)]
    having = [
        row
        for row in behind
        if any(values[row[1]] is not None and _same(values[row[1]], text) for values, text in wanted)
    ]
    return having or behind


def _same(value: object, text: str) -> bool:
    if not text:
        return False
    return value == Decimal(text) if isinstance(value, Decimal) else str(value) == text


def _place(tables: dict[str, SQLTable], name: str, number: int) -> Row:
    return tables[name].document, tables[name].table.spans[number]


def _listed(rows: Rows, tables: dict[str, SQLTable], cited: CitedRows, say: _Words) -> str:
    """The rows of the result as a Markdown table, each with its [n] where it is a row of a document."""
    source = tables.get(rows.numbered)
    header = [_name(column.name) for column in rows.columns]
    lines = [row_of([*header, say("source")] if source else header), rule_of(len(header) + bool(source))]
    only = source or (next(iter(tables.values())) if len(tables) == 1 else None)
    for place, row in enumerate(rows.rows[:_LISTED]):
        cells = [
            _cell(cell, column, only, rows.numbers[place] if source else None)
            for cell, column in zip(row, rows.columns, strict=True)
        ]
        number = cited.numbers[place] if source else None
        lines.append(row_of([*cells, f"[{number}]" if number else ""] if source else cells))
    more = len(rows.rows) - _LISTED
    if more > 0:
        lines.append("")
        lines.append(say("many" if rows.more else "more", count=f"{more:,}"))
    return "\n".join(lines)


def _cell(cell: Cell, column: ResultColumn, table: SQLTable | None, number: int | None) -> str:
    """As it stands in the document where it is a cell of it; a figure that was computed with its unit."""
    if cell.kind == "null":
        return "–"
    source = table.table.columns[column.of] if table is not None and column.of >= 0 else None
    if table is not None and source is not None and number is not None and not column.by:
        value = source.values[number]
        if source.scale != 1 and isinstance(value, Decimal):
            return figure_in(value, source)  # "1200" of "예산(만원)" says nothing without its header
        return _literal(table.table.cells[number][column.of])
    if cell.kind == "text":
        return _literal(cell.text)
    value = Decimal(cell.text) if cell.kind == "exact" else _rounded(Decimal(cell.text))
    return figure_in(value, source) if source is not None else f"{value:,f}"


def _rounded(value: Decimal) -> Decimal:
    """What was divided, in at most four decimals; a small one in four digits."""
    if abs(value) < 1 and value:
        value = value.quantize(Decimal(1).scaleb(value.adjusted() - _DECIMALS + 1))
    else:
        value = round(value, _DECIMALS)
    return value.normalize() if value != value.to_integral_value() else value.to_integral_value()


def _remarks(
    rows: Rows, statement: str, behind: Sequence[tuple[str, int]], used: Sequence[SQLTable], say: _Words
) -> list[str]:
    """What was left out, and what may have been counted twice."""
    if rows.numbers:
        return []
    found = []
    if totals := sum(table.table.totals for table in used):
        found.append(say("totals", count=f"{totals:,}"))
    unread = sum(
        source.unread for table in used for column, source in zip(table.columns, table.table.columns, strict=True)
        if source.kind != "text" and column.name in statement
    )  # fmt: skip
    if unread:
        found.append(say("unread", count=f"{unread:,}"))
    tables = {table.name: table for table in used}
    labels = (
        next((cell for cell in tables[name].table.cells[number] if cell), "") for name, number in behind
    )
    doubtful = list(dict.fromkeys(label for label in labels if _TOTAL.match(label)))
    if doubtful:
        found.append(say("counted", names=", ".join(map(_literal, doubtful[:_NAMED]))))
    return found


def _block(statement: str) -> str:
    """The statement in a code block that it cannot end."""
    longest = max((len(run) for run in re.findall(r"`+", statement)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}sql\n{statement}\n{fence}"


def _name(name: str) -> str:
    return _literal(name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]} …")


def _literal(text: str) -> str:
    return literally(in_parentheses(text), begins_line=False)


class _Words(Say):
    """Those of an answer by SQL."""

    def __call__(self, key: str, **values: object) -> str:
        return self.of(_WORDS, key, **values)
