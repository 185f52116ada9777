"""How long a question takes until the answer begins, side by side over the same chunks, and how long starting takes.

    python -m benchmarks.speed.ask [--k 20] [--chunks 600] [--questions 40] [--rounds 2] [--no-startup] [--json]

ours    ``Chatbot.ask``: embed, dense, lexical, fuse, rerank, gate, highlight; then the first words of the extractive answer
stock   ``RetrieverQueryEngine``: search its ``FaissVectorStore``, then ``SentenceTransformerRerank``; see ``benchmarks.speed.stock``

top_n is 3 for both. ``--k`` is how many candidates ours takes; stock always takes 20. The stock index holds our chunks
and vectors, in the fresh process that each side gets per round; sides take turns. Limit: ours at least 2 times as fast
before the LLM, highlighting included.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console

from benchmarks.report import (
    OFFLINE,
    PROJECT,
    in_fresh_process,
    peak_mb,
    percentile,
    print_verdicts,
    table,
    verdict,
)
from benchmarks.texts import questions, write_texts
from chatbot.config import Config

K, TOP_N = 20, 3
FASTER = 2.0
PATIENCE_S = 120
_FIRST = "from chatbot import load_chatbot, load_config; load_chatbot(load_config().with_(store={store!r})).ask({question!r}).text"


def build(texts: Path, work: Path) -> dict[str, Any]:
    """Our index, and its chunks with their vectors for the other side."""
    import numpy as np

    from chatbot.retrieval.embeddings import build_embedding, embed_texts, store_identity
    from chatbot.store import open_store
    from chatbot.store.records import embedded_text
    from ingest.pipeline import run

    config = Config(store=work / "ours")
    model = build_embedding(config)
    run(config, [texts], embedding=model)
    store = open_store(config, store_identity(config))
    with store.reading() as view:
        rows = [row for document in view.documents() for row in view.chunks_of(document.uri)]
    store.close()
    contents = [embedded_text(row.text, row.heading) for row in rows]
    (work / "chunks.json").write_text(json.dumps(contents), encoding="utf-8")
    np.save(work / "vectors.npy", embed_texts(model, contents))
    return {"chunks": len(rows)}


def ours(work: Path, k: int) -> dict[str, Any]:
    from chatbot.engine import load_chatbot

    config = Config(store=work / "ours").with_(
        retrieval={"k": k, "top_n": TOP_N}, answer={"refuse_below": 0.0}, reranker={"cached_scores": 0}
    )
    chatbot = load_chatbot(config)
    chatbot.warm_up()
    chatbot.ask("warm up").text  # noqa: B018
    stages: dict[str, list[float]] = {}
    for question in _questions(work):
        start = time.perf_counter()
        answer = chatbot.ask(question)
        before = _ms_since(start)
        next(iter(answer))
        for stage, ms in {**answer.timings, "before the LLM": before}.items():
            stages.setdefault(stage, []).append(ms)
    return {"stages": stages, "peak_mb": peak_mb()}


def stock(work: Path, k: int) -> dict[str, Any]:
    import numpy as np
    from llama_index.core.schema import QueryBundle, TextNode

    from benchmarks.speed import stock as llama

    model, second = llama.embedding(Config()), llama.reranker(Config(), TOP_N)
    contents = json.loads((work / "chunks.json").read_text("utf-8"))
    vectors = np.load(work / "vectors.npy").tolist()
    nodes = [TextNode(text=text, embedding=vector) for text, vector in zip(contents, vectors, strict=True)]
    engine = llama.query_engine(llama.index_of(nodes, model, None), model, second, k)
    engine.retrieve(QueryBundle("warm up"))
    stages: dict[str, list[float]] = {"embed + dense": [], "rerank": [], "before the LLM": []}
    for question in _questions(work):
        start = time.perf_counter()
        found = engine.retriever.retrieve(QueryBundle(question))
        searched = _ms_since(start)
        second.postprocess_nodes(found, QueryBundle(question))
        total = _ms_since(start)
        for stage, ms in zip(stages, (searched, total - searched, total), strict=True):
            stages[stage].append(ms)
    return {"stages": stages, "peak_mb": peak_mb()}


def _questions(work: Path) -> list[str]:
    found: list[str] = json.loads((work / "questions.json").read_text("utf-8"))
    return found


def _ms_since(start: float) -> float:
    return (time.perf_counter() - start) * 1000


def compare(work: Path, rounds: int, k: int) -> dict[str, dict[str, Any]]:
    """All rounds' times by stage, the sides in turn; the largest peak."""
    sides: dict[str, dict[str, Any]] = {name: {"stages": {}, "peak_mb": 0.0} for name in ("ours", "stock")}
    for _ in range(rounds):
        for name, side in sides.items():
            result = in_fresh_process("benchmarks.speed.ask", name, work, k if name == "ours" else K)
            side["peak_mb"] = max(side["peak_mb"], result["peak_mb"])
            for stage, times in result["stages"].items():
                side["stages"].setdefault(stage, []).extend(times)
    for side in sides.values():
        side["stages"] = {
            stage: {"p50_ms": percentile(times, 0.5), "p95_ms": percentile(times, 0.95)}
            for stage, times in side["stages"].items()
        }
    return sides


