"""A request without what its model refuses: which parameter an error names, and how to ask without it."""

from __future__ import annotations

import json
import re
import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from chatbot.errors import Phrase
from chatbot.llms.wire.said import ServerSaid

MOST_CHANGES = 4  # to one request: temperature, max_tokens, stream_options, the system role
_MOST_MODELS = 256  # that are remembered
_NEEDED = {"model", "messages"}
_INTO_USER = "system"  # the change that puts the rules into the first message of the user
_RENAMED = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}
_ANSWER_STATUSES = (400, 404, 405, 415, 422, 500, 501)  # a template that knows no system role fails with 500
_LONGEST = 2000  # characters of an error that are looked at
_REFUSED = re.compile(
    r"not support|n't support|unsupported|only the default|not permitted|not allowed|not accept|n't accept|not enabled"
    r"|unknown|unrecogni[sz]ed|unexpected|invalid (?:param|argument|field|request field)|extra (?:inputs|fields)"
    r"|additional propert|deprecated|not available|not implemented|cannot be (?:set|used|specified)|must not be|no such (?:param|field)"
    r"|extra_forbidden|not a valid (?:param|field|argument)",
    re.IGNORECASE,
)  # fmt: skip
_SYSTEM = re.compile(
    r"system.{0,30}(?:role|message|prompt|instruction)|(?:role|instruction)s?.{0,30}\bsystem\b|developer instruction",
    re.IGNORECASE,
)
_ALTERNATE = re.compile(r"roles? must alternate|must start with (?:a |the )?['\"]?user", re.IGNORECASE)


class Adaptations:
    """What each model turned out to refuse, by address and model. Safe to share between threads."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], tuple[str, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, url: str, model: str) -> tuple[str, ...]:
        with self._lock:
            return self._known.get((url, model), ())

    def remember(self, url: str, model: str, changes: tuple[str, ...]) -> None:
        with self._lock:
            self._known[url, model] = changes
            self._known.move_to_end((url, model))
            while len(self._known) > _MOST_MODELS:
                self._known.popitem(last=False)


def change_for(error: ServerSaid, body: Mapping[str, Any]) -> str | None:
    """The parameter of ``body`` that ``error`` refuses, or ``"system"``; ``None`` where it is about something else."""
    words = error.words[:_LONGEST]
    if error.status not in _ANSWER_STATUSES:
        return None
    is_refusal = bool(_REFUSED.search(words))
    has_rules = any(m.get("role") == "system" for m in body.get("messages", ()) if isinstance(m, Mapping))
    if has_rules and (_ALTERNATE.search(words) or (is_refusal and _SYSTEM.search(words))):
        return _INTO_USER
    named = re.split(r"[.\[]", error.parameter)[0]
    if not is_refusal and named not in _RENAMED:
        return None
    optional = [name for name in body if name not in _NEEDED]
    if named in optional and (is_refusal or _RENAMED[named] in words):
        return named
    places = {
        name: found.start() for name in optional if (found := re.search(rf"\b{re.escape(name)}\b", words))
    }
    return min(places, key=lambda name: places[name], default=None) if is_refusal else None


def adapted(body: Mapping[str, Any], changes: tuple[str, ...]) -> dict[str, Any]:
    """``body`` without the parameters of ``changes``; ``max_tokens`` goes under its other name first."""
    content = dict(body)
    for name in changes:
        if name == _INTO_USER:
            content["messages"] = _merged(content.get("messages", []))
            continue
        value = content.pop(name, None)
        if (other := _RENAMED.get(name)) and other not in changes and value is not None:
            content[other] = value
    return content


def note_for(change: str, model: str) -> Phrase:
    """What is said to the person about it."""
    if change == _INTO_USER:
        return Phrase("{model} takes no system message: the rules went with the question", model=model)
    if change in _RENAMED:
        return Phrase(
            "{model} does not take {parameter}: it was given another way", model=model, parameter=change
        )
    return Phrase("{model} does not take {parameter}: asked without it", model=model, parameter=change)


def body_of(content: bytes) -> dict[str, Any] | None:
    """The JSON object of a request; ``None`` where it is none."""
    try:
        body = json.loads(content)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _merged(messages: list[Any]) -> list[Any]:
    """The rules in front of the first message of the user."""
    rules = "\n\n".join(str(m.get("content") or "") for m in messages if m.get("role") == "system")
    rest = [m for m in messages if m.get("role") != "system"]
    for place, message in enumerate(rest):
        if message.get("role") == "user" and isinstance(message.get("content"), str):
            rest[place] = {
                **message,
                "content": f"{rules}\n\n{message['content']}" if rules else message["content"],
            }
            break
    return rest
