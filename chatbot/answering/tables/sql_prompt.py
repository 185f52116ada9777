"""Tables and a question -> what a language model is shown of them; its reply -> the statement in it.

A model sees names, types, units and a few values of each column, never a whole table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from chatbot.answering.tables.sql_tables import SQLTable
from chatbot.text.invisible import clean_line, without_invisible

LONGEST_REPLY = 3000  # characters
_LONGEST_VALUE = 40  # characters
_SHOWN = (
    30,
    12,
    5,
    3,
    0,
)  # values of a column of words, all of them where they are no more; fewer where they do not fit
_SAMPLES = 3  # values of any other column
_FENCED = re.compile(r"```[a-zA-Z]{0,10}[ \t]*\n(.{1,3000}?)```", re.DOTALL)
_BEGINS = re.compile(r"^[ \t]*(?:SELECT|WITH|FROM)\b", re.IGNORECASE | re.MULTILINE)


def schemas(tables: Sequence[SQLTable]) -> list[str]:
    """``tables`` as a model is shown them, the most telling text first; each next one is shorter."""
    return ["\n\n".join(_schema(table, shown) for table in tables) for shown in _SHOWN]


def _schema(table: SQLTable, shown: int) -> str:
    name = clean_line(PurePosixPath(table.document).name)
    lines = [f"CREATE TABLE {table.name} ( -- {name}, {len(table.table.cells):,} rows"]
    for place, column in enumerate(table.columns):
        comma = "," if place + 1 < len(table.columns) else ""
        remark = _remark(table, place, shown)
        quoted = column.name.replace('"', '""')
        lines.append(f'  "{quoted}" {column.type}{comma}{f" -- {remark}" if remark else ""}')
    return "\n".join([*lines, ");"])


def _remark(table: SQLTable, place: int, shown: int) -> str:
    """The unit, and values as they are written in a statement."""
    column = table.columns[place]
    is_text = column.type == "TEXT"
    values = list(dict.fromkeys(cell for cell in table.cells_of(place) if cell))
    most = shown if is_text and len(values) <= shown else min(shown, _SAMPLES)
    listed = [
        _value(value, column.type) for value in values[:most] if len(value) <= _LONGEST_VALUE or not is_text
    ]
    more = (
        f" and {len(values) - len(listed):,} more" if is_text and listed and len(values) > len(listed) else ""
    )
    unit = f"in {column.unit}" if column.unit else ""
    return "; ".join(filter(None, (unit, ", ".join(listed) + more)))


def _value(cell: str, kind: str) -> str:
    return cell if kind.startswith("DECIMAL") else "'" + cell.replace("'", "''") + "'"


def statement_in(reply: str) -> str:
    """The statement of a reply, in a code block or not; empty where there is none, as where the model says NONE."""
    text = without_invisible(reply[:LONGEST_REPLY]).strip()
    found = _FENCED.search(text)
    text = found[1] if found else text.replace("```sql", "").replace("```", "")
    begins = _BEGINS.search(text)
    if begins is None:
        return ""
    statement = text[begins.start() :].strip()
    return (statement if found else statement.partition("\n\n")[0]).rstrip("; \n\t")
