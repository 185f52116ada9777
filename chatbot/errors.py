"""Every sentence that this program says on purpose when something is wrong: phrases, and errors in one small tree.

    ChatbotError
    ├── ConfigError        the configuration, or the name of a backend, is wrong
    ├── ModelError         weights are missing, damaged, or cannot be loaded
    ├── StoreError         the index cannot be opened, read or written
    │   ├── StoreMissing       nothing has been ingested yet
    │   ├── StoreBusy          another process is writing
    │   ├── DocumentMissing    the index holds no document or folder of that name
    │   └── ModelMismatch      the index was built with another embedding model
    ├── ConversationsError conversations cannot be kept or read; the chat goes on without
    │   └── ConversationGone   this one was deleted, or is somebody else's
    ├── LibraryError       the notebooks cannot be read or changed
    │   ├── LibraryUnusable    where they are cannot be used now: locked, damaged, not reachable
    │   ├── NotebookMissing    there is none of that name, or none that this person may know of
    │   ├── NotAllowed         the person's role does not allow it
    │   └── KeyRefused         an API key is none, or good no longer
    ├── DocumentRefused    one file cannot be indexed; the run goes on
    ├── ExecutorError      the machines that were to read files cannot be used
    ├── LLMError           the language model did not answer
    └── ProgramEnds        the program is being ended; what is under way is given up

Each message is one sentence on what happened and one on what to do. The command line and the page
catch ``ChatbotError`` in one place each; anything else is a bug and keeps its traceback.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, Self

_BLANK = re.compile(r"\{(\w+)\}")
_JOINED = "; "
_KIND = re.compile(r"(?:Got: )?\b(?:[\w.]{1,80}\.)?[A-Z]\w{0,60}(?:Error|Exception|Timeout|NotFound): ")

Missing = Literal["", "ocr"]  # without which a file was read only in part, or not at all


class Phrase(str):
    """A sentence in English that still knows its template and values, so that the page can say it in Korean.

    It is a ``str`` and may be used as one, also in ``str(error)``; what is made of it by slicing, joining or formatting
    is a plain ``str``.

    Attributes:
        template: the sentence with ``{blanks}``.
        values: what stands in them: text, or phrases themselves.
    """

    template: str
    values: Mapping[str, str]

    def __new__(cls, template: str, /, **values: object) -> Self:
        """``template`` with each ``{name}`` replaced by its value; ``KeyError`` for a blank without one.

        Values are put in as they are: braces in a file's name mean nothing.
        """
        texts = {name: str(value) for name, value in values.items()}
        phrase = super().__new__(cls, fill(template, texts) if values else template)
        phrase.template, phrase.values = template, texts
        return phrase

    def __str__(self) -> str:
        return self  # so that str(error) still knows the template

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpickled, (type(self), self.template, dict(self.values))

    @classmethod
    def joined(cls, phrases: Iterable[str]) -> str:
        """Several reasons as one: "a; b". One alone stays as it is."""
        parts = list(phrases)
        if len(parts) <= 1:
            return parts[0] if parts else ""
        values = {f"part{number}": part for number, part in enumerate(parts)}
        return cls(_JOINED.join(f"{{{name}}}" for name in values), **values)

    @property
    def parts(self) -> tuple[str, ...]:
        """The reasons of which it was ``joined``; empty for one alone."""
        return tuple(self.values.values()) if "part0" in self.values else ()

    @classmethod
    def cleaned(cls, text: str, clean: Callable[[str], str]) -> str:
        """``text`` with ``clean`` applied to what stands in its blanks; to all of it where it has none."""
        if not isinstance(text, Phrase) or not text.values:
            return clean(text)
        return cls(
            clean(text.template), **{name: cls.cleaned(value, clean) for name, value in text.values.items()}
        )

    @classmethod
    def to_stored(cls, text: str) -> str:
        """``text`` for a column or a message: JSON, ``["template", {"name": value}]``, where it has values."""
        return json.dumps(_plain(text), ensure_ascii=False) if getattr(text, "values", None) else text

    @classmethod
    def from_stored(cls, text: str) -> str:
        """The phrase that ``to_stored`` wrote; any other text, as earlier versions stored it, as it is."""
        if not text.startswith('["'):
            return text
        try:
            return _phrase(json.loads(text))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return text


def fill(template: str, values: Mapping[str, str]) -> str:
    """``template`` with its blanks filled; no other syntax of ``str.format`` means anything here."""
    return _BLANK.sub(lambda blank: values[blank[1]], template)


def without_kinds(words: str) -> str:
    """Another library's words without the names of exceptions before them, which tell a person nothing."""
    return _KIND.sub("", words)


