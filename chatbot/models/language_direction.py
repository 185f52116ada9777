"""What of a vector only says in which language a text is, to be taken out of a question's vectors.

A question lies nearer to passages of its own language, whatever they are about. The mean vectors of Korean and English
texts that say the same differ in one direction, and that says nothing but the language ("language-information removal",
Yang et al., 2021). With less of it a Korean question has the English passage that answers it in the first place for .69 of
35 questions, with all of it for .51 (docs/reranker-research.md, H15). It is taken out of the question alone: what one side of
a product does not have of a direction, the other side's part of it does not count for, so no index is made anew.

Fitted for multilingual-e5-small by ``benchmarks.judging.language_direction``.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

# of what an embedding has of it. 600 sentences that look for their translation among passages of both languages and 400
# questions that look in their own, nDCG@10 (ko > en, en > ko, en, ko): none of it taken out .805 .903 .895 .970, three
# quarters .916 .900 .895 .967, all of it .905 .891 .895 .960
EMBEDDING_SHARE = 0.75
# and of what a token vector has: the order gains as much as by all of it, and the logit still tells absent topics, which
# it does by the language too (absent, whole questions: refused .91 of 280 with nothing taken out, .84 with all of it)
TOKEN_SHARE = 0.25
DIRECTION_FILE = Path(__file__).with_name("language_direction.npz")


@cache
def of_embeddings() -> Vectors:
    """Of the model's embeddings: (hidden,), of length 1."""
    return _directions("embedding")


@cache
def of_token_vectors() -> Vectors:
    """Of the token vectors of late interaction, for each of its layers: (layers, hidden), rows of length 1."""
    return _directions("tokens")


def turned_embeddings(embeddings: Vectors) -> Vectors:
    """Embeddings of questions, (..., hidden), as passages are searched with."""
    return turned(embeddings, of_embeddings(), EMBEDDING_SHARE)


def turned(vectors: Vectors, directions: Vectors, share: float) -> Vectors:
    """Vectors of questions without that share of what they have of ``directions``; of length 1.

    Args:
        vectors: embeddings, (..., hidden), or token vectors, (layers, tokens, hidden).
        directions: (hidden,), or (layers, 1, hidden).
    """
    rest = vectors - share * (vectors * directions).sum(-1, keepdims=True) * directions
    found: Vectors = rest / np.linalg.norm(rest, axis=-1, keepdims=True)
    return found


def _directions(name: str) -> Vectors:
    with np.load(DIRECTION_FILE) as file:
        found: Vectors = file[name].astype(np.float32)
    return found
