"""The page's chatbot over several notebooks: shared, and never without what has come into one of them since."""

from __future__ import annotations

from pathlib import Path

from chatbot.config import Config
from chatbot.notebooks import ALONE, Action, Library, Notebook
from chatbot.notebooks.together import JointStore
from chatbot.retrieval.embeddings import known_dimension, store_identity
from chatbot.store import create_store
from chatbot.ui.resources import chatbot_over


def begin(notebook: Notebook) -> None:
    """An index for it, as the first document brings one."""
    config = notebook.enter(Action.ADD)
    create_store(config, store_identity(config), known_dimension(config) or 0).close()


def asked(config: Config, *notebooks: Notebook) -> JointStore:
    store = chatbot_over(config, notebooks).store
    assert isinstance(store, JointStore)
    return store


def test_a_notebook_that_was_empty_is_asked_too_once_something_is_in_it(tmp_path: Path) -> None:
    library = Library(Config(store=tmp_path / "store"))
    first, empty, late = (library.make(name, ALONE) for name in ("First", "Empty", "Late"))
    begin(first)
    config = first.enter(Action.ASK)
    store = asked(config, first, empty, late)
    assert store.numbers == [first.id]
    assert asked(config, first, empty, late) is store, "nothing is loaded again while nothing has come"
    begin(late)
    grown = asked(config, first, empty, late)
    assert grown.numbers == [first.id, late.id]
    assert asked(config, first, empty, late) is grown
    store.close()
    grown.close()
