"""The numbers under which an answer about a whole document cites its passages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chatbot.answering.whole_document.statements import sourced
from chatbot.trace import Candidate, Sentence, Source

MOST_SOURCES = 40  # cards below an answer; more of them nobody looks through


class Numbers:
    """Gives each cited passage its number, in the order in which they are cited, and marks what is quoted of it."""

    def __init__(self, given: Sequence[Source] = ()) -> None:
        """``given``: the sources of an answer that is told once more; their numbers stay, and no others come."""
        self._sources = {source.candidate.chunk_id: source for source in given}
        self._is_frozen = bool(given)

    def number(self, passage: Candidate) -> int | None:
        """The number of ``passage``; ``None`` where all numbers are given away."""
        found = self._sources.get(passage.chunk_id)
        if found is None and (self._is_frozen or len(self._sources) >= MOST_SOURCES):
            return None
        if found is None:
            number = len(self._sources) + 1
            cited = replace(passage, rank=number, kept=True)
            found = self._sources[passage.chunk_id] = sourced(cited, number)
        return found.number

    def mark(self, passage: Candidate, start: int) -> None:
        """The sentence of ``passage`` that begins at ``start`` is quoted."""
        source = self._sources[passage.chunk_id]
        marked = {s.start: s for s in source.highlights}
        marked |= {
            s.start: Sentence(s.start, s.end, relevance=1.0) for s in source.sentences if s.start == start
        }
        if not self._is_frozen:
            sentences = tuple(marked.get(s.start, s) for s in source.sentences)
            highlights = tuple(marked[place] for place in sorted(marked))
            self._sources[passage.chunk_id] = replace(source, sentences=sentences, highlights=highlights)

    def source(self, passage: Candidate) -> Source:
        """The source of a passage that has a number."""
        return self._sources[passage.chunk_id]

    @property
    def sources(self) -> tuple[Source, ...]:
        return tuple(self._sources.values())
