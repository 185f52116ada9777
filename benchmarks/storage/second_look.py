"""An index of many chunks with the token vectors of each: its size by table, opening, search, second look, memory.

    python -m benchmarks.storage.second_look [--chunks 100000] [--real 300] [--questions 40] [--json]

``--real`` passages of ``benchmarks.texts`` go through the real ingest, which takes the time of a model. Every chunk is
one of them with a number behind it, under that passage's codes and a vector that a hash decides: sizes are real, and
what is found means nothing. The index is read by a fresh process, its files out of the system's cache where the
system can be asked for that. A second look takes the k candidates of a search, their codes read from the index.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from benchmarks.report import in_fresh_process, peak_mb, percentile, table
from benchmarks.storage.data import DIMENSION, unit_vectors
from benchmarks.texts import questions, write_texts
from chatbot.config import Config
from chatbot.retrieval.embeddings import store_identity
from chatbot.store import NewChunk, NewDocument, open_store
from chatbot.store.records import hash_of
from chatbot.store.sqlite.store import SqliteStore
from chatbot.text.keywords import analyse
from chatbot.trace import Timings

KS = (20, 50, 100, 200)
_DOCUMENT = 1000  # chunks
_SHOWN_FROM = 1e6  # bytes of a table


def real_passages(texts: Path, work: Path, count: int) -> list[tuple[str, bytes]]:
    """Passages as ingest makes them of ``texts``, with the codes of their token vectors."""
    from ingest.pipeline import run

    config = Config(store=work / "real")
    run(config, [texts])
    with closing(open_store(config, store_identity(config))) as store, store.reading() as view:
        ids = [chunk.id for row in view.documents() for chunk in view.chunks_of(row.uri)]
        codes, rows = view.token_vectors(ids), view.chunks(ids)
        return [(rows[chunk].text, codes[chunk]) for chunk in ids if chunk in codes][:count]


def fill(folder: Path, chunks: int, passages: list[tuple[str, bytes]]) -> dict[str, int]:
    """An index of so many chunks; bytes of its tables, of a table with its indexes and of the base file."""
    terms = [analyse(text) for text, _ in passages]
    with (
        closing(SqliteStore.create(folder, store_identity(Config()), DIMENSION)) as store,
        store.writing() as writer,
    ):
        for first in range(0, chunks, _DOCUMENT):
            numbers = range(first, min(first + _DOCUMENT, chunks))
            made, codes, at = [], {}, 0
            for number in numbers:
                place = number % len(passages)
                text = f"{passages[place][0]} {number}"
                made.append(
                    NewChunk(
                        text, at, at + len(text), None, (), f"{terms[place]} {number}", "", hash_of(text)
                    )
                )
                codes[hash_of(text)] = passages[place][1]
                at += len(text) + 1
            whole, uri = "\n".join(chunk.text for chunk in made), f"made/{first:07d}.txt"
            noise = np.random.default_rng(first).standard_normal((len(made), DIMENSION), np.float32)
            document = NewDocument(uri, Path(uri), f"{first}", "benchmark", len(whole.encode()), text=whole)
            writer.replace(document, made, unit_vectors(noise), codes)
        writer.compact()
        writer.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        sizes: dict[str, int] = {}
        for name, size in writer.connection.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name"):
            sizes[_table_of(name)] = sizes.get(_table_of(name), 0) + size
    sizes["base file (FAISS)"] = sum(file.stat().st_size for file in folder.glob("base-*.faiss"))
    return sizes


def _table_of(name: str) -> str:
    known = ("chunk_fts", "token_vectors", "chunk", "document")
    return next(
        (table for table in known if name.removeprefix("sqlite_autoindex_").startswith(table)), "others"
    )


def measured(folder: Path, asked: list[str]) -> dict[str, Any]:
    """Times in ms and memory in MB, of one process that opens the index and asks."""
    for file in folder.iterdir():
        with file.open("rb") as opened:
            os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    config = Config(store=folder)
    wanted = unit_vectors(np.ones(DIMENSION, np.float32))
    start = time.perf_counter()
    store = SqliteStore.open(folder, store_identity(config))
    with store.reading() as view:
        view.chunks(chunk for chunk, _ in view.dense(wanted, 10))
    figures: dict[str, Any] = {"open_ms": 1000 * (time.perf_counter() - start), "open_mb": peak_mb()}

    from chatbot.engine import Chatbot
    from chatbot.reranking import take_second_look
    from chatbot.retrieval.retrieve import retrieve

    def kept(chunks: Any) -> dict[int, bytes]:
        with store.reading() as view:
            return view.token_vectors(chunks)

    with closing(store):
        bot = Chatbot(config, store)
        bot.warm_up()
        figures["models_mb"] = peak_mb()
        for k in KS:
            searches, looks = [], []
            for question in asked:
                timings = Timings()
                start = time.perf_counter()
                found = retrieve(store, bot.embedding, question, k, (), timings)
                searched = time.perf_counter()
                _, look = take_second_look(
                    question, found, lambda: bot.reranker, config.reranker, timings, kept
                )
                looks.append(1000 * (time.perf_counter() - searched))
                searches.append(1000 * (searched - start))
                if look.outcome != "applied" or len(found) != k:
                    raise SystemExit(f"{look.outcome} over {len(found)} candidates instead of {k}")
            for what, values in (("search", searches), ("look", looks)):
                figures |= {
                    f"{what}_{k}_p50": percentile(values, 0.5),
                    f"{what}_{k}_p95": percentile(values, 0.95),
                }
    return figures | {"peak_mb": peak_mb()}


def print_figures(console: Console, chunks: int, sizes: dict[str, int], figures: dict[str, Any]) -> None:
    rows = [
        [name, f"{size / 1e6:,.0f}", f"{size / chunks:,.0f}", f"{size / chunks / 1000:,.2f}"]
        for name, size in sorted(sizes.items(), key=lambda item: -item[1])
        if size >= _SHOWN_FROM
    ]
    rows.append(
        [
            "all",
            f"{(all_ := sum(sizes.values())) / 1e6:,.0f}",
            f"{all_ / chunks:,.0f}",
            f"{all_ / chunks / 1000:,.2f}",
        ]
    )
    console.print(table(f"{chunks:,} chunks", ("on disk", "MB", "bytes a chunk", "GB for 1,000,000"), rows))
    console.print(
        f"cold open until the first result {figures['open_ms']:,.0f} ms; peak memory {figures['open_mb']:,.0f} MB then,"
        f" {figures['models_mb']:,.0f} MB with the models, {figures['peak_mb']:,.0f} MB after all questions"
    )
    rows = [
        [
            f"k = {k}",
            *(f"{figures[f'{what}_{k}_{p}']:,.0f}" for what in ("search", "look") for p in ("p50", "p95")),
        ]
        for k in KS
    ]
    head = ("ms", "search p50", "p95", "second look p50", "p95")
    console.print(table("", head, rows))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--real", type=int, default=300, help="passages that a model reads")
    parser.add_argument("--questions", type=int, default=40)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--side", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        folder, asked = options.side
        print(json.dumps(measured(Path(folder), json.loads(Path(asked).read_text("utf-8")))))
        return
    with tempfile.TemporaryDirectory(prefix="secondlook-bench-") as temporary:
        work = Path(temporary)
        write_texts(work / "texts", options.real)
        asked = [question.text for question in questions(work / "texts", options.questions)]
        (work / "questions.json").write_text(json.dumps(asked), encoding="utf-8")
        sizes = fill(work / "many", options.chunks, real_passages(work / "texts", work, options.real))
        figures = in_fresh_process("benchmarks.storage.second_look", work / "many", work / "questions.json")
    if options.json:
        print(json.dumps({"chunks": options.chunks, "bytes": sizes, "figures": figures}, indent=2))
        return
    print_figures(Console(highlight=False, width=120), options.chunks, sizes, figures)


if __name__ == "__main__":
    main()
