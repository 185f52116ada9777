"""What went wrong with a language model, in one sentence that names what to do. Never holds a key."""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from chatbot.config import LLMLimits
from chatbot.config.owner import without_password
from chatbot.errors import ChatbotError, LLMError, Phrase
from chatbot.llms.keys import all_held
from chatbot.llms.wire.credit import codes_in, is_out_of_credit
from chatbot.llms.wire.said import ServerSaid, words_of
from chatbot.text.invisible import clean_line

logger = logging.getLogger(__name__)

# By name, because each vendor brings its own HTTP library and none is imported for the others' sake.
_BROKEN = {
    "RemoteProtocolError", "ReadError", "WriteError", "ConnectionResetError", "BrokenPipeError",
    "IncompleteRead", "ChunkedEncodingError", "CloseError",
}  # fmt: skip
_UNREACHABLE = {
    "ConnectError", "ConnectTimeout", "ConnectionError", "gaierror", "ProxyError",
    "UnsupportedProtocol", "InvalidURL", "LocalProtocolError",
}  # fmt: skip
_LONGEST = 10_000  # characters of a vendor's words that are looked at
_VENDORS = {"openai", "anthropic", "ollama", "google", "httpx"}
_TOLD = {"ResponseError", "APIError"}  # theirs that hold a server's words without a status
_SLOW = {"TimeoutException", "TimeoutError", "APITimeoutError"}
_GARBAGE = {"JSONDecodeError", "UnicodeDecodeError", "DecodingError", "APIResponseValidationError"}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a model is asked, for messages: its address, and the settings and variable that choose it.

    ``remote``: the address is not on this machine. ``is_typed``: somebody typed it on the page. What answers there may be
    any service that the server reaches, so nothing of it is shown but the errors of a language model's server.
    """

    url: str = ""
    url_setting: str = ""
    key: str = ""
    model: str = ""
    remote: bool = False
    is_typed: bool = False

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or self.url


def too_slow(label: str, limits: LLMLimits, begun: bool, late: bool, endpoint: Endpoint) -> LLMError:
    """No word came in time. ``begun``: some had come before; ``late``: the time for the whole answer was up."""
    return _too_slow(label, limits, begun, late, endpoint).of_kind("slow")


def _too_slow(label: str, limits: LLMLimits, begun: bool, late: bool, endpoint: Endpoint) -> LLMError:
    if not begun and endpoint.remote:
        waited = limits.total_s if late else limits.first_token_s
        setting = "llm.limits.total_s" if late else "llm.limits.first_token_s"
        return LLMError(
            "{label} sent nothing from {host} within {seconds} s; check this machine's network, raise {setting} or choose another llm.model",
            label=label,
            host=endpoint.host,
            seconds=f"{waited:g}",
            setting=setting,
        )
    if late:
        return LLMError(
            "{label} did not finish within {seconds} s; raise llm.limits.total_s or lower llm.max_tokens",
            label=label,
            seconds=f"{limits.total_s:g}",
        )
    if begun:
        return LLMError(
            "{label} fell silent for {seconds} s in the middle of its answer; ask again or raise llm.limits.idle_s",
            label=label,
            seconds=f"{limits.idle_s:g}",
        )
    return LLMError(
        "{label} sent no first token within {seconds} s; raise llm.limits.first_token_s or choose a faster llm.model",
        label=label,
        seconds=f"{limits.first_token_s:g}",
    )


def empty_answer(label: str, endpoint: Endpoint) -> LLMError:
    """The stream ended well and had no word in it."""
    where = (
        f"{endpoint.url_setting} ({without_password(endpoint.url)})"
        if endpoint.url_setting
        else "llm.options"
    )
    return LLMError(
        "{label} answered with nothing; check llm.model and {setting}, or raise llm.max_tokens (a reasoning model may spend all of it on thinking)",
        label=label,
        setting=where,
    ).of_kind("empty")


def translate(error: BaseException, label: str, endpoint: Endpoint) -> ChatbotError:
    """What ``error`` means to the user, which setting to change, and the server's own words. Never holds a key."""
    if isinstance(error, ChatbotError):
        return error
    own = next((cause for cause in _causes(error) if isinstance(cause, ChatbotError)), None)
    if own is not None:  # ours, wrapped by a vendor's client
        return own
    status = _status(error)
    if _has_no_credit(error):
        sentence = _no_credit(label)
    elif status is not None:
        sentence = _by_status(status, label, endpoint)
    else:
        sentence = _by_kind(error, label, endpoint)
    words, kind = _words(error, endpoint), kind_of(error)
    if not words:
        return LLMError(sentence).of_kind(kind)
    return LLMError("{sentence} (the server says: {words})", sentence=sentence, words=words).of_kind(kind)


