"""The process that runs one statement: ``python -P -m chatbot.answering.tables.sql_worker`` reads a line, writes a line.

    {"tables", "statement", "question", "seconds", "memory"} -> {"columns", "rows", ...} | {"refused": sentence}

Three walls, because the statement is a stranger's. The tree of the statement must be known (``sql_check``). The
database, in memory, may open no file, load nothing and change no setting. And the process is told by the system that
it may open no file and no connection, write none, and use so much memory and time; it ends with its answer. Where
there are no such limits (Windows) the first two stand, and the parent ends it in time.
"""

from __future__ import annotations

import json
import os
import re
import sys
import threading
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import duckdb

from chatbot.answering.tables.sql_check import StatementRefused, Tree, check
from chatbot.answering.tables.sql_rows import Reading, reading_of
from chatbot.answering.tables.sql_tables import SEPARATOR

MOST_ROWS = 200  # of a result
MOST_NUMBERS = 20_000  # of rows behind it
LONGEST_CELL = 200  # characters
_FIGURES = re.compile(r"-?\d+(?:\.\d+)?")
_CONFIG = {
    "threads": "1", "autoload_known_extensions": "false", "autoinstall_known_extensions": "false", "allow_community_extensions": "false",
    "temp_directory": "", "preserve_insertion_order": "true",
}  # fmt: skip
_ADDRESS_SPACE = 1_500 * 2**20  # bytes besides the database's memory: Python, the library, its threads


def answer(request: Mapping[str, Any]) -> dict[str, Any]:
    """What came of the statement."""
    memory = int(request["memory"])
    with duckdb.connect(":memory:", config={**_CONFIG, "memory_limit": f"{memory}B"}) as database:
        tables = _filled(database, request["tables"])
        _locked(database, memory, float(request["seconds"]))
        timer = threading.Timer(float(request["seconds"]), database.interrupt)
        timer.daemon = True
        timer.start()
        try:
            tree = _tree(database, request["statement"])
            check(tree, tables, _known(request))
            return _result(database, reading_of(tree, tables))
        except StatementRefused as refusal:
            return {"refused": str(refusal)}
        except duckdb.InterruptException:
            return {"refused": f"the statement took longer than {request['seconds']:g} seconds and was ended"}
        except (duckdb.OutOfMemoryException, MemoryError):
            return {"refused": f"the statement needs more than {memory // 2**20} MB of memory and was ended"}
        except RecursionError:
            return {"refused": "the statement is too long: write a simpler one"}
        except (duckdb.Error, ValueError) as error:
            return {"refused": _first_lines(str(error))}
        finally:
            timer.cancel()


