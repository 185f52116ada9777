"""Clients for language model servers: their options checked, their connections cut from another thread."""

from __future__ import annotations

import inspect
import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from chatbot.config import LLMConfig, LLMLimits
from chatbot.config.owner import place
from chatbot.errors import ConfigError
from chatbot.llms.needs import NEEDS, is_loopback
from chatbot.llms.streaming import on_abandon, request_sent, tell_person
from chatbot.llms.wire.targets import Connecting, as_text
from chatbot.telemetry.seat import headers_for_model_server

if TYPE_CHECKING:
    import httpx
    from llama_index.llms.openai import OpenAI


def patience(limits: LLMLimits) -> float:
    """The longest silence that any limit allows, in seconds: the client's own time-out, as a safety net."""
    return max(limits.first_token_s, limits.idle_s)


def http_options(config: LLMConfig, url: str, httpx: Any = None) -> dict[str, Any]:
    """Arguments of ``httpx.Client`` for a model at ``url``; ``httpx`` is another package of its kind.

    A new connection per question, so that each one reports its socket; no redirect, which could carry
    passages to another host; and no proxy for a server on this machine. An address that somebody typed leads nowhere
    into this network, and gets no header of the environment.
    """
    if httpx is None:
        import httpx

    limits = config.limits
    return {
        "timeout": httpx.Timeout(patience(limits), connect=min(10.0, limits.first_token_s)),
        "limits": httpx.Limits(max_keepalive_connections=0),
        "follow_redirects": False,
        "trust_env": not is_loopback(url),
        "event_hooks": {"request": [partial(_watch, config, url)], "response": [_check]},
    }


def _check(response: httpx.Response) -> None:
    """Every status that is no success, with the server's own words: raises ``ServerSaid``."""
    from chatbot.llms.wire.transport import checked

    checked(response)


def _watch(config: LLMConfig, url: str, request: httpx.Request) -> None:
    request_sent()
    for name in [*_accounts(config), *_headers_with_keys(config, request.headers)]:
        request.headers.pop(name, None)
    if is_loopback(url) or (
        config.owner is not None and place(config.backend, url) in config.owner.addresses
    ):
        request.headers.update(headers_for_model_server())
    tracing = partial(_trace, Connecting(config, url, request.url.host))
    request.extensions = {**request.extensions, "trace": tracing}


def _accounts(config: LLMConfig) -> Iterator[str]:
    """Headers that OpenAI's and Anthropic's clients take from the environment, where they are not for this address."""
    if NEEDS[config.backend].sends_keys_of_environment(config):
        return
    yield from ("OpenAI-Organization", "OpenAI-Project")
    for variable in ("OPENAI_CUSTOM_HEADERS", "ANTHROPIC_CUSTOM_HEADERS"):
        for line in os.environ.get(variable, "").splitlines():
            yield line.partition(":")[0].strip()


def _headers_with_keys(config: LLMConfig, headers: httpx.Headers) -> list[str]:
    """Those that hold a key of the environment that is not for this address: a client takes some by itself."""
    foreign = [
        key
        for backend, needs in NEEDS.items()
        if (key := needs.key_in_environment())
        and not (backend == config.backend and needs.sends_keys_of_environment(config))
    ]
    own = NEEDS[config.backend].key(config)
    return [name for name, value in headers.items() if any(key in value and key != own for key in foreign)]


def _trace(connecting: Connecting, event: str, info: dict[str, Any]) -> None:
    if event == "connection.connect_tcp.started":
        connecting.before(as_text(info.get("host")), info.get("port"))
    if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
        connected = info["return_value"].get_extra_info("socket")
        if connected is None:
            return
        if event == "connection.connect_tcp.complete":
            connecting.after(connected)
        on_abandon(partial(_shut_down, connected), connected.close)


def _shut_down(connected: socket.socket) -> None:
    # Closing would leave the reader blocked; shutting down wakes it. The base class's method, because
    # ssl's own drops its state under the reader.
    with suppress(OSError):
        socket.socket.shutdown(connected, socket.SHUT_RDWR)


# The stream ends with the number of tokens. Not asked of ``openai-like``: some servers refuse what they do not know;
# llm.options.additional_kwargs may ask for it there.
COUNTED: dict[str, Any] = {"stream_options": {"include_usage": True}}


# Options of the vendors' classes that have a setting of their own here.
_SETTINGS = {
    "model": "llm.model",
    "temperature": "llm.temperature",
    "max_tokens": "llm.max_tokens",
    "context_window": "llm.context_window",
    "timeout": "llm.limits",
    "request_timeout": "llm.limits",
    "max_retries": "llm.limits.tries",
}


# Objects that no configuration file can hold, and switches that would go around our clients.
_INTERNAL = {
    "callback_manager", "messages_to_prompt", "completion_to_prompt", "output_parser", "http_client",
    "async_http_client", "openai_client", "async_openai_client", "client", "async_client", "reuse_client",
    "tokenizer", "rate_limiter", "debug_config", "query_wrapper_prompt", "pydantic_program_mode",
    "http_options", "self", "kwargs",
}  # fmt: skip


def openai_client(
    kind: type[Any], config: LLMConfig, model: str, key: str, options: dict[str, Any]
) -> OpenAI:
    """A LlamaIndex ``OpenAI`` or ``OpenAILike`` whose key is in its clients and not in its repr."""
    import httpx
    from openai import AsyncOpenAI
    from openai import OpenAI as Client

    from chatbot.llms.wire.transport import CompatibleTransport

    url = options["api_base"]
    shared: dict[str, Any] = {
        "api_key": key,
        "base_url": url,
        "max_retries": 0,
        "default_headers": options.get("default_headers"),
    }
    # a client within the transport, which knows of proxies and reports its sockets
    wire = CompatibleTransport(httpx.Client(**http_options(config, url)), tell_person)
    llm: OpenAI = kind(
        model=model,
        temperature=config.temperature,
        max_tokens=config.max_tokens,
        max_retries=0,
        timeout=patience(config.limits),
        api_key="in the client",
        openai_client=Client(
            **shared,
            http_client=httpx.Client(transport=wire, timeout=patience(config.limits), follow_redirects=False),
        ),
        async_openai_client=AsyncOpenAI(**shared, timeout=patience(config.limits)),
        **options,
    )
    return llm


def checked_options(config: LLMConfig, kind: type[Any], extra: tuple[str, ...] = ()) -> dict[str, Any]:
    """A copy of ``config.options``, every key of which the LlamaIndex class ``kind`` takes.

    Raises:
        ConfigError: the key is unknown, has a setting of its own, or is a secret.
    """
    known = {*inspect.signature(kind.__init__).parameters, *kind.model_fields, *extra} - _INTERNAL
    for name in config.options:
        if name in _SETTINGS:
            raise ConfigError(
                "llm.options.{option} has a setting of its own: set {setting} instead",
                option=name,
                setting=_SETTINGS[name],
            )
        if "api_key" in name or "secret" in name:
            variable = " or ".join(NEEDS[config.backend].keys) or NEEDS[config.backend].optional_key
            raise ConfigError(
                "llm.options.{option}: keys do not belong into the configuration; set the environment variable {variable}",
                option=name,
                variable=variable,
            )
        if name not in known:
            usable = ", ".join(
                sorted(n for n in known - _SETTINGS.keys() if "key" not in n and "secret" not in n)
            )
            raise ConfigError(
                "llm.options.{option} is not an option of backend {backend}; known: {known}",
                option=name,
                backend=repr(config.backend),
                known=usable,
            )
    return dict(config.options)
