"""What a PDF page says: its lines in the order of its content, and apart from them what is turned and what is hidden."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Any

from chatbot.text.hidden import How
from ingest.parsing.pdf.annotations import CHECKED, UNCHECKED, notes_of, with_notes
from ingest.parsing.pdf.fonts import Fonts
from ingest.parsing.pdf.glyphs import FILLER, LOST, Box, Glyphs
from ingest.parsing.pdf.layout.columns import by_columns
from ingest.parsing.pdf.layout.ruled import grids_of, with_tables
from ingest.parsing.pdf.layout.strokes import strokes_of
from ingest.parsing.pdf.lines import Line, Piece, line_of, lines_of_pieces
from ingest.parsing.pdf.marks import set_apart
from ingest.parsing.pdf.objects import EVERYWHERE, Drawing, Text, drawing_of
from ingest.parsing.pdf.pieces import pieces_of
from ingest.parsing.pdf.turned import Letters, turned_back, turned_lines
from ingest.parsing.pdf.visible import Eye

# a page that is less wide or high is an icon with a caption beside it, in points
_LEAST_PAGE = 20.0
# text that is turned by less is set a little aslant, in degrees
_ASLANT = 8.0
# the same letters so close to each other are a shadow, or bold print made by printing twice; relative to the size
_TWICE = 0.25
# a word of which a clipping path leaves less, across or along it, is not seen
_STRIP = 0.2
# a made-up space: no wider than the gaps between the letters of a word by more than this share, and some points
_WIDER, _WIDER_POINTS = 1.25, 0.03


@dataclass(slots=True)
class Hidden:
    """Words that nobody sees, before line number ``line``."""

    line: int
    text: str
    how: How


@dataclass(slots=True)
class Content:
    """One page. ``quarters`` is by how many quarters, against the clock, its text is turned; coordinates are turned back.

    ``lost`` counts letters within words for which the font names no character. A page is ``printed`` where it shows
    words itself, not only its annotations.
    """

    lines: list[Line] = field(default_factory=list)
    turned: list[Line] = field(default_factory=list)
    hidden: list[Hidden] = field(default_factory=list)
    rules: list[Box] = field(default_factory=list)
    bounds: Box = (0.0, 0.0, 0.0, 0.0)
    quarters: int = 0
    lost: int = 0
    blank: bool = True
    printed: bool = False
    pictures: bool = False


def read(page: Any, eye: Eye, form: Any = None, layers: bool = True) -> Content:
    """The content of a page.

    ``form`` is PDFium's handle of the document's form, where it has one; ``layers`` says whether the file may have
    layers that can be switched off.
    """
    drawing = drawing_of(page, layers)
    bounds = _bounds(page)
    with Glyphs(page) as glyphs:
        notes = notes_of(page, form, bounds)
        hidden = eye.hidden(page, drawing, bounds) if glyphs.text.strip() else {}
        grids = grids_of(drawing.rules)
        cut = {
            source
            for source, text in drawing.texts.items()
            if not (_within(text.box, bounds) and _within(text.box, text.clip))
        }
        strokes = strokes_of(drawing.rules, [text.box for text in drawing.texts.values()])
        plain = not (
            hidden
            or cut
            or notes
            or grids
            or strokes.through
            or any(text.angle for text in drawing.texts.values())
        )
        pieces = pieces_of(glyphs, drawing.texts, plain)
        content = Content(bounds=bounds, blank=drawing.count == 0)
        content.quarters = quarters = _main_quarters(pieces, drawing.texts)
        content.rules = [turned_back(box, quarters) for box in drawing.rules]
        fonts = Fonts()
        sorted_ = _sorted(pieces, glyphs, drawing, fonts, hidden, cut, bounds, quarters)
        kept = sorted_.kept
        hidden_pieces = list(_seen_elsewhere(sorted_.unseen, kept))
        if not quarters:
            kept = strokes.set(kept, lambda line: eye.sees_line(page, line))
        if quarters:
            grids = grids_of(content.rules)
        content.lines, begins = _lines(glyphs, kept, drawing, fonts, words=bool(notes or grids))
    content.turned = turned_lines(sorted_.turned, quarters)
    content.lost = sum(line.text.count(LOST) for line in (*content.lines, *content.turned))
    content.hidden = list(_hidden(hidden_pieces, begins))
    content.hidden += [
        Hidden(len(content.lines), note.text, note.how)
        for note in notes
        if note.how is not None and note.text not in (CHECKED, UNCHECKED)
    ]
    content.printed = bool(content.lines or content.turned)
    content.pictures = any(area.picture for area in drawing.areas)
    lines = with_notes(content.lines, notes, quarters)
    lines, content.turned = with_tables(lines, grids, content.turned)
    content.lines = by_columns(lines)
    return content


@dataclass(slots=True)
class _Sorted:
    """The pieces of a page: ``kept`` as its lines are made of them, those ``turned`` another way, those nobody sees."""

    kept: list[Piece] = field(default_factory=list)
    turned: list[Letters] = field(default_factory=list)
    unseen: list[tuple[Piece, How]] = field(default_factory=list)


def _sorted(
    pieces: list[tuple[Piece, Box]],
    glyphs: Glyphs,
    drawing: Drawing,
    fonts: Fonts,
    hidden: dict[int, How],
    cut: set[int],
    bounds: Box,
    quarters: int,
) -> _Sorted:
    """Each piece where it belongs, without what is printed twice; the space before one that is left out goes to the next."""
    result = _Sorted()
    carried = ""
    places: dict[str, list[tuple[float, float, float]]] = {}
    sources: dict[int, _Source] = {}
    for piece, box in pieces:
        source = sources.get(piece.source)
        if source is None:
            text = drawing.texts.get(piece.source)
            source = _Source(
                hidden.get(piece.source),
                text is not None and abs(_from(text.angle, 90.0 * quarters)) > _ASLANT,
                piece.source in cut,
                text,
                text is not None and fonts.draws_signs(piece.source),
            )
            sources[piece.source] = source
        if source.signs:
            piece.text = fonts.drawn(piece.source, piece.text)
        how = source.how
        if how is None and source.cut and source.text is not None:
            how = _cut_off(box, source.text, bounds)
        if how is not None:
            result.unseen.append((piece, how))
        elif source.turned and source.text is not None:
            origins = glyphs.origins((piece.start, piece.end - 1))
            angle = source.text.angle - 90 * quarters
            result.turned.append(Letters(piece.text, piece.before, box, angle, piece.size, origins))
        elif not (_twice(source, piece, box, places) if source.twice is None else source.twice):
            if quarters:
                _turn_back(piece, box, quarters)
            if carried:
                piece.before = carried + piece.before
                carried = ""
            result.kept.append(piece)
            continue
        carried += "\n" if "\n" in piece.before else " " if piece.before else ""
    return result


@dataclass(slots=True)
class _Source:
    """What holds for all pieces of a text object: hidden, turned, cut off at an edge, in a font that draws signs, printed
    there before (if known).
    """

    how: How | None
    turned: bool
    cut: bool
    text: Text | None
    signs: bool
    twice: bool | None = None


def _bounds(page: Any) -> Box:
    """What is shown of the page; all, where it is too small for any word."""
    import pypdfium2.raw as raw

    box = raw.FS_RECTF()
    if not raw.FPDF_GetPageBoundingBox(page.raw, box):
        width, height = page.get_size()
        return 0.0, 0.0, width, height
    if min(box.right - box.left, box.top - box.bottom) < _LEAST_PAGE:
        return EVERYWHERE
    return box.left, box.bottom, box.right, box.top


def _main_quarters(pieces: list[tuple[Piece, Box]], texts: dict[int, Text]) -> int:
    """How most of the page's letters are turned."""
    if not any(text.angle for text in texts.values()):
        return 0
    weights: Counter[int] = Counter()
    for piece, _ in pieces:
        text = texts.get(piece.source)
        weights[round(text.angle / 90) % 4 if text is not None else 0] += len(piece.text)
    return weights.most_common(1)[0][0] if weights else 0


