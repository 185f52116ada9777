"""The opponent: LlamaIndex as its documentation puts the parts together, with the same weights.

``SimpleDirectoryReader`` -> ``SentenceSplitter`` -> ``HuggingFaceEmbedding`` -> ``FaissVectorStore`` in a
``VectorStoreIndex``; asked through a ``RetrieverQueryEngine`` with ``SentenceTransformerRerank``. float32 and
every default as it comes, except where the comparison needs the same: the embedding model and e5's prefixes, k and
top_n, ``IndexFlatIP`` (the vectors have length 1), and ``chunk_size``, so that both make as many chunks.

Its reranker is a cross-encoder: late interaction is not a model that it can load. Where ours is late interaction, the
stock one is a cross-encoder of the same network (12 layers, 384 wide) with an untrained head. It takes the time that
such a model takes, and its order means nothing.
"""

from __future__ import annotations

import tempfile
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
from chatbot.models.folders import E5_SMALL, LATE_INTERACTION
from chatbot.models.loading import quiet_loading

CHUNK_TOKENS = 290  # by its own counter, metadata included; makes about as many chunks as our 500 characters
OVERLAP_TOKENS = 20


def embedding(config: Config) -> HuggingFaceEmbedding:
    folder = folders.resolve(config.embedding.model, config.models_cache).path
    return HuggingFaceEmbedding(str(folder), query_instruction="query: ", text_instruction="passage: ")


def reranker(config: Config, top_n: int) -> SentenceTransformerRerank:
    if config.reranker.model != LATE_INTERACTION:
        folder = folders.resolve(config.reranker.model, config.models_cache).path
        return SentenceTransformerRerank(model=str(folder), top_n=top_n)
    e5 = folders.resolve(E5_SMALL, config.models_cache)
    with tempfile.TemporaryDirectory() as bare, quiet_loading(e5):  # without the modules of a bi-encoder
        for file in e5.path.glob("*.*"):
            if file.name not in ("modules.json", "sentence_bert_config.json"):
                (Path(bare) / file.name).symlink_to(file)
        return SentenceTransformerRerank(
            model=bare, top_n=top_n, cross_encoder_kwargs={"num_labels": 1, "max_length": 512}
        )


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
