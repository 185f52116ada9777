"""Benchmark of storage: what adding to an index costs as it grows, beside stock LlamaIndex; a million vectors in ours.

    python -m benchmarks.storage.storage [--sizes 1000 10000 100000] [--rounds 1] [--json]
    python -m benchmarks.storage.storage --million [--vectors uniform] [--cache FOLDER]

ours    ``chatbot.store`` and ``ingest.pipeline.run``
stock   ``SimpleDirectoryReader``, ``IngestionPipeline``, ``VectorStoreIndex`` over ``FaissVectorStore`` (IndexFlatIP),
        ``StorageContext.persist``; every default as it comes

Both hold the same chunks (about 350 characters, English and Korean) with the same vectors, which a hash of the text
decides: no model runs, so that nothing but reading, splitting and storing is measured; imports are left out. Each
figure is from its own fresh process on a copy of the index; sides take turns. 10 files are 300 chunks. Ours is on the
disk when it returns (ten commits, each with fsync), stock's files are handed to the system. ``--million`` loads its
index once and keeps it in the models cache, 6 GB: minutes the first time.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.report import in_fresh_process, medians, table
from benchmarks.storage import million
from benchmarks.storage.data import DIMENSION
from benchmarks.storage.sides import SIDES, copied
from chatbot.config import Config

SIZES = (1000, 10_000, 100_000)
MILLION = 1_000_000
FLAT = 3.0  # adding to the largest index may cost this many times what it costs at the smallest; stock: 69 to 177
CHEAPER = 5.0  # than stock, at the largest
ADD_S, OPEN_S, P95_MS, RECALL = 1.0, 5.0, 200.0, 0.97

_MEASURED = ("open_first", "add", "command")
_COLUMNS = {
    "add_s": "add 10 files' chunks, s",
    "command_s": "a process adds 10 files, s",
    "open_s": "open until first result, s",
    "open_mb": "peak MB after opening",
    "add_mb": "peak MB when adding",
    "disk_mb": "disk MB",
}


@dataclass(frozen=True, slots=True)
class Limit:
    """A promise: ``value`` is at most ``limit``, or at least where ``at_least``."""

    name: str
    value: float
    limit: float
    at_least: bool = False

    @property
    def met(self) -> bool:
        return self.value >= self.limit if self.at_least else self.value <= self.limit


def compare_sizes(sizes: Sequence[int], rounds: int, work: Path) -> dict[int, dict[str, dict[str, Any]]]:
    """size -> side -> medians."""
    results: dict[int, dict[str, dict[str, Any]]] = {}
    for size in sizes:
        sides = ("ours", "stock")
        built = {side: _fresh(f"{side}_build", size, work / f"{side}-{size}") for side in sides}
        found: dict[str, list[dict[str, Any]]] = {side: [] for side in sides}
        for _ in range(rounds):
            for side in sides:
                figures = dict(built[side])
                for measured in _MEASURED:
                    copy = copied(work / f"{side}-{size}", work / "copy")
                    figures |= _fresh(f"{side}_{measured}", size, copy)
                found[side].append(figures)
        results[size] = {side: medians(rows) for side, rows in found.items()}
        note = ", ".join(f"{side} {row['add_s']:.3f} s" for side, row in results[size].items())
        Console(stderr=True, highlight=False).print(f"{size:,} chunks: add {note}")
    return results


def size_limits(results: dict[int, dict[str, dict[str, Any]]]) -> list[Limit]:
    small, large = min(results), max(results)
    if small == large:
        return []
    limits = [
        Limit(
            f"ours, adding 10 files: {large:,} chunks / {small:,}",
            results[large]["ours"]["add_s"] / results[small]["ours"]["add_s"],
            FLAT,
        ),
    ]
    if large >= max(SIZES):  # a small index is cheap to write whole
        limits.append(
            Limit(
                f"stock / ours, adding 10 files to {large:,} chunks",
                results[large]["stock"]["add_s"] / results[large]["ours"]["add_s"],
                CHEAPER,
                at_least=True,
            )
        )
    return limits


def print_sizes(console: Console, results: dict[int, dict[str, dict[str, Any]]]) -> None:
    for key, title in _COLUMNS.items():
        rows = [
            [f"{size:,}", _number(ours := sides["ours"][key]), _number(stock := sides["stock"][key]),
             f"{stock / ours:.1f}x"]
            for size, sides in results.items()
        ]  # fmt: skip
        console.print(table(title, ("chunks before", "ours", "stock", "stock / ours"), rows))
    for side in ("ours", "stock"):
        first, last = results[min(results)][side], results[max(results)][side]
        grown = ", ".join(f"{key} {last[key] / first[key]:.1f}x" for key in ("add_s", "command_s", "open_s"))
        console.print(f"{side}, from {min(results):,} to {max(results):,} chunks: {grown}")


def measure_million(kind: str, size: int, folder: Path) -> dict[str, Any]:
    """Each step in its own process; the index in ``folder`` is loaded if it is not there, and left as it was."""
    folder.mkdir(parents=True, exist_ok=True)
    store, truth = folder / "store", folder / "truth.npy"
    figures = _fresh("load", kind, size, store)
    _fresh("exact", kind, size, truth)
    for step in (
        ("compact", store),
        ("open", kind, store),
        ("search", kind, store, truth),
        ("add", store, size),
    ):
        figures |= _fresh(*step)
        Console(stderr=True, highlight=False).print(f"{step[0]}: done")
    return figures


def million_limits(figures: dict[str, Any]) -> list[Limit]:
    return [
        Limit("add 10 files, visible in the next search, s", figures["add_s"], ADD_S),
        Limit("cold open until the first result, s", figures["open_s"], OPEN_S),
        Limit(f"search p95 with {million.READERS} readers, ms", figures["p95_ms"], P95_MS),
        Limit("recall@10", figures["recall"], RECALL, at_least=True),
    ]


def print_million(console: Console, kind: str, size: int, figures: dict[str, Any]) -> None:
    loaded = f"{figures['loaded']:,.0f} chunks in {figures['load_s']:,.0f} s" if figures["loaded"] else "kept"
    console.print(f"{size:,} {kind} vectors of {DIMENSION} dimensions; load: {loaded}")
    names = {
        "compact_s": "compaction, s", "compact_mb": "compaction, peak MB", "open_mb": "open, peak MB",
        "alone_ms": "search alone, median ms", "p50_ms": "search with 16 readers, median ms",
        "per_s": "searches per second", "cpu_ms": "processor time of one of them, ms", "search_mb": "search, peak MB, mapped files included",
        "anonymous_mb": "search, MB without mapped files", "disk_mb": "disk MB",
    }  # fmt: skip
    rows = [[name, _number(figures[key])] for key, name in names.items()]
    console.print(table("", ("", "ours"), rows))


def print_limits(console: Console, limits: Sequence[Limit]) -> None:
    for limit in limits:
        word = "[green]PASS[/]" if limit.met else "[red]MISS[/]"
        bound = "at least" if limit.at_least else "at most"
        console.print(f"{word}  {limit.name}: {_number(limit.value)} ({bound} {limit.limit:g})")


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3f}"


def _fresh(*arguments: object) -> dict[str, Any]:
    return in_fresh_process("benchmarks.storage.storage", *arguments)


def _side(name: str, *arguments: str) -> dict[str, Any]:
    if name in SIDES:
        return SIDES[name](int(arguments[0]), Path(arguments[1]))
    if name == "load":
        return million.load_million(arguments[0], int(arguments[1]), Path(arguments[2]))
    if name == "exact":
        return million.exact_neighbours(arguments[0], int(arguments[1]), Path(arguments[2]))
    if name == "compact":
        return million.compact_million(Path(arguments[0]))
    if name == "open":
        return million.open_million(arguments[0], Path(arguments[1]))
    if name == "search":
        return million.search_million(arguments[0], Path(arguments[1]), Path(arguments[2]))
    return million.add_to_million(Path(arguments[0]), int(arguments[1]))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="chunks in the index before")
    parser.add_argument("--rounds", type=int, default=1, help="medians over this many")
    parser.add_argument("--million", nargs="?", type=int, const=MILLION, help="chunks, a million by default")
    parser.add_argument("--vectors", choices=million.KINDS, default=million.KINDS[0])
    parser.add_argument("--cache", type=Path, help="where the million is kept; default: the models cache")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--side", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        print(json.dumps(_side(*options.side)))
        return
    console = Console(highlight=False, width=120)
    if not options.json:
        # p95 with 16 readers on two cores doubles when one of them is taken
        console.print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} before the start")
    if options.million:
        cache = options.cache or Config().models_cache / "benchmarks"
        folder = cache / f"storage-{options.vectors}-{options.million}"
        figures: dict[Any, Any] = measure_million(options.vectors, options.million, folder.resolve())
        limits = million_limits(figures)
        if not options.json:
            print_million(console, options.vectors, options.million, figures)
    else:
        with tempfile.TemporaryDirectory(prefix="secondlook-bench-") as work:
            figures = compare_sizes(options.sizes, options.rounds, Path(work))
        limits = size_limits(figures)
        if not options.json:
            print_sizes(console, figures)
    if options.json:
        print(
            json.dumps({"figures": figures, "limits": [asdict(x) | {"met": x.met} for x in limits]}, indent=2)
        )
        return
    print_limits(console, limits)


if __name__ == "__main__":
    main()
