"""PowerPoint: a page per slide with its title as heading, shapes in reading order, then notes and comments."""

from __future__ import annotations

from pathlib import Path

from chatbot.errors import DocumentRefused, Phrase
from chatbot.text.hidden import How
from ingest.parsing.archive import open_archive
from ingest.parsing.builder import MAX_PAGES, DocumentBuilder
from ingest.parsing.document import ParsedDocument
from ingest.parsing.formats.ooxml.parts.charts import add_chart, hide_chart
from ingest.parsing.formats.ooxml.parts.diagrams import diagram_items
from ingest.parsing.formats.ooxml.parts.drawing import description
from ingest.parsing.formats.ooxml.parts.package import Package, number, switched
from ingest.parsing.formats.ooxml.parts.spans import Placed, filled
from ingest.parsing.formats.ooxml.slides.around import comments_of, notes_of, shared_words
from ingest.parsing.formats.ooxml.slides.shapes import (
    Shape,
    SlideStack,
    flat,
    in_reading_order,
    shapes_of,
)
from ingest.parsing.formats.ooxml.slides.styles import Look, TextStyle, look_of, placeholder
from ingest.parsing.formats.ooxml.slides.text import Paragraph, read_paragraphs
from ingest.parsing.xml_tree import (
    Element,
    attribute,
    child,
    children,
    descendants,
    dublin_core_title,
    name,
)

_DAMAGED = "The presentation is damaged. Open it in PowerPoint, save it again and retry."
_EMPTY = "There is no text on any slide, and pictures on slides are not read. Index a version with text."
_INCOMPLETE = "slide {number} could not be read to its end"
_TITLES = ("title", "ctrTitle")
_MAX_SPAN = 500


def parse(path: Path) -> ParsedDocument:
    builder = DocumentBuilder()
    with open_archive(path) as archive:
        package = Package(archive, builder)
        main = package.main("ppt/presentation.xml")
        root = package.xml(main)
        if root is None:
            raise DocumentRefused(_DAMAGED)
        _Presentation(builder, package, main, root).read()
        title = dublin_core_title(archive, "docProps/core.xml")
    return builder.finish("pptx", title, empty=_EMPTY)


