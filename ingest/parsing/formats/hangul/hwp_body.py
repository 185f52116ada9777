"""HWP 5: a section's tree of records -> paragraphs, tables, notes and what else is painted, in reading order."""

from __future__ import annotations

import re
import struct
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.clean import one_line
from ingest.parsing.formats.colours import WHITE, Colour, unseen
from ingest.parsing.formats.hangul.hwp_controls import (
    equation,
    inner_lists,
    kind_of,
    lists,
    paragraphs_in,
    shape_fill,
    small_control,
)
from ingest.parsing.formats.hangul.hwp_numbers import Counters
from ingest.parsing.formats.hangul.hwp_records import (
    CHART_DATA,
    CTRL_HEADER,
    EQEDIT,
    LIST_HEADER,
    MEMO_LIST,
    OLE_OBJECT,
    PAGE_BORDER_FILL,
    PARA_CHAR_SHAPE,
    PARA_HEADER,
    PARA_TEXT,
    SHAPE_COMPONENT,
    TABLE,
    TEXTART,
    VIDEO,
    Record,
)
from ingest.parsing.formats.hangul.hwp_styles import Styles
from ingest.parsing.formats.hangul.hwp_text import pieces, readable
from ingest.parsing.formats.ooxml.parts.running import said_once
from ingest.parsing.formats.scripts import Level, Line
from ingest.parsing.spans import Cell, spread

_MAX_DEPTH = 20
_MAX_HEADING = 80
# characters of a title on average, where only its size marks it
_MAX_TITLE = 40
# a line of a table of contents ends with its page
_WITH_PAGE = re.compile(r"\t\s*\d+\s*$")


@dataclass(slots=True)
class Paragraph:
    """``text`` as a line, what stands ``before`` and ``after`` it, and how large its smallest characters are (points)."""

    text: str = ""
    label: str = ""
    level: int = 0
    is_title: bool = False
    bullet: bool = False
    depth: int = 0
    size: float = 0.0
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    objects: list[Record] = field(default_factory=list)

    @property
    def line(self) -> str:
        return f"{self.label} {self.text}".strip()


