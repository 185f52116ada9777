"""Name -> builder. Built-in backends and other people's enter by the same door.

A builder is one small function that imports its own library inside, so that a backend which nobody
uses costs nothing. Third parties add theirs through an entry point in the group ``secondlook.<kind>s``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from typing import Generic, TypeVar

from chatbot.errors import ConfigError

Builder = TypeVar("Builder", bound=Callable[..., object])


class Registry(Generic[Builder]):
    """Builders by name, for one kind of backend: ``llm``, ``embedding`` or ``reranker``."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._builders: dict[str, Builder] = {}

    def register(self, name: str) -> Callable[[Builder], Builder]:
        """Decorator: make ``builder`` known as ``name``."""

        def add(builder: Builder) -> Builder:
            self._builders[name] = builder
            return builder

        return add

    def get(self, name: str) -> Builder:
        """The builder called ``name``.

        Raises:
            ConfigError: there is none (the message lists the known names), or its plug-in does not load.
        """
        if name in self._builders:
            return self._builders[name]
        if name not in self._plugins:
            raise ConfigError(
                "unknown {kind} backend {name}; known: {known}",
                kind=self.kind,
                name=repr(name),
                known=", ".join(self),
            )
        try:
            builder: Builder = self._plugins[name].load()
        except Exception as error:  # someone else's code: anything may go wrong in it, and only for its users
            plugin = self._plugins[name].value
            raise ConfigError(
                "the plug-in {plugin} of {kind} backend {name} does not load: {error}",
                plugin=plugin,
                kind=self.kind,
                name=repr(name),
                error=error,
            ) from error
        return self._builders.setdefault(name, builder)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({*self._builders, *self._plugins}))

    def __contains__(self, name: object) -> bool:
        return name in self._builders or name in self._plugins

    @cached_property
    def _plugins(self) -> dict[str, EntryPoint]:
        return {entry.name: entry for entry in entry_points(group=f"secondlook.{self.kind}s")}
