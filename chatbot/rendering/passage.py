"""A passage as HTML: its sentences marked, rows written as Markdown drawn as the table that they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from chatbot.rendering.safe import as_html
from chatbot.text.tables import cells_of, is_rule, tables_in
from chatbot.trace import Sentence, Source

_WARM = 0.5  # of the relevance; a sentence from here on is shaded, though others matter more


def highlighted(text: str, highlights: Iterable[Sentence], until: int | None = None) -> str:
    """``text[:until]`` as HTML with the highlighted sentences marked."""
    return _marked(text, 0, len(text) if until is None else min(until, len(text)), list(highlights))


def shaded(source: Source) -> str:
    """The whole passage: the sentences that matter most marked, those that come close shaded."""
    chosen = {s.start for s in source.highlights}
    warm = [s for s in source.sentences if s.relevance >= _WARM and s.start not in chosen]
    faint = {s.start for s in warm}
    return passage_html(source.text, [*source.highlights, *warm], source.candidate.header, faint)


def passage_html(
    text: str, highlights: Iterable[Sentence], header: str = "", faint: Collection[int] = ()
) -> str:
    """The whole passage.

    Args:
        header: that of the table which it continues, as Markdown.
        faint: starts of the highlights that are only shaded.
    """
    marks, pieces, position = list(highlights), [], 0
    for start, end in tables_in(text):
        pieces.append(_marked(text, position, start, marks, faint))
        above = header if not text[:start].strip() else ""
        pieces.append(_table(text, (start, end), above, marks, faint))
        position = end
    return "".join([*pieces, _marked(text, position, len(text), marks, faint)])


def _marked(
    text: str, start: int, end: int, highlights: Sequence[Sentence], faint: Collection[int] = ()
) -> str:
    pieces, position = [], start
    for sentence in sorted(highlights, key=lambda s: s.start):
        begin, stop = max(sentence.start, position), min(sentence.end, end)
        if begin < stop:
            mark = _mark(sentence.start in faint)
            pieces.append(f"{as_html(text[position:begin])}{mark}{as_html(text[begin:stop])}</mark>")
            position = stop
    return "".join(pieces) + as_html(text[position:end])


def _mark(is_faint: bool) -> str:
    return '<mark class="sl-warm">' if is_faint else "<mark>"


def _table(
    text: str,
    span: tuple[int, int],
    header: str,
    highlights: Sequence[Sentence],
    faint: Collection[int],
) -> str:
    rows = [_row(line, "th") for line in header.splitlines() if not is_rule(line)]
    lines = list(_lines(text, span))
    for place, (start, line) in enumerate(lines):
        if is_rule(line):
            continue
        heads = place + 1 < len(lines) and is_rule(lines[place + 1][1])
        over = [s.start in faint for s in highlights if s.start < start + len(line) and s.end > start]
        rows.append(_row(line, "th" if heads else "td", _mark(all(over)) if over else ""))
    return f'<table class="sl-rows">{"".join(rows)}</table>'


def _lines(text: str, span: tuple[int, int]) -> Iterator[tuple[int, str]]:
    position = span[0]
    for line in text[slice(*span)].splitlines():
        yield position, line
        position += len(line) + 1


def _row(line: str, tag: str, mark: str = "") -> str:
    """A row of a table; ``mark`` opens the mark of its cells, where it is marked."""
    cells = map(as_html, cells_of(line))
    inside = (f"{mark}{cell}</mark>" if mark and cell else cell for cell in cells)
    return f"<tr>{''.join(f'<{tag}>{cell}</{tag}>' for cell in inside)}</tr>"
