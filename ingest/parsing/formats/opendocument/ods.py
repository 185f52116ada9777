"""OpenDocument sheets: each cell as it is shown, which the file holds beside its value."""

from __future__ import annotations

import re
from pathlib import Path

from chatbot.errors import DocumentRefused, Phrase
from chatbot.text.hidden import How
from ingest.parsing.archive import Archive, open_archive
from ingest.parsing.builder import MAX_PAGES, DocumentBuilder
from ingest.parsing.clean import one_line
from ingest.parsing.document import ParsedDocument
from ingest.parsing.formats.colours import SMALLEST, WHITE
from ingest.parsing.formats.ooxml.parts.running import said_once
from ingest.parsing.formats.ooxml.sheets.held import HeldSheet
from ingest.parsing.formats.ooxml.sheets.sheet import Cell, Range
from ingest.parsing.formats.opendocument.lines import Speaker, comments, paragraphs
from ingest.parsing.formats.opendocument.looks import Look, Looks, length
from ingest.parsing.formats.opendocument.objects import add_objects, description
from ingest.parsing.formats.opendocument.table_cells import Placed, Stretch, placed, stretches
from ingest.parsing.xml_tree import (
    Element,
    attribute,
    child,
    children,
    descendants,
    dublin_core_title,
    parse_xml,
)

_EMPTY = "No sheet has a filled cell. Nothing to index; replace the file if this is a mistake."
_MAX_CELLS = 2_000_000
_DURATION = re.compile(r"(-?)P(?:(\d{1,6})D)?T(?:(\d{1,8})H)?(?:(\d{1,8})M)?(?:(\d{1,8})(?:[.,]\d+)?S)?")


def parse(path: Path) -> ParsedDocument:
    builder = DocumentBuilder()
    with open_archive(path) as archive:
        root, styles = open_parts(archive)
        body = child(root, "body", "spreadsheet")
        if body is not None:
            _Sheets(builder, archive, root, styles).read(body)
        title = dublin_core_title(archive, "meta.xml")
    return builder.finish("ods", title, empty=_EMPTY)


def open_parts(archive: Archive) -> tuple[Element, Element | None]:
    """The roots of ``content.xml`` and ``styles.xml``; raises ``DocumentRefused`` for an encrypted document."""
    manifest = archive.read_if_present("META-INF/manifest.xml")
    if manifest and next(descendants(parse_xml(manifest), "encryption-data"), None) is not None:
        raise DocumentRefused("The file is protected by a password. Save a copy without one.")
    root = parse_xml(archive.read("content.xml"))
    try:
        data = archive.read_if_present("styles.xml")
        return root, parse_xml(data) if data else None
    except DocumentRefused:
        return root, None


