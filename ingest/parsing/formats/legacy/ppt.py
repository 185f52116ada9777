"""PPT, the presentations of PowerPoint 97 to 2003: a page per slide with its title as heading, texts, tables and notes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from chatbot.errors import Phrase
from chatbot.text.hidden import How
from ingest.parsing.builder import MAX_PAGES, DocumentBuilder
from ingest.parsing.clean import one_line
from ingest.parsing.document import ParsedDocument
from ingest.parsing.formats.legacy.compound import open_compound
from ingest.parsing.formats.legacy.ppt_records import Atom, Persisted, atoms
from ingest.parsing.formats.legacy.ppt_shapes import PptShape, grid, shapes
from ingest.parsing.formats.legacy.ppt_text import TITLES, PptLine, PptText, texts_of
from ingest.parsing.formats.ooxml.parts.running import said_once

_SLIDE_LIST, _SLIDE_PERSIST, _SLIDE_ATOM, _NOTES_ATOM, _DRAWING, _SHOW_INFO = (
    4080,
    1011,
    1007,
    1009,
    1036,
    1017,
)
_RUNNING, _RUNNING_FLAGS, _STRING, _BLOB, _COMMENT = 4057, 4058, 4026, 5003, 12000
_HIDDEN = 4
_NOTES_TEXT = 2
# a slide is 4,320 units high; shapes within one of these stand on one line
_SAME_LINE = 150
_EMPTY = "There is no text on any slide, and pictures on slides are not read. Index a version with text."


def parse(path: Path) -> ParsedDocument:
    builder = DocumentBuilder()
    with open_compound(path) as compound:
        _Presentation(builder, Persisted(compound)).read()
    return builder.finish("ppt", empty=_EMPTY)


class _Presentation:
    def __init__(self, builder: DocumentBuilder, persisted: Persisted) -> None:
        self._builder = builder
        self._persisted = persisted
        assert persisted.document is not None
        self._document = persisted.document
        self._once: set[str] = set()

    def read(self) -> None:
        notes = {number: found for found, number, _ in self._listed(2) for number in [_slide_of(found)]}
        slides = list(self._listed(0))
        for number, (slide, identifier, outline) in enumerate(slides[:MAX_PAGES], 1):
            self._builder.start_page(number)
            if slide is None:
                self._builder.problem(Phrase("slide {number} could not be read to its end", number=number))
                self._lines(outline)
                continue
            self._slide(slide, outline, notes.get(identifier))
            if self._builder.full:
                return
        self._builder.cut_off("slides", MAX_PAGES, len(slides))

    def _listed(self, instance: int) -> Iterable[tuple[Atom | None, int, list[PptText]]]:
        """Slides (0) or notes (2) in order: the record, the slide's number, the texts that its shapes name."""
        for found in self._document.inner():
            if found.type != _SLIDE_LIST or found.instance != instance:
                continue
            entry: Atom | None = None
            texts: list[Atom] = []
            for atom in [*found.inner(), None]:
                if atom is None or atom.type == _SLIDE_PERSIST:
                    if entry is not None:
                        yield self._persisted.get(entry.double(0)), entry.double(12), texts_of(texts)
                    entry, texts = atom, []
                else:
                    texts.append(atom)

    def _slide(self, slide: Atom, outline: list[PptText], notes: Atom | None) -> None:
        info = slide.first(_SHOW_INFO)
        is_visible = not (info is not None and len(info.data) >= 12 and info.data[10] & _HIDDEN)
        found = [
            shape
            for drawing in slide.inner()
            if drawing.type == _DRAWING
            for shape in shapes(drawing, outline)
        ]
        found.sort(key=lambda shape: (not _is_title(shape), shape.place[0] // _SAME_LINE, shape.place[1]))
        if not is_visible:
            for shape in found:
                for text in (*shape.texts, *(inner for cell in shape.cells for inner in cell.texts)):
                    self._builder.hidden(text.text, "marked")
            return
        for shape in found:
            self._shape(shape)
        self._running(slide)
        for comment in _comments(slide):
            self._builder.paragraph(f"[Comment: {comment}]")
        if notes is not None and (said := self._notes(notes)):
            self._builder.paragraph(f"[Notes: {said}]")

    def _shape(self, shape: PptShape) -> None:
        if shape.is_object:
            self._builder.problem("charts and objects of other programs were not read")
        if shape.is_too_deep:
            self._builder.problem("parts nested too deeply were left out")
        if shape.cells:
            hidden: list[tuple[str, How]] = []
            rows, whole = grid([(cell.place, _in_line(cell, hidden)) for cell in shape.cells])
            if not whole:
                self._builder.problem("the end of a very large table was left out")
            self._builder.table(rows)
            self._hide(hidden)
        elif shape.is_hidden:
            for hidden_text in shape.texts:
                self._builder.hidden(hidden_text.text, "marked")
        else:
            self._lines(shape.texts, shape)
            if not any(text.text.strip() for text in shape.texts):
                self._builder.paragraph(shape.description)

    def _lines(self, texts: list[PptText], shape: PptShape | None = None) -> None:
        for text in texts:
            hidden: list[tuple[str, How]] = []
            lines = text.lines(shape.fill if shape is not None else None, hidden)
            if text.kind in TITLES:
                self._builder.heading(" ".join(line.text for line in lines), 1)
            else:
                for line in lines:
                    self._line(line)
            self._hide(hidden)

    def _line(self, line: PptLine) -> None:
        if line.has_bullet:
            self._builder.list_item(line.text, line.depth)
        else:
            self._builder.paragraph(line.text)

    def _hide(self, hidden: list[tuple[str, How]]) -> None:
        for text, how in hidden:
            self._builder.hidden(text, how)

    def _notes(self, notes: Atom) -> str:
        hidden: list[tuple[str, How]] = []
        found = [
            " ".join(line.text for line in text.lines(None, hidden))
            for drawing in notes.inner()
            if drawing.type == _DRAWING
            for shape in shapes(drawing, [])
            for text in shape.texts
            if text.kind == _NOTES_TEXT
        ]
        self._hide(hidden)
        return one_line(" ".join(found))

    def _running(self, slide: Atom) -> None:
        """The footer of a slide, else that of all slides; each once."""
        holder = slide.first(_RUNNING) or self._document.first(_RUNNING, 3)
        flags = holder.first(_RUNNING_FLAGS) if holder is not None else None
        if holder is None or flags is None or len(flags.data) < 4:
            return
        shown = int.from_bytes(flags.data[2:4], "little")
        for place, instance, flag in (("Header", 1, 0x10), ("Footer", 2, 0x20)):
            words = holder.first(_STRING, instance)
            if words is None or not shown & flag:
                continue
            for text in said_once([(place, words.data.decode("utf-16-le", "replace"))]):
                if text not in self._once:
                    self._once.add(text)
                    self._builder.paragraph(text)


def _slide_of(notes: Atom | None) -> int:
    """The number of the slide that notes belong to, -1 for none."""
    atom = notes.first(_NOTES_ATOM) if notes is not None else None
    return atom.double(0) if atom is not None else -1


def _is_title(shape: PptShape) -> bool:
    return any(text.kind in TITLES for text in shape.texts)


def _in_line(cell: PptShape, hidden: list[tuple[str, How]]) -> str:
    return one_line(" ".join(line.text for text in cell.texts for line in text.lines(cell.fill, hidden)))


def _comments(slide: Atom) -> Iterable[str]:
    """Comments of PowerPoint 2002 and later, in data that older versions leave alone."""
    for blob in slide.within(_BLOB):
        for comment in atoms(blob.data):
            if comment.type == _COMMENT and (words := comment.first(_STRING, 1)) is not None:
                yield one_line(words.data.decode("utf-16-le", "replace"))
