"""Many people at once: how many answers one process gives a second, and how long each of them takes.

    python -m benchmarks.speed.throughput [--chunks 5000] [--threads 16] [--questions 200] [--store FOLDER] [--json]

Threads ask different questions until all are asked, each the next one as soon as it has its answer; the extractive
writer answers, nothing is refused and no score is remembered. Then one thread asks the same.
``--chunks 0`` takes the sample documents and their questions, again and again. ``--store`` keeps the index for the
next run. Limits: at least 15 answers a second, 95 % of them within 1.5 s.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.report import PROJECT, cpu_seconds, percentile, print_verdicts, table, verdict
from benchmarks.texts import questions, sample_questions, write_texts
from chatbot.config import Config
from chatbot.engine import Chatbot, load_chatbot
from ingest.pipeline import run

ANSWERS_A_SECOND, SLOWEST_S = 15.0, 1.5
SAMPLES = PROJECT / "data"


def ask_all(chatbot: Chatbot, asked: list[str], threads: int) -> dict[str, Any]:
    """Answers a second, seconds of an answer, and what it costs the processor."""

    def seconds(question: str) -> float:
        start = time.perf_counter()
        chatbot.ask(question).text  # noqa: B018
        return time.perf_counter() - start

    start, cpu = time.perf_counter(), cpu_seconds()
    with ThreadPoolExecutor(threads) as pool:
        times = list(pool.map(seconds, asked))
    taken = time.perf_counter() - start
    return {
        "threads": threads,
        "answers_a_second": len(asked) / taken,
        "p50_s": percentile(times, 0.5),
        "p95_s": percentile(times, 0.95),
        "cpu_ms": (cpu_seconds() - cpu) / len(asked) * 1000,
    }


def prepared(store: Path, chunks: int, count: int) -> tuple[str, Config, list[str]]:
    """What is searched in, the settings for it, and the questions; the index is made where there is none."""
    config = Config(store=store).with_(answer={"refuse_below": 0.0}, reranker={"cached_scores": 0})
    with tempfile.TemporaryDirectory() as folder:
        texts = Path(folder, "texts")
        source = write_texts(texts, chunks) if chunks else "the sample documents"
        if not store.exists():
            run(config, [texts if chunks else SAMPLES])
        if chunks:
            return source, config, [question.text for question in questions(texts, count)]
    return source, config, list(islice(cycle(sample_questions()), count))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--chunks", type=int, default=5000, help="about how many to search in; 0: the samples"
    )
    parser.add_argument("--threads", type=int, default=16)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--store", type=Path, help="of the index; made if it is not there")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="secondlook-bench-") as folder:
        store = options.store or Path(folder, "store")
        source, config, asked = prepared(store, options.chunks, options.questions)
        chatbot = load_chatbot(config)
        with closing(chatbot.store):
            chatbot.warm_up()
            chatbot.ask("warm up").text  # noqa: B018
            runs = [ask_all(chatbot, asked, threads) for threads in (options.threads, 1)]
            with chatbot.store.reading() as view:
                chunks = view.chunk_count()
    verdicts = [
        verdict("answers a second", runs[0]["answers_a_second"], ANSWERS_A_SECOND),
        verdict(f"{SLOWEST_S} s / 95th percentile", SLOWEST_S / runs[0]["p95_s"], 1.0),
    ]
    if options.json:
        print(json.dumps({"texts": source, "chunks": chunks, "runs": runs, "limits": verdicts}, indent=2))
        return
    console = Console(highlight=False, width=120)
    rows = [
        [str(one["threads"]), f"{one['answers_a_second']:.1f}", f"{one['p50_s']:.2f}", f"{one['p95_s']:.2f}", f"{one['cpu_ms']:.0f}"]
        for one in runs
    ]  # fmt: skip
    headers = ("threads", "answers/s", "median s", "p95 s", "CPU ms an answer")
    console.print(table(f"{chunks} chunks ({source}), {len(asked)} questions", headers, rows))
    print_verdicts(console, verdicts)


if __name__ == "__main__":
    main()
