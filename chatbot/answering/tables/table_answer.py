"""What was computed of tables -> the answer in words, with the rows it comes from as sources.

computed(view, question, [ComputedTable(...)]) -> Computed("shop.csv: ... [1]", (source, ...))
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Literal

from chatbot.answering.tables.cited_rows import CitedRows, Row, cite_rows
from chatbot.answering.tables.rules.columns import is_year, says
from chatbot.answering.tables.rules.compute import Group, Result, best_groups, names_one_row
from chatbot.answering.tables.rules.filters import Unclear
from chatbot.answering.tables.rules.grouping import MOST_GROUPS
from chatbot.answering.tables.rules.operation import ROWS, Operation
from chatbot.answering.tables.rules.plan import Plan
from chatbot.answering.tables.typed_table import MONTH, Column, Table
from chatbot.citations.empty_cells import said_empty
from chatbot.citations.markers import in_parentheses
from chatbot.citations.quotes import shortened
from chatbot.store import View
from chatbot.text.figures.units import SIGNS
from chatbot.text.language import language_of, worded
from chatbot.trace import Source

_LISTED = 10  # rows that are quoted
_MOST_LISTED = 40  # where rows are what is asked for
_LONGEST_CELL = 80  # characters of a cell before the figure of its rows
MOST_CITED = 8  # passages that a figure over many rows cites

_Words = dict[str, tuple[str, str]]
_FIGURES: _Words = {
    "min": ("{name}: 가장 낮은 {column} {figure}", "The lowest {column} in {name} is {figure}"),
    "max": ("{name}: 가장 높은 {column} {figure}", "The highest {column} in {name} is {figure}"),
    "sum": ("{name}: {column} 합계 {figure}", "The sum of {column} in {name} is {figure}"),
    "average": ("{name}: {column} 평균 {figure}", "The average of {column} in {name} is {figure}"),
    "median": ("{name}: {column} 중앙값 {figure}", "The median of {column} in {name} is {figure}"),
    "min_rank": ("{name}: {rank} 낮은 {column} {figure}", "The {rank} lowest {column} in {name} is {figure}"),
    "max_rank": (
        "{name}: {rank} 높은 {column} {figure}",
        "The {rank} highest {column} in {name} is {figure}",
    ),
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
    "min_rank": (
        "{name}: {rank} 이른 {column} {figure}",
        "The {rank} earliest {column} in {name} is {figure}",
    ),
    "max_rank": ("{name}: {rank} 늦은 {column} {figure}", "The {rank} latest {column} in {name} is {figure}"),
}
_GROUPED: _Words = {
    "min": ("{name}: {by}별 가장 낮은 {column}", "The lowest {column} in {name} by {by}"),
    "max": ("{name}: {by}별 가장 높은 {column}", "The highest {column} in {name} by {by}"),
    "sum": ("{name}: {by}별 {column} 합계", "The sum of {column} in {name} by {by}"),
    "average": ("{name}: {by}별 {column} 평균", "The average of {column} in {name} by {by}"),
    "median": ("{name}: {by}별 {column} 중앙값", "The median of {column} in {name} by {by}"),
    "count": ("{name}: {by}별 행의 수", "The rows of {name} by {by}"),
}
_RANKS: _Words = {
    "2": ("두 번째로", "second"), "3": ("세 번째로", "third"), "4": ("네 번째로", "fourth"), "5": ("다섯 번째로", "fifth"),
}  # fmt: skip
_UNCLEAR: _Words = {
    "which_column": (
        "어느 열을 계산할지 알 수 없어 계산하지 않았습니다. 열 이름을 넣어 다시 물어보세요: {columns}",
        "Nothing was computed, because it is not clear of which column. Ask again with its name: {columns}",
    ),
    "no_figures": (
        "{column} 열에서 같은 단위의 숫자로 읽을 수 있는 칸이 너무 적어 계산하지 않았습니다.",
        "Nothing was computed, because too few cells of {column} are figures in one unit.",
    ),
    "weight": (
        "무게가 적힌 열이 하나로 정해지지 않아 계산하지 않았습니다. 숫자가 있는 열: {columns}",
        "Nothing was computed, because no one column tells a weight. Columns of figures: {columns}",
    ),
    "length": (
        "길이나 기간이 적힌 열이 하나로 정해지지 않아 계산하지 않았습니다. 숫자가 있는 열: {columns}",
        "Nothing was computed, because no one column tells a length. Columns of figures: {columns}",
    ),
    "grouping": (
        "{column}별로 나누어 몇 번째인지, 또는 몇 개인지는 계산하지 않았습니다.",
        "Nothing was computed, because several rows, or a rank, are not chosen for each {column}.",
    ),
    "which_date": (
        "어느 날짜 열을 말하는지 알 수 없어 계산하지 않았습니다. 열 이름을 넣어 다시 물어보세요: {columns}",
        "Nothing was computed, because it is not clear which dates are meant. Ask again with the name of a column: {columns}",
    ),
    "which_year": (
        "“{said}”의 연도를 알 수 없어 계산하지 않았습니다. {column} 열에 여러 해의 날짜가 있으니 연도를 넣어 다시 물어보세요.",
        "Nothing was computed, because “{said}” names no year and {column} has dates of several. Ask again with the year.",
    ),
    "whole": (
        "{column} 열에는 날짜가 하루 단위로 적혀 있지 않아 계산하지 않았습니다. 달이나 해로 다시 물어보세요.",
        "Nothing was computed, because {column} has no days. Ask again with a month or a year.",
    ),
    "days": (
        "{column} 열의 날짜를 읽을 수 없어 계산하지 않았습니다. 날과 달 가운데 무엇이 먼저인지 알 수 없는 날짜가 있습니다.",
        "Nothing was computed, because the dates of {column} cannot be read: whether the day or the month comes first is not clear.",
    ),
    "currency": (
        "{column} 열의 통화나 단위가 질문과 같은지 알 수 없어 계산하지 않았습니다.",
        "Nothing was computed, because the currency or the unit of {column} is not that of the question.",
    ),
}
_SAID: _Words = {
    "among": ("행 {count}개 가운데", "among {count} rows"),
    "among_one": ("행 1개 가운데", "the only row"),
    "over": ("행 {count}개", "over {count} rows"),
    "where": ("조건: {conditions}", "Only rows with {conditions}"),
    "contains": ("“{terms}” 포함", "“{terms}” in them"),
    "totals": ("합계 행 {count}개는 뺐습니다", "Rows of totals left out: {count}"),
    "unread": ("숫자가 아닌 칸 {count}개는 뺐습니다", "Cells without a figure left out: {count}"),
    "empty": (
        "{columns} 칸이 비어 있어 뺀 행 {count}개",
        "Rows left out, because the table does not say their {columns}: {count}",
    ),
    "group": ("{cell}: {figure} (행 {count}개)", "{cell}: {figure} ({count} rows)"),
    "group_of_one": ("{cell}: {figure} (행 1개)", "{cell}: {figure} (1 row)"),
    "group_counted": ("{cell}: 행 {count}개", "{cell}: {count} rows"),
    "group_of_one_counted": ("{cell}: 행 1개", "{cell}: 1 row"),
    "no_cell": ("(빈 칸)", "(empty)"),
    "day": ("{column}의 날짜", "day of {column}"),
    "month": ("{column}의 월", "month of {column}"),
    "quarter": ("{column}의 분기", "quarter of {column}"),
    "year": ("{column}의 연도", "year of {column}"),
    "best_max": ("가장 높은 것은 {groups}.", "The highest is {groups}."),
    "best_min": ("가장 낮은 것은 {groups}.", "The lowest is {groups}."),
    "in_stock": (
        "{name}: {row}의 재고가 있습니다 ({column} {figure}).",
        "{name}: {row} is in stock ({column}: {figure}).",
    ),
    "no_stock": (
        "{name}: {row}의 재고가 없습니다 ({column} {figure}).",
        "{name}: {row} is not in stock ({column}: {figure}).",
    ),
    "stock_unknown": (
        "{name}: {row}의 {column} 칸이 비어 있어 재고가 있는지 알 수 없습니다. 빈칸은 0이라는 뜻이 아닙니다.",
        "{name}: whether {row} is in stock is not known, because its {column} is empty. An empty cell does not mean zero.",
    ),
    "more_groups": ("그 밖의 {by} {count}개", "Further cells of {by}: {count}"),
    "left_out": (
        "그 기간에 든 행 {count}개는 넣지 않았습니다",
        "Rows within that very period, which were not taken: {count}",
    ),
    "more": ("그 밖의 행 {count}개", "Further rows: {count}"),
    "stated": ("표에 적힌 단위로 읽었습니다: {unit}", "Read in the unit that the table states: {unit}"),
    "no_currency": (
        "{column}: 표에 통화가 적혀 있지 않습니다",
        "The table does not say the currency of {column}",
    ),
    "several": (
        "이 질문에 맞는 표가 {count}개라서 각각 계산했습니다.",
        "{count} tables fit this question, and each was computed by itself.",
    ),
    "others": (
        "이 질문에 맞는 표가 더 있는 문서: {names}",
        "Further documents with a table that fits: {names}",
    ),
}
_AMONG = {
    # whether one row is chosen, whether there is but one
    (True, True): "among_one", (True, False): "among", (False, True): "over", (False, False): "over",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Computed:
    """What was computed from ``documents``, as text with [n], and the passages that it cites under their numbers."""

    documents: tuple[str, ...]
    operation: Operation | Literal["unclear"]
    text: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class ComputedTable:
    """One table of ``document`` and what was computed of it."""

    document: str
    table: Table
    plan: Plan
    result: Result

    @property
    def listed(self) -> tuple[int, ...]:
        """The rows that are quoted; none of a figure over many rows, which cites their passages."""
        if self.result.groups:
            return ()
        if not self.result.rows:
            return self.result.aside
        most = self.most
        wants_rows = self.plan.wanted.operation in ("min", "max", *ROWS)
        return self.result.rows[:most] if wants_rows or len(self.result.rows) <= most else ()

    @property
    def most(self) -> int:
        return _MOST_LISTED if self.plan.wanted.operation in ROWS else _LISTED

    @property
    def shown(self) -> list[Row]:
        """Where the rows stand that it comes from."""
        return [(self.document, self.table.spans[row]) for row in self.listed or self.result.rows]


def computed(view: View, question: str, found: Sequence[ComputedTable], more: Sequence[str] = ()) -> Computed:
    """The answer: what was computed of each table, by itself.

    Args:
        more: documents that have a table for this too.
    """
    say = Say(question)
    rows = [row for each in found for row in each.shown]
    cited = cite_rows(view, question, rows, sum(each.most if each.listed else MOST_CITED for each in found))
    names = _names_of(found, cited)
    paragraphs, place = [], 0
    if len(found) > 1:
        paragraphs.append(say("several", count=len(found)))
    for each, name in zip(found, names, strict=True):
        paragraphs += _told(say, name, each, cited, place)
        place += len(each.shown)
    if more:
        paragraphs.append(say("others", names=", ".join(PurePosixPath(uri).name for uri in more)))
    documents = tuple(dict.fromkeys(each.document for each in found))
    return Computed(documents, found[0].plan.wanted.operation, "\n\n".join(paragraphs), cited.sources)


def not_computed(view: View, question: str, document: str, table: Table, why: Unclear) -> Computed:
    """Why ``table`` was not computed, and its first rows."""
    say = Say(question)
    rows = [(document, span) for span in table.spans[:_LISTED]]
    cited = cite_rows(view, question, rows, _LISTED)
    head = f"{PurePosixPath(document).name}: {say.of(_UNCLEAR, why.reason, **dict(why.values))}"
    quoted = [
        f"{cited.quoted(at, row)} [{cited.numbers[at]}]" for at, row in enumerate(rows) if cited.numbers[at]
    ]
    more = [say("more", count=len(table.spans) - len(rows))] if len(table.spans) > len(rows) else []
    return Computed((document,), "unclear", "\n\n".join([head, *quoted, *more]), cited.sources)


def _names_of(found: Sequence[ComputedTable], cited: CitedRows) -> list[str]:
    """The file of each table; where several are of one file, with the heading above the table, or its number there."""
    names, place = [], 0
    files = [each.document for each in found]
    for at, each in enumerate(found):
        name = PurePosixPath(each.document).name
        number = next((n for n in cited.numbers[place : place + len(each.shown)] if n), None)
        place += len(each.shown)
        if files.count(each.document) > 1:
            heading = cited.sources[number - 1].candidate.heading if number else ()
            name += f" › {heading[-1]}" if heading else f" ({files[: at + 1].count(each.document)})"
        names.append(name)
    return names


def _told(say: Say, name: str, each: ComputedTable, cited: CitedRows, place: int) -> list[str]:
    """What was computed of a table, its rows, and what is to be known of it.

    Args:
        place: of its first row among all that ``cited`` has.
    """
    result, table, listed = each.result, each.table, each.listed
    state = _stock_of_one(say, name, each)
    head = state or _head(say, name, each)
    numbers = range(place, place + len(each.shown))
    if not listed:
        marks = dict.fromkeys(f"[{n}]" for at in numbers if (n := cited.numbers[at]))
        head = " ".join(filter(None, (head, "".join(marks))))
    rows = [
        f"{cited.quoted(at, row)} [{cited.numbers[at]}]"
        for at, row in zip(numbers, each.shown, strict=True)
        if listed and cited.numbers[at]
    ]
    rows += _groups_told(say, each)
    further = max(0, len(result.rows) - len(listed)) if listed else 0
    counted = (
        ("more", further),
        ("totals", table.totals),
        ("unread", result.unread),
        ("left_out", result.left_out),
    )
    remarks = [say(key, count=count) for key, count in counted if count]
    columns = [
        table.columns[i] for i in dict.fromkeys([*each.plan.measures, *(v.column for v in each.plan.values)])
    ]
    if len(listed) == 1 and not state:
        names = [column.name for column in table.columns]
        remarks.append(said_empty(names, table.cells[listed[0]], say.question, is_chosen=True))
    if result.empty and not state:
        remarks.append(say("empty", columns=", ".join(c.name for c in columns), count=result.empty))
    stated = dict.fromkeys(column.stated for column in columns if column.stated)
    remarks += [say("stated", unit=unit) for unit in stated]
    remarks += [
        say("no_currency", column=table.columns[v.column].name) for v in each.plan.values if v.other_unit
    ]
    return [head, *rows, *filter(None, remarks)]


def _stock_of_one(say: Say, name: str, each: ComputedTable) -> str:
    """Whether the one row that a question names is in stock: "is the lamp in stock?"; empty for all other questions."""
    table, found = each.table, each.plan
    named = [held.equals for held in found.rows if held.column is not None]
    held = [v for v in found.values if v.value == 0 and says(table.columns[v.column], "stock")]
    if len(each.listed) != 1 or not named or len(found.rows) != len(named) or len(found.values) != len(held):
        return ""
    if len(held) != 1 or not names_one_row(table, found):
        return ""
    column, cell = table.columns[held[0].column], table.cells[each.listed[0]][held[0].column].strip()
    value = column.values[each.listed[0]]
    known = value if isinstance(value, Decimal) and value >= 0 else None
    if cell and known is None:
        return ""
    key = "stock_unknown" if known is None else "in_stock" if known else "no_stock"
    figure = figure_in(known, column) if known is not None else ""
    return say(key, name=name, row=in_parentheses(named[0]), column=column.name, figure=figure)


def _head(say: Say, name: str, each: ComputedTable) -> str:
    """The figure in a sentence, then over how many rows and under which conditions."""
    table, found, result, asked = each.table, each.plan, each.result, each.plan.wanted
    columns = [table.columns[i] for i in found.measures]
    if result.groups and found.by is not None:
        names = ", ".join(column.name for column in columns)
        by = _by(say, each)
        said = say.of(_GROUPED, asked.operation, name=name, by=by, column=names)
        over = say(_AMONG[False, result.among == 1], count=f"{result.among:,}")
        told = _with_conditions(say, f"{said} ({over})", each)
        best = best_groups(table, found, result)
        figures = [_group_told(say, each, group) for group in best]
        return f"{told} {say(f'best_{found.by.best}', groups=', '.join(figures))}" if best else told
    words = _DATES if columns and columns[0].kind == "date" else _FIGURES
    if asked.operation in ("count", *ROWS):
        by = columns[0].name if columns else ""
        is_one = result.among == 1 and not columns
        key = f"{asked.operation}_one" if is_one else asked.operation
        said = say.of(words, key, name=name, figure=f"{result.among:,}", column=by)
    else:
        first, *others = (figure_in(f, c) for f, c in zip(result.figures, columns, strict=True))
        key = f"{asked.operation}_rank" if asked.rank > 1 else asked.operation
        rank = say.of(_RANKS, str(asked.rank)) if asked.rank > 1 else ""
        said = say.of(words, key, name=name, column=columns[0].name, figure=first, rank=rank)
        said += "".join(f", {c.name} {figure}" for c, figure in zip(columns[1:], others, strict=True))
        said += f" ({say(_AMONG[asked.operation in ('min', 'max'), result.among == 1], count=f'{result.among:,}')})"
    return _with_conditions(say, said, each)


def _with_conditions(say: Say, said: str, each: ComputedTable) -> str:
    table, found = each.table, each.plan
    conditions = [
        f"{table.columns[held.column].name}: {held.equals}"
        if held.column is not None
        else say("contains", terms=" ".join(held.words))
        for held in found.rows
    ] + [
        f"{table.columns[b.column].name} {b.comparison} {figure_in(b.value, table.columns[b.column])}"
        for b in found.values
    ]
    return f"{said}. {say('where', conditions=', '.join(conditions))}." if conditions else f"{said}."


def _groups_told(say: Say, each: ComputedTable) -> list[str]:
    """The figure of each group, in one paragraph; the last line says how many are not told."""
    groups = each.result.groups
    if not groups or each.plan.by is None:
        return []
    lines = [f"- {_group_told(say, each, group)}" for group in groups[:MOST_GROUPS]]
    further = len(groups) - MOST_GROUPS
    more = [say("more_groups", by=_by(say, each), count=further)] if further > 0 else []
    return ["\n".join(lines), *more]


def _group_told(say: Say, each: ComputedTable, group: Group) -> str:
    """ "2025-03: 93,000원 (행 3개)"."""
    columns = [each.table.columns[i] for i in each.plan.measures]
    figures = ", ".join(figure_in(f, c) for f, c in zip(group.figures, columns, strict=True))
    key = ("group_of_one" if group.count == 1 else "group") + ("" if columns else "_counted")
    cell = shortened(in_parentheses(group.cell), _LONGEST_CELL) or say("no_cell")
    return say(key, cell=cell, figure=figures, count=f"{group.count:,}")


def _by(say: Say, each: ComputedTable) -> str:
    """What the groups are: the name of a column, "month of Order date"."""
    by = each.plan.by
    if by is None:
        return ""
    column = each.table.columns[by.column]
    is_itself = not by.unit or (by.unit == "month" and column.unit == MONTH)
    return column.name if is_itself else say(by.unit, column=column.name)


class Say:
    """Words in the language of the question."""

    def __init__(self, question: str) -> None:
        self.question = question
        self._language = language_of(question)

    def __call__(self, key: str, **values: object) -> str:
        return self.of(_SAID, key, **values)

    def of(self, words: _Words, key: str, **values: object) -> str:
        return worded(words, key, self._language, **values)


def figure_in(value: Decimal | date, column: Column) -> str:
    """A value as it is told: digits in groups of three, with the unit of its column; a date as ISO 8601 has it."""
    if isinstance(value, date):
        return value.isoformat()[:7] if column.unit == MONTH else value.isoformat()
    number = f"{value:f}" if is_year(column) else f"{value:,f}"
    if "." in number and value == value.to_integral_value():
        number = number.partition(".")[0]
    if column.unit in SIGNS:
        return f"{column.unit}{number}"
    return (
        f"{number} {column.unit}" if column.unit.isascii() and column.unit.isalpha() else number + column.unit
    )
