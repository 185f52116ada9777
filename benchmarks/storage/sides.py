"""Measurements of the storage benchmark, each for a fresh process: our store, and LlamaIndex as its documentation puts it.

Both sides hold the same chunks with the same vectors. ``build`` is preparation; ``open_first`` is a new process until
its first result; ``add`` stores ready chunks in an index that is open; ``command`` is a new process that adds a folder.
"""

from __future__ import annotations

import shutil
import time
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.report import peak_mb
from benchmarks.storage.data import (
    ADDED_FILES,
    CHUNKS_PER_FILE,
    DIMENSION,
    hashed_config,
    hashed_identity,
    made_document,
    made_paragraphs,
    vector_of,
    vectors_of_texts,
    write_files,
)

_DOCUMENT = 100  # chunks of one that is there before
_K = 10
_ADDITIONS = 5  # of ten files, one after the other; the median counts
_STOCK_TOKENS = 450  # by stock's own counter; makes as many chunks of the added files as ours, 300


def ours_build(size: int, folder: Path) -> dict[str, Any]:
    from chatbot.store.sqlite.store import SqliteStore

    with (
        closing(SqliteStore.create(folder, hashed_identity(), DIMENSION)) as store,
        store.writing() as writer,
    ):
        start = time.perf_counter()
        for first in range(0, size, _DOCUMENT):
            texts = made_paragraphs(first, min(_DOCUMENT, size - first))
            made, chunks = made_document(f"docs/{first:07d}.txt", texts)
            writer.replace(made, chunks, vectors_of_texts(texts))
        writer.compact()
        seconds = time.perf_counter() - start
    return {"build_s": seconds, "disk_mb": disk_mb(folder)}


