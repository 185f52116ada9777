"""The built-in backends: one small function each, which imports its own library.

All of them stream; the clients neither retry nor outlast ``config.limits``, because ``stream_with_limits``
does both. Addresses and keys are passed explicitly, so that no other variable redirects the text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from chatbot.answering.writer import Writer
from chatbot.config import LLMConfig
from chatbot.errors import ConfigError
from chatbot.llms.clients import COUNTED, checked_options, http_options, openai_client, patience
from chatbot.llms.keys import held
from chatbot.llms.needs import NEEDS
from chatbot.models.registry import Registry

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

LLMBuilder = Callable[[LLMConfig], "Writer | LLM"]
LLMS: Registry[LLMBuilder] = Registry("llm")


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
    llm = openai_client(OpenAI, config, needs.model_of(config), needs.key(config), options)
    llm.metadata  # noqa: B018 - a name it does not know fails here and not in the middle of a question
    return llm


@LLMS.register("openai-like")
def openai_like(config: LLMConfig) -> LLM:
    from llama_index.llms.openai_like import OpenAILike

    needs = NEEDS["openai-like"]
    options = {"is_chat_model": True, **checked_options(config, OpenAILike)}
    options["context_window"] = config.context_window
    # Never OPENAI_API_KEY: that one is not this server's to see.
    return openai_client(OpenAILike, config, needs.model_of(config), needs.key(config) or "none", options)


@LLMS.register("anthropic")
def anthropic(config: LLMConfig) -> LLM:
    import httpx2
    from llama_index.llms.anthropic import Anthropic

    needs = NEEDS["anthropic"]
    options = {"base_url": needs.url, **checked_options(config, Anthropic)}
    llm = Anthropic(
        model=needs.model_of(config),
        temperature=config.temperature,
        max_tokens=config.max_tokens,
        api_key=needs.key(config),
        timeout=patience(config.limits),
        max_retries=0,
        **options,
    )
    # LlamaIndex takes no client for Anthropic, and the vendor's own neither reports its sockets nor refuses redirects.
    client = httpx2.Client(**http_options(config, options["base_url"], httpx2))
    llm._client = llm._client.with_options(http_client=client)
    return llm


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
        "httpx_client": httpx.Client(**http_options(config, url)),
        "retry_options": {"attempts": 1},
    }
    # Gemini 3 and newer want their own temperature, so only one that somebody chose is sent.
    chosen = config.temperature != LLMConfig.model_fields["temperature"].default
    return GoogleGenAI(
        model=needs.model_of(config),
        temperature=config.temperature if chosen else None,
        max_tokens=config.max_tokens,
        context_window=config.context_window,
        api_key=needs.key(config),
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
    headers = dict(options.get("headers") or {})
    if pasted := held(needs.place(config)):  # the one in the environment the client takes by itself
        headers["Authorization"] = f"Bearer {pasted}"
    sampling = {"num_predict": config.max_tokens, **options.pop("additional_kwargs", {})}
    return Ollama(
        model=needs.model_of(config),
        base_url=url,
        temperature=config.temperature,
        context_window=options.pop("num_ctx", config.context_window),
        request_timeout=patience(config.limits),
        additional_kwargs=sampling,
        client=Client(host=url, headers=headers or None, **http_options(config, url)),
        **options,
    )


@LLMS.register("gguf")
def gguf(config: LLMConfig) -> Writer:
    from chatbot.llms.gguf import GGUFModel

    return GGUFModel(config).writer()
