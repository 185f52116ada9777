"""Objects of a chat stream -> pieces, whichever server sent them; and the stream that OpenAI itself would send."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from chatbot.errors import LLMError
from chatbot.llms.wire.framing import Event, Mark, events
from chatbot.llms.wire.said import said_in_stream

_THOUGHTS = ("reasoning_content", "reasoning", "thinking", "thought", "reasoning_details")
_THOUGHT_PARTS = ("thinking", "reasoning", "thought")
_DEEPEST = 4  # levels of parts within parts


@dataclass(slots=True)
class Piece:
    """What one object adds: text, thoughts, why it stopped, what it cost, the tool that it asks for."""

    text: str = ""
    thought: str = ""
    finish: str = ""
    tool: str = ""
    is_progress: bool = False
    usage: Mapping[str, Any] = field(default_factory=dict)


def as_openai(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The answer in ``chunks`` as a stream of server-sent events in OpenAI's own shape, without what only breaks readers.

    Ends without a finish reason only where the connection was lost before any end.

    Raises:
        ServerSaid: the server sent an error, or no chat stream.
        LLMError: it asks for a tool, which nobody offered.
    """
    has_text = ended = False
    tool = ""
    for event in events(chunks):
        if event is Mark.ALIVE:
            yield _sent(Piece(is_progress=True))
            continue
        if event is Mark.DONE:
            if not ended and not tool:
                yield _sent(Piece(finish="stop"))
            ended = True
            break
        assert isinstance(event, Event)
        piece = piece_of(event)
        tool = tool or piece.tool
        has_text = has_text or bool(piece.text)
        ended = ended or bool(piece.finish)
        yield _sent(piece)
    if tool and not has_text:
        raise LLMError(
            "the model asked for the tool {name} instead of answering, and this program offers none; choose another llm.model",
            name=repr(tool[:60]),
        )
    yield b"data: [DONE]\n\n"


def piece_of(event: Event) -> Piece:
    """What ``event`` adds. Raises ``ServerSaid`` where it is an error."""
    data = event.data
    choices = data.get("choices")
    if not isinstance(choices, list):
        choices = []
    if event.name == "error" or data.get("error") or (not choices and _is_error(data)):
        raise said_in_stream(data)
    usage = data.get("usage")
    piece = Piece(
        usage=usage if isinstance(usage, Mapping) else {}, is_progress=bool(data.get("prompt_progress"))
    )
    choice = next((c for c in choices if isinstance(c, Mapping) and c.get("index") in (None, 0)), None)
    if choice is not None:
        _read_choice(choice, piece)
    return piece


def _is_error(data: Mapping[str, Any]) -> bool:
    """Of an object without choices. What belongs to an answer carries its id."""
    said = (data.get(name) for name in ("message", "detail", "msg", "error_msg", "errors"))
    return data.get("object") == "error" or (
        "id" not in data and any(isinstance(w, str | list) for w in said)
    )


def _read_choice(choice: Mapping[str, Any], piece: Piece) -> None:
    whole = isinstance(choice.get("message"), Mapping) and not choice.get("delta")
    body = choice.get("message") if whole else choice.get("delta")
    body = body if isinstance(body, Mapping) else {}
    piece.text, piece.thought = _content(body.get("content"), _DEEPEST)
    if not piece.text:
        piece.text = _plain(body.get("refusal")) or _plain(choice.get("text"))
    given = ("".join(_content(body.get(name), _DEEPEST)) for name in _THOUGHTS)
    piece.thought += next(filter(None, given), "")
    piece.tool = _tool(body)
    reason = choice.get("finish_reason")
    piece.finish = reason if isinstance(reason, str) else "stop" if whole else ""


def _content(value: Any, levels: int) -> tuple[str, str]:
    """Text and thoughts of a content: a string, a part, or a list of them."""
    if isinstance(value, str):
        return value, ""
    if not levels:
        return "", ""
    if isinstance(value, list):
        parts = [_content(part, levels - 1) for part in value]
        return "".join(text for text, _ in parts), "".join(thought for _, thought in parts)
    if not isinstance(value, Mapping):
        return "", ""
    kind = str(value.get("type", ""))
    name = next((n for n in _THOUGHT_PARTS if n in value), "")
    if name:
        return "", "".join(_content(value[name], levels - 1))
    text, thought = _content(value.get("text", value.get("content", value.get("refusal"))), levels - 1)
    return ("", text + thought) if any(n in kind for n in _THOUGHT_PARTS) else (text, thought)


def _tool(body: Mapping[str, Any]) -> str:
    calls = body.get("tool_calls")
    call = calls[0] if isinstance(calls, list) and calls else None
    function = call.get("function") if isinstance(call, Mapping) else body.get("function_call")
    return _plain(function.get("name")) if isinstance(function, Mapping) else ""


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _sent(piece: Piece) -> bytes:
    delta = {"content": piece.text or None, "reasoning_content": piece.thought or None}
    has_choice = piece.text or piece.thought or piece.finish or not piece.usage
    choice = {"index": 0, "delta": delta, "finish_reason": piece.finish or None}
    content: dict[str, Any] = {
        "id": "1",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": "",
        "choices": [choice] if has_choice else [],
    }
    if piece.usage:
        content["usage"] = _counts(piece.usage)
    if piece.is_progress:
        content["prompt_progress"] = True
    return f"data: {json.dumps(content)}\n\n".encode()


def _counts(usage: Mapping[str, Any]) -> dict[str, int]:
    names = ("prompt_tokens", "completion_tokens", "total_tokens")
    return {name: count if isinstance(count := usage.get(name), int) else 0 for name in names}
