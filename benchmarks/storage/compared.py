"""Two indexes of the same files, compared: documents, texts, passages, and vectors."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass, field

import numpy as np

from chatbot.config import Config
from chatbot.retrieval.embeddings import store_identity
from chatbot.store import DocumentRow, View, open_store

_NOT_OF_THE_FILE = {"indexed_at", "path"}  # when it was stored, and where it lies


@dataclass(slots=True)
class Compared:
    """Attributes:
    twice: uris that one of the indexes has more than once.
    missing, more: documents that only the first, only the second one has.
    different: uri and what differs, of the others.
    least_cosine: of a passage's vector in one with that in the other.
    """

    documents: int = 0
    chunks: int = 0
    twice: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    more: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    least_cosine: float = 1.0
    largest_difference: float = 0.0  # of two numbers of a vector


def compare(first: Config, second: Config) -> Compared:
    """What the index of ``second`` has otherwise than that of ``first``."""
    result = Compared()
    with ExitStack() as opened:
        views = []
        for config in (first, second):
            store = opened.enter_context(closing(open_store(config, store_identity(config))))
            views.append(opened.enter_context(store.reading()))
        lists = [view.documents() for view in views]
        for rows in lists:
            result.twice += [uri for uri, count in Counter(row.uri for row in rows).items() if count > 1]
        here, there = ({row.uri: row for row in rows} for rows in lists)
        result.missing, result.more = sorted(here.keys() - there.keys()), sorted(there.keys() - here.keys())
        for uri in sorted(here.keys() & there.keys()):
            _compare_document(views[0], views[1], here[uri], there[uri], result)
    return result


def _compare_document(
    first: View, second: View, here: DocumentRow, there: DocumentRow, result: Compared
) -> None:
    uri = here.uri
    result.documents += 1
    mine, theirs = asdict(here), asdict(there)
    unlike = [name for name in mine if name not in _NOT_OF_THE_FILE and mine[name] != theirs[name]]
    if first.document_text(uri) != second.document_text(uri):
        unlike.append("text")
    if first.hidden_text(uri) != second.hidden_text(uri):
        unlike.append("hidden text")
    passages, others = first.chunks_of(uri), second.chunks_of(uri)
    if [asdict(chunk) | {"id": 0} for chunk in passages] != [asdict(chunk) | {"id": 0} for chunk in others]:
        unlike.append("passages")
    if unlike:
        result.different.append(f"{uri}: {', '.join(unlike)}")
    result.chunks += len(passages)
    if passages and len(passages) == len(others):
        vectors = first.embeddings_of(uri, len(passages)), second.embeddings_of(uri, len(passages))
        cosines = np.sum(vectors[0] * vectors[1], axis=1)
        result.least_cosine = min(result.least_cosine, float(cosines.min()))
        result.largest_difference = max(
            result.largest_difference, float(np.abs(vectors[0] - vectors[1]).max())
        )
