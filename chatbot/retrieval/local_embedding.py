"""LlamaIndex's ``HuggingFaceEmbedding``, in better batches; a module of its own because its imports take seconds."""

from __future__ import annotations

from typing import Any

from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.embeddings.huggingface import HuggingFaceEmbedding

from chatbot.models.batching import like_lengths, pad_to_tiles
from chatbot.models.threads import SideBySide

_BATCH = 16  # texts; 8 to 16 measure the same, 32 pads 5 % more tokens and holds twice the memory
_PER_CALL = 512  # texts that LlamaIndex hands over at once, from which batches are made


class LocalEmbedding(HuggingFaceEmbedding):
    """Texts of like length together, several batches side by side on a CPU; the vectors are the same."""

    _side_by_side: Any = PrivateAttr()

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        """As ``HuggingFaceEmbedding``."""
        super().__init__(*arguments, **settings)
        self._side_by_side = None
        if self._device == "cpu":
            self.embed_batch_size = _PER_CALL
            self._side_by_side = SideBySide()
            pad_to_tiles(self._model)

    def _embed(self, inputs: list[Any], prompt_name: str | None = None) -> list[list[float]]:
        if (
            self._side_by_side is None
            or len(inputs) == 1
            or not all(isinstance(text, str) for text in inputs)
        ):
            return super()._embed(inputs, prompt_name)
        plain = super()._embed
        vectors: list[list[float]] = [[]] * len(inputs)
        batches = like_lengths(inputs, _BATCH)
        for batch, found in self._side_by_side.map(
            lambda b: plain([inputs[i] for i in b], prompt_name), batches
        ):
            for position, vector in zip(batch, found, strict=True):
                vectors[position] = vector
        return vectors
