"""Texts that a model has written about whole documents, kept in memory: the same question costs nothing again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

from chatbot.answering.writer import Tokens
from chatbot.trace import Message

_MOST = 32  # texts of some thousand characters, each with its prompts: about 2 MB


@dataclass(frozen=True, slots=True)
class KeptText:
    """A whole answer, with what the model was sent for it, what it thought and what that cost."""

    text: str
    prompt: tuple[Message, ...] = ()
    thoughts: str = ""
    tokens: Tokens | None = None


class KeptTexts:
    """The last ones that were wanted. Safe to share between threads."""

    def __init__(self) -> None:
        self._texts: OrderedDict[Hashable, KeptText] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: Hashable) -> KeptText | None:
        """The text that was kept under ``key``, now the one used last; ``None`` where there is none any more."""
        with self._lock:
            if key in self._texts:
                self._texts.move_to_end(key)
            return self._texts.get(key)

    def keep(self, key: Hashable, text: KeptText) -> None:
        """Keep ``text``; the one used longest ago goes where there are more than ``_MOST``."""
        with self._lock:
            self._texts[key] = text
            self._texts.move_to_end(key)
            while len(self._texts) > _MOST:
                self._texts.popitem(last=False)
