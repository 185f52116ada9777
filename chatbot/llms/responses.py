"""What a vendor's stream says besides its text: signs of life, why it stopped, what it cost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Protocol

from chatbot.errors import LLMError, Phrase
from chatbot.text.invisible import clean_line

if TYPE_CHECKING:
    from llama_index.core.base.llms.types import ChatResponse


_AT_LENGTH = {"length", "max_tokens", "model_length", "max_output_tokens"}
# ways of saying that it is done; tool_calls counts where text came with it, as it then is all that there will be
_ENDS = {
    "stop", "end_turn", "stop_sequence", "eos", "eos_token", "end", "done", "complete", "completed", "finish", "finished",
    "finish_reason_unspecified", "tool_calls", "tool_use", "function_call", "load", "unload",
}  # fmt: skip
_FILTERED = {
    "content_filter",
    "safety",
    "recitation",
    "blocklist",
    "prohibited_content",
    "spii",
    "refusal",
    "sensitive",
}


class Notes(Protocol):
    """What is kept of a stream beside its text."""

    cut: str

    def report(self, usage: dict[str, int]) -> None: ...
    def think(self, text: str) -> None: ...


def texts(responses: Iterable[ChatResponse], notes: Notes, max_tokens: int = 0) -> Iterator[str]:
    """The visible text; an empty string for a sign of life. ``notes.cut`` is set where it was cut at its length.

    A stream that stops without the reason its protocol promises is a lost connection, even where the body
    ended well-formed.

    Raises:
        LLMError: the server stopped it for another reason than its end or its length.
    """
    reason, promised = "", False
    try:
        for response in responses:
            notes.report(_usage(response))
            promised = promised or _promises_reason(response)
            reason = _finish_reason(response) or reason
            if thought := thought_in(response):
                notes.think(thought)
            if response.delta:
                yield response.delta
            elif thought or getattr(response.raw, "prompt_progress", None):
                yield ""
    except RuntimeError as error:  # how the Gemini class reports its finish reasons
        found = re.search(r"\b[A-Z]{2,}(?:_[A-Z]+)*\b", str(error))
        if found is None or found[0].lower() not in _AT_LENGTH | _FILTERED:
            raise
        reason = found[0]
    if promised and not reason:
        raise ConnectionResetError("the stream ended without a finish reason")
    if reason.lower() in _AT_LENGTH:
        notes.cut = Phrase(
            "it reached llm.max_tokens ({tokens}); raise it or ask for less", tokens=max_tokens
        )
    elif reason.lower() in _FILTERED:
        raise LLMError(
            "the server's content filter stopped the answer ({reason}); ask otherwise or choose another llm.model",
            reason=clean_line(reason)[:60],
        )
    elif reason and reason.lower() not in _ENDS:
        raise LLMError(
            "the server stopped the answer and gave as its reason {reason}; ask again or choose another llm.model",
            reason=repr(clean_line(reason)[:60]),
        )


def _usage(response: ChatResponse) -> dict[str, int]:
    """Tokens of ``prompt`` and ``answer`` as far as this piece of the stream reports them."""
    raw: Any = response.raw if isinstance(response.raw, dict) else {}
    usage = response.message.additional_kwargs.get("usage") or {}  # anthropic
    counts = {
        "prompt": (response.additional_kwargs.get("prompt_tokens"), usage.get("input_tokens"), raw.get("prompt_eval_count")),
        "answer": (response.additional_kwargs.get("completion_tokens"), usage.get("output_tokens"), raw.get("eval_count")),
    }  # fmt: skip
    found = {
        name: next((n for n in given if isinstance(n, int) and n > 0), 0) for name, given in counts.items()
    }
    return {name: count for name, count in found.items() if count}


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


def thought_in(response: ChatResponse) -> str:
    """What the model thinks, from wherever its vendor's class puts it."""
    return str(
        response.additional_kwargs.get("thinking_delta")
        or response.message.additional_kwargs.get("thinking_delta")
        or ""
    )
