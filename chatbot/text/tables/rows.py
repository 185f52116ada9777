"""Rows of Markdown tables: the one place that reads and writes them.

    | Years | Days |
    | --- | --- |        the rule, below the header row
    | 1-2 | 15 |

A ``|`` inside a cell is written ``\\|``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_ROW = re.compile(r"[ \t]*\|.*\|[ \t]*")
_RULE = re.compile(r"[\s|:\-]+")
_CELL_END = re.compile(r"(?<!\\)\|")
_TABLE = re.compile(rf"(?:^{_ROW.pattern}(?:\n|\Z))+", re.MULTILINE)
_TOTAL = re.compile(r"(?:grand |sub-?)?totals?|sum|합계|총계|총합|소계|계|전체", re.IGNORECASE)


def is_row(line: str) -> bool:
    """Whether ``line`` is a row: it begins and ends with a bar."""
    return _ROW.fullmatch(line) is not None


def is_rule(line: str) -> bool:
    """Whether ``line`` is the rule below a header row; bars may be missing."""
    return "-" in line and _RULE.fullmatch(line) is not None


def cells_of(line: str) -> list[str]:
    """The cells of a row, trimmed, a bar in a cell as ``|``; a row that was cut off has what is left of it."""
    bare = line.strip().removeprefix("|")
    if bare.endswith("|") and not bare.endswith("\\|"):
        bare = bare[:-1]
    return [cell.strip().replace("\\|", "|") for cell in _CELL_END.split(bare)]


def is_total(cells: Sequence[str]) -> bool:
    """Whether a row adds up others: its first filled cell says so."""
    first = next((cell for cell in cells if cell), "")
    return _TOTAL.fullmatch(first.strip(" *:")) is not None


def row_of(cells: Sequence[str]) -> str:
    """Cells, each on one line, as a row; read back by ``cells_of``."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def rule_of(columns: int) -> str:
    """The rule below a header row."""
    return "|" + " --- |" * columns


def tables_in(text: str) -> list[tuple[int, int]]:
    """Spans ``(start, end)`` of the runs of rows in ``text``, each with the line feed at its end."""
    return [table.span() for table in _TABLE.finditer(text)]
