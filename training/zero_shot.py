"""The bar: what the bi-encoder's own vectors give without any training.

python -m training.zero_shot --work FOLDER
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from training.blend import table
from training.dev import load_sets
from training.encoders import Cached
from training.judge import blended, model_scores
from training.start import starting_model
from training.states import States


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", type=Path, default=Path("../shared/data"))
    p.add_argument("--work", type=Path, required=True)
    p.add_argument("--dev-limit", type=int, default=100)
    p.add_argument("--threads", type=int, default=1)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    sets = load_sets(a.data, a.work, a.dev_limit)
    questions = [q for qs in sets.values() for q in qs]
    encoder = Cached(
        {
            "query": States(a.work / "states", [q.text for q in questions], "query", 12),
            "dev": States(a.work / "states", sorted({t for q in questions for t in q.passages}), "dev", 12),
        },
        12,
    )
    model = starting_model(joint_layers=0)
    scores = {}
    for name, weights in (("cosine", [1.0, 0.0]), ("MaxSim", [0.0, 1.0]), ("both", [1.0, 1.0])):
        with torch.no_grad():
            model.head.similarity.copy_(torch.tensor(weights))
        scores[name] = model_scores(model, encoder, sets)
    mixed, fitted = blended(sets, {"MaxSim": scores["MaxSim"]})
    shown = {
        **scores,
        "fused + MaxSim, fitted, left out": mixed,
    }
    print(table(sets, shown))
    print("weights of fused, MaxSim", {n: w.round(2).tolist() for n, w in fitted.items()})


if __name__ == "__main__":
    main()
