"""A comparison as quotes: a table with one column a side.

Rows come from a table of the documents that has the sides as columns or as rows; else from the sentences about each
side that share most words with one about the other side. Every cell is a quote with its [n].
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chatbot.answering.gathering.naming import as_title, is_named
from chatbot.answering.gathering.words import Words
from chatbot.citations.quotes import is_table_row, quotable_sentences, quote, shortened
from chatbot.text import tables
from chatbot.text.overlap import keyword_overlap, terms_of
from chatbot.text.plurals import without_plural
from chatbot.trace import Sentence, Source

_MOST_ROWS = 12
_MOST_PAIRS = 4  # rows that are made of sentences
_FEWEST = 2  # rows, also of sentences that do not match
_PER_SIDE = 8  # sentences of a side that may be paired
_ALIKE = 0.2  # 0..1, words that two sentences share, from which they speak of the same thing
_MARGIN = 3.0  # logits below the best sentence of a side, in which another one is still about it
_ROWS_OF_SIDE = 3  # rows of one table that name a side
_LONGEST = 300  # characters of a cell
_LABEL = 80  # characters of what stands in front of a row
_NOTHING = "–"

_Quote = tuple[Source, Sentence]
Row = tuple[str, tuple[str, ...]]  # what is compared, and a cell a side


def compared(titles: Sequence[str], sources: Sequence[Sequence[Source]], words: Words) -> list[str]:
    """The paragraphs of the comparison: one table, or a list where only one side is found.

    Args:
        words: what the program itself says in a cell.
    """
    found = [(title, of_side) for title, of_side in zip(titles, sources, strict=True) if of_side]
    names = [title for title, _ in found]
    if len(found) == 1:
        quotes = [_cited(source, sentence) for source, sentence in _about(*found[0])[:_MOST_PAIRS]]
        return [f"## {as_title(names[0])}", "\n".join(f"- {said}" for said in quotes)]
    known = {source.number: source for _, of_side in found for source in of_side}
    every = sorted(known.values(), key=lambda source: (source.document, source.candidate.span))
    rows = _from_table(names, every) or _from_sentences(found, words)
    has_labels = any(label for label, _ in rows)
    head = [*([""] if has_labels else []), *map(as_title, names)]
    lines = [tables.row_of(head), tables.rule_of(len(head))]
    lines += [tables.row_of([*([label] if has_labels else []), *cells]) for label, cells in rows[:_MOST_ROWS]]
    return ["\n".join(lines)]


@dataclass(frozen=True, slots=True)
class _TableRow:
    source: Source
    header: tuple[str, ...]
    cells: tuple[str, ...]


def _from_table(names: Sequence[str], sources: Sequence[Source]) -> list[Row]:
    """Rows of one table of the sources that knows all sides, as columns or as rows; empty without one."""
    by_header: dict[tuple[str, ...], list[_TableRow]] = {}
    for source in sources:
        for row in _rows_of(source):
            by_header.setdefault(row.header, []).append(row)
    for header, rows in by_header.items():
        columns = [_only(name, header) for name in names]
        if None not in columns and len(set(columns)) == len(names):
            return [
                (_label(row.cells[0]), tuple(_cell(row, c) for c in columns if c is not None)) for row in rows
            ]
    for header, rows in by_header.items():
        of_sides = [_naming(name, rows) for name in names]
        if all(of_sides) and len({id(row) for of in of_sides for row in of}) == sum(map(len, of_sides)):
            return [
                (_label(name), tuple("; ".join(_cell(row, column) for row in of) for of in of_sides))
                for column, name in enumerate(header)
                if any(row.cells[column] for of in of_sides for row in of)
            ]
    return []


def _naming(name: str, rows: Sequence[_TableRow]) -> list[_TableRow]:
    """The rows with a cell that names the side, those that say least besides the name first.

    "조용히 모드" is the row that has "조용히" under "모드".
    """
    lengths = {
        place: min(named)
        for place, row in enumerate(rows)
        if (
            named := [
                len(cell)
                for column, cell in zip(row.header, row.cells, strict=True)
                if cell
                and (is_named(name, cell) or (_is_of(name, column) and is_named(name, f"{cell} {column}")))
            ]
        )
    }
    return [rows[place] for place in sorted(lengths, key=lambda place: lengths[place])[:_ROWS_OF_SIDE]]


def _is_of(name: str, column: str) -> bool:
    """Whether ``name`` ends with the name of ``column``, and says more: "quiet mode" of "mode"."""
    said, head = name.casefold().strip(), column.casefold().strip()
    return bool(head) and said != head and without_plural(said).endswith(without_plural(head))


def _rows_of(source: Source) -> Iterator[_TableRow]:
    """The rows of the passage under the header row that they have, with as many cells as it has."""
    header = (
        tuple(tables.cells_of(source.candidate.header.partition("\n")[0])) if source.candidate.header else ()
    )
    before = ""
    for sentence in source.sentences:
        line = source.text_of(sentence).strip()
        if tables.is_rule(line):
            header = tuple(tables.cells_of(before))
        elif is_table_row(source, sentence):
            cells = tuple(tables.cells_of(line))
            if header and len(cells) == len(header) and cells != header:
                yield _TableRow(source, header, cells)
        before = line


def _only(name: str, cells: Sequence[str]) -> int | None:
    """The place of the one cell that names the side; the shortest of several, if there is one."""
    naming = [place for place, cell in enumerate(cells) if cell and is_named(name, cell)]
    lengths = sorted(len(cells[place]) for place in naming)
    if not naming or (len(lengths) > 1 and lengths[0] == lengths[1]):
        return None
    return min(naming, key=lambda place: len(cells[place]))


def _cell(row: _TableRow, column: int) -> str:
    said = as_title(row.cells[column])
    return f"{said} [{row.source.number}]" if said else _NOTHING


def _from_sentences(found: Sequence[tuple[str, Sequence[Source]]], words: Words) -> list[Row]:
    """The best sentence about each side, then those that match one about another side, then the next best."""
    titles = [name for name, _ in found]
    names = " ".join(titles)
    sides = [_about(name, sources)[:_PER_SIDE] for name, sources in found]
    rows = [_first_row(sides)]
    documents = {one[0].document for one in rows[0] if one is not None}
    for one in list(sides[0]):
        row: list[_Quote | None] = [one]
        for side in sides[1:]:
            alike = [(_alike(quote(*one), quote(*other), names), -place) for place, other in enumerate(side)]
            best = max(alike, default=(0.0, 0))
            row.append(side[-best[1]] if best[0] >= _ALIKE else None)
        if any(row[1:]) and len(rows) < _MOST_PAIRS:
            rows.append(row)
            for side, taken in zip(sides, row, strict=True):
                if taken is not None:
                    side.remove(taken)
    # what fills a row alone is of a document that speaks already: another one may mean something else by the name
    sides = [[one for one in side if one[0].document in documents] for side in sides]
    while len(rows) < _FEWEST and any(sides):
        rows.append([side.pop(0) if side else None for side in sides])
    return [("", tuple(_cells(titles, row, words))) for row in rows]


def _first_row(sides: Sequence[list[_Quote]]) -> list[_Quote | None]:
    """The best sentence of each side, another one for each where there is one; no side has it any more."""
    row: list[_Quote | None] = []
    said: set[str] = set()
    for side in sides:
        new = next((one for one in side if quote(*one) not in said), None)
        row.append(new)
        said |= {quote(*new)} if new is not None else set()
    for side in sides:
        side[:] = [one for one in side if quote(*one) not in said]
    return row


def _cells(titles: Sequence[str], row: Sequence[_Quote | None], words: Words) -> Iterator[str]:
    """A sentence that names two sides stands once, and the other side's cell says that it is meant too."""
    said: set[str] = set()
    for title, one in zip(titles, row, strict=True):
        if one is not None and (text := _cited(*one)) not in said:
            said.add(text)
            yield text
            continue
        shared = one or next((other for other in row if other and is_named(title, quote(*other))), None)
        yield f"{words.say('beside')} [{shared[0].number}]" if shared else _NOTHING


