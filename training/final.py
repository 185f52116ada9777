"""A run's figures on all questions of the development sets, written to its log for the model card.

python -m training.final --run FOLDER/run1 --work FOLDER
python -m training.final --run FOLDER/run1 --work FOLDER --layers FOLDER/release/layers.int8.safetensors
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch

from training.dev import load_sets
from training.encoders import Encoder, Live, dev_vectors
from training.export import read_layers, trained_model
from training.judge import model_scores, report
from training.start import base_tokenizer


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", type=Path, default=Path("../shared/data"))
    p.add_argument("--work", type=Path, required=True)
    p.add_argument("--run", type=Path, required=True)
    p.add_argument("--share", type=float, default=1.0, help="how far from the start towards the last step")
    p.add_argument("--layers", type=Path, help="the exported file instead of the run's weights")
    p.add_argument("--dev-limit", type=int, default=100, help="of the stored sets")
    p.add_argument("--limit", type=int, default=100, help="questions of each that are judged")
    p.add_argument("--cached", action="store_true", help="vectors of the lower layers from disk")
    p.add_argument("--threads", type=int, default=1)
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    sets = load_sets(a.data, a.work, a.dev_limit)
    model = read_layers(a.layers) if a.layers else trained_model(a.run, a.share)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    encoder: Encoder = Live(base_tokenizer(), device)
    if a.cached:
        encoder = dev_vectors(a.work, sets, model.lower_layers)
    few = {name: questions[: a.limit] for name, questions in sets.items()}
    scores = model_scores(model, encoder, few, torch.bfloat16)
    kept = {name: [row.tolist() for row in rows] for name, rows in scores.items()}
    (a.run / f"scores-{a.layers.stem if a.layers else a.share}.json").write_text(json.dumps(kept), "utf-8")
    what = "as exported" if a.layers else f"{a.share:.0%} of the way from the start"
    text = f"{what}, up to {a.limit} questions a set:\n{report(few, scores, model.config.fused_weight)}\n"
    with (a.run / "log.txt").open("a", encoding="utf-8") as log:
        log.write(text)
    print(text)


if __name__ == "__main__":
    main()
