"""The files of a run in lots, and how often each may be tried: what a lost worker had is done again, but not for ever."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.sync import FileTask

LOT_FILES = 16  # enough chunks to embed together, and little to do again
LOT_BYTES = 16 * 2**20  # of all files of a lot; a larger file is a lot of its own
TOGETHER = 2  # workers that a lot of several files may lose before each of its files goes alone
ALONE = 4  # ... and that one file may lose then
_LOTS_EACH = 4  # for a worker, where there are files enough: the last one to end is not far behind the first


@dataclass(frozen=True, slots=True)
class Lot:
    """Files for one worker at a time; ``lost``: workers that ended while they had it, ``before`` it was cut up."""

    tasks: tuple[FileTask, ...]
    lost: int = 0
    before: int = 0

    @property
    def tried(self) -> bool:
        """Whether some of it may be stored already."""
        return self.lost + self.before > 0


class Lots:
    """What is still to be given to a worker."""

    def __init__(self, tasks: Sequence[FileTask], workers: int) -> None:
        most = max(1, min(LOT_FILES, -(-len(tasks) // (workers * _LOTS_EACH))))
        self._waiting = deque(Lot(tuple(part)) for part in _parts(tasks, most))

    def __len__(self) -> int:
        return len(self._waiting)

    def take(self) -> Lot:
        """The next one. Raises ``IndexError`` if there is none."""
        return self._waiting.popleft()

    def lose(self, lot: Lot) -> tuple[FileTask, int] | None:
        """A worker ended while it had ``lot``, which is tried again.

        Returns a file that has lost so many workers that it is not tried any more, with their number.
        """
        lot = replace(lot, lost=lot.lost + 1)
        if len(lot.tasks) > 1 and lot.lost >= TOGETHER:  # one of them may be what workers die of
            self._waiting.extendleft(Lot((task,), 0, lot.lost) for task in reversed(lot.tasks))
        elif len(lot.tasks) == 1 and lot.lost >= ALONE:
            return lot.tasks[0], lot.lost + lot.before
        else:
            self._waiting.appendleft(lot)
        return None


def _parts(tasks: Sequence[FileTask], most: int) -> Iterator[list[FileTask]]:
    part: list[FileTask] = []
    for task in tasks:
        if part and (len(part) == most or sum(t.bytes for t in part) + task.bytes > LOT_BYTES):
            yield part
            part = []
        part.append(task)
    if part:
        yield part
