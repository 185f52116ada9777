"""A SELECT that may run -> the statement that is run, and those that give the numbers of the rows behind it.

    SELECT "Store" FROM t1 WHERE ...       -> SELECT "Store", t1.rowid FROM t1 WHERE ...
    SELECT sum("Revenue") FROM t1 WHERE .. -> the same, and SELECT t1.rowid FROM t1 WHERE ...

Works on the tree that ``sql_check`` has let pass.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chatbot.answering.tables.sql_check import AGGREGATES, Tables, Tree, named_in, parts_of


@dataclass(frozen=True, slots=True)
class Shown:
    """A column of the result: which column of the table it shows, and what of it; -1 and empty: something else.

    ``by``: the aggregate that was taken of the column; empty: the column itself.
    """

    of: int = -1
    by: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
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


def reading_of(tree: Tree, tables: Tables) -> Reading:
    """How to run a statement that was checked, and how to find the rows that it reads."""
    named, top = named_in(tree), tree["node"]
    selects = [part for part in parts_of(tree) if part.get("type") == "SELECT_NODE"]
    if top.get("type") == "SELECT_NODE" and _is_plain(top, tables, named):
        name = top["from_table"]["table_name"]
        numbered = copy.deepcopy(dict(tree))
        numbered["node"]["select_list"].append(_row_number(top["from_table"]))
        behind = tuple(_behind(select, tables, named) for select in selects if select is not top)
        return Reading(numbered, name, *_split(behind), _shown(top, tables))
    behind = tuple(_behind(select, tables, named) for select in selects)
    single = top.get("type") == "SELECT_NODE" and _of_one(top, tables, named)
    return Reading(tree, "", *_split(behind), _shown(top, tables) if single else ())


def _split(
    behind: Sequence[list[tuple[str, Tree | None]]],
) -> tuple[tuple[tuple[str, Tree], ...], tuple[str, ...]]:
    every = [entry for entries in behind for entry in entries]
    known = tuple((name, tree) for name, tree in every if tree is not None)
    return known, tuple(dict.fromkeys(name for name, tree in every if tree is None))


def _behind(select: Tree, tables: Tables, named: set[str]) -> list[tuple[str, Tree | None]]:
    """The tables that ``select`` reads, each with the statement that numbers the rows that it lets through."""
    if not _of_one(select, tables, named):
        return [
            (str(part["table_name"]), None) for part in parts_of({"from": select.get("from_table")})
            if part.get("type") == "BASE_TABLE" and part["table_name"] in tables
        ]  # fmt: skip
    source = select["from_table"]
    rows = {
        **copy.deepcopy(dict(select)), "select_list": [_row_number(source)], "modifiers": [], "group_expressions": [], "group_sets": [],
        "having": None, "qualify": None, "aggregate_handling": "STANDARD_HANDLING", "cte_map": {"map": []},
    }  # fmt: skip
    return [(str(source["table_name"]), {"node": rows})]


def _of_one(select: Tree, tables: Tables, named: set[str]) -> bool:
    """Whether it reads one table, and no result of another statement."""
    source = select.get("from_table") or {}
    return (
        source.get("type") == "BASE_TABLE"
        and source["table_name"] in tables
        and source["table_name"].lower() not in named
    )


def _is_plain(select: Tree, tables: Tables, named: set[str]) -> bool:
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
            if part.get("class") == "FUNCTION" and str(part.get("function_name", "")).lower() in AGGREGATES:
                return True
            waiting += part.values()
    return False


def _row_number(source: Tree) -> dict[str, Any]:
    names = [source.get("alias") or source["table_name"], "rowid"]
    return {"class": "COLUMN_REF", "type": "COLUMN_REF", "alias": "", "column_names": names}


def _shown(select: Tree, tables: Tables) -> tuple[Shown, ...]:
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
