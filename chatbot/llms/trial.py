"""One round trip to a language model: does it answer, and how fast?"""

from __future__ import annotations

import time
from contextlib import closing, nullcontext, suppress
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from threading import Thread

from chatbot.answering.writer import RESTART, Evidence, Writer, Writing
from chatbot.citations.sources import number_sources
from chatbot.config import LLMConfig
from chatbot.errors import ChatbotError, Phrase
from chatbot.llms import build_writer
from chatbot.llms.streaming import PREPARING_S
from chatbot.trace import Candidate

LIMIT_S = 15.0
LONGEST = 200  # characters that are read of the answer
_QUESTION = "What colour is the test card?"
_PASSAGE = "The test card is green."


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it.

    Attributes:
        ms: milliseconds to the end of the answer, or until it was given up.
        first_ms: milliseconds to the first piece of text; ``None`` when none came.
        text: what the model said, at most ``LONGEST`` characters.
        reason: one sentence on why it failed and what to do; empty when ``ok``.
    """

    ok: bool
    ms: float
    first_ms: float | None = None
    text: str = ""
    reason: str = ""


def try_backend(config: LLMConfig, limit_s: float = LIMIT_S) -> Trial:
    """Ask the backend of ``config`` one short question; no second try, and an end after ``limit_s`` seconds.

    The seconds count from when the backend's library is loaded.

    Nothing of the documents is sent. A local model is loaded if it is not. Never raises for what a person can put
    right: that is ``Trial.reason``.
    """
    start = time.perf_counter()
    outcome: SimpleQueue[Trial | BaseException] = SimpleQueue()
    Thread(target=_try, args=(config, limit_s, outcome), name="llm trial", daemon=True).start()
    with suppress(Empty):
        found = outcome.get(timeout=limit_s + PREPARING_S)
        if isinstance(found, BaseException):
            raise found
        return found
    return Trial(False, _ms_since(start), reason=_too_slow(config.backend, limit_s))


def _try(config: LLMConfig, limit_s: float, outcome: SimpleQueue[Trial | BaseException]) -> None:
    limits = config.limits.model_copy(
        update={"first_token_s": limit_s, "idle_s": limit_s, "total_s": limit_s, "tries": 1}
    )
    start = time.perf_counter()
    try:
        writer = build_writer(config.model_copy(update={"limits": limits}))
        start = time.perf_counter()
        outcome.put(_ask(writer, start))
    except ChatbotError as error:
        is_late = _ms_since(start) >= limit_s * 1000
        reason = _too_slow(config.backend, limit_s) if is_late else str(error)
        outcome.put(Trial(False, _ms_since(start), reason=reason))
    except BaseException as error:  # a bug: raised where it was asked for
        outcome.put(error)


def _ask(writer: Writer, start: float) -> Trial:
    card = Candidate(1, "test card", _PASSAGE, (0, len(_PASSAGE)), rank=1)
    pieces = writer.write(Evidence(_QUESTION, number_sources([card], _QUESTION, None)))
    trial = Trial(True, 0.0)
    with closing(pieces) if isinstance(pieces, Writing) else nullcontext():
        for piece in pieces:
            if piece is RESTART:
                trial = replace(trial, text="")
                continue
            first = trial.first_ms or _ms_since(start)
            trial = replace(trial, first_ms=first, text=(trial.text + piece)[:LONGEST])
            if len(trial.text) == LONGEST:
                break
    return replace(trial, ms=_ms_since(start))


def _too_slow(backend: str, limit_s: float) -> str:
    return Phrase(
        "{backend} gave no answer within {seconds} s; check its address and this machine's network, or choose a faster llm.model",
        backend=backend,
        seconds=f"{limit_s:g}",
    )


def _ms_since(start: float) -> float:
    return (time.perf_counter() - start) * 1000