# starting


def startup(store: Path, question: str, times: int = 3) -> dict[str, float]:
    """Seconds, medians of ``times`` fresh starts."""
    program = [sys.executable, "-m", "chatbot"]
    first = [sys.executable, "-c", _FIRST.format(store=str(store), question=question)]
    measures: dict[str, Callable[[], float]] = {
        "secondlook --help": lambda: _run(*program, "--help"),
        "secondlook config": lambda: _run(*program, "config"),
        "load_chatbot + first answer": lambda: _run(*first),
        "secondlook app until the page answers": lambda: _page_answers(program, store),
    }
    return {name: median(measure() for _ in range(times)) for name, measure in measures.items()}


def _run(*command: str) -> float:
    start = time.perf_counter()
    subprocess.run(command, cwd=PROJECT, env=os.environ | OFFLINE, capture_output=True, check=True)
    return time.perf_counter() - start


def _page_answers(program: list[str], store: Path) -> float:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    start = time.perf_counter()
    command = [*program, "app", "--no-browser", "--port", str(port), "--store", str(store)]
    server = subprocess.Popen(
        command, cwd=PROJECT, env=os.environ | OFFLINE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for path in ("_stcore/health", ""):
            while not _answers(f"http://127.0.0.1:{port}/{path}"):
                if server.poll() is not None or time.perf_counter() - start > PATIENCE_S:
                    sys.exit("secondlook app did not answer; start it by hand to see why")
                time.sleep(0.02)
        return time.perf_counter() - start
    finally:
        server.send_signal(2)  # as Ctrl-C does: it stops its own server first
        server.wait(30)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False


# showing


def show(console: Console, sides: dict[str, dict[str, Any]], starts: dict[str, float]) -> None:
    rows = [
        [f"{name}: {stage}", times["p50_ms"], times["p95_ms"]]
        for name, side in sides.items()
        for stage, times in side["stages"].items()
        if stage != "total"
    ]
    console.print(table("a question", ("stage", "p50 ms", "p95 ms"), rows))
    console.print(table("memory", ("", "peak MB"), [[name, side["peak_mb"]] for name, side in sides.items()]))
    if starts:
        console.print(table("start", ("", "seconds"), [[name, f"{s:.2f}"] for name, s in starts.items()]))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--k", type=int, default=K, help=f"candidates of ours; stock takes {K}")
    parser.add_argument("--chunks", type=int, default=600, help="about how many to search in")
    parser.add_argument("--questions", type=int, default=40, help="half Korean, half English")
    parser.add_argument(
        "--rounds", type=int, default=2, help="each side asks all questions this often, in turn"
    )
    parser.add_argument("--no-startup", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--side", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        name, built, k = options.side
        measured = {"ours": ours, "stock": stock}[name](Path(built), int(k))
        print(json.dumps(measured, ensure_ascii=True))
        return
    with tempfile.TemporaryDirectory(prefix="secondlook-bench-") as folder:
        work = Path(folder)
        source = write_texts(work / "texts", options.chunks)
        asked = [question.text for question in questions(work / "texts", options.questions)]
        (work / "questions.json").write_text(json.dumps(asked), encoding="utf-8")
        chunks = build(work / "texts", work)["chunks"]
        sides = compare(work, options.rounds, options.k)
        starts = {} if options.no_startup else startup(work / "ours", asked[0])
    ratio = [s["stages"]["before the LLM"]["p50_ms"] for s in (sides["stock"], sides["ours"])]
    verdicts = [verdict("stock / ours, p50 before the LLM", ratio[0] / ratio[1], FASTER)]
    if options.json:
        facts = {"texts": source, "chunks": chunks, "questions": len(asked), "k": options.k, "top_n": TOP_N}
        print(json.dumps({**facts, "sides": sides, "startup_s": starts, "limits": verdicts}, indent=2))
        return
    console = Console(highlight=False, width=120)
    console.print(
        f"texts: {source}; {chunks} chunks, {len(asked)} questions, {options.rounds} rounds, "
        f"k {options.k} (stock {K}), top_n {TOP_N}"
    )
    show(console, sides, starts)
    print_verdicts(console, verdicts)


if __name__ == "__main__":
    main()
