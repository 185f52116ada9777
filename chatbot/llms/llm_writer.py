"""A ``Writer`` on top of any LlamaIndex LLM: one streamed call over passages that are fitted to its window."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from chatbot.answering import prompts
from chatbot.answering.followups import answered, may_lean_on_history, stand_alone
from chatbot.answering.writer import RESTART, Evidence, Reply, Writing, estimate_tokens
from chatbot.citations.markers import has_words
from chatbot.config import LLMConfig, LLMLimits
from chatbot.errors import LLMError
from chatbot.llms.failures import Endpoint
from chatbot.llms.local.speed import Stopwatch, Took
from chatbot.llms.responses import texts
from chatbot.llms.streaming import stream_with_limits
from chatbot.llms.thoughts import without_thoughts
from chatbot.text.control_tokens import without_control_tokens
from chatbot.text.invisible import clean_line
from chatbot.text.language import language_of
from chatbot.trace import Message, Turn

if TYPE_CHECKING:
    from llama_index.core.base.llms.types import ChatMessage, ChatResponse
    from llama_index.core.llms import LLM

MARGIN_TOKENS = 64  # for the chat template around our messages
SHORTEST_TOKENS = 24  # a passage shortened below this says nothing and is left out
CHARS_PER_TOKEN = 20  # no vocabulary writes more; a longer answer is a server that ignores max_tokens
CONDENSED_CHARS = (
    400  # of a rewritten question are read; see chatbot/answering/followups.py for what is used of them
)


class LLMWriter:
    """A ``Writer`` on any LlamaIndex LLM: one ``stream_chat`` call over passages fitted to the window.

    Args:
        connect: the LLM; called in the reading thread once per try, so it may start a server again.
        config: limits, ``context_window`` and ``max_tokens``.
        count_tokens: exact where the backend can count, else an estimate that errs on the safe side.
        context_window: the model's own, where it is smaller than the configured one, in tokens.
        took: told what each whole answer took, where the backend counts tokens.
    """

    def __init__(
        self,
        connect: Callable[[], LLM],
        config: LLMConfig,
        *,
        label: str,
        remote: bool,
        endpoint: Endpoint | None = None,
        count_tokens: Callable[[str], int] = estimate_tokens,
        context_window: int | None = None,
        took: Callable[[Took], None] | None = None,
    ) -> None:
        self.label = label
        self.remote = remote
        self._connect = connect
        self._endpoint = endpoint or Endpoint()
        self._limits = config.limits
        self._max_tokens = config.max_tokens
        self._opens_thinking = False  # its template opens the thoughts, so that only their end is sent
        self._is_known = False  # whether it does so: an answer was read to its end
        self._untold: list[str] = []  # notes of small tasks, which the next answer tells
        self._count = count_tokens
        self._took = took
        window = min(config.context_window, context_window or config.context_window)
        self._longest = CHARS_PER_TOKEN * max(config.max_tokens, 1000)
        self._budget = window - min(config.max_tokens, window // 2) - MARGIN_TOKENS

    def __repr__(self) -> str:
        return f"LLMWriter({self.label!r}, remote={self.remote})"  # an LLM's own repr prints its key

    @property
    def llm(self) -> LLM:
        """The LlamaIndex LLM, for query engines."""
        return self._connect()

    def write(self, evidence: Evidence) -> Writing:
        if not evidence.sources:
            raise ValueError("an answer needs at least one source")
        return self._ask(lambda: self._messages(evidence), is_answer=True)

    def fits(self, evidence: Evidence) -> bool:
        lang = language_of(evidence.question)
        texts = [
            _rules(evidence), _user(evidence, []),
            *(prompts.passage(source, source.text, lang) for source in evidence.sources),
        ]  # fmt: skip
        return (
            sum(map(estimate_tokens, texts)) <= self._budget
        )  # an estimate, as exact counts may need the server

    def condense(self, question: str, history: Sequence[Turn]) -> str:
        if not history or not may_lean_on_history(question):
            return question
        text = self._beginning(
            self._ask(lambda: self._condense_messages(question, history)), CONDENSED_CHARS, one_line=True
        )
        return stand_alone(_question_only(text), question, history)

    @property
    def room(self) -> int:
        return self._budget

    def reply(
        self, rules: str, text: str, *, longest: int, limit_s: float | None = None, one_line: bool = False
    ) -> Reply:
        writing = self._ask(lambda: _conversation(rules, [], text), _once(self._limits, limit_s))
        said = self._beginning(writing, longest, one_line=one_line)
        return Reply(said, writing.tokens)

    def _beginning(self, writing: Writing, longest: int, *, one_line: bool) -> str:
        """The first ``longest`` characters, or the first line; the model is stopped behind them. Raises ``LLMError``.

        One of which nobody knows yet is read to its end: what comes first may turn out to be its thoughts.
        """
        text, may_stop = "", self._is_known
        for delta in writing:
            text = "" if delta is RESTART else text + delta
            if may_stop and ((one_line and "\n" in text) or len(text) > longest):
                break
        writing.close()
        self._untold += writing.notes
        return (text.strip().partition("\n")[0] if one_line else text)[:longest]

    def _ask(
        self,
        messages: Callable[[], tuple[Message, ...]],
        limits: LLMLimits | None = None,
        *,
        is_answer: bool = False,
    ) -> Writing:
        def begin(writing: Writing) -> Generator[str, None, None]:
            ready: list[tuple[LLM, list[ChatMessage]]] = []

            def prepare() -> None:
                llm = self._connect()
                writing.prompt = messages()
                ready[:] = [(llm, _chat(writing.prompt))]
                if is_answer:
                    earlier, self._untold = self._untold, []
                    for note in earlier:
                        writing.note(note)

            def start() -> Iterator[str]:
                llm, chat = ready[0]
                if not is_answer:
                    return self._answer_in(llm.stream_chat(chat), writing)
                watch = Stopwatch()
                pieces = self._answer_in(watch.written(llm.stream_chat(chat)), writing)
                return self._timed(_from_first_word(pieces), watch, writing)

            return stream_with_limits(
                start, limits or self._limits, self.label, self._endpoint, prepare=prepare, tell=writing.note
            )

        return Writing(begin)

    def _timed(self, pieces: Iterator[str], watch: Stopwatch, writing: Writing) -> Iterator[str]:
        """The pieces; once all have come, what they took is told."""
        yield from watch.shown(pieces)
        tokens = writing.tokens
        took = watch.took(tokens.answer) if tokens is not None and tokens.exact else None
        if took is not None and self._took is not None:
            self._took(took)

    def _answer_in(self, responses: Iterable[ChatResponse], writing: Writing) -> Iterator[str]:
        """The text of the answer, `` …`` behind it where it was cut at its length."""
        pieces = without_thoughts(
            texts(responses, writing, self._max_tokens), writing.think,
            opens_thinking=self._opens_thinking, learned=self._learn,
        )  # fmt: skip
        has_text = False
        for piece in self._not_longer(pieces):
            has_text = piece is not RESTART and (has_text or bool(piece))
            yield piece
        self._is_known = True
        if writing.cut and has_text:
            yield " …"

    def _learn(self) -> None:
        self._opens_thinking = True

    def _not_longer(self, pieces: Iterator[str]) -> Iterator[str]:
        """At most ``_longest`` characters, then the error: the rest would only fill memory."""
        left = self._longest
        for piece in pieces:
            yield piece if piece is RESTART else piece[:left]
            left -= len(piece)
            if left < 0:
                raise LLMError(
                    "{label} wrote more than {count} characters and was stopped; choose an llm.model that keeps to llm.max_tokens",
                    label=self.label,
                    count=self._longest,
                )

    def _messages(self, evidence: Evidence) -> tuple[Message, ...]:
        rules = _rules(evidence)
        left = self._budget - self._count(rules) - self._count(_user(evidence, []))
        earlier = prompts.earlier(answered(evidence.history))
        while earlier and sum(map(self._count_turn, earlier)) > left // 4:
            earlier.pop(0)
        passages = self._fit(evidence, left - sum(map(self._count_turn, earlier)))
        return _conversation(rules, earlier, _user(evidence, passages))

    def _condense_messages(self, question: str, history: Sequence[Turn]) -> tuple[Message, ...]:
        turns = list(history)[-prompts.TURNS :]
        while True:
            rules, text = prompts.condense(question, turns)
            if len(turns) <= 1 or self._count(rules) + self._count(text) <= self._budget:
                return _conversation(rules, [], text)
            turns.pop(0)

    def _fit(self, evidence: Evidence, left: int) -> list[str]:
        """The passages in order, whole while they fit; then one shortened at its end; the rest left out."""
        lang = language_of(evidence.question)
        passages: list[str] = []
        for source in evidence.sources:
            whole = without_control_tokens(prompts.passage(source, source.text, lang))
            if self._count(whole) > left:
                frame = self._count(prompts.passage(source, "…", lang))
                tail_cut = self._shorten(without_control_tokens(source.text), left - frame)
                if tail_cut:
                    passages.append(without_control_tokens(prompts.passage(source, tail_cut, lang)))
                break
            passages.append(whole)
            left -= self._count(whole)
        if not passages:
            raise LLMError(
                "{label}: the question leaves no room for a passage; raise llm.context_window or ask more briefly",
                label=self.label,
            )
        return passages

    def _shorten(self, text: str, tokens: int) -> str:
        if tokens < SHORTEST_TOKENS:
            return ""
        short = text
        while (count := self._count(short)) > tokens:
            short = short[: min(len(short) - 1, len(short) * tokens // count)]
        words = short.rsplit(None, 1)[0] if len(short.split()) > 1 else short
        return words.rstrip() + " …"

    def _count_turn(self, turn: Turn) -> int:
        return self._count(turn.question) + self._count(turn.answer)


def _from_first_word(pieces: Iterable[str]) -> Iterator[str]:
    """The pieces once a word has come: "[1] [3]" and nothing else, as small models write, is no answer."""
    held, has_begun = "", False
    for piece in pieces:
        if piece is RESTART:
            held, has_begun = "", False
        elif not has_begun:
            held += piece
            has_begun = has_words(held)
            piece = held if has_begun else ""  # as a sign of life
        yield piece


def _rules(evidence: Evidence) -> str:
    return evidence.rules or prompts.system(evidence.question)


def _user(evidence: Evidence, passages: Sequence[str]) -> str:
    return prompts.answer(evidence.question, passages, is_told=bool(evidence.rules))


def _conversation(rules: str, earlier: Sequence[Turn], text: str) -> tuple[Message, ...]:
    messages = [Message("system", rules)]
    for turn in earlier:
        messages += [Message("user", turn.question), Message("assistant", turn.answer)]
    messages.append(Message("user", text))
    return tuple(Message(message.role, without_control_tokens(message.text)) for message in messages)


def _chat(messages: Sequence[Message]) -> list[ChatMessage]:
    from llama_index.core.base.llms.types import ChatMessage, MessageRole

    return [ChatMessage(role=MessageRole(message.role), content=message.text) for message in messages]


def _once(limits: LLMLimits, limit_s: float | None) -> LLMLimits:
    """One try within ``limit_s`` seconds, where that is shorter than ``limits``."""
    most = limits.total_s if limit_s is None else min(limit_s, limits.total_s)
    return limits.model_copy(
        update={
            "tries": 1,
            "total_s": most,
            "first_token_s": min(limits.first_token_s, most),
            "idle_s": min(limits.idle_s, most),
        }
    )


def _question_only(text: str) -> str:
    """The first line, without the quotes and the label that models like to put around it."""
    first = clean_line(text.strip().partition("\n")[0])
    for label in ("Rewritten question:", "다시 쓴 질문:"):
        first = first.removeprefix(label).strip()
    return first[:CONDENSED_CHARS].strip("\"'“”‘’`* ")
