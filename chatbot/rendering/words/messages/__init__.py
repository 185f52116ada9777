"""Errors and reasons in the page's language: ``in_language(message, language)``.

The program raises English sentences; only the page speaks two languages. Each part below maps the English
template of a message, with {blanks}, to the Korean one with the same blanks, or to (Korean, English) where the
page says it in other words than the command line.

    message -> the template with the most letters that fits it -> its words, with what stood in the blanks

The blanks ``reason``, ``what`` and ``advice`` hold messages themselves and are put into the language too.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from string import Formatter
from typing import Literal

from chatbot.rendering.words.messages.documents import DOCUMENTS
from chatbot.rendering.words.messages.files import FILES
from chatbot.rendering.words.messages.index import INDEX
from chatbot.rendering.words.messages.llm import LLM
from chatbot.rendering.words.messages.models import MODELS
from chatbot.rendering.words.messages.settings import SETTINGS

Language = Literal["ko", "en"]
Words = str | tuple[str, str]
PARTS: tuple[Mapping[str, Words], ...] = (FILES, DOCUMENTS, INDEX, MODELS, LLM, SETTINGS)

_NESTED = {"reason", "what", "advice"}
_DEEPEST = 4  # messages in messages
# blanks without letters, or "page {number}" would fit any sentence that begins with "page"
_NUMBERS = {"number", "numbers"}
_JOIN = "; "  # of several reasons for one file, and of several faults in the configuration
_MOST = 30  # of them that are told apart: with hundreds, one message would take 150 ms


class Template:
    """A message with {blanks}. ``blanks_in(message)`` says what stands in them, or ``None`` where it does not fit."""

    def __init__(self, text: str, words: Words) -> None:
        self.text = text
        self.korean, self.english = (words, text) if isinstance(words, str) else words
        self._literals = [""]
        self._names: list[str] = []
        for literal, name, _, _ in Formatter().parse(text):
            self._literals[-1] += literal
            if name is not None:
                self._names.append(name)
                self._literals.append("")
        self.letters = sum(map(len, self._literals))

    def blanks_in(self, message: str) -> dict[str, str] | None:
        """Each blank is as short as it can be. No regular expression: a file's name could make one slow."""
        first, *middle = self._literals
        if not middle:
            return {} if message == first else None
        last = middle.pop()
        end = len(message) - len(last)
        at = len(first)
        if end < at or not message.startswith(first) or not message.endswith(last):
            return None
        found = []
        for literal in middle:
            next_at = message.find(literal, at, end)
            if next_at < 0:
                return None
            found.append(message[at:next_at])
            at = next_at + len(literal)
        blanks = dict(zip(self._names, [*found, message[at:end]], strict=True))
        if any(map(str.isalpha, "".join(blanks[name] for name in _NUMBERS & blanks.keys()))):
            return None
        return blanks


TEMPLATES = sorted(
    (Template(text, words) for part in PARTS for text, words in part.items()),
    key=lambda template: -template.letters,
)


@lru_cache(maxsize=2048)  # the page asks again whenever it is drawn
def in_language(message: str, language: Language, deep: int = 0) -> str:
    """``message`` in the page's language; as it is where no template fits it.

    Args:
        deep: how many messages it stands in.
    """
    parts = message.split(_JOIN, _MOST)
    if len(parts) == 1:
        return _said(message, language, deep) or message
    if whole := _said(message, language, deep, _JOIN):
        return whole
    each = [_said(part, language, deep) for part in parts]
    if not all(each) and (whole := _said(message, language, deep)):
        return whole
    if not any(each):
        return message
    sentences = [words or part for words, part in zip(each, parts, strict=True)]
    return " ".join(sentences) if language == "ko" else _JOIN.join(sentences)


def _said(message: str, language: Language, deep: int, not_in_blanks: str = "") -> str:
    """``message`` by the first template that fits it, whose blanks hold no ``not_in_blanks``; empty if none does.

    A blank ``reason`` may hold anything.
    """
    for template in TEMPLATES:
        blanks = template.blanks_in(message)
        if blanks is None:
            continue
        if not_in_blanks and any(not_in_blanks in blanks[name] for name in blanks if name != "reason"):
            continue
        if deep < _DEEPEST:
            for name in blanks.keys() & _NESTED:
                blanks[name] = in_language(blanks[name], language, deep + 1)
        return (template.korean if language == "ko" else template.english).format(**blanks)
    return ""