def _from(angle: float, other: float) -> float:
    return (angle - other + 180.0) % 360.0 - 180.0


def _turn_back(piece: Piece, box: Box, quarters: int) -> None:
    """Coordinates of a piece on a page whose text is turned, as if it were not."""
    left, bottom, right, top = turned_back(box, quarters)
    piece.left, piece.right, piece.base = left, right, bottom + 0.2 * (top - bottom)


def _cut_off(box: Box, text: Text, bounds: Box) -> How | None:
    """Whether a word of a longer text lies beyond the page or beyond what a clipping path leaves."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    if not (bounds[0] <= x <= bounds[2] and bounds[1] <= y <= bounds[3]):
        return "outside"
    clip = text.clip
    across = min(box[2], clip[2]) - max(box[0], clip[0])
    along = min(box[3], clip[3]) - max(box[1], clip[1])
    # a word may be printed in strips, each with a part of it
    seen = across > _STRIP * (box[2] - box[0]) and along > _STRIP * (box[3] - box[1])
    return None if seen else "clipped"


def _within(box: Box, other: Box) -> bool:
    return other[0] <= box[0] and other[1] <= box[1] and box[2] <= other[2] and box[3] <= other[3]


def _twice(
    source: _Source, piece: Piece, box: Box, places: dict[str, list[tuple[float, float, float]]]
) -> bool:
    """Whether text that begins with the same letters and is as long stands there already; if not, it does now.

    Its first piece that is seen decides.
    """
    if source.twice is None:
        length = source.text.box[2] - source.text.box[0] if source.text is not None else 0.0
        found = places.setdefault(piece.text.partition(" ")[0], [])
        across = min(_TWICE * piece.size, 0.5 * (box[2] - box[0]))
        along = _TWICE * piece.size
        left, bottom = box[:2]
        source.twice = False
        for x, y, long in found[-40:]:
            if abs(x - left) < across and abs(y - bottom) < along and abs(long - length) < 2 * along:
                source.twice = True
                break
        else:
            found.append((box[0], box[1], length))
    return source.twice


def _seen_elsewhere(unseen: list[tuple[Piece, How]], kept: list[Piece]) -> Iterator[tuple[Piece, How]]:
    """The hidden pieces without those that are printed once more at the same place, and are seen there."""
    seen: dict[str, list[Piece]] = {}
    if unseen:
        for piece in kept:
            seen.setdefault(piece.text, []).append(piece)
    for piece, how in unseen:
        near = _TWICE * piece.size
        if not any(
            abs(other.left - piece.left) < near and abs(other.base - piece.base) < near
            for other in seen.get(piece.text, ())[:200]
        ):
            yield piece, how


def _lines(
    glyphs: Glyphs, pieces: list[Piece], drawing: Drawing, fonts: Fonts, words: bool
) -> tuple[list[Line], list[tuple[int, int]]]:
    """Lines, and where each begins: the index of its first character and its number."""
    texts = drawing.texts
    lines: list[Line] = []
    places: list[tuple[int, int]] = []
    for line, end in lines_of_pieces(pieces):
        start = line[0].start
        if line[0].source != line[-1].source:
            _close_up(glyphs, line)
            set_apart(line)
        first, last = line[0].source, line[-1].source
        is_bold = first in texts and fonts.is_bold(first)
        is_bold = is_bold and (last == first or (last in texts and fonts.is_bold(last)))
        if (made := line_of(line, is_bold, end, words=words)).text.strip():
            places.append((start, len(lines)))
            lines.append(made)
    return lines, places


def _close_up(glyphs: Glyphs, line: list[Piece]) -> None:
    """Takes out the spaces that PDFium makes up between letters set apart, as scanners' programs set them."""
    alone = [
        index
        for index, piece in enumerate(line)
        if index and piece.before == " " and piece.source != line[index - 1].source and len(piece.text) == 1
    ]
    if len(alone) < 2 or 5 * len(alone) < len(line):
        return
    letters = [(piece.start, place) for piece in line[:200] for place in range(piece.start, piece.end)]
    boxes = glyphs.boxes([place for _, place in letters])
    gaps = [
        after[0] - box[2]
        for ((start, _), box), ((other, _), after) in pairwise(zip(letters, boxes, strict=True))
        if start == other
    ]
    if not gaps or (usual := median(gaps)) <= 0.08 * line[0].size:
        return
    for before, piece in pairwise(line):
        gap = piece.left - before.right
        narrow = gap <= _WIDER * usual + _WIDER_POINTS * piece.size
        if piece.before == " " and narrow and glyphs.made_up(piece.start - 1):
            piece.before = ""


def _hidden(unseen: list[tuple[Piece, How]], places: list[tuple[int, int]]) -> Iterator[Hidden]:
    """Hidden words in runs of one kind."""
    run: Hidden | None = None
    number = 0
    for piece, how in unseen:
        while number < len(places) and places[number][0] < piece.start:
            number += 1
        line = places[number][1] if number < len(places) else len(places)
        text = piece.text.replace(FILLER, "")
        if run is not None and (run.line, run.how) == (line, how):
            run.text += (" " if piece.before else "") + text
        else:
            if run is not None:
                yield run
            run = Hidden(line, text, how)
    if run is not None:
        yield run
