from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from llama_index.core import Document, Settings, VectorStoreIndex
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode
from llama_index.core.vector_stores.types import (
    FilterCondition,
    FilterOperator,
    MetadataFilter,
    MetadataFilters,
    VectorStoreQuery,
)

from chatbot.errors import StoreError
from chatbot.store import Store
from chatbot.store.vector_store import StoreVectorStore


class TinyEmbedding(BaseEmbedding):
    """``tools.vector_of`` as LlamaIndex calls it."""

    tools: Any = None

    def _get_text_embedding(self, text: str) -> list[float]:
        return [float(x) * 3 for x in self.tools.vector_of(text)]  # the store makes its length 1

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)


@pytest.fixture(autouse=True)
def no_global_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever is left to LlamaIndex's global Settings would become OpenAI."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    before = Settings._embed_model, Settings._llm
    yield
    assert (Settings._embed_model, Settings._llm) == before


@pytest.fixture
def index(store: Store, tools: Any) -> VectorStoreIndex:
    return VectorStoreIndex.from_vector_store(StoreVectorStore(store), embed_model=TinyEmbedding(tools=tools))


def _node(text: str, document: str, **metadata: Any) -> TextNode:
    source = {NodeRelationship.SOURCE: RelatedNodeInfo(node_id=document)}
    node = TextNode(text=text, metadata=metadata, relationships=source)
    node.excluded_embed_metadata_keys = list(metadata)
    return node


def _texts(found: list[Any]) -> list[str]:
    return [hit.node.get_content() for hit in found]


def _document_filter(*values: Any, **options: Any) -> MetadataFilters:
    filters = [
        MetadataFilter(key="document", value=value, operator=options.pop("operator", FilterOperator.EQ))
        for value in values
    ]
    return MetadataFilters(filters=filters, **options)


def test_llamaindex_retrieves_inserts_and_deletes(index: VectorStoreIndex, store: Store, tools: Any) -> None:
    tools.put(store, "data/a.md", "from ingest")
    index.insert_nodes(
        [
            _node("one", "x/b.md", page=3, heading=["Top", "Sub"]),
            _node("two", "x/b.md"),
            _node("three", "x/c.md"),
        ]
    )
    retriever = index.as_retriever(similarity_top_k=2)

    best = retriever.retrieve("two")[0]
    assert best.node.get_content() == "two"
    assert best.score == pytest.approx(1, abs=1e-5)  # a cosine
    assert best.node.ref_doc_id == "x/b.md"
    one = retriever.retrieve("one")[0].node
    assert (one.metadata["page"], one.metadata["heading"]) == (3, ["Top", "Sub"])
    assert len(retriever.retrieve("from ingest")) == 2
    assert tools.lexical_texts(store, "three") == ["three"]
    assert store.faults() == []

    index.delete_ref_doc("x/b.md")
    assert sorted(_texts(index.as_retriever(similarity_top_k=10).retrieve("two"))) == ["from ingest", "three"]
    index.delete_ref_doc("never/there.md")
    assert store.faults() == []


def test_ids_round_trip(store: Store, tools: Any) -> None:
    vectors = StoreVectorStore(store)
    nodes = [_node(text, document) for text, document in [("one", "b"), ("two", "a"), ("three", "b")]]
    for node in nodes:
        node.embedding = [float(x) for x in tools.vector_of(node.text)]
    ids = vectors.add(nodes)
    for node, chunk in zip(nodes, ids, strict=True):
        found = vectors.query(VectorStoreQuery(query_embedding=node.embedding, similarity_top_k=1))
        assert found.ids == [chunk]
        assert found.nodes is not None
        assert found.nodes[0].node_id == chunk
        assert found.nodes[0].get_content() == node.text
        only = vectors.query(
            VectorStoreQuery(query_embedding=nodes[0].embedding, similarity_top_k=9, node_ids=[chunk])
        )
        assert only.ids == [chunk]


def test_deleted_and_replaced_documents_are_never_retrieved(
    index: VectorStoreIndex, store: Store, tools: Any
) -> None:
    tools.put(store, "a", "old one", "old two")
    tools.put(store, "b", "other")
    index.vector_store.persist("ignored")
    tools.put(store, "a", "new one")
    assert _texts(index.as_retriever(similarity_top_k=9).retrieve("old one")) in (
        ["new one", "other"],
        ["other", "new one"],
    )
    index.delete_ref_doc("b")
    assert _texts(index.as_retriever(similarity_top_k=9).retrieve("other")) == ["new one"]


