"""Terms as lexical search compares them: stemmed and without accents, as FTS5 does it, and each as one number.

The number is a hash of 64 bits: a dictionary of terms would be one more table, and one that every writer waits for. Of
ten million terms two share a number with a probability of 3 in a million, and then a passage scores a little too high.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b

import Stemmer

_STEMMED = range(3, 65)  # bytes of a word; FTS5 leaves others as they are
# Porter's own program, which FTS5 has, departs from his paper in two endings: methodology, assembly
_DEPARTS = re.compile("log(?:y|ies)$|bl(?:y|ies)$")
_MEASURED = re.compile("[aeiou][^aeiou]|[^aeiou]y[^aeiou]")
_WITHOUT_ACCENTS = re.compile("([A-Za-z])[\u0300-\u036f]+")  # of Latin letters alone, as FTS5 leaves them out
_OTHERWISE = {ord("ς"): "σ", ord("・"): None}
_local = threading.local()


@lru_cache(200_000)
def key_of(term: str) -> int:
    """The number of ``term``, the same for all its forms."""
    digest = blake2b(stem_of(term).encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def keys_of(terms: Iterable[str]) -> list[int]:
    """In the order given; forms of one word give the same number."""
    return [key_of(term) for term in terms]


def stem_of(term: str) -> str:
    """``term`` without ending and accents."""
    if not term.isascii():
        term = _WITHOUT_ACCENTS.sub(r"\1", unicodedata.normalize("NFD", term))
        term = unicodedata.normalize("NFC", term).translate(_OTHERWISE)
    if len(term.encode("utf-8", "replace")) not in _STEMMED:
        return term
    match = _DEPARTS.search(term)
    if match and _MEASURED.search(term[: match.start()]):
        term = term[: match.start()] + ("log" if match.group()[0] == "l" else "ble")
    if not hasattr(_local, "stemmer"):  # one for each thread: it is not to be shared
        _local.stemmer = Stemmer.Stemmer("porter")
    return str(_local.stemmer.stemWord(term))
