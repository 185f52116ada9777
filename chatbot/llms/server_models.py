"""The names of the models that a server offers, read from the server itself."""

from __future__ import annotations

import json
from typing import Any

from chatbot.config import LLMConfig
from chatbot.errors import ChatbotError, ConfigError
from chatbot.llms.failures import Endpoint, translate
from chatbot.llms.needs import NEEDS, is_loopback
from chatbot.llms.permission import is_set_by_owner, refused
from chatbot.text.invisible import clean_line

LIMIT_S = 5.0
MOST = 500  # names; a router offers some hundreds
_LONGEST_NAME = 200
_LONGEST_LIST = 4_000_000  # bytes
_LISTS = ("data", "models", "result")
_NAMES = ("id", "name", "model", "key")
# where each backend's server lists its models, behind its address; a backend that is not here lists none
_PATHS = {
    "openai": "/models",
    "openai-like": "/models",
    "ollama": "/api/tags",
    "anthropic": "/v1/models",
    "google-genai": "/v1beta/models",
}


def lists_models(backend: str) -> bool:
    """Whether servers of this backend say what they have."""
    return backend in _PATHS


def server_models(config: LLMConfig, limit_s: float = LIMIT_S) -> tuple[str, ...]:
    """The names that ``config``'s server gives, in its order; one request, which sends nothing of the documents.

    Raises:
        ChatbotError: it cannot be reached or refuses, in a sentence with its own words.
    """
    import httpx

    from chatbot.llms.clients import http_options
    from chatbot.llms.wire.said import read_up_to
    from chatbot.llms.wire.transport import checked

    if reason := refused(config):
        raise ConfigError("llm backend {backend} {reason}", backend=repr(config.backend), reason=reason)
    needs = NEEDS[config.backend]
    url, setting = needs.url_of(config).rstrip("/"), f"llm.options.{needs.url_option}"
    endpoint = Endpoint(
        url, setting, " or ".join(needs.keys) or needs.optional_key, config.model,
        remote=not is_loopback(url), is_typed=not is_set_by_owner(config),
    )  # fmt: skip
    try:
        with (
            httpx.Client(**{**http_options(config, url), "timeout": limit_s}) as client,
            client.stream("GET", url + _PATHS[config.backend], headers=_headers(config)) as response,
        ):
            content = json.loads(read_up_to(checked(response).iter_bytes(), _LONGEST_LIST))
    except ChatbotError:
        raise
    except Exception as error:  # whatever a server sends
        raise translate(error, config.backend, endpoint) from None
    return _names(content, config.backend)


def _headers(config: LLMConfig) -> dict[str, str]:
    key = NEEDS[config.backend].key(config)
    own = config.options.get("default_headers", config.options.get("headers"))
    headers = {str(k): str(v) for k, v in own.items()} if isinstance(own, dict) else {}
    if not key:
        return headers
    if config.backend == "anthropic":
        return {"x-api-key": key, "anthropic-version": "2023-06-01", **headers}
    if config.backend == "google-genai":
        return {"x-goog-api-key": key, **headers}
    return {"Authorization": f"Bearer {key}", **headers}


def _names(content: Any, backend: str) -> tuple[str, ...]:
    if isinstance(content, dict):
        content = next((content[name] for name in _LISTS if isinstance(content.get(name), list)), [])
    found: dict[str, None] = {}
    for entry in content[: MOST * 2] if isinstance(content, list) else ():
        named = entry if isinstance(entry, str) else _named(entry)
        if backend == "google-genai":
            named = named.removeprefix("models/")
        if named and len(found) < MOST:
            found[clean_line(named)[:_LONGEST_NAME]] = None
    return tuple(found)


def _named(entry: Any) -> str:
    if not isinstance(entry, dict):
        return ""
    return next((str(entry[name]) for name in _NAMES if isinstance(entry.get(name), str) and entry[name]), "")
