"""A passage as HTML: its sentences marked, rows written as Markdown drawn as the table that they are."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from chatbot.rendering.safe import as_html
from chatbot.text.tables import cells_of, is_rule, tables_in
from chatbot.trace import Sentence, Source

_FIGURE = re.compile(
    r"\D{0,3}\d[\d.,'\u2019:/ \u00a0\u202f+\-\u2212\u2013]*\D{0,4}"
)  # € 12,553.00, -4 %, 1 234 kWh
_LONGEST_FIGURE = 28  # characters
_WARM = 0.5  # of the relevance; a sentence from here on is shaded, though others matter more


@dataclass(frozen=True, slots=True)
class _Look:
    """How marks look, by where their sentences begin.

    Attributes:
        faint: only shaded.
        silent: not to be seen until a citation that rests on the sentence is pointed at.
        basis: those that a citation rests on; they are named, so that the browser finds them.
    """

    faint: Collection[int] = ()
    silent: Collection[int] = ()
    basis: Collection[int] = ()

    def opening(self, starts: Sequence[int]) -> str:
        """The opening tag of what belongs to all sentences that begin at ``starts``."""
        seen = [start for start in starts if start not in self.silent]
        name = "sl-basis" if not seen else "sl-warm" if all(start in self.faint for start in seen) else ""
        at = next((f' data-at="{start}"' for start in starts if start in self.basis), "")
        return f'<mark class="{name}"{at}>' if name else f"<mark{at}>"


def highlighted(text: str, highlights: Iterable[Sentence] = (), header: str = "") -> str:
    """``text`` as HTML: the highlighted sentences marked, tables drawn as tables.

    Args:
        header: the head of the table with which it begins, where that stands further up.
    """
    return _passage(text, list(highlights), header, _Look())


def shaded(source: Source, basis: Iterable[tuple[int, int]] = ()) -> str:
    """The whole passage: the sentences that matter most marked, those that come close shaded.

    Args:
        basis: the sentences ``passage[start:end]`` that citations rest on. Where such a one is not marked anyway, its
            mark is there and not seen.
    """
    chosen = {s.start for s in source.highlights}
    warm = [s for s in source.sentences if s.relevance >= _WARM and s.start not in chosen]
    faint = {s.start for s in warm}
    ends = {start: end for start, end in basis if 0 <= start < end <= len(source.text)}
    silent = [Sentence(start, end) for start, end in ends.items() if start not in chosen | faint]
    look = _Look(faint, {s.start for s in silent}, ends.keys())
    return _passage(source.text, [*source.highlights, *warm, *silent], source.candidate.header, look)


def _passage(text: str, marks: Sequence[Sentence], header: str, look: _Look) -> str:
    pieces, position = [], 0
    for start, end in tables_in(text):
        pieces.append(_marked(text, position, start, marks, look))
        above = header if not text[:start].strip() else ""
        pieces.append(_table(text, (start, end), above, marks, look))
        position = end
    return "".join([*pieces, _marked(text, position, len(text), marks, look)])


def _marked(text: str, start: int, end: int, highlights: Sequence[Sentence], look: _Look) -> str:
    pieces, position = [], start
    for sentence in sorted(highlights, key=lambda s: s.start):
        begin, stop = max(sentence.start, position), min(sentence.end, end)
        if begin < stop:
            mark = look.opening([sentence.start])
            pieces.append(f"{as_html(text[position:begin])}{mark}{as_html(text[begin:stop])}</mark>")
            position = stop
    return "".join(pieces) + as_html(text[position:end])


def _table(
    text: str,
    span: tuple[int, int],
    header: str,
    highlights: Sequence[Sentence],
    look: _Look,
) -> str:
    rows = [_row(line, "th") for line in header.splitlines() if not is_rule(line)]
    lines = list(_lines(text, span))
    for place, (start, line) in enumerate(lines):
        if is_rule(line):
            continue
        heads = place + 1 < len(lines) and is_rule(lines[place + 1][1])
        over = [s.start for s in highlights if s.start < start + len(line) and s.end > start]
        rows.append(_row(line, "th" if heads else "td", look.opening(over) if over else ""))
    return f'<table class="sl-rows">{"".join(rows)}</table>'


def _lines(text: str, span: tuple[int, int]) -> Iterator[tuple[int, str]]:
    position = span[0]
    for line in text[slice(*span)].splitlines():
        yield position, line
        position += len(line) + 1


def _row(line: str, tag: str, mark: str = "") -> str:
    """A row of a table; ``mark`` opens the mark of its cells, where it is marked."""
    return f"<tr>{''.join(cell_html(cell, tag, mark) for cell in cells_of(line))}</tr>"


def cell_html(cell: str, tag: str, mark: str = "", attributes: str = "") -> str:
    """HTML of a cell; one that is a figure, with its unit, or a code such as PN-101 stays on one line."""
    whole = ' class="sl-figure"' if len(cell) <= _LONGEST_FIGURE and _FIGURE.fullmatch(cell) else ""
    inside = f"{mark}{as_html(cell)}</mark>" if mark and cell else as_html(cell)
    return f"<{tag}{whole}{attributes}>{inside}</{tag}>"
