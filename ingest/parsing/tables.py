"""Markdown tables, made from rows of cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from chatbot.text.tables import row_of, rule_of
from ingest.parsing.clean import one_line
from ingest.parsing.document import BlockKind
from ingest.parsing.limits import MAX_TEXT

# as a table it would not fit into the text: an empty cell takes three characters
_MAX_CELLS = MAX_TEXT // 3


def markdown_table(rows: Iterable[Sequence[str]]) -> Iterator[tuple[BlockKind, str]]:
    """Blocks for a table: first the titles above it (leading rows of one cell), then the table itself.

    Empty rows and columns are left out; ``|`` is escaped. What has one column is not a table but lines.
    """
    cells = [[one_line(cell) for cell in row] for row in rows]
    cells = [row for row in cells if any(row)]
    width = max(map(len, cells), default=0)
    used = [column for column in range(width) if any(column < len(row) and row[column] for row in cells)]
    if len(cells) * len(used) > _MAX_CELLS:
        yield "paragraph", "\n".join(" | ".join(filter(None, row)) for row in cells)
        return
    cells = [[row[column] if column < len(row) else "" for column in used] for row in cells]
    if len(used) < 2:
        if cells:
            yield "paragraph", "\n".join(row[0] for row in cells)
        return
    # in two columns, a lone cell on the right is the header of the right one
    while cells and sum(map(bool, cells[0])) == 1 and (cells[0][0] or len(used) > 2):
        yield "paragraph", " ".join(filter(None, cells.pop(0)))
    if len(cells) == 1 and len(used) <= 3:
        yield "paragraph", " | ".join(filter(None, cells[0]))
    elif cells:
        lines = [row_of(row) for row in cells]
        yield "table", "\n".join([lines[0], rule_of(len(used)), *lines[1:]])
