"""Who turns the sources into an answer: the ``Writer`` protocol, and the values that go in and come out."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from chatbot.trace import Message, Source, Turn


@dataclass(frozen=True)
class Evidence:
    """All that an answer may rest on.

    ``rules``: what the model is told to do with the passages; empty: to answer the question from them.
    """

    question: str
    sources: tuple[Source, ...]
    history: tuple[Turn, ...] = ()
    rules: str = ""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What one answer cost: tokens of the prompt and of the answer, thoughts included where they are reported.

    ``exact`` as the backend reported them; else estimated, rather too many than too few.
    """

    prompt: int
    answer: int
    exact: bool


class _Restart(str):
    """See ``RESTART``."""


RESTART = _Restart()
"""An empty piece of a stream: what came before it was the model thinking aloud, and the answer begins now."""

MOST_THOUGHTS = 100_000  # characters of thoughts that are kept


class Writing(Iterator[str]):
    """An answer as a model writes it, with what it was sent. Any thread may look; one reads.

    Attributes:
        prompt: the messages as they were sent, empty until they are.
        thoughts: what the model thought, apart from the answer.
        notes: what the person should know of how it was asked: waiting for the server, parameters left out.
        cut: why the answer is not whole although the server ended it; empty where it is.
        sql: the statement that the model wrote, where a database computed the answer from tables; else empty.
        on_note: gets each of ``notes`` when it is written down.
    """

    def __init__(self, start: Callable[[Writing], Generator[str, None, None]]) -> None:
        """``start`` gives the pieces; it sets ``prompt`` and reports usage on what it is given."""
        self.prompt: tuple[Message, ...] = ()
        self.thoughts = ""
        self.notes: tuple[str, ...] = ()
        self.cut = ""
        self.sql = ""
        self.on_note: Callable[[str], None] = lambda _: None
        self._progress = ""
        self._reported: dict[str, int] = {}
        self._received: list[str] = []
        self._pieces = start(self)

    def report(self, usage: dict[str, int]) -> None:
        """Keep what the backend counted: tokens under ``"prompt"`` and ``"answer"``."""
        self._reported.update(usage)

    def think(self, text: str) -> None:
        """Keep what the model thinks."""
        self.thoughts = (self.thoughts + text)[:MOST_THOUGHTS]

    def note(self, sentence: str) -> None:
        """Tell the person."""
        if sentence not in self.notes:
            self.notes = (*self.notes, sentence)
        self.on_note(sentence)

    def progress(self, sentence: str) -> None:
        """Tell the person how far it is, in the place of what was told so before; empty: it is done."""
        others = tuple(note for note in self.notes if note != self._progress)
        self.notes = (*others, sentence) if sentence else others
        self._progress = sentence
        if sentence:
            self.on_note(sentence)

    def __next__(self) -> str:
        piece = next(self._pieces)
        if piece is RESTART:
            self.think("".join(self._received))
            self._received.clear()
        self._received.append(piece)
        return piece

    def close(self) -> None:
        """Stop the model: nothing more comes."""
        self._pieces.close()

    @property
    def tokens(self) -> Tokens | None:
        """The cost so far; ``None`` before the prompt is sent."""
        if not self.prompt:
            return None
        reported = self._reported
        if reported.keys() >= {"prompt", "answer"}:
            return Tokens(reported["prompt"], reported["answer"], exact=True)
        sent = sum(estimate_tokens(message.text) for message in self.prompt)
        return Tokens(sent, estimate_tokens("".join(self._received)), exact=False)


@runtime_checkable
class Writer(Protocol):
    """Writes the answer.

    Attributes:
        label: shown to the user, like ``"openai · gpt-5.4-mini"`` or ``"extractive"``.
        remote: whether the text leaves this machine.
    """

    label: str
    remote: bool

    def write(self, evidence: Evidence) -> Iterator[str]:
        """The answer in pieces, citing sources as ``[n]``; asks nobody before the first is wanted.

        A ``Writing`` where the prompt and its cost can be known. Raises ``LLMError``.
        """
        ...

    def condense(self, question: str, history: Sequence[Turn]) -> str:
        """``question`` rewritten to be understood without ``history``. Raises ``LLMError``."""
        ...


class WrappedWriter:
    """A ``Writer`` that does as another one; those that do something besides are made of it."""

    def __init__(self, writer: Writer) -> None:
        self.label, self.remote = writer.label, writer.remote
        self._writer = writer

    def write(self, evidence: Evidence) -> Iterator[str]:
        return self._writer.write(evidence)

    def condense(self, question: str, history: Sequence[Turn]) -> str:
        return self._writer.condense(question, history)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a language model said to a small task, and what that cost; ``None`` where nobody knows."""

    text: str
    tokens: Tokens | None = None


@runtime_checkable
class LanguageModel(Writer, Protocol):
    """A ``Writer`` that can also be asked for a few words beside the answer (``chatbot.answering.small_tasks``).

    Attributes:
        room: how many tokens of rules and text it can be given, as ``estimate_tokens`` counts.
    """

    @property
    def room(self) -> int: ...

    def reply(
        self, rules: str, text: str, *, longest: int, limit_s: float | None = None, one_line: bool = False
    ) -> Reply:
        """The first ``longest`` characters of what it says to ``text``, or its first line; asked once, never again.

        Args:
            limit_s: seconds after which it is given up; never longer than its own limits, which hold anyway.

        Raises:
            LLMError: it did not answer, or not in time.
        """
        ...


@runtime_checkable
class SectionWriter(Writer, Protocol):
    """A ``Writer`` that knows its window, so that a long document can be given to it section by section."""

    def fits(self, evidence: Evidence) -> bool:
        """Whether all passages of ``evidence`` fit whole; asks nobody."""
        ...


def estimate_tokens(text: str) -> int:
    """Tokens in ``text``, rather too many than too few: a third of its UTF-8 bytes, so one per Hangul
    syllable (0.6-1.0 in today's vocabularies) and one per three Latin letters (about 0.25 each)."""
    return -(-len(text.encode("utf-8", "replace")) // 3)
