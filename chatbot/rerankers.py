"""The cross-encoder that takes the second look: (question, passage) -> score."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from llama_index.postprocessor.sbert_rerank import SentenceTransformerRerank
from numpy.typing import NDArray
from pydantic import Field

from chatbot import models
from chatbot.batching import SideBySide, like_lengths, pad_to_tiles
from chatbot.config import Config, RerankerConfig, Section, read_options
from chatbot.errors import ModelError
from chatbot.invisible import without_invisible
from chatbot.models import ModelFolder
from chatbot.registry import Registry

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

_DEFAULT = RerankerConfig().model

RERANKERS: Registry[Callable[[Config], Reranker]] = Registry("reranker")

# pairs; 20 of them in one batch, padded to the longest, take 1.8 times as long, and 4 batches share 2 cores evenly
_BATCH = 5


class Reranker(SentenceTransformerRerank):
    """LlamaIndex's ``SentenceTransformerRerank``, which can also score bare texts.

    Scores are logits, any real number: comparable within one question, ordered, not probabilities.
    Safe to share between threads; one question is scored at a time, on all cores.
    """

    def __init__(self, **settings: Any) -> None:
        """As ``SentenceTransformerRerank``."""
        super().__init__(**settings)
        self._model = _SmallBatches(self._model)

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """One logit per text, in the order given."""
        return self._model.predict([(question, text) for text in texts]).tolist() if texts else []

    def keeping(self, top_n: int) -> Reranker:
        """The same weights as a postprocessor that keeps ``top_n`` nodes."""
        return self.model_copy(update={"top_n": top_n})


def build_reranker(config: Config) -> Reranker:
    """The configured reranker."""
    return RERANKERS.get(config.reranker.backend)(config)


@RERANKERS.register("sentence-transformers")
def _sentence_transformers(config: Config) -> Reranker:
    import torch

    from chatbot.models.dtype import fastest_dtype
    from chatbot.models.loading import quiet_loading

    options = read_options("reranker", config.reranker.options, _Options)
    folder = models.resolve(config.reranker.model, config.models_cache)
    _check_is_cross_encoder(folder)
    with quiet_loading(folder):
        return Reranker(
            model=str(folder.path),
            top_n=config.retrieval.top_n,
            cross_encoder_kwargs={
                "max_length": options.max_length,
                "model_kwargs": {"dtype": fastest_dtype(config.models_cache)},
                # raw logits: a sigmoid ties the best candidates at 1.0 in float32
                "activation_fn": torch.nn.Identity(),
            },
        )


class _Options(Section):
    """``reranker.options``."""

    max_length: int = Field(512, ge=16, le=8192)


def _check_is_cross_encoder(folder: ModelFolder) -> None:
    """sentence-transformers would give any encoder a fresh head, and reorder by noise."""
    architectures = json.loads((folder.path / "config.json").read_text("utf-8")).get("architectures") or []
    modules = (
        folder.path / "modules.json"
    )  # newer cross-encoders list theirs; a pooling one makes a bi-encoder
    listed = modules.read_text("utf-8") if modules.exists() else ""
    if not any(str(name).endswith("ForSequenceClassification") for name in architectures) and (
        not listed or "Pooling" in listed
    ):
        raise ModelError(f"{folder.name} is no cross-encoder; set reranker.model to one, like {_DEFAULT}")


class _SmallBatches:
    """A ``CrossEncoder``'s ``predict``, in batches of like length; the base class calls nothing else."""

    def __init__(self, model: CrossEncoder) -> None:
        self.model = model
        self._lock = threading.Lock()
        self._side_by_side = SideBySide()
        pad_to_tiles(model)

    def predict(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        pairs = [(without_invisible(question), without_invisible(text)) for question, text in pairs]
        scores = np.empty(len(pairs), np.float32)
        batches = like_lengths([text for _, text in pairs], _BATCH)
        with self._lock:
            for batch, found in self._side_by_side.map(
                lambda b: self._predict([pairs[i] for i in b]), batches
            ):
                scores[batch] = found
        return scores

    def _predict(self, pairs: list[tuple[str, str]]) -> NDArray[np.float32]:
        scores: NDArray[np.float32] = self.model.predict(pairs, show_progress_bar=False)
        return scores
