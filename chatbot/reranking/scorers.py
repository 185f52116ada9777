"""What scores one micro-batch of (question, passage) pairs: the protocol, and any cross-encoder.

A cross-encoder reads question and passage as one text. The question is never cut to make room for the passage: the
passage is. Only a question that alone takes more than three quarters of the window is cut, to that length.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from chatbot.models.batching import pad_to_tiles

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

_QUESTION_SHARE = 0.75  # of the window, at most


class Scorer(Protocol):
    """Reads a question with its passages once, then scores any of the pairs, of several questions at once if need be."""

    device: str  # "cpu" or that of an accelerator

    def read(self, question: str, texts: Sequence[str]) -> Any:
        """A reading: whatever ``score`` needs of a question and its passages."""
        ...

    def score(self, pairs: Sequence[tuple[Any, int]]) -> list[float]:
        """One logit for each (reading, position of the passage)."""
        ...


@runtime_checkable
class ScorerOfKept(Scorer, Protocol):
    """A scorer that can compare a question with what was kept of a passage at ingest."""

    def score_kept(self, reading: Any, codes: Sequence[bytes]) -> list[float | None]:
        """One logit for each passage; ``None`` where its codes are of a later version of this program."""
        ...

    def score_parts(self, reading: Any, passages: Sequence[KeptParts]) -> list[list[float]] | None:
        """A logit for each part of each passage; ``None`` where the codes do not hold all of the parts."""
        ...


@dataclass(frozen=True, slots=True)
class KeptParts:
    """A passage and the parts of it that are to be scored.

    Attributes:
        text: as it was read at ingest.
        codes: of its token vectors.
        parts: ``text[start:end]`` of each.
    """

    text: str
    codes: bytes
    parts: Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Texts:
    """As they are; a tokenizer reads them batch by batch."""

    question: str
    texts: Sequence[str]


class CrossEncoderScorer:
    """Any ``CrossEncoder``, by its own ``predict``."""

    def __init__(self, model: CrossEncoder) -> None:
        self._model = model
        self.device: str = model.device.type
        self._questions = QuestionCutter(model.tokenizer, model.max_seq_length)
        pad_to_tiles(model)
        transformer: Any = model[0]
        # a language model that reranks reads one text, made of both by a template
        if getattr(transformer, "transformer_task", "") == "sequence-classification":
            text = {**transformer.processing_kwargs.get("text", {}), "truncation": "only_second"}
            transformer.processing_kwargs = {**transformer.processing_kwargs, "text": text}

    def read(self, question: str, texts: Sequence[str]) -> Texts:
        return Texts(self._questions.cut(question), texts)

    def score(self, pairs: Sequence[tuple[Texts, int]]) -> list[float]:
        rows = [(reading.question, reading.texts[i]) for reading, i in pairs]
        found: list[float] = self._model.predict(rows, batch_size=len(rows), show_progress_bar=False).tolist()
        return found


class QuestionCutter:
    """Cuts questions to their share of a model's window.

    It reads with a copy of the model's tokenizer. Settings of a tokenizer hold for all threads: where this one read
    without padding, another that scored at the same time got none either (1 request of 900 failed).
    """

    def __init__(self, tokenizer: Any, window: int | None) -> None:
        """``window`` in tokens; ``None`` where nothing is known about it."""
        self._limit = int(_QUESTION_SHARE * window) if window and tokenizer.is_fast else None
        if self._limit is not None:
            self._reader = copy.deepcopy(tokenizer.backend_tokenizer)
            self._reader.no_padding()
            self._reader.enable_truncation(self._limit + 1)

    def cut(self, question: str) -> str:
        """The first tokens of ``question``; almost always all of it."""
        if self._limit is None:
            return question
        places = self._reader.encode(question, add_special_tokens=False).offsets
        return question[: places[self._limit - 1][1]] if len(places) > self._limit else question