def _about(name: str, sources: Sequence[Source]) -> list[tuple[Source, Sentence]]:
    """Sentences about the side, the best first: those that name it, or that stand under a heading that does."""
    found: list[tuple[float, Source, Sentence]] = []
    said: set[str] = set()
    for source in sources:
        is_headed = is_named(name, " ".join((*source.candidate.heading, source.text.partition("\n")[0])))
        for place in quotable_sentences(source):
            sentence = source.sentences[place]
            text = quote(source, sentence)
            names_it = is_named(name, text)
            if text in said or not (names_it or is_headed):
                continue
            said.add(text)
            score = sentence.score if sentence.score is not None else 10 * sentence.relevance
            found.append((score + 1.0 * names_it, source, sentence))
    if not found:
        best = [(s, s.sentences[p]) for s in sources[:1] for p in quotable_sentences(s)]
        return sorted(best, key=lambda one: -one[1].relevance)[:1]
    found.sort(key=lambda one: -one[0])
    return [(source, sentence) for score, source, sentence in found if score >= found[0][0] - _MARGIN]


def _alike(one: str, other: str, names: str) -> float:
    """0..1: the keywords that two sentences share, besides the names of the sides."""
    own = terms_of(names)
    if one == other:
        return 0.0
    shared = (terms_of(one) & terms_of(other)) - own
    fewer = min(len(terms_of(one) - own), len(terms_of(other) - own))
    return min(len(shared) / fewer, keyword_overlap(one, [other])[0] + 0.2) if fewer else 0.0


def _cited(source: Source, sentence: Sentence) -> str:
    return f"{shortened(quote(source, sentence), _LONGEST)} [{source.number}]"


def _label(cell: str) -> str:
    return as_title(cell)[:_LABEL]
