"""Language model backends: ``build_writer(config)``, and which of them can be used right now.

    LLMConfig -> needs (package, key, address, file) -> LLMS[backend](config) -> Writer

A builder returns a ``Writer`` of its own, or a LlamaIndex ``LLM``, which is wrapped into ``LLMWriter``.
"""

from __future__ import annotations

from dataclasses import dataclass

from chatbot.answering.writer import Writer
from chatbot.config import LLMConfig
from chatbot.errors import ChatbotError, ConfigError, LLMError
from chatbot.llms.backends import LLMS
from chatbot.llms.failures import Endpoint
from chatbot.llms.keys import held
from chatbot.llms.llm_writer import LLMWriter
from chatbot.llms.needs import NEEDS, Needs, is_loopback
from chatbot.llms.permission import is_set_by_owner, refused
from chatbot.text.invisible import clean_line

__all__ = ["LLMS", "BackendStatus", "backend_statuses", "build_writer"]


@dataclass(frozen=True, slots=True)
class BackendStatus:
    """Whether a backend can be used as things stand.

    Attributes:
        reason: why not, and what to do; empty when usable.
        remote: whether it would send text off this machine.
        model: the configured model, or the backend's default; empty when it has none.
    """

    name: str
    usable: bool
    reason: str
    remote: bool
    model: str


def backend_statuses(config: LLMConfig) -> list[BackendStatus]:
    """Every known backend by name. Looks at packages, variables and files only: no network, no heavy import.

    ``config.model`` and ``config.options`` belong to ``config.backend``; the others are judged by their defaults.
    """
    return [_status(name, _for_backend(config, name)) for name in LLMS]


def build_writer(config: LLMConfig) -> Writer:
    """The writer for ``config.backend``.

    Raises:
        ConfigError: unknown backend or option, or a missing package, key, address or file.
        LLMError: an installed package does not load, or a local model cannot be started.
    """
    build = LLMS.get(config.backend)
    needs = NEEDS.get(config.backend, Needs())
    if reason := refused(config) or needs.missing(config):
        raise ConfigError("llm backend {backend} {reason}", backend=repr(config.backend), reason=reason)
    if config.max_tokens >= config.context_window:
        raise ConfigError(
            "llm.max_tokens ({tokens}) leaves no room for passages in llm.context_window ({window}); lower the one or raise the other",
            tokens=config.max_tokens,
            window=config.context_window,
        )
    try:
        built = build(config)
    except ChatbotError:
        raise
    except ImportError as error:
        raise LLMError(
            "llm backend {backend} is installed but does not load ({error}); reinstall {what}",
            backend=repr(config.backend),
            error=clean_line(str(error)),
            what=needs.distribution or "its package",
        ) from error
    except ValueError as error:  # pydantic's included: a value that the vendor's class does not take
        raise ConfigError(
            "llm backend {backend}: {error}; correct the llm section",
            backend=repr(config.backend),
            error=_problem(error),
        ) from None
    if isinstance(built, Writer):
        return built
    llm = built
    model = needs.model_of(config) or clean_line(str(getattr(llm, "model", "")))
    return LLMWriter(
        lambda: llm,
        config,
        label=f"{config.backend} · {model}" if model else config.backend,
        remote=needs.remote(config) if config.backend in NEEDS else True,
        endpoint=Endpoint(
            url=needs.url_of(config),
            url_setting=f"llm.options.{needs.url_option}" if needs.url_option else "",
            key="" if held(needs.place(config)) else " or ".join(needs.keys) or needs.optional_key,
            model=model,
            remote=bool(needs.url_of(config)) and not is_loopback(needs.url_of(config)),
            is_typed=not is_set_by_owner(config),
        ),
    )


def _for_backend(config: LLMConfig, name: str) -> LLMConfig:
    if name == config.backend:
        return config
    return config.model_copy(update={"backend": name, "model": "", "options": {}})


def _status(name: str, config: LLMConfig) -> BackendStatus:
    needs = NEEDS.get(name)
    if needs is None:  # somebody else's: only its builder knows what it needs
        return BackendStatus(name, usable=True, reason="", remote=True, model=config.model)
    reason = needs.missing(config)
    return BackendStatus(name, not reason, reason, needs.remote(config), needs.model_of(config))


def _problem(error: ValueError) -> str:
    """One line without the values that were passed: one of them may be a key."""
    details = getattr(error, "errors", None)
    if callable(details):
        return "; ".join(f"{'.'.join(map(str, e['loc']))}: {clean_line(e['msg'])}" for e in details())
    return clean_line(str(error))[:300]
