"""What a vendor's stream says besides its text: signs of life, why it stopped, what it cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from llama_index.core.base.llms.types import ChatResponse


def texts(responses: Iterable[ChatResponse], report: Callable[[dict[str, int]], None]) -> Iterator[str]:
    """The visible text; an empty string for a sign of life; `` …`` where the answer was cut at its length.

    A stream that stops without the reason its protocol promises is a lost connection, even where the body
    ended well-formed.
    """
    reason, promised = "", False
    try:
        for response in responses:
            report(_usage(response))
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


def _is_at_work(response: ChatResponse) -> bool:
    """Thinking, or (llama.cpp) still reading the prompt."""
    return bool(
        response.additional_kwargs.get("thinking_delta")
        or response.message.additional_kwargs.get("thinking_delta")
        or getattr(response.raw, "prompt_progress", None)
    )


def without_thoughts(deltas: Iterator[str]) -> Iterator[str]:
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
