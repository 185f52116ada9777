"""Documents: pages of a list, what is put in place of what, contents that are kept, and the same index opened twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import Config
from chatbot.errors import ModelMismatch, StoreMissing
from chatbot.store import Store, StoreIdentity, create_store, identity_at, open_store


def test_a_list_of_documents_comes_in_pages(store: Store, tools: Any) -> None:
    uris = ["a/1", "a/2", "b", "Z", "가/나"]
    for uri in uris:
        tools.put(store, uri, uri)
    with store.reading() as view:
        assert [row.uri for row in view.documents()] == sorted(uris)
        assert [name.uri for name in view.document_names()] == sorted(uris)
        pages, last = [], ""
        while page := view.documents(after=last, most=2):
            pages.append([row.uri for row in page])
            last = page[-1].uri
        assert pages == [["Z", "a/1"], ["a/2", "b"], ["가/나"]]
        assert [row.uri for row in view.documents(["a", "b"], after="a/1", most=1)] == ["a/2"]


def test_what_somebody_has_changed_meanwhile_is_not_replaced(store: Store, tools: Any) -> None:
    first, *_ = tools.document("a", ["first"])
    with store.writing() as writer:
        assert writer.replace(*tools.document("a", ["first"]), seen=None)
        assert not writer.replace(*tools.document("a", ["too late"]), seen=None)
        assert writer.replace(*tools.document("a", ["second"]), seen=first.sha256)
        assert not writer.replace(*tools.document("a", ["too late"]), seen=first.sha256)
        assert not writer.delete("a", seen=first.sha256)
    assert tools.texts(store, "x") == ["second"]
    second, *_ = tools.document("a", ["second"])
    with store.writing() as writer:
        assert writer.delete("a", seen=second.sha256)
        assert not writer.delete("a", seen=second.sha256)
    assert store.faults() == []


def test_the_same_document_stored_twice_is_the_same_as_once(store: Store, tools: Any) -> None:
    for _ in range(2):
        tools.put(store, "a", "alpha", "beta", "alpha")
    with store.reading() as view:
        assert [(c.position, c.text) for c in view.chunks_of("a")] == [
            (0, "alpha"),
            (1, "beta"),
            (2, "alpha"),
        ]
        assert view.chunk_count() == 3
        assert len(view.lexical(["alpha"], 9)) == 2
    assert store.faults() == []


def test_what_one_writes_another_that_has_it_open_reads(
    store: Store, another: Callable[[], Store], tools: Any
) -> None:
    other = another()
    before = other.sequence()
    tools.put(store, "a", "from the first")
    assert tools.texts(other, "x") == ["from the first"]
    assert other.sequence() == store.sequence() != before
    tools.put(other, "a", "from the second")
    assert tools.texts(store, "x") == ["from the second"]


def test_content_is_kept_until_nothing_needs_it(store: Store, another: Callable[[], Store]) -> None:
    kept = store.files.put("abc", b"content")
    assert kept.read_bytes() == another().files.path("abc").read_bytes() == b"content"
    store.files.sweep({"abc"})
    assert store.files.path("abc").read_bytes() == b"content"
    assert not store.files.path("never kept").exists()


def test_an_index_is_made_once_and_knows_its_model(config: Config, tools: Any) -> None:
    with pytest.raises(StoreMissing):
        open_store(config, tools.identity)
    with pytest.raises(StoreMissing):
        identity_at(config)
    create_store(config, tools.identity, tools.dimension).close()
    create_store(config, tools.identity, tools.dimension).close()
    assert identity_at(config) == tools.identity
    with pytest.raises(ModelMismatch, match="tiny-test-model.*reindex"):
        open_store(config, StoreIdentity("another", "other-model"))


def test_hidden_words_paths_and_what_is_said_of_a_document_come_back(store: Store, tools: Any) -> None:
    from dataclasses import replace

    from chatbot.errors import Phrase
    from chatbot.text.hidden import HiddenText

    document, chunks, vectors = tools.document("웹/페이지", ["본문"])
    told = replace(
        document, path=Path("/어디/페이지"), status="partial", reason=Phrase("only {count} pages", count=3), missing="ocr",
        format="pdf", title="제목", pages=3, hidden=(HiddenText(0, "invisible words", "marked"),), hidden_words=2,
        address="https://example.org/", validators='{"etag": "x"}',
    )  # fmt: skip
    with store.writing() as writer:
        writer.replace(told, chunks, vectors)
    with store.reading() as view:
        row = view.document("웹/페이지")
        assert row is not None
        for name in ("uri", "path", "sha256", "made_by", "status", "missing", "format", "title", "bytes", "pages",
                     "hidden_words", "address", "validators"):  # fmt: skip
            assert getattr(row, name) == getattr(told, name), name
        assert str(row.reason) == "only 3 pages"
        assert row.chunks == 1
        assert view.hidden_text("웹/페이지") == told.hidden
        assert view.document("nowhere") is None
        assert view.hidden_text("nowhere") == ()


def test_an_index_in_order_says_what_is_in_it(store: Store, tools: Any) -> None:
    tools.put(store, "a", "alpha", "beta")
    made = store.maintain()
    assert made.chunks == 2
    assert made.bytes > 0
    assert store.repair() == store.faults() == []
