"""A SELECT as the database has parsed it -> whether it may run, and the statement that gives the rows behind it.

A language model writes the statement, and a cell of a document may have told it what to write. So it is not searched
for what is forbidden: every part of the tree must be one that is known here. What is not is refused, in one sentence
that the model is shown for its second try.

    checked(tree, tables, said) -> Checked(...)

``tree`` is what ``json_serialize_sql`` of DuckDB 2 gives for one statement.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Tree = Mapping[str, Any]
Known = Callable[[str], bool]  # whether a text stands in the question, or in a cell

MOST_PARTS = 2000  # of a tree
MOST_READ = 6  # times that tables are named in it: each one more multiplies the rows of a join

_NODES = {"SELECT_NODE", "SET_OPERATION_NODE"}
_FROM = {"BASE_TABLE", "SUBQUERY", "JOIN", "EMPTY"}
_OTHERS = {
    "ORDER_MODIFIER", "LIMIT_MODIFIER", "DISTINCT_MODIFIER", "ORDER_DEFAULT", "ASCENDING", "DESCENDING",
}  # fmt: skip
_CLASSES = {
    "COLUMN_REF", "CONSTANT", "FUNCTION", "COMPARISON", "CONJUNCTION", "OPERATOR", "CASE", "CAST", "SUBQUERY", "STAR",
    "BETWEEN", "WINDOW", "TYPE",
}  # fmt: skip
_AGGREGATES = {
    "sum", "avg", "mean", "min", "max", "count", "count_star", "median", "mode", "stddev", "stddev_pop", "stddev_samp", "variance", "var_pop",
    "var_samp", "arg_max", "arg_min", "max_by", "min_by", "any_value", "first", "last", "string_agg", "group_concat",
}  # fmt: skip
_FUNCTIONS = _AGGREGATES | {
    "+", "-", "*", "/", "//", "%", "||", "~~", "!~~", "~~*", "!~~*", "abs", "round", "floor", "ceil", "ceiling", "trunc", "greatest", "least",
    "lower", "upper", "trim", "ltrim", "rtrim", "length", "substr", "substring", "left", "right", "contains", "starts_with", "ends_with",
    "prefix", "suffix", "concat", "coalesce", "nullif", "ifnull", "year", "quarter", "month", "day", "week", "dayofweek", "date_part", "datepart",
    "date_trunc", "datetrunc", "date_diff", "datediff", "strftime", "like_escape", "not_like_escape", "ilike_escape", "not_ilike_escape",
    "row_number", "rank", "dense_rank", "lag", "lead", "first_value", "last_value",
}  # fmt: skip
_TYPES = {
    "int", "integer", "bigint", "hugeint", "decimal", "numeric", "double", "double precision", "float", "real", "text", "varchar", "string",
    "char", "date", "boolean", "bool",
}  # fmt: skip
_OF_DATES = {"date_part", "datepart", "date_trunc", "datetrunc", "date_diff", "datediff", "strftime"}
_COUNTS = {"count", "count_star", "row_number", "rank", "dense_rank"}
_CONDITIONS = {"COMPARISON", "BETWEEN", "CONJUNCTION"}
_SMALL = 12  # months of a year; a whole number up to it counts quarters, decimals and places
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_POWER_OF_TEN = re.compile(r"10+(?:\.0+)?")


class StatementRefused(ValueError):
    """Why a statement may not run, as a sentence for the model."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A column of the result: which column of the table it shows, and what of it; -1 and empty: something else.

    ``by``: the aggregate that was taken of the column; empty: the column itself.
    """

    of: int = -1
    by: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """A statement that may run.

    Attributes:
        tree: of the statement to run: with the row number as a last column where ``numbered``.
        numbered: the table whose rows the result's rows are; empty: they are computed from several.
        behind: ``(table, tree)``: statements that give the numbers of the rows that were read.
        whole: tables of which nobody can say which rows were read: all of them count.
        shown: one for each column of the result; empty where that is not known.
    """

    tree: Tree
    numbered: str
    behind: tuple[tuple[str, Tree], ...]
    whole: tuple[str, ...]
    shown: tuple[Shown, ...]


def checked(tree: Tree, tables: Mapping[str, Sequence[str]], known: Known) -> Checked:
    """``tree`` if it only reads from ``tables`` and says nothing of its own.

    Args:
        tree: ``{"node": ...}``.
        tables: name -> names of its columns.
        known: whether a text that the statement would give out as a value stands in the question or in a cell.

    Raises:
        StatementRefused: it does something else.
    """
    parts = list(_parts(tree))
    named = {name.lower() for part in parts if "cte_map" in part for name in _ctes(part)}
    read = [_check_part(part, tables, named) for part in parts]
    count = sum(read)
    if count == 0:
        raise StatementRefused("the statement reads no table: every figure must come from the tables")
    if count > MOST_READ:
        raise StatementRefused(f"the statement names tables {count} times; at most {MOST_READ} are allowed")
    selects = [part for part in parts if part.get("type") == "SELECT_NODE"]
    only_asked = {
        id(part["subquery"]["node"])
        for part in parts
        if part.get("subquery_type") in ("EXISTS", "NOT_EXISTS")
    }
    for select in selects:
        if id(select) not in only_asked:
            for expression in select["select_list"]:
                _check_values(expression, tables, known)
    return _read(tree, selects, tables, named)


def _parts(tree: Tree) -> Iterator[Tree]:
    """Every object of the tree, the outer ones first."""
    waiting: list[Any] = [tree]
    count = 0
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting += reversed(part)
        elif isinstance(part, dict):
            count += 1
            if count > MOST_PARTS:
                raise StatementRefused("the statement is too long: write a simpler one")
            yield part
            waiting += reversed(list(part.values()))


def _ctes(select: Tree) -> Iterator[str]:
    for entry in select["cte_map"].get("map", ()):
        yield str(entry.get("key", ""))


def _check_part(part: Tree, tables: Mapping[str, Sequence[str]], named: set[str]) -> bool:
    """Whether ``part`` reads one of ``tables``. Raises where it is nothing that is known."""
    kind, expression = part.get("type"), part.get("class")
    if expression is not None:
        _check_expression(part)
    elif isinstance(kind, str) and kind not in _NODES | _FROM | _OTHERS:
        raise StatementRefused(f"{_plainly(kind)} is not allowed: write a plain SELECT")
    if part.get("sample") or part.get("at_clause"):
        raise StatementRefused("no samples are taken: every row counts")
    if kind != "BASE_TABLE":
        return False
    name = str(part.get("table_name", ""))
    if part.get("schema_name") or part.get("catalog_name"):
        raise StatementRefused("only the tables that were given may be read, by their plain names")
    if name.lower() in named and name not in tables:
        return False
    if name not in tables:
        raise StatementRefused(f"there is no table {name[:40]!r}; there are: {', '.join(tables)}")
    return True


def _check_expression(part: Tree) -> None:
    kind = str(part["class"])
    if kind not in _CLASSES:
        raise StatementRefused(f"{_plainly(kind)} is not allowed in the statement")
    if kind == "TYPE" and str(part.get("type_name", "")).lower() not in _TYPES:
        raise StatementRefused(f"the type {str(part.get('type_name', ''))[:40]} is not allowed")
    if kind == "STAR" and part.get("columns"):
        raise StatementRefused("COLUMNS() is not allowed: name the columns")
    if kind in ("FUNCTION", "WINDOW"):
        name = str(part.get("function_name", "")).lower()
        if name not in _FUNCTIONS or part.get("schema") or part.get("catalog"):
            raise StatementRefused(f"the function {name[:40]} is not allowed")


def _check_values(expression: Any, tables: Mapping[str, Sequence[str]], known: Known) -> None:
    """Raises where a result would hold a figure or a text that the model made up; what it compares with is its own."""
    names = {name.lower() for columns in tables.values() for name in columns}
    waiting: list[Any] = [expression]
    reads = False
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting += part
            continue
        if not isinstance(part, dict) or part.get("class") in _CONDITIONS:
            reads = reads or isinstance(part, dict)
            continue
        kind = part.get("class")
        reads = reads or kind in ("COLUMN_REF", "STAR", "SUBQUERY") or _is_count(part)
        if kind == "SUBQUERY" or (
            kind == "OPERATOR" and str(part.get("type")) in ("COMPARE_IN", "COMPARE_NOT_IN")
        ):
            continue
        if kind == "CONSTANT":
            literal = part.get("literal") or {}
            _check_literal(str(literal.get("kind", "")), str(literal.get("text", "")), names, known)
        reads = reads or "when_expr" in part
        formats = kind == "FUNCTION" and str(part.get("function_name", "")).lower() in _OF_DATES
        for key, value in part.items():
            if key in ("filter", "when_expr", "type_expr") or (formats and _is_text(value)):
                continue
            waiting += (
                [entry for entry in value if not (formats and _is_text(entry))]
                if isinstance(value, list)
                else [value]
            )
    if not reads:
        raise StatementRefused("every column of the result must come from the tables, none may be a constant")


def _is_count(part: Tree) -> bool:
    return str(part.get("function_name", "")).lower() in _COUNTS


def _is_text(part: Any) -> bool:
    """Whether it is a text, alone or as the argument of a function."""
    if not isinstance(part, dict):
        return False
    inner = part.get("expression", part)
    return (
        isinstance(inner, dict)
        and inner.get("class") == "CONSTANT"
        and (inner.get("literal") or {}).get("kind") == "STRING"
    )


def _check_literal(kind: str, text: str, names: set[str], known: Known) -> None:
    if kind == "STRING":
        if any(character.isalnum() for character in text) and text.lower() not in names and not known(text):
            raise StatementRefused(f"the text {text[:40]!r} stands neither in the question nor in the tables")
    elif kind not in ("BOOLEAN", "NULL_LITERAL"):
        small = text.isdecimal() and len(text) <= 2 and int(text) <= _SMALL
        if not (small or _POWER_OF_TEN.fullmatch(text) or (_NUMBER.fullmatch(text) and known(text))):
            raise StatementRefused(f"the figure {text[:40]} stands neither in the question nor in the tables")


def _read(
    tree: Tree, selects: Sequence[Tree], tables: Mapping[str, Sequence[str]], named: set[str]
) -> Checked:
    """How to find the rows that the statement reads."""
    top = tree["node"]
    if top.get("type") == "SELECT_NODE" and _is_plain(top, tables, named):
        name = top["from_table"]["table_name"]
        numbered = copy.deepcopy(dict(tree))
        numbered["node"]["select_list"].append(_row_number(top["from_table"]))
        behind = tuple(_behind(select, tables, named) for select in selects if select is not top)
        return Checked(numbered, name, *_split(behind), _shown(top, tables))
    behind = tuple(_behind(select, tables, named) for select in selects)
    single = top.get("type") == "SELECT_NODE" and _of_one(top, tables, named)
    return Checked(tree, "", *_split(behind), _shown(top, tables) if single else ())


def _split(
    behind: Sequence[list[tuple[str, Tree | None]]],
) -> tuple[tuple[tuple[str, Tree], ...], tuple[str, ...]]:
    every = [entry for entries in behind for entry in entries]
    known = tuple((name, tree) for name, tree in every if tree is not None)
    return known, tuple(dict.fromkeys(name for name, tree in every if tree is None))


def _behind(
    select: Tree, tables: Mapping[str, Sequence[str]], named: set[str]
) -> list[tuple[str, Tree | None]]:
    """The tables that ``select`` reads, each with the statement that numbers the rows that it lets through."""
    if not _of_one(select, tables, named):
        return [
            (str(part["table_name"]), None) for part in _parts({"from": select.get("from_table")})
            if part.get("type") == "BASE_TABLE" and part["table_name"] in tables
        ]  # fmt: skip
    source = select["from_table"]
    rows = {
        **copy.deepcopy(dict(select)), "select_list": [_row_number(source)], "modifiers": [], "group_expressions": [], "group_sets": [],
        "having": None, "qualify": None, "aggregate_handling": "STANDARD_HANDLING", "cte_map": {"map": []},
    }  # fmt: skip
    return [(str(source["table_name"]), {"node": rows})]


def _of_one(select: Tree, tables: Mapping[str, Sequence[str]], named: set[str]) -> bool:
    """Whether it reads one table, and no result of another statement."""
    source = select.get("from_table") or {}
    return (
        source.get("type") == "BASE_TABLE"
        and source["table_name"] in tables
        and source["table_name"].lower() not in named
    )


def _is_plain(select: Tree, tables: Mapping[str, Sequence[str]], named: set[str]) -> bool:
    """Whether each row of the result is a row of one table: nothing is grouped, and nothing left out as the same."""
    distinct = any(modifier.get("type") == "DISTINCT_MODIFIER" for modifier in select.get("modifiers", ()))
    grouped = (
        select.get("group_expressions")
        or select.get("having")
        or select.get("aggregate_handling") != "STANDARD_HANDLING"
    )
    return (
        _of_one(select, tables, named)
        and not distinct
        and not grouped
        and not any(map(_aggregates, select["select_list"]))
    )


def _aggregates(expression: Tree) -> bool:
    """Whether an aggregate stands in it, outside of subqueries and windows."""
    waiting: list[Any] = [expression]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting += part
        elif isinstance(part, dict) and part.get("class") not in ("SUBQUERY", "WINDOW"):
            if part.get("class") == "FUNCTION" and str(part.get("function_name", "")).lower() in _AGGREGATES:
                return True
            waiting += part.values()
    return False


def _row_number(source: Tree) -> dict[str, Any]:
    names = [source.get("alias") or source["table_name"], "rowid"]
    return {"class": "COLUMN_REF", "type": "COLUMN_REF", "alias": "", "column_names": names}


def _shown(select: Tree, tables: Mapping[str, Sequence[str]]) -> tuple[Shown, ...]:
    columns = [name.lower() for name in tables[select["from_table"]["table_name"]]]
    shown: list[Shown] = []
    for expression in select["select_list"]:
        if expression.get("class") == "STAR":
            if any(
                expression.get(key)
                for key in ("exclude_list", "replace_list", "rename_list", "expr", "qualified_exclude_list")
            ):
                return ()
            shown += [Shown(place) for place in range(len(columns))]
        else:
            shown.append(_of_column(expression, columns))
    return tuple(shown)


def _of_column(expression: Tree, columns: Sequence[str]) -> Shown:
    by = ""
    if expression.get("class") == "FUNCTION" and not expression.get("is_operator"):
        by = str(expression["function_name"]).lower()
        arguments = expression.get("arguments", ())
        if by not in ("sum", "avg", "mean", "min", "max", "median") or len(arguments) != 1:
            return Shown()
        expression = arguments[0]["expression"]
    if expression.get("class") != "COLUMN_REF":
        return Shown()
    name = str(expression["column_names"][-1]).lower()
    return Shown(columns.index(name), by) if name in columns else Shown()


def _plainly(kind: str) -> str:
    """ "TABLE_FUNCTION" as it is said to a model: "a table function"."""
    return f"{kind.lower().replace('_', ' ')}"
