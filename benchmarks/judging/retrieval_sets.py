"""The public sets that the retrieval benchmarks measure on, and the two measures.

The sets are read from ``--data`` (see its own README for their licences) and never copied.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SEED = 7  # of every sample
NAMES = ("korquad1", "tydiqa", "squad1", "claude_docs", "scifact")
LICENCES = (
    "korquad1 CC BY-ND 2.0 KR, tydiqa Apache-2.0, squad1 CC BY-SA 4.0, claude_docs MIT, scifact CC BY 4.0"
)


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """``gold[i]`` holds the positions in ``texts`` of the passages that answer ``questions[i]``."""

    name: str
    texts: list[str]
    questions: list[str]
    gold: list[frozenset[int]]


def data_folder(description: str | None) -> Path:
    """``--data``; ends the program, saying why, when the folder is not there."""
    return require_data(data_parser(description).parse_args().data)


def data_parser(description: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the public sets")
    return parser


def require_data(folder: Path) -> Path:
    if not folder.is_dir():
        sys.exit(f"nothing measured: no data at {folder}; give the folder of the public sets with --data")
    return folder


def load(folder: Path, name: str) -> RetrievalSet:
    """One set with its whole corpus; squad1's questions are a fixed sample of 800."""
    if name == "tydiqa":
        return _load_tydiqa(folder)
    split = {"korquad1": "dev", "squad1": "dev"}.get(name, "test")
    return _load_beir(folder / name, split, sample=800 if name == "squad1" else None)


def _load_beir(folder: Path, split: str, sample: int | None) -> RetrievalSet:
    documents = list(read_jsonl(folder / "corpus.jsonl"))
    position = {document["_id"]: i for i, document in enumerate(documents)}
    questions = {query["_id"]: query["text"] for query in read_jsonl(folder / "queries.jsonl")}
    gold: dict[str, set[int]] = {}
    for line in (folder / "qrels" / f"{split}.tsv").read_text("utf-8").splitlines()[1:]:
        query, document, score = line.split("\t")
        if int(score) > 0:
            gold.setdefault(query, set()).add(position[document])
    chosen = list(gold)
    if sample is not None and len(chosen) > sample:
        chosen = random.Random(SEED).sample(chosen, sample)
    return RetrievalSet(
        folder.name,
        [titled(document) for document in documents],
        [questions[query] for query in chosen],
        [frozenset(gold[query]) for query in chosen],
    )


def _load_tydiqa(folder: Path) -> RetrievalSet:
    """The Korean TyDi rows of train_mix; corpus = all their passages, positive and negative."""
    rows = [r for r in read_jsonl(folder / "train_mix/train.jsonl.gz") if r["source"] == "tydiqa_goldp_ko"]
    wanted = {passage for row in rows for passage in (*row["pos"], *row["neg"])}
    documents = [d for d in read_jsonl(folder / "train_mix/corpus.jsonl.gz") if d["_id"] in wanted]
    position = {document["_id"]: i for i, document in enumerate(documents)}
    return RetrievalSet(
        "tydiqa",
        [titled(document) for document in documents],
        [row["query"] for row in rows],
        [frozenset(position[passage] for passage in row["pos"]) for row in rows],
    )


def titled(document: dict[str, Any]) -> str:
    """Title, empty line, text: as a chunk carries its heading."""
    title, text = document.get("title") or "", document["text"]
    return text if text.startswith(title) else f"{title}\n\n{text}"


def read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    data = path.read_bytes()
    for line in (gzip.decompress(data) if path.suffix == ".gz" else data).splitlines():
        yield json.loads(line)


def ndcg_at_10(ranking: Sequence[int], gold: frozenset[int]) -> float:
    """Normalised discounted cumulative gain of the first ten, every gold passage worth 1."""
    gain = sum(1 / math.log2(place + 2) for place, item in enumerate(ranking[:10]) if item in gold)
    return gain / sum(1 / math.log2(place + 2) for place in range(min(10, len(gold))))


def recall_at_20(ranking: Sequence[int], gold: frozenset[int]) -> float:
    return len(gold.intersection(ranking[:20])) / len(gold)
