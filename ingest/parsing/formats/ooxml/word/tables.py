"""Tables of Word: cells in their places on the grid, merged ones in every row that they cover."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ingest.parsing.formats.colours import Colour
from ingest.parsing.formats.ooxml.parts.package import number, truth
from ingest.parsing.formats.ooxml.parts.spans import Placed, filled
from ingest.parsing.formats.ooxml.word.styles import Styles, shading, value_of
from ingest.parsing.forms import Told
from ingest.parsing.xml_tree import Element, child, children, descendants, name

# columns that a cell may cover, and a row leave out before its first: Word allows 63
_MAX_SPAN = 64
_HOLDERS = frozenset({"sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag"})

# the text of a cell, given the colour behind it
CellText = Callable[[Element, Colour | None], str]


@dataclass(frozen=True, slots=True)
class _Cell:
    element: Element
    column: int
    columns: int
    merge: str  # "restart", "continue" or empty


class WordTable:
    """A ``w:tbl``. Deleted rows and cells are left out; rows that Word hides are in ``hidden_cells``."""

    def __init__(self, table: Element, styles: Styles, behind: Colour | None) -> None:
        properties = child(table, "tblPr")
        paints = styles.paints_tables(value_of(child(properties, "tblStyle")))
        self._behind = shading(child(properties, "shd")).get("shade", None if paints else behind)
        self._rows: list[list[_Cell]] = []
        self.hidden_cells: list[Element] = []
        self.told: Told = ""
        for row in inside(table, "tr"):
            cells = _cells(row)
            if truth(child(row, "trPr", "hidden")):
                self.hidden_cells += [cell.element for cell in cells]
            elif child(row, "trPr", "del") is None:
                if not self._rows and truth(child(row, "trPr", "tblHeader")):
                    self.told = "header"
                self._rows.append(cells)

    @property
    def cells(self) -> list[Element]:
        return [cell.element for row in self._rows for cell in row]

    @property
    def frames_text(self) -> bool:
        """Whether the table only lays out what is in it: one cell, or tables in at least half of its rows."""
        if len(self.cells) <= 1:
            return True
        nesting = sum(any(_nests(cell.element) for cell in row) for row in self._rows)
        return nesting * 2 >= max(len(self._rows), 1) if nesting else False

    def behind(self, cell: Element) -> Colour | None:
        """The colour behind the text of a cell, ``None`` where it is not known."""
        found = shading(child(cell, "tcPr", "shd"))
        return found.get("shade", self._behind) if found else self._behind

    def texts(self, text_of: CellText) -> list[list[str]]:
        """Rows of texts; ``text_of`` is called once for each cell, in order."""
        placed: list[Placed] = []
        # the cell that began at a column and may go on below: its place in ``placed``
        open_cells: dict[int, int] = {}
        for row, cells in enumerate(self._rows):
            for cell in cells:
                above = open_cells.get(cell.column)
                text = text_of(cell.element, self.behind(cell.element))
                if cell.merge == "continue" and above is not None and not text:
                    upper = placed[above]
                    placed[above] = Placed(
                        upper.row, upper.column, upper.text, row - upper.row + 1, upper.columns
                    )
                    continue
                open_cells.pop(cell.column, None)
                if cell.merge:
                    open_cells[cell.column] = len(placed)
                placed.append(Placed(row, cell.column, text, 1, cell.columns))
            reached = {cell.column for cell in cells if cell.merge}
            open_cells = {column: place for column, place in open_cells.items() if column in reached}
        return filled(placed)


def _cells(row: Element) -> list[_Cell]:
    before = child(row, "trPr", "gridBefore")
    column = min(max(number(value_of(before)), 0), _MAX_SPAN)
    found: list[_Cell] = []
    for cell in inside(row, "tc"):
        properties = child(cell, "tcPr")
        if child(properties, "cellDel") is not None:
            continue
        columns = min(max(number(value_of(child(properties, "gridSpan")), 1), 1), _MAX_SPAN)
        merge = child(properties, "vMerge")
        kind = "" if merge is None else value_of(merge) or "continue"
        found.append(_Cell(cell, column, columns, kind))
        column += columns
    return found


def _nests(cell: Element) -> bool:
    return next(descendants(cell, "tbl"), None) is not None


def inside(parent: Element, wanted: str) -> list[Element]:
    """Rows of a table or cells of a row, through content controls and insertions."""
    found: list[Element] = []
    pending = list(reversed(list(children(parent))))
    while pending:
        element = pending.pop()
        if name(element) == wanted:
            found.append(element)
        elif name(element) in _HOLDERS:
            pending += reversed(list(children(element)))
    return found
