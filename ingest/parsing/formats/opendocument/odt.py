"""OpenDocument text: headings, paragraphs, lists and tables of content.xml."""

from __future__ import annotations

from pathlib import Path

from chatbot.errors import DocumentRefused
from ingest.parsing.archive import open_archive
from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.document import ParsedDocument
from ingest.parsing.xml_tree import (
    Element,
    attribute,
    child,
    children,
    descendants,
    dublin_core_title,
    name,
    parse_xml,
)

_SKIPPED = frozenset(
    {"annotation", "tracked-changes", "sequence-decls", "forms", "table-of-content", "bookmark"}
)
# levels of text boxes inside paragraphs of text boxes; real documents have fewer than five, the XML parser allows 256
_MAX_DEPTH = 30


def parse(path: Path) -> ParsedDocument:
    with open_archive(path) as archive:
        manifest = archive.read_if_present("META-INF/manifest.xml")
        if manifest and next(descendants(parse_xml(manifest), "encryption-data"), None) is not None:
            raise DocumentRefused("The file is protected by a password. Save a copy without one.")
        root = parse_xml(archive.read("content.xml"))
        title = dublin_core_title(archive, "meta.xml")
    builder = DocumentBuilder()
    body = child(root, "body", "text")
    if body is not None:
        _blocks(builder, body, 0)
    return builder.finish("odt", title)


def _blocks(builder: DocumentBuilder, parent: Element, depth: int) -> None:
    if depth > _MAX_DEPTH:
        builder.problem("parts nested too deeply were left out")
        return
    for element in children(parent):
        local = name(element)
        if local == "h":
            level = attribute(element, "outline-level") or "1"
            builder.heading(inline_text(element), int(level) if level.isdigit() else 1)
        elif local == "p":
            builder.paragraph(inline_text(element))
            for box in descendants(element, "text-box"):
                _blocks(builder, box, depth + 1)
        elif local == "list":
            _list(builder, element, 0)
        elif local == "table":
            builder.table(_rows(element))
        elif local not in _SKIPPED:
            _blocks(builder, element, depth + 1)


def _list(builder: DocumentBuilder, element: Element, depth: int) -> None:
    for item in children(element, "list-item", "list-header"):
        for inner in children(item):
            if name(inner) == "list":
                if depth < _MAX_DEPTH:
                    _list(builder, inner, depth + 1)
                else:
                    builder.problem("parts nested too deeply were left out")
            elif name(inner) == "h":
                level = attribute(inner, "outline-level") or "1"
                builder.heading(inline_text(inner), int(level) if level.isdigit() else 1)
            else:
                builder.list_item(inline_text(inner), depth)


def _rows(table: Element) -> list[list[str]]:
    rows: list[list[str]] = []
    for row in children(table):
        if name(row) in ("table-header-rows", "table-rows", "table-row-group"):
            rows += _rows(row)
        if name(row) != "table-row":
            continue
        cells: list[str] = []
        for cell in children(row, "table-cell", "covered-table-cell"):
            # sheets repeat their last empty cell a thousand times
            repeated = attribute(cell, "number-columns-repeated") or "1"
            text = " ".join(inline_text(found) for found in descendants(cell, "p", "h"))
            cells += [text] * min(int(repeated) if repeated.isdigit() else 1, 200)
        rows.append(cells)
    return rows


def inline_text(element: Element) -> str:
    """The words of a paragraph; text boxes, notes' numbers and comments left out."""
    found = [element.text or ""]
    for inner in element:
        local = name(inner)
        if local == "s":
            count = attribute(inner, "c") or "1"
            found.append(" " * min(int(count) if count.isdigit() else 1, 100))
        elif local == "tab":
            found.append("\t")
        elif local == "line-break":
            found.append("\n")
        elif local == "note":
            body = child(inner, "note-body")
            note = (
                " ".join(inline_text(paragraph) for paragraph in children(body, "p"))
                if body is not None
                else ""
            )
            found.append(f" ({note.strip()})" if note.strip() else "")
        elif local and local not in _SKIPPED and local not in ("text-box", "object", "desc", "title"):
            found.append(inline_text(inner))
        found.append(inner.tail or "")
    return "".join(found)
