"""Rows of tables -> the passages that hold them, as sources with these rows marked."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from chatbot.citations.quotes import quote
from chatbot.citations.sources import number_sources
from chatbot.retrieval.retrieve import candidate_of
from chatbot.store import View
from chatbot.trace import Sentence, Source

Row = tuple[str, tuple[int, int]]  # its document, and where it stands in the text of that


@dataclass(frozen=True, slots=True)
class CitedRows:
    """``numbers``: for each of the rows the number of its source, ``None`` where that is not among ``sources``."""

    sources: tuple[Source, ...]
    numbers: tuple[int | None, ...]

    @property
    def marks(self) -> str:
        """All of them, as "[1][2]"."""
        return "".join(f"[{source.number}]" for source in self.sources)

    def quoted(self, place: int, row: Row) -> str:
        """The row as it is quoted: "name: Gel pen · price: 2500"; empty where its source is not there."""
        number = self.numbers[place]
        return quote(self.sources[number - 1], _sentence(self.sources[number - 1], row[1])) if number else ""


def cite_rows(view: View, question: str, rows: Sequence[Row], most: int) -> CitedRows:
    """The first ``most`` passages in which ``rows`` begin, in the order of the rows."""
    chunks = {uri: view.chunks_of(uri) for uri in dict.fromkeys(uri for uri, _ in rows)}
    begins = {uri: [chunk.start for chunk in found] for uri, found in chunks.items()}
    places: list[tuple[str, int] | None] = []
    for uri, span in rows:
        at = bisect_right(begins[uri], span[0]) - 1
        places.append((uri, at) if at >= 0 and span[0] < chunks[uri][at].end else None)
    cited = list(dict.fromkeys(place for place in places if place is not None))[:most]
    kept = [
        replace(candidate_of(chunks[uri][at]), rank=rank, kept=True)
        for rank, (uri, at) in enumerate(cited, 1)
    ]
    numbers = {place: number for number, place in enumerate(cited, 1)}
    sources = tuple(
        _with_rows(source, [row[1] for row, at in zip(rows, places, strict=True) if at == place])
        for source, place in zip(number_sources(kept, question, None), cited, strict=True)
    )
    return CitedRows(sources, tuple(numbers.get(place) if place else None for place in places))


def _with_rows(source: Source, spans: Sequence[tuple[int, int]]) -> Source:
    """The rows that were taken, marked in the passage in reading order."""
    return replace(source, highlights=tuple(_sentence(source, span) for span in sorted(set(spans))))


def _sentence(source: Source, span: tuple[int, int]) -> Sentence:
    begin = source.candidate.span[0]
    return Sentence(span[0] - begin, min(span[1] - begin, len(source.text)))
