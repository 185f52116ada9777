from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chatbot.errors import StoreError
from chatbot.store import Store


def test_a_renamed_document_keeps_its_chunks_ids_and_vectors(store: Store, tools: Any) -> None:
    tools.put(store, "data/a.md", "alpha", "beta")
    tools.put(store, "data/b.md", "gamma")
    ids = tools.ids(store, "data/a.md")
    with store.writing() as writer:
        writer.rename("data/a.md", "data/new/c.md", Path("/new/c.md"))
    assert tools.ids(store, "data/new/c.md") == ids
    assert tools.texts(store, "alpha", filters=["data/new"]) == ["alpha", "beta"]
    with store.reading() as view:
        assert {row.uri: str(row.path) for row in view.documents()} == {
            "data/b.md": "/nowhere/data/b.md",
            "data/new/c.md": "/new/c.md",
        }
    assert store.faults() == []


def test_renaming_onto_a_document_replaces_it(store: Store, tools: Any) -> None:
    tools.put(store, "a", "alpha")
    tools.put(store, "b", "beta")
    with store.writing() as writer:
        writer.rename("a", "b", Path("/b"))
        writer.rename("b", "b", Path("/moved/b"))
    assert tools.texts(store, "beta") == ["alpha"]
    with store.reading() as view:
        assert [(row.uri, str(row.path)) for row in view.documents()] == [("b", "/moved/b")]
    assert store.faults() == []


def test_renaming_what_is_not_there_changes_nothing(store: Store, tools: Any) -> None:
    tools.put(store, "b", "beta")
    with store.writing() as writer, pytest.raises(StoreError, match="no document 'a'"):
        writer.rename("a", "b", Path("/b"))
    assert tools.texts(store, "beta") == ["beta"]


def test_a_root_that_moved_takes_its_documents_along(store: Store, tools: Any) -> None:
    with store.writing() as writer:
        label = writer.label_root(Path("/nowhere/data"))
        tools_document = tools.document("data/a", ["alpha"])
        writer.replace(*tools_document)
        writer.replace(*tools.document("database/b", ["beta"]))
        writer.relabel_root(label, Path("/elsewhere/documents"))
        with pytest.raises(StoreError, match="no folder 'other'"):
            writer.relabel_root("other", Path("/x"))
    with store.reading() as view:
        assert view.roots() == {"data": Path("/elsewhere/documents")}
        assert {row.uri: str(row.path) for row in view.documents()} == {
            "data/a": "/elsewhere/documents/a",
            "database/b": "/nowhere/database/b",
        }


def test_only_what_was_seen_is_renamed_and_only_onto_what_was_seen(store: Store, tools: Any) -> None:
    tools.put(store, "a", "alpha")
    tools.put(store, "b", "beta")
    alpha, beta = (tools.document(uri, [text])[0].sha256 for uri, text in (("a", "alpha"), ("b", "beta")))
    with store.writing() as writer:
        assert not writer.rename("a", "b", Path("/b"), seen=beta)
        assert not writer.rename("a", "b", Path("/b"), seen=alpha, seen_there=None)
        assert not writer.rename("a", "b", Path("/b"), seen=alpha, seen_there=alpha)
        assert not writer.rename("gone", "b", Path("/b"), seen=alpha)
        assert sorted(tools.texts(store, "alpha")) == ["alpha", "beta"]
        assert writer.rename("a", "a", Path("/moved/a"), seen=alpha, seen_there=None)
        assert writer.rename("a", "b", Path("/b"), seen=alpha, seen_there=beta)
        assert writer.rename("b", "c", Path("/c"), seen=alpha, seen_there=None)
    with store.reading() as view:
        assert [(row.uri, str(row.path)) for row in view.documents()] == [("c", "/c")]
    assert store.faults() == []
