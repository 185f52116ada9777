"""Terms as lexical search compares them: stemmed and without accents, as FTS5 does it, and each as one number.

The number is a hash of 64 bits: a dictionary of terms would be one more table, and one that every writer waits for. Of
ten million terms two share a number with a probability of 3 in a million, and then a passage scores a little too high.
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b

import Stemmer

_LONGEST = 64  # bytes; FTS5 stems no longer ones
_local = threading.local()


@lru_cache(200_000)
def key_of(term: str) -> int:
    """The number of ``term``, the same for all its forms."""
    digest = blake2b(_stem(term).encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def keys_of(terms: Iterable[str]) -> list[int]:
    """In the order given; forms of one word give the same number."""
    return [key_of(term) for term in terms]


def _stem(term: str) -> str:
    if not term.isascii():
        bare = (c for c in unicodedata.normalize("NFD", term) if not unicodedata.combining(c))
        term = unicodedata.normalize("NFC", "".join(bare))
    if len(term.encode("utf-8", "replace")) > _LONGEST:
        return term
    if not hasattr(_local, "stemmer"):  # one for each thread: it is not to be shared
        _local.stemmer = Stemmer.Stemmer("porter")
    return str(_local.stemmer.stemWord(term))