def _unpickled(kind: type[Phrase], template: str, values: dict[str, str]) -> Phrase:
    return kind(template, **values)


def _plain(text: str) -> Any:
    """A phrase as ``[template, values]``, any other text as it is."""
    if isinstance(text, Phrase) and text.values:
        return [text.template, {name: _plain(value) for name, value in text.values.items()}]
    return "".join(text)


def _phrase(plain: Any) -> str:
    if isinstance(plain, str):
        return plain
    template, values = plain
    blanks = _BLANK.findall(template)
    if len(blanks) > len(set(blanks)):  # each once: the sentence is never longer than what was sent of it
        raise ValueError("a template that repeats a blank")
    return Phrase(template, **{str(name): _phrase(value) for name, value in values.items()})


class ChatbotError(Exception):
    """Base of every error with a message meant for the user.

    ``ChatbotError("no index at {folder}; run: ...", folder=folder)``: ``str(error)`` is the sentence, a ``Phrase``.
    """

    def __init__(self, message: str, /, **values: object) -> None:
        super().__init__(message if isinstance(message, Phrase) else Phrase(message, **values))


class ConfigError(ChatbotError):
    """The configuration is wrong; the message names the key or the backend."""


class ModelError(ChatbotError):
    """A model's weights are missing, damaged, or cannot be loaded."""


class StoreError(ChatbotError):
    """The index cannot be opened, read or written."""


class StoreMissing(StoreError):
    """There is no index at the given folder yet."""


class StoreBusy(StoreError):
    """Another process holds the writer lock; the message names its pid."""


class DocumentMissing(StoreError):
    """The index holds no document or folder of that name."""


class ModelMismatch(StoreError):
    """The index was built with another embedding model than the configured one."""


class ConversationsError(ChatbotError):
    """Conversations cannot be kept or read; the chat goes on without."""


class ConversationGone(ConversationsError):
    """There is no such conversation any more, or it is somebody else's: the message is the same."""


class LibraryError(ChatbotError):
    """The notebooks cannot be read or changed."""


class LibraryUnusable(LibraryError):
    """Where the notebooks are kept cannot be used now: another process writes, it is damaged, or cannot be reached."""


class NotebookMissing(LibraryError):
    """There is no such notebook, or this person may not know of it: the message is the same."""


class NotAllowed(LibraryError):
    """The person's role in the notebook does not allow it."""


class KeyRefused(LibraryError):
    """This is no API key, or one that was revoked, has expired, or belongs to nobody who may use it here."""


class DocumentRefused(ChatbotError):
    """One file cannot be indexed. ``str(error)`` is the reason shown to the user.

    Attributes:
        missing: what would make it readable: ``"ocr"``, or nothing.
    """

    missing: Missing = ""


class OcrMissing(DocumentRefused):
    """It holds pictures of text only, and OCR is not installed."""

    missing: Missing = "ocr"


class ExecutorError(ChatbotError):
    """The machines that were to read files cannot be used; what they have stored stays."""


class ProgramEnds(ChatbotError):
    """The program is being ended; nobody will wait for what is under way."""


class LLMError(ChatbotError):
    """The language model did not answer; the message names the setting to change.

    Attributes:
        kind: why in a word, for counting: "slow", "unreachable", "quota" ... (``chatbot.telemetry.facts.LLM_ERRORS``).
    """

    kind: str = "other"

    def of_kind(self, kind: str) -> Self:
        self.kind = kind
        return self
