"""How many pages are open at once: of one address and of all who have not signed in, and of each person who has.

The two are counted apart, so that however many strangers come, nobody who has signed in waits behind them.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from chatbot.ui.server.visitors import Person, forget_strangers

MOST_OF_AN_ADDRESS = 64  # pages of strangers: an office behind one address, before it has signed in
MOST_OF_STRANGERS = 256  # of all addresses; .04 MB each where people sign in
MOST_OF_A_PERSON = 64  # tabs of somebody who has signed in
MOST_MESSAGES = 120  # a minute, on one page of somebody who has yet to sign in: the way in takes three
_MINUTE = 60.0


class Visits:
    """The WebSockets that are open. For the one thread of the server."""

    def __init__(self) -> None:
        self._open: Counter[Person | str] = Counter()  # by person, or by the address of a stranger

    def has_room(self, person: Person | None, address: str) -> bool:
        """Whether one more page may be opened."""
        if person is not None:
            return self._open[person] < MOST_OF_A_PERSON
        strangers = sum(count for who, count in self._open.items() if isinstance(who, str))
        return self._open[address] < MOST_OF_AN_ADDRESS and strangers < MOST_OF_STRANGERS

    @contextmanager
    def one_more(self, person: Person | None, address: str, *, must_sign_in: bool) -> Iterator[None]:
        """It is open until the end of the block.

        Args:
            must_sign_in: of a stranger nothing is kept then; else the page waits for whoever comes back.
        """
        who = address if person is None else person
        self._open[who] += 1
        try:
            yield
        finally:
            self._open[who] -= 1
            if not self._open[who]:
                del self._open[who]
            if person is None and must_sign_in:
                forget_strangers()


class Pace:
    """Messages on one page within a minute."""

    def __init__(self, most: int) -> None:
        self._most, self._since, self._count = most, time.monotonic(), 0

    def allows_one_more(self) -> bool:
        now = time.monotonic()
        if now - self._since > _MINUTE:
            self._since, self._count = now, 0
        self._count += 1
        return self._count <= self._most
