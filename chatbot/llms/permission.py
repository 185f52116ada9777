"""Whether these settings of a language model may be used at all: what a person typed is not what the owner set.

Asked where a writer is built and where a server is asked for its models, so below every page and command.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from pathlib import Path
from urllib.parse import urlsplit

from chatbot.config import Config, LLMConfig, Owner
from chatbot.config.owner import place, without_password
from chatbot.errors import Phrase
from chatbot.llms.needs import NEEDS, is_loopback, may_load

_QUOTES = "extractive"


def for_page(config: Config, *, is_shared: bool, files: Collection[Path] = ()) -> Config:
    """``config`` for the page: its visitors are the owner, or, where it ``is_shared``, other people.

    ``files``: models that were pulled.
    """
    llm = config.llm
    models = [*files, *([Path(llm.model)] if llm.backend == "gguf" and llm.model else [])]
    owner = (llm.owner or Owner()).model_copy(
        update={
            "shared": is_shared,
            "backends": (_QUOTES, f"{llm.backend}:{llm.model}", *config.sharing.backends),
            "models": tuple(str(file.expanduser().resolve()) for file in models),
            "closed": (str(config.store.resolve()),),
        }
    )
    return config.model_copy(update={"llm": llm.model_copy(update={"owner": owner})})


def refused(config: LLMConfig) -> str:
    """Why ``config`` may not be used, as a sentence's end; empty where it may. Looks nothing up, and at no file."""
    owner = config.owner
    if owner is None:
        return ""
    if owner.shared and not is_offered(config):
        return Phrase(
            "is not offered here: other people use this page, too, and its owner lists in [sharing] backends what they may choose"
        )
    if config.backend == "gguf" and config.model and not may_load(config):
        return Phrase("loads no file out of the folder in which uploaded files are kept; choose another one")
    url = _url(config)
    if url and not is_set_by_owner(config):
        if not _is_web_address(url):
            return Phrase(
                "needs an address that begins with http:// or https://, not {url}", url=without_password(url)
            )
        if is_private(urlsplit(url).hostname or "") and not is_loopback(url) and not owner.allow_private:
            return private_address(urlsplit(url).hostname or "")
    return ""


def is_offered(config: LLMConfig) -> bool:
    """Whether the owner of a shared page lets its visitors use ``config``."""
    owner = config.owner or Owner()
    if not is_set_by_owner(config):
        return False
    if config.backend == "gguf" and config.model:
        return may_load(config) and any(name.partition(":")[0] == "gguf" for name in owner.backends)
    return any(
        backend == config.backend and (not colon or model == config.model)
        for backend, colon, model in (name.partition(":") for name in owner.backends)
    )


def is_shared(config: LLMConfig) -> bool:
    """Whether others than the owner choose: nothing is typed then, and no file is fetched or removed."""
    return config.owner is not None and config.owner.shared


def offered_models(config: LLMConfig, backend: str) -> tuple[str, ...]:
    """The models of ``backend`` that the owner of a shared page lists by name; empty names its own default."""
    names = (config.owner or Owner()).backends
    return tuple(
        dict.fromkeys(model for name, _, model in (n.partition(":") for n in names) if name == backend)
    )


def is_set_by_owner(config: LLMConfig) -> bool:
    """Whether its address is the backend's own, or one that a configuration file names; nobody typed it."""
    url = _url(config)
    if config.owner is None or not url:
        return True
    needs = NEEDS.get(config.backend)
    default = needs.url if needs is not None else ""
    there = place(config.backend, url)
    return there in config.owner.addresses or bool(default and there == place(config.backend, default))


def private_address(host: str) -> Phrase:
    """The sentence's end for an address inside this network that nobody allowed."""
    return Phrase(
        "does not ask {host}, which is inside this network; set llm.allow_private = true in your own configuration, or name the address there",
        host=host,
    )


def is_private(host: str) -> bool:
    """Whether an address, as digits, is none of the public internet; a name is not looked up, and so is none."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal"))
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is not None:
            return is_private(str(inner))
        if address in ipaddress.ip_network("64:ff9b::/96"):  # an IPv4 address behind a translator
            return is_private(str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)))
    return not address.is_global or address.is_multicast


def _url(config: LLMConfig) -> str:
    needs = NEEDS.get(config.backend)
    return needs.url_of(config) if needs is not None else ""


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
