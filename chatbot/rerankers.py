"""The cross-encoder that takes the second look: (question, passage) -> score."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.postprocessor.sbert_rerank import SentenceTransformerRerank

from chatbot import models
from chatbot.config import Config
from chatbot.registry import Registry

if TYPE_CHECKING:
    pass

RERANKERS: Registry[Callable[[Config], Reranker]] = Registry("reranker")


class Reranker(SentenceTransformerRerank):  # type: ignore[misc]
    """LlamaIndex's ``SentenceTransformerRerank``, which can also score bare texts.

    Scores are logits, any real number: comparable within one question, ordered, not probabilities.
    Safe to share between threads; one forward pass runs at a time, which on a CPU is also the fastest.
    """

    _lock: Any = PrivateAttr(default_factory=threading.Lock)

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """One logit per text, in the order given."""
        if not texts:
            return []
        with self._lock:
            return [float(s) for s in self._model.predict([(question, text) for text in texts])]

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

    folder = models.resolve(config.reranker.model, config.models_cache)
    with quiet_loading(folder):
        return Reranker(
            model=str(folder.path),
            top_n=config.retrieval.top_n,
            cross_encoder_kwargs={
                "max_length": int(config.reranker.options.get("max_length", 512)),
                "model_kwargs": {"dtype": fastest_dtype(config.models_cache)},
                # raw logits: a sigmoid ties the best candidates at 1.0 in float32
                "activation_fn": torch.nn.Identity(),
            },
        )
