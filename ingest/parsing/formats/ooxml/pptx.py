"""PowerPoint: a page per slide with its title as heading, shapes from top to bottom, tables and notes."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from chatbot.errors import DocumentRefused, Phrase
from ingest.parsing.archive import open_archive
from ingest.parsing.builder import MAX_PAGES, DocumentBuilder
from ingest.parsing.document import ParsedDocument
from ingest.parsing.xml_tree import Element, attribute, child, descendants, parse_xml

_DAMAGED = "The presentation is damaged. Open it in PowerPoint, save it again and retry."
# EMU; shapes whose tops differ by less stand on one line and are read from left to right
_SAME_LINE = 200_000
_MAX_DEPTH = 20


def parse(path: Path) -> ParsedDocument:
    from pptx import Presentation
    from pptx.exc import PythonPptxError

    with open_archive(path):  # the size check
        pass
    try:
        with path.open("rb") as content:
            presentation = Presentation(content)
        slides = list(presentation.slides)
        title = presentation.core_properties.title or ""
    except (
        PythonPptxError,
        KeyError,
        ValueError,
        AttributeError,
        etree.XMLSyntaxError,
        zipfile.BadZipFile,
    ) as error:
        raise DocumentRefused(_DAMAGED) from error
    builder = DocumentBuilder()
    for number, slide in enumerate(slides[:MAX_PAGES], 1):
        builder.start_page(number)
        try:
            _slide(builder, slide)
        except (PythonPptxError, KeyError, ValueError, AttributeError, TypeError, etree.XMLSyntaxError):
            builder.problem(Phrase("slide {number} could not be read to its end", number=number))
    if len(slides) > MAX_PAGES:
        builder.problem(
            Phrase(
                "only the first {count} of {total} slides were read",
                count=f"{MAX_PAGES:,}",
                total=f"{len(slides):,}",
            )
        )
    return builder.finish(
        "pptx",
        title,
        empty="There is no text on any slide, and pictures on slides are not read. Index a version with text.",
    )


def _slide(builder: DocumentBuilder, slide: Any) -> None:
    title = slide.shapes.title
    if title is not None and title.has_text_frame:
        builder.heading(title.text_frame.text, 1)
    for shape in _in_reading_order(slide.shapes, 0):
        if title is None or shape.shape_id != title.shape_id:
            _shape(builder, shape)
    if slide.has_notes_slide and (frame := slide.notes_slide.notes_text_frame) is not None:
        builder.paragraph(frame.text)


def _in_reading_order(shapes: Any, depth: int) -> Iterator[Any]:
    """Shapes by line, then from left to right; a group's shapes stay together."""
    placed = [(shape.top or 0, shape.left or 0, shape) for shape in shapes]
    for _, _, shape in sorted(placed, key=lambda item: (item[0] // _SAME_LINE, item[1])):
        if hasattr(shape, "shapes") and depth < _MAX_DEPTH:
            yield from _in_reading_order(shape.shapes, depth + 1)
        else:
            yield shape


def _shape(builder: DocumentBuilder, shape: Any) -> None:
    if shape.has_text_frame:
        _text(builder, shape.text_frame)
    elif getattr(shape, "has_table", False) and shape.has_table:
        builder.table([[cell.text for cell in row.cells] for row in shape.table.rows])
    elif getattr(shape, "has_chart", False) and shape.has_chart:
        _chart(builder, parse_xml(shape.chart_part.blob))


def _text(builder: DocumentBuilder, frame: Any) -> None:
    """Paragraphs of one box; several of them read as a list."""
    paragraphs = [paragraph for paragraph in frame.paragraphs if paragraph.text.strip()]
    if len(paragraphs) == 1:
        builder.paragraph(paragraphs[0].text)
        return
    for paragraph in paragraphs:
        builder.list_item(paragraph.text, paragraph.level or 0)


def _chart(builder: DocumentBuilder, chart: Element) -> None:
    """Categories and values as a table, of whatever kind of chart (python-pptx knows the flat ones only)."""
    for title in descendants(chart, "title"):
        builder.paragraph("".join(found.text or "" for found in descendants(title, "t")))
        break
    series = list(descendants(chart, "ser"))
    columns = [_points(child(item, "val")) or _points(child(item, "yVal")) for item in series]
    names = [" ".join(_points(child(item, "tx")).values()) for item in series]
    categories = next(
        (found for item in series if (found := _points(child(item, "cat")) or _points(child(item, "xVal")))),
        {},
    )
    indices = sorted(set(categories).union(*columns))
    rows = [[categories.get(index, ""), *(column.get(index, "") for column in columns)] for index in indices]
    builder.table([["", *names], *rows])


def _points(element: Element | None) -> dict[int, str]:
    """Cached cell texts by position."""
    found: dict[int, str] = {}
    for point in descendants(element, "pt") if element is not None else ():
        position = attribute(point, "idx") or "0"
        value = child(point, "v")
        if value is not None and value.text and position.isdigit():
            found[int(position)] = value.text
    return found
