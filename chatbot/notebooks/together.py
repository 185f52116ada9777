"""Several notebooks read as one index: the candidates of each, one second look, and sources named with their notebook.

    JointStore([Part("Contracts", 2, store), Part("Minutes", 5, other)])

A document is called ``Contracts/label/path``, and a chunk's id is that in its notebook plus the notebook's number times
2**40: a source leads back to where it came from. Nothing can be written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from chatbot.errors import DocumentMissing, StoreError
from chatbot.store import ChunkRow, DocumentName, DocumentRow, IndexWriter, Store, View
from chatbot.store.records import NAMED, Ids, SamePassage, Vectors
from chatbot.store.sqlite.base_file import BaseRow
from chatbot.text.hidden import HiddenText

T = TypeVar("T")

_BITS = (
    40  # of a chunk's id in its own notebook; with 13 bits for the notebook JavaScript can still count them
)
_Found = list[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Part:
    """A notebook: what its documents are called by, its number, its index."""

    name: str
    number: int
    store: Store


class JointStore(Store):
    """The indexes of several notebooks, for reading. They must have been made with the same embedding model."""

    def __init__(self, parts: Sequence[Part]) -> None:
        first = parts[0].store
        super().__init__(first.folder, first.identity)
        self.dimension = first.dimension
        self._parts = list(parts)

    def close(self) -> None:
        for part in self._parts:
            part.store.close()

    @contextmanager
    def reading(self) -> Iterator[View]:
        """One view of each; they are of the same moment as nearly as they can be opened one after the other."""
        with ExitStack() as stack:
            yield JointView(
                [
                    _Place(_name(part.name), part.number << _BITS, stack.enter_context(part.store.reading()))
                    for part in self._parts
                ],
                self.folder,
            )

    @contextmanager
    def writing(self, wait_s: float = 0.0) -> Iterator[IndexWriter]:
        del wait_s
        raise StoreError("several notebooks at once are only read; open one of them to change it")
        yield  # a generator all the same

    def sequence(self) -> int:
        """Grows with every commit in any of them."""
        return sum(part.store.sequence() for part in self._parts)


@dataclass(frozen=True, slots=True)
class _Place:
    """A notebook in a view. ``first``: what is added to the ids of its chunks."""

    name: str
    first: int
    view: View

    def uri(self, uri: str) -> str:
        return f"{self.name}/{uri}"

    def chunk(self, row: ChunkRow) -> ChunkRow:
        return replace(row, id=row.id + self.first, document=self.uri(row.document))

    def found(self, pairs: Iterable[tuple[int, float]]) -> _Found:
        return [(chunk + self.first, score) for chunk, score in pairs]

    def ids(self, ids: Iterable[int]) -> list[int]:
        """Those of ``ids`` that are its own, as it knows them."""
        return [int(i) - self.first for i in ids if int(i) >> _BITS << _BITS == self.first]

    def allowed(self, allowed: Ids | None) -> Ids | None:
        return None if allowed is None else allowed[(allowed >> _BITS) << _BITS == self.first] - self.first


class JointView(View):
    """What a ``View`` answers, of all notebooks together."""

    def __init__(self, places: Sequence[_Place], folder: Path) -> None:
        self._places = places
        self.folder = folder

    def documents(self, filters: Sequence[str] = ()) -> list[DocumentRow]:
        return [
            replace(row, uri=place.uri(row.uri))
            for place, own in self._filtered(filters)
            for row in place.view.documents(own)
        ]

    def document_names(self, filters: Sequence[str] = ()) -> list[DocumentName]:
        return [
            DocumentName(place.uri(uri), title)
            for place, own in self._filtered(filters)
            for uri, title in place.view.document_names(own)
        ]

    def document(self, uri: str) -> DocumentRow | None:
        place, own = self._of(uri)
        row = place.view.document(own)
        return replace(row, uri=uri) if row is not None else None

    def hidden_text(self, uri: str) -> tuple[HiddenText, ...]:
        place, own = self._of(uri)
        return place.view.hidden_text(own)

    def document_text(self, uri: str) -> str:
        place, own = self._of(uri)
        return place.view.document_text(own)

    def text_between(self, uri: str, start: int, end: int) -> str:
        place, own = self._of(uri)
        return place.view.text_between(own, start, end)

    def roots(self) -> dict[str, Path]:
        return {
            place.uri(label): path for place in self._places for label, path in place.view.roots().items()
        }

    def chunks(self, ids: Iterable[int]) -> dict[int, ChunkRow]:
        wanted = list(ids)
        return {
            chunk + place.first: place.chunk(row)
            for place in self._places
            for chunk, row in place.view.chunks(place.ids(wanted)).items()
        }

    def chunks_of(self, uri: str, most: int | None = None) -> list[ChunkRow]:
        place, own = self._of(uri)
        return [place.chunk(row) for row in place.view.chunks_of(own, most)]

    def embeddings_of(self, uri: str, most: int) -> Vectors:
        place, own = self._of(uri)
        return place.view.embeddings_of(own, most)

    def chunks_around(self, chunk: int, before: int, after: int) -> list[ChunkRow]:
        return [
            place.chunk(row)
            for place in self._places
            for own in place.ids([chunk])
            for row in place.view.chunks_around(own, before, after)
        ]

    def chunk_count(self) -> int:
        return sum(place.view.chunk_count() for place in self._places)

    def chunk_ids(self) -> Ids:
        return np.sort(np.concatenate([place.view.chunk_ids() + place.first for place in self._places]))

    def known_embeddings(self, texts: Sequence[str]) -> list[Vectors | None]:
        return _first_known(texts, [place.view.known_embeddings for place in self._places])

    def known_token_vectors(self, texts: Sequence[str]) -> list[bytes | None]:
        return _first_known(texts, [place.view.known_token_vectors for place in self._places])

    def token_vectors(self, ids: Iterable[int]) -> dict[int, bytes]:
        wanted = list(ids)
        return {
            chunk + place.first: codes
            for place in self._places
            for chunk, codes in place.view.token_vectors(place.ids(wanted)).items()
        }

    def token_vector_size(self) -> tuple[int, int]:
        sizes = [place.view.token_vector_size() for place in self._places]
        return sum(texts for texts, _ in sizes), sum(size for _, size in sizes)

    def without_token_vectors(self, number: int, after: int, limit: int) -> list[ChunkRow]:
        del number, after, limit  # they are filled in notebook by notebook
        return []

    def same_passages(self, ids: Sequence[int], allowed: Ids | None = None) -> dict[int, SamePassage]:
        """Within each notebook: the same passage of two notebooks is found twice, under both names."""
        return {
            chunk + place.first: SamePassage(same.first + place.first, same.count)
            for place in self._places
            for chunk, same in place.view.same_passages(place.ids(ids), place.allowed(allowed)).items()
        }

    def also_in(self, chunk: int, allowed: Ids | None = None) -> tuple[str, ...]:
        return tuple(
            place.uri(uri)
            for place in self._places
            for own in place.ids([chunk])
            for uri in place.view.also_in(own, place.allowed(allowed))
        )[:NAMED]

    def base_files(self) -> list[BaseRow]:
        return [row for place in self._places for row in place.view.base_files()]

    def allowed(self, filters: Sequence[str]) -> Ids | None:
        """As in one index; a notebook's name lets all of it through."""
        if not filters:
            return None
        found = []
        for place, own in self._filtered(filters):
            ids = place.view.allowed(own)
            found.append((place.view.chunk_ids() if ids is None else ids) + place.first)
        return np.sort(np.concatenate(found))

    def dense(self, vector: Vectors, k: int, allowed: Ids | None = None) -> _Found:
        return self._best(k, lambda place: place.view.dense(vector, k, place.allowed(allowed)))

    def lexical(self, match: str, k: int, allowed: Ids | None = None) -> _Found:
        return self._best(k, lambda place: place.view.lexical(match, k, place.allowed(allowed)))

    def texts_with(self, match: str, most: int, allowed: Ids | None = None) -> list[str]:
        each = [place.view.texts_with(match, most, place.allowed(allowed)) for place in self._places]
        return [text for texts in each for text in texts][:most]

    def cosines(self, vector: Vectors, ids: Iterable[int]) -> dict[int, float]:
        wanted = list(ids)
        return {
            chunk + place.first: cosine
            for place in self._places
            for chunk, cosine in place.view.cosines(vector, place.ids(wanted)).items()
        }

    def bm25(self, match: str, ids: Iterable[int]) -> dict[int, float]:
        wanted = list(ids)
        return {
            chunk + place.first: score
            for place in self._places
            for chunk, score in place.view.bm25(match, place.ids(wanted)).items()
        }

    def _best(self, k: int, search: Callable[[_Place], _Found]) -> _Found:
        found = [pair for place in self._places for pair in place.found(search(place))]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:k]

    def _of(self, uri: str) -> tuple[_Place, str]:
        """The notebook of a document, and what it is called there."""
        name, _, own = uri.partition("/")
        place = next((place for place in self._places if place.name == name), None)
        if place is None:
            raise DocumentMissing(
                "no document {name} in the index; run: secondlook ingest FOLDER", name=repr(uri)
            )
        return place, own

    def _filtered(self, filters: Sequence[str]) -> list[tuple[_Place, Sequence[str]]]:
        """The notebooks in which something is let through, each with its own filters: none for all of it."""
        if not filters:
            return [(place, ()) for place in self._places]
        own: dict[str, list[str]] = {}
        whole: set[str] = set()
        for wanted in filters:
            name, _, rest = wanted.rstrip("/").partition("/")
            named = [place for place in self._places if place.name == name]
            if named and not rest:
                whole.add(name)
                continue
            matches = [(place, rest) for place in named if _matches(place.view, rest)]
            matches = matches or [(place, wanted) for place in self._places if _matches(place.view, wanted)]
            if not matches:
                raise DocumentMissing(
                    "no document or folder matches {name}; see: secondlook doctor", name=repr(wanted)
                )
            for place, one in matches:
                own.setdefault(place.name, []).append(one)
        return [
            (place, () if place.name in whole else own[place.name])
            for place in self._places
            if place.name in whole or place.name in own
        ]


def _matches(view: View, wanted: str) -> bool:
    try:
        view.document_names([wanted])
    except DocumentMissing:
        return False
    return True


def _first_known(
    texts: Sequence[str], known: Sequence[Callable[[Sequence[str]], list[T | None]]]
) -> list[T | None]:
    each = [of(texts) for of in known]
    return [next((one for one in found if one is not None), None) for found in zip(*each, strict=True)]


def _name(name: str) -> str:
    """A notebook's name as the first part of a uri."""
    return name.replace("/", "∕")
