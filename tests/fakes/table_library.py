"""A chatbot over a few files of a test's own, and a conversation with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from chatbot import Chatbot, load_chatbot
from chatbot.answering.answer import Answer
from chatbot.config import Config
from chatbot.conversations.record import documents_of_turn
from chatbot.trace import Turn
from ingest.pipeline import run


@contextmanager
def chatbot_over(folder: Path, files: Mapping[str, str]) -> Iterator[Chatbot]:
    """``files``: texts by name, written into ``folder``, which holds the index too."""
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    config = Config().with_(store=folder / "store")
    assert not run(config, [folder]).refused
    made = load_chatbot(config)
    yield made
    made.store.close()


def asked_in_turn(chatbot: Chatbot, questions: Sequence[str], *, documents: bool) -> Answer:
    """The answer to the last of ``questions``, each asked after those before it.

    Args:
        documents: whether the turns say which documents were used; programs send back no more than words.
    """
    history: list[Turn] = []
    for question in questions:
        answer = chatbot.ask(question, history)
        history.append(Turn(question, answer.text, documents_of_turn(answer) if documents else ()))
    return answer
