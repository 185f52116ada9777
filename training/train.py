"""Trains the reranker; the same command goes on where a stopped run was.

    python -m training.train --work FOLDER --out FOLDER/run1 --joint 4 --steps 3000            a GPU, or patience
    python -m training.train --work FOLDER --out FOLDER/run1 --joint 4 --steps 500 --cached    frozen lower layers

Seeded; ``settings.json`` of the run says what it was, with the hash of the data. The checkpoint holds weights,
optimiser and step. Development sets are judged along the way; the best step's weights are kept.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from training.dev import DevSets, load_sets
from training.encoders import Cached, Encoder, Live
from training.examples import TrainingData, load_examples, load_saved
from training.groups import Drawing, Groups
from training.judge import model_scores, report
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
    p.add_argument("--work", type=Path, required=True, help="folder for what is computed once")
    p.add_argument("--out", type=Path, required=True, help="folder of this run")
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--minutes", type=float, default=0, help="stop after these, to go on later; 0: never")
    p.add_argument("--save-minutes", type=float, default=3)
    p.add_argument("--judge-every", type=int, default=100, help="steps")
    p.add_argument(
        "--dev-limit",
        type=int,
        default=100,
        help="questions of a development set, at the end; 0: judge nothing, keep the last step",
    )
    p.add_argument("--judge-limit", type=int, default=100, help="... and along the way")
    p.add_argument(
        "--shares", type=float, nargs="+", default=[1.0, 0.6], help="of the way from the start, reported"
    )
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


def encoder_for(s: argparse.Namespace, data: TrainingData, sets: DevSets, device: torch.device) -> Encoder:
    """Vectors from disk for ``--cached``, else computed."""
    if not s.cached:
        return Live(base_tokenizer(), device)
    folder, questions = s.work / "states", [q for qs in sets.values() for q in qs]
    sides = {
        "query": _Both(
            States(folder, [e.query for e in data.examples], "query", s.cached_layer),
            States(folder, [q.text for q in questions], "query", s.cached_layer),
        ),
        "passage": States(folder, list(data.corpus.values()), "passage", s.cached_layer),
        "dev": States(folder, sorted({p for q in questions for p in q.passages}), "dev", s.cached_layer),
    }
    return Cached(sides, s.cached_layer)


class _Both(States):
    """Two stores as one."""

    def __init__(self, first: States, second: States) -> None:
        self._first, self._second = first, second

    def __getitem__(self, text: str) -> NDArray[np.float16]:
        try:
            return self._first[text]
        except KeyError:
            return self._second[text]


def main() -> None:
    s = parser().parse_args()
    torch.set_num_threads(s.threads)
    data, sets = (
        load_saved(s.data) if s.data.is_file() else load_examples(s.data, s.distractors, s.limit),
        load_sets(s.data, s.work, s.dev_limit) if s.dev_limit else {},
    )
    run = Run(starting_model(s.joint, kept_layers(s.layers)), s, data)
    groups = Groups(
        data,
        mine(data, s.work),
        Drawing(s.groups, s.negatives, s.mined, s.hardest, s.reworded, s.easy, s.seed),
    )
    encoder = encoder_for(s, data, sets, run.device)
    log = (s.out / "log.txt").open("a", encoding="utf-8")

    def say(line: str) -> None:
        print(line, flush=True)
        log.write(line + "\n")
        log.flush()

    size = f"{len(data.examples):,} examples of data {data.sha256[:12]}"
    say(f"{json.dumps(asdict(groups.drawing))} {size}, {run.device}, from step {run.step}")
    few = {name: questions[: s.judge_limit] for name, questions in sets.items()}
    if run.step == 0:
        say(run.judge(encoder, few))
    _learn(run, groups, encoder, few, say)
    if run.step < s.steps or not sets:
        return
    best = torch.load(s.out / "best.pt", map_location=run.device, weights_only=True)
    for share in s.shares:
        run.load(best, share)
        scores = model_scores(run.model, encoder, sets, torch.bfloat16)
        kept = {name: [row.tolist() for row in rows] for name, rows in scores.items()}
        (s.out / f"scores-{share}.json").write_text(json.dumps(kept), encoding="utf-8")
        say(
            f"{share:.0%} of the way from the start to the best step:\n{report(sets, scores, run.prior.item())}"
        )


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