class Body:
    """Writes the sections of one document into ``builder``.

    Args:
        sizes: sizes in points that only titles have, the largest first (``title_sizes``); empty where styles name them.
    """

    def __init__(self, builder: DocumentBuilder, styles: Styles, sizes: Sequence[float] = ()) -> None:
        self._builder = builder
        self._styles = styles
        self._sizes = sizes
        self._counters = Counters()
        self._outline = 0
        self._once: set[str] = set()
        self._page: Colour | None = WHITE

    def section(self, records: Sequence[Record]) -> None:
        self._page = WHITE
        self._list(records, 0, None)

    def _list(
        self, records: Sequence[Record], depth: int, behind: Colour | None, known: bool = False
    ) -> None:
        """Paragraphs that follow each other; ``behind`` is the colour behind them where it is ``known``."""
        in_memo = False
        for record in records:
            if self._builder.full:
                return
            if record.tag == MEMO_LIST:
                in_memo = True
                text = self._words(record.children, depth, WHITE)
                self._builder.paragraph(f"[Comment: {text}]" if text else "")
            elif record.tag == PARA_HEADER and in_memo:
                text = self._words([record], depth, WHITE)
                self._builder.paragraph(f"[Comment: {text}]" if text else "")
            elif record.tag == PARA_HEADER:
                self._emit(self._paragraph(record, depth, behind if known else self._page), depth)

    def _emit(self, paragraph: Paragraph, depth: int) -> None:
        builder = self._builder
        for text in paragraph.before:
            builder.paragraph(text)
        line = paragraph.line
        if paragraph.text.strip():
            if level := self._heading(paragraph, line):
                builder.heading(line, level, paragraph.is_title)
            elif paragraph.bullet:
                builder.list_item(line, paragraph.depth)
            else:
                builder.paragraph(line)
        for found in paragraph.objects:
            self._object(found, depth)
        for text in paragraph.after:
            builder.paragraph(text)

    def _heading(self, paragraph: Paragraph, line: str) -> int:
        # outline styles also carry numbered body text in official papers: only short lines are headings
        if (
            len(line) > _MAX_HEADING
            or line.rstrip().endswith((".", "다", ";", ","))
            or _WITH_PAGE.search(line)
        ):
            return 0
        if paragraph.level:
            return paragraph.level
        return self._sizes.index(paragraph.size) + 1 if paragraph.size in self._sizes else 0

    def _object(self, control: Record, depth: int) -> None:
        """A table or a drawing with its words, after the paragraph that it is anchored in."""
        if depth >= _MAX_DEPTH:
            self._builder.problem("parts nested too deeply were left out")
        elif kind_of(control) == "tbl ":
            self._table(control, depth + 1)
        else:
            self._drawing(control, depth + 1)

    def _drawing(self, control: Record, depth: int) -> None:
        """Text boxes and captions; what is drawn by another program is named as missing."""
        pending = [(control, depth)]
        while pending:
            record, level = pending.pop()
            if record.tag in (OLE_OBJECT, CHART_DATA, VIDEO):
                self._builder.problem("charts and objects of other programs were not read")
            if record.tag == TEXTART:
                # four corners of 8 bytes, then the text
                self._builder.paragraph(readable(record.text(32)[0]))
            for _, paragraphs in lists(record.children):
                if level >= _MAX_DEPTH:
                    self._builder.problem("parts nested too deeply were left out")
                    continue
                fill = shape_fill(record) if record.tag == SHAPE_COMPONENT else None
                self._list(paragraphs, level, fill, known=True)
            inner = [child for child in record.children if child.tag not in (PARA_HEADER, LIST_HEADER)]
            pending += [(child, level + 1) for child in reversed(inner)]

    def _table(self, control: Record, depth: int) -> None:
        """A Markdown table, or its paragraphs one after the other where it frames text or other tables."""
        table, cells = control.first(TABLE), []
        seen_table = False
        for header, paragraphs in lists(control.children, TABLE):
            seen_table = seen_table or header is None
            if header is None:
                continue
            if seen_table:
                cells.append((header, paragraphs))
            else:  # lists before the table's record are its caption
                self._list(paragraphs, depth, WHITE, known=True)
        if table is None or not cells:
            return
        behind = self._styles.background(table.word(18 + 2 * table.word(4)), self._page)
        framed = len(cells) == 1 or any(_holds_table(paragraphs) for _, paragraphs in cells)
        if framed:
            for header, paragraphs in cells:
                self._list(paragraphs, depth, self._styles.background(header.word(32), behind), known=True)
            return
        self._rows(cells, depth, behind)

    def _rows(self, cells: Sequence[tuple[Record, list[Record]]], depth: int, behind: Colour | None) -> None:
        spanned: list[Cell] = []
        sizes: set[float] = set()
        later: list[Record] = []
        for header, paragraphs in cells:
            column, row, columns, rows = (header.word(offset) for offset in (8, 10, 12, 14))
            background = self._styles.background(header.word(32), behind)
            text = self._words(paragraphs, depth, background, sizes, later)
            spanned.append(Cell(row, column, rows, columns, text))
        rows_of, whole = spread(spanned)
        if not whole:
            self._builder.problem("the end of a very large table was left out")
        filled = list(dict.fromkeys(filter(None, rows_of[0]))) if len(rows_of) == 1 else []
        if filled and len(sizes) == 1 and (level := self._title(next(iter(sizes)), " ".join(filled))):
            # official papers set their titles into tables of one row: "Ⅱ | | 추진 과제"
            self._builder.heading(" ".join(filled), level)
        else:
            self._builder.table(rows_of)
        for found in later:
            self._object(found, depth)

    def _title(self, size: float, text: str) -> int:
        return self._heading(Paragraph(text=text, size=size), text)

    def _words(
        self,
        records: Sequence[Record],
        depth: int,
        behind: Colour | None,
        sizes: set[float] | None = None,
        later: list[Record] | None = None,
    ) -> str:
        """All paragraphs of a cell or a note as one line; drawings in it go to ``later``, else their words follow."""
        found: list[str] = []
        for record in records:
            if record.tag != PARA_HEADER:
                continue
            paragraph = self._paragraph(record, depth, behind)
            found += [*paragraph.before, paragraph.line if paragraph.text.strip() else "", *paragraph.after]
            if sizes is not None and paragraph.text.strip():
                sizes.add(paragraph.size)
            if later is not None:
                later += paragraph.objects
            elif depth < _MAX_DEPTH:
                for drawn in paragraph.objects:
                    for inner in inner_lists(drawn):
                        found.append(self._words(inner, depth + 1, None))
        return " ".join(filter(None, map(one_line, found)))

    def _paragraph(self, record: Record, depth: int, behind: Colour | None) -> Paragraph:
        styles, found = self._styles, Paragraph()
        shape = styles.paragraph(record.word(8))
        style = record.data[10] if len(record.data) > 10 else 0
        found.level, found.is_title = styles.heading(style), style in styles.titles
        if shape is not None:
            behind = styles.background(shape.fill, behind)
        text_record = record.first(PARA_TEXT)
        controls = iter([child for child in record.children if child.tag == CTRL_HEADER])
        line = Line()
        runs = _runs(record.first(PARA_CHAR_SHAPE))
        sizes: list[float] = []
        for start, text in pieces(text_record.data) if text_record is not None else ():
            if text is not None:
                self._characters(line, start, text, runs, behind, sizes)
            elif (control := next(controls, None)) is not None:
                self._control(line, control, found, depth)
        for control in controls:  # one without its character: nothing is lost by a damaged text
            self._control(line, control, found, depth)
        found.text = line.text()
        found.size = min(sizes, default=0.0)
        if shape is not None and shape.head:
            self._number(found, shape.head, shape.level, shape.list_id)
        return found

    def _number(self, found: Paragraph, head: int, level: int, list_id: int) -> None:
        found.depth = level
        if head == 1:
            found.level = found.level or level + 1
            list_id = self._outline
        if head == 3:
            found.bullet = bool(found.text.strip())
        elif numbering := self._styles.numbering(list_id):
            found.label = self._counters.label(list_id, numbering, level)

    def _characters(
        self,
        line: Line,
        start: int,
        text: str,
        runs: Sequence[tuple[int, int]],
        behind: Colour | None,
        sizes: list[float],
    ) -> None:
        """Adds ``text`` by its runs; positions count 16-bit units, so that it is cut as such."""
        units = text.encode("utf-16-le")
        end = start + len(units) // 2
        at = max(bisect_right(runs, start, key=lambda run: run[0]) - 1, 0)
        for (first, shape_id), (beyond, _) in pairwise([*runs[at:], (1 << 32, 0)]):
            low, high = max(first, start), min(beyond, end)
            if first >= end:
                break
            if low >= high:
                continue
            part = readable(units[2 * (low - start) : 2 * (high - start)].decode("utf-16-le", "replace"))
            shape = self._styles.character(shape_id)
            if shape is None or not part.strip():
                line.add(part)
                continue
            if how := unseen(shape.colour, shape.shade or behind, shape.size or None):
                self._builder.hidden(part, how)
                continue
            sizes.append(shape.size)
            level: Level = 1 if shape.raised else -1 if shape.lowered else 0
            line.add(part, level, shape.struck)

    def _control(self, line: Line, control: Record, found: Paragraph, depth: int) -> None:
        """What a control adds to its line; what it adds around it goes to ``found``."""
        kind = kind_of(control)
        if kind in ("tbl ", "gso "):
            found.objects.append(control)
        elif kind == "eqed":
            script = control.first(EQEDIT)
            line.add_apart(f" {equation(script)} " if script is not None else "")
        elif kind in ("fn  ", "en  "):
            number = str(control.double(4) or len(found.after) + 1)
            text = self._held(control, depth)
            found.after.append(f"[{number}] {text}" if text else "")
            line.add(f" [{number}]")
        elif kind in ("head", "foot"):
            place = "Header" if kind == "head" else "Footer"
            for text in said_once([(place, self._held(control, depth))]):
                if text not in self._once:
                    self._once.add(text)
                    (found.before if kind == "head" else found.after).append(text)
        elif kind == "tcmt":
            text = self._held(control, depth)
            found.after.append(f"[Comment: {text}]" if text else "")
        elif kind == "secd":
            self._section(control)
        else:
            line.add(small_control(kind, control))

    def _held(self, control: Record, depth: int) -> str:
        """The words in a note, a header or a comment."""
        if depth < _MAX_DEPTH:
            return self._words(paragraphs_in(control), depth + 1, WHITE)
        self._builder.problem("parts nested too deeply were left out")
        return ""

    def _section(self, control: Record) -> None:
        self._outline = control.word(18)
        for border in control.children:
            if border.tag == PAGE_BORDER_FILL:
                self._page = self._styles.background(border.word(12))
                return


