"""What a small store must answer, worked out from a dict, and the operations that change both alike."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from chatbot.store.records import NewChunk, NewDocument, StoreIdentity, Vectors
from chatbot.store.sqlite.store import SqliteStore
from chatbot.store.sqlite.view import SqliteView
from chatbot.text.keywords import analyse, question_terms

DIMENSION = 16
IDENTITY = StoreIdentity(embedding="0123456789abcdef", model="tiny-test-model")
EVERYWHERE = "공통단어"  # every text begins with it, so one lexical question finds all
_TOLERANCE = 1e-5  # of a cosine; float32 sums in another order differ by 1e-7

Texts = tuple[str, ...]
State = dict[str, Texts]  # uri -> texts of its chunks
Step = tuple[Any, ...]  # name of an action and its arguments: survives JSON


@lru_cache(maxsize=100_000)
def vector_of(text: str) -> Vectors:
    """A direction that depends on nothing but ``text``; shape (DIMENSION,), length 1."""
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")
    vector = np.random.default_rng(seed).standard_normal(DIMENSION).astype(np.float32)
    vector /= np.linalg.norm(vector)
    vector.flags.writeable = False
    return vector


def texts_for(*marks: object) -> Texts:
    """One text for each mark: a word in all of them, a word of its own, and filling."""
    return tuple(f"{EVERYWHERE} mark{mark} lorem ipsum 문서의 내용" for mark in marks)


def path_of(uri: str) -> Path:
    return Path("/nowhere") / uri


def document(uri: str, texts: Texts, skip: int = 0) -> tuple[NewDocument, list[NewChunk], Vectors]:
    """A document of one chunk for each of ``texts``, without the first ``skip`` chunks."""
    chunks, at = [], 0
    for text in texts:
        chunks.append(NewChunk(text, at, at + len(text), None, (), analyse(text)))
        at += len(text) + 1
    whole = "\n".join(texts)
    vectors = np.stack([vector_of(text) for text in texts]) if texts else np.empty((0, DIMENSION), np.float32)
    digest = hashlib.sha256(whole.encode()).hexdigest()
    made = NewDocument(uri, path_of(uri), digest, "test", len(whole.encode()), text=whole)
    return made, chunks[skip:], vectors[skip:]


# operations


@dataclass(frozen=True)
class Action:
    """A change to a store, and the same change to its model. ``change`` may assume that it applies."""

    act: Callable[..., object]
    change: Callable[..., State]


def _put(store: SqliteStore, uri: str, texts: Texts) -> None:
    with store.writing() as writer:
        writer.replace(*document(uri, tuple(texts)))


def _extend(store: SqliteStore, uri: str, texts: Texts) -> None:
    with store.reading() as view:
        before = tuple(chunk.text for chunk in view.chunks_of(uri))
    with store.writing() as writer:
        writer.extend(*document(uri, (*before, *texts), skip=len(before)))


def _delete(store: SqliteStore, uri: str) -> None:
    with store.writing() as writer:
        assert writer.delete(uri)


def _compact(store: SqliteStore) -> None:
    with store.writing() as writer:
        assert writer.compact()


def _rename(store: SqliteStore, uri: str, new_uri: str) -> None:
    with store.writing() as writer:
        writer.rename(uri, new_uri, path_of(new_uri))


def _renamed(state: State, uri: str, new_uri: str) -> State:
    return {**_without(state, uri), new_uri: state[uri]}


def _adopt(store: SqliteStore, folder: str, documents: Sequence[tuple[str, Texts]]) -> None:
    """``folder``, beside the store or absolute, holds ``documents``."""
    with store.writing() as writer:
        writer.adopt(store.folder.parent / folder)


def make_store(folder: Path, documents: Sequence[tuple[str, Texts]]) -> None:
    """An index of ``documents`` at ``folder``, for "adopt"."""
    store = SqliteStore.create(folder, IDENTITY, DIMENSION)
    for uri, texts in documents:
        _put(store, uri, texts)
    store.close()


def _without(state: State, uri: str) -> State:
    return {key: texts for key, texts in state.items() if key != uri}


ACTIONS: Mapping[str, Action] = {
    "put": Action(_put, lambda state, uri, texts: {**state, uri: tuple(texts)}),
    "extend": Action(_extend, lambda state, uri, texts: {**state, uri: (*state[uri], *texts)}),
    "delete": Action(_delete, _without),
    "compact": Action(_compact, lambda state: state),
    "rename": Action(_rename, _renamed),
    "adopt": Action(_adopt, lambda state, folder, documents: {uri: tuple(texts) for uri, texts in documents}),
    "repair": Action(SqliteStore.repair, lambda state: state),
}


def apply(store: SqliteStore, step: Step) -> None:
    ACTIONS[step[0]].act(store, *step[1:])


def changed(state: State, step: Step) -> State:
    return ACTIONS[step[0]].change(state, *step[1:])


# what must be true


def state_of(view: SqliteView) -> State:
    """The stored documents and the texts of their chunks."""
    return {row.uri: tuple(chunk.text for chunk in view.chunks_of(row.uri)) for row in view.documents()}


def violations(store: SqliteStore, state: State, ask: int = 3) -> list[str]:
    """Everything in which ``store`` differs from ``state``: documents, texts, spans, dense and lexical search."""
    with store.reading() as view:
        return _document_violations(view, state) or _search_violations(view, ask)


def full_violations(store: SqliteStore, state: State) -> list[str]:
    """``violations`` and what the store's own examination finds."""
    return violations(store, state) + store.faults()


