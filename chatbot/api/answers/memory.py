"""The latest answers of this program: for receipts, and for what a follow-up leans on. In memory, so many and no more.

A client sends the conversation back as text alone. What was cited in it, and whether it was talk, is known
here by its words.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass

from chatbot.conversations.record import ExchangeRecord

_RECORDS = 200  # with 20 passages each, 10 MB
_TOLD = 5_000  # answers of which the documents are remembered


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it was given. ``person``: whose it is; ``Caller.who``."""

    person: str
    notebooks: tuple[int, ...]
    record: ExchangeRecord


@dataclass(frozen=True, slots=True)
class Told:
    """What is remembered of an answer's words. ``may_be_leant_on``: not talk."""

    documents: tuple[str, ...]
    may_be_leant_on: bool


class Memory:
    """For all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._records: OrderedDict[str, Kept] = OrderedDict()
        self._told: OrderedDict[bytes, Told] = OrderedDict()

    def keep(self, number: str, kept: Kept) -> None:
        """Remember an answer under its number; the oldest is forgotten where there are more than ``_RECORDS``."""
        with self._lock:
            self._records[number] = kept
            while len(self._records) > _RECORDS:
                self._records.popitem(last=False)

    def kept(self, number: str, person: str) -> Kept | None:
        """That of this number, if it is this person's."""
        with self._lock:
            found = self._records.get(number)
        return found if found is not None and found.person == person else None

    def tell(self, person: str, notebook: int, text: str, told: Told) -> None:
        """Remember what stood behind an answer with these words, for a follow-up that repeats them; ``_TOLD`` at most."""
        with self._lock:
            self._told[_name(person, notebook, text)] = told
            while len(self._told) > _TOLD:
                self._told.popitem(last=False)

    def told(self, person: str, notebook: int, text: str) -> Told | None:
        """What is remembered of an answer with these words, white space aside."""
        with self._lock:
            return self._told.get(_name(person, notebook, text))


def _name(person: str, notebook: int, text: str) -> bytes:
    words = " ".join(text.split()).encode("utf-8", "surrogatepass")
    return hashlib.sha256(f"{person}\0{notebook}\0".encode() + words).digest()
