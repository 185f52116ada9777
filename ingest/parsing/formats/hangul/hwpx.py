"""HWPX, the XML format of Hangul word processors: paragraphs and tables of its section files in order."""

from __future__ import annotations

import re
from pathlib import Path

from chatbot.errors import DocumentRefused
from ingest.parsing.archive import Archive, open_archive
from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.document import ParsedDocument
from ingest.parsing.xml_tree import Element, attribute, children, descendants, name, parse_xml

_SECTION = re.compile(r"Contents/section(\d+)\.xml$", re.I)
# style names of headings: "개요 1" is what Hangul calls outline level 1
_OUTLINE = re.compile(r"(?:개요|제목|outline|heading)\s*(\d+)?", re.I)
_PRIVATE_USE = re.compile(r"[\U000f0000-\U0010ffff\ue000-\uf8ff]")
_SKIPPED = frozenset(
    {"secPr", "linesegarray", "fieldBegin", "header", "footer", "parameters", "shapeComment", "script"}
)
_MAX_DEPTH = 20


def parse(path: Path) -> ParsedDocument:
    with open_archive(path) as archive:
        manifest = archive.read_if_present("META-INF/manifest.xml")
        if manifest and next(descendants(parse_xml(manifest), "encryption-data"), None) is not None:
            raise DocumentRefused("The file is protected by a password. Save a copy without one.")
        sections = sorted(
            (int(match.group(1)), member) for member in archive.names if (match := _SECTION.match(member))
        )
        styles = _heading_styles(archive)
        builder = DocumentBuilder()
        for _, member in sections:
            _paragraphs(builder, parse_xml(archive.read(member)), styles, 0)
    return builder.finish("hwpx")


def _heading_styles(archive: Archive) -> dict[str, int]:
    data = archive.read_if_present("Contents/header.xml")
    found: dict[str, int] = {}
    for style in descendants(parse_xml(data), "style") if data else ():
        label = attribute(style, "name") or attribute(style, "engName") or ""
        if match := _OUTLINE.fullmatch(label.strip()):
            found[attribute(style, "id") or ""] = int(match.group(1) or 1)
    return found


def _paragraphs(builder: DocumentBuilder, parent: Element, styles: dict[str, int], depth: int) -> None:
    for paragraph in children(parent, "p"):
        text, objects = _paragraph(paragraph)
        level = styles.get(attribute(paragraph, "styleIDRef") or "")
        # outline styles also carry numbered body text in official papers: only short lines are headings
        if level and len(text) <= 80 and not text.rstrip().endswith((".", "다")):
            builder.heading(text, level)
        else:
            builder.paragraph(text)
        for found in objects:
            if name(found) == "tbl":
                _table(builder, found, styles, depth)
            else:
                _inner(builder, found, styles, depth)


def _inner(builder: DocumentBuilder, parent: Element, styles: dict[str, int], depth: int) -> None:
    if depth < _MAX_DEPTH:
        _paragraphs(builder, parent, styles, depth + 1)
    elif next(descendants(parent, "t"), None) is not None:
        builder.problem("parts nested too deeply were left out")


def _paragraph(paragraph: Element) -> tuple[str, list[Element]]:
    """The words of a paragraph, and the tables and text boxes anchored in it."""
    parts: list[str] = []
    objects: list[Element] = []
    pending = [paragraph]
    while pending:
        element = pending.pop()
        local = name(element)
        if local in ("tbl", "subList"):
            objects.append(element)
        elif local == "t":
            parts.append(element.text or "")
            for mark in element:
                parts.append(
                    {"tab": "\t", "lineBreak": "\n", "nbSpace": " ", "fwSpace": " "}.get(name(mark), "")
                )
                parts.append(mark.tail or "")
        elif local not in _SKIPPED:
            pending.extend(reversed(list(children(element))))
    return _PRIVATE_USE.sub("", "".join(parts)), objects


def _table(builder: DocumentBuilder, table: Element, styles: dict[str, int], depth: int) -> None:
    """A Markdown table, or its paragraphs one after the other where it frames text or other tables."""
    cells = [cell for row in children(table, "tr") for cell in children(row, "tc")]
    if len(cells) == 1 or any(next(descendants(cell, "tbl"), None) is not None for cell in cells):
        for cell in cells:
            for content in children(cell, "subList"):
                _inner(builder, content, styles, depth)
        return
    rows: list[list[str]] = []
    for row in children(table, "tr"):
        line: list[str] = []
        for cell in children(row, "tc"):
            address = next(children(cell, "cellAddr"), None)
            column = (attribute(address, "colAddr") if address is not None else None) or ""
            if column.isdigit():
                line += [""] * min(int(column) - len(line), 200)
            line.append(" ".join(_paragraph(found)[0] for found in descendants(cell, "p")))
        rows.append(line)
    builder.table(rows)
