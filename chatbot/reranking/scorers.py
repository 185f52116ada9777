"""What scores one micro-batch of (question, passage) pairs: the protocol, and any cross-encoder.

A cross-encoder reads question and passage as one text. The question is never cut to make room for the passage: the
passage is. Only a question that alone takes more than three quarters of the window is cut, to that length.
"""

from __future__ import annotations

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
        # tokens; ``None`` where nothing is known about the window
        self._longest_question = int(_QUESTION_SHARE * model.max_seq_length) if model.max_seq_length else None
        pad_to_tiles(model)
        transformer: Any = model[0]
        # a language model that reranks reads one text, made of both by a template
        if getattr(transformer, "transformer_task", "") == "sequence-classification":
            text = {**transformer.processing_kwargs.get("text", {}), "truncation": "only_second"}
            transformer.processing_kwargs = {**transformer.processing_kwargs, "text": text}

    def read(self, question: str, texts: Sequence[str]) -> Texts:
        return Texts(cut_question(self._model.tokenizer, question, self._longest_question), texts)

    def score(self, pairs: Sequence[tuple[Texts, int]]) -> list[float]:
        rows = [(reading.question, reading.texts[i]) for reading, i in pairs]
        found: list[float] = self._model.predict(rows, batch_size=len(rows), show_progress_bar=False).tolist()
        return found


def cut_question(tokenizer: Any, question: str, limit: int | None) -> str:
    """The first ``limit`` tokens of ``question``; almost always all of it."""
    if limit is None or not tokenizer.is_fast:
        return question
    read = tokenizer(
        question, add_special_tokens=False, truncation=True, max_length=limit + 1, return_offsets_mapping=True
    )
    places = read["offset_mapping"]
    return question[: places[limit - 1][1]] if len(places) > limit else question
