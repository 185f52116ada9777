"""PPT, the presentations of PowerPoint 97 to 2003: a page per slide with its title as heading, texts, tables and notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from chatbot.errors import Phrase
from chatbot.text.hidden import How
from ingest.parsing.builder import MAX_PAGES, DocumentBuilder
from ingest.parsing.clean import one_line
from ingest.parsing.document import ParsedDocument
from ingest.parsing.formats.colours import Colour, from_bgr
from ingest.parsing.formats.legacy.compound import open_compound
from ingest.parsing.formats.legacy.slides.numbers import outline_numbering
from ingest.parsing.formats.legacy.slides.records import Atom, Persisted, atoms
from ingest.parsing.formats.legacy.slides.shapes import Around, PptShape, grid, properties_of, shapes
from ingest.parsing.formats.legacy.slides.text import TITLES, Ground, PptLine, PptText, texts_of
from ingest.parsing.formats.ooxml.parts.running import said_once
from ingest.parsing.formats.ooxml.slides.stack import Box, Layer, Stack

_SLIDE_LIST, _SLIDE_PERSIST, _SLIDE_ATOM, _NOTES_ATOM, _DRAWING, _SHOW_INFO = (
    4080,
    1011,
    1007,
    1009,
    1036,
    1017,
)
_RUNNING, _RUNNING_FLAGS, _STRING, _BLOB, _COMMENT = 4057, 4058, 4026, 5003, 12000
_SCHEME, _ENVIRONMENT, _FONTS, _FONT, _TIMING, _SLIDE_SIZE = 2032, 1010, 2005, 4023, 0xF144, 1001
_HIDDEN = 4
# flags of a slide: what it takes over from its master
_MASTER_SHAPES, _MASTER_SCHEME, _MASTER_BACKGROUND = 1, 2, 4
_NOTES_TEXT = 2
_MOST_SHEETS = 3
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
        self._numbering = outline_numbering(persisted.document)
        self._fonts = _fonts(persisted.document)
        self._page = _page(persisted.document)
        self._masters = {number: found for found, number, _ in self._listed(1) if found is not None}

    def read(self) -> None:
        notes = {number: found for found, number, _ in self._listed(2) for number in [_slide_of(found)]}
        slides = list(self._listed(0))
        for number, (slide, identifier, outline) in enumerate(slides[:MAX_PAGES], 1):
            self._builder.start_page(number)
            if slide is None:
                self._builder.problem(Phrase("slide {number} could not be read to its end", number=number))
                self._lines(outline, Ground(fonts=self._fonts))
                continue
            self._slide(slide, outline, notes.get(identifier))
            if self._builder.full:
                return
        self._builder.cut_off("slides", MAX_PAGES, len(slides))

    def _listed(self, instance: int) -> Iterator[tuple[Atom | None, int, list[PptText]]]:
        """Slides (0), masters (1) or notes (2) in order: the record, its number, the texts that its shapes name."""
        for found in self._document.inner():
            if found.type != _SLIDE_LIST or found.instance != instance:
                continue
            entry: Atom | None = None
            texts: list[Atom] = []
            for atom in [*found.inner(), None]:
                if atom is None or atom.type == _SLIDE_PERSIST:
                    if entry is not None:
                        number = entry.double(12)
                        outline = [
                            replace(text, numbering=self._numbering.get((number, text.kind), ()))
                            for text in texts_of(texts)
                        ]
                        yield self._persisted.get(entry.double(0)), number, outline
                    entry, texts = atom, []
                else:
                    texts.append(atom)

    def _slide(self, slide: Atom, outline: list[PptText], notes: Atom | None) -> None:
        info = slide.first(_SHOW_INFO)
        is_visible = not (info is not None and len(info.data) >= 12 and info.data[10] & _HIDDEN)
        sheets = self._sheets(slide)
        scheme = _scheme(sheets)
        master = {
            number: found
            for sheet in reversed(sheets[1:])
            for drawing in _drawings(sheet)
            for number, found in properties_of(drawing).items()
        }
        around = Around(outline, scheme, master)
        found = _shapes_on(slide, around)
        below = self._below(sheets, around)
        moves = any(atom.type == _TIMING for blob in slide.within(_BLOB) for atom in atoms(blob.data))
        layers = [_layer(shape, moves) for shape in (*below, *found)]
        stack = Stack(layers, self._page, _ground(sheets, around))
        seen = [
            _Placed(shape, stack.how_hidden(place), stack.behind(place))
            for place, shape in enumerate(found, len(below))
        ]
        seen.sort(key=lambda item: item.order)
        for item in seen:
            if is_visible:
                self._shape(item, Ground(item.behind, scheme, self._fonts))
            else:
                self._hide_all(item.shape, "marked")
        if not is_visible:
            return
        self._running(slide)
        for comment in _comments(slide):
            self._builder.paragraph(f"[Comment: {comment}]")
        if notes is not None and (said := self._notes(notes)):
            self._builder.paragraph(f"[Notes: {said}]")
        for shape in below:
            self._say_once(one_line(" ".join(text.text for text in shape.texts)))

    def _sheets(self, slide: Atom) -> list[Atom]:
        """A slide, its master, and that one's."""
        found = [slide]
        while (
            len(found) < _MOST_SHEETS and (master := self._masters.get(_slide_atom(found[-1])[0])) is not None
        ):
            found.append(master)
        return found

    def _below(self, sheets: list[Atom], around: Around) -> list[PptShape]:
        """What the masters paint on a slide: everything but the places that it fills."""
        found: list[PptShape] = []
        for sheet, master in pairwise(sheets):
            if not _slide_atom(sheet)[1] & _MASTER_SHAPES:
                break
            found = [*(shape for shape in _shapes_on(master, around) if not shape.is_placeholder), *found]
        return found

    def _shape(self, item: _Placed, ground: Ground) -> None:
        shape = item.shape
        if shape.is_object:
            self._builder.problem("charts and objects of other programs were not read")
        if shape.is_too_deep:
            self._builder.problem("parts nested too deeply were left out")
        if item.how is not None:
            self._hide_all(shape, item.how)
        elif shape.cells:
            hidden: list[tuple[str, How]] = []
            rows, whole = grid([(cell.place, _in_line(cell, ground, hidden)) for cell in shape.cells])
            if not whole:
                self._builder.problem("the end of a very large table was left out")
            self._builder.table(rows)
            self._hide(hidden)
        else:
            self._lines(shape.texts, ground)
            if not any(text.text.strip() for text in shape.texts):
                self._builder.paragraph(shape.description)

    def _lines(self, texts: list[PptText], ground: Ground) -> None:
        for text in texts:
            hidden: list[tuple[str, How]] = []
            lines = text.lines(ground, hidden)
            if text.kind in TITLES:
                self._builder.heading(" ".join(line.text for line in lines), 1)
            else:
                for line in lines:
                    self._line(line)
            self._hide(hidden)

    def _line(self, line: PptLine) -> None:
        if line.has_bullet:
            self._builder.list_item(line.text, line.depth, line.label or "-")
        else:
            self._builder.paragraph(line.text)

    def _hide(self, hidden: list[tuple[str, How]]) -> None:
        for text, how in hidden:
            self._builder.hidden(text, how)

    def _hide_all(self, shape: PptShape, how: How) -> None:
        for text in (*shape.texts, *(inner for cell in shape.cells for inner in cell.texts)):
            self._builder.hidden(text.text, how)
        self._builder.hidden(shape.description, how)

    def _notes(self, notes: Atom) -> str:
        hidden: list[tuple[str, How]] = []
        found = [
            " ".join(line.text for line in text.lines(Ground(fonts=self._fonts), hidden))
            for shape in _shapes_on(notes, Around())
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
                self._say_once(text)

    def _say_once(self, text: str) -> None:
        if text and text not in self._once:
            self._once.add(text)
            self._builder.paragraph(text)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A shape of a slide, how it is hidden as a whole, and the colour behind its words."""

    shape: PptShape
    how: How | None
    behind: Colour | None

    @property
    def order(self) -> tuple[bool, float, float]:
        """Titles first, then shapes by line and from left to right."""
        box = self.shape.box or Box(0, 0, 0, 0)
        return not _is_title(self.shape), box.top // _SAME_LINE, box.left


def _shapes_on(sheet: Atom, around: Around) -> list[PptShape]:
    found = (shape for drawing in _drawings(sheet) for shape in shapes(drawing, around))
    return [shape for shape in found if not shape.is_background]


def _drawings(sheet: Atom) -> Iterator[Atom]:
    return (atom for atom in sheet.inner() if atom.type == _DRAWING)


def _layer(shape: PptShape, moves: bool) -> Layer:
    is_plain = not shape.is_object and not shape.cells
    return Layer(
        shape.box,
        # a fill of which the file says nothing is not known
        is_filled=shape.is_filled is not False,
        colour=shape.fill if shape.is_filled else None,
        covers=shape.is_opaque,
        shows_more=not is_plain,
        is_off=shape.is_hidden,
        moves=moves or shape.moves,
    )


def _slide_atom(sheet: Atom) -> tuple[int, int]:
    """The number of a slide's master, and what it takes over from it."""
    atom = sheet.first(_SLIDE_ATOM)
    return (atom.double(12), atom.double(20) & 0xFFFF) if atom is not None else (0, 0)


def _scheme(sheets: list[Atom]) -> list[Colour]:
    """The eight colours of a slide, or of the master that it takes them from."""
    for sheet in sheets:
        atom = sheet.first(_SCHEME, 1)
        if atom is not None and not (_slide_atom(sheet)[1] & _MASTER_SCHEME and sheet is not sheets[-1]):
            return [from_bgr(atom.double(4 * place)) for place in range(len(atom.data) // 4)]
    return []


def _ground(sheets: list[Atom], around: Around) -> Colour | None:
    """The colour behind all shapes, ``None`` where it is not known."""
    for sheet in sheets:
        if _slide_atom(sheet)[1] & _MASTER_BACKGROUND and sheet is not sheets[-1]:
            continue
        found = (shape for drawing in _drawings(sheet) for shape in shapes(drawing, around))
        return next((shape.fill for shape in found if shape.is_background), None)
    return None


def _page(document: Atom) -> Box | None:
    """The size of the slides; ``None`` where the file does not say it."""
    atom = document.first(_SLIDE_SIZE)
    width, height = (atom.double(0), atom.double(4)) if atom is not None else (0, 0)
    return Box(0, 0, width, height) if 0 < width < 1 << 31 and 0 < height < 1 << 31 else None


def _fonts(document: Atom) -> dict[int, str]:
    """The names of the presentation's fonts by their numbers."""
    environment = document.first(_ENVIRONMENT)
    held = environment.first(_FONTS) if environment is not None else None
    return {
        atom.instance: atom.data[:64].decode("utf-16-le", "replace").partition("\0")[0]
        for atom in (held.inner() if held is not None else ())
        if atom.type == _FONT
    }


def _slide_of(notes: Atom | None) -> int:
    """The number of the slide that notes belong to, -1 for none."""
    atom = notes.first(_NOTES_ATOM) if notes is not None else None
    return atom.double(0) if atom is not None else -1


def _is_title(shape: PptShape) -> bool:
    return any(text.kind in TITLES for text in shape.texts)


def _in_line(cell: PptShape, table: Ground, hidden: list[tuple[str, How]]) -> str:
    ground = replace(table, behind=cell.behind(table.behind))
    lines = (line for text in cell.texts for line in text.lines(ground, hidden))
    return one_line(" ".join(f"{line.label} {line.text}".strip() for line in lines))


def _comments(slide: Atom) -> Iterable[str]:
    """Comments of PowerPoint 2002 and later, in data that older versions leave alone."""
    for blob in slide.within(_BLOB):
        for comment in atoms(blob.data):
            if comment.type == _COMMENT and (words := comment.first(_STRING, 1)) is not None:
                yield one_line(words.data.decode("utf-16-le", "replace"))
