"""Benchmark of the index in PostgreSQL beside the default, a folder with SQLite and FAISS: 100,000 chunks in both.

    SECONDLOOK_DSN=... python -m benchmarks.storage.postgres --folder FOLDER [--data ../shared/data] [--chunks 100000]

Both hold the same documents, 30 chunks each, of real sentences mixed anew, with made vectors (``mixed.py`` says how). They
are loaded once: the folder's index and truth lie in FOLDER, the other in the schema ``benchmark`` of the database, and a
run that was interrupted goes on. Measured for each, in turns: ``retrieve`` without the embedding, which is everything
between the vector of a question and its 20 candidates, with 1 and with 16 threads; vectors and terms alone; recall@10 of
the vectors; ten files into the open index until a search finds the last of them; bytes on the disk. Then nDCG@10 of
lexical search on five public sets, each passage one chunk: SQLite's, PostgreSQL's with every posting, and with the rarest
terms only, as above 20,000 chunks. Processor time is that of this process and of the server, where it is on this machine.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import psycopg
from rich.console import Console

from benchmarks.judging.retrieval_sets import NAMES, data_parser, load, mean_figures, require_data
from benchmarks.report import cpu_seconds, table
from benchmarks.storage.data import (
    ADDED_FILES,
    CHUNKS_PER_FILE,
    DIMENSION,
    hashed_config,
    hashed_identity,
    unit_vectors,
)
from benchmarks.storage.mixed import Mixed, exact_neighbours, question_vectors, uri_of
from benchmarks.storage.readers import timed
from chatbot.config import Config
from chatbot.store import NewChunk, NewDocument, Store, create_store
from chatbot.store.engines import discard
from chatbot.store.records import Vectors
from chatbot.text.keywords import analyse, question_terms

READERS = 16
SIDES = ("sqlite", "postgres")
_K, _CANDIDATES = 10, 20
_ADDITIONS = 5  # of ten files, one after the other; the median counts
_ALONE = 160  # questions of one thread


def opened(side: str, folder: Path, name: str = "benchmark", dimension: int = DIMENSION) -> Store:
    return create_store(settings(side, folder / name, name), hashed_identity(), dimension)


def settings(side: str, place: Path, schema: str) -> Config:
    return hashed_config(place / side).with_(index={"backend": side, "schema_name": schema})


def loaded(store: Store, mixed: Mixed, documents: int) -> dict[str, Any]:
    """Store what is not stored yet."""
    with store.reading() as view:
        there = {name.uri for name in view.document_names()}
    missing = [number for number in range(documents) if uri_of(number) not in there]
    began, cpu = time.perf_counter(), processor_seconds()
    with store.writing() as writer:
        for done, number in enumerate(missing):
            writer.replace(*mixed.document(number))
            if done % 20 == 19:
                writer.compact(only_if_due=True)
            if done % 200 == 199:
                print(f"{done + 1} of {len(missing)} documents", file=sys.stderr, flush=True)
        seconds, cpu = time.perf_counter() - began, processor_seconds() - cpu
    if missing:
        store.maintain()
    chunks = max(len(missing) * CHUNKS_PER_FILE, 1)
    return {"loaded": len(missing), "load_ms": 1000 * seconds / chunks, "load_cpu_ms": 1000 * cpu / chunks}


def searched(store: Store, questions: list[str], truth: np.ndarray) -> dict[str, Any]:
    """Of all questions: what each search takes, and how many of the nearest are found."""
    vectors = question_vectors()

    def dense(number: int) -> list[int]:
        with store.reading() as view:
            return [chunk for chunk, _ in view.dense(vectors[number], _K)]

    def lexical(number: int) -> None:
        terms = question_terms(questions[number])
        with store.reading() as view:
            view.lexical(terms, 50)

    whole = whole_search(store, questions, vectors)
    shares = []
    for number in range(len(questions)):
        found = dense(number)
        with store.reading() as view:
            rows = view.chunks(found).values()
        places = {int(row.document[6:12]) * CHUNKS_PER_FILE + row.position for row in rows}
        shares.append(len(places & set(truth[number].tolist())) / _K)
        whole(number)
    figures: dict[str, Any] = {"recall": sum(shares) / len(shares)}
    alone = min(len(questions), _ALONE)
    for name, search in (("dense", dense), ("lexical", lexical), ("search", whole)):
        figures |= {
            f"{name}_{key}": value for key, value in timed(search, alone, 1, processor_seconds).items()
        }
    at_once = timed(whole, len(questions), READERS, processor_seconds)
    figures |= {f"crowd_{key}": value for key, value in at_once.items()}
    return figures


def whole_search(store: Store, questions: list[str], vectors: Vectors) -> Callable[[int], object]:
    """``retrieve`` as it is, but that the vector of a question is there already."""
    from llama_index.core.embeddings import MockEmbedding

    from chatbot.retrieval.retrieve import retrieve
    from chatbot.trace import Timings

    place = {question: number for number, question in enumerate(questions)}

    class Known(MockEmbedding):
        def _get_query_embedding(self, query: str) -> list[float]:
            return [float(value) for value in vectors[place[query]]]

    model = Known(DIMENSION)
    return lambda number: retrieve(store, model, questions[number], _CANDIDATES, (), Timings())


def added(store: Store, mixed: Mixed, first: int) -> dict[str, Any]:
    """Ten files into the open index until a search returns the last of them; then they are taken out again."""
    waits = []
    for turn in range(_ADDITIONS):
        made = [mixed.document(first + turn * ADDED_FILES + number) for number in range(ADDED_FILES)]
        wanted = made[-1][2][-1]
        began = time.perf_counter()
        with store.writing() as writer:
            for document, chunks, vectors in made:
                writer.replace(document, chunks, vectors)
        with store.reading() as view:
            ((nearest, _),) = view.dense(wanted, 1)
            found = view.chunks([nearest])[nearest].text
        waits.append(time.perf_counter() - began)
        if found != made[-1][1][-1].text:
            raise SystemExit(f"the added chunk is not found; the first result is {found[:60]!r}")
        with store.writing() as writer:
            for document, _, _ in made:
                writer.delete(document.uri)
    return {"add_s": median(waits)}


def lexical_quality(folder: Path, data: Path) -> dict[str, dict[str, float]]:
    """set -> way -> nDCG@10."""
    from chatbot.store.postgres import searching

    found: dict[str, dict[str, float]] = {}
    for name in NAMES:
        judged = load(data, name)
        found[name] = {}
        for side in SIDES:
            place = folder / "lexical"
            with closing(opened(side, place, name, 8)) as store:
                _load_passages(store, judged.texts)
                found[name][side] = _ndcg(store, judged.questions, judged.gold)
                if side == "postgres":
                    with _every_size_is_large(searching):
                        found[name]["rarest terms"] = _ndcg(store, judged.questions, judged.gold)
            discard(settings(side, place / name, name))
    return found


def _load_passages(store: Store, texts: list[str]) -> None:
    vectors = unit_vectors(np.random.default_rng(1).standard_normal((len(texts), 8), np.float32))
    with store.writing() as writer:
        for number, text in enumerate(texts):
            document = NewDocument(
                f"{number:06d}", Path(f"/{number}"), f"{number:064d}", "b", len(text), text=text
            )
            chunks = [NewChunk(text, 0, len(text), None, (), analyse(text))] if text else []
            writer.replace(document, chunks, vectors[number : number + len(chunks)])


def _ndcg(store: Store, questions: list[str], gold: list[frozenset[int]]) -> float:
    rankings = []
    with store.reading() as view:
        for question in questions:
            hits = view.lexical(question_terms(question), 20)
            rows = view.chunks(chunk for chunk, _ in hits)
            rankings.append([int(rows[chunk].document) for chunk, _ in hits])
    return mean_figures(rankings, gold)[0]


@contextmanager
def _every_size_is_large(searching: Any) -> Iterator[None]:
    before, searching._PRUNED_FROM = searching._PRUNED_FROM, 0
    try:
        yield
    finally:
        searching._PRUNED_FROM = before


def processor_seconds() -> float:
    """Of this process, and of the PostgreSQL server with all its processes where it is on this machine."""
    return cpu_seconds() + _server_seconds(_server())


@cache
def _server() -> int:
    """The process id of the server that the environment names; 0 where it is not on this machine."""
    with psycopg.connect(os.environ.get("SECONDLOOK_DSN", "")) as connection:
        stat = Path(f"/proc/{connection.info.backend_pid}/stat")
        text = stat.read_text("utf-8", "replace") if stat.exists() else ""
        return int(text.rpartition(") ")[2].split()[1]) if "(postgres" in text else 0


def _server_seconds(server: int) -> float:
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat") if server else ():
        try:
            fields = stat.read_text("utf-8", "replace").rpartition(") ")[2].split()
        except OSError:  # it has ended
            continue
        if int(stat.parent.name) == server:
            ticks += sum(map(int, fields[11:15]))  # with those of its processes that have ended
        elif int(fields[1]) == server:
            ticks += sum(map(int, fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = data_parser(__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="kept: what takes long is made once")
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--load-only", action="store_true", help="make both indexes and measure nothing")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    data, folder = require_data(given.data), given.folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    documents = given.chunks // CHUNKS_PER_FILE
    mixed = Mixed(data)
    figures: dict[str, dict[str, Any]] = {side: {} for side in SIDES}
    for side in SIDES:
        with closing(opened(side, folder)) as store:
            figures[side] |= loaded(store, mixed, documents)
    if given.load_only:
        return
    truth = exact_neighbours(documents, _K, folder / f"nearest-{documents}.npy")
    for side in SIDES:
        with closing(opened(side, folder)) as store:
            figures[side] |= searched(store, mixed.questions, truth)
            figures[side]["disk_mb"] = store.stored_bytes() / 1e6
            figures[side] |= added(store, mixed, documents)
            store.maintain()
    quality = lexical_quality(folder, data)
    if given.json:
        print(json.dumps({"chunks": documents * CHUNKS_PER_FILE, **figures, "ndcg": quality}, indent=2))
        return
    console = Console(highlight=False)
    rows = [[key, *(f"{figures[side][key]:.3f}" for side in SIDES)] for key in figures["sqlite"]]
    console.print(table(f"{documents * CHUNKS_PER_FILE:,} chunks", ("", *SIDES), rows))
    ways = ("sqlite", "postgres", "rarest terms")
    rows = [[name, *(f"{quality[name][way]:.3f}" for way in ways)] for name in quality]
    console.print(table("nDCG@10 of lexical search", ("", *ways), rows))


if __name__ == "__main__":
    main()
