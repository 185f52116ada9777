"""Token vectors in the store: kept by text, shared by copies, gone with the last chunk that needs them."""

from __future__ import annotations

from typing import Any

from chatbot.store import Store
from chatbot.store.records import hash_of
from fakes.token_codes import code_of, kept, put


def test_each_chunk_finds_those_of_its_text(tools: Any, store: Store) -> None:
    put(tools, store, "a", "alpha", "beta")
    put(tools, store, "b", "alpha", codes=False)
    put(tools, store, "c", "gamma", codes=False)
    assert kept(tools, store, "a") == [code_of("alpha"), code_of("beta")]
    assert kept(tools, store, "b") == [code_of("alpha")]
    assert kept(tools, store, "c") == [None]
    with store.reading() as view:
        assert view.known_token_vectors(["beta", "gamma", "beta"]) == [code_of("beta"), None, code_of("beta")]
        assert view.token_vector_size() == (2, len(code_of("alpha") + code_of("beta")))
        assert [row.text for row in view.without_token_vectors(1, 0, 10)] == ["gamma"]
        assert [row.text for row in view.without_token_vectors(2, 1, 1)] == ["beta"]
    assert store.faults() == []


def test_they_go_with_the_last_chunk_that_reads_so(tools: Any, store: Store) -> None:
    put(tools, store, "a", "alpha", "beta")
    put(tools, store, "b", "alpha")
    put(tools, store, "a", "beta", "gamma")  # beta stays, alpha is b's now
    with store.reading() as view:
        known = view.known_token_vectors(["alpha", "beta", "gamma"])
    assert known == [code_of("alpha"), code_of("beta"), code_of("gamma")]
    with store.writing() as writer:
        writer.delete("b")
    with store.reading() as view:
        assert view.known_token_vectors(["alpha"]) == [None]
        assert view.token_vector_size()[0] == 2


def test_none_are_stored_of_a_text_that_is_not_in_the_index(tools: Any, store: Store) -> None:
    put(tools, store, "a", "alpha")
    with store.writing() as writer:
        writer.keep_token_vectors({hash_of("nowhere"): b"\x01", hash_of("alpha"): b"\x02new"})
    with store.reading() as view:
        assert view.known_token_vectors(["nowhere", "alpha"]) == [None, b"\x02new"]
    with store.writing() as writer:
        writer.drop_token_vectors()
    with store.reading() as view:
        assert view.token_vector_size() == (0, 0)