def title_sizes(sections: Sequence[Sequence[Record]], styles: Styles) -> tuple[float, ...]:
    """Sizes that titles have in a document that marks none by a style or an outline: at most six, the largest first.

    The body's size is the one of most characters; titles are larger and short. Official papers have 15 points for the
    text, and 16 to 20 for their titles.
    """
    characters: dict[float, int] = {}
    lines: dict[float, int] = {}
    pending = [record for section in sections for record in section]
    while pending:
        record = pending.pop()
        pending += record.children
        if record.tag != PARA_HEADER:
            continue
        shape = styles.paragraph(record.word(8))
        if styles.heading(record.data[10] if len(record.data) > 10 else 0) or (shape and shape.head == 1):
            return ()
        text_record = record.first(PARA_TEXT)
        text = "".join(part for _, part in pieces(text_record.data) if part) if text_record else ""
        runs = _runs(record.first(PARA_CHAR_SHAPE))
        # the sizes of all runs that begin within the text
        used = (styles.character(of) for first, of in runs if first < max(len(text), 1))
        found = {character.size for character in used if character is not None}
        if not text.strip() or not found:
            continue
        size = min(found)
        characters[size] = characters.get(size, 0) + len(text)
        lines[size] = lines.get(size, 0) + 1
    if not characters:
        return ()
    body = max(characters, key=lambda size: characters[size])
    larger = sorted((size for size in characters if size > body), reverse=True)
    return tuple(size for size in larger if characters[size] <= _MAX_TITLE * lines[size])[:6]


def _holds_table(paragraphs: Sequence[Record]) -> bool:
    return any(
        child.tag == CTRL_HEADER and kind_of(child) == "tbl "
        for record in paragraphs
        for child in record.children
    )


def _runs(record: Record | None) -> list[tuple[int, int]]:
    """(first position, character shape) of each run; one for all where the record is missing."""
    if record is None or len(record.data) < 8:
        return [(0, -1)]
    data = record.data[: len(record.data) // 8 * 8]
    found = [(position, shape) for position, shape in struct.iter_unpack("<II", data)]
    return [(0, found[0][1]), *found[1:]]
