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

from chatbot.models.batching import TILE, pad_to_tiles
from chatbot.models.pair_model import PairModel
from chatbot.reranking.vectors import Ids, PassageVectors

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


def scorer_of(model: CrossEncoder, vector_bytes: int = 0) -> Scorer:
    """The faster way to run ``model``; ``vector_bytes`` for passages that come back, where that saves anything."""
    return (
        PairScorer(model, vector_bytes) if isinstance(model.model, PairModel) else CrossEncoderScorer(model)
    )


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

    question: Ids
    passages: list[Ids]
    encoded: Tensor | None = field(default=None, repr=False)  # (length, hidden)

    @property
    def lengths(self) -> list[int]:
        return [len(passage) for passage in self.passages]


class PairScorer:
    """The pair model: each side runs through the lower layers once, not once for every pair."""

    def __init__(self, model: CrossEncoder, vector_bytes: int) -> None:
        assert isinstance(model.model, PairModel)
        model.eval()
        self._model, self._tokenizer = model.model, model.tokenizer
        positions = self._model.config.max_position_embeddings
        self._window = min(model.max_seq_length or positions, positions)
        self._longest_question = _longest_question(model)
        self._pad = int(self._model.config.pad_token_id or 0)
        self._device = model.device
        self._known = PassageVectors(vector_bytes)

    def read(self, question: str, texts: Sequence[str]) -> Tokens:
        question = cut_question(self._tokenizer, question, self._longest_question)
        rows = self._tokenizer(
            [question] * len(texts), list(texts), truncation="only_second", max_length=self._window
        )
        sides = [
            (tuple(ids[: types.index(1)]), tuple(ids[types.index(1) :]))
            for ids, types in zip(rows["input_ids"], rows["token_type_ids"], strict=True)
        ]
        return Tokens(sides[0][0] if sides else (), [passage for _, passage in sides])

    @torch.inference_mode()
    def score(self, pairs: Sequence[tuple[Tokens, int]]) -> list[float]:
        passages = [reading.passages[i] for reading, i in pairs]
        vectors = self._known.find(passages)
        if missing := [ids for ids in dict.fromkeys(passages) if ids not in vectors]:
            new = self._encoded(missing)
            self._known.remember(new)
            vectors |= new
        p_vectors, p_valid = _side_by_side([vectors[ids] for ids in passages])
        q_vectors, q_valid = _side_by_side([self._question(reading) for reading, _ in pairs])
        found: list[float] = self._model.score(q_vectors, p_vectors, q_valid, p_valid).float().tolist()
        return found

    def _question(self, reading: Tokens) -> Tensor:
        """(length, hidden)"""
        if reading.encoded is None:  # two workers may both compute it, and get the same
            reading.encoded = self._encoded([reading.question])[reading.question]
        return reading.encoded

    def _encoded(self, rows: Sequence[Ids]) -> dict[Ids, Tensor]:
        """Vectors (length, hidden) of each, all in one batch."""
        width = -(-max(map(len, rows)) // TILE) * TILE
        ids = torch.full((len(rows), width), self._pad)
        valid = torch.zeros(len(rows), width, dtype=torch.bool)
        for i, row in enumerate(rows):
            ids[i, : len(row)], valid[i, : len(row)] = torch.tensor(row), True
        vectors = self._model.encode(ids.to(self._device), valid.to(self._device))
        # clones: a view would keep the whole batch in memory
        return {row: vectors[i, : len(row)].clone() for i, row in enumerate(rows)}


def _side_by_side(vectors: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Padded to whole tiles (rows, length, hidden), and which of them are real (rows, length)."""
    width = -(-max(map(len, vectors)) // TILE) * TILE
    padded = vectors[0].new_zeros(len(vectors), width, vectors[0].shape[1])
    for row, found in zip(padded, vectors, strict=True):
        row[: len(found)] = found
    lengths = torch.tensor([len(found) for found in vectors], device=padded.device)
    return padded, torch.arange(width, device=padded.device) < lengths[:, None]


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
