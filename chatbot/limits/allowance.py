"""Questions, texts, uploads and storage of a person, as ``[limits]`` in the configuration says.

    refusal = take_question(config, person.id, is_shared=True)   # None: it may be asked, and counts

``config`` is that of the library, whatever notebook it is about. Where nobody signs in there is one person, and no limit
unless one is set. Where people sign in, what is not set has the numbers below. The counts are of this process, and of
everything in it, the page as well as programs that come with a key: they begin anew with it. Where an index in PostgreSQL is
shared, they are kept there for all processes together (``shared_counts``); answers under way are counted by each process.
"""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, Protocol

from chatbot.config import Config, LimitsConfig
from chatbot.limits.shared_counts import SharedCounts
from chatbot.limits.window import Window
from chatbot.store.tables import are_shared

SHARED = LimitsConfig(
    questions_per_minute=20,
    answers_at_once=8,
    texts_per_minute=10_000,  # two minutes of two cores
    upload_files_per_hour=1_000,
    upload_mb_per_hour=1_000,
    storage_mb=10_000,
)
MINUTE, HOUR = 60.0, 3600.0
MB = 10**6

_questions, _texts, _files, _megabytes = Window(MINUTE), Window(MINUTE), Window(HOUR), Window(HOUR)
_answers: Counter[str] = Counter()
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something is not taken now.

    Attributes:
        most: how many there may be, in the unit of its kind; of ``storage`` and ``megabytes`` 10**6 bytes.
        wait_s: after how many seconds there is room again; ``inf``: never, it is more than may be had at once.
    """

    kind: Literal["questions", "answers", "texts", "files", "megabytes", "storage"]
    most: int
    wait_s: float


def in_force(limits: LimitsConfig, is_shared: bool) -> LimitsConfig:
    """``limits`` with a number for each, 0 for none."""
    defaults = SHARED if is_shared else LimitsConfig(**dict.fromkeys(LimitsConfig.model_fields, 0))
    given = {name: value for name, value in limits.model_dump().items() if value is not None}
    return defaults.model_copy(update=given)


class _Counts(Protocol):
    """See ``Window``."""

    def take(self, person: str, amount: int, most: int) -> float: ...

    def give_back(self, person: str, amount: int) -> None: ...


def _kept(config: Config, kind: str, here: Window) -> _Counts:
    """Where amounts of ``kind`` are counted: ``here``, or where several processes share them."""
    return SharedCounts(config, kind, here.span_s) if are_shared(config) else here


def take_question(config: Config, who: str, *, is_shared: bool) -> Refusal | None:
    """Why ``who`` may not ask now; ``None`` where they may, and then it counts.

    Raises:
        StoreError: the counts are in a database that cannot be asked; so do the other two.
    """
    most = in_force(config.limits, is_shared).questions_per_minute
    wait_s = _kept(config, "questions", _questions).take(who, 1, most) if most else 0.0
    return Refusal("questions", most or 0, wait_s) if wait_s else None


def take_texts(config: Config, who: str, count: int, *, is_shared: bool) -> Refusal | None:
    """Why ``who`` may not have so many texts embedded or ranked now; ``None`` where they may."""
    most = in_force(config.limits, is_shared).texts_per_minute
    wait_s = _kept(config, "texts", _texts).take(who, count, most) if most else 0.0
    return Refusal("texts", most or 0, wait_s) if wait_s else None


def take_upload(
    config: Config, who: str, files: int, size: int, stored: Callable[[], int], *, is_shared: bool
) -> Refusal | None:
    """Why ``who`` may not add so many files of ``size`` bytes now; ``None`` where they may.

    Args:
        stored: how many bytes the person whose notebook it is has stored already, in all of theirs; asked where there is
            a limit. See ``Library.stored_with``.
    """
    most = in_force(config.limits, is_shared)
    if most.storage_mb and stored() + size > most.storage_mb * MB:
        return Refusal("storage", most.storage_mb, math.inf)
    counted = _kept(config, "files", _files)
    if most.upload_files_per_hour and (wait_s := counted.take(who, files, most.upload_files_per_hour)):
        return Refusal("files", most.upload_files_per_hour, wait_s)
    megabytes = math.ceil(size / MB)
    sizes = _kept(config, "megabytes", _megabytes)
    if most.upload_mb_per_hour and (wait_s := sizes.take(who, megabytes, most.upload_mb_per_hour)):
        if most.upload_files_per_hour:
            counted.give_back(who, files)
        return Refusal("megabytes", most.upload_mb_per_hour, wait_s)
    return None


@contextmanager
def answering(limits: LimitsConfig, who: str, *, is_shared: bool) -> Iterator[Refusal | None]:
    """While an answer is found and written for ``who``: why it may not begin, or ``None``, and then it counts to the end."""
    most = in_force(limits, is_shared).answers_at_once or 0
    with _lock:
        is_free = not most or _answers[who] < most
        _answers[who] += is_free
    try:
        yield None if is_free else Refusal("answers", most, 1.0)
    finally:
        with _lock:
            _answers[who] -= is_free
            if not _answers[who]:
                del _answers[who]
