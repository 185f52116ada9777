"""Every word of the page and of the exports, in Korean and English: a module for each part, ``Say`` to say it."""

from __future__ import annotations

from typing import Literal

from chatbot.rendering.words.api_keys import API_KEYS
from chatbot.rendering.words.chat import CHAT
from chatbot.rendering.words.composer import COMPOSER
from chatbot.rendering.words.documents import DOCUMENTS
from chatbot.rendering.words.inspector import INSPECTOR
from chatbot.rendering.words.messages import in_language
from chatbot.rendering.words.models import MODELS
from chatbot.rendering.words.notebooks import NOTEBOOKS
from chatbot.rendering.words.receipt import RECEIPT
from chatbot.rendering.words.server import SERVER
from chatbot.rendering.words.sources import SOURCES
from chatbot.text.particles import with_particles

Language = Literal["ko", "en"]
LANGUAGES: dict[Language, str] = {"ko": "한국어", "en": "English"}

PARTS = (
    CHAT,
    COMPOSER,
    SOURCES,
    INSPECTOR,
    DOCUMENTS,
    MODELS,
    NOTEBOOKS,
    API_KEYS,
    RECEIPT,
    SERVER,
)
TEXT: dict[str, tuple[str, str]] = {key: words for part in PARTS for key, words in part.items()}


class Say:
    """``say(key, **values)`` in one language. The result is plain text: escape it where HTML is built."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language
        self._index = 0 if language == "ko" else 1

    def __call__(self, key: str, **values: object) -> str:
        text = TEXT[key][self._index]
        if values and self.language == "ko":
            text = with_particles(text, values)
        return text.format(**values) if values else text

    def error(self, message: str) -> str:
        """A sentence of the program, an error or a reason, in the page's language; as it is if it is not known."""
        return in_language(message, self.language)

    def rank(self, number: int) -> str:
        """``9`` -> "9위", "9th"."""
        if self.language == "ko":
            return f"{number}위"
        ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
        return f"{number}{ending}"


def preferred(locale: str | None) -> Language:
    """The language for a browser's locale such as "ko-KR"; English where it is neither."""
    return "ko" if (locale or "").lower().startswith("ko") else "en"
