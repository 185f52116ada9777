"""A model's scores on the development sets, and the tables: alone, and blended with what retrieval knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch

from chatbot.models.pair_model import PairModel
from training.dev import DevSets, Floats, bootstrap, measure
from training.encoders import Encoder, score_groups

PRIORS = (0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0, 5.6, 8.0, 11.0, 16.0, 32.0)  # weights of fused that are tried
MOST_HARM = 0.005  # of nDCG@10, on any set
ModelScores = dict[str, list[Floats]]  # set -> per question, a score per candidate


@torch.no_grad()
def model_scores(
    model: PairModel, encoder: Encoder, sets: DevSets, dtype: torch.dtype | None = None
) -> ModelScores:
    """Every candidate's score; ``dtype`` is that of autocast, none by default."""
    model.eval()  # type: ignore[no-untyped-call]
    device = next(model.parameters()).device.type
    found: ModelScores = {}
    for name, questions in sets.items():
        found[name] = []
        for question in questions:
            with torch.autocast(device, dtype=dtype, enabled=dtype is not None):
                read = [text for passage in question.passages for text in passage]
                scores = score_groups(model, encoder, [question.text], [read], "dev")[0].float().cpu()
            starts = np.cumsum([0, *(len(passage) for passage in question.passages[:-1])])
            found[name].append(
                np.maximum.reduceat(scores.numpy(), starts)
            )  # a passage is as good as its best piece
    return found


def with_prior(sets: DevSets, scores: ModelScores, weight: float) -> ModelScores:
    """The logit plus ``weight`` times the fused score, as trained."""
    return {
        n: [s + weight * np.array(q.fused) for q, s in zip(questions, scores[n], strict=True)]
        for n, questions in sets.items()
    }


def prior_for(lifts: Mapping[float, Mapping[str, float]], names: Sequence[str]) -> float:
    """Of the weights of fused in ``lifts``, the one with the best mean lift over ``names`` among those that harm
    none of them by more than ``MOST_HARM``; the largest, nearest to fused alone, where all do."""
    harmless = [w for w, lift in lifts.items() if min(lift[n] for n in names) >= -MOST_HARM]
    return max(harmless, key=lambda w: (np.mean([lifts[w][n] for n in names]), w), default=max(lifts))


def prior_lifts(sets: DevSets, scores: ModelScores) -> dict[float, dict[str, float]]:
    """Weight of fused -> each set's lift in nDCG@10 over fused alone."""
    fused = mean_figures(sets, {n: [np.array(q.fused) for q in qs] for n, qs in sets.items()})
    found = {w: mean_figures(sets, with_prior(sets, scores, w)) for w in PRIORS}
    return {w: {n: figure - fused[n] for n, figure in figures.items()} for w, figures in found.items()}


def report(sets: DevSets, scores: ModelScores, prior: float) -> str:
    """The table of fused, the model alone, with the trained prior and with one chosen on the other sets."""
    lifts = prior_lifts(sets, scores)
    chosen = {n: prior_for(lifts, [other for other in sets if other != n]) for n in sets}
    final = prior_for(lifts, list(sets))
    systems = {
        "model": scores,
        f"model + {prior:.2f} x fused, as trained": with_prior(sets, scores, prior),
        "model + fused, weight from the other sets": {
            n: with_prior({n: questions}, scores, chosen[n])[n] for n, questions in sets.items()
        },
        f"model + {final:g} x fused": with_prior(sets, scores, final),
    }
    rows = [
        f"{w:g} x fused: mean {lift['mean']:+.4f}, worst set {min(lift[n] for n in sets):+.3f}"
        for w, lift in lifts.items()
    ]
    return "\n".join([table(sets, systems), f"weights from the other sets: {chosen}", *rows])


def mean_figures(sets: DevSets, scores: ModelScores) -> dict[str, float]:
    """nDCG@10 of each set, and ``mean``."""
    figures = {n: float(measure(qs, scores[n])[0].mean()) for n, qs in sets.items()}
    return {**figures, "mean": float(np.mean(list(figures.values())))}


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
