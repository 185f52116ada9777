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

from chatbot.errors import DocumentMissing, StoreError
from chatbot.store import ChunkRow, DocumentName, DocumentRow, Scope, Store, View, Writer
from chatbot.store.protocol import Files
from chatbot.store.records import NAMED, Hit, Maintained, SamePassage, Vectors
from chatbot.text.hidden import HiddenText

T = TypeVar("T")

_BITS = (
    40  # of a chunk's id in its own notebook; with 13 bits for the notebook JavaScript can still count them
)
_ONLY_READ = "several notebooks at once are only read; open one of them to change it"
_Found = list[Hit]


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
        self.folder = first.folder
        self.identity = first.identity
        self.dimension = first.dimension
        self._parts = list(parts)

    @property
    def numbers(self) -> list[int]:
        """Of the notebooks; without those in which nothing was when this was opened."""
        return [part.number for part in self._parts]

    @property
    def files(self) -> Files:
        raise StoreError(_ONLY_READ)

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
                ]
            )

    @contextmanager
    def writing(self, wait_s: float = 0.0) -> Iterator[Writer]:
        del wait_s
        raise StoreError(_ONLY_READ)
        yield  # a generator all the same

    def sequence(self) -> int:
        """Grows with every commit in any of them."""
        return sum(part.store.sequence() for part in self._parts)

    def stored_bytes(self) -> int:
        return sum(part.store.stored_bytes() for part in self._parts)

    def maintain(self) -> Maintained:
        raise StoreError(_ONLY_READ)

    def faults(self) -> list[str]:
        return [f"{_name(part.name)}: {fault}" for part in self._parts for fault in part.store.faults()]

    def repair(self) -> list[str]:
        raise StoreError(_ONLY_READ)


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


@dataclass(frozen=True, slots=True)
class JointScope(Scope):
    """A scope of each notebook in which something may be found, by what is added to its ids; ``None``: all of it."""

    of: dict[int, Scope | None]


class JointView(View):
    """What a ``View`` answers, of all notebooks together."""

    def __init__(self, places: Sequence[_Place]) -> None:
        self._places = places

    def documents(
        self, filters: Sequence[str] = (), *, after: str = "", most: int | None = None
    ) -> list[DocumentRow]:
        """Notebook by notebook, each by uri; ``after`` is one of them, with its notebook's name."""
        found: list[DocumentRow] = []
        names = [place.name for place in self._places]
        name, _, last = after.partition("/")
        passed = names.index(name) if name in names else -1
        for place, own in self._filtered(filters):
            at = names.index(place.name)
            left = None if most is None else most - len(found)
            if at >= passed and (left is None or left > 0):
                rows = place.view.documents(own, after=last if at == passed else "", most=left)
                found += [replace(row, uri=place.uri(row.uri)) for row in rows]
        return found

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

    def same_passages(self, ids: Sequence[int], scope: Scope | None = None) -> dict[int, SamePassage]:
        """Within each notebook: the same passage of two notebooks is found twice, under both names."""
        return {
            chunk + place.first: SamePassage(same.first + place.first, same.count)
            for place, own in self._within(scope)
            for chunk, same in place.view.same_passages(place.ids(ids), own).items()
        }

    def also_in(self, chunk: int, scope: Scope | None = None) -> tuple[str, ...]:
        return tuple(
            place.uri(uri)
            for place, own in self._within(scope)
            for number in place.ids([chunk])
            for uri in place.view.also_in(number, own)
        )[:NAMED]

    def scope(
        self, filters: Sequence[str], *more: Sequence[str], ids: Sequence[int] | None = None
    ) -> JointScope | None:
        """As in one index; a notebook's name lets all of it through."""
        lists = [dict(self._filtered_by_number(one)) for one in (filters, *more) if one]
        if not lists and ids is None:
            return None
        scopes: dict[int, Scope | None] = {}
        for place in self._places:
            if all(place.first in one for one in lists):
                own = [one[place.first] for one in lists] or [()]
                scopes[place.first] = place.view.scope(*own, ids=None if ids is None else place.ids(ids))
        return JointScope(scopes)

    def dense(self, vector: Vectors, k: int, scope: Scope | None = None) -> _Found:
        return self._best(k, scope, lambda place, own: place.view.dense(vector, k, own))

    def lexical(self, terms: Sequence[str], k: int, scope: Scope | None = None) -> _Found:
        return self._best(k, scope, lambda place, own: place.view.lexical(terms, k, own))

    def texts_with(
        self, any_of: Sequence[str], most: int, scope: Scope | None = None, all_of: Sequence[str] = ()
    ) -> list[str]:
        each = [place.view.texts_with(any_of, most, own, all_of) for place, own in self._within(scope)]
        return [text for texts in each for text in texts][:most]

    def cosines(self, vector: Vectors, ids: Iterable[int]) -> dict[int, float]:
        wanted = list(ids)
        return {
            chunk + place.first: cosine
            for place in self._places
            for chunk, cosine in place.view.cosines(vector, place.ids(wanted)).items()
        }

    def bm25(self, terms: Sequence[str], ids: Iterable[int]) -> dict[int, float]:
        wanted = list(ids)
        return {
            chunk + place.first: score
            for place in self._places
            for chunk, score in place.view.bm25(terms, place.ids(wanted)).items()
        }

    def _best(self, k: int, scope: Scope | None, search: Callable[[_Place, Scope | None], _Found]) -> _Found:
        found = [pair for place, own in self._within(scope) for pair in place.found(search(place, own))]
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

    def _within(self, scope: Scope | None) -> list[tuple[_Place, Scope | None]]:
        """The notebooks in which something may be found, each with its own scope."""
        if scope is None:
            return [(place, None) for place in self._places]
        assert isinstance(scope, JointScope), "a scope is of use only to a view of the same store"
        return [(place, scope.of[place.first]) for place in self._places if place.first in scope.of]

    def _filtered_by_number(self, filters: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
        return ((place.first, own) for place, own in self._filtered(filters))

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


def notebook_of_chunk(chunk: int) -> int:
    """The number of the notebook that a chunk of a ``JointView`` is in; 0 for one of a notebook by itself."""
    return chunk >> _BITS


def chunk_in_notebook(chunk: int) -> int:
    """The id that such a chunk has in its own notebook."""
    return chunk & ((1 << _BITS) - 1)


def _name(name: str) -> str:
    """A notebook's name as the first part of a uri."""
    return name.replace("/", "∕")
