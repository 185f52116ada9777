"""Token vectors of the frozen lower layers, computed once and kept on disk: training then pays for the rest only.

The sides do not see each other in the lower layers, so a passage's vectors are the same for every question.
About 120 KB a passage of 160 tokens and layer; made in shards, so that a stopped run goes on where it was.
"""

from __future__ import annotations

import argparse
import hashlib
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase

from chatbot.models.pair_model import PairModel, added_mask
from training.start import base_tokenizer, starting_model

MAX_TOKENS = {"query": 64, "passage": 160, "dev": 512}  # dev: passages of the development sets, uncut
PREFIX = {"dev": "passage"}  # what a side is called before its text, where it is not its name
_SHARD = 2000  # texts
_BATCH = 16


def shard_files(folder: Path, texts: Sequence[str], side: str) -> list[tuple[Path, list[str]]]:
    """The texts in shards, longest first, each with the file that holds or will hold it."""
    ordered = sorted(set(texts), key=lambda text: (-len(text.encode()), text))
    shards = [ordered[i : i + _SHARD] for i in range(0, len(ordered), _SHARD)]
    return [
        (folder / f"{side}-{hashlib.sha256(chr(0).join(shard).encode()).hexdigest()[:16]}.npz", shard)
        for shard in shards
    ]


def compute(
    folder: Path, texts: Sequence[str], side: str, layers: Sequence[int], worker: int = 0, workers: int = 1
) -> None:
    """Make the missing shards of this worker: float16 vectors after each of ``layers``, all tokens in one row."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [
        (f, s)
        for i, (f, s) in enumerate(shard_files(folder, texts, side))
        if i % workers == worker and not f.exists()
    ]
    if not missing:
        return
    tokenizer, model = base_tokenizer(), starting_model(0).eval()  # type: ignore[no-untyped-call]
    model.to(torch.bfloat16)
    start, done = time.time(), 0
    for file, shard in missing:
        arrays = _encode(
            model, tokenizer, [f"{PREFIX.get(side, side)}: {text}" for text in shard], side, layers
        )
        half = file.with_suffix(".half.npz")
        np.savez(half, allow_pickle=False, **arrays)
        half.replace(file)
        done += len(shard)
        print(
            f"{side} {done:,} of {sum(len(s) for _, s in missing):,}, {time.time() - start:.0f} s", flush=True
        )


@torch.inference_mode()
def _encode(
    model: PairModel,
    tokenizer: PreTrainedTokenizerBase,
    prefixed: Sequence[str],
    side: str,
    layers: Sequence[int],
) -> dict[str, NDArray[np.generic]]:
    rows: dict[int, list[NDArray[np.float16]]] = {layer: [] for layer in layers}
    lengths = []
    for i in range(0, len(prefixed), _BATCH):
        batch = tokenizer(
            list(prefixed[i : i + _BATCH]), truncation=True, max_length=MAX_TOKENS[side], padding=True,
            pad_to_multiple_of=16, return_tensors="pt",
        )  # fmt: skip
        valid = batch["attention_mask"].bool()
        states = model.encode(batch["input_ids"], valid, layers=0)
        for before, layer in pairwise([0, *sorted(layers)]):
            for step in model.layers[before:layer]:
                states = step(states, added_mask(valid, states))
            rows[layer].append(states[valid].half().numpy())
        lengths += valid.sum(1).tolist()
    arrays: dict[str, NDArray[np.generic]] = {f"layer{k}": np.concatenate(v) for k, v in rows.items()}
    return arrays | {"lengths": np.array(lengths)}


class States:
    """Vectors of one side after one layer, by text; read into memory as float16."""

    def __init__(self, folder: Path, texts: Sequence[str], side: str, layer: int) -> None:
        self._rows: list[NDArray[np.float16]] = []
        self._where: dict[str, tuple[int, int, int]] = {}
        for number, (file, shard) in enumerate(shard_files(folder, texts, side)):
            with np.load(file) as stored:
                self._rows.append(stored[f"layer{layer}"])
                ends = np.cumsum(stored["lengths"]).tolist()
            for text, start, end in zip(shard, [0, *ends], ends, strict=False):
                self._where[text] = (number, start, end)

    def __contains__(self, text: str) -> bool:
        return text in self._where

    def __getitem__(self, text: str) -> NDArray[np.float16]:
        """(tokens, hidden)"""
        shard, start, end = self._where[text]
        return self._rows[shard][start:end]

    def batch(self, texts: Sequence[str]) -> tuple[torch.Tensor, torch.Tensor]:
        """Padded vectors (batch, length, hidden) float16 and which tokens are real (batch, length)."""
        rows = [self[text] for text in texts]
        width = -(-max(len(row) for row in rows) // 16) * 16
        tokens = np.zeros((len(rows), width, rows[0].shape[1]), np.float16)
        valid = np.zeros((len(rows), width), bool)
        for i, row in enumerate(rows):
            tokens[i, : len(row)], valid[i, : len(row)] = row, True
        return torch.from_numpy(tokens), torch.from_numpy(valid)


def main() -> None:
    from training.dev import load_sets, pieces
    from training.examples import load_examples

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--work", type=Path, required=True, help="folder for what is computed once")
    parser.add_argument("--worker", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--distractors", type=float, default=1.0)
    parser.add_argument("--dev-limit", type=int, default=100)
    a = parser.parse_args()
    torch.set_num_threads(1)
    data = load_examples(a.data, a.distractors)
    print(
        f"{len(data.corpus):,} passages, {len(data.examples):,} examples, data {data.sha256[:12]}", flush=True
    )
    sets = load_sets(a.data, a.work, a.dev_limit)
    questions = [q.text for qs in sets.values() for q in qs]
    compute(a.work / "states", questions, "query", (8, 12), a.worker, a.workers)
    compute(a.work / "states", pieces(sets), "dev", (8, 12), a.worker, a.workers)
    compute(a.work / "states", [e.query for e in data.examples], "query", (8, 12), a.worker, a.workers)
    compute(a.work / "states", list(data.corpus.values()), "passage", (8, 12), a.worker, a.workers)


if __name__ == "__main__":
    main()
