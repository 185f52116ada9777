"""What tests ask of an index on disk and of this process; imported as ``index_reading``."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chatbot.config import Config
from chatbot.retrieval.embeddings import store_identity
from chatbot.store import View, open_store
from chatbot.store.records import embedded_text
from chatbot.text.keywords import question_terms


def read_index(config: Config, look: Callable[[View], Any]) -> Any:
    store = open_store(config, store_identity(config))
    try:
        with store.reading() as view:
            return look(view)
    finally:
        store.close()


def statuses(config: Config) -> dict[str, str]:
    return read_index(config, lambda view: {d.uri: d.status for d in view.documents()})  # type: ignore[no-any-return]


def faults(config: Config) -> list[str]:
    store = open_store(config, store_identity(config))
    try:
        return store.faults()
    finally:
        store.close()


def found_documents(config: Config, embedding: Any, question: str) -> tuple[set[str], set[str]]:
    """Documents that dense search (all chunks) and lexical search give for a question."""

    def look(view: View) -> tuple[set[str], set[str]]:
        dense = view.dense(np.asarray(embedding.vector(question), np.float32), 1000)
        lexical = view.lexical(question_terms(question), 1000)
        rows = view.chunks(chunk for chunk, _ in [*dense, *lexical])
        return {rows[c].document for c, _ in dense}, {rows[c].document for c, _ in lexical}

    return read_index(config, look)  # type: ignore[no-any-return]


def uris(results: Any) -> list[str]:
    return [result.path for result in results]


def check_chunks(config: Config, embedding: Any) -> int:
    """Each chunk is the text at its place, and has the vector of its own text."""

    def look(view: View) -> int:
        count = 0
        for document in view.documents():
            text = view.document_text(document.uri)
            for chunk in view.chunks_of(document.uri):
                assert text[chunk.start : chunk.end] == chunk.text
                own = np.asarray(
                    embedding.vector(embedded_text(chunk.text, chunk.heading, chunk.header)), np.float32
                )
                assert view.cosines(own, [chunk.id])[chunk.id] == pytest.approx(1, abs=1e-5)
                count += 1
        return count

    return read_index(config, look)  # type: ignore[no-any-return]


def chunk_ids(config: Config, uri: str) -> list[int]:
    return read_index(config, lambda view: [chunk.id for chunk in view.chunks_of(uri)])  # type: ignore[no-any-return]


def parser_processes() -> list[str]:
    """Parser processes of this process that are still there."""
    found = []
    for file in Path("/proc/self/task").glob("*/children"):
        for pid in file.read_text().split():
            with suppress(OSError):
                if b"ingest.sandbox.parser_worker" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    found.append(pid)
    return found
