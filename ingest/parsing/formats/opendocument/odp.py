"""OpenDocument slides: a page per slide with its title as heading, its shapes from top to bottom, tables, charts, notes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.parsing.archive import Archive, open_archive
from ingest.parsing.builder import MAX_PAGES, DocumentBuilder
from ingest.parsing.document import ParsedDocument
from ingest.parsing.formats.colours import Colour
from ingest.parsing.formats.ooxml.parts.running import said_once
from ingest.parsing.formats.opendocument.lines import Speaker, comments
from ingest.parsing.formats.opendocument.looks import Look, Looks, length
from ingest.parsing.formats.opendocument.objects import add_objects, description
from ingest.parsing.formats.opendocument.ods import open_parts
from ingest.parsing.formats.opendocument.odt_styles import Level, ListState, Styles, start_value
from ingest.parsing.formats.opendocument.slide_stack import OdpStack, drawn_below, ground_of
from ingest.parsing.formats.opendocument.table_cells import table_rows
from ingest.parsing.xml_tree import Element, attribute, child, children, descendants, dublin_core_title, name

_EMPTY = "There is no text on any slide, and pictures on slides are not read. Index a version with text."
_MAX_DEPTH = 20
# points: shapes as high as that stand on one line and are read from left to right
_SAME_LINE = 20.0
_PASSING = frozenset({"date-time", "page-number"})


def parse(path: Path) -> ParsedDocument:
    builder = DocumentBuilder()
    with open_archive(path) as archive:
        root, styles = open_parts(archive)
        body = child(root, "body", "presentation")
        if body is not None:
            _Slides(builder, archive, root, styles).read(body)
        title = dublin_core_title(archive, "meta.xml")
    return builder.finish("odp", title, empty=_EMPTY)


@dataclass(frozen=True, slots=True)
class _Slide:
    """A slide: what lies over what on it, and whether it is shown."""

    stack: OdpStack
    is_visible: bool


class _Slides:
    def __init__(
        self, builder: DocumentBuilder, archive: Archive, root: Element, styles: Element | None
    ) -> None:
        self._builder = builder
        self._archive = archive
        self._styles = styles
        self._looks = Looks()
        self._looks.add(styles)
        self._looks.add(root)
        self._speaker = Speaker(self._looks)
        self._lists = Styles([found for found in (styles, root) if found is not None])
        self._once: set[str] = set()

    def read(self, body: Element) -> None:
        declared = {
            attribute(found, "name"): "".join(found.itertext())
            for found in children(body, "footer-decl", "header-decl")
        }
        slides = list(children(body, "page"))
        for number, page in enumerate(slides[:MAX_PAGES], 1):
            self._builder.start_page(number, attribute(page, "name") or "")
            master = self._named("master-page", attribute(page, "master-page-name"))
            slide = self._slide(page, master)
            self._shapes(page, slide, 0)
            for key, place in (("use-header-name", "Header"), ("use-footer-name", "Footer")):
                self._running(place, declared.get(attribute(page, key), ""), slide)
            self._say(comments(page), slide)
            self._notes(page, slide)
            if master is not None and slide.is_visible:
                self._master_words(master)
            if self._builder.full:
                return
        self._builder.cut_off("slides", MAX_PAGES, len(slides))

    def _slide(self, page: Element, master: Element | None) -> _Slide:
        look = self._looks.of("drawing-page", attribute(page, "style-name"))
        below = self._looks.of(
            "drawing-page", attribute(master, "style-name") if master is not None else None
        )
        layout = self._named(
            "page-layout", attribute(master, "page-layout-name") if master is not None else None
        )
        properties = child(layout, "page-layout-properties")
        width = length(attribute(properties, "page-width")) if properties is not None else None
        height = length(attribute(properties, "page-height")) if properties is not None else None
        size = (width, height) if width and height else None
        stack = OdpStack(page, master, self._look, size, ground_of(look, below))
        return _Slide(stack, look.display != "none")

    def _named(self, local: str, wanted: str | None) -> Element | None:
        found = descendants(self._styles, local) if self._styles is not None and wanted else ()
        return next((element for element in found if attribute(element, "name") == wanted), None)

    def _look(self, shape: Element) -> Look:
        family = "presentation" if attribute(shape, "class") and self._is_presented(shape) else "graphic"
        return self._looks.of(family, attribute(shape, "style-name"))

    def _is_presented(self, shape: Element) -> bool:
        return self._looks.element("presentation", attribute(shape, "style-name")) is not None

    def _shapes(self, parent: Element, slide: _Slide, depth: int) -> None:
        for shape in _in_reading_order(parent):
            kind = attribute(shape, "class") or ""
            if attribute(shape, "placeholder") == "true" or kind in _PASSING:
                continue
            if kind in ("header", "footer"):
                self._running(kind.capitalize(), self._speaker.words(shape, Look(), None), slide)
            elif name(shape) in ("g", "a"):
                if depth < _MAX_DEPTH:
                    self._shapes(shape, slide, depth + 1)
                else:
                    self._builder.problem("parts nested too deeply were left out")
            else:
                self._shape(shape, kind, slide)

    def _shape(self, shape: Element, kind: str, slide: _Slide) -> None:
        look = self._look(shape)
        how = slide.stack.how_hidden(shape)
        if how is not None or not slide.is_visible:
            text = " ".join("".join(found.itertext()) for found in descendants(shape, "p", "h"))
            self._builder.hidden(f"{text} {description(shape)}", how or "marked")
            return
        behind = slide.stack.behind(shape)
        self._speaker.hidden.clear()
        table = child(shape, "table")
        if table is not None:
            self._builder.table(table_rows(table, lambda cell: self._cell(cell, behind)))
        elif kind == "title":
            self._builder.heading(self._speaker.words(_holder(shape), look, behind), 1)
        else:
            self._paragraphs(_holder(shape), look, behind)
        for text, found in self._speaker.hidden:
            self._builder.hidden(text, found)
        add_objects(self._builder, self._archive, shape)
        self._builder.paragraph(description(shape))

    def _cell(self, cell: Element, behind: Colour | None) -> str:
        look = self._looks.of("table-cell", attribute(cell, "style-name"))
        # table styles may fill it: unless the cell says its own, nothing is known
        return self._speaker.words(cell, look, behind if look.says_fill else None)

    def _paragraphs(self, parent: Element, look: Look, behind: Colour | None) -> None:
        for element in children(parent):
            if name(element) in ("p", "h"):
                self._builder.paragraph(self._speaker.line(element, look, behind))
            elif name(element) == "list":
                self._list(element, ListState(self._levels_of(element)), look, behind, 0)

    def _list(
        self, element: Element, state: ListState, look: Look, behind: Colour | None, depth: int
    ) -> None:
        """Items with their numbers; only the first paragraph of an item has one."""
        for item in children(element, "list-item", "list-header"):
            fresh = name(item) == "list-item"
            for inner in children(item):
                if name(inner) in ("p", "h"):
                    text = self._speaker.line(inner, look, behind)
                    marker = ""
                    if fresh and "".join(inner.itertext()).strip():
                        marker, fresh = state.next(depth, start_value(item)), False
                    self._builder.list_item(text, depth, marker)
                elif name(inner) == "list" and depth < _MAX_DEPTH:
                    own = self._levels_of(inner)
                    goes_on = not own or own == state.levels
                    self._list(inner, state if goes_on else ListState(own), look, behind, depth + 1)
                elif name(inner) == "list":
                    self._builder.problem("parts nested too deeply were left out")

    def _levels_of(self, element: Element) -> dict[int, Level]:
        return self._lists.list_levels(attribute(element, "style-name")) or {}

    def _notes(self, page: Element, slide: _Slide) -> None:
        for notes in children(page, "notes"):
            texts = [
                self._speaker.words(_holder(frame), Look(), None)
                for frame in descendants(notes, "frame")
                if attribute(frame, "class") == "notes" and attribute(frame, "placeholder") != "true"
            ]
            if text := " ".join(filter(None, texts)):
                self._say(f"[Notes: {text}]", slide)

    def _master_words(self, master: Element) -> None:
        """What a master puts on its slides; said once."""
        for shape in drawn_below(master):
            text = self._speaker.words(_holder(shape), self._look(shape), None)
            if text and text not in self._once:
                self._once.add(text)
                self._builder.paragraph(text)

    def _running(self, place: str, text: str, slide: _Slide) -> None:
        for line in said_once([(place, text)]):
            if line not in self._once:
                self._once.add(line)
                self._say(line, slide)

    def _say(self, text: str, slide: _Slide) -> None:
        if slide.is_visible:
            self._builder.paragraph(text)
        else:
            self._builder.hidden(text, "marked")


def _holder(shape: Element) -> Element:
    """A frame holds its words in a text box, a drawn shape itself."""
    box = child(shape, "text-box")
    return shape if box is None else box


def _in_reading_order(parent: Element) -> Iterator[Element]:
    """Titles first, then shapes by line and from left to right."""

    def place(shape: Element) -> tuple[bool, float, float]:
        inner = (
            shape
            if attribute(shape, "y")
            else next(descendants(shape, "frame", "custom-shape", "rect"), shape)
        )
        top, left = length(attribute(inner, "y")) or 0.0, length(attribute(inner, "x")) or 0.0
        return attribute(shape, "class") != "title", top // _SAME_LINE, left

    skipped = ("notes", "forms", "annotation", "par", "title", "desc", "event-listeners")
    yield from sorted((shape for shape in children(parent) if name(shape) not in skipped), key=place)
