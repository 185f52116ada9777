"""Typed tables -> tables of a database: names, types, and the cells as text that the database reads exactly.

sql_tables([("data/sales.xlsx", table)]) -> SQLTable("t1", ..., columns=(SQLColumn("Sales", "DECIMAL(18,2)", "$"), ...))
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from chatbot.answering.tables.typed_table import Column, Table, with_amounts
from chatbot.citations.markers import in_parentheses
from chatbot.text.invisible import clean_line

SEPARATOR = "\x1f"  # between the cells of a column on their way to the database; no cleaned cell holds it
_LONGEST_NAME = 60  # characters of a column's name
_MOST_DIGITS = 38  # of a DECIMAL
_DIGITS = 18  # that a DECIMAL has at least: sums and products of ordinary figures fit


@dataclass(frozen=True, slots=True)
class SQLColumn:
    """A column of a database table; ``type``: TEXT, DATE or DECIMAL(width,scale)."""

    name: str
    type: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class SQLTable:
    """A table as the database holds it; its row number n is ``table.cells[n]``.

    Attributes:
        name: t1, t2, ... in the order in which they were given.
        document: uri of the document that it stands in.
    """

    name: str
    document: str
    table: Table
    columns: tuple[SQLColumn, ...]

    def cells_of(self, column: int) -> list[str]:
        """The cells of a column as the database reads them; empty: no value."""
        source = self.table.columns[column]
        if self.columns[column].type == "TEXT":
            return [_text(row[column]) for row in self.table.cells]
        return [_exact(value) for value in source.values]


def sql_tables(found: Sequence[tuple[str, Table]]) -> list[SQLTable]:
    """One for each ``(document, table)``."""
    return [
        SQLTable(f"t{number}", document, table, _columns(table))
        for number, (document, table) in enumerate(((uri, with_amounts(table)) for uri, table in found), 1)
    ]


def _columns(table: Table) -> tuple[SQLColumn, ...]:
    names = _names(column.name for column in table.columns)
    return tuple(
        SQLColumn(name, _type(column), column.unit) for name, column in zip(names, table.columns, strict=True)
    )


def _names(written: Iterable[str]) -> list[str]:
    """A name for each column, none twice: a database does not tell "Sales" from "sales"."""
    names: list[str] = []
    taken = {"rowid"}  # the database's own name for the number of a row
    for place, name in enumerate(written, 1):
        bare = _text(name).replace('"', "'")[:_LONGEST_NAME].strip() or (
            "item" if place == 1 else f"column {place}"
        )
        unique, count = bare, 1
        while unique.lower() in taken:
            count += 1
            unique = f"{bare} {count}"
        taken.add(unique.lower())
        names.append(unique)
    return names


def _type(column: Column) -> str:
    if column.kind == "date":
        return "DATE"
    if column.kind != "number":
        return "TEXT"
    whole = scale = 0
    for value in column.values:
        if isinstance(value, Decimal):
            _, digits, exponent = value.as_tuple()
            decimals = max(-exponent, 0) if isinstance(exponent, int) else _MOST_DIGITS
            scale = max(scale, decimals)
            whole = max(whole, len(digits) - decimals + max(exponent if isinstance(exponent, int) else 0, 0))
    width = max(whole + scale, _DIGITS)
    return f"DECIMAL({width},{scale})" if width <= _MOST_DIGITS else "TEXT"


def _exact(value: object) -> str:
    return "" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


def _text(cell: str) -> str:
    """A cell on one line, without characters that nobody sees, and without numbers that would read as citations."""
    return in_parentheses(clean_line(cell))
