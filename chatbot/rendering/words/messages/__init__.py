"""Errors and reasons in the page's language: ``in_language(message, language)``.

The program raises English phrases (``chatbot.errors.Phrase``). Each part below maps the template of a phrase, with
{blanks}, to the Korean one with the same blanks, or to (Korean, English) where the page says it in other words than
the command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from chatbot.errors import Phrase, fill
from chatbot.rendering.words.documents import DOCUMENTS as ON_THE_PAGE
from chatbot.rendering.words.messages.api_keys import API_KEYS
from chatbot.rendering.words.messages.archives import ARCHIVES
from chatbot.rendering.words.messages.documents import DOCUMENTS
from chatbot.rendering.words.messages.files import FILES
from chatbot.rendering.words.messages.index import INDEX
from chatbot.rendering.words.messages.library import LIBRARY
from chatbot.rendering.words.messages.llm import LLM
from chatbot.rendering.words.messages.models import MODELS
from chatbot.rendering.words.messages.postgres import POSTGRES
from chatbot.rendering.words.messages.settings import SETTINGS
from chatbot.text.particles import with_particles

Language = Literal["ko", "en"]
Words = str | tuple[str, str]
NOT_TAKEN = {  # kept as reasons where files came with a question
    ON_THE_PAGE[key][1]: ON_THE_PAGE[key][0]
    for key in (
        "upload_nothing",
        "upload_too_many",
        "upload_too_large",
        "limit_files",
        "limit_files_at_once",
        "limit_bytes",
        "limit_bytes_at_once",
        "limit_storage",
    )
}
PARTS: tuple[Mapping[str, Words], ...] = (
    FILES,
    DOCUMENTS,
    INDEX,
    POSTGRES,
    ARCHIVES,
    MODELS,
    LLM,
    SETTINGS,
    LIBRARY,
    API_KEYS,
    NOT_TAKEN,
)
MESSAGES: dict[str, Words] = {template: words for part in PARTS for template, words in part.items()}


def in_language(message: str, language: Language) -> str:
    """``message`` in the page's language; as it is where its template is not known."""
    if not isinstance(message, Phrase):
        message = Phrase(message)
    values = {name: in_language(value, language) for name, value in message.values.items()}
    if message.parts and language == "ko":  # sentences of their own
        return " ".join(values.values())
    words = MESSAGES.get(message.template, message.template)
    korean, english = (words, message.template) if isinstance(words, str) else words
    said = with_particles(korean, values) if language == "ko" else english
    return fill(said, values) if values else said
