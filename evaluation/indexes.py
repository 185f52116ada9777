"""Indexes made only to be measured, kept in the cache folder under everything that decides what is in them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from chatbot.config import Config
from chatbot.errors import StoreMissing
from chatbot.models.folders import sha256_of
from chatbot.retrieval.embeddings import embed_texts, fingerprint, store_identity
from chatbot.store import NewChunk, NewDocument, Store, Writer, create_store, open_store
from chatbot.store.records import embedded_text, hash_of
from chatbot.text.keywords import ANALYSIS_VERSION, analyse
from evaluation.beir import Entry, read_corpus

if TYPE_CHECKING:
    from ingest.pipeline import ModelOnce

OnStep = Callable[[str, int, int], None]  # what is being done, how many of it are done, of how many

_VERSION = "1"  # raise it whenever the same corpus would give another index
_GROUP = 256  # documents embedded together: sorted by length, so that little is padded


def cache_folder(config: Config) -> Path:
    """Where evaluation keeps its indexes and results; safe to delete."""
    return config.models_cache / "evaluation"


def digest(*parts: object) -> str:
    """A short name for what decides something."""
    return hashlib.sha256(json.dumps(parts, default=str, ensure_ascii=False).encode()).hexdigest()[:16]


def beir_index(config: Config, folder: Path, model: ModelOnce, on_progress: OnStep) -> Config:
    """``config`` with the index of a BEIR corpus, each document one chunk: what BEIR's judgements are about.

    A document longer than the embedding model reads is cut by it; lexical search sees all of it. Interrupted, the
    next call goes on. Raises ``QuestionsError``.
    """
    key = digest(
        "beir", _VERSION, sha256_of(folder / "corpus.jsonl"), fingerprint(config).key, ANALYSIS_VERSION
    )
    settings = config.with_(store=cache_folder(config) / "indexes" / f"{folder.resolve().name}-{key}")
    done_file = settings.store / "complete"
    if done_file.exists():
        return settings
    entries = list(read_corpus(folder))
    with closing(_open(settings, model)) as store, store.writing() as writer:
        with store.reading() as view:
            done = {row.uri for row in view.documents()}
        todo = sorted((e for e in entries if e.id not in done), key=lambda e: len(e.text))
        for start in range(0, len(todo), _GROUP):
            on_progress("embedding the corpus", len(entries) - len(todo) + start, len(entries))
            _store_group(writer, todo[start : start + _GROUP], folder, model)
        writer.compact()
    done_file.touch()
    return settings


def _open(settings: Config, model: ModelOnce) -> Store:
    identity = store_identity(settings)
    try:
        return open_store(settings, identity)
    except StoreMissing:
        dimension = embed_texts(model(), ["dimension"]).shape[1]
        return create_store(settings, identity, dimension)


def _store_group(writer: Writer, entries: Sequence[Entry], folder: Path, model: ModelOnce) -> None:
    texts = [_read_by_models(entry) for entry in entries]
    vectors = embed_texts(model(), texts)
    for entry, text, vector in zip(entries, texts, vectors, strict=True):
        heading = (entry.title,) if entry.title and entry.text.strip() else ()
        body = entry.text if entry.text.strip() else entry.title
        chunks = [NewChunk(body, 0, len(body), None, heading, analyse(text), text_hash=hash_of(text))]
        document = NewDocument(
            entry.id, folder / "corpus.jsonl", digest(entry.title, entry.text), f"beir-{_VERSION}",
            len(body.encode("utf-8", "surrogatepass")), format="beir", title=entry.title, text=body,
        )  # fmt: skip
        writer.replace(
            document, chunks if text.strip() else [], vectors[:0] if not text.strip() else vector[None]
        )


def _read_by_models(entry: Entry) -> str:
    """Title above text, as a chunk carries its heading."""
    return embedded_text(entry.text, (entry.title,) if entry.title else ())


def split_index(
    config: Config, paths: Sequence[Path], model: ModelOnce, on_progress: OnStep
) -> tuple[Config, list[str]]:
    """``config`` with an index of ``paths`` made by its splitter, brought up to date; and what could not be read.

    Raises:
        ConfigError: a path is not there.
    """
    from ingest.pipeline import made_by, run

    key = digest("split", fingerprint(config).key, made_by(config), sorted(map(str, paths)))
    settings = config.with_(store=cache_folder(config) / "indexes" / f"split-{key}")
    name = f"{config.splitter.kind} {config.splitter.chunk_size}"
    report = run(settings, paths, lambda p: on_progress(f"indexing, {name}", p.files, p.files_total), model)
    return settings, [f"{result.path}: {result.reason}" for result in report.refused]


def content_key(store: Store) -> str:
    """Stands for everything that is in an index: its documents, how they were made, and the embedding model."""
    with store.reading() as view:
        documents = [(row.uri, row.sha256, row.made_by, row.status) for row in view.documents()]
    return digest(store.identity.embedding, documents)
