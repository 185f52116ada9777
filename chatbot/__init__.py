"""Everything needed to answer a question from an index.

    condense(history, question) -> retrieve(dense + lexical -> k) -> rerank -> gate -> answer -> check citations

>>> from chatbot import load_chatbot
>>> answer = load_chatbot().ask("What is a cross-encoder?")
>>> print(answer.text, answer.sources)
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chatbot.answering.answer import Answer as Answer
    from chatbot.answering.llama_index.retriever import SecondLookRetriever as SecondLookRetriever
    from chatbot.answering.writer import Tokens as Tokens
    from chatbot.citations.check import ClaimCheck as ClaimCheck
    from chatbot.config import Config as Config
    from chatbot.config import load_config as load_config
    from chatbot.engine import Chatbot as Chatbot
    from chatbot.errors import ChatbotError as ChatbotError
    from chatbot.notebooks.library import Library as Library
    from chatbot.notebooks.loading import load_chatbot as load_chatbot
    from chatbot.trace import Candidate as Candidate
    from chatbot.trace import Message as Message
    from chatbot.trace import Search as Search
    from chatbot.trace import Source as Source
    from chatbot.trace import Turn as Turn

_HOME = {
    "Answer": "answering.answer", "Candidate": "trace", "Chatbot": "engine", "ChatbotError": "errors",
    "ClaimCheck": "citations.check", "Config": "config", "Library": "notebooks.library", "Message": "trace", "Search": "trace",
    "SecondLookRetriever": "answering.llama_index.retriever", "Source": "trace", "Tokens": "answering.writer",
    "Turn": "trace", "load_chatbot": "notebooks.loading",
    "load_config": "config",
}  # fmt: skip
__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    """Load on first use: torch and LlamaIndex take seconds, ``secondlook --help`` needs neither."""
    if name == "__version__":
        return version("secondlook")
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"chatbot.{_HOME[name]}"), name)
