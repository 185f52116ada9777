"""The rerankers by name: how the configured one is loaded."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from pydantic import Field

from chatbot.config import Config, RerankerConfig, Section, read_options
from chatbot.errors import ModelError
from chatbot.models import folders
from chatbot.models.folders import ModelFolder
from chatbot.models.registry import Registry
from chatbot.reranking.reranker import Reranker

_DEFAULT = RerankerConfig().model

RERANKERS: Registry[Callable[[Config], Reranker]] = Registry("reranker")


def build_reranker(config: Config) -> Reranker:
    """The configured reranker."""
    return RERANKERS.get(config.reranker.backend)(config)


@RERANKERS.register("sentence-transformers")
def _sentence_transformers(config: Config) -> Reranker:
    import torch

    from chatbot.models.dtype import fastest_dtype
    from chatbot.models.loading import quiet_loading

    options = read_options("reranker", config.reranker.options, _Options)
    folder = folders.resolve(config.reranker.model, config.models_cache)
    _check_is_cross_encoder(folder)
    with quiet_loading(folder):
        return Reranker(
            model=str(folder.path),
            top_n=config.retrieval.top_n,
            fused_weight=own_fused_weight(folder) if options.fused_weight is None else options.fused_weight,
            cached_scores=config.reranker.cached_scores,
            cross_encoder_kwargs={
                "max_length": options.max_length,
                "model_kwargs": {"dtype": fastest_dtype(config.models_cache)},
                # raw logits: a sigmoid ties the best candidates at 1.0 in float32
                "activation_fn": torch.nn.Identity(),
            },
        )


CALIBRATION_FILE = "calibration.json"


class _Options(Section):
    """``reranker.options``. ``fused_weight`` is the model's own unless given: 0 for one that brings none."""

    max_length: int = Field(512, ge=16, le=8192)
    fused_weight: float | None = Field(None, ge=0)


def own_fused_weight(folder: ModelFolder) -> float:
    """What was fitted for the model: in its calibration, else in its ``config.json``; 0 where there is neither."""
    weight = _settings(folder).get("fused_weight", 0.0)
    with suppress(
        OSError, ValueError, AttributeError
    ):  # none, or a damaged one, which is the gate's to report
        weight = json.loads((folder.path / CALIBRATION_FILE).read_text("utf-8")).get("fused_weight", weight)
    if not isinstance(weight, (int, float)) or not 0 <= weight < math.inf:
        raise ModelError(
            "fused_weight {value} of {model} is no number from 0 up; correct its folder",
            value=repr(weight),
            model=folder.name,
        )
    return float(weight)


def _check_is_cross_encoder(folder: ModelFolder) -> None:
    """sentence-transformers would give any encoder a fresh head, and reorder by noise."""
    from chatbot.models.pair_model import MODEL_TYPE

    settings = _settings(folder)
    modules = folder.path / "modules.json"
    # newer cross-encoders list their modules; a pooling one makes a bi-encoder
    listed = modules.read_text("utf-8") if modules.exists() else ""
    architectures = map(str, settings.get("architectures") or [])
    if not (
        settings.get("model_type") == MODEL_TYPE
        or any(name.endswith("ForSequenceClassification") for name in architectures)
        or (listed and "Pooling" not in listed)
    ):
        raise ModelError(
            "{model} is no cross-encoder; set reranker.model to one, like {example}",
            model=folder.name,
            example=_DEFAULT,
        )


def _settings(folder: ModelFolder) -> dict[str, Any]:
    settings: dict[str, Any] = json.loads((folder.path / "config.json").read_text("utf-8"))
    return settings