def _document_violations(view: SqliteView, state: State) -> list[str]:
    rows = {row.uri: row for row in view.documents()}
    if set(rows) != set(state):
        return [f"documents {sorted(rows)} instead of {sorted(state)}"]
    found = []
    for uri, texts in state.items():
        expected, chunks, _ = document(uri, texts)
        row, stored = rows[uri], view.chunks_of(uri)
        if (row.sha256, row.bytes, row.chunks, row.path) != (
            expected.sha256, expected.bytes, len(texts), expected.path,
        ):  # fmt: skip
            found.append(f"{uri}: the document's row is of another version: {row}")
        if view.document_text(uri) != expected.text:
            found.append(f"{uri}: another text")
        if [(c.text, c.start, c.end) for c in stored] != [(c.text, c.start, c.end) for c in chunks]:
            found.append(f"{uri}: other chunks")
        if [chunk.position for chunk in stored] != list(range(len(texts))):
            found.append(f"{uri}: chunks out of order")
    return found


def _search_violations(view: SqliteView, ask: int) -> list[str]:
    """Searches against brute force over the documents of the same view, which have been found right."""
    live = {chunk.id: chunk for row in view.documents() for chunk in view.chunks_of(row.uri)}
    found = []
    if view.chunk_ids().tolist() != sorted(live) or view.snapshot.ids().tolist() != sorted(live):
        found.append("ids of chunks, of vectors and of documents differ")
    if view.snapshot.count != len(live):
        found.append(f"{view.snapshot.count} vectors instead of {len(live)}")
    asked = list(live)[:: max(1, len(live) // ask)][:ask] if live else []
    for question in [vector_of("a question"), *(vector_of(live[number].text) for number in asked)]:
        exact = {number: float(vector_of(chunk.text) @ question) for number, chunk in live.items()}
        for k in (3, len(live) + 5):
            found += _dense_violations(view.dense(question, k), exact, k)
        cosines = view.cosines(question, live)
        if set(cosines) != set(exact) or any(abs(cosines[i] - exact[i]) > _TOLERANCE for i in exact):
            found.append("cosines differ from exact ones")
    for term in [EVERYWHERE, *(live[number].text.split()[1] for number in asked)]:
        expected = {number for number, chunk in live.items() if term in chunk.text.split()}
        hits = [number for number, _ in view.lexical(question_terms(term), len(live) + 5)]
        if sorted(hits) != sorted(expected):
            found.append(f"lexical search for {term} returns {sorted(hits)} instead of {sorted(expected)}")
    return found


def _dense_violations(hits: list[tuple[int, float]], exact: dict[int, float], k: int) -> list[str]:
    ids, scores = [hit[0] for hit in hits], [hit[1] for hit in hits]
    best = sorted(exact.values(), reverse=True)[:k]
    if len(set(ids)) != len(ids) or not set(ids) <= set(exact):
        return [f"dense search returns {ids} of {sorted(exact)}"]
    if len(scores) != len(best) or not np.allclose(scores, best, rtol=0, atol=_TOLERANCE):
        return [f"dense search scores {scores} instead of {best}"]
    if any(abs(score - exact[number]) > _TOLERANCE for number, score in hits):
        return ["dense search scores chunks with others' cosines"]
    return []