class _Sheets:
    def __init__(
        self, builder: DocumentBuilder, archive: Archive, root: Element, styles: Element | None
    ) -> None:
        self._builder = builder
        self._archive = archive
        self._looks = Looks()
        self._looks.add(styles)
        self._looks.add(root)
        self._speaker = Speaker(self._looks)
        self._running = _running_lines(styles)

    def read(self, body: Element) -> None:
        tables = list(children(body, "table"))
        for number, table in enumerate(tables[:MAX_PAGES], 1):
            self._builder.start_page(number, attribute(table, "name") or "")
            self._table(table)
            if self._builder.full:
                return
        self._builder.cut_off("sheets", MAX_PAGES, len(tables))

    def _table(self, table: Element) -> None:
        is_visible = self._looks.of("table", attribute(table, "style-name")).display != "none"
        sheet, notes, loose = self._sheet(table)
        if not sheet.complete:
            self._builder.problem(
                Phrase("sheet {name} could not be read to its end", name=repr(attribute(table, "name") or ""))
            )
        drawn = [found for shapes in children(table, "shapes") for found in children(shapes)]
        if not is_visible:
            sheet.hide(
                self._builder, [*notes.values(), *loose, *("".join(shape.itertext()) for shape in drawn)]
            )
            return
        running, self._running = self._running, []
        for text in running:
            self._builder.paragraph(text)
        for text in (*sheet.show(self._builder, notes), *loose):
            self._builder.paragraph(text)
        for shape in drawn:
            self._shape(shape)

    def _is_off(self, element: Element, kind: str, side: str) -> bool:
        """Whether a row or column is switched off, or smaller than the smallest print."""
        if attribute(element, "visibility") in ("collapse", "filter"):
            return True
        style = self._looks.element(f"table-{kind}", attribute(element, "style-name"))
        properties = child(style, f"table-{kind}-properties")
        size = length(attribute(properties, f"{kind}-{side}")) if properties is not None else None
        return size is not None and size < SMALLEST

    def _sheet(self, table: Element) -> tuple[HeldSheet, dict[tuple[int, int], str], list[str]]:
        """The cells, the comments by row and column, and the words of shapes that are anchored to cells."""
        sheet, loose, count = HeldSheet(), list[str](), 0
        notes: dict[tuple[int, int], str] = {}
        defaults: list[Stretch] = []
        for column in stretches(table, "table-column"):
            defaults.append(column)
            if self._is_off(column.element, "column", "width") and column.count < 10_000:
                sheet.hidden_columns.update(range(column.first + 1, column.first + column.count + 1))

        def cut() -> None:
            sheet.complete = False

        for row in stretches(table, "table-row"):
            is_hidden = self._is_off(row.element, "row", "height")
            last: Element | None = None
            found: Cell | None = None
            for cell in placed(row, cut):
                count += 1
                if count > _MAX_CELLS:
                    cut()
                    return sheet, notes, loose
                if is_hidden:
                    sheet.hidden_rows.add(cell.row + 1)
                if cell.rows > 1 or cell.columns > 1:
                    sheet.merged.append(
                        Range(cell.row + 1, cell.column + 1, cell.row + cell.rows, cell.column + cell.columns)
                    )
                if cell.element is not last:  # its copies are the same
                    last, found = cell.element, self._cell(cell, row, defaults)
                    loose += self._on_cell(cell.element)
                    if note := comments(cell.element):
                        notes[cell.row + 1, cell.column + 1] = note
                if found is not None:
                    sheet.rows.setdefault(cell.row + 1, {})[cell.column + 1] = found
        return sheet, notes, loose

    def _on_cell(self, element: Element) -> list[str]:
        """The words of shapes that are anchored to a cell; adds their charts."""
        for shape in children(element, "frame"):
            add_objects(self._builder, self._archive, shape)
        return [text for text in _shape_words(element) if text]

    def _cell(self, cell: Placed, row: Stretch, defaults: list[Stretch]) -> Cell | None:
        style = attribute(cell.element, "style-name") or attribute(row.element, "default-cell-style-name")
        style = style or next(
            (
                attribute(column.element, "default-cell-style-name")
                for column in defaults
                if column.first <= cell.column < column.first + column.count
            ),
            None,
        )
        look = self._looks.of("table-cell", style)
        self._speaker.hidden.clear()
        said = [self._speaker.line(found, look, WHITE) for found in paragraphs(cell.element)]
        hidden: list[tuple[str, How]] = list(self._speaker.hidden)
        text = " ".join(filter(None, map(one_line, said)))
        kind = attribute(cell.element, "value-type") or ""
        if not said and kind and not hidden:
            text = _value(cell.element, kind)
            if text and (how := look.hides(look.background(WHITE))):
                text, hidden = "", [(text, how)]
        if not text and not hidden:
            return None
        return Cell(text, is_figure=kind not in ("", "string"), hidden=tuple(hidden))

    def _shape(self, shape: Element) -> None:
        for text in _shape_words(shape):
            self._builder.paragraph(text)
        add_objects(self._builder, self._archive, shape)


def _shape_words(parent: Element) -> list[str]:
    """Words of text boxes and drawn shapes in ``parent``, and what stands in for pictures."""
    found: list[str] = []
    for shape in descendants(
        parent, "frame", "custom-shape", "rect", "ellipse", "caption", "polygon", "path"
    ):
        texts = (one_line("".join(inner.itertext())) for inner in descendants(shape, "p"))
        found.append(" ".join(filter(None, texts)) or description(shape))
    return found


def _value(cell: Element, kind: str) -> str:
    """A value that some programs write without the text that is shown of it; with the unit that its kind tells."""
    if kind == "string":
        return attribute(cell, "string-value") or ""
    if kind == "boolean":
        return (attribute(cell, "boolean-value") or "").upper()
    if kind == "date":
        return (attribute(cell, "date-value") or "").replace("T00:00:00", "").replace("T", " ")
    if kind == "time":
        return _time(attribute(cell, "time-value") or "")
    value = attribute(cell, "value") or ""
    try:
        number = float(value)
    except ValueError:
        return value
    if kind == "percentage":
        return f"{100 * number:.12g}%"
    currency = attribute(cell, "currency") or ""
    return f"{number:.15g} {currency}".strip()


def _time(value: str) -> str:
    """``PT27H30M00S`` as 27:30:00."""
    found = _DURATION.fullmatch(value)
    if found is None:
        return value
    sign, days, hours, minutes, seconds = found.groups()
    return f"{sign}{int(days or 0) * 24 + int(hours or 0)}:{int(minutes or 0):02d}:{int(seconds or 0):02d}"


def _running_lines(styles: Element | None) -> list[str]:
    """Headers and footers of the print, without page numbers and names of sheets."""
    speaker, found = Speaker(Looks()), list[tuple[str, str]]()
    for page in descendants(styles, "master-page") if styles is not None else ():
        for part, place in (("header", "Header"), ("footer", "Footer")):
            for element in children(page, part, f"{part}-left"):
                if attribute(element, "display") != "false":
                    texts = (
                        speaker.line(inner, Look(), None, passing=False)
                        for inner in descendants(element, "p")
                    )
                    found.append((place, "\n".join(texts)))
    return said_once(found)
