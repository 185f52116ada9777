"""The fitted prior: the final order from a few scores, each brought to mean 0 and deviation 1 over the candidates.

Weights are fitted by a softmax over each question's candidates, every set counting the same, and judged on
the set that was left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from training.dev import DevSets, Floats, bootstrap, measure, standardised

Columns = Mapping[str, list[NDArray[np.floating]]]  # set -> per question, scores (candidates, features)


def columns(sets: DevSets, models: Mapping[str, Mapping[str, Sequence[Floats]]]) -> dict[str, list[Floats]]:
    """Standardised fused, dense, lexical and model scores, side by side, for every question of every set."""
    result = {}
    for name, questions in sets.items():
        result[name] = [
            np.stack(
                [
                    standardised(np.asarray(s))
                    for s in (q.fused, q.dense, q.lexical, *(m[name][i] for m in models.values()))
                ],
                1,
            )
            for i, q in enumerate(questions)
        ]
    return result


def fit(sets: DevSets, features: Columns, names: Sequence[str], pull: float = 0.02) -> Floats:
    """Weights (features,), never negative, that put gold first over the questions of ``names``.

    Args:
        pull: how strongly they are drawn to 0, in units of the loss.
    """
    batches = [(features[n], sets[n]) for n in names]
    width = features[names[0]][0].shape[1]
    weights = torch.nn.Parameter(torch.full((width,), 0.3))
    prepared = [
        [
            (torch.tensor(f, dtype=torch.float32), torch.tensor(q.gold))
            for f, q in zip(fs, qs, strict=True)
            if any(q.gold) and not all(q.gold)
        ]
        for fs, qs in batches
    ]
    optimiser = torch.optim.LBFGS([weights], max_iter=60, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        per_set = []
        for rows in prepared:
            losses = []
            for x, gold in rows:
                logits = (x @ weights.clamp(min=0)).log_softmax(0)
                losses.append(-torch.logsumexp(logits[gold], 0))
            per_set.append(torch.stack(losses).mean())
        loss = torch.stack(per_set).mean() + pull * (weights**2).sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimiser.step(closure)  # type: ignore[no-untyped-call]
    return weights.detach().clamp(min=0).numpy().astype(np.float64)


def left_out(sets: DevSets, features: Columns, use: Sequence[int]) -> dict[str, tuple[list[Floats], Floats]]:
    """For every set, the blended scores with weights fitted on the others, and those weights."""
    chosen = {n: [f[:, list(use)] for f in fs] for n, fs in features.items()}
    result: dict[str, tuple[list[Floats], Floats]] = {}
    for name in sets:
        weights = fit(sets, chosen, [n for n in sets if n != name])
        result[name] = ([f @ weights for f in chosen[name]], weights)
    return result


def table(sets: DevSets, systems: Mapping[str, Mapping[str, Sequence[Floats]]]) -> str:
    """Markdown: nDCG@10 / hit@1 of each system on each set, the lift over fused with its interval below."""
    fused = {n: [np.array(q.fused) for q in qs] for n, qs in sets.items()}
    lines = [f"| | {' | '.join(sets)} | mean |", "|---" * (len(sets) + 2) + "|"]
    reference = {n: measure(qs, fused[n]) for n, qs in sets.items()}
    for system, scores in {"fused": fused, **systems}.items():
        figures = {n: measure(qs, scores[n]) for n, qs in sets.items()}
        cells = []
        for n in sets:
            cell = f"{figures[n][0].mean():.3f} / {figures[n][1].mean():.3f}"
            if system != "fused":
                lift = figures[n][0] - reference[n][0]
                low, high = bootstrap(lift)
                cell += f" ({lift.mean():+.3f} [{low:+.3f} {high:+.3f}])"
            cells.append(cell)
        mean = [np.mean([figures[n][k].mean() for n in sets]) for k in (0, 1)]
        base = [np.mean([reference[n][k].mean() for n in sets]) for k in (0, 1)]
        last = f"{mean[0]:.3f} / {mean[1]:.3f}" + (
            "" if system == "fused" else f" ({mean[0] - base[0]:+.3f} / {mean[1] - base[1]:+.3f})"
        )
        lines.append(f"| {system} | {' | '.join(cells)} | {last} |")
    return "\n".join(lines)
