"""The calls of an answer about a whole document, one after the other, as one ``Writing``.

Each section's text comes under its heading while it is written. A call that fails ends the answer: what came stays,
and the answer names the sections that are missing.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence

from chatbot.answering.whole_document.calls import Call, Calls
from chatbot.answering.whole_document.kept import KeptText
from chatbot.answering.whole_document.quoting import heading
from chatbot.answering.whole_document.words import Words
from chatbot.answering.writer import RESTART, Tokens, Writer, Writing
from chatbot.citations.markers import check_stream, in_parentheses
from chatbot.errors import LLMError, Phrase
from chatbot.trace import Message


def written(
    calls: Calls, closing: Sequence[str], writer: Writer, words: Words, keep: Callable[[KeptText], None]
) -> Writing:
    """What ``writer`` makes of the calls, then the paragraphs of ``closing``; ``keep`` gets a text that is whole."""
    return Writing(lambda writing: _Telling(writing, calls, closing, writer, words, keep).pieces())


def from_kept(kept: KeptText) -> Writing:
    """A text that was written before, with what the model was sent for it."""

    def begin(writing: Writing) -> Generator[str, None, None]:
        writing.prompt, writing.thoughts = kept.prompt, kept.thoughts
        if kept.tokens is not None:
            writing.report({"prompt": kept.tokens.prompt, "answer": kept.tokens.answer})
        writing.note(
            Phrase("written before, by the same model from the same text; nothing was sent this time")
        )
        yield kept.text

    return Writing(begin)


class _Telling:
    """One answer being written."""

    def __init__(
        self,
        writing: Writing,
        calls: Calls,
        closing: Sequence[str],
        writer: Writer,
        words: Words,
        keep: Callable[[KeptText], None],
    ) -> None:
        self._writing, self._calls, self._closing = writing, calls.calls, closing
        self._writer, self._words, self._keep = writer, words, keep
        self._done = ""  # what came in earlier calls
        self._came = ""  # in this one, with the heading above it
        self._tokens: list[Tokens | None] = []

    def pieces(self) -> Generator[str, None, None]:
        try:
            yield from self._sections()
        finally:  # stopped or failed: what is read now is no news any more
            self._writing.progress("")
        for paragraph in self._closing:
            yield self._said(paragraph)
        if not self._writing.cut:
            text = self._done + self._came
            self._keep(KeptText(text, self._writing.prompt, self._writing.thoughts, self._writing.tokens))

    def _sections(self) -> Iterator[str]:
        count = len(self._calls)
        for place, call in enumerate(self._calls):
            if count > 1:
                reading = Phrase("reading section {number} of {count}", number=place + 1, count=count)
                self._writing.progress(reading)
            try:
                yield from self._section(call)
            except LLMError as error:
                if count == 1 or not (self._done or self._came):
                    raise
                self._writing.cut = str(error)
                yield self._said(self._missing(self._calls[place:]))
                return
            self._done, self._came = self._done + self._came, ""

    def _section(self, call: Call) -> Iterator[str]:
        """One call under its heading, which comes with the first word: a section without a word has none."""
        title = f"{heading(call.title)}\n\n" if call.title else ""
        lead = f"\n\n{title}" if self._done else title
        before = self._writing.prompt, self._writing.thoughts
        inner = self._writer.write(call.evidence)
        if isinstance(inner, Writing):
            inner.on_note = self._writing.note
        try:
            for piece in _only_sent(inner, call):
                if piece is RESTART:
                    yield RESTART
                    self._came = ""
                    self._look_into(
                        inner, *before
                    )  # what was done is no thought, although it has to come again
                    if self._done:
                        yield self._done
                    continue
                self._look_into(inner, *before)
                given = piece if self._came else lead + piece
                self._came += given
                yield given
        finally:
            self._look_into(inner, *before)
            close = getattr(inner, "close", None)
            if close is not None:
                close()
        if isinstance(inner, Writing):
            self._writing.cut = self._writing.cut or inner.cut
            self._count(inner.tokens)

    def _look_into(self, inner: Iterator[str], prompt: tuple[Message, ...], thoughts: str) -> None:
        """What the call was sent and what it thought, behind that of the calls before it."""
        if isinstance(inner, Writing):
            self._writing.prompt = prompt + inner.prompt
            self._writing.thoughts = thoughts + inner.thoughts

    def _missing(self, calls: Sequence[Call]) -> str:
        return self._words.say("missing", titles="; ".join(in_parentheses(call.title) for call in calls))

    def _said(self, paragraph: str) -> str:
        self._came += f"\n\n{paragraph}"
        return f"\n\n{paragraph}"

    def _count(self, tokens: Tokens | None) -> None:
        """The cost of all calls so far, where every one of them is known exactly."""
        self._tokens.append(tokens)
        exact = [each for each in self._tokens if each is not None and each.exact]
        if len(exact) == len(self._tokens):
            counts = {
                "prompt": sum(each.prompt for each in exact),
                "answer": sum(each.answer for each in exact),
            }
            self._writing.report(counts)


def _only_sent(pieces: Iterator[str], call: Call) -> Iterator[str]:
    """``pieces`` without the numbers of passages that this call was not sent: what nobody read proves nothing."""
    numbers = {source.number for source in call.evidence.sources}
    restarts: list[str] = [RESTART]
    while restarts:
        restarts.clear()
        yield from check_stream(_until_restart(pieces, restarts), numbers)
        yield from restarts


def _until_restart(pieces: Iterator[str], restarts: list[str]) -> Iterator[str]:
    """The pieces before the next ``RESTART``, which goes into ``restarts``."""
    for piece in pieces:
        if piece is RESTART:
            restarts.append(piece)
            return
        yield piece
