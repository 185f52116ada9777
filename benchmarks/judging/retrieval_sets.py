"""The public sets that the retrieval benchmarks measure on, and their two measures, nDCG@10 and recall@20.

The sets are read from ``--data`` (see its own README for their licences) and never copied.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.beir import read_corpus, read_judged
from evaluation.measures import trec_measures

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
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
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
    entries = list(read_corpus(folder))
    position = {entry.id: i for i, entry in enumerate(entries)}
    chosen = read_judged(folder, split)
    if sample is not None and len(chosen) > sample:
        chosen = random.Random(SEED).sample(chosen, sample)
    return RetrievalSet(
        folder.name,
        [titled({"title": entry.title, "text": entry.text}) for entry in entries],
        [question.text for question in chosen],
        [frozenset(position[gold.document] for gold in question.golds) for question in chosen],
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


def mean_figures(rankings: Sequence[Sequence[int]], golds: Sequence[frozenset[int]]) -> tuple[float, float]:
    """nDCG@10 and recall@20, means over the questions; every gold passage is worth 1."""
    ranks = []
    for ranking, gold in zip(rankings, golds, strict=True):
        rank = {item: number for number, item in enumerate(ranking[:20], 1)}
        ranks.append([rank.get(item) for item in gold])
    values = trec_measures(ranks, [[1] * len(gold) for gold in golds], {"ndcg_cut.10", "recall.20"})
    return float(values["ndcg_cut_10"].mean()), float(values["recall_20"].mean())


def ndcg_at_10(ranking: Sequence[int], gold: frozenset[int]) -> float:
    """Of one question; many at once are ten times as fast with ``mean_figures``."""
    return mean_figures([ranking], [gold])[0]
