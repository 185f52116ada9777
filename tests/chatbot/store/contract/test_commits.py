"""What is committed, and what a view sees of it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from chatbot.errors import StoreError
from chatbot.store import Store


def test_a_chunk_id_is_never_used_twice(store: Store, tools: Any) -> None:
    seen: set[int] = set()
    for generation in range(4):
        tools.put(store, "a", f"apple {generation}", f"pear {generation}")
        ids = tools.ids(store, "a")
        assert seen.isdisjoint(ids)
        seen.update(ids)
        with store.writing() as writer:
            assert writer.delete("a")
            writer.compact()


def test_deleted_and_replaced_chunks_are_found_by_no_search(store: Store, tools: Any) -> None:
    tools.put(store, "d/a", "walrus one", "walrus two")
    tools.put(store, "d/b", "walrus three")
    with store.writing() as writer:
        writer.compact()
    dead = [*tools.ids(store, "d/a"), *tools.ids(store, "d/b")]
    tools.put(store, "d/a", "seal four")
    with store.writing() as writer:
        writer.delete("d/b")

    assert tools.texts(store, "walrus one", 10) == ["seal four"]
    assert tools.texts(store, "walrus one", 10, ["d"]) == ["seal four"]
    assert tools.lexical_texts(store, "walrus") == []
    assert tools.lexical_texts(store, "walrus", ["d"]) == []
    with store.reading() as view:
        assert view.chunks(dead) == {}
        assert view.cosines(tools.vector_of("walrus one"), dead) == {}
        assert view.bm25(["walrus"], dead) == {}
        assert set(dead).isdisjoint(chunk for chunk, _ in view.dense(tools.vector_of("walrus one"), 100))
    assert store.faults() == []


def test_a_view_stays_as_it_was_while_others_commit(store: Store, tools: Any) -> None:
    tools.put(store, "a", "old text")
    with store.reading() as before:
        tools.put(store, "a", "new text")
        tools.put(store, "b", "more text")
        with store.writing() as writer:
            writer.compact()
        assert tools.texts(store, "new text", 10)[0] == "new text"  # another view, newer snapshot

        hits = before.dense(tools.vector_of("new text"), 10)
        assert [before.chunks([chunk])[chunk].text for chunk, _ in hits] == ["old text"]
        assert [d.uri for d in before.documents()] == ["a"]
        assert before.document_text("a") == "old text"
        assert len(before.lexical(["text"], 10)) == 1
        allowed = before.scope(["a"])
        assert before.dense(tools.vector_of("new text"), 10, allowed) == hits


@pytest.mark.parametrize(
    "damage",
    [
        lambda v: v[:1],
        lambda v: v[:, :-1],
        lambda v: v[0],
        lambda v: np.vstack([v, v]),
        lambda v: v * np.float32("nan"),
        lambda v: v * np.float32("inf"),
        lambda v: v * np.float32(1.1),
        lambda v: v * np.float32(0),
    ],
    ids=["too few", "too short", "flat", "too many", "NaN", "infinite", "too long", "zero"],
)
def test_vectors_that_do_not_fit_are_refused_and_nothing_is_stored(
    store: Store, tools: Any, damage: Any
) -> None:
    tools.put(store, "a", "alpha", "beta")
    document, chunks, vectors = tools.document("a", ["gamma", "delta"])
    with (
        np.errstate(invalid="ignore"),
        store.writing() as writer,
        pytest.raises(StoreError, match="a: .*nothing was stored"),
    ):
        writer.replace(document, chunks, damage(vectors))
    assert sorted(tools.texts(store, "x")) == ["alpha", "beta"]


def test_a_chunk_that_is_not_the_text_at_its_place_is_refused(store: Store, tools: Any) -> None:
    document, chunks, vectors = tools.document("a", ["가나다", "라마바"])
    with store.writing() as writer, pytest.raises(StoreError, match="not the text at 5"):
        writer.replace(document, [chunks[0], replace(chunks[1], start=5, end=8)], vectors)
    with store.reading() as view:
        assert view.documents() == []


def test_text_comes_back_exactly(store: Store, tools: Any) -> None:
    texts = [
        "한국어 텍스트 — “따옴표”",
        "e\u0301 NFD, é NFC",
        "emoji 👩‍👩‍👧 and \U00020000",
        "tab\tcr\r\nend",
    ]
    tools.put(store, "a", *texts)
    with store.reading() as view:
        whole = view.document_text("a")
        assert [c.text for c in view.chunks_of("a")] == texts
        assert [whole[c.start : c.end] for c in view.chunks_of("a")] == texts
    assert store.faults() == []


def test_extending_a_document_keeps_its_chunks_and_their_ids(store: Store, tools: Any) -> None:
    tools.put(store, "a", "one")
    first = tools.ids(store, "a")
    document, chunks, vectors = tools.document("a", ["one", "two"])
    with store.writing() as writer:
        writer.extend(document, chunks[1:], vectors[1:])
        with pytest.raises(StoreError, match="another text"):
            writer.extend(*tools.document("a", ["three"]))
        with pytest.raises(StoreError, match="another text"):
            writer.extend(*tools.document("missing", ["three"]))
    assert tools.ids(store, "a")[:1] == first
    with store.reading() as view:
        assert [(c.position, c.text) for c in view.chunks_of("a")] == [(0, "one"), (1, "two")]
    assert store.faults() == []


def test_readers_and_a_writer_at_once_never_see_half_a_document(store: Store, tools: Any) -> None:
    tools.put(store, "a", "0 left", "0 right")
    stop = threading.Event()

    def read() -> int:
        checked = 0
        while not stop.is_set():
            with store.reading() as view:
                hits = view.dense(tools.vector_of("0 left"), 10)
                rows = view.chunks(chunk for chunk, _ in hits)
            assert len(hits) == len(rows) == 2  # every vector has its row, of the same commit
            assert len({row.text.split()[0] for row in rows.values()}) == 1
            checked += 1
        return checked

    with ThreadPoolExecutor(3) as threads:
        readers = [threads.submit(read) for _ in range(3)]
        try:
            for number in range(1, 60):
                tools.put(store, "a", f"{number} left", f"{number} right")
                if number % 20 == 0:
                    with store.writing() as writer:
                        writer.compact()
        finally:
            stop.set()
        assert all(reader.result() > 0 for reader in readers)
