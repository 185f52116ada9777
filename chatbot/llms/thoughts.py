"""A model's thoughts, where its server sends them as text: told apart from the answer by their marks.

text -> <think> ... </think>, [THINK] ..., <|channel|>analysis<|message|> ... -> answer | thoughts
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from chatbot.answering.writer import RESTART

_THINK = "think|thinking|thought|thoughts|reasoning|seed:think"
_TOKEN = re.compile(
    rf"(?P<open><(?:{_THINK})>|\[THINK\]|◁think▷|<\|begin_of_thought\|>|<\|START_THINKING\|>|<\|channel>)"
    rf"|(?P<close></(?:{_THINK})>|\[/THINK\]|◁/think▷|<\|end_of_thought\|>|<\|END_THINKING\|>|<channel\|>)"
    r"|(?P<header><\|start\|>|<\|channel\|>|<\|im_start\|>|<\|start_header_id\|>)"
    r"|(?P<body><\|message\|>|<\|end_header_id\|>)"
    r"|(?P<end><\|(?:end|return|call|im_end|eot_id|eom_id|end_of_text|endoftext|END_OF_TURN_TOKEN)\|>|<end_of_turn>|<turn\|>"
    r"|<｜end▁of▁sentence｜>)"
    r"|(?P<plain><\|(?:assistant|constrain|begin_of_solution|end_of_solution|START_RESPONSE|END_RESPONSE)\|>)",
    re.IGNORECASE,
)
_OPENERS = "<[◁"
_LONGEST = 32  # characters of a token; an opened bracket that is longer is none
_QUOTES = "`'\"“”‘’«»「」"
_LONGEST_HEADER = 200  # characters between a header's token and its text
_NOT_FOR_PEOPLE = {"analysis", "commentary", "thought", "thinking"}  # channels
_NOT_THE_MODEL = {"user", "system", "developer", "tool"}  # roles: it goes on with a turn that is not its own


@dataclass(slots=True)
class _Reader:
    """Where the text stands. ``shown``: answer was given out since the last mark."""

    think: Callable[[str], None]
    learned: Callable[[], None]
    state: Literal["answer", "thought", "header", "over"] = "answer"
    opened_by: Literal["head", "middle", "template"] = "head"
    header: str = ""
    shown: str = ""  # the end of the answer so far
    has_thought: bool = False  # and closed it: another end belongs to the text
    held_back: list[str] = field(default_factory=list)  # thoughts that may turn out to be the answer

    def text(self, text: str) -> Iterator[str]:
        if not text:
            return
        if self.state == "answer":
            self.shown = (self.shown + text)[-80:] if self.shown.strip() or text.strip() else ""
            yield text
        elif self.state == "header":
            self.header += text
            if (
                len(self.header) > _LONGEST_HEADER or "\n" in self.header
            ):  # "<|im_start|>assistant\n" has no body token
                self.header, _, rest = self.header.partition("\n")
                self._enter()
                yield from self.text(rest)
        elif self.state == "thought":
            if self.opened_by != "head":
                self.held_back.append(text)
            self.think(text)
            yield ""

    def token(self, found: re.Match[str], before: str, after: str) -> Iterator[str]:
        """What the token means here; it is text where it stands in quotes or in the middle of a sentence."""
        kind, token = found.lastgroup, found[0]
        if self.state == "answer" and ((before and before in _QUOTES) or (after and after in _QUOTES)):
            yield from self.text(token)
        elif kind == "open":
            yield from self._open(token)
        elif kind == "close":
            yield from self._close(token)
        elif kind == "header":
            self.header = f"{self.header} " if self.state == "header" else ""
            self.state = "header"
        elif kind == "body":
            self._enter()
        elif kind == "end":
            self.state = "over"

    def _enter(self) -> None:
        """What comes after a header belongs to its channel."""
        words = set(self.header.lower().split())
        self.state = "over" if words & _NOT_THE_MODEL else "thought" if words & _NOT_FOR_PEOPLE else "answer"
        self.opened_by = "head"

    def _open(self, token: str) -> Iterator[str]:
        if self.state == "thought":
            return
        at_head = not self.shown
        if at_head or self.shown.endswith("\n"):
            self.state, self.opened_by = "thought", "head" if at_head else "middle"
            self.held_back.clear()
        else:
            yield from self.text(token)

    def _close(self, token: str) -> Iterator[str]:
        if self.state == "thought":
            if self.opened_by == "template":
                self.learned()
            self.state = "answer"
            self.held_back.clear()
        elif (
            self.state == "answer" and not self.has_thought
        ):  # the template opened it: all so far was thinking
            self.learned()
            yield RESTART
        elif self.state == "answer":
            yield from self.text(token)
            return
        self.shown, self.has_thought = "", True


def without_thoughts(
    deltas: Iterable[str],
    think: Callable[[str], None],
    *,
    opens_thinking: bool = False,
    learned: Callable[[], None] = lambda: None,
) -> Iterator[str]:
    """The answer in ``deltas``; an empty string while the model thinks.

    ``RESTART`` where what came before turns out to be thoughts: some templates open them in the prompt, so only their
    end is sent.

    Args:
        think: gets the thoughts.
        opens_thinking: this model is known to do so: nothing is given out before the end of its thoughts.
        learned: called when it does.
    """
    reader = _Reader(think, learned)
    if opens_thinking:
        reader.state, reader.opened_by = "thought", "template"
    held, before = "", ""
    for delta in deltas:
        if not delta:
            yield ""
            continue
        held += delta
        while found := _TOKEN.search(held):
            if found.end() == len(held) and reader.state == "answer" and found.lastgroup in ("open", "close"):
                break  # what stands behind it decides whether it is quoted
            yield from reader.text(held[: found.start()])
            before = held[found.start() - 1] if found.start() else before
            yield from reader.token(found, before, held[found.end() : found.end() + 1])
            before, held = found[0][-1], held[found.end() :]
        ready = _ready(held)
        if ready:
            yield from reader.text(held[:ready])
            before, held = held[ready - 1], held[ready:]
    if found := _TOKEN.fullmatch(held):
        yield from reader.token(found, before, "")
    else:
        yield from reader.text(held)
    if reader.state == "thought" and reader.opened_by != "head":  # never closed: it was the answer
        yield "".join(reader.held_back)


def _ready(text: str) -> int:
    """How much of ``text`` cannot be part of a token that is still coming."""
    start = max(text.rfind(opener) for opener in _OPENERS)
    return start if start >= 0 and len(text) - start <= _LONGEST else len(text)