def _filled(database: duckdb.DuckDBPyConnection, tables: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Name -> columns. Every column comes as one text and is cut and read by the database, so figures are exact."""
    for table in tables:
        columns = table["columns"]
        cells = ", ".join(
            f"unnest(string_split(${i}, '{SEPARATOR}')) AS c{i}" for i, _ in enumerate(columns, 1)
        )
        typed = ", ".join(
            f"CAST(nullif(c{i}, '') AS {column['type']}) AS {_quoted(column['name'])}"
            for i, column in enumerate(columns, 1)
        )
        database.execute(
            f"CREATE TABLE {table['name']} AS SELECT {typed} FROM (SELECT {cells})",
            [column["cells"] for column in columns],
        )
    return {table["name"]: [column["name"] for column in table["columns"]] for table in tables}


def _locked(database: duckdb.DuckDBPyConnection, memory: int, seconds: float) -> None:
    """From here on nothing may be opened, written, or set."""
    database.execute("SET enable_progress_bar = false")
    database.execute("SET enable_external_access = false")
    database.execute("SET lock_configuration = true")
    database.execute(
        "SELECT json_serialize_sql('SELECT 1.5, DATE ''2025-01-01'''), 1.5, DATE '2025-01-01'"
    ).fetchall()
    try:
        import resource
    except ImportError:  # Windows
        return
    next_descriptor = os.dup(0)
    os.close(next_descriptor)
    limits = {
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: next_descriptor,  # what is open stays, and nothing can be opened
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: int(seconds) + 10,
        resource.RLIMIT_AS: memory + _ADDRESS_SPACE,
    }
    for limit, most in limits.items():
        resource.setrlimit(limit, (most, most))


def _tree(database: duckdb.DuckDBPyConnection, statement: str) -> Tree:
    """The one statement as a tree. Raises ``StatementRefused`` where there are several, or it is no SELECT."""
    row = database.execute("SELECT json_serialize_sql(?)", [statement]).fetchone()
    parsed: dict[str, Any] = json.loads(row[0]) if row else {}
    if parsed.get("error_type") == "not implemented":
        raise StatementRefused("only a SELECT statement may be run")
    if parsed.get("error"):
        raise StatementRefused(_first_lines(str(parsed.get("error_message", "the statement cannot be read"))))
    if len(parsed["statements"]) != 1:
        raise StatementRefused("one SELECT statement is wanted, not several")
    tree: Tree = parsed["statements"][0]
    return tree


def _known(request: Mapping[str, Any]) -> Callable[[str], bool]:
    """Whether a figure stands in the question, or a text in it or in a cell."""
    question = str(request["question"]).lower()
    figures = set(_FIGURES.findall(question.replace(",", "")))
    columns = [column["cells"] for table in request["tables"] for column in table["columns"]]

    def known(text: str) -> bool:
        if _FIGURES.fullmatch(text):
            return text in figures
        if text.lower() in question:
            return True
        return any(f"{SEPARATOR}{text}{SEPARATOR}" in f"{SEPARATOR}{cells}{SEPARATOR}" for cells in columns)

    return known


def _result(database: duckdb.DuckDBPyConnection, statement: Reading) -> dict[str, Any]:
    cursor = database.execute(_sql(database, statement.tree))
    names = [str(column[0]) for column in cursor.description or ()]
    rows = cursor.fetchmany(MOST_ROWS + 1)
    numbers: list[tuple[str, int]] = []
    if statement.numbered:
        names.pop()
        numbers = [(statement.numbered, row[-1]) for row in rows[:MOST_ROWS]]
        rows = [row[:-1] for row in rows]
    behind = {table: set[int]() for table in statement.whole}
    whole = set(statement.whole)
    for table, tree in statement.behind:
        behind.setdefault(table, set())
        try:
            found = database.execute(_sql(database, tree)).fetchmany(MOST_NUMBERS)
        except (duckdb.BinderException, duckdb.CatalogException):  # it depends on what stands around it
            whole.add(table)
        else:
            behind[table] |= {row[0] for row in found}
    return {
        "columns": names, "rows": [[_cell(value) for value in row] for row in rows[:MOST_ROWS]], "more": len(rows) > MOST_ROWS,
        "numbered": statement.numbered, "numbers": numbers,
        "behind": {table: sorted(found) for table, found in behind.items()}, "whole": sorted(whole),
        "shown": [(shown.of, shown.by) for shown in statement.shown] if len(statement.shown) == len(names) else [],
    }  # fmt: skip


def _sql(database: duckdb.DuckDBPyConnection, tree: Tree) -> str:
    wrapped = json.dumps({"error": False, "statements": [tree]})
    row = database.execute("SELECT json_deserialize_sql(?)", [wrapped]).fetchone()
    return str(row[0]) if row else ""


def _cell(value: object) -> tuple[str, str]:
    """Its kind and what it reads: "exact" for whole and decimal numbers, "float", "text", "null"."""
    if value is None or (isinstance(value, float) and value - value != 0):  # nan, infinity: divided by zero
        return "null", ""
    if isinstance(value, float):
        return "float", repr(value)
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    return "exact" if is_number else "text", str(value)[:LONGEST_CELL]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _first_lines(message: str) -> str:
    """The database's own words on what is wrong, without the picture of the place."""
    return " ".join(message.partition("\n\nLINE")[0].split())[:400]


def main() -> None:
    request = json.loads(sys.stdin.readline())
    reply = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(
        sys.stderr.fileno(), sys.stdout.fileno()
    )  # what a library prints is no answer: a progress bar did
    print(json.dumps(answer(request)), file=reply, flush=True)


if __name__ == "__main__":
    main()
