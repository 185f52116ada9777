"""A chatbot over one notebook, by its name, or over several at once."""

from __future__ import annotations

from collections.abc import Sequence

from chatbot import engine
from chatbot.config import Config, load_config
from chatbot.engine import Chatbot
from chatbot.errors import LibraryError, StoreMissing
from chatbot.notebooks.access import Action
from chatbot.notebooks.library import Library, Notebook
from chatbot.notebooks.people import ALONE, Person
from chatbot.notebooks.schema import FIRST
from chatbot.notebooks.together import JointStore, Part
from chatbot.retrieval.embeddings import store_identity
from chatbot.store import identity_at, open_store

MOST = 20  # notebooks at once


def load_chatbot(
    config: Config | None = None,
    notebook: str | int | Sequence[str | int] | None = None,
    person: Person = ALONE,
) -> Chatbot:
    """The chatbot over the index that ``config`` names, or over its notebooks.

    Models load on first use, or in ``warm_up``; nothing is fetched.

    Args:
        notebook: its name or id, or several; the first one unless given.
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
    names = [notebook] if isinstance(notebook, str | int) else list(notebook or [FIRST])
    library = Library(config)
    return load_together([library.open(name, person) for name in names])


def load_together(notebooks: Sequence[Notebook], question: str = "", config: Config | None = None) -> Chatbot:
    """A chatbot over all of ``notebooks``; those in which nothing is yet are left out. Raises as ``load_chatbot``.

    Args:
        question: what is asked, for the log.
        config: what it is asked with; that of the first notebook unless given.
    """
    opened = {notebook.id: (notebook, notebook.enter(Action.ASK, question)) for notebook in notebooks}
    if len(opened) > MOST:
        raise LibraryError("{most} notebooks can be asked at once; choose fewer", most=MOST)
    first = config or next(iter(opened.values()))[1]
    if len(opened) == 1:
        return engine.load_chatbot(first)
    parts, missing = [], None
    names = [notebook.name for notebook, _ in opened.values()]
    for notebook, inside in opened.values():
        try:
            store = open_store(inside, store_identity(inside))
        except StoreMissing as error:
            missing = error
            continue
        name = notebook.name if names.count(notebook.name) == 1 else f"{notebook.name} #{notebook.id}"
        parts.append(Part(name, notebook.id, store))
    if not parts and missing is not None:
        raise missing
    return Chatbot(first, JointStore(parts))


def has_grown(chatbot: Chatbot, notebooks: Sequence[Notebook]) -> bool:
    """Whether one of ``notebooks`` that was empty when ``chatbot`` was loaded over them is so no more. Raises ``StoreError``."""
    if not isinstance(chatbot.store, JointStore):
        return False
    there = chatbot.store.numbers
    return any(_holds_an_index(notebook) for notebook in notebooks if notebook.id not in there)


def _holds_an_index(notebook: Notebook) -> bool:
    try:
        identity_at(notebook.enter(Action.ASK))
    except StoreMissing:
        return False
    return True
