"""A chatbot over one notebook, by its name."""

from __future__ import annotations

from chatbot import engine
from chatbot.config import Config, load_config
from chatbot.engine import Chatbot
from chatbot.notebooks.access import Action
from chatbot.notebooks.library import Library
from chatbot.notebooks.people import ALONE, Person


def load_chatbot(
    config: Config | None = None, notebook: str | int | None = None, person: Person = ALONE
) -> Chatbot:
    """The chatbot over the index that ``config`` names, or over one of its notebooks.

    Models load on first use, or in ``warm_up``; nothing is fetched.

    Args:
        notebook: its name or id; the first one unless given.
        person: for whom; whoever runs this program may read every notebook unless given.

    Raises:
        NotebookMissing, NotAllowed: there is none of that name, or the person may not ask it.
        StoreMissing: nothing has been ingested yet.
        ModelMismatch: the index was built with another embedding model.
        ModelError: weights are not on this machine, or damaged.
    """
    config = config or load_config()
    if notebook is None and person.is_alone:
        return engine.load_chatbot(config)
    library = Library(config)
    opened = library.open("main" if notebook is None else notebook, person)
    return engine.load_chatbot(opened.enter(Action.ASK))
