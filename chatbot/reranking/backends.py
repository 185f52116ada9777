"""The rerankers by name: how the configured one is loaded."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from chatbot.config import LISTWISE, Config, read_options
from chatbot.errors import ConfigError, ModelError
from chatbot.models import folders, language_direction
from chatbot.models.folders import E5_SMALL, LATE_INTERACTION, ModelFolder
from chatbot.models.registry import Registry
from chatbot.reranking.network import (
    OURS,
    RerankerOptions,
    in_memory,
    is_late_interaction,
    loaded_alone,
    reads_alike,
)
from chatbot.reranking.reranker import Reranker

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

Loaded = Callable[[], "BaseEmbedding"]  # the embedding model in use, loaded when it is asked for

RERANKERS: Registry[Callable[[Config], Reranker]] = Registry("reranker")
VECTOR_BYTES = 64_000_000  # for the token vectors of about 330 passages that come back
CALIBRATION_FILE = "calibration.json"
_EXAMPLE = "BAAI/bge-reranker-v2-m3"  # a cross-encoder


def build_reranker(config: Config, embedding: Loaded | None = None) -> Reranker:
    """The configured reranker; late interaction runs over ``embedding`` where that is the model it compares with."""
    section = config.reranker
    if is_late_interaction(config):
        return _late_interaction(config, embedding)
    return RERANKERS.get(section.backend)(config)


def _late_interaction(config: Config, embedding: Loaded | None) -> Reranker:
    from chatbot.reranking.late_interaction import LateInteraction, embed_and_read

    options = read_options("reranker", config.reranker.options, RerankerOptions)
    shared: Any = embedding() if embedding is not None and config.embedding.model == E5_SMALL else None
    model, read_already = in_memory(shared, config), None
    if reads_alike(shared, config):  # one pass embeds a question and gives its token vectors
        shared.read_questions_by(embed_and_read)
        read_already = shared.of_question
    return Reranker(
        LateInteraction(
            model or loaded_alone(config),
            VECTOR_BYTES if config.reranker.cached_scores else 0,
            read_already,
            language_direction.of_token_vectors(),
        ),
        model=LATE_INTERACTION,
        top_n=config.retrieval.top_n,
        fused_weight=_fused_weight(options, folders.resolve(LATE_INTERACTION, config.models_cache)),
        cached_scores=config.reranker.cached_scores,
    )


@RERANKERS.register(OURS)
def _cross_encoder(config: Config) -> Reranker:
    import torch

    from chatbot.models.dtype import fastest_dtype
    from chatbot.models.loading import quiet_loading

    options = read_options("reranker", config.reranker.options, RerankerOptions)
    folder = folders.resolve(config.reranker.model, config.models_cache)
    _check_is_cross_encoder(folder)
    with quiet_loading(folder):
        return Reranker(
            model=str(folder.path),
            top_n=config.retrieval.top_n,
            fused_weight=_fused_weight(options, folder),
            cached_scores=config.reranker.cached_scores,
            cross_encoder_kwargs={
                "max_length": options.max_length,
                "model_kwargs": {"dtype": fastest_dtype(config.models_cache)},
                # raw logits: a sigmoid ties the best candidates at 1.0 in float32
                "activation_fn": torch.nn.Identity(),
            },
        )


@RERANKERS.register(LISTWISE)
def _language_model(config: Config) -> Reranker:
    """It has no scores to give: ``Chatbot`` asks whoever answers for an order (``chatbot.reranking.listwise``)."""
    raise ConfigError(
        "reranker backend {backend} puts passages in order and gives no scores; set another reranker.backend for this",
        backend=repr(config.reranker.backend),
    )


def _fused_weight(options: RerankerOptions, folder: ModelFolder) -> float:
    return own_fused_weight(folder) if options.fused_weight is None else options.fused_weight


def own_fused_weight(folder: ModelFolder) -> float:
    """What was fitted for the model: in its calibration, else in its ``config.json``; 0 where there is neither."""
    weight = 0.0
    with suppress(OSError):  # late interaction has no network of its own
        weight = _settings(folder).get("fused_weight", weight)
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
    settings = _settings(folder)
    modules = folder.path / "modules.json"
    # newer cross-encoders list their modules; a pooling one makes a bi-encoder
    listed = modules.read_text("utf-8") if modules.exists() else ""
    architectures = map(str, settings.get("architectures") or [])
    if not (
        any(name.endswith("ForSequenceClassification") for name in architectures)
        or (listed and "Pooling" not in listed)
    ):
        raise ModelError(
            "{model} is no cross-encoder; set reranker.model to one, like {example}",
            model=folder.name,
            example=_EXAMPLE,
        )


def _settings(folder: ModelFolder) -> dict[str, Any]:
    settings: dict[str, Any] = json.loads((folder.path / "config.json").read_text("utf-8"))
    return settings
