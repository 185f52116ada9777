"""Versions of an answer side by side: a conversation is a tree, and one way through it is shown.

    1 ── 2 ── 3          asked one after the other
    └─── 4 ── 5          2 was asked again as 4, and 5 after that: 2 and 4 are versions of one place

Nothing is dropped when a question is asked again or edited. What followed a version belongs to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where an exchange stands in its conversation.

    Attributes:
        position: its number, given by the database and never used twice in a conversation; later ones are greater.
        follows: position of the exchange before it; ``None`` where it begins the conversation.
        chosen: of the versions of one place, the one with the greatest is shown.
        changed: number of the change of the conversation that changed it last.
    """

    position: int
    follows: int | None = None
    chosen: int = 0
    changed: int = 0


class Branches:
    """The places of one conversation, and the way through them that is shown."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._after: dict[int | None, list[Place]] = {}
        self._all: dict[int, Place] = {}
        for place in sorted(places, key=lambda place: place.position):
            self._all[place.position] = place
            self._after.setdefault(place.follows, []).append(place)

    def __iter__(self) -> Iterator[Place]:
        return iter(self._all.values())

    def __contains__(self, position: int) -> bool:
        return position in self._all

    def __getitem__(self, position: int) -> Place:
        return self._all[position]

    def shown(self, after: int | None = None) -> tuple[Place, ...]:
        """The way that is shown, from the beginning or from what stands behind ``after``."""
        way: list[Place] = []
        while versions := self._after.get(after):
            way.append(max(versions, key=lambda place: (place.chosen, place.position)))
            after = way[-1].position
        return tuple(way)

    def end(self, after: int | None) -> int | None:
        """Position of the last one that is shown behind ``after``; that itself where nothing is."""
        way = self.shown(after)
        return way[-1].position if way else after

    def versions(self, position: int) -> tuple[int, ...]:
        """Positions of all versions of the place at which ``position`` stands, in the order in which they were asked."""
        return tuple(place.position for place in self._after[self._all[position].follows])

    def way_to(self, position: int) -> tuple[int, ...]:
        """The positions from the beginning to ``position``, both included."""
        way: list[int] = []
        at: int | None = position
        while at is not None and at in self._all and at not in way:
            way.insert(0, at)
            at = self._all[at].follows
        return tuple(way)
