"""Trains the reranker; the same command goes on where a stopped run was.

    python -m training.train --work FOLDER --out FOLDER/run1 --joint 4 --steps 3000            a GPU, or patience
    python -m training.train --work FOLDER --out FOLDER/run1 --joint 4 --steps 500 --cached    frozen lower layers

Seeded; ``settings.json`` of the run says what it was, with the hash of the data. The checkpoint holds weights,
optimiser and step. Development sets are judged along the way, to be seen: the last step's weights are the run's,
so no question of theirs chooses any. ``training.final`` judges them on all questions.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from training.dev import DevSets, load_sets, pieces
from training.encoders import Cached, Encoder, Live
from training.examples import TrainingData, joined, load_examples, load_saved
from training.groups import Drawing, Groups
from training.mining import mine
from training.run import Run
from training.start import LAYERS, base_tokenizer, kept_layers, starting_model
from training.states import States


def parser() -> argparse.ArgumentParser:
    """The run's settings; all but the first three are part of its identity."""
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument(
        "--data", type=Path, default=Path("../shared/data"), help="folder, or a saved data.json.xz"
    )
    p.add_argument("--manuals", type=Path, help="what training.manuals wrote, to be trained on as well")
    p.add_argument("--work", type=Path, required=True, help="folder for what is computed once")
    p.add_argument("--out", type=Path, required=True, help="folder of this run")
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--minutes", type=float, default=0, help="stop after these, to go on later; 0: never")
    p.add_argument("--save-minutes", type=float, default=3)
    p.add_argument("--judge-every", type=int, default=100, help="steps")
    p.add_argument("--dev-limit", type=int, default=100, help="of the stored sets; 0: judge nothing")
    p.add_argument("--judge-limit", type=int, default=100, help="questions of each that are judged")
    p.add_argument("--layers", type=int, default=LAYERS)
    p.add_argument("--joint", type=int, default=4)
    p.add_argument("--cached", action="store_true", help="lower layers frozen, their vectors from disk")
    p.add_argument("--cached-layer", type=int, default=8, choices=(8, 12))
    p.add_argument("--steps", type=int, default=500)
    p.add_argument("--groups", type=int, default=8)
    p.add_argument("--negatives", type=int, default=6)
    p.add_argument("--mined", type=float, default=0.8)
    p.add_argument("--hardest", type=int, default=12)
    p.add_argument("--reworded", type=float, default=0.0)
    p.add_argument("--easy", type=float, default=1.0)
    p.add_argument("--distractors", type=float, default=1.0)
    p.add_argument("--limit", type=int, help="examples; all by default")
    p.add_argument(
        "--prior", type=float, default=1.0, help="weight that the fused score starts with; 0: left out"
    )
    p.add_argument("--lr", type=float, default=2e-5, help="of the joint layers")
    p.add_argument("--lr-lower", type=float, default=0.0, help="of the lower layers; 0: frozen")
    p.add_argument("--lr-gate", type=float, default=5e-3)
    p.add_argument("--lr-head", type=float, default=1e-3)
    p.add_argument("--lr-projection", type=float, default=1e-4)
    p.add_argument("--lr-scale", type=float, default=2e-2)
    p.add_argument("--bce", type=float, default=0.1, help="weight of the pointwise loss")
    p.add_argument("--weight-decay", type=float, default=0.01)
    p.add_argument("--seed", type=int, default=1)
    return p


def encoder_for(
    s: argparse.Namespace, parts: Sequence[TrainingData], sets: DevSets, device: torch.device
) -> Encoder:
    """Vectors from disk for ``--cached``, else computed; ``parts`` as they were when those were computed."""
    if not s.cached:
        return Live(base_tokenizer(), device)

    def stored(texts: Sequence[str], side: str) -> States:
        return States(s.work / "states", texts, side, s.cached_layer)

    queries = [[e.query for e in part.examples] for part in parts]
    sides: dict[str, States] = {
        "query": _Together(
            [stored(q, "query") for q in (*queries, [q.text for qs in sets.values() for q in qs])]
        ),
        "passage": _Together([stored(list(part.corpus.values()), "passage") for part in parts]),
        "dev": stored(pieces(sets), "dev"),
    }
    return Cached(sides, s.cached_layer)


class _Together(States):
    """Several stores as one."""

    def __init__(self, stores: Sequence[States]) -> None:
        self._stores = stores

    def __getitem__(self, text: str) -> NDArray[np.float16]:
        return next(store for store in self._stores if text in store)[text]


def main() -> None:
    s = parser().parse_args()
    torch.set_num_threads(s.threads)
    parts = [load_saved(s.data) if s.data.is_file() else load_examples(s.data, s.distractors, s.limit)]
    if s.manuals:
        parts.append(load_saved(s.manuals))
    data = joined(parts)
    mined = {
        name: found for part in parts for name, found in mine(part, s.work).items()
    }  # each a corpus of its own
    sets = load_sets(s.data, s.work, s.dev_limit) if s.dev_limit else {}
    run = Run(starting_model(s.joint, kept_layers(s.layers)), s, data)
    groups = Groups(
        data,
        mined,
        Drawing(s.groups, s.negatives, s.mined, s.hardest, s.reworded, s.easy, s.seed),
    )
    encoder = encoder_for(s, parts, sets, run.device)
    log = (s.out / "log.txt").open("a", encoding="utf-8")

    def say(line: str) -> None:
        print(line, flush=True)
        log.write(line + "\n")
        log.flush()

    size = f"{len(data.examples):,} examples of data {data.sha256[:12]}"
    say(f"{json.dumps(asdict(groups.drawing))} {size}, {run.device}, from step {run.step}")
    few = {name: questions[: s.judge_limit] for name, questions in sets.items()}
    _learn(run, groups, encoder, few, say)


def _learn(run: Run, groups: Groups, encoder: Encoder, sets: DevSets, say: Any) -> None:
    s = run.settings
    opened = saved = time.monotonic()
    before, loss, right = run.seconds, 0.0, 0.0
    while run.step < s.steps and not (s.minutes and time.monotonic() - opened > 60 * s.minutes):
        now_loss, now_right = run.learn(groups.step(run.step), encoder)
        mix = 0.0 if loss == 0 else 0.95
        loss, right = mix * loss + (1 - mix) * now_loss, mix * right + (1 - mix) * now_right
        run.seconds = before + time.monotonic() - opened
        if run.step % 20 == 0:
            say(f"{run.step} {run.seconds:.0f} s loss {loss:.3f} first {right:.3f}")
        if run.step % s.judge_every == 0 or run.step == s.steps:
            say(run.judge(encoder, sets))
        if time.monotonic() - saved > 60 * s.save_minutes:
            run.save()
            saved = time.monotonic()
    run.save()


if __name__ == "__main__":
    main()
