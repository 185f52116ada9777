"""What kept token vectors lose: bytes a passage against the order of the second look.

    python -m benchmarks.judging.token_vectors --data ../shared/data [--questions 100] [--sets NAME ...]
    python -m benchmarks.judging.token_vectors --data ../shared/data --fit

For each size of codes: nDCG@10 over the same 20 candidates as ``benchmarks.judging.lift``, next to that of the exact
token vectors; by how much its logits are too high in the mean and how far they scatter around that within a question;
in how many questions the first three are the same. Every passage is read once: on a CPU without bfloat16 a set of 100
questions takes one to ten minutes.

``--fit`` writes the mean, axes and deviations that ship (``chatbot/reranking/token_axes.npz``) from passages of
tydiqa (Apache-2.0; articles that no benchmark asks about), pubmedqa (MIT), medquad (CC BY 4.0) and parallel_ko_en
(CC BY-SA 3.0); no text is kept.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console

from benchmarks.judging.lift import NAMES, Asked, K, documents, is_held_out, load_asked
from benchmarks.judging.retrieval_sets import (
    LICENCES,
    SEED,
    data_parser,
    ndcg_at_10,
    read_jsonl,
    require_data,
    titled,
)
from benchmarks.report import table
from chatbot.config import Config
from chatbot.models.batching import in_batches
from chatbot.reranking import reordered
from chatbot.reranking.codec import AXES_FILE, LAYER_WEIGHTS, SIZES, codec_named, decoded
from chatbot.reranking.late_interaction import PASSAGE, QUESTION, kept_scores, scores, token_vectors
from chatbot.reranking.network import loaded_alone
from chatbot.reranking.reranker import pieces_of

AXES = 544  # as many as the largest size uses
_BATCH = 16
_FIT = {"tydiqa": 150, "pubmedqa": 110, "medquad": 70, "parallel_ko_en": 400}  # passages of each


@dataclass
class Outcome:
    """One size of codes over the questions of one set."""

    ndcg: list[float] = field(default_factory=list)
    too_high: list[float] = field(default_factory=list)
    scatter: list[float] = field(default_factory=list)
    same_three: list[bool] = field(default_factory=list)


def compare(asked: Sequence[Asked], model: Any) -> tuple[list[float], list[float], dict[str, Outcome], int]:
    """nDCG@10 of fused retrieval and of exact token vectors, the outcome of each size, and tokens a passage."""
    pieces = list(
        dict.fromkeys(piece for one in asked for c in one.candidates for piece in pieces_of(c.text))
    )
    read = in_batches(
        [PASSAGE + piece for piece in pieces], _BATCH, lambda batch: token_vectors(model, batch)
    )
    vectors = dict(zip(pieces, read, strict=True))
    codes = {name: {p: codec_named(name).encode(v) for p, v in vectors.items()} for name in SIZES}
    fused, exact, outcomes = [], [], {name: Outcome() for name in SIZES}
    for one in asked:
        (question,) = token_vectors(model, [QUESTION + one.question])
        parts = [pieces_of(candidate.text) for candidate in one.candidates]
        flat = [piece for of_text in parts for piece in of_text]
        true = _best(parts, scores(question, [vectors[piece] for piece in flat]).tolist())
        order = _order(one, true)
        fused.append(ndcg_at_10([c.chunk_id for c in one.candidates], one.gold))
        exact.append(ndcg_at_10(order, one.gold))
        for name, outcome in outcomes.items():
            ((_, passages),) = decoded([codes[name][piece] for piece in flat])
            coded = _best(parts, kept_scores(question, passages).tolist())
            error = np.array(coded) - np.array(true) + codec_named(name).too_high
            outcome.ndcg.append(ndcg_at_10(_order(one, coded), one.gold))
            outcome.too_high.append(float(error.mean()))
            outcome.scatter.append(float(error.std()))
            outcome.same_three.append(_order(one, coded)[:3] == order[:3])
    return fused, exact, outcomes, round(np.mean([v.shape[1] for v in read]))


def _best(parts: Sequence[Sequence[str]], logits: Sequence[float]) -> list[float]:
    """Of each passage the logit of its best piece."""
    found = iter(logits)
    return [max(next(found) for _ in of_text) for of_text in parts]


def _order(one: Asked, logits: Sequence[float]) -> list[int]:
    return [candidate.chunk_id for candidate in reordered(one.candidates, logits, 1.0)]


def fit(folder: Path, model: Any) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Mean, principal axes (as columns) and deviations of the joint vectors of both layers."""
    chance = random.Random(SEED)
    texts = [
        text
        for name, count in _FIT.items()
        for text in chance.sample(list(dict.fromkeys(_texts(folder, name))), count)
    ]
    read = in_batches([PASSAGE + text for text in texts], _BATCH, lambda batch: token_vectors(model, batch))
    weights = torch.tensor(LAYER_WEIGHTS)[:, None, None]
    joint = torch.cat([(v.float() * weights).transpose(0, 1).flatten(1) for v in read]).numpy()
    mean = joint.mean(axis=0)
    variances, axes = np.linalg.eigh(np.cov((joint - mean).T))
    order = np.argsort(-variances)[:AXES]
    deviations = np.sqrt(variances[order])
    return mean.astype(np.float32), axes[:, order].astype(np.float16), deviations.astype(np.float32)


