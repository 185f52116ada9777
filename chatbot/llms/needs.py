"""What each built-in backend needs before it can be built, checked without importing or asking anything."""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from chatbot.config import LLMConfig
from chatbot.config.files import owners_file
from chatbot.config.owner import place, without_password
from chatbot.errors import Phrase
from chatbot.llms.keys import Place, held

Lack = Literal["package", "key", "address", "file", "lost_file"]


@dataclass(frozen=True, slots=True)
class Needs:
    """Packages, key, address and model of a backend.

    Attributes:
        modules: import paths that must be there.
        distribution: what ``pip`` calls the package, and the extra has the backend's name.
        keys: environment variables, any one of which must hold the API key.
        optional_key: an environment variable that may hold one.
        url: the default address; ``url_option`` is the key in ``llm.options`` that overrides it.
        example_url: shown when an address must be given and is not.
        model: the default model.
        model_file: ``llm.model`` is the path of a file.
    """

    modules: tuple[str, ...] = ()
    distribution: str = ""
    keys: tuple[str, ...] = ()
    optional_key: str = ""
    url: str = ""
    url_option: str = ""
    example_url: str = ""
    model: str = ""
    model_file: bool = False

    def lacks(self, config: LLMConfig) -> Lack | None:
        """The first thing that is missing, in the order in which one would get them."""
        if not all(map(_installed, self.modules)):
            return "package"
        if self.keys and not self.key(config):
            return "key"
        if self.example_url and not self.url_of(config):
            return "address"
        if self.model_file and not config.model:
            return "file"
        if self.model_file and not (may_load(config) and Path(config.model).expanduser().is_file()):
            return "lost_file"
        return None

    def _key_missing(self, config: LLMConfig) -> Phrase:
        first, *others = self.keys or ("",)
        if self.key_in_environment():
            return Phrase(
                "does not send {variable} to {host}: it goes to another address only if {file}, or a file given with --config, names that one",
                variable=" or ".join(self.keys),
                host=urlsplit(self.url_of(config)).hostname or without_password(self.url_of(config)),
                file=owners_file(),
            )
        if not others:
            return Phrase("needs an API key: set the environment variable {variable}", variable=first)
        return Phrase(
            "needs an API key: set the environment variable {variable} or {other}",
            variable=first,
            other=" or ".join(others),
        )

    def missing(self, config: LLMConfig) -> str:
        """What is missing and how to get it, empty when nothing is."""
        lack = self.lacks(config)
        if lack is None:
            return ""
        return {
            "package": Phrase(
                "needs {package}: pip install 'secondlook[{extra}]'",
                package=self.distribution,
                extra=config.backend,
            ),
            "key": self._key_missing(config),
            "address": Phrase(
                "needs the address of its server: set llm.options.{option}, for example {example}",
                option=self.url_option,
                example=self.example_url,
            ),
            "file": "needs a model file: set llm.model to the path of a .gguf file",
            "lost_file": Phrase(
                "finds no file at {path}: set llm.model to the path of a .gguf file", path=config.model
            ),
        }[lack]

    def place(self, config: LLMConfig) -> Place:
        """Where a pasted key for ``config`` would go."""
        return Place.of(config.backend, self.url_of(config))

    def key(self, config: LLMConfig) -> str:
        """The API key that was pasted for this address, else the one in the environment where it may be sent there."""
        pasted = held(self.place(config))
        return pasted or (self.key_in_environment() if self.sends_keys_of_environment(config) else "")

    def sends_keys_of_environment(self, config: LLMConfig) -> bool:
        """Whether the address is the vendor's own, or one to which the owner sends them; or a program made ``config``."""
        owner, url = config.owner, self.url_of(config)
        there = place(config.backend, url)
        return (
            owner is None
            or bool(self.url and there == place(config.backend, self.url))
            or there in owner.keyed
        )

    def key_in_environment(self) -> str:
        names = (*self.keys, self.optional_key) if self.optional_key else self.keys
        return next((value for name in names if (value := os.environ.get(name, "").strip())), "")

    def url_of(self, config: LLMConfig) -> str:
        return str(config.options.get(self.url_option) or self.url) if self.url_option else self.url

    def model_of(self, config: LLMConfig) -> str:
        if self.model_file and config.model:
            return Path(config.model).stem
        return config.model or self.model

    def remote(self, config: LLMConfig) -> bool:
        """Whether the text leaves this machine. A server that is not configured yet counts by its example."""
        url = self.url_of(config) or self.example_url
        # Ollama answers for models called "...-cloud" on this machine but runs them on its own.
        in_cloud = self.url_option == "base_url" and self.model_of(config).endswith(("-cloud", ":cloud"))
        return bool(url) and (in_cloud or not is_loopback(url))


NEEDS: dict[str, Needs] = {
    "extractive": Needs(),
    "openai": Needs(
        modules=("llama_index.llms.openai",),
        distribution="llama-index-llms-openai",
        keys=("OPENAI_API_KEY",),
        url="https://api.openai.com/v1",
        url_option="api_base",
        model="gpt-5.4-mini",
    ),
    "openai-like": Needs(
        modules=("llama_index.llms.openai_like",),
        distribution="llama-index-llms-openai-like",
        optional_key="OPENAI_LIKE_API_KEY",
        url_option="api_base",
        example_url="http://127.0.0.1:8080/v1",
        model="default",
    ),
    "anthropic": Needs(
        modules=("llama_index.llms.anthropic",),
        distribution="llama-index-llms-anthropic",
        keys=("ANTHROPIC_API_KEY",),
        url="https://api.anthropic.com",
        url_option="base_url",
        model="claude-haiku-5-5",
    ),
    "google-genai": Needs(
        modules=("llama_index.llms.google_genai",),
        distribution="llama-index-llms-google-genai",
        keys=("GOOGLE_API_KEY", "GEMINI_API_KEY"),
        url="https://generativelanguage.googleapis.com",
        url_option="base_url",
        model="gemini-3.7-flash",
    ),
    "ollama": Needs(
        modules=("llama_index.llms.ollama",),
        distribution="llama-index-llms-ollama",
        optional_key="OLLAMA_API_KEY",
        url="http://127.0.0.1:11434",
        url_option="base_url",
        model="gemma3:4b",
    ),
    "gguf": Needs(
        modules=("xllamacpp", "llama_index.llms.openai_like"),
        distribution="xllamacpp and llama-index-llms-openai-like",
        model_file=True,
    ),
}


def leaves_this_machine(llm: LLMConfig) -> bool:
    """Whether passages do for an answer; so it is said of a backend of which nobody knows."""
    needs = NEEDS.get(llm.backend)
    return needs is None or needs.remote(llm)


def may_load(config: LLMConfig) -> bool:
    """Whether the file of a model may be loaded; looks at no file that is not named by the owner, or in reach of them."""
    owner = config.owner
    if owner is None or not config.model:
        return True
    file = Path(config.model).expanduser().resolve()
    if str(file) in owner.models:
        return True
    return not owner.shared and not any(file.is_relative_to(folder) for folder in owner.closed)


def is_loopback(url: str) -> bool:
    """Whether ``url`` (a host alone will do) is on this machine by its own words; no name is looked up."""
    host = url if _is_address(url) else urlsplit(url if "//" in url else f"//{url}").hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_address(host: str) -> bool:
    """Whether it is an address alone: an IPv6 one without brackets looks like a name and a port."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # a parent package is not there
        return False
