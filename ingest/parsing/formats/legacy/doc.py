"""DOC, the documents of Word 97 to 2003: text with headings, lists, tables, notes, comments, headers and text boxes."""

from __future__ import annotations

from pathlib import Path

from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.clean import one_line
from ingest.parsing.document import ParsedDocument
from ingest.parsing.formats.legacy.compound import open_compound
from ingest.parsing.formats.legacy.doc_file import (
    COMMENT_REFS,
    COMMENT_TEXTS,
    ENDNOTE_REFS,
    ENDNOTE_TEXTS,
    HEADERS,
    NOTE_REFS,
    NOTE_TEXTS,
    DocFile,
)
from ingest.parsing.formats.legacy.doc_lists import Lists
from ingest.parsing.formats.legacy.doc_looks import Looks, Shape
from ingest.parsing.formats.legacy.doc_story import Said, Story
from ingest.parsing.formats.legacy.doc_table import TableRows
from ingest.parsing.formats.numbering import counter
from ingest.parsing.formats.ooxml.parts.running import said_once

# what a footnote and an endnote and a comment are in their own paragraphs
_COMMENT_DATA = 30
_HEADER_STORIES = ("Header", "Header", "Footer", "Footer", "Header", "Footer")


def parse(path: Path) -> ParsedDocument:
    builder = DocumentBuilder()
    with open_compound(path) as compound:
        file = DocFile(compound)
    _Document(builder, file).read()
    return builder.finish("doc")


class _Document:
    def __init__(self, builder: DocumentBuilder, file: DocFile) -> None:
        self._builder = builder
        self._file = file
        self._looks = Looks(file)
        self._lists = Lists(file)
        self._notes = {
            **self._references(NOTE_REFS, NOTE_TEXTS, 2, "notes", "decimal"),
            **self._references(ENDNOTE_REFS, ENDNOTE_TEXTS, 2, "endnotes", "lowerRoman"),
        }
        self._comments = self._references(COMMENT_REFS, COMMENT_TEXTS, _COMMENT_DATA, "comments", "none")

    def read(self) -> None:
        builder, parts = self._builder, self._file.parts
        running = self._running()
        for text in said_once(found for found in running if found[0] == "Header"):
            builder.paragraph(text)
        self._body(0, parts.main)
        for text in said_once(found for found in running if found[0] == "Footer"):
            builder.paragraph(text)
        if parts.boxes:
            start = parts.start("boxes")
            self._body(start, start + parts.boxes, in_box=True)
        if self._file.has_objects:
            builder.problem("charts and objects of other programs were not read")

    def _body(self, start: int, end: int, in_box: bool = False) -> None:
        """Paragraphs and tables, each paragraph with its notes and comments after it."""
        story = Story(self._file, self._looks, self._builder, self._notes, self._comments)
        table = TableRows()
        for said in story.paragraphs(start, end, in_box):
            if self._builder.full:
                return
            if said.shape.in_table or said.shape.depth:
                table.add(said, self._label(said.shape)[0])
                continue
            self._table(table)
            self._paragraph(said)
        self._table(table)
        if story.unread_fields:
            self._builder.problem("form fields and embedded objects were not read")

    def _table(self, table: TableRows) -> None:
        if not table:
            return
        rows, asides, whole = table.taken()
        if not whole:
            self._builder.problem("the end of a very large table was left out")
        self._builder.table(rows)
        for text in self._spoken(asides):
            self._builder.paragraph(text)

    def _paragraph(self, said: Said) -> None:
        label, is_bullet = self._label(said.shape)
        level = self._looks.heading(said.shape)
        if said.text.strip():
            line = f"{label} {said.text}".strip()
            if level and len(line) <= 300:
                self._builder.heading(line, level)
            elif is_bullet:
                self._builder.list_item(line, said.shape.level)
            else:
                self._builder.paragraph(line)
        for text in self._spoken(said.asides):
            self._builder.paragraph(text)

    def _label(self, shape: Shape) -> tuple[str, bool]:
        return self._lists.label(shape.list_id, shape.level) if 0 < shape.list_id < 0x7FF else ("", False)

    def _spoken(self, asides: list[tuple[str, int, int]]) -> list[str]:
        """The texts of notes and comments."""
        found: list[str] = []
        for mark, start, end in asides:
            if text := self._words(start, end):
                found.append(f"[{mark}] {text}" if mark else f"[Comment: {text}]")
        return found

    def _words(self, start: int, end: int) -> str:
        story = Story(self._file, self._looks, self._builder, {}, {})
        return " ".join(filter(None, (one_line(said.text) for said in story.paragraphs(start, end, True))))

    def _references(
        self, places: int, texts: int, size: int, part: str, kind: str
    ) -> dict[int, tuple[str, int, int]]:
        """For each reference its mark and where its text begins and ends."""
        references, data = self._file.plex(places, size)
        bounds, _ = self._file.plex(texts, 0)
        first, length = self._file.parts.start(part), getattr(self._file.parts, part)
        found: dict[int, tuple[str, int, int]] = {}
        number = 0
        for index, position in enumerate(references[: len(data)]):
            if index + 1 >= len(bounds):
                break
            # a note's flag is 0 where somebody set the mark by hand: it then stands in the text
            automatic = kind == "none" or data[index][:2] != b"\0\0"
            number += automatic and kind != "none"
            mark = counter(number, kind) if automatic else "*"
            low, high = min(bounds[index], length), min(bounds[index + 1], length)
            found[position] = "" if kind == "none" else mark, first + low, first + high
        return found

    def _running(self) -> list[tuple[str, str]]:
        """Headers and footers: six stories that separate notes, then six for each section."""
        bounds, _ = self._file.plex(HEADERS, 0)
        start, length = self._file.parts.start("headers"), self._file.parts.headers
        found: list[tuple[str, str]] = []
        for index in range(6, len(bounds) - 1):
            low, high = min(bounds[index], length), min(bounds[index + 1], length)
            if low < high:
                found.append((_HEADER_STORIES[index % 6], self._words(start + low, start + high)))
        return found
