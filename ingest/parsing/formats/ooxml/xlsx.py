"""Excel workbooks: a page per sheet, its cells as the sheet shows them, then what lies on it."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from chatbot.errors import DocumentRefused, Phrase
from ingest.parsing.archive import open_archive
from ingest.parsing.builder import MAX_PAGES, DocumentBuilder
from ingest.parsing.document import ParsedDocument
from ingest.parsing.formats.ooxml.parts.colours import theme_colours
from ingest.parsing.formats.ooxml.parts.package import Package, truth
from ingest.parsing.formats.ooxml.sheets.around import comments, controls, running_lines
from ingest.parsing.formats.ooxml.sheets.grid import Grid
from ingest.parsing.formats.ooxml.sheets.over import drawn_over
from ingest.parsing.formats.ooxml.sheets.sheet import Range, Sheet, SheetReader, range_of
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
        theme = next(package.related(main, "theme"), "")
        styles = next(package.related(main, "styles"), "")
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
        if len(sheets) > MAX_PAGES:
            self._builder.problem(
                Phrase(
                    "only the first {count} of {total} sheets were read",
                    count=f"{MAX_PAGES:,}",
                    total=f"{len(sheets):,}",
                )
            )
        if self._unanswered:
            self._builder.problem(
                Phrase(
                    "{count} formulas without a stored result: open the workbook in Excel and save it again",
                    count=f"{self._unanswered:,}",
                )
            )

    def _strings(self) -> list[Text]:
        part = next(self._package.related(self._main, "sharedStrings"), "")
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
        sheet = self._reader.read(data, self._painted(part))
        if not sheet.complete:
            self._builder.problem(Phrase(_INCOMPLETE, name=repr(label)))
        self._unanswered += sheet.unanswered
        loose = self._with_comments(sheet, part)
        drawn = drawn_over(self._package, part)
        if (element.get("state") or "visible") != "visible":
            self._hide(sheet, [*loose, *drawn.words])
            return
        if sheet.header is not None:
            for line in running_lines(sheet.header, label):
                self._builder.paragraph(line)
        Grid(self._builder, sheet).add()
        drawn.add_to(self._builder, self._package)
        for line in [*controls(self._package, part), *loose]:
            self._builder.paragraph(line)
        if sheet.embedded:
            self._builder.problem("embedded files were not read")

    def _with_comments(self, sheet: Sheet, part: str) -> list[str]:
        """Comments go to their cells; those on cells without words are returned."""
        loose: list[str] = []
        for reference, texts in comments(self._package, part, self._styles).items():
            said = " ".join(f"[Comment: {text}]" for text in texts)
            place = range_of(reference)
            cell = sheet.rows.get(place.top, {}).get(place.left) if place is not None else None
            if cell is not None and cell.text:
                cell.note = said
            elif place is not None and (place.top in sheet.hidden_rows or place.left in sheet.hidden_columns):
                self._builder.hidden(said, "marked")
            else:
                loose.append(said)
        return loose

    def _hide(self, sheet: Sheet, others: list[str]) -> None:
        for row in sorted(sheet.rows):
            for _, cell in sorted(sheet.rows[row].items()):
                self._builder.hidden(f"{cell.text} {cell.note}", "marked")
                for words, _ in cell.hidden:
                    self._builder.hidden(words, "marked")
        for words in others:
            self._builder.hidden(words, "marked")

    def _painted(self, part: str) -> list[Range]:
        """Tables and pivot tables, whose own styles paint heads and bands behind the cells."""
        found: list[Range | None] = []
        for target in self._package.related(part, "table", "pivotTable"):
            root = self._package.xml(target)
            if root is not None:
                location = child(root, "location")
                found.append(range_of(attribute(root if location is None else location, "ref")))
        return [item for item in found if item is not None]
