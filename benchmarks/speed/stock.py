"""The opponent: LlamaIndex as its documentation puts the parts together, with the same weights.

``SimpleDirectoryReader`` -> ``SentenceSplitter`` -> ``HuggingFaceEmbedding`` -> ``FaissVectorStore`` in a
``VectorStoreIndex``; asked through a ``RetrieverQueryEngine`` with ``SentenceTransformerRerank``. float32 and
every default as it comes, except where the comparison needs the same: the two models and e5's prefixes, k and
top_n, ``IndexFlatIP`` (the vectors have length 1), and ``chunk_size``, so that both make as many chunks.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import faiss
from llama_index.core import SimpleDirectoryReader, StorageContext, VectorStoreIndex
from llama_index.core.llms import MockLLM
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.retrievers import VectorIndexRetriever
from llama_index.core.schema import BaseNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.postprocessor.sbert_rerank import SentenceTransformerRerank
from llama_index.vector_stores.faiss import FaissVectorStore

from chatbot.config import Config
from chatbot.models import folders

CHUNK_TOKENS = 290  # by its own counter, metadata included; makes about as many chunks as our 500 characters
OVERLAP_TOKENS = 20


def embedding(config: Config) -> HuggingFaceEmbedding:
    folder = folders.resolve(config.embedding.model, config.models_cache).path
    return HuggingFaceEmbedding(str(folder), query_instruction="query: ", text_instruction="passage: ")


def reranker(config: Config, top_n: int) -> SentenceTransformerRerank:

    folder = folders.resolve(config.reranker.model, config.models_cache).path
    return SentenceTransformerRerank(model=str(folder), top_n=top_n)


def ingest(
    texts: Path, chunk_tokens: int, model: HuggingFaceEmbedding, store: Path | None
) -> VectorStoreIndex:
    """Read, split, embed, index; written to ``store`` unless that is ``None``."""
    documents = SimpleDirectoryReader(str(texts), recursive=True).load_data()
    splitter = SentenceSplitter(chunk_size=chunk_tokens, chunk_overlap=OVERLAP_TOKENS)
    return index_of(splitter.get_nodes_from_documents(documents), model, store)


def index_of(nodes: list[BaseNode], model: HuggingFaceEmbedding, store: Path | None) -> VectorStoreIndex:
    storage = StorageContext.from_defaults(vector_store=FaissVectorStore(faiss.IndexFlatIP(384)))
    index = VectorStoreIndex(nodes, storage_context=storage, embed_model=model)
    if store is not None:
        index.storage_context.persist(str(store))
    return index


def query_engine(
    index: VectorStoreIndex, model: HuggingFaceEmbedding, second: Any, k: int
) -> RetrieverQueryEngine:
    """``retrieve`` of this engine is everything before the LLM: search, then rerank."""
    retriever = VectorIndexRetriever(index=index, similarity_top_k=k, embed_model=model)
    return RetrieverQueryEngine.from_args(retriever, llm=MockLLM(), node_postprocessors=[second])
