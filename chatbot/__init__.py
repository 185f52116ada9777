"""Everything needed to answer a question from an index.

    condense(history, question) -> retrieve(dense + lexical -> k) -> rerank -> gate -> answer -> check citations

>>> from chatbot import load_chatbot
>>> answer = load_chatbot().ask("What is a cross-encoder?")
>>> print(answer.text, answer.sources)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chatbot.answer import Answer
    from chatbot.candidate import Candidate, Source
    from chatbot.config import Config, load_config
    from chatbot.engine import Chatbot, load_chatbot
    from chatbot.errors import ChatbotError
    from chatbot.prompts import Message, Turn
    from chatbot.search import Search
    from chatbot.support import ClaimCheck
    from chatbot.writers import Tokens

__all__ = [
    "Answer",
    "Candidate",
    "Chatbot",
    "ChatbotError",
    "ClaimCheck",
    "Config",
    "Message",
    "Search",
    "Source",
    "Tokens",
    "Turn",
    "load_chatbot",
    "load_config",
]

_HOME = {
    "Answer": "answer", "Candidate": "candidate", "Source": "candidate", "Config": "config", "load_config": "config",
    "Chatbot": "engine", "load_chatbot": "engine", "ChatbotError": "errors",
    "Search": "search", "Turn": "prompts", "Message": "prompts", "ClaimCheck": "support", "Tokens": "writers",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load on first use: torch and LlamaIndex take seconds, ``secondlook --help`` needs neither."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"chatbot.{_HOME[name]}"), name)
