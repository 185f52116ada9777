"""One statement over some tables, run in a process of its own (``sql_worker``): the rows, or why there are none."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chatbot.answering.tables.sql_tables import SEPARATOR, SQLTable

SECONDS = 5.0  # that a statement may take
MEMORY = 256 * 2**20  # bytes that the database may use
_STARTING = 30.0  # seconds for the process and for filling the tables, on a busy machine
_LARGEST = 50_000_000  # characters of cells: what is more is not asked
_PASSED_ON = (
    "PATH",
    "LANG",
    "LC_ALL",
    "SYSTEMROOT",
    "TEMP",
    "TMP",
    "LD_LIBRARY_PATH",
    "PYTHONPATH",
)  # no key among them


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """``of``: the place of the column of the table that it shows, -1 where it shows something else; ``by``: the
    aggregate that was taken of it, empty for the column itself."""

    name: str
    of: int = -1
    by: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """``kind``: "exact", "float", "text" or "null"."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Rows:
    """What a statement gave.

    Attributes:
        rows: at most 200; ``more``: there are others.
        numbered: the table whose rows they are; empty: they are computed from several.
        numbers: where ``numbered``, the row of the table behind each row.
        behind: table -> numbers of its rows that were read besides, in order; none for a table in ``whole``.
        whole: tables of which all rows may have been read.
    """

    columns: tuple[ResultColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    more: bool
    numbered: str
    numbers: tuple[int, ...]
    behind: Mapping[str, tuple[int, ...]]
    whole: tuple[str, ...]

    @property
    def say_something(self) -> bool:
        """Whether a figure or a word stands in them that comes from a row: not where no row fits, or all is empty."""
        is_filled = any(cell.kind != "null" for row in self.rows for cell in row)
        return is_filled and bool(self.numbers or self.whole or any(self.behind.values()))


class StatementFailed(Exception):
    """Why a statement gave nothing, in a sentence."""


def run_statement(
    statement: str,
    tables: Sequence[SQLTable],
    question: str,
    *,
    seconds: float = SECONDS,
    memory: int = MEMORY,
) -> Rows:
    """What ``statement`` gives over ``tables``.

    Args:
        question: a figure or a text of it may stand in the result; others must come from the tables.

    Raises:
        StatementFailed: it is refused, fails, or takes too long or too much.
    """
    request = {
        "tables": [_wire(table) for table in tables], "statement": statement, "question": question, "seconds": seconds, "memory": memory,
    }  # fmt: skip
    text = json.dumps(request)
    if len(text) > _LARGEST:
        raise StatementFailed("the tables are too large to be computed with")
    reply = _asked(text, seconds + _STARTING)
    if "refused" in reply:
        raise StatementFailed(str(reply["refused"]))
    return _rows(reply)


def _asked(request: str, seconds: float) -> dict[str, Any]:
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "chatbot.answering.tables.sql_worker"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment(),
        start_new_session=True, encoding="utf-8",
    )  # fmt: skip
    try:
        out, _ = process.communicate(request + "\n", timeout=seconds)
    except subprocess.TimeoutExpired:
        raise StatementFailed("the statement took too long and was ended") from None
    finally:
        process.kill()
        process.communicate()
    try:
        reply: dict[str, Any] = json.loads(out)
    except ValueError:
        raise StatementFailed(
            f"the database ended without an answer (exit code {process.returncode})"
        ) from None
    return reply


def _environment() -> dict[str, str]:
    """Where to import this very copy of the program from, and nothing that is a secret."""
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    own = str(Path(__file__).parents[3])
    return {
        **passed,
        "PYTHONPATH": os.pathsep.join(filter(None, (own, passed.get("PYTHONPATH", "")))),
        "PYTHONIOENCODING": "utf-8",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _wire(table: SQLTable) -> dict[str, Any]:
    columns = [
        {"name": column.name, "type": column.type, "cells": SEPARATOR.join(table.cells_of(place))}
        for place, column in enumerate(table.columns)
    ]
    return {"name": table.name, "columns": columns}


def _rows(reply: Mapping[str, Any]) -> Rows:
    shown = reply["shown"] or [(-1, "")] * len(reply["columns"])
    return Rows(
        tuple(ResultColumn(name, of, by) for name, (of, by) in zip(reply["columns"], shown, strict=True)),
        tuple(tuple(Cell(kind, text) for kind, text in row) for row in reply["rows"]),
        bool(reply["more"]),
        reply["numbered"],
        tuple(number for _, number in reply["numbers"]),
        {table: tuple(numbers) for table, numbers in reply["behind"].items()},
        tuple(reply["whole"]),
    )
