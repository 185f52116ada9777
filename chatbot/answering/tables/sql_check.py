"""A SELECT as the database has parsed it -> whether it may run.

A language model writes the statement, and a cell of a document may have told it what to write. So it is not searched
for what is forbidden: every part of the tree must be one that is known here. What is not is refused, in one sentence
that the model is shown for its second try.

    check(tree, tables, known)  # raises StatementRefused

``tree`` is what ``json_serialize_sql`` of DuckDB 2 gives for one statement.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Tree = Mapping[str, Any]
Tables = Mapping[str, Sequence[str]]  # name -> names of its columns
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
AGGREGATES = {
    "sum", "avg", "mean", "min", "max", "count", "count_star", "median", "mode", "stddev", "stddev_pop", "stddev_samp", "variance", "var_pop",
    "var_samp", "arg_max", "arg_min", "max_by", "min_by", "any_value", "first", "last", "string_agg", "group_concat",
}  # fmt: skip
_FUNCTIONS = AGGREGATES | {
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


def check(tree: Tree, tables: Tables, known: Known) -> None:
    """Raises unless ``tree`` only reads from ``tables`` and says nothing of its own.

    Args:
        tree: ``{"node": ...}``.
        known: whether a text that the statement would give out as a value stands in the question or in a cell.

    Raises:
        StatementRefused: it does something else.
    """
    parts = list(parts_of(tree))
    named = named_in(tree)
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


def parts_of(tree: Tree) -> Iterator[Tree]:
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


def named_in(tree: Tree) -> set[str]:
    """The names that the statement itself gives to results, lower case."""
    maps = (part["cte_map"].get("map", ()) for part in parts_of(tree) if "cte_map" in part)
    return {str(entry.get("key", "")).lower() for entries in maps for entry in entries}


def _check_part(part: Tree, tables: Tables, named: set[str]) -> bool:
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


def _check_values(expression: Any, tables: Tables, known: Known) -> None:
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


def _plainly(kind: str) -> str:
    """ "TABLE_FUNCTION" as it is said to a model: "a table function"."""
    return f"{kind.lower().replace('_', ' ')}"
