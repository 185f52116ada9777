"""The network that late interaction reads with: the one that embeds, or one of its own beside another embedding model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from chatbot.config import Config, Section, read_options
from chatbot.models import folders
from chatbot.models.folders import E5_SMALL, LATE_INTERACTION
from chatbot.models.packaged import MAX_LENGTH

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from sentence_transformers import SentenceTransformer

PREFIXES = ("query: ", "passage: ")  # of a question and of a passage, as the model was trained
OURS = "sentence-transformers"  # the backend of late interaction, and of any cross-encoder


class RerankerOptions(Section):
    """``reranker.options``. ``fused_weight`` is the model's own unless given: 0 for one that brings none."""

    max_length: int = Field(
        512, ge=16, le=8192, description="tokens: of a pair, of each side in late interaction"
    )
    fused_weight: float | None = Field(None, ge=0)


def is_late_interaction(config: Config) -> bool:
    """Whether the configured second look is late interaction, and no cross-encoder."""
    return (config.reranker.backend, config.reranker.model) == (OURS, LATE_INTERACTION)


def in_memory(embedding: BaseEmbedding | None, config: Config) -> SentenceTransformer | None:
    """The network that ``embedding`` runs, if it is the one to compare with and reads as many tokens of a text."""
    folder = folders.resolve(E5_SMALL, config.models_cache)
    if config.embedding.model != E5_SMALL or getattr(embedding, "model_name", "") != str(folder.path):
        return None  # what a test or a plug-in gives may be anything
    model: SentenceTransformer = embedding._model  # type: ignore[union-attr]  # of HuggingFaceEmbedding
    return model if model.max_seq_length == _tokens(config) else None


def reads_alike(embedding: BaseEmbedding | None, config: Config) -> bool:
    """Whether ``embedding`` runs that network on the very texts that late interaction reads, prefixes included."""
    model = in_memory(embedding, config)
    return model is not None and (model.prompts.get("query"), model.prompts.get("text")) == PREFIXES


def loaded_alone(config: Config) -> SentenceTransformer:
    """The network for the second look alone."""
    from sentence_transformers import SentenceTransformer

    from chatbot.models.dtype import fastest_dtype
    from chatbot.models.loading import quiet_loading

    folder = folders.resolve(E5_SMALL, config.models_cache)
    with quiet_loading(folder):
        model = SentenceTransformer(
            str(folder.path), model_kwargs={"dtype": fastest_dtype(config.models_cache)}
        )
    model.max_seq_length = _tokens(config)
    return model


def _tokens(config: Config) -> int:
    options = read_options("reranker", config.reranker.options, RerankerOptions)
    return min(options.max_length, MAX_LENGTH)
