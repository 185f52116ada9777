"""What is read of a document that is told as a whole: its passages in reading order, each text once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from chatbot.retrieval.retrieve import candidate_of
from chatbot.store import DocumentRow, View
from chatbot.store.records import Vectors
from chatbot.text.invisible import clean_line
from chatbot.trace import Candidate, Source

MOST_PASSAGES = 5_000  # of one document, or of all documents of one answer: 10 MB of text and vectors
_LONGEST_NAME = 120  # characters of a title: it is the document's own, and may be anything


@dataclass(frozen=True, eq=False)
class WholeDocument:
    """A document as far as it was read.

    Attributes:
        passages: in reading order; a text that comes again stands there once.
        vectors: of each passage, (n, dimension), of length 1; ``None`` where they are not at hand.
        read: how many passages that were, copies included; ``count``: how many it has.
        pages: 0 where it has none.
    """

    uri: str
    name: str
    passages: tuple[Candidate, ...]
    vectors: Vectors | None
    read: int
    count: int
    pages: int = 0


def read_document(view: View, row: DocumentRow, most: int = MOST_PASSAGES) -> WholeDocument:
    """The first ``most`` passages of the document."""
    chunks = view.chunks_of(row.uri, most)
    vectors = view.embeddings_of(row.uri, most)
    first = {chunk.text: place for place, chunk in reversed(list(enumerate(chunks)))}
    places = sorted(first.values())
    passages = tuple(candidate_of(chunks[place]) for place in places)
    kept = vectors[places] if passages else np.empty((0, 0), np.float32)
    return WholeDocument(row.uri, name_of(row), passages, kept, len(chunks), row.chunks, row.pages)


def documents_in(sources: Sequence[Source]) -> list[WholeDocument]:
    """The same of an answer's sources, for telling them once more: without vectors, and of no more passages."""
    by_uri: dict[str, list[Candidate]] = {}
    for source in sources:
        by_uri.setdefault(source.document, []).append(source.candidate)
    return [
        WholeDocument(uri, _file_name(uri), tuple(passages), None, len(passages), len(passages))
        for uri, passages in by_uri.items()
    ]


def name_of(row: DocumentRow) -> str:
    """Its title, or its file's name."""
    return clean_line(row.title)[:_LONGEST_NAME] or _file_name(row.uri)


def _file_name(uri: str) -> str:
    return clean_line(uri.rsplit("/", 1)[-1])[:_LONGEST_NAME]