def test_a_document_handed_over_in_several_calls_is_whole(store: Store, tools: Any) -> None:
    index = VectorStoreIndex.from_vector_store(
        StoreVectorStore(store), embed_model=TinyEmbedding(tools=tools), insert_batch_size=2
    )
    index.insert_nodes([_node(f"part {number}", "long.md") for number in range(5)])
    index.insert_nodes([_node("part 5", "long.md")])
    with store.reading() as view:
        assert [c.text for c in view.chunks_of("long.md")] == [f"part {number}" for number in range(6)]
    assert store.faults() == []
    index.delete_ref_doc("long.md")
    assert index.as_retriever().retrieve("part 1") == []


def test_documents_without_a_source_are_their_own(index: VectorStoreIndex, store: Store) -> None:
    index.insert(Document(text="한 문서의 글", id_="문서"))
    index.insert_nodes([TextNode(text="alone", id_="node-1")])
    with store.reading() as view:
        assert {d.uri for d in view.documents()} == {"문서", "node-1"}


def test_an_ingested_file_is_not_written_over(index: VectorStoreIndex, store: Store, tools: Any) -> None:
    tools.put(store, "data/a.md", "from ingest")
    with pytest.raises(StoreError, match="ingested from a file"):
        index.insert_nodes([_node("intruder", "data/a.md")])
    assert tools.texts(store, "x") == ["from ingest"]


def test_a_vector_without_direction_is_refused(store: Store) -> None:
    node = _node("x", "a")
    node.embedding = [0.0] * store.dimension
    with pytest.raises(StoreError, match="length 1"):
        StoreVectorStore(store).add([node])


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (_document_filter("d/a"), {"1"}),
        (_document_filter(["d/a", "e/c"], operator=FilterOperator.IN), {"1", "3"}),
        (_document_filter("d"), {"1", "2"}),
        (_document_filter("d/a", "e/c", condition=FilterCondition.OR), {"1", "3"}),
        (_document_filter("d", "d/a", condition=FilterCondition.AND), {"1"}),
        (_document_filter("d/a", "e/c", condition=FilterCondition.AND), set()),
        (MetadataFilters(filters=[]), {"1", "2", "3"}),
    ],
)
def test_metadata_filters_choose_documents(
    index: VectorStoreIndex, store: Store, tools: Any, filters: MetadataFilters, found: set[str]
) -> None:
    for uri, text in [("d/a", "1"), ("d/b", "2"), ("e/c", "3")]:
        tools.put(store, uri, text)
    assert set(_texts(index.as_retriever(similarity_top_k=9, filters=filters).retrieve("1"))) == found


def test_document_ids_and_filters_both_hold(index: VectorStoreIndex, store: Store, tools: Any) -> None:
    for uri, text in [("d/a", "1"), ("d/b", "2")]:
        tools.put(store, uri, text)
    assert _texts(index.as_retriever(doc_ids=["d/b"]).retrieve("1")) == ["2"]
    assert index.as_retriever(doc_ids=["d/b"], filters=_document_filter("d/a")).retrieve("1") == []


@pytest.mark.parametrize(
    "filters",
    [
        MetadataFilters(filters=[MetadataFilter(key="page", value=3)]),
        MetadataFilters(filters=[MetadataFilter(key="document", value="a", operator=FilterOperator.NE)]),
        MetadataFilters(filters=[_document_filter("a")]),
        _document_filter("a", condition=FilterCondition.NOT),
    ],
)
def test_a_filter_that_cannot_be_kept_is_an_error(
    index: VectorStoreIndex, store: Store, tools: Any, filters: MetadataFilters
) -> None:
    tools.put(store, "a", "1")
    with pytest.raises(StoreError, match="filters by 'document' only"):
        index.as_retriever(filters=filters).retrieve("1")


def test_an_unknown_document_is_an_error(index: VectorStoreIndex, store: Store, tools: Any) -> None:
    tools.put(store, "a", "1")
    with pytest.raises(StoreError, match="matches 'nowhere'"):
        index.as_retriever(filters=_document_filter("nowhere")).retrieve("1")
