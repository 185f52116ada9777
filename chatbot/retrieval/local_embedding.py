"""LlamaIndex's ``HuggingFaceEmbedding``, in better batches; a module of its own because its imports take seconds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from cachetools import LRUCache
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.embeddings.huggingface import HuggingFaceEmbedding

from chatbot.models.batching import in_batches, pad_to_tiles
from chatbot.models.threads import SideBySide
from chatbot.models.together import Together

_BATCH = 16  # texts; 8 to 16 measure the same, 32 pads 5 % more tokens and holds twice the memory
_PER_CALL = 512  # texts that LlamaIndex hands over at once, from which batches are made

_QUESTIONS = 64  # of which something is remembered, from the embedding until the second look

Read = TypeVar("Read")
# (model, texts) -> (embedding, something else) of each
ReadQuestions = Callable[[Any, list[str]], Sequence[tuple[Any, Any]]]


class LocalEmbedding(HuggingFaceEmbedding):
    """Texts of like length together, several batches side by side on a CPU; the vectors are the same."""

    _side_by_side: Any = PrivateAttr()
    _read_question: Callable[[str], tuple[Any, Any]] | None = PrivateAttr(None)
    _questions: LRUCache[str, Any] = PrivateAttr()
    _asking: Any = PrivateAttr()  # a lock: several threads ask
    _knows_language_direction: bool = PrivateAttr(
        False
    )  # it is the model of ``chatbot.models.language_direction``

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        """As ``HuggingFaceEmbedding``."""
        super().__init__(*arguments, **settings)
        self._side_by_side = None
        self._questions, self._asking = LRUCache(_QUESTIONS), threading.Lock()
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
        return in_batches(inputs, _BATCH, lambda batch: plain(list(batch), prompt_name), self._side_by_side)

    def read_questions_by(self, read: ReadQuestions) -> None:
        """From now on the pass that embeds a question gives something else as well, which ``of_question`` finds."""

        def read_all(texts: list[str]) -> Sequence[tuple[Any, Any]]:
            return read(self._model, texts)

        # with torch's own threads, one question took ten times the processor time beside other work (645 ms for 55)
        together = None if self._side_by_side is None else Together(read_all, self._side_by_side)
        self._read_question = together or (lambda text: read_all([text])[0])

    def of_question(self, question: str) -> Any:
        """What ``read_questions_by``'s function gave for one of the last questions; ``None``: not known any more."""
        with self._asking:
            return self._questions.get(question)

    def _get_query_embedding(self, query: str) -> list[float]:
        if self._read_question is None:
            return super()._get_query_embedding(query)
        prefix = self._model.prompts.get("query") or ""
        vector, more = self._read_question(prefix + query)
        with self._asking:
            self._questions[query] = more
        numbers: list[float] = vector.tolist()
        return numbers

    def read_passages(
        self, texts: Sequence[str], read: Callable[[Any, list[str]], Sequence[Read]]
    ) -> list[Read]:
        """What ``read(model, batch)`` gives for each text, in the order given; batches as for ``_embed``.

        Args:
            read: gets the ``SentenceTransformer`` and texts of like length, each with the prefix of a passage.
        """
        prefix = self._model.prompts.get("text") or ""
        return in_batches(
            [prefix + text for text in texts],
            _BATCH,
            lambda batch: read(self._model, batch),
            self._side_by_side,
        )
