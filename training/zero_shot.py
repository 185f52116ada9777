"""The bar: what the bi-encoder's own vectors give without any training.

python -m training.zero_shot --work FOLDER
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from training.dev import load_sets
from training.encoders import dev_vectors
from training.judge import model_scores, report
from training.start import starting_model


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", type=Path, default=Path("../shared/data"))
    p.add_argument("--work", type=Path, required=True)
    p.add_argument("--dev-limit", type=int, default=100)
    p.add_argument("--threads", type=int, default=1)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    sets = load_sets(a.data, a.work, a.dev_limit)
    encoder = dev_vectors(a.work, sets, 12)
    model = starting_model(joint_layers=0)
    for name, weights in (("cosine", [20.0, 0.0]), ("MaxSim", [0.0, 20.0])):
        with torch.no_grad():
            model.head.similarity.copy_(torch.tensor(weights))
        print(f"{name}\n{report(sets, model_scores(model, encoder, sets), prior=1.0)}", flush=True)


if __name__ == "__main__":
    main()
