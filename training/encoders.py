"""Texts -> token vectors of the lower layers: from disk where those are frozen, else computed with gradients."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from chatbot.models.pair_model import PairModel, added_mask
from training.dev import DevSets, pieces
from training.states import MAX_TOKENS, PREFIX, States

Side = tuple[Tensor, Tensor]  # vectors (batch, length, hidden) and which tokens are real (batch, length)


class Encoder(Protocol):
    """Question and passage are ``query`` and ``passage``, or ``dev`` for an uncut passage."""

    def encode(self, model: PairModel, texts: Sequence[str], side: str) -> Side:
        """The side's vectors as the joint layers take them."""
        ...


class Live:
    """Runs the lower layers; their gradients flow unless the parameters are frozen. Remembers tokens, not vectors."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, device: torch.device) -> None:
        self._tokenizer, self._device = tokenizer, device
        self._known: dict[tuple[str, str], list[int]] = {}

    def encode(self, model: PairModel, texts: Sequence[str], side: str) -> Side:
        rows = self._ids(texts, side)
        width = -(-max(map(len, rows)) // 16) * 16
        ids = torch.full((len(rows), width), model.config.pad_token_id or 0)
        valid = torch.zeros_like(ids, dtype=torch.bool)
        for i, row in enumerate(rows):
            ids[i, : len(row)], valid[i, : len(row)] = torch.tensor(row), True
        ids, valid = ids.to(self._device), valid.to(self._device)
        return model.encode(ids, valid), valid

    def _ids(self, texts: Sequence[str], side: str) -> list[list[int]]:
        if missing := [text for text in dict.fromkeys(texts) if (side, text) not in self._known]:
            named = [f"{PREFIX.get(side, side)}: {text}" for text in missing]
            found = self._tokenizer(named, truncation=True, max_length=MAX_TOKENS[side])["input_ids"]
            self._known.update(((side, text), ids) for text, ids in zip(missing, found, strict=True))
        return [self._known[side, text] for text in texts]


class Cached:
    """Reads vectors of layer ``layer`` and runs the frozen layers that are left, if any."""

    def __init__(self, sides: dict[str, States], layer: int) -> None:
        self._sides, self._layer = sides, layer

    @torch.no_grad()
    def encode(self, model: PairModel, texts: Sequence[str], side: str) -> Side:
        tokens, valid = self._sides[side].batch(texts)
        tokens = tokens.float()
        mask = added_mask(valid, tokens)
        for layer in model.layers[self._layer : model.lower_layers]:
            tokens = layer(tokens, mask)
        return tokens, valid


def dev_vectors(work: Path, sets: DevSets, layer: int) -> Cached:
    """The development sets' vectors after ``layer``, as ``training.states`` left them."""
    return Cached(_dev_states(work, sets, layer), layer)


class Layers:
    """Vectors of the last and an early layer, as a model without joint layers takes them."""

    def __init__(self, work: Path, sets: DevSets, last: int, early: int) -> None:
        self._last, self._early = _dev_states(work, sets, last), _dev_states(work, sets, early)

    def encode(self, model: PairModel, texts: Sequence[str], side: str) -> Side:  # noqa: ARG002  as any encoder
        (last, valid), (early, _) = self._last[side].batch(texts), self._early[side].batch(texts)
        return torch.cat([last, early], -1).float(), valid


def _dev_states(work: Path, sets: DevSets, layer: int) -> dict[str, States]:
    texts = {"query": [q.text for qs in sets.values() for q in qs], "dev": pieces(sets)}
    return {side: States(work / "states", found, side, layer) for side, found in texts.items()}


def score_groups(
    model: PairModel, encoder: Encoder, queries: Sequence[str], passages: Sequence[Sequence[str]], side: str
) -> Tensor:
    """Scores (groups, passages of a group), float32; every group has as many passages."""
    size = len(passages[0])
    question, q_valid = encoder.encode(model, queries, "query")
    passage, p_valid = encoder.encode(model, [p for group in passages for p in group], side)
    question, q_valid = question.repeat_interleave(size, 0), q_valid.repeat_interleave(size, 0)
    return model.score(question, passage, q_valid, p_valid).view(len(queries), size)
