"""Benchmark of ingest, side by side on the same files: how fast and in how much memory documents become an index.

    python -m benchmarks.speed.ingest [--chunks 2000] [--rounds 3] [--texts FOLDER] [--model MODEL] [--json]

ours    ``ingest.pipeline.run``: parse, split, analyse, embed, write SQLite, FTS5 and FAISS
vectors the same without token vectors, which the second look reads (``[reranker] token_vectors = "off"``)
encode  one ``SentenceTransformer.encode`` of exactly our chunks' texts; our weights and dtype, best of three batch sizes
stock   LlamaIndex, see ``benchmarks.speed.stock``

With ``--model`` another embedding model reads, a hub id or a folder: only the first two are compared, for token vectors then
take a pass of their own, through multilingual-e5-small.

Each runs in its own fresh process, in turn, ``--rounds`` times; the figures are medians. Loading a model is
timed apart. Limits: ours at least 0.95 of vectors, 0.8 of encode and 3 times stock.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any, Literal

from rich.console import Console

from benchmarks.report import (
    ChildrenWatched,
    cpu_seconds,
    in_fresh_process,
    medians,
    peak_mb,
    print_verdicts,
    table,
    verdict,
)
from benchmarks.texts import write_texts
from chatbot.config import Config

OURS_TO_VECTORS, OURS_TO_ENCODE, OURS_TO_STOCK = 0.95, 0.8, 3.0
BATCHES = (16, 32, 64)
_SAMPLE = 256  # texts on which encode's best batch size is found


def ingest_ours(
    texts: Path, work: Path, token_vectors: Literal["off", "standard"] = "standard", model_name: str = ""
) -> dict[str, Any]:
    import chatbot.retrieval.local_embedding  # noqa: F401 - imports are not the model's loading
    from chatbot.retrieval.embeddings import build_embedding, store_identity
    from chatbot.store import open_store
    from ingest.pipeline import run

    config = Config(store=work / f"ours-{token_vectors}").with_(
        reranker={"token_vectors": token_vectors}, embedding={"model": model_name or None}
    )
    start = time.perf_counter()
    model = build_embedding(config)
    loaded = time.perf_counter()
    with _Measured() as measured:
        run(config, [texts], embedding=model)
    store = open_store(config, store_identity(config))
    with store.reading() as view:
        rows = [row for document in view.documents() for row in view.chunks_of(document.uri)]
    store.close()
    (work / "chunks.json").write_text(json.dumps([(row.text, row.heading) for row in rows]), encoding="utf-8")
    return measured.figures(len(rows), sum(len(row.text) for row in rows), loaded - start)


def encode_chunks(batch: int, work: Path) -> dict[str, Any]:
    from sentence_transformers import SentenceTransformer

    from chatbot.models import folders
    from chatbot.models.dtype import fastest_dtype
    from chatbot.store.records import embedded_text

    texts = _our_texts(work, embedded_text)
    config = Config()
    start = time.perf_counter()
    folder = folders.resolve(config.embedding.model, config.models_cache).path
    model = SentenceTransformer(str(folder), model_kwargs={"dtype": fastest_dtype(config.models_cache)})
    loaded = time.perf_counter()
    if not batch:
        batch = min(
            BATCHES, key=lambda size: _seconds_to_encode(model, texts[:: max(1, len(texts) // _SAMPLE)], size)
        )
    with _Measured() as measured:
        _seconds_to_encode(model, texts, batch)
    return measured.figures(len(texts), sum(map(len, texts)), loaded - start) | {"batch": batch}


def ingest_stock(texts: Path, chunk_tokens: int, work: Path) -> dict[str, Any]:
    from llama_index.core.schema import MetadataMode

    from benchmarks.speed import stock as llama

    start = time.perf_counter()
    model = llama.embedding(Config())
    loaded = time.perf_counter()
    with _Measured() as measured:
        index = llama.ingest(texts, chunk_tokens, model, work / "stock")
    nodes = index.docstore.docs.values()
    characters = sum(len(node.get_content(MetadataMode.NONE)) for node in nodes)
    return measured.figures(len(nodes), characters, loaded - start)


def _seconds_to_encode(model: Any, texts: list[str], batch: int) -> float:
    start = time.perf_counter()
    model.encode(
        texts, batch_size=batch, prompt="passage: ", normalize_embeddings=True, show_progress_bar=False
    )
    return time.perf_counter() - start


def _our_texts(work: Path, embedded_text: Any) -> list[str]:
    rows = json.loads((work / "chunks.json").read_text("utf-8"))
    return [embedded_text(text, tuple(heading)) for text, heading in rows]


class _Measured:
    """Wall and processor time and memory of what runs while it is entered; ``figures`` divides the work by it."""

    def __enter__(self) -> _Measured:
        self._children = ChildrenWatched().__enter__()
        self._cpu, self._start = cpu_seconds(), time.perf_counter()
        return self

    def __exit__(self, *error: object) -> None:
        self.seconds = time.perf_counter() - self._start
        self.cpu_s = cpu_seconds() - self._cpu
        self._children.__exit__(*error)

    def figures(self, chunks: int, characters: int, load_s: float) -> dict[str, Any]:
        return {
            "chunks": chunks, "characters": characters, "seconds": self.seconds, "cpu_s": self.cpu_s,
            "load_s": load_s, "chunks_per_s": chunks / self.seconds, "characters_per_s": characters / self.seconds,
            "peak_mb": peak_mb(), "parser_mb": self._children.peak_mb,
        }  # fmt: skip


def compare_token_vectors(texts: Path, rounds: int, work: Path, model: str) -> dict[str, dict[str, Any]]:
    """Medians with and without token vectors, where ``model`` embeds."""
    results: dict[str, list[dict[str, Any]]] = {"ours": [], "vectors": []}
    for number in range(rounds):
        with tempfile.TemporaryDirectory(dir=work) as folder:
            for side, rows in results.items():
                rows.append(in_fresh_process(__spec__.name, side, texts, folder, model))
        _note(number, rounds, {side: rows[-1] for side, rows in results.items()})
    return {side: medians(rows) for side, rows in results.items()}


def compare_ingest(texts: Path, rounds: int, chunk_tokens: int, work: Path) -> dict[str, dict[str, Any]]:
    """Medians of each side; a round runs all four before the next one begins."""
    results: dict[str, list[dict[str, Any]]] = {"ours": [], "vectors": [], "encode": [], "stock": []}
    batch = 0
    for number in range(rounds):
        with tempfile.TemporaryDirectory(dir=work) as folder:
            results["ours"].append(in_fresh_process(__spec__.name, "ours", texts, folder))
            results["vectors"].append(in_fresh_process(__spec__.name, "vectors", texts, folder))
            results["encode"].append(in_fresh_process(__spec__.name, "encode", batch, folder))
            results["stock"].append(in_fresh_process(__spec__.name, "stock", texts, chunk_tokens, folder))
        batch = results["encode"][0]["batch"]
        _note(number, rounds, {side: rows[-1] for side, rows in results.items()})
    return {side: medians(rows) for side, rows in results.items()}


def _note(number: int, rounds: int, last: dict[str, dict[str, Any]]) -> None:
    rates = ", ".join(f"{side} {row['chunks_per_s']:.1f}" for side, row in last.items())
    Console(stderr=True).print(f"round {number + 1} of {rounds}: {rates} chunks/s", highlight=False)


def check_limits(sides: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    ours, encode, stock = sides["ours"], sides["encode"], sides["stock"]
    return [
        verdict(
            "ours / without token vectors, chunks/s",
            ours["chunks_per_s"] / sides["vectors"]["chunks_per_s"],
            OURS_TO_VECTORS,
        ),
        verdict("ours / encode, chunks/s", ours["chunks_per_s"] / encode["chunks_per_s"], OURS_TO_ENCODE),
        verdict("ours / stock, chunks/s", ours["chunks_per_s"] / stock["chunks_per_s"], OURS_TO_STOCK),
        verdict(
            "ours / stock, characters/s",
            ours["characters_per_s"] / stock["characters_per_s"],
            OURS_TO_STOCK,
        ),
    ]


def print_sides(console: Console, sides: dict[str, dict[str, Any]], chunk_tokens: int) -> None:
    names = {
        "ours": "ours: ingest.pipeline.run",
        "vectors": "ours without token vectors",
        "encode": f"SentenceTransformer.encode, batch {sides['encode']['batch']:.0f}",
        "stock": f"stock LlamaIndex, {chunk_tokens} tokens a chunk",
    }
    keys = (
        "chunks",
        "chunks_per_s",
        "characters_per_s",
        "seconds",
        "cpu_s",
        "load_s",
        "peak_mb",
        "parser_mb",
    )
    base = sides["ours"]["chunks_per_s"]
    rows = [
        [names[side], *(f"{row[key]:,.{0 if key in ('chunks', 'characters_per_s') else 1}f}" for key in keys),
         f"{base / row['chunks_per_s']:.2f}x"]
        for side, row in sides.items()
    ]  # fmt: skip
    head = (
        "",
        "chunks",
        "chunks/s",
        "characters/s",
        "seconds",
        "processor s",
        "model load s",
        "peak MB",
        "child MB",
        "ours is",
    )
    console.print(table("ingest", head, rows))
    cpu = {side: row["cpu_s"] / row["characters"] for side, row in sides.items()}
    console.print(
        "processor time per character, which other load disturbs less: "
        f"encode {cpu['encode'] / cpu['ours']:.2f}x ours, stock {cpu['stock'] / cpu['ours']:.2f}x ours"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--chunks", type=int, default=2000, help="about how many to make")
    parser.add_argument("--rounds", type=int, default=1, help="medians over this many interleaved rounds")
    parser.add_argument("--texts", type=Path, help="a folder of documents instead of the made one")
    parser.add_argument(
        "--stock-tokens", type=int, default=0, help="stock's chunk_size; default: as many chunks as ours"
    )
    parser.add_argument(
        "--model", default="", help="another embedding model; ours with and without token vectors"
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--side", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        print(json.dumps(_side(*options.side)))
        return
    with tempfile.TemporaryDirectory(prefix="secondlook-bench-") as folder:
        work = Path(folder)
        texts = options.texts or work / "texts"
        source = str(texts) if options.texts else write_texts(texts, options.chunks)
        if options.model:
            sides = compare_token_vectors(texts.resolve(), options.rounds, work, options.model)
            ratios = {key: sides["ours"][key] / sides["vectors"][key] for key in ("seconds", "cpu_s")}
            print(
                json.dumps({"texts": source, "sides": sides, "with token vectors it takes": ratios}, indent=2)
            )
            return
        from benchmarks.speed.stock import CHUNK_TOKENS

        tokens = options.stock_tokens or CHUNK_TOKENS
        sides = compare_ingest(texts.resolve(), options.rounds, tokens, work)
    verdicts = check_limits(sides)
    if options.json:
        print(
            json.dumps(
                {"texts": source, "rounds": options.rounds, "sides": sides, "limits": verdicts}, indent=2
            )
        )
        return
    console = Console(highlight=False, width=150)
    console.print(f"texts: {source}; rounds: {options.rounds}")
    print_sides(console, sides, tokens)
    print_verdicts(console, verdicts)


def _side(name: str, *arguments: str) -> dict[str, Any]:
    if name == "ours":
        return ingest_ours(Path(arguments[0]), Path(arguments[1]), "standard", *arguments[2:])
    if name == "vectors":
        return ingest_ours(Path(arguments[0]), Path(arguments[1]), "off", *arguments[2:])
    if name == "encode":
        return encode_chunks(int(arguments[0]), Path(arguments[1]))
    return ingest_stock(Path(arguments[0]), int(arguments[1]), Path(arguments[2]))


if __name__ == "__main__":
    main()
