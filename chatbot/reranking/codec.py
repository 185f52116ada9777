"""Token vectors small enough to keep beside every passage: some hundred bytes for a token, both layers together.

    Codec.encode   token vectors of a passage -> its codes
    decoded        codes of many passages -> one table of tokens, ready to be compared
    similarities   token vectors of a question x that table -> cosines

Layers 12 and 8 of a token are coded as one vector: one after the other, less the mean (which all tokens of e5 share,
and which would waste the range), turned onto its principal axes. The axes with the largest deviations get four bits,
the next two, the next one. Two bytes more bring the token's own cosine back to 1. Nothing is turned back to be
compared: the question is turned instead, once for each layer.

Mean, axes and deviations were fitted once, on Korean and English text of no benchmark
(``python -m benchmarks.judging.token_vectors --fit``), and belong to multilingual-e5-small.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from chatbot.errors import ModelError

AXES_FILE = Path(__file__).with_name("token_axes.npz")
LAYER_WEIGHTS = (1.0, 0.5)  # of layers 12 and 8 before they are turned: an error in layer 12 costs more
# deviations between two steps that lose least of a normal variable (Max, 1960), by bits
_STEPS = {4: 0.3352, 2: 0.9957, 1: 1.5958}
_SCALE_STEP = 1 / 128  # of the two bytes: 0 to 1.99

Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Decoded:
    """Tokens of many passages.

    Attributes:
        values: (tokens, axes), in steps of each axis.
        scales: (layers, tokens), by which the cosines of a token are multiplied.
        lengths: tokens of each passage.
    """

    codec: Codec
    values: Tensor
    scales: Tensor
    lengths: list[int]


class Codec:
    """One size of codes; the first byte of all its codes is ``number``."""

    def __init__(self, number: int, axes_of: dict[int, int], too_high: float) -> None:
        """Reads the fitted axes.

        Args:
            axes_of: bits -> how many axes get as many, the most bits first.
            too_high: by how much the logits from these codes exceed the exact ones in the mean.
        """
        self.number, self._axes_of, self.too_high = number, axes_of, too_high
        mean, axes, deviations = _fitted(sum(axes_of.values()))
        bits = np.repeat(list(axes_of), list(axes_of.values()))
        steps = np.array([_STEPS[b] for b in bits], np.float32) * deviations
        self._layers = len(LAYER_WEIGHTS)
        self._mean, self._axes, self._steps = map(torch.from_numpy, (mean, axes, steps))
        self._levels = torch.from_numpy(2.0**bits).float()
        # (layers, hidden, axes)
        self._turned_back = self._axes.view(self._layers, -1, len(steps)) * self._steps
        self._weights = torch.tensor(LAYER_WEIGHTS)[:, None]

    @property
    def token_bytes(self) -> int:
        return sum(bits * count for bits, count in self._axes_of.items()) // 8 + self._layers

    def encode(self, vectors: Tensor) -> bytes:
        """The codes of a passage.

        Args:
            vectors: (layers, tokens, hidden), as ``late_interaction.token_vectors`` gives them.
        """
        exact = vectors.float().cpu()
        joint = (exact * self._weights[..., None]).transpose(0, 1).flatten(1)  # (tokens, layers x hidden)
        places = torch.floor((joint - self._mean) @ self._axes / self._steps + self._levels / 2)
        places = places.clamp(torch.zeros(()), self._levels - 1)
        values = places - (self._levels - 1) / 2
        coded = torch.einsum("lha,ta->lth", self._turned_back, values) + self._mean.view(self._layers, 1, -1)
        own = (coded / self._weights[..., None] * exact).sum(-1)  # (layers, tokens): 1 were nothing lost
        # 0.55 at least: its scale is 1.8, and a byte holds 1.99
        scales = (1 / own.clamp(0.55) / _SCALE_STEP).round().clamp(0, 255)
        packed = [*_packed(places.numpy().astype(np.uint8), self._axes_of), scales.T.numpy().astype(np.uint8)]
        return bytes([self.number]) + np.concatenate(packed, axis=1).tobytes()

    def decode(self, codes: Bytes, lengths: list[int]) -> Decoded:
        """``codes``: (tokens, ``token_bytes``)."""
        table = torch.from_numpy(codes)
        values = torch.empty(len(codes), len(self._steps))
        place = axis = 0
        for bits, count in self._axes_of.items():
            width = bits * count // 8
            part = table[:, place : place + width]
            for shift in range(0, 8, bits):
                values[:, axis : axis + width] = (part >> shift) & (2**bits - 1)
                axis += width
            place += width
        values -= (self._levels - 1) / 2
        return Decoded(self, values, table[:, place:].T.float() * _SCALE_STEP, lengths)

    def similarities(self, question: Tensor, tokens: Decoded) -> Tensor:
        """(layers, tokens of the question, tokens): cosines of ``question``, (layers, tokens, hidden), with each."""
        weighed = question.float() / self._weights[..., None]
        turned = weighed @ self._turned_back  # (layers, own, axes)
        constant = weighed @ self._mean.view(self._layers, -1, 1)  # (layers, own, 1)
        cosines = (turned.flatten(0, 1) @ tokens.values.T).view(*turned.shape[:2], -1)
        return (cosines + constant) * tokens.scales[:, None]


def _packed(places: Bytes, axes_of: dict[int, int]) -> list[Bytes]:
    """Rows of bytes; the axes of one byte lie a quarter, or an eighth, of their group apart."""
    found, axis = [], 0
    for bits, count in axes_of.items():
        width = bits * count // 8
        parts = [places[:, axis + i * width : axis + (i + 1) * width] << (bits * i) for i in range(8 // bits)]
        found.append(np.bitwise_or.reduce(parts))
        axis += count
    return found


def decoded(codes: Sequence[bytes]) -> Iterator[tuple[list[int], Decoded]]:
    """Passages of one size as one table, with their positions in ``codes``.

    What a later version wrote is left out, and what is damaged.
    """
    by_number: dict[int, list[int]] = {}
    for position, code in enumerate(codes):
        if len(code) > 1 and code[0] in _BY_NUMBER:
            by_number.setdefault(code[0], []).append(position)
    for number, positions in by_number.items():
        codec = codec_named(_BY_NUMBER[number])
        positions = [i for i in positions if (len(codes[i]) - 1) % codec.token_bytes == 0]
        if not positions:
            continue
        rows = [np.frombuffer(codes[i], np.uint8, offset=1).reshape(-1, codec.token_bytes) for i in positions]
        yield positions, codec.decode(np.concatenate(rows), [len(row) for row in rows])


# of many inexact cosines the largest is too high: in the mean by .81 of a logit on five sets, ko and en (.70 to .97)
SIZES: dict[str, tuple[int, dict[int, int], float]] = {
    "standard": (1, {4: 96, 2: 240, 1: 208}, 0.81),
    "small": (2, {4: 24, 2: 120, 1: 160}, 1.8),
}
_BY_NUMBER = {number: name for name, (number, *_) in SIZES.items()}


@cache
def codec_named(name: str) -> Codec:
    """``standard`` or ``small``."""
    return Codec(*SIZES[name])


@cache
def _fitted(count: int) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Mean (layers x hidden,), the first ``count`` axes as columns, and their deviations."""
    try:
        with np.load(AXES_FILE) as file:
            mean, axes, deviations = (
                file[name].astype(np.float32) for name in ("mean", "axes", "deviations")
            )
            return mean, np.ascontiguousarray(axes[:, :count]), deviations[:count]
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(
            "cannot read {file} ({error}); install the program anew", file=AXES_FILE, error=error
        ) from error
