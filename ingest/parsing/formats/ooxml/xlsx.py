"""Excel workbooks: a page per sheet, its cells as the sheet shows them, then what lies on it."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from chatbot.errors import DocumentRefused, Phrase
from ingest.parsing.archive import open_archive
from ingest.parsing.builder import MAX_PAGES, DocumentBuilder
from ingest.parsing.document import ParsedDocument
from ingest.parsing.formats.ooxml.parts.charts import hide_chart
from ingest.parsing.formats.ooxml.parts.package import Package, truth
from ingest.parsing.formats.ooxml.parts.theme import theme_colours
from ingest.parsing.formats.ooxml.sheets.around import comments, controls, running_lines
from ingest.parsing.formats.ooxml.sheets.grid import Grid
from ingest.parsing.formats.ooxml.sheets.over import Drawn, drawn_over
from ingest.parsing.formats.ooxml.sheets.sheet import Range, Sheet, SheetReader, open_sheet, range_of
from ingest.parsing.formats.ooxml.sheets.strings import Text, shared_strings
from ingest.parsing.formats.ooxml.sheets.styles import Styles
from ingest.parsing.xml_tree import Element, attribute, child, children, dublin_core_title

_DAMAGED = "The workbook is damaged. Open it in Excel, save it again and retry."
_EMPTY = "No sheet has a filled cell. Nothing to index; replace the file if this is a mistake."
_INCOMPLETE = "sheet {name} could not be read to its end"


def parse(path: Path) -> ParsedDocument:
    builder = DocumentBuilder()
    with open_archive(path) as archive:
        package = Package(archive, builder)
        main = package.main("xl/workbook.xml")
        workbook = package.xml(main)
        if workbook is None:
            raise DocumentRefused(_DAMAGED)
        _Workbook(builder, package, main, workbook).read()
        title = dublin_core_title(archive, "docProps/core.xml")
    return builder.finish("xlsx", title, empty=_EMPTY)


class _Workbook:
    def __init__(self, builder: DocumentBuilder, package: Package, main: str, root: Element) -> None:
        self._builder = builder
        self._package = package
        self._main = main
        self._root = root
        theme = package.beside(main, "theme")
        styles = package.beside(main, "styles")
        self._styles = Styles(package.xml(styles), theme_colours(package.xml(theme)))
        from_1904 = truth(child(root, "workbookPr"), "date1904", default=False)
        self._reader = SheetReader(self._strings(), self._styles, from_1904)
        self._unanswered = 0

    def read(self) -> None:
        """All sheets in the order of their tabs."""
        holder = child(self._root, "sheets")
        sheets = list(children(holder, "sheet")) if holder is not None else []
        for number, sheet in enumerate(sheets[:MAX_PAGES], 1):
            self._sheet(number, sheet)
            if self._builder.full:
                return
        self._builder.cut_off("sheets", MAX_PAGES, len(sheets))
        if self._unanswered:
            self._builder.problem(
                Phrase(
                    "{count} formulas without a stored result: open the workbook in Excel and save it again",
                    count=f"{self._unanswered:,}",
                )
            )

    def _strings(self) -> list[Text]:
        part = self._package.beside(self._main, "sharedStrings")
        data = self._package.bytes_of(part) if part else None
        if not data:
            return []
        try:
            return shared_strings(data, self._styles)
        except etree.XMLSyntaxError as error:
            if "memory" in str(error).lower():
                raise MemoryError from error
            self._package.unread(part)
            return []

    def _sheet(self, number: int, element: Element) -> None:
        label = element.get("name") or ""
        part = self._package.target(self._main, attribute(element, "id"))
        self._builder.start_page(number, label)
        data = self._package.bytes_of(part) if part else None
        if data is None:
            self._builder.problem(Phrase(_INCOMPLETE, name=repr(label)))
            return
        sheet = open_sheet(data, self._tables(part), self._styles.paints)
        notes = self._notes(part)
        drawn = drawn_over(self._package, part)
        if (element.get("state") or "visible") == "visible":
            self._show(sheet, label, notes, drawn)
            for line in controls(self._package, part):
                self._builder.paragraph(line)
        else:
            self._hide(sheet, notes, drawn)
        if not sheet.complete:
            self._builder.problem(Phrase(_INCOMPLETE, name=repr(label)))
        if sheet.has_objects:
            self._builder.problem("embedded files were not read")
        self._unanswered += sheet.unanswered

    def _show(self, sheet: Sheet, label: str, notes: dict[tuple[int, int], str], drawn: Drawn) -> None:
        for line in running_lines(sheet.running, label):
            self._builder.paragraph(line)
        grid = Grid(self._builder, sheet.merged, sheet.hidden_columns, notes)
        grid.add(self._reader.rows(sheet))
        for place in sorted(notes.keys() - grid.noted):
            self._builder.paragraph(notes[place])
        drawn.add_to(self._builder, self._package)

    def _hide(self, sheet: Sheet, notes: dict[tuple[int, int], str], drawn: Drawn) -> None:
        for row in self._reader.rows(sheet):
            for cell in row.cells.values():
                for words in (cell.text, *(words for words, _ in cell.hidden)):
                    self._builder.hidden(words, "marked")
        for words in (*notes.values(), *drawn.words, *(text for _, text in drawn.items)):
            self._builder.hidden(words, "marked")
        for part, chart in drawn.charts:
            hide_chart(self._builder, self._package, part, chart)

    def _notes(self, part: str) -> dict[tuple[int, int], str]:
        """Comments by row and column, each in brackets."""
        found: dict[tuple[int, int], str] = {}
        for reference, texts in comments(self._package, part, self._styles).items():
            place = range_of(reference)
            if place is not None:
                found[place.top, place.left] = " ".join(f"[Comment: {text}]" for text in texts)
        return found

    def _tables(self, part: str) -> list[Range]:
        """Tables and pivot tables, whose own styles paint heads and bands behind the cells."""
        found: list[Range | None] = []
        for target in self._package.related(part, "table", "pivotTable"):
            root = self._package.xml(target)
            if root is not None:
                location = child(root, "location")
                found.append(range_of(attribute(root if location is None else location, "ref")))
        return [item for item in found if item is not None]
