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
SEARCH = Cost(
    0.0079, "s of a core of the database, a question", "prototype, 100,000 chunks: graph 4.1 ms, BM25 3.8 ms"
)
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
TEXT = Cost(3_400, "bytes a chunk: text and terms, documents", "prototype")
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
    TEXT,
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
    """What ``chunks`` and ``people`` need.

    Attributes:
        rate: questions a second in the busiest hour.
        pages: machines for the page, of ``CORES``.
        page_memory: bytes of each.
        database_memory: bytes that keep the graph, its vectors and the busy postings out of the disk's way.
        ingest: machines of ``CORES`` that read everything within the given hours.
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
    driver: str


def size(chunks: int, people: int, hours: float = 24.0) -> Size:
    rate = people * AT_ONCE * QUESTIONS / 3_600
    pages = max(1, math.ceil(rate * ANSWER.value / BUSY / CORES))
    asking = math.ceil(people * AT_ONCE / pages)
    seconds = chunks / CHUNKS.value
    parts = {
        "token vectors": TOKENS.value, "postings": POSTINGS.value,
        "the rest": TEXT.value + VECTOR.value + GRAPH.value,
    }  # fmt: skip
    disk = chunks * sum(parts.values())
    storing = chunks * STORE.value / (hours * 3_600)
    return Size(
        chunks=chunks,
        people=people,
        rate=rate,
        pages=pages,
        page_memory=CORES // PER_PROCESS * PROCESS.value + asking * PERSON.value,
        database_cores=max(2, math.ceil((rate * SEARCH.value + storing) / BUSY)),
        database_memory=chunks * (GRAPH.value + VECTOR.value + HOT * POSTINGS.value) + 2 * GB,
        disk=disk,
        disk_without_tokens=disk - chunks * TOKENS.value,
        core_hours=seconds / 3_600,
        ingest=math.ceil(seconds / 3_600 / hours / CORES),
        driver="reading in" if seconds / 3_600 > 24 * CORES * pages else "pages",
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
    console = Console()
    for cost in COSTS:
        console.print(f"{cost.value:>14,.4g}  {cost.unit}  [{cost.source}]", markup=False, soft_wrap=True)
    for chunks, people in cases:
        console.print(size(chunks, people, arguments.hours))


if __name__ == "__main__":
    main()
