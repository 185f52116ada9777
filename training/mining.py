"""Negatives from our own retrieval: what the reranker will have to put below the answer.

The fused top of the whole corpus for every query, without its positives and without likely answers nobody
marked: passages much closer to the query than its positive is, and near copies of the positive.
"""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from chatbot.models.batching import like_lengths
from chatbot.retrieval.fusion import fuse
from training.encoders import Live
from training.examples import TrainingData
from training.start import base_tokenizer, starting_model
from training.states import States, shard_files

Floats = NDArray[np.floating]
DEPTH = 50  # of each list, as the program retrieves
KEPT = 20  # the hardest
# cosine above the positive's; e5's cosines lie within 0.7..0.95, its mean gap to rank 2 is 0.01
CLOSER = 0.04
COPY = 0.97  # cosine of two passages that say the same


@dataclass(frozen=True, slots=True)
class Mined:
    """What retrieval says about one example.

    Attributes:
        hardest: passage ids that do not answer, in fused order.
        fused: fused score of those, of the positives and of the source's own negatives.
    """

    hardest: list[str]
    fused: dict[str, float]


def mine(data: TrainingData, work: Path) -> dict[str, Mined]:
    """Mined negatives by ``key``; kept in ``work`` for these data."""
    file = mined_file(work, data)
    if not file.exists():
        found = _mine(data, work / "states")
        content = {name: asdict(mined) for name, mined in found.items()}
        work.mkdir(parents=True, exist_ok=True)
        file.write_bytes(gzip.compress(json.dumps(content, ensure_ascii=False).encode()))
    stored = json.loads(gzip.decompress(file.read_bytes()))
    return {name: Mined(**mined) for name, mined in stored.items()}


def mined_file(work: Path, data: TrainingData) -> Path:
    """Where ``mine`` keeps its result for these data."""
    return work / f"mined-{data.sha256[:16]}.json.gz"


def key(source: str, query: str) -> str:
    """Names an example."""
    return f"{source}|{query}"


def _mine(data: TrainingData, folder: Path) -> dict[str, Mined]:
    from benchmarks.judging.lexical import (
        build_index,  # with the index's libraries: not where mined examples are read
    )
    from chatbot.text.keywords import TOKENIZE, analyse

    ids = list(data.corpus)
    position = {passage: i for i, passage in enumerate(ids)}
    passages = _means(folder, list(data.corpus.values()), "passage")
    queries = _means(folder, [e.query for e in data.examples], "query")
    index = build_index([analyse(text) for text in data.corpus.values()], TOKENIZE)
    result: dict[str, Mined] = {}
    for number, (example, query) in enumerate(zip(data.examples, queries, strict=True), 1):
        dense, words = passages @ query, _bm25(index, example.query)
        gold = [position[p] for p in example.positives]
        best = np.argpartition(-dense, min(DEPTH, len(ids) - 1))[:DEPTH].tolist()
        found = {*best, *list(words)[:DEPTH], *gold, *(position[n] for n in example.negatives)}
        fused = fuse({i: float(dense[i]) for i in found}, {i: words.get(i, 0.0) for i in found})
        ranked = sorted(fused, key=lambda i: (-fused[i], i))
        hardest = [i for i in ranked if not _is_answer(i, gold, dense, passages)][:KEPT]
        shown = {*hardest, *gold, *(position[n] for n in example.negatives)}
        result[key(example.source, example.query)] = Mined(
            [ids[i] for i in hardest], {ids[i]: round(fused[i], 4) for i in shown}
        )
        if number % 1000 == 0:
            print(f"mined {number:,} of {len(data.examples):,}", flush=True)
    return result


def _bm25(index: sqlite3.Connection, query: str) -> dict[int, float]:
    """Of every passage that shares a term, best first."""
    from chatbot.text.keywords import match_query

    expression = match_query(query)
    if not expression:
        return {}
    rows = index.execute("SELECT rowid, bm25(chunk) FROM chunk WHERE chunk MATCH ?", (expression,)).fetchall()
    return {int(row): -float(score) for row, score in sorted(rows, key=lambda r: r[1])}


def _is_answer(passage: int, gold: Sequence[int], dense: Floats, passages: Floats) -> bool:
    if passage in gold or dense[passage] > max(dense[g] for g in gold) + CLOSER:
        return True
    return bool((passages[gold] @ passages[passage]).max() > COPY)


def _means(folder: Path, texts: Sequence[str], side: str) -> NDArray[np.float32]:
    """Vectors of length 1: from the token vectors on disk where they are, else computed."""
    if all(file.exists() for file, _ in shard_files(folder, texts, side)):
        states = States(folder, texts, side, 12)
        means = np.stack([states[text].astype(np.float32).mean(0) for text in texts])
    else:
        means = _computed_means(texts, side)
    unit: NDArray[np.float32] = means / np.linalg.norm(means, axis=1, keepdims=True)
    return unit


@torch.inference_mode()
def _computed_means(texts: Sequence[str], side: str) -> NDArray[np.float32]:
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = starting_model(joint_layers=0)
    model.to(device)  # type: ignore[arg-type]
    encoder = Live(base_tokenizer(), device)
    means = np.zeros((len(texts), model.config.hidden_size), np.float32)
    for batch in like_lengths(texts, 64):
        with torch.autocast(device.type, dtype=torch.bfloat16):
            tokens, valid = encoder.encode(model, [texts[i] for i in batch], side)
        mask = valid[..., None]
        means[batch] = ((tokens.float() * mask).sum(1) / mask.sum(1)).cpu().numpy()
    return means
