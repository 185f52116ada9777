"""The built-in backends: one small function each, which imports its own library.

All of them stream; the clients neither retry nor outlast ``config.limits``, because ``stream_with_limits``
does both. Addresses and keys are passed explicitly, so that no other variable redirects the text.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from chatbot.config import LLMConfig
from chatbot.errors import ConfigError
from chatbot.llms.clients import http_options, patience
from chatbot.llms.llm_writer import Writer
from chatbot.llms.needs import NEEDS
from chatbot.models.registry import Registry

if TYPE_CHECKING:
    from llama_index.core.llms import LLM
    from llama_index.llms.openai import OpenAI

LLMBuilder = Callable[[LLMConfig], "Writer | LLM"]
LLMS: Registry[LLMBuilder] = Registry("llm")

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


@LLMS.register("extractive")
def extractive(config: LLMConfig) -> Writer:
    """The best sentences of the sources, quoted; no model."""
    from chatbot.answering.extractive import ExtractiveWriter

    if config.model or config.options:
        raise ConfigError("llm backend 'extractive' takes no model and no options; leave them out")
    return ExtractiveWriter()


@LLMS.register("openai")
def openai(config: LLMConfig) -> LLM:
    from llama_index.llms.openai import OpenAI

    needs = NEEDS["openai"]
    options = {"api_base": needs.url, **checked_options(config, OpenAI)}
    options["additional_kwargs"] = {**COUNTED, **options.get("additional_kwargs", {})}
    if not config.model:  # a reasoning model: little thought is enough to quote three passages
        options.setdefault("reasoning_effort", "low")
    llm = openai_client(OpenAI, config, needs.model_of(config), needs.key(), options)
    llm.metadata  # noqa: B018 - a name it does not know fails here and not in the middle of a question
    return llm


@LLMS.register("openai-like")
def openai_like(config: LLMConfig) -> LLM:
    from llama_index.llms.openai_like import OpenAILike

    needs = NEEDS["openai-like"]
    options = {"is_chat_model": True, **checked_options(config, OpenAILike)}
    options["context_window"] = config.context_window
    # Never OPENAI_API_KEY: that one is not this server's to see.
    return openai_client(OpenAILike, config, needs.model_of(config), needs.key() or "none", options)


@LLMS.register("anthropic")
def anthropic(config: LLMConfig) -> LLM:
    from llama_index.llms.anthropic import Anthropic

    needs = NEEDS["anthropic"]
    return Anthropic(
        model=needs.model_of(config),
        temperature=config.temperature,
        max_tokens=config.max_tokens,
        api_key=needs.key(),
        timeout=patience(config.limits),
        max_retries=0,
        **{"base_url": needs.url, **checked_options(config, Anthropic)},
    )


@LLMS.register("google-genai")
def google_genai(config: LLMConfig) -> LLM:
    import httpx
    from llama_index.llms.google_genai import GoogleGenAI

    needs = NEEDS["google-genai"]
    options = checked_options(config, GoogleGenAI, extra=("base_url",))
    url = options.pop("base_url", needs.url)
    http: Any = {  # milliseconds
        "base_url": url,
        "timeout": int(patience(config.limits) * 1000),
        "httpx_client": httpx.Client(**http_options(config.limits, url)),
        "retry_options": {"attempts": 1},
    }
    # Gemini 3 and newer want their own temperature, so only one that somebody chose is sent.
    chosen = config.temperature != LLMConfig.model_fields["temperature"].default
    return GoogleGenAI(
        model=needs.model_of(config),
        temperature=config.temperature if chosen else None,
        max_tokens=config.max_tokens,
        context_window=config.context_window,
        api_key=needs.key(),
        max_retries=0,
        http_options=http,
        **options,
    )


@LLMS.register("ollama")
def ollama(config: LLMConfig) -> LLM:
    from llama_index.llms.ollama import Ollama
    from ollama import Client

    needs = NEEDS["ollama"]
    options = checked_options(config, Ollama, extra=("num_ctx",))
    url = options.pop("base_url", needs.url)
    sampling = {"num_predict": config.max_tokens, **options.pop("additional_kwargs", {})}
    return Ollama(
        model=needs.model_of(config),
        base_url=url,
        temperature=config.temperature,
        context_window=options.pop("num_ctx", config.context_window),
        request_timeout=patience(config.limits),
        additional_kwargs=sampling,
        client=Client(host=url, headers=options.get("headers"), **http_options(config.limits, url)),
        **options,
    )


@LLMS.register("gguf")
def gguf(config: LLMConfig) -> Writer:
    from chatbot.llms.gguf import GGUFModel

    return GGUFModel(config).writer()


def openai_client(
    kind: type[Any], config: LLMConfig, model: str, key: str, options: dict[str, Any]
) -> OpenAI:
    """A LlamaIndex ``OpenAI`` or ``OpenAILike`` whose key is in its clients and not in its repr."""
    import httpx
    from openai import AsyncOpenAI
    from openai import OpenAI as Client

    url = options["api_base"]
    shared: dict[str, Any] = {
        "api_key": key,
        "base_url": url,
        "max_retries": 0,
        "default_headers": options.get("default_headers"),
    }
    llm: OpenAI = kind(
        model=model,
        temperature=config.temperature,
        max_tokens=config.max_tokens,
        max_retries=0,
        timeout=patience(config.limits),
        api_key="in the client",
        openai_client=Client(**shared, http_client=httpx.Client(**http_options(config.limits, url))),
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
            raise ConfigError(f"llm.options.{name} has a setting of its own: set {_SETTINGS[name]} instead")
        if "api_key" in name or "secret" in name:
            variable = " or ".join(NEEDS[config.backend].keys) or NEEDS[config.backend].optional_key
            raise ConfigError(
                f"llm.options.{name}: keys do not belong into the configuration; set the environment variable {variable}"
            )
        if name not in known:
            usable = ", ".join(
                sorted(n for n in known - _SETTINGS.keys() if "key" not in n and "secret" not in n)
            )
            raise ConfigError(
                f"llm.options.{name} is not an option of backend {config.backend!r}; known: {usable}"
            )
    return dict(config.options)
