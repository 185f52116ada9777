"""The store as a LlamaIndex vector store: what ``FaissVectorStore`` leaves undone, done.

It deletes, keeps its texts, filters by document, never reuses an id, and writes nothing until a whole
document is in. ``VectorStoreIndex.from_vector_store`` and LlamaIndex's retrievers work on it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, cast

import numpy as np
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.schema import BaseNode, MetadataMode
from llama_index.core.vector_stores.types import (
    FilterOperator,
    MetadataFilter,
    MetadataFilters,
    VectorStoreQuery,
    VectorStoreQueryResult,
)
from llama_index.vector_stores.faiss import FaissVectorStore

from chatbot.errors import StoreError
from chatbot.store.analysis import analyse
from chatbot.store.nodes import to_node
from chatbot.store.records import NewChunk, NewDocument
from chatbot.store.snapshot import flat_index
from chatbot.store.store import Store


class StoreVectorStore(FaissVectorStore):  # type: ignore[misc]
    """A ``Store`` under LlamaIndex's vector store interface; similarities are cosines."""

    stores_text: bool = True
    _store: Store = PrivateAttr()

    def __init__(self, store: Store) -> None:
        dimension = store.dimension
        super().__init__(flat_index(np.empty(0, np.int64), np.empty((0, dimension), np.float32)))
        self._store = store

    @property
    def client(self) -> Any:
        """The FAISS index of the current base, or an empty one; read only."""
        with self._store.reading() as view:
            return view.snapshot.base.index if view.snapshot.base else self._faiss_index

    def add(self, nodes: list[BaseNode], **_: Any) -> list[str]:
        """Store embedded nodes, each document as a whole: it replaces what its id held before."""
        by_document: dict[str, list[BaseNode]] = {}
        for node in nodes:
            by_document.setdefault(node.ref_doc_id or node.node_id, []).append(node)
        ids: dict[str, str] = {}
        with self._store.writing() as writer:
            for uri, members in by_document.items():
                document, chunks = _assemble(uri, members)
                vectors = np.asarray([node.get_embedding() for node in members], np.float32)
                writer.replace(document, chunks, vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
                with self._store.reading() as view:
                    rows = view.chunks_of(uri)
                ids.update({node.node_id: str(row.id) for node, row in zip(members, rows, strict=True)})
        return [ids[node.node_id] for node in nodes]

    def delete(self, ref_doc_id: str, **_: Any) -> None:
        """Remove a document; unknown ids are ignored, as in LlamaIndex's other stores."""
        with self._store.writing() as writer:
            writer.delete(ref_doc_id)

    def persist(self, *_: Any, **__: Any) -> None:
        """Every commit is already on disk; this writes a fresh FAISS base file."""
        with self._store.writing() as writer:
            writer.compact()

    def query(self, query: VectorStoreQuery, **_: Any) -> VectorStoreQueryResult:
        """Nearest chunks; filters may name documents (``document`` equal to, or in a list)."""
        vector = np.asarray(query.query_embedding, np.float32)
        vector = vector / np.linalg.norm(vector)
        documents = [*(query.doc_ids or []), *_documents(query.filters)]
        with self._store.reading() as view:
            hits = view.dense(vector, query.similarity_top_k, view.allowed(documents))
            rows = view.chunks(chunk for chunk, _ in hits)
        found = [(chunk, score) for chunk, score in hits if chunk in rows]
        return VectorStoreQueryResult(
            nodes=[to_node(rows[chunk]) for chunk, _ in found],
            similarities=[score for _, score in found],
            ids=[str(chunk) for chunk, _ in found],
        )


def _assemble(uri: str, nodes: list[BaseNode]) -> tuple[NewDocument, list[NewChunk]]:
    """One stored text out of a document's nodes, with each node's exact place in it."""
    chunks, parts, at = [], [], 0
    for node in nodes:
        text = node.get_content(MetadataMode.NONE)
        page, heading = node.metadata.get("page"), tuple(node.metadata.get("heading", ()))
        chunks.append(NewChunk(text, at, at + len(text), page, heading, analyse(text)))
        parts.append(text)
        at += len(text) + 2
    whole = "\n\n".join(parts)
    digest = hashlib.sha256(whole.encode()).hexdigest()
    return NewDocument(uri, Path(uri), digest, "llama-index", len(whole.encode()), format="text", text=whole), chunks


def _documents(filters: MetadataFilters | None) -> list[str]:
    documents: list[str] = []
    for condition in filters.filters if filters else ():
        wanted = cast(MetadataFilter, condition)
        if wanted.key != "document" or wanted.operator not in (FilterOperator.EQ, FilterOperator.IN):
            raise StoreError("this store filters by 'document' only, with == or in; give document uris or folders")
        documents += wanted.value if isinstance(wanted.value, list) else [str(wanted.value)]
    return documents
