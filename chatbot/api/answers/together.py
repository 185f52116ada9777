"""The notebooks that one question goes to: each is entered by itself, and a passage leads back to the one that holds it."""

from __future__ import annotations

from collections.abc import Sequence

from chatbot.api.people import Caller
from chatbot.api.service import Service
from chatbot.config import Config
from chatbot.engine import Chatbot
from chatbot.notebooks import Action
from chatbot.notebooks.together import notebook_of_chunk
from chatbot.trace import Candidate, Source


def enter_all(caller: Caller, notebooks: Sequence[int], question: str) -> Config:
    """The configuration with which they are asked: that of the first. Raises ``NotAllowed`` or ``NotebookMissing`` for
    any that the caller may not ask.
    """
    configs = [caller.enter(number, Action.ASK, question) for number in notebooks]
    return configs[0]


def chatbot_over(service: Service, caller: Caller, config: Config, notebooks: Sequence[int]) -> Chatbot:
    """The chatbot over ``notebooks``, which were entered. Raises ``StoreMissing`` where nothing is in any of them."""
    if len(notebooks) == 1:
        return service.chatbot_for(config)
    return service.chatbot_over(config, [caller.open(number) for number in notebooks])


def place_of(source: Source, notebooks: Sequence[int]) -> tuple[int, str]:
    """The notebook that holds a source, and what its document is called there."""
    return place_in(source.candidate, notebooks)


def place_in(candidate: Candidate, notebooks: Sequence[int]) -> tuple[int, str]:
    """The same for a candidate."""
    number = notebook_of_chunk(candidate.chunk_id)
    if len(notebooks) == 1 or number not in notebooks:
        return notebooks[0], candidate.document
    return number, candidate.document.partition("/")[2]
