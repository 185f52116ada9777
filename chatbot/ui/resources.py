"""What all sessions share: the configuration that the page was started with, one chatbot for each, and the writers.

``streamlit run streamlit_app.py -- --config FILE --store DIR``. None of it holds a conversation.
"""

from __future__ import annotations

import argparse
import gc
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from weakref import WeakSet

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from chatbot.answering.writer import Writer
from chatbot.config import Config, LLMConfig, load_config
from chatbot.engine import Chatbot, load_chatbot
from chatbot.llms import LLMS, build_writer, keys
from chatbot.llms.local.catalogue import MODELS, file_of
from chatbot.llms.local.chosen import with_pulled
from chatbot.llms.needs import NEEDS
from chatbot.llms.permission import for_page
from chatbot.notebooks import Notebook
from chatbot.notebooks.loading import has_grown, load_together
from chatbot.ui.jobs import attempt
from chatbot.ui.server.sharing import is_shared

_MOST_CHATBOTS = 8  # with different search settings, at a time
_settled = threading.Event()  # the modules are loaded
_loading: WeakSet[Chatbot] = WeakSet()  # those whose models are being loaded


def chatbot_for(config: Config) -> Chatbot:
    """The shared chatbot; raises what ``load_chatbot`` raises, and tries again next time."""
    return _chatbot(config)


def chatbot_over(config: Config, notebooks: Sequence[Notebook]) -> Chatbot:
    """The shared chatbot over several notebooks at once, the first of which has ``config``; raises as ``chatbot_for``.

    Who may ask them is for the caller to know: in every run of the page.
    """
    which = tuple((notebook.id, notebook.name) for notebook in notebooks)
    found = _joint(config, which, notebooks)
    if has_grown(found, notebooks):
        _joint.clear(config, which, notebooks)
        found = _joint(config, which, notebooks)
    return found


def is_loading(chatbot: Chatbot) -> bool:
    """Whether its models are being loaded, so that a question waits for them; for any thread."""
    return chatbot in _loading


@contextmanager
def loading(chatbot: Chatbot) -> Iterator[None]:
    """While its models are being loaded."""
    _loading.add(chatbot)
    try:
        yield
    finally:
        _loading.discard(chatbot)


def writer_for(config: LLMConfig) -> Writer:
    """The shared writer, kept so that a local model's server stays up between two questions; for any thread.

    Raises what ``build_writer`` raises, and tries again next time.
    """
    return _writer(config.model_dump_json(), keys.changes())


@st.cache_resource(
    show_spinner=False,
    max_entries=_MOST_CHATBOTS,
    hash_funcs={Config: lambda config: config.model_dump_json(exclude={"llm"})},
)
def _chatbot(config: Config) -> Chatbot:
    chatbot = load_chatbot(config)
    # the page is usable at once, and the models load meanwhile; if one cannot, asking says so
    threading.Thread(target=_load_models, args=(chatbot,), name="load the models", daemon=True).start()
    return chatbot


@st.cache_resource(
    show_spinner=False,
    max_entries=_MOST_CHATBOTS,
    hash_funcs={Config: lambda config: config.model_dump_json(exclude={"llm"})},
)
def _joint(config: Config, which: tuple[tuple[int, str], ...], _notebooks: Sequence[Notebook]) -> Chatbot:  # noqa: ARG001 - which is the key
    return load_together(_notebooks, config=config)


def _load_models(chatbot: Chatbot) -> None:
    with loading(chatbot):
        attempt(chatbot.warm_up)
    import altair  # noqa: F401  half a second, when the inspector is first opened

    if not _settled.is_set():  # once: what is frozen while a later chatbot loads would never be collected
        _settled.set()
        gc.collect()
        gc.freeze()  # 580,000 objects that stay: looking through them again and again takes 0.3 s a time


@lru_cache(maxsize=4)  # not st.cache_resource, which wants the thread of the script
def _writer(config: str, _keys_changed: int) -> Writer:
    return build_writer(LLMConfig.model_validate_json(config))


def config_from(arguments: Sequence[str]) -> Config:
    """The configuration that the command line names.

    Raises:
        ConfigError: the file is missing or does not fit.
    """
    parser = argparse.ArgumentParser("streamlit_app", allow_abbrev=False)
    parser.add_argument("--config", type=Path)
    parser.add_argument("--store", type=Path)
    given = parser.parse_args(arguments)
    config = with_pulled(load_config(given.config))
    if given.store:
        config = config.with_(store=given.store)
    for name in config.sharing.backends:
        LLMS.get(name.partition(":")[0])  # one that nobody knows would be missed by those who use the page
    files = [file_of(model, config.models_cache) for model in MODELS.values()]
    return for_page(config, is_shared=is_shared(), files=files)


def keys_from_secrets() -> None:
    """Set each vendor's key variable from ``st.secrets`` where the environment does not have it already."""
    try:
        for needs in NEEDS.values():
            for name in (*needs.keys, needs.optional_key):
                if name and name in st.secrets and not os.environ.get(name):
                    os.environ[name] = str(st.secrets[name])
    except StreamlitSecretNotFoundError:  # no secrets file: the usual case
        return
