"""Name -> builder. Built-in backends and other people's enter by the same door.

A builder is one small function that imports its own library inside, so that a backend which nobody
uses costs nothing. Third parties add theirs through an entry point in the group ``secondlook.<kind>``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from typing import Generic, TypeVar

from chatbot.errors import ConfigError

Builder = TypeVar("Builder", bound=Callable[..., object])


class Registry(Generic[Builder]):
    """Builders by name, for one kind of backend (``llms``, ``embeddings``, ``rerankers``)."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._builders: dict[str, Builder] = {}
        self._plugins_loaded = False

    def register(self, name: str) -> Callable[[Builder], Builder]:
        """Decorator: make ``builder`` known as ``name``."""

        def add(builder: Builder) -> Builder:
            self._builders[name] = builder
            return builder

        return add

    def get(self, name: str) -> Builder:
        """The builder called ``name``; ``ConfigError`` lists the known names when there is none."""
        self._load_plugins()
        try:
            return self._builders[name]
        except KeyError:
            known = ", ".join(self)
            raise ConfigError(
                f"unknown {self.kind} backend {name!r}; known: {known}"
            ) from None

    def __iter__(self) -> Iterator[str]:
        self._load_plugins()
        return iter(sorted(self._builders))

    def __contains__(self, name: str) -> bool:
        self._load_plugins()
        return name in self._builders

    def _load_plugins(self) -> None:
        if self._plugins_loaded:
            return
        self._plugins_loaded = True
        for entry in entry_points(group=f"secondlook.{self.kind}"):
            self._builders.setdefault(entry.name, entry.load())
