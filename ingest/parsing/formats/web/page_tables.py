"""Tables of a page: which of them hold data, and what is being read of one."""

from __future__ import annotations

from dataclasses import dataclass, field

from ingest.parsing.formats.web.page_lists import integer
from ingest.parsing.tables import Grid
from ingest.parsing.xml_tree import Element, name

# cells of layout tables hold whole articles
_MAX_CELL = 2_000
# a table of data may have a small table in one cell of so many
_CELLS_PER_TABLE = 8


@dataclass(slots=True)
class PageTable:
    """A table of data that is open; ``inner`` counts the tables in its cell, whose rows are text of that cell."""

    grid: Grid = field(default_factory=Grid)
    parts: list[str] = field(default_factory=list)
    caption: list[str] = field(default_factory=list)
    in_cell: bool = False
    in_caption: bool = False
    inner: int = 0


def is_data(table: Element) -> bool:
    """Whether a table holds data; others lay out a page."""
    tables = cells = longest = 0
    has_headers = False
    wide = False
    for inner in table.iter():
        local = name(inner)
        if local == "table" and inner is not table:
            tables += 1
        elif local in ("td", "th"):
            cells += 1
            has_headers = has_headers or local == "th"
        elif local in ("h1", "h2", "h3", "pre"):
            return False
        elif local == "tr":
            wide = wide or sum(1 for cell in inner if name(cell) in ("td", "th")) > 1
    if tables and (not has_headers or cells < _CELLS_PER_TABLE * tables or _is_deep(table)):
        return False
    if not wide:
        return False
    if not has_headers:
        longest = max((_length(cell) for cell in table.iter("td")), default=0)
    return longest <= _MAX_CELL


def _is_deep(table: Element) -> bool:
    return any(
        next((b for b in inner.iter("table") if b is not inner), None) is not None
        for inner in table.iter("table")
        if inner is not table
    )


def _length(cell: Element) -> int:
    return sum(len(piece.strip()) for piece in cell.itertext())


def is_header_row(row: Element) -> bool:
    """Whether a row holds headings of columns: a heading at the start of a row of values names that row."""
    parent = row.getparent()
    if parent is not None and name(parent) == "thead":
        return True
    cells = [cell for cell in row if name(cell) in ("td", "th")]
    return bool(cells) and all(
        name(cell) == "th" and not (cell.get("scope") or "").lower().startswith("row") for cell in cells
    )


def is_labelled_row(row: Element) -> bool:
    """Whether each heading in a row has one value beside it, as in a form."""
    kinds = [name(cell) for cell in row if name(cell) in ("td", "th")]
    return len(kinds) in (2, 4) and kinds == ["th", "td"] * (len(kinds) // 2)


def span_of(cell: Element, attribute: str) -> int:
    """``rowspan`` or ``colspan``; 0 rows reach to the end of their group."""
    value = integer(cell.get(attribute))
    return 1 if value is None or value < 0 else value
