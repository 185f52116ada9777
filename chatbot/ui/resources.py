"""What all sessions share: one chatbot per configuration, and the writers. None of it holds a conversation."""

from __future__ import annotations

import gc
import threading
from functools import lru_cache

import streamlit as st

from chatbot.config import Config, LLMConfig
from chatbot.engine import Chatbot, load_chatbot
from chatbot.llms import build_writer
from chatbot.llms.llm_writer import Writer
from chatbot.ui.attempt import attempt


def chatbot_for(config: Config) -> Chatbot:
    """The shared chatbot; raises what ``load_chatbot`` raises, and tries again next time."""
    return _chatbot(config)


def writer_for(config: LLMConfig) -> Writer:
    """The shared writer, kept so that a local model's server stays up between two questions; for any thread.

    Raises what ``build_writer`` raises, and tries again next time.
    """
    return _writer(config.model_dump_json())


@st.cache_resource(
    show_spinner=False, hash_funcs={Config: lambda config: config.model_dump_json(exclude={"llm"})}
)
def _chatbot(config: Config) -> Chatbot:
    chatbot = load_chatbot(config)
    # the page is usable at once, and the models load meanwhile; if one cannot, asking says so
    threading.Thread(target=_load_models, args=(chatbot,), name="load the models", daemon=True).start()
    return chatbot


def _load_models(chatbot: Chatbot) -> None:
    attempt(chatbot.warm_up)
    import altair  # noqa: F401  half a second, when the inspector is first opened

    gc.freeze()  # 580,000 objects that stay: looking through them again and again takes 0.3 s a time


@lru_cache(maxsize=4)  # not st.cache_resource, which wants the thread of the script
def _writer(config: str) -> Writer:
    return build_writer(LLMConfig.model_validate_json(config))