def ours_open_first(size: int, folder: Path) -> dict[str, Any]:
    from chatbot.store.sqlite.store import SqliteStore

    wanted = made_paragraphs(size // 2, 1)[0]
    start = time.perf_counter()
    with closing(SqliteStore.open(folder, hashed_identity())) as store, store.reading() as view:
        hits = view.dense(vector_of(wanted), _K)
        found = view.chunks(chunk for chunk, _ in hits)[hits[0][0]].text
    seconds = time.perf_counter() - start
    _expect(found, wanted)
    return {"open_s": seconds, "open_mb": peak_mb()}


def ours_add(size: int, folder: Path) -> dict[str, Any]:
    from chatbot.store.sqlite.store import SqliteStore

    waits = []
    with closing(SqliteStore.open(folder, hashed_identity())) as store:
        with store.reading() as view:
            view.dense(vector_of("warm up"), _K)
        for turn in range(_ADDITIONS):
            prepared = []
            for number in range(ADDED_FILES):
                first = size + (turn * ADDED_FILES + number) * CHUNKS_PER_FILE
                texts = made_paragraphs(first, CHUNKS_PER_FILE)
                prepared.append((*made_document(f"new/{first}.txt", texts), vectors_of_texts(texts)))
            wanted = texts[-1]
            start = time.perf_counter()
            with store.writing() as writer:
                for made, chunks, vectors in prepared:
                    writer.replace(made, chunks, vectors)
                writer.compact(only_if_due=True)
            with store.reading() as view:
                hits = view.dense(vector_of(wanted), _K)
                found = view.chunks(chunk for chunk, _ in hits)[hits[0][0]].text
            waits.append(time.perf_counter() - start)
            _expect(found, wanted)
    return {"add_s": median(waits), "add_mb": peak_mb()}


def ours_command(size: int, folder: Path) -> dict[str, Any]:
    from benchmarks.storage.embedding import HashedEmbedding
    from ingest.pipeline import run

    texts = folder.parent / "added"
    write_files(texts, size)
    start = time.perf_counter()
    report = run(hashed_config(folder), [texts], embedding=HashedEmbedding())
    seconds = time.perf_counter() - start
    if report.refused:
        raise SystemExit(f"{report.refused[0].path}: {report.refused[0].reason}")
    return {
        "command_s": seconds, "command_mb": peak_mb(),
        "added_chunks": sum(result.chunks for result in report.indexed),
    }  # fmt: skip


def stock_build(size: int, folder: Path) -> dict[str, Any]:
    from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode

    from benchmarks.storage.embedding import HashedEmbedding

    nodes = []
    for first in range(0, size, _DOCUMENT):
        texts = made_paragraphs(first, min(_DOCUMENT, size - first))
        name = f"docs/{first:07d}.txt"
        source = {NodeRelationship.SOURCE: RelatedNodeInfo(node_id=name)}
        for text, vector in zip(texts, vectors_of_texts(texts), strict=True):
            metadata = {"file_path": name, "file_name": name, "file_type": "text/plain"}
            nodes.append(
                TextNode(text=text, embedding=vector.tolist(), metadata=metadata, relationships=source)
            )
    start = time.perf_counter()
    index = _stock_empty(HashedEmbedding())
    index.insert_nodes(nodes)
    index.storage_context.persist(str(folder))
    return {"build_s": time.perf_counter() - start, "disk_mb": disk_mb(folder)}


def stock_open_first(size: int, folder: Path) -> dict[str, Any]:
    from benchmarks.storage.embedding import HashedEmbedding

    wanted = made_paragraphs(size // 2, 1)[0]
    model = HashedEmbedding()
    _stock_empty(model)  # its imports too
    start = time.perf_counter()
    found = _stock_first(_stock_opened(folder, model), wanted)
    seconds = time.perf_counter() - start
    _expect(found, wanted)
    return {"open_s": seconds, "open_mb": peak_mb()}


def stock_add(size: int, folder: Path) -> dict[str, Any]:
    from llama_index.core.schema import TextNode

    from benchmarks.storage.embedding import HashedEmbedding

    waits = []
    index = _stock_opened(folder, HashedEmbedding())
    _stock_first(index, "warm up")
    for turn in range(_ADDITIONS):
        count = ADDED_FILES * CHUNKS_PER_FILE
        texts = made_paragraphs(size + turn * count, count)
        nodes = [
            TextNode(text=text, embedding=vector.tolist())
            for text, vector in zip(texts, vectors_of_texts(texts), strict=True)
        ]
        start = time.perf_counter()
        index.insert_nodes(nodes)
        index.storage_context.persist(str(folder))
        found = _stock_first(index, texts[-1])
        waits.append(time.perf_counter() - start)
        _expect(found, texts[-1])
    return {"add_s": median(waits), "add_mb": peak_mb()}


def stock_command(size: int, folder: Path) -> dict[str, Any]:
    from llama_index.core import SimpleDirectoryReader
    from llama_index.core.ingestion import IngestionPipeline
    from llama_index.core.node_parser import SentenceSplitter

    from benchmarks.storage.embedding import HashedEmbedding

    texts = folder.parent / "added"
    write_files(texts, size)
    model = HashedEmbedding()
    _stock_empty(model)
    start = time.perf_counter()
    index = _stock_opened(folder, model)
    splitter = SentenceSplitter(chunk_size=_STOCK_TOKENS, chunk_overlap=0)
    nodes = IngestionPipeline(transformations=[splitter, model]).run(
        documents=SimpleDirectoryReader(str(texts)).load_data()
    )
    index.insert_nodes(list(nodes))
    index.storage_context.persist(str(folder))
    seconds = time.perf_counter() - start
    return {
        "command_s": seconds, "command_mb": peak_mb(),
        "added_chunks": len(nodes),
    }  # fmt: skip


def _stock_empty(model: Any) -> Any:
    import faiss
    from llama_index.core import StorageContext, VectorStoreIndex
    from llama_index.vector_stores.faiss import FaissVectorStore

    storage = StorageContext.from_defaults(vector_store=FaissVectorStore(faiss.IndexFlatIP(DIMENSION)))
    return VectorStoreIndex([], storage_context=storage, embed_model=model)


def _stock_opened(folder: Path, model: Any) -> Any:
    from llama_index.core import StorageContext, load_index_from_storage
    from llama_index.vector_stores.faiss import FaissVectorStore

    storage = StorageContext.from_defaults(
        vector_store=FaissVectorStore.from_persist_dir(str(folder)), persist_dir=str(folder)
    )
    return load_index_from_storage(storage, embed_model=model)


def _stock_first(index: Any, text: str) -> str:
    return str(index.as_retriever(similarity_top_k=_K).retrieve(text)[0].node.get_content())


def _expect(found: str, wanted: str) -> None:
    if found != wanted:
        raise SystemExit(f"the first result is {found[:40]!r}, not {wanted[:40]!r}")


def disk_mb(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def copied(folder: Path, work: Path) -> Path:
    """A copy to change; on the disk before anything is timed."""
    shutil.rmtree(work, ignore_errors=True)
    return Path(shutil.copytree(folder, work / "store"))


SIDES = {
    function.__name__: function
    for function in (
        ours_build, ours_open_first, ours_add, ours_command,
        stock_build, stock_open_first, stock_add, stock_command,
    )
}  # fmt: skip
