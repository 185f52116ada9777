"""Bytes of an answer -> JSON objects, whatever frames them: server-sent events, lines of JSON, or one JSON document."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from chatbot.llms.wire.said import ServerSaid, words_of

LONGEST = 8_000_000  # characters of one line, or of one JSON document: a whole answer has some thousands
_MOST_DATA_LINES = 64  # of one event; JSON on more lines is put together at its blank line only


class Mark(Enum):
    """What is no object: a sign of life (a comment, a heartbeat), or the promised end ``[DONE]``."""

    ALIVE = "alive"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Event:
    """One JSON object of the stream, with the name that its event had (``error``, mostly none)."""

    data: dict[str, Any]
    name: str = ""


def events(chunks: Iterable[bytes]) -> Iterator[Event | Mark]:
    """The objects of an answer in order.

    Raises:
        ServerSaid: a web page or plain words came instead, or JSON that is none.
    """
    lines = _lines(chunks)
    first = next((line for line in lines if line.strip()), "")
    if first.lstrip().startswith("<"):
        raise ServerSaid(words_of(_joined(first, lines)), is_stream=False)
    if first.lstrip().startswith(("{", "[")):
        yield from _documents(first, lines)
    elif first:
        yield from _server_sent(first, lines)


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    """Lines that end with CR, LF or both, and with nothing else that Python takes for a line's end."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
    held: list[str] = []
    length, after_return = 0, False
    for chunk in chunks:
        text = decoder.decode(chunk)
        if after_return and text:
            text, after_return = text.removeprefix("\n"), False
        after_return = after_return or text.endswith("\r")
        *whole, rest = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for line in whole:
            yield "".join([*held, line])
            held, length = [], 0
        held.append(rest)
        length += len(rest)
        if length > LONGEST:
            raise ServerSaid("", is_stream=False)
    yield "".join([*held, decoder.decode(b"", True)])


def _server_sent(first: str, lines: Iterator[str]) -> Iterator[Event | Mark]:
    name, data, stray, begun = "", list[str](), "", False
    for line in _chain(first, lines):
        field, _, value = line.partition(":")
        if not line.strip():
            if data:  # JSON that never became whole
                yield from _event("\n".join(data), name)
            name, data = "", []
        elif not field:
            yield Mark.ALIVE
        elif field == "event":
            name = value.strip()
        elif field == "data" or line.startswith("{"):
            text = line if line.startswith("{") else value.removeprefix(" ")
            if text.strip().upper() in ("[DONE]", "DONE"):
                yield Mark.DONE
                return
            data.append(text)
            if found := _object("\n".join(data)) if len(data) <= _MOST_DATA_LINES else None:
                yield Event(found, name)
                name, data, begun = "", [], True
            elif len(data) == 1 and not text.lstrip().startswith("{"):
                stray, data = stray or text, []  # "data: ping"
                yield Mark.ALIVE
        elif field not in ("id", "retry"):
            stray = stray or line
    if data:
        yield from _event("\n".join(data), name)
    elif stray.strip() and not begun:  # words, and not one event
        raise ServerSaid(words_of(stray), is_stream=False)


def _documents(first: str, lines: Iterator[str]) -> Iterator[Event]:
    """One object a line, or one document over all of them."""
    found = _object(first)
    if found is None:
        yield from _event(_joined(first, lines), "")
        return
    yield Event(found)
    for line in lines:
        if line.strip():
            yield from _event(line, "")


def _event(text: str, name: str) -> Iterator[Event]:
    found = _object(text)
    if found is None:
        raise ServerSaid(words_of(text) if name == "error" else "", is_stream=False)
    yield Event(found, name)


def _object(text: str) -> dict[str, Any] | None:
    """``text`` as a JSON object; the first of a list; ``None`` for anything else."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, list) and value:
        value = value[0]
    return value if isinstance(value, dict) else None


def _joined(first: str, lines: Iterator[str]) -> str:
    parts, length = [first], len(first)
    for line in lines:
        parts.append(line)
        length += len(line) + 1
        if length > LONGEST:
            break
    return "\n".join(parts)


def _chain(first: str, lines: Iterator[str]) -> Iterator[str]:
    yield first
    yield from lines
