"""Reading an answer to its end, in a job."""

from __future__ import annotations

from collections.abc import Callable

from chatbot.answering.answer import Answer
from chatbot.errors import LLMError

_LONGEST = 40_000  # characters; a server that ignores max_tokens would drown the browser


def read_answer(answer: Answer, is_stopped: Callable[[], bool]) -> None:
    """Read until the end or until ``is_stopped``; what has come stays in ``answer.received``. Raises ``LLMError``."""
    length = 0
    for piece in answer:
        length += len(piece)
        if is_stopped():
            answer.close()
            return
        if length > _LONGEST:
            raise LLMError(
                f"the answer passed {_LONGEST:,} characters and was cut there; lower llm.max_tokens or choose another model"
            )