def kind_of(error: BaseException) -> str:
    """Why a vendor's client failed, in one of the words by which failures are counted."""
    status, names, told = _status(error), _kinds(error), said_by(error)
    if _has_no_credit(error):
        return "quota"
    if status is not None:
        by_status = {401: "key", 403: "key", 429: "quota", 404: "not_found"}
        return by_status.get(status, "server" if status >= 500 else "refused")
    if told is not None:
        return "server" if told.is_stream else "garbage"
    by_name = (
        (_GARBAGE, "garbage"), (_BROKEN, "broken"), (_UNREACHABLE, "unreachable"), (_SLOW, "slow"),
    )  # fmt: skip
    return next((kind for kinds, kind in by_name if names & kinds), "other")


def _no_credit(label: str) -> Phrase:
    return Phrase(
        "{label}: its account has no credit left or has reached its spending limit; add credit or raise the limit where the key is from, or choose another llm.backend",
        label=label,
    )


def _by_status(status: int, label: str, endpoint: Endpoint) -> Phrase:
    address = _address(endpoint)
    if status in (401, 403):
        key = (
            Phrase("the environment variable {variable}", variable=endpoint.key)
            if endpoint.key
            else "its key"
        )
        return Phrase(
            "{label} refused the key (status {status}); check {what}", label=label, status=status, what=key
        )
    if status == 404:
        return Phrase(
            "{label}: no model {model} at {url}; check llm.model and the address{setting}",
            label=label,
            model=repr(endpoint.model),
            url=without_password(endpoint.url),
            setting=address,
        )
    if status == 429:
        return Phrase(
            "{label} takes no more requests now (status 429: rate limit or quota); wait a little or choose another llm.backend",
            label=label,
        )
    if status >= 500:
        return Phrase(
            "{label} failed on its side (status {status}); ask again later or choose another llm.backend",
            label=label,
            status=status,
        )
    if status < 400:
        return Phrase(
            "{label} is redirected to another address (status {status}); give the final one{setting}",
            label=label,
            status=status,
            setting=address,
        )
    return Phrase(
        "{label} refused the request (status {status}); check llm.model, llm.options and llm.context_window",
        label=label,
        status=status,
    )


def _by_kind(error: BaseException, label: str, endpoint: Endpoint) -> Phrase:
    names, address, told = _kinds(error), _address(endpoint), said_by(error)
    if told is not None and told.is_stream:
        return Phrase("{label} sent an error instead of an answer; check llm.model", label=label)
    if told is not None or names & _GARBAGE:
        return Phrase(
            "{label} answered with something that is not a chat stream; check the address{setting}",
            label=label,
            setting=address,
        )
    if names & _BROKEN:
        return Phrase("{label} broke off its answer: the connection was closed; ask again", label=label)
    if names & _SLOW and not names & _UNREACHABLE:
        return Phrase("{label} did not answer in time; ask again or raise llm.limits", label=label)
    if names & _UNREACHABLE and endpoint.remote:
        return Phrase(
            "{label}: cannot reach {host}; check this machine's network (proxy, firewall), or choose an llm.backend that runs here",
            label=label,
            host=endpoint.host,
        )
    if names & _UNREACHABLE:
        return Phrase(
            "{label}: cannot reach {url}; is the server running?{setting}",
            label=label,
            url=without_password(endpoint.url),
            setting=address,
        )
    logger.info(
        "%s failed: %s", label, type(error).__name__
    )  # a name that helps nobody who only asked something
    return Phrase("{label} failed; check llm.model and llm.options", label=label)


