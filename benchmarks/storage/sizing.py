"""How many machines a team server needs, on paper: measured costs of one unit, times how many there will be.

    python -m benchmarks.storage.sizing [--chunks 1000000 --people 300] [--hours 24]

Nothing is measured here. Each cost says which command measured it, on which processor; docs/scale.md has the table that
this prints, and what the table cannot say.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass

from rich.console import Console

from benchmarks.report import table

GB = 1e9


@dataclass(frozen=True, slots=True)
class Cost:
    value: float
    unit: str
    source: str


# AMD EPYC, two cores without AMX, unless it says otherwise
ANSWER = Cost(
    0.213, "s of a core, an answer on the page", "benchmarks.speed.people: 9.4 answers/s on 2 cores"
)
PROGRAM = Cost(
    0.112, "s of a core, an answer over the API", "benchmarks.speed.throughput: 17.9 answers/s on 2 cores"
)
SEARCH = Cost(0.016, "s of a core a search", "benchmarks.storage.postgres: program and server, 99,990 chunks")
STORE = Cost(
    0.005, "s of a core of the database, a chunk stored", "prototype, 100,000 chunks, documents of 30"
)
CHUNKS = Cost(
    6.2, "chunks a second and core at ingest", "benchmarks.speed.ingest: 12.3 chunks/s on 2 cores, float32"
)
PROCESS = Cost(1.2 * GB, "bytes of a page or API process", "benchmarks.speed.memory")
PERSON = Cost(
    0.05 * GB, "bytes more, a person who asks", "benchmarks.speed.crowd: 1.6 GB more with 32 people"
)
WORKER = Cost(
    3.0 * GB, "bytes of a worker at ingest, at most", "ingest/executors/crew.py: model 1.2, parser 1.5"
)
DISK = Cost(
    26_270, "bytes a chunk without token vectors", "benchmarks.storage.postgres: 2,627 MB, 99,990 chunks"
)
VECTOR = Cost(1_600, "bytes a chunk: vector with all digits", "384 numbers of 4 bytes, and the row")
GRAPH = Cost(1_120, "bytes a chunk: graph of vectors", "prototype: 112 MB of 100,000")
POSTINGS = Cost(13_690, "bytes a chunk: postings", "prototype: 1,369 MB of 100,000")
TOKENS = Cost(25_165, "bytes a chunk: token vectors, standard", "benchmarks.storage.second_look")
COSTS = (
    ANSWER,
    PROGRAM,
    SEARCH,
    STORE,
    CHUNKS,
    PROCESS,
    PERSON,
    WORKER,
    DISK,
    VECTOR,
    GRAPH,
    POSTINGS,
    TOKENS,
)

# assumed, not measured
AT_ONCE = 0.1  # of the people ask within the busiest hour
QUESTIONS = 12.0  # in that hour, each of them
BUSY = 0.5  # of a core, at most, so that questions need not wait for each other
HOT = 0.2  # of the postings are read often enough to stay in memory
CORES = 4  # of a machine for pages or for ingest
PER_PROCESS = 2  # cores that one page or API process makes use of


@dataclass(frozen=True, slots=True)
class Size:
    """What ``chunks`` and ``people`` need; memory and disk in bytes.

    Attributes:
        rate: questions a second in the busiest hour.
        pages: machines of ``CORES`` for the page; two at least, so that one can be restarted.
        page_memory: of each.
        database_memory: keeps the graph, its vectors and the busy postings out of the disk's way.
        core_hours: to read everything in once.
        ingest: machines of ``CORES`` that do it within the given hours.
    """

    chunks: int
    people: int
    rate: float
    pages: int
    page_memory: float
    database_cores: int
    database_memory: float
    disk: float
    disk_without_tokens: float
    core_hours: float
    ingest: int

    def row(self) -> list[str]:
        return [
            f"{self.chunks:,}", f"{self.people:,}", f"{self.rate:.2f}", f"{self.pages} x {self.page_memory / GB:.0f} GB",
            f"{self.database_cores}", f"{self.database_memory / GB:.0f} GB",
            f"{self.disk / GB:,.0f} GB ({self.disk_without_tokens / GB:,.0f})", f"{self.core_hours:,.0f}", f"{self.ingest}",
        ]  # fmt: skip


HEAD = (
    "chunks", "people", "questions/s", "pages, memory each", "database cores", "its memory", "its disk (no token vectors)",
    "core hours to read in", "machines for it",
)  # fmt: skip


def size(chunks: int, people: int, hours: float = 24.0) -> Size:
    at_once = people * AT_ONCE
    rate = at_once * QUESTIONS / 3_600
    pages = max(2, math.ceil(rate * ANSWER.value / BUSY / CORES))
    core_hours = chunks / CHUNKS.value / 3_600
    stored = chunks * STORE.value / (hours * 3_600)  # cores, while everything is read in
    disk = chunks * (DISK.value + TOKENS.value)
    return Size(
        chunks=chunks,
        people=people,
        rate=rate,
        pages=pages,
        page_memory=CORES // PER_PROCESS * PROCESS.value + math.ceil(at_once / pages) * PERSON.value,
        database_cores=max(2, math.ceil((rate * SEARCH.value + stored) / BUSY)),
        database_memory=chunks * (GRAPH.value + VECTOR.value + HOT * POSTINGS.value) + 2 * GB,
        disk=disk,
        disk_without_tokens=disk - chunks * TOKENS.value,
        core_hours=core_hours,
        ingest=math.ceil(core_hours / hours / CORES),
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--chunks", type=int)
    parser.add_argument("--people", type=int)
    parser.add_argument("--hours", type=float, default=24.0, help="in which everything is to be read in")
    arguments = parser.parse_args()
    cases = [(100_000, 30), (1_000_000, 300), (10_000_000, 3_000), (50_000_000, 10_000)]
    if arguments.chunks and arguments.people:
        cases = [(arguments.chunks, arguments.people)]
    console = Console(width=200)
    for cost in COSTS:
        value = f"{cost.value:,.0f}" if cost.value >= 100 else f"{cost.value:g}"
        console.print(f"{value:>14}  {cost.unit}  [{cost.source}]", markup=False, highlight=False)
    rows = [size(chunks, people, arguments.hours).row() for chunks, people in cases]
    console.print(table(f"on paper; everything read in within {arguments.hours:g} hours", HEAD, rows))


if __name__ == "__main__":
    main()
