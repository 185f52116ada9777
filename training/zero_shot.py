"""The bar, and what ships: what the bi-encoder's own vectors give without any training.

python -m training.zero_shot --work FOLDER [--dev-limit 300 --after 100]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from training.dev import load_sets
from training.encoders import Layers
from training.judge import model_scores, report
from training.start import EARLY_LAYER, LAYERS, starting_model

# weights of the last layer's cosine and MaxSim, and of the early layer's MaxSim
SYSTEMS = {
    "cosine": (20.0, 0.0, 0.0),
    "MaxSim of the last layer": (0.0, 20.0, 0.0),
    "MaxSim of the early layer": (0.0, 0.0, 5.0),
    "MaxSim of both, as it ships": (0.0, 20.0, 5.0),
}


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", type=Path, default=Path("../shared/data"))
    p.add_argument("--work", type=Path, required=True)
    p.add_argument("--dev-limit", type=int, default=100)
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--after", type=int, default=0, help="leave out the first questions of each set")
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    sets = load_sets(a.data, a.work, a.dev_limit)
    later = {name: questions[a.after :] for name, questions in sets.items() if len(questions) > a.after}
    encoder = Layers(a.work, sets, last=LAYERS, early=EARLY_LAYER)
    model = starting_model(joint_layers=0, early_layer=EARLY_LAYER)
    assert model.head.early is not None
    for name, weights in SYSTEMS.items():
        with torch.no_grad():
            model.head.similarity.copy_(torch.tensor(weights[:2]))
            model.head.early.copy_(torch.tensor(weights[2]))
        print(f"{name}\n{report(later, model_scores(model, encoder, later), prior=1.0)}", flush=True)


if __name__ == "__main__":
    main()
