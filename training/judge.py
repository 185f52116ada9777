"""A model's scores on the development sets, and the tables: alone, and blended with what retrieval knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch

from chatbot.models.pair_model import PairModel
from training.blend import columns, left_out, table
from training.dev import DevSets, Floats, measure
from training.encoders import Encoder, score_groups

BLENDED = ("fused", "model")
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
                scores = score_groups(model, encoder, [question.text], [question.passages], "dev")
            found[name].append(scores[0].float().cpu().numpy())
    return found


def blended(
    sets: DevSets, models: Mapping[str, Mapping[str, Sequence[Floats]]]
) -> tuple[ModelScores, dict[str, Floats]]:
    """Fused and the models' scores with weights fitted on the other sets; and those weights."""
    features = columns(sets, models)
    judged = left_out(sets, features, [0, *range(3, 3 + len(models))])
    return {n: scores for n, (scores, _) in judged.items()}, {
        n: weights for n, (_, weights) in judged.items()
    }


def with_prior(sets: DevSets, scores: ModelScores, weight: float) -> ModelScores:
    """The logit plus ``weight`` times the fused score, as trained."""
    return {
        n: [s + weight * np.array(q.fused) for q, s in zip(questions, scores[n], strict=True)]
        for n, questions in sets.items()
    }


def report(sets: DevSets, scores: ModelScores, prior: float) -> str:
    """The table of fused, the model alone, with the trained prior, and the blend fitted on the other sets."""
    mixed, weights = blended(sets, {"model": scores})
    shown = "; ".join(f"{n} {np.round(w, 2).tolist()}" for n, w in weights.items())
    systems = {
        "model": scores,
        f"model + {prior:.2f} x fused": with_prior(sets, scores, prior),
        "blend, left out": mixed,
    }
    return f"{table(sets, systems)}\nweights of {', '.join(BLENDED)}: {shown}"


def mean_figures(sets: DevSets, scores: ModelScores) -> dict[str, float]:
    """nDCG@10 of each set, and ``mean``."""
    figures = {n: float(measure(qs, scores[n])[0].mean()) for n, qs in sets.items()}
    return {**figures, "mean": float(np.mean(list(figures.values())))}