def _address(endpoint: Endpoint) -> str:
    return f" ({endpoint.url_setting})" if endpoint.url_setting else ""


def worth_another_try(error: BaseException) -> bool:
    """Whether the same request may succeed in a moment: the server is busy, loading or broke off."""
    status, told = _status(error), said_by(error)
    if (told is not None and told.is_for_long) or _has_no_credit(error):
        return False
    if status is not None:
        return status in (408, 429) or status >= 500
    return is_loading(error) or bool(_kinds(error) & (_BROKEN | _UNREACHABLE))


def _has_no_credit(error: BaseException) -> bool:
    if (told := said_by(error)) is not None:
        return told.is_out_of_credit
    status = _status(error)
    codes = next((codes_in(cause.body) for cause in _causes(error) if hasattr(cause, "body")), "")
    return status is not None and is_out_of_credit(status, codes, _raw_words(error), is_asked_to_wait=False)


def asked_to_wait(error: BaseException) -> float | None:
    """Seconds that the server asks to wait before the next request; ``None`` where it does not."""
    told = said_by(error)
    return told.retry_after if told is not None else None


def is_loading(error: BaseException) -> bool:
    """Whether the server is there and its model is not yet."""
    told = said_by(error)
    return told is not None and told.is_loading


def said_by(error: BaseException) -> ServerSaid | None:
    """What the server said, however deep a vendor's client wrapped it."""
    return next((cause for cause in _causes(error) if isinstance(cause, ServerSaid)), None)


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def _kinds(error: BaseException) -> set[str]:
    """Names of the classes, bases included, of ``error`` and of what caused it."""
    return {kind.__name__ for cause in _causes(error) for kind in type(cause).__mro__}


def _status(error: BaseException) -> int | None:
    """The HTTP status; ``status`` is ours; vendors keep it in ``status_code`` (openai, anthropic, ollama) or ``code`` (google)."""
    for cause in _causes(error):
        for name in ("status", "status_code", "code"):
            value = getattr(cause, name, None)
            if isinstance(value, int) and 300 <= value < 600:
                return value
    return None


def _words(error: BaseException, endpoint: Endpoint) -> str:
    """The server's own, on one short line, with everything that may be a key taken out."""
    told = said_by(error)
    if endpoint.is_typed and (told is None or not told.is_structured):
        return ""
    return masked(_raw_words(error))


def _raw_words(error: BaseException) -> str:
    if (told := said_by(error)) is not None:
        return told.words
    for cause in _causes(error):
        body = getattr(cause, "body", None)
        if isinstance(body, dict | list):
            return words_of(json.dumps(body))
        has_status = _status(cause) is not None
        if has_status or (type(cause).__module__.partition(".")[0] in _VENDORS and _kinds(cause) & _TOLD):
            return str(cause)
    return ""


def masked(words: str) -> str:
    """``words`` on one line of at most 300 characters without anything that may be a key."""
    words = words[:_LONGEST]  # some servers send a whole page
    text = clean_line(
        words if len(words) < _LONGEST else words.rpartition(" ")[0]
    )  # half a key would not be recognised
    for key in all_held():
        text = text.replace(key, "***")
    for name, value in os.environ.items():
        if len(value) >= 8 and name.upper().endswith(("KEY", "TOKEN", "SECRET", "PASSWORD")):
            text = text.replace(value, "***")
    text = re.sub(r"(?<=://)[^/@\s]+@", "***@", text)  # a name and a password in an address
    text = re.sub(r"(?i)\b(sk|pk|key|bearer|basic|aiza)[-_ ]?[\w\-*+/=]{12,}", "***", text)
    return text if len(text) <= 300 else text[:300] + "…"