def _texts(folder: Path, name: str) -> Iterator[str]:
    if name == "tydiqa":
        yield from (titled(d)[:900] for d in documents(folder) if not is_held_out(d["title"]))
    elif name == "parallel_ko_en":
        for file in sorted((folder / "extra_training/parallel_ko_en").glob("*.jsonl.gz")):
            yield from (
                value
                for row in read_jsonl(file)
                for value in row.values()
                if isinstance(value, str) and len(value) > 20
            )
    else:
        rows = read_jsonl(folder / "train_mix/corpus.jsonl.gz")
        yield from (row["text"][:900] for row in rows if row["_id"].startswith(name))


def main() -> None:
    parser = data_parser(__doc__)
    parser.add_argument("--questions", type=int, default=100, help="of each set at most")
    parser.add_argument("--sets", nargs="+", choices=NAMES, default=NAMES)
    parser.add_argument("--fit", action="store_true", help=f"write {AXES_FILE.name} anew")
    arguments = parser.parse_args()
    folder, console, config = require_data(arguments.data), Console(highlight=False, width=120), Config()
    model = loaded_alone(config)
    if arguments.fit:
        mean, axes, deviations = fit(folder, model)
        np.savez_compressed(AXES_FILE, mean=mean, axes=axes, deviations=deviations)
        sys.exit(f"written: {AXES_FILE.name}; raise _LATE_INTERACTION_VERSION and number the sizes anew")
    console.print(f"the same {K} candidates; sets: {LICENCES}, faq_bank_ko Apache-2.0")
    rows = []
    for name in arguments.sets:
        fused, exact, outcomes, tokens = compare(load_asked(folder, name, arguments.questions, config), model)
        rows.append(
            [
                name,
                "exact",
                f"{tokens * 1.536:.1f}",
                f"{np.mean(fused):.4f}",
                f"{np.mean(exact):.4f}",
                "",
                "",
                "",
            ]
        )
        for size, outcome in outcomes.items():
            rows.append([
                name, size, f"{tokens * codec_named(size).token_bytes / 1000:.1f}", "", f"{np.mean(outcome.ndcg):.4f}",
                f"{np.mean(outcome.too_high):.2f}", f"{np.mean(outcome.scatter):.2f}", f"{np.mean(outcome.same_three):.2f}",
            ])  # fmt: skip
        console.print(*(" ".join(map(str, row)) for row in rows[-1 - len(outcomes) :]), sep="\n")
    columns = ("set", "size", "KB a passage", "fused", "nDCG@10", "too high", "scatter", "same first three")
    console.print(table("token vectors", columns, rows))


if __name__ == "__main__":
    main()
