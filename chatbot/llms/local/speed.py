"""How fast a fetched model is on this machine: what its last answers took, in a file beside the model. No word of them is kept.

    watch = Stopwatch()
    for piece in watch.shown(pieces_of(watch.written(responses))): ...
    keep(file, watch.took(tokens))        # speed_of(file) -> Speed, or None before the first answer

A model answers about as fast as its file is small and its machine has cores, memory and other work: nothing is foretold.
"""

from __future__ import annotations

import json
import math
import os
import platform
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from chatbot.answering.writer import RESTART
from chatbot.llms.responses import thought_in

if TYPE_CHECKING:
    from llama_index.core.base.llms.types import ChatResponse

_FILE = "speed.json"
_KEPT = 20  # answers: the machine's work of today counts more than that of last month
_FEWEST = 8  # tokens: the time of a shorter answer is mostly its beginning
_writing = threading.Lock()


@dataclass(frozen=True, slots=True)
class Took:
    """What one whole answer took.

    Attributes:
        tokens: that the model wrote, thoughts included, as it counted them.
        writing_s: seconds from its first token to its last.
        first_s: seconds from the request to the first word that was shown.
    """

    tokens: int
    writing_s: float
    first_s: float


@dataclass(frozen=True, slots=True)
class Speed:
    """Measured over the last ``answers`` answers; ``first_s``: seconds to the first word, in the middle one of them."""

    tokens_per_s: float
    first_s: float
    answers: int


class Stopwatch:
    """Of one request, which is sent now."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._first_token = self._last_token = self._first_word = 0.0

    def written(self, responses: Iterable[ChatResponse]) -> Iterator[ChatResponse]:
        """What the model sends, with a look at the clock at each piece of text or thought."""
        for response in responses:
            if response.delta or thought_in(response):
                self._last_token = time.perf_counter()
                self._first_token = self._first_token or self._last_token
            yield response

    def shown(self, pieces: Iterable[str]) -> Iterator[str]:
        """What a reader gets of it."""
        for piece in pieces:
            if piece is RESTART:
                self._first_word = 0.0
            elif piece and not self._first_word:
                self._first_word = time.perf_counter()
            yield piece

    def took(self, tokens: int) -> Took | None:
        """Once the answer, of so many tokens, is whole; ``None`` where too little was written to tell."""
        if tokens < _FEWEST or not self._first_word or self._last_token <= self._first_token:
            return None
        return Took(tokens, self._last_token - self._first_token, self._first_word - self._began)


def keep(model: Path, took: Took) -> None:
    """Keep what an answer of the model in this file took; where nothing can be written there, nothing is known of it."""
    file = model.with_name(_FILE)
    half = file.with_name(f"{_FILE}.{os.getpid()}.tmp")
    with _writing, suppress(OSError):
        answers = [*_read(file), took][-_KEPT:]
        rows = [[one.tokens, round(one.writing_s, 3), round(one.first_s, 3)] for one in answers]
        half.write_text(json.dumps({"machine": _machine(), "answers": rows}), "utf-8")
        half.replace(file)


def speed_of(model: Path) -> Speed | None:
    """Of the model in this file, on this machine; ``None`` before its first answer."""
    answers = _read(model.with_name(_FILE))
    if not answers:
        return None
    # the first token is there when the writing begins
    written, seconds = sum(one.tokens - 1 for one in answers), sum(one.writing_s for one in answers)
    return Speed(written / seconds, median(one.first_s for one in answers), len(answers))


def _read(file: Path) -> list[Took]:
    """The oldest first; none of another machine, and none of a file that is not ours."""
    try:
        found = json.loads(file.read_text("utf-8"))
        if found["machine"] != _machine():
            return []
        answers = [
            Took(int(tokens), float(writing), float(first)) for tokens, writing, first in found["answers"]
        ]
    except (OSError, ValueError, TypeError, KeyError, OverflowError):
        return []
    return [
        one for one in answers if one.tokens >= _FEWEST and _is_time(one.writing_s) and _is_time(one.first_s)
    ]


def _is_time(seconds: float) -> bool:
    return math.isfinite(seconds) and seconds > 0


def _machine() -> str:
    """What tells this machine from another to which the folder may be copied: its kind of processor, and how many it has."""
    return f"{platform.machine()} {os.cpu_count()}"