class _Presentation:
    def __init__(self, builder: DocumentBuilder, package: Package, main: str, root: Element) -> None:
        self._builder = builder
        self._package = package
        size = child(root, "sldSz")
        self._size = (
            (number(attribute(size, "cx")), number(attribute(size, "cy"))) if size is not None else (0, 0)
        )
        listed = child(root, "sldIdLst")
        entries = children(listed, "sldId") if listed is not None else ()
        # an entry has an id of its own beside that of its relation
        relations = [
            next((str(value) for key, value in entry.attrib.items() if str(key).endswith("}id")), "")
            for entry in entries
        ]
        self._slides = [package.target(main, relation) for relation in relations]
        # footers, and words of layouts, are said on the first slide that shows them
        self._said: set[str] = set()

    def read(self) -> None:
        for place, part in enumerate(self._slides[:MAX_PAGES], 1):
            self._builder.start_page(place)
            root = self._package.xml(part) if part else None
            tree = child(root, "cSld", "spTree")
            if root is None or tree is None:
                self._builder.problem(Phrase(_INCOMPLETE, number=place))
                continue
            self._slide(root, tree, part)
            if self._builder.full:
                return
        self._builder.cut_off("slides", MAX_PAGES, len(self._slides))

    def _slide(self, root: Element, tree: Element, part: str) -> None:
        look, _ = look_of(self._package, root, part)
        is_shown = switched(attribute(root, "show"), True)
        shapes = shapes_of(tree, look)
        below = [shape for sheet in reversed(look.sheets[1:]) for shape in _drawn_below(sheet, look)]
        reader = _SlideReader(
            self._builder, self._package, part, look, SlideStack(look, shapes, below, *self._size)
        )
        title = next((shape for shape in flat(shapes) if _kind(shape) in _TITLES), None)
        if not is_shown:
            reader.hides_all = "marked"
        if title is not None:
            reader.title(title)
        for shape in in_reading_order(shapes):
            if shape is not title:
                self._shape(reader, shape)
        notes, comments = notes_of(self._package, part), comments_of(self._package, part)
        for text in [*([f"[Notes: {notes}]"] if notes else []), *(f"[Comment: {text}]" for text in comments)]:
            if is_shown:
                self._builder.paragraph(text)
            else:
                self._builder.hidden(text, "marked")
        if is_shown:
            for text in shared_words(look.sheets):
                self._once(text)

    def _shape(self, reader: _SlideReader, shape: Shape) -> None:
        kind = _kind(shape)
        if kind == "sldNum":
            return
        if kind in ("ftr", "dt", "hdr"):
            for text in reader.seen_lines(shape):
                self._once(f"[Footer: {text}]")
            return
        reader.shape(shape)

    def _once(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            self._builder.paragraph(text)


def _kind(shape: Shape) -> str:
    """The type of a placeholder; empty for other shapes."""
    place = placeholder(shape.element)
    return "" if place is None else attribute(place, "type") or "body"


def _drawn_below(sheet: Element, look: Look) -> list[Shape]:
    """What layout and master paint: everything but their placeholders."""
    tree = child(sheet, "cSld", "spTree")
    found = flat(shapes_of(tree, look)) if tree is not None else []
    return [shape for shape in found if placeholder(shape.element) is None]


class _SlideReader:
    """Adds the shapes of one slide; ``hides_all`` says how the slide itself is hidden."""

    def __init__(
        self, builder: DocumentBuilder, package: Package, part: str, look: Look, stack: SlideStack
    ) -> None:
        self._builder = builder
        self._package = package
        self._part = part
        self._look = look
        self._stack = stack
        self.hides_all: How | None = None

    def title(self, shape: Shape) -> None:
        self._builder.heading(" ".join(self.seen_lines(shape)), 1)

    def seen_lines(self, shape: Shape) -> list[str]:
        return [paragraph.text for paragraph in self._paragraphs(shape)]

    def shape(self, shape: Shape) -> None:
        """Text, table, chart, diagram or object of a shape, and its description."""
        element = shape.element
        how = self.hides_all or self._stack.how_hidden(shape)
        if name(element) == "graphicFrame":
            self._frame(shape, how)
        else:
            self._text(self._paragraphs(shape))
        words = description(next(descendants(element, "cNvPr"), None))
        if how is None:
            self._builder.paragraph(words)
        else:
            self._builder.hidden(words, how)

    def _paragraphs(self, shape: Shape) -> list[Paragraph]:
        """What is seen of a shape's text; the rest goes to the hidden words."""
        body = child(shape.element, "txBody")
        if body is None:
            return []
        style = TextStyle(self._look, shape.element, self._stack.behind(shape))
        return self._read(body, style, self.hides_all or self._stack.how_hidden(shape))

    def _read(self, body: Element, style: TextStyle, how: How | None) -> list[Paragraph]:
        hidden: list[tuple[str, How]] = []
        found = read_paragraphs(body, style, hidden)
        if how is not None:
            hidden += [(paragraph.text, how) for paragraph in found]
            found = []
        for text, way in hidden:
            self._builder.hidden(text, how or way)
        return found

    def _text(self, paragraphs: list[Paragraph]) -> None:
        """Paragraphs of one box; several of them read as a list."""
        if len(paragraphs) == 1 and not paragraphs[0].label:
            self._builder.paragraph(paragraphs[0].text)
            return
        for paragraph in paragraphs:
            self._builder.list_item(paragraph.text, paragraph.level, paragraph.label or "-")

    def _frame(self, shape: Shape, how: How | None) -> None:
        element = shape.element
        table = next(descendants(element, "tbl"), None)
        chart = next(descendants(element, "chart"), None)
        if table is not None:
            self._table(table, shape, how)
        elif chart is not None:
            add = add_chart if how is None else hide_chart
            add(self._builder, self._package, self._part, attribute(chart, "id"))
        elif next(descendants(element, "relIds"), None) is not None:
            items = diagram_items(self._package, self._part, element)
            if items is None:
                self._builder.problem("a diagram could not be read")
            for depth, text in items or ():
                if how is None:
                    self._builder.list_item(text, depth)
                else:
                    self._builder.hidden(text, how)
        elif next(descendants(element, "oleObj"), None) is not None:
            self._builder.problem("embedded files were not read")

    def _table(self, table: Element, shape: Shape, how: How | None) -> None:
        styled = child(table, "tblPr", "tableStyleId") is not None
        behind = None if styled else self._stack.behind(shape)
        placed: list[Placed] = []
        for row, line in enumerate(children(table, "tr")):
            for column, cell in enumerate(children(line, "tc")):
                if switched(attribute(cell, "hMerge")) or switched(attribute(cell, "vMerge")):
                    continue
                fill = child(cell, "tcPr", "solidFill")
                properties = child(cell, "tcPr")
                other = (
                    next(children(properties, "gradFill", "blipFill", "pattFill"), None)
                    if properties is not None
                    else None
                )
                colour = (
                    self._look.colour(fill) if fill is not None else None if other is not None else behind
                )
                body = child(cell, "txBody")
                style = TextStyle(self._look, cell, colour)
                found = self._read(body, style, how) if body is not None else []
                text = " ".join(f"{item.label} {item.text}".strip() for item in found)
                placed.append(Placed(row, column, text, _span(cell, "rowSpan"), _span(cell, "gridSpan")))
        self._builder.table(filled(placed))


def _span(cell: Element, local: str) -> int:
    return min(max(number(attribute(cell, local), 1), 1), _MAX_SPAN)
