"""Who turns the sources into an answer: the ``Writer`` protocol, and the writer on top of any LlamaIndex LLM."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from chatbot import prompts
from chatbot.candidate import Source
from chatbot.config import LLMConfig
from chatbot.errors import LLMError
from chatbot.prompts import Turn
from chatbot.streaming import Endpoint, stream_with_limits

if TYPE_CHECKING:
    from llama_index.core.base.llms.types import ChatMessage, ChatResponse
    from llama_index.core.llms import LLM

__all__ = ["Evidence", "LLMWriter", "Turn", "Writer", "estimate_tokens"]

MARGIN_TOKENS = 64  # for the chat template around our messages
SHORTEST_TOKENS = 24  # a passage shortened below this says nothing and is left out
CONDENSED_CHARS = 400  # a stand-alone question that is longer is a model that rambles


@dataclass(frozen=True)
class Evidence:
    """All that an answer may rest on."""

    question: str
    sources: tuple[Source, ...]
    history: tuple[Turn, ...] = ()


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
        """The answer in pieces, citing sources as ``[n]``. Raises ``LLMError``."""
        ...

    def condense(self, question: str, history: Sequence[Turn]) -> str:
        """``question`` rewritten to be understood without ``history``. Raises ``LLMError``."""
        ...


def estimate_tokens(text: str) -> int:
    """Tokens in ``text``, rather too many than too few: a third of its UTF-8 bytes, so one per Hangul
    syllable (0.6-1.0 in today's vocabularies) and one per three Latin letters (about 0.25 each)."""
    return -(-len(text.encode("utf-8", "replace")) // 3)


class LLMWriter:
    """A ``Writer`` on any LlamaIndex LLM: one ``stream_chat`` call over passages fitted to the window.

    Args:
        connect: the LLM; called in the reading thread once per try, so it may start a server again.
        config: limits, ``context_window`` and ``max_tokens``.
        count_tokens: exact where the backend can count, else an estimate that errs on the safe side.
        context_window: the model's own, where it is smaller than the configured one, in tokens.
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
    ) -> None:
        self.label = label
        self.remote = remote
        self._connect = connect
        self._endpoint = endpoint or Endpoint()
        self._limits = config.limits
        self._count = count_tokens
        window = min(config.context_window, context_window or config.context_window)
        self._budget = window - min(config.max_tokens, window // 2) - MARGIN_TOKENS

    def __repr__(self) -> str:
        return f"LLMWriter({self.label!r}, remote={self.remote})"  # an LLM's own repr prints its key

    @property
    def llm(self) -> LLM:
        """The LlamaIndex LLM, for query engines."""
        return self._connect()

    def write(self, evidence: Evidence) -> Iterator[str]:
        if not evidence.sources:
            raise ValueError("an answer needs at least one source")
        return self._stream(lambda: self._messages(evidence))

    def condense(self, question: str, history: Sequence[Turn]) -> str:
        if not history:
            return question
        stream = self._stream(lambda: self._condense_messages(question, history))
        text = ""
        for delta in stream:
            text += delta
            if "\n" in text or len(text) > CONDENSED_CHARS:
                break
        stream.close()
        return _question_only(text) or question

    def _stream(self, messages: Callable[[], list[ChatMessage]]) -> Generator[str, None, None]:
        def start() -> Iterator[str]:
            llm = self._connect()
            return _without_thoughts(_deltas(llm.stream_chat(messages())))

        return stream_with_limits(start, self._limits, self.label, self._endpoint)

    def _messages(self, evidence: Evidence) -> list[ChatMessage]:
        question = evidence.question
        rules = prompts.system(question)
        left = self._budget - self._count(rules) - self._count(prompts.user(question, []))
        earlier = prompts.earlier(evidence.history)
        while earlier and sum(map(self._count_turn, earlier)) > left // 4:
            earlier.pop(0)
        passages = self._fit(evidence, left - sum(map(self._count_turn, earlier)))
        return _chat(rules, earlier, prompts.user(question, passages))

    def _condense_messages(self, question: str, history: Sequence[Turn]) -> list[ChatMessage]:
        turns = list(history)[-prompts.TURNS :]
        while True:
            rules, text = prompts.condense(question, turns)
            if len(turns) <= 1 or self._count(rules) + self._count(text) <= self._budget:
                return _chat(rules, [], text)
            turns.pop(0)

    def _fit(self, evidence: Evidence, left: int) -> list[str]:
        """The passages in order, whole while they fit; then one shortened at its end; the rest left out."""
        lang = prompts.language(evidence.question)
        passages: list[str] = []
        for source in evidence.sources:
            whole = prompts.passage(source, source.text, lang)
            if self._count(whole) > left:
                frame = self._count(prompts.passage(source, "…", lang))
                tail_cut = self._shorten(source.text, left - frame)
                if tail_cut:
                    passages.append(prompts.passage(source, tail_cut, lang))
                break
            passages.append(whole)
            left -= self._count(whole)
        if not passages:
            raise LLMError(
                f"{self.label}: the question leaves no room for a passage; raise llm.context_window or ask more briefly"
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


def _chat(rules: str, earlier: Sequence[Turn], text: str) -> list[ChatMessage]:
    from llama_index.core.base.llms.types import ChatMessage, MessageRole

    messages = [ChatMessage(role=MessageRole.SYSTEM, content=rules)]
    for turn in earlier:
        messages.append(ChatMessage(role=MessageRole.USER, content=turn.question))
        messages.append(ChatMessage(role=MessageRole.ASSISTANT, content=turn.answer))
    return [*messages, ChatMessage(role=MessageRole.USER, content=text)]


def _deltas(responses: Iterable[ChatResponse]) -> Iterator[str]:
    """The visible text; an empty string for a sign of life; `` …`` where the answer was cut at its length.

    A stream that stops without the reason its protocol promises is a lost connection, even where the body
    ended well-formed.
    """
    reason, promised = "", False
    try:
        for response in responses:
            promised = promised or _promises_reason(response)
            reason = _finish_reason(response) or reason
            if response.delta:
                yield response.delta
            elif _is_at_work(response):
                yield ""
    except RuntimeError as error:  # how the Gemini class reports its finish reasons
        if "MAX_TOKENS" not in str(error):
            raise
        reason = "MAX_TOKENS"
    if reason.lower() in ("length", "max_tokens"):
        yield " …"
    elif promised and not reason:
        raise ConnectionResetError("the stream ended without a finish reason")


def _promises_reason(response: ChatResponse) -> bool:
    """Whether this vendor's stream ends with a reason; unknown vendors are not held to it."""
    raw: Any = response.raw
    return (
        hasattr(raw, "choices")
        or "stop_reason" in response.message.additional_kwargs
        or (isinstance(raw, dict) and ("done" in raw or "finish_reason" in raw))
    )


def _finish_reason(response: ChatResponse) -> str:
    """Why the model stopped, from wherever its vendor says so; empty while it goes on."""
    raw: Any = response.raw
    if getattr(raw, "choices", None):  # openai
        return str(raw.choices[0].finish_reason or "")
    reason = response.message.additional_kwargs.get("stop_reason")  # anthropic
    if not reason and isinstance(raw, dict):
        reason = raw.get("finish_reason") or raw.get("done_reason") or ("done" if raw.get("done") else "")
    return str(getattr(reason, "value", reason) or "")


def _is_at_work(response: ChatResponse) -> bool:
    """Thinking, or (llama.cpp) still reading the prompt."""
    return bool(
        response.additional_kwargs.get("thinking_delta")
        or response.message.additional_kwargs.get("thinking_delta")
        or getattr(response.raw, "prompt_progress", None)
    )


def _without_thoughts(deltas: Iterator[str]) -> Iterator[str]:
    """Drop a leading ``<think>...</think>``: servers without a reasoning parser send it as text."""
    head, decided = "", False
    for delta in deltas:
        if decided:
            yield delta
            continue
        head += delta
        text = head.lstrip()
        if text.startswith("<think>"):
            _, closed, rest = text.partition("</think>")
            decided = bool(closed)
            yield rest.lstrip()
        elif "<think>".startswith(text):
            yield ""
        else:
            decided = True
            yield head
    if not decided and not head.lstrip().startswith("<think>"):
        yield head


def _question_only(text: str) -> str:
    """The first line, without the quotes and the label that models like to put around it."""
    first = prompts.line(text.strip().partition("\n")[0])
    for label in ("Rewritten question:", "다시 쓴 질문:"):
        first = first.removeprefix(label).strip()
    return first[:CONDENSED_CHARS].strip("\"'“”‘’`* ")
