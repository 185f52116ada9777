"""One micro-batch of (question, passage) pairs -> logits: any ``CrossEncoder``, and the pair model without repeating itself.

A question is never cut to make room for a passage: the passage is. Only a question that alone takes more than
three quarters of the window is cut, to that length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import torch
from torch import Tensor

from chatbot.batching import TILE, pad_to_tiles
from chatbot.models.pair_model import PairModel

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

_QUESTION_SHARE = 0.75  # of the window, at most


class Reading(Protocol):
    """A question with its passages, read."""

    @property
    def lengths(self) -> list[int]:
        """Of the passages, in any unit."""
        ...


class Scorer(Protocol):
    """Reads a question with its passages once, then scores any of the pairs, of several questions at once if need be."""

    def read(self, question: str, texts: Sequence[str]) -> Reading: ...

    def score(self, pairs: Sequence[tuple[Any, int]]) -> list[float]: ...


def scorer_of(model: CrossEncoder) -> Scorer:
    """The faster way to run ``model``."""
    return PairScorer(model) if isinstance(model.model, PairModel) else CrossEncoderScorer(model)


@dataclass(frozen=True, slots=True)
class Texts:
    """As they are; a tokenizer reads them batch by batch."""

    question: str
    texts: Sequence[str]

    @property
    def lengths(self) -> list[int]:
        """UTF-8 bytes: about four to a token in English and in Korean."""
        return [len(text.encode("utf-8", "surrogatepass")) for text in self.texts]


class CrossEncoderScorer:
    """Any ``CrossEncoder``, by its own ``predict``."""

    def __init__(self, model: CrossEncoder) -> None:
        self._model = model
        self._longest_question = _longest_question(model)
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


@dataclass(slots=True, eq=False)
class Tokens:
    """Token ids of both sides; the question's vectors are kept once they are computed."""

    question: list[int]
    passages: list[list[int]]
    encoded: Tensor | None = field(default=None, repr=False)  # (length, hidden)

    @property
    def lengths(self) -> list[int]:
        return [len(passage) for passage in self.passages]


class PairScorer:
    """The pair model: the question runs through the lower layers once, not once for every passage."""

    def __init__(self, model: CrossEncoder) -> None:
        assert isinstance(model.model, PairModel)
        model.eval()
        self._model, self._tokenizer = model.model, model.tokenizer
        positions = self._model.config.max_position_embeddings
        self._window = min(model.max_seq_length or positions, positions)
        self._longest_question = _longest_question(model)
        self._pad = int(self._model.config.pad_token_id or 0)
        self._device = model.device

    def read(self, question: str, texts: Sequence[str]) -> Tokens:
        question = cut_question(self._tokenizer, question, self._longest_question)
        rows = self._tokenizer(
            [question] * len(texts), list(texts), truncation="only_second", max_length=self._window
        )
        sides = [
            (ids[: types.index(1)], ids[types.index(1) :])
            for ids, types in zip(rows["input_ids"], rows["token_type_ids"], strict=True)
        ]
        return Tokens(sides[0][0] if sides else [], [passage for _, passage in sides])

    @torch.inference_mode()
    def score(self, pairs: Sequence[tuple[Tokens, int]]) -> list[float]:
        passages, p_valid = self._padded([reading.passages[i] for reading, i in pairs])
        questions, q_valid = self._questions([reading for reading, _ in pairs])
        logits = self._model.score(questions, self._model.encode(passages, p_valid), q_valid, p_valid)
        found: list[float] = logits.float().tolist()
        return found

    def _questions(self, readings: list[Tokens]) -> tuple[Tensor, Tensor]:
        vectors = {reading: self._question(reading) for reading in dict.fromkeys(readings)}
        width = max(map(len, vectors.values()))
        for reading, found in vectors.items():
            vectors[reading] = torch.nn.functional.pad(found, (0, 0, 0, width - len(found)))
        lengths = torch.tensor([len(reading.question) for reading in readings], device=self._device)
        valid = torch.arange(width, device=self._device) < lengths[:, None]
        return torch.stack([vectors[reading] for reading in readings]), valid

    def _question(self, reading: Tokens) -> Tensor:
        """(length, hidden)"""
        if reading.encoded is None:  # two workers may both compute it, and get the same
            reading.encoded = self._model.encode(*self._padded([reading.question]))[0]
        return reading.encoded

    def _padded(self, rows: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
        """Ids (rows, length) and which of them are real."""
        width = -(-max(map(len, rows)) // TILE) * TILE
        ids = torch.full((len(rows), width), self._pad)
        valid = torch.zeros(len(rows), width, dtype=torch.bool)
        for i, row in enumerate(rows):
            ids[i, : len(row)], valid[i, : len(row)] = torch.tensor(row), True
        return ids.to(self._device), valid.to(self._device)


def _longest_question(model: CrossEncoder) -> int | None:
    """Tokens; ``None`` where nothing is known about the window."""
    return int(_QUESTION_SHARE * model.max_seq_length) if model.max_seq_length else None


def cut_question(tokenizer: Any, question: str, limit: int | None) -> str:
    """The first ``limit`` tokens of ``question``; almost always all of it."""
    if limit is None or not tokenizer.is_fast:
        return question
    read = tokenizer(
        question, add_special_tokens=False, truncation=True, max_length=limit + 1, return_offsets_mapping=True
    )
    places = read["offset_mapping"]
    return question[: places[limit - 1][1]] if len(places) > limit else question
