"""What is drawn over the cells of a sheet: text boxes, pictures, charts and diagrams."""

from __future__ import annotations

from dataclasses import dataclass, field

from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.formats.ooxml.parts.charts import add_chart
from ingest.parsing.formats.ooxml.parts.diagrams import diagram_items
from ingest.parsing.formats.ooxml.parts.drawing import (
    alternatives,
    description,
    is_hidden_shape,
    shape_paragraphs,
)
from ingest.parsing.formats.ooxml.parts.package import Package
from ingest.parsing.xml_tree import Element, attribute, children, descendants, name

_MAX_DEPTH = 20


@dataclass(slots=True)
class Drawn:
    """Pieces in the order of the drawing.

    Attributes:
        words: texts of shapes and pictures.
        hidden: texts of shapes that are switched off.
        charts: the part and the relation of each chart.
        items: depth and text of the nodes of diagrams.
        unread: whether a diagram could not be read.
    """

    words: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    charts: list[tuple[str, str | None]] = field(default_factory=list)
    items: list[tuple[int, str]] = field(default_factory=list)
    unread: bool = False

    def add_to(self, builder: DocumentBuilder, package: Package) -> None:
        for text in self.words:
            builder.paragraph(text)
        for depth, text in self.items:
            builder.list_item(text, depth)
        for part, identifier in self.charts:
            add_chart(builder, package, part, identifier)
        for text in self.hidden:
            builder.hidden(text, "marked")
        if self.unread:
            builder.problem("a diagram could not be read")


def drawn_over(package: Package, part: str) -> Drawn:
    """The drawings of a sheet, or of a chart sheet."""
    found = Drawn()
    for target in package.related(part, "drawing"):
        root = package.xml(target)
        if root is not None:
            _walk(found, package, target, root, 0)
    return found


def _walk(found: Drawn, package: Package, part: str, parent: Element, depth: int) -> None:
    for element in children(parent):
        local = name(element)
        if local == "AlternateContent":
            for form in alternatives(element):
                _walk(found, package, part, form, depth)
        elif local in ("twoCellAnchor", "oneCellAnchor", "absoluteAnchor", "grpSp"):
            if depth < _MAX_DEPTH:
                _walk(found, package, part, element, depth + 1)
        elif local in ("sp", "cxnSp", "pic", "graphicFrame"):
            _shape(found, package, part, element)


def _shape(found: Drawn, package: Package, part: str, shape: Element) -> None:
    properties = next(descendants(shape, "cNvPr"), None)
    words = [*shape_paragraphs(shape), description(properties)]
    (found.hidden if is_hidden_shape(properties) else found.words).extend(filter(None, words))
    for chart in descendants(shape, "chart"):
        found.charts.append((part, attribute(chart, "id")))
    if next(descendants(shape, "relIds"), None) is not None:
        items = diagram_items(package, part, shape)
        found.items += items or []
        found.unread = found.unread or items is None
