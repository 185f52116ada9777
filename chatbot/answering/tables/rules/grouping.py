"""The column by which a question wants its figure told apart: "total sales by branch", "부서별 평균 연봉"."""

from __future__ import annotations

import re
from dataclasses import replace

from chatbot.answering.tables.rules.columns import says
from chatbot.answering.tables.rules.operation import ROWS, Wanted
from chatbot.answering.tables.typed_table import Column, Table

MOST_GROUPS = 30  # that are told
_BY = re.compile(
    r"\b(?:(?:grouped |broken down )?by|per|(?:(?:for|in|of|from) )?(?:each|every))\s+(?:the )?(?P<english>[a-z_]+)"
    r"|(?<![가-힣])(?:각\s?)?(?P<korean>[가-힣]{1,10}?)\s?(?:별|마다)(?:로|의)?(?:은|는|도)?(?=\s|[?.!,]|$)"
    r"|(?<![가-힣])각(?:각의)?\s(?P<each>[가-힣]{1,10}?)(?:의|에|에서|은|는)?(?=\s|[?.!,]|$)",
    re.IGNORECASE,
)


def grouped_by(wanted: Wanted, table: Table) -> tuple[Wanted, int | None]:
    """``wanted`` without the words that say so, and the column; ``None`` where they say none, or nothing."""
    if wanted.operation in ROWS:
        return wanted, None
    for found in _BY.finditer(wanted.rest):
        word = next(said for said in found.groups() if said).lower()
        texts = [i for i, column in enumerate(table.columns) if _tells_apart(column, wanted)]
        meant = [i for i in texts if table.columns[i].kind == "text" and says(table.columns[i], word)]
        # "성별" is the name of a column itself
        named = [i for i in texts if table.columns[i].name.lower() in (word, f"{word}별")] or meant
        if len(named) == 1:
            rest = f"{wanted.rest[: found.start()]} {wanted.rest[found.end() :]}"
            return replace(wanted, rest=rest), named[0]
    return wanted, None


def _tells_apart(column: Column, wanted: Wanted) -> bool:
    """Words do, and figures of which rows share some, as years; the highest "by salary" is in the order of salaries."""
    is_shared = len(set(column.values)) < len(column.values)
    return column.kind == "text" or (
        column.kind == "number" and is_shared and wanted.operation not in ("min", "max")
    )
