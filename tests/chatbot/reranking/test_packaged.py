"""Layers as ``training.export`` writes them -> the folder that every cross-encoder loader takes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from chatbot.errors import ModelError
from chatbot.models.packaged import write_reranker
from training.export import read_layers, write_layers
from training.start import kept_layers, starting_model


def test_exported_layers_unpack_into_the_model_that_was_exported(tmp_path: Path) -> None:
    layers = tmp_path / "layers.int8.safetensors"
    model = starting_model(1, kept_layers(2))
    model.config.fused_weight = 1.5
    sha256 = write_layers(model, layers)
    folder = tmp_path / "folder"
    folder.mkdir()
    write_reranker(folder, layers, sha256)
    expected, unpacked = read_layers(layers).state_dict(), load_file(folder / "model.safetensors")
    assert expected.keys() == unpacked.keys()
    assert all(torch.equal(expected[name], unpacked[name]) for name in expected)
    settings = json.loads((folder / "config.json").read_text("utf-8"))
    assert (settings["num_hidden_layers"], settings["joint_layers"], settings["fused_weight"]) == (2, 1, 1.5)
    with pytest.raises(ModelError, match="reinstall secondlook"):
        write_reranker(folder, layers, "0" * 64)
