"""The models that one configuration names, loaded on first use and shared by all threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from chatbot.answering.gate import Calibration, load_calibration
from chatbot.answering.small_tasks.ordering import order_by
from chatbot.answering.writer import Writer
from chatbot.citations.check import CheckCalibration, load_check_calibration
from chatbot.config import LISTWISE, Config, ListwiseOptions, read_options
from chatbot.llms import build_writer
from chatbot.models import folders
from chatbot.reranking import Listwise, Reranker, build_reranker
from chatbot.retrieval import embeddings

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding


class Models:
    """What embeds, what takes the second look, and what was measured for both.

    Args:
        embedding, reranker: loaded ones to use; the configured ones otherwise.

    Every property raises ``ModelError`` where weights are not on this machine, or damaged.
    """

    def __init__(
        self, config: Config, embedding: BaseEmbedding | None = None, reranker: Reranker | None = None
    ) -> None:
        self._config = config
        self._embedding = embedding
        self._reranker = reranker
        self._loading = threading.RLock()  # the reranker may load the embedding

    @property
    def embedding(self) -> BaseEmbedding:
        """The configured bi-encoder."""
        with self._loading:
            if self._embedding is None:
                self._embedding = embeddings.build_embedding(self._config)
            return self._embedding

    @property
    def reranker(self) -> Reranker:
        """The configured reranker; not for a language model, which is ``ranker``."""
        with self._loading:
            if self._reranker is None:
                self._reranker = build_reranker(self._config, lambda: self.embedding)
            return self._reranker

    @property
    def is_ordered_by_model(self) -> bool:
        """Whether the language model that answers takes the second look, and sees what was found for that."""
        return self._config.reranker.backend == LISTWISE

    @cached_property
    def calibration(self) -> Calibration | None:
        """What came with the reranker's weights: scores -> probabilities; ``None`` for a language model, which has none."""
        if self.is_ordered_by_model:
            return None
        folder = folders.resolve(self._config.reranker.model, self._config.models_cache).path
        return load_calibration(folder, self._config.embedding.model)

    @cached_property
    def check_calibration(self) -> CheckCalibration | None:
        """What was measured for the reranker's verdicts on citations."""
        if self.is_ordered_by_model:
            return None
        return load_check_calibration(folders.resolve(self._config.reranker.model, self._config.models_cache))

    def ranker(self, writer: Callable[[], Writer] | None) -> Reranker | Listwise:
        """Who takes the second look; a language model is that of ``writer``, so that nothing goes to another one."""
        if not self.is_ordered_by_model:
            return self.reranker
        options = read_options("reranker", self._config.reranker.options, ListwiseOptions)
        by = writer() if writer is not None else self._own_writer
        return order_by(by, options.candidates, options.passage_tokens)

    @cached_property
    def _own_writer(self) -> Writer:
        """The configured one, kept: a local model's server ends with its last writer."""
        return build_writer(self._config.llm)

    def warm_up(self) -> None:
        """Load what the first question would have to wait for."""
        embeddings.embed_query(self.embedding, "warm up")
        if not self.is_ordered_by_model:
            self.reranker.score("warm", ["up"])
