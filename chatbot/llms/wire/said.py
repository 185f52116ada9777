"""What a server says instead of an answer: its status, its own words, and how long it asks to wait."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from chatbot.llms.wire.credit import codes_in, is_out_of_credit

LONGEST_BODY = 64_000  # bytes that are read of a refusal; some servers send a whole page
_LONGEST_PAGE = 20_000  # characters of a web page that are looked at
_DEEPEST = 4  # levels of JSON in which words are looked for
_WORDS = (
    "message",
    "detail",
    "msg",
    "error_msg",
    "error",
    "errors",
    "error_description",
    "reason",
    "title",
    "code",
)
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{1,300})", re.IGNORECASE)
_UNSEEN = re.compile(r"<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_LOADING = re.compile(
    r"\b(?:load(?:ing)?|warm(?:ing)? up|starting|initiali[sz]ing)\b.{0,40}\bmodel|model\b.{0,60}\b(?:load(?:ing)|warming|starting)",
    re.IGNORECASE,
)
_USED_UP = re.compile(r"\bquota\b|\bbilling\b|\bbalance\b|\bcredits?\b", re.IGNORECASE)
_WAIT = re.compile(
    r"(?:try again|retry|wait)[^.\d]{0,30}(\d{1,4}(?:\.\d{1,3})?)\s*(ms|s|sec|second|m|min)?\b", re.IGNORECASE
)


class ServerSaid(Exception):
    """A server answered with an error, or with something that is no answer.

    Attributes:
        words: its own, unmasked and unbounded: for ``chatbot.llms.failures`` only.
        status: of HTTP, where it has one.
        parameter: the one that it names as wrong, if it does.
        retry_after: seconds that it asks to wait; ``None`` where it does not ask.
        is_stream: false where what came is no chat stream at all.
        is_structured: the words stood in an object with an error, as servers of language models send them.
        codes: what it says for machines, as ``insufficient_quota``.
    """

    def __init__(
        self,
        words: str,
        status: int | None = None,
        parameter: str = "",
        retry_after: float | None = None,
        *,
        is_stream: bool = True,
        is_structured: bool = False,
        codes: str = "",
    ) -> None:
        super().__init__("a server said")  # without its words: vendors' clients log what they catch
        self.words = words
        self.status = status
        self.parameter = parameter
        self.retry_after = retry_after
        self.is_stream = is_stream
        self.is_structured = is_structured
        self.codes = codes

    @property
    def is_out_of_credit(self) -> bool:
        """Whether the account has no money left, so that only somebody who pays can help."""
        return is_out_of_credit(self.status, self.codes, self.words, self.retry_after is not None)

    @property
    def is_for_long(self) -> bool:
        """Whether a second try is in vain: nothing is left of a quota, or of what was paid."""
        return self.is_out_of_credit or (
            self.retry_after is None and bool(_USED_UP.search(self.words[:1000]))
        )

    @property
    def is_loading(self) -> bool:
        """Whether the model is being loaded, so that waiting helps."""
        return self.status == 503 or bool(_LOADING.search(self.words[:1000]))


def said(status: int, headers: Mapping[str, str], body: bytes) -> ServerSaid:
    """The error that a status with ``body`` is."""
    text = body[:LONGEST_BODY].decode("utf-8-sig", "replace")
    content = _parsed(text)
    is_structured = isinstance(content, Mapping) and any(
        content.get(key) for key in ("error", "detail", "message")
    )
    return ServerSaid(
        words_of(text),
        status,
        _parameter(content),
        _retry_after(headers, content, text),
        is_structured=is_structured,
        codes=codes_in(content),
    )


def said_in_stream(content: Mapping[str, Any]) -> ServerSaid:
    """The error that an object in the middle of a stream is."""
    error = content.get("error")
    code = next(
        (c for c in (_number(error, "code"), _number(content, "code"), _number(content, "status")) if c), None
    )
    return ServerSaid(
        _in_json(content, _DEEPEST),
        code,
        _parameter(content),
        _retry_after({}, content, ""),
        is_structured=True,
        codes=codes_in(content),
    )


def read_up_to(chunks: Iterable[bytes], limit: int = LONGEST_BODY) -> bytes:
    """The first ``limit`` bytes."""
    read = bytearray()
    for chunk in chunks:
        read += chunk
        if len(read) >= limit:
            break
    return bytes(read[:limit])


def words_of(text: str) -> str:
    """What a body says to a person: its JSON's message, its page's title, else itself."""
    content = _parsed(text)
    if content is not None:
        return _in_json(content, _DEEPEST)
    if text.lstrip().startswith("<"):
        page = text[:_LONGEST_PAGE]
        title = _TITLE.search(page)
        seen = title[1] if title else _TAG.sub(" ", _UNSEEN.sub(" ", page))
        return html.unescape(" ".join(seen.split()))
    return text.strip()


def _parsed(text: str) -> Any:
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _in_json(content: Any, levels: int) -> str:
    if isinstance(content, str):
        return content.strip()
    if levels and isinstance(content, list):
        return "; ".join(filter(None, (_in_json(item, levels - 1) for item in content[:5])))
    if levels and isinstance(content, Mapping):
        where = content.get("loc")
        place = ".".join(map(str, where[:5])) + ": " if isinstance(where, list) and where else ""
        words = next((w for key in _WORDS if (w := _in_json(content.get(key), levels - 1))), "")
        meta = content.get("metadata")  # OpenRouter: the words of the provider behind it
        raw = words_of(str(meta["raw"])) if isinstance(meta, Mapping) and meta.get("raw") else ""
        return f"{place}{words}{f' ({raw})' if raw and raw not in words else ''}" if words else raw
    return ""


def _parameter(content: Any) -> str:
    for level in (content, content.get("error") if isinstance(content, Mapping) else None):
        if isinstance(level, Mapping) and isinstance(level.get("param"), str):
            return str(level["param"])
    return ""


def _retry_after(headers: Mapping[str, str], content: Any, text: str) -> float | None:
    """Seconds, from the header in any of its forms, else from the body's own words."""
    if (given := headers.get("retry-after-ms", "")).strip().isdecimal():
        return int(given) / 1000
    if given := headers.get("retry-after", "").strip():
        try:
            return max(0.0, float(given))
        except ValueError:
            pass
        try:
            return max(0.0, (_aware(parsedate_to_datetime(given)) - datetime.now(UTC)).total_seconds())
        except (ValueError, TypeError, OverflowError):
            pass
    estimated = content.get("estimated_time") if isinstance(content, Mapping) else None
    if isinstance(estimated, int | float) and not isinstance(estimated, bool):
        return max(0.0, float(estimated))
    if found := _WAIT.search(text[:2000]):
        unit = (found[2] or "s").lower()
        return (
            float(found[1]) / 1000 if unit == "ms" else float(found[1]) * (60 if unit in ("m", "min") else 1)
        )
    return None


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _number(content: Any, key: str) -> int | None:
    value = content.get(key) if isinstance(content, Mapping) else None
    return value if isinstance(value, int) and 400 <= value < 600 else None
