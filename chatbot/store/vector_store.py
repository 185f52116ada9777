"""The store as a LlamaIndex vector store.

Unlike ``FaissVectorStore`` it deletes, keeps its texts, filters by document, never reuses an id, and writes nothing until a whole
document is in. ``VectorStoreIndex.from_vector_store`` and LlamaIndex's retrievers work on it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import faiss
import numpy as np
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.core.schema import BaseNode, MetadataMode
from llama_index.core.vector_stores.types import (
    FilterCondition,
    FilterOperator,
    MetadataFilter,
    MetadataFilters,
    VectorStoreQuery,
    VectorStoreQueryResult,
)
from llama_index.vector_stores.faiss import FaissVectorStore

from chatbot.errors import StoreError
from chatbot.store.nodes import to_node
from chatbot.store.protocol import Store, View
from chatbot.store.records import NewChunk, NewDocument, Vectors, embedded_text, hash_of
from chatbot.text.keywords import analyse

_MADE_BY = "llama-index"


@runtime_checkable
class HasFaiss(Protocol):
    """A store whose vectors are searched in a FAISS index."""

    def faiss_index(self) -> Any: ...


class StoreVectorStore(FaissVectorStore):
    """A ``Store`` under LlamaIndex's vector store interface; similarities are cosines."""

    stores_text: bool = True
    _store: Store = PrivateAttr()

    def __init__(self, store: Store) -> None:
        super().__init__(faiss.IndexFlatIP(store.dimension))
        self._store = store

    @property
    def client(self) -> Any:
        """The FAISS index of the current base, or an empty one where there is none; read only."""
        return self._store.faiss_index() if isinstance(self._store, HasFaiss) else self._faiss_index

    def add(self, nodes: Sequence[BaseNode], **_: Any) -> list[str]:
        """Store embedded nodes and return their ids here, in the order given.

        Nodes of a document that is already here come after its own: LlamaIndex hands over a large one in
        several calls. ``delete`` first to replace it.

        Raises:
            StoreError: a node belongs to a file that ``secondlook ingest`` keeps up to date.
        """
        by_document: dict[str, list[int]] = {}
        for place, node in enumerate(nodes):
            by_document.setdefault(node.ref_doc_id or node.node_id, []).append(place)
        with self._store.writing() as writer:
            with self._store.reading() as view:
                texts = {uri: _text_so_far(view, uri) for uri in by_document}
            for uri, places in by_document.items():
                members = [nodes[place] for place in places]
                document, chunks = _assemble(uri, texts[uri], members)
                store = writer.replace if texts[uri] is None else writer.extend
                store(document, chunks, _unit([node.get_embedding() for node in members]))
            with self._store.reading() as view:
                stored = {uri: view.chunks_of(uri)[-len(places) :] for uri, places in by_document.items()}
        ids = {
            place: row.id for uri in stored for place, row in zip(by_document[uri], stored[uri], strict=True)
        }
        return [str(ids[place]) for place in range(len(nodes))]

    def delete(self, ref_doc_id: str, **_: Any) -> None:
        """Remove a document; unknown ids are ignored, as in LlamaIndex's other stores."""
        with self._store.writing() as writer:
            writer.delete(ref_doc_id)

    def persist(self, *_: Any, **__: Any) -> None:
        """Every commit is already on disk; this puts the vector index in order."""
        self._store.maintain()

    def query(self, query: VectorStoreQuery, **_: Any) -> VectorStoreQueryResult:
        """Nearest chunks; filters may name documents (``document`` equal to, or in a list).

        Raises:
            StoreError: a filter is of another kind, or matches no document.
        """
        vector = _unit([query.query_embedding or []])[0]
        with self._store.reading() as view:
            scope = view.scope(
                query.doc_ids or [],
                *_documents(query.filters),
                ids=[int(node) for node in query.node_ids] if query.node_ids else None,
            )
            hits = view.dense(vector, query.similarity_top_k, scope)
            rows = view.chunks(chunk for chunk, _ in hits)
        return VectorStoreQueryResult(
            nodes=[to_node(rows[chunk]) for chunk, _ in hits],
            similarities=[score for _, score in hits],
            ids=[str(chunk) for chunk, _ in hits],
        )


def _unit(vectors: Sequence[Sequence[float]]) -> Vectors:
    matrix = np.asarray(vectors, np.float32)
    with np.errstate(invalid="ignore"):  # a vector of length 0 becomes NaN, which the store refuses
        return np.asarray(matrix / np.linalg.norm(matrix, axis=1, keepdims=True))


def _text_so_far(view: View, uri: str) -> str | None:
    row = view.document(uri)
    if row is None:
        return None
    if row.made_by != _MADE_BY:
        raise StoreError(f"{uri} was ingested from a file; give the node another document id")
    return view.document_text(uri)


def _assemble(uri: str, before: str | None, nodes: list[BaseNode]) -> tuple[NewDocument, list[NewChunk]]:
    """One stored text out of a document's nodes, after what is stored, with each node's exact place in it."""
    chunks: list[NewChunk] = []
    parts = [] if before is None else [before]
    at = 0 if before is None else len(before) + 2
    for node in nodes:
        text = node.get_content(MetadataMode.NONE)
        page, heading = node.metadata.get("page"), tuple(node.metadata.get("heading", ()))
        read = embedded_text(text, heading)
        known = hash_of(read) if node.get_content(MetadataMode.EMBED) == read else None
        chunks.append(NewChunk(text, at, at + len(text), page, heading, analyse(read), "", known))
        parts.append(text)
        at += len(text) + 2
    whole = "\n\n".join(parts)
    digest = hashlib.sha256(whole.encode()).hexdigest()
    return NewDocument(
        uri, Path(uri), digest, _MADE_BY, len(whole.encode()), format="text", text=whole
    ), chunks


def _documents(filters: MetadataFilters | None) -> list[list[str]]:
    """Lists of documents; a chunk has to be of one in each list."""
    if filters is None or not filters.filters:
        return []
    lists: list[list[str]] = []
    for wanted in filters.filters:
        if (
            not isinstance(wanted, MetadataFilter)
            or wanted.key != "document"
            or wanted.operator not in (FilterOperator.EQ, FilterOperator.IN)
            or filters.condition == FilterCondition.NOT
        ):
            raise StoreError(
                "this store filters by 'document' only, with == or in; give document uris or folders"
            )
        lists.append(
            [str(v) for v in wanted.value] if isinstance(wanted.value, list) else [str(wanted.value)]
        )
    return [list(chain.from_iterable(lists))] if filters.condition == FilterCondition.OR else lists
