from __future__ import annotations

from collections.abc import Callable

import pytest

from chatbot.errors import ConfigError
from chatbot.models.registry import Registry


def test_a_backend_is_found_by_name_and_a_wrong_name_lists_the_known_ones() -> None:
    registry: Registry[Callable[[], str]] = Registry("fruit")
    registry.register("pear")(lambda: "pear")
    registry.register("apple")(lambda: "apple")
    assert registry.get("apple")() == "apple"
    assert list(registry) == ["apple", "pear"]
    assert "pear" in registry
    with pytest.raises(ConfigError, match="unknown fruit backend 'plum'; known: apple, pear"):
        registry.get("plum")


def test_a_plug_in_is_loaded_only_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib.metadata import EntryPoint, EntryPoints

    entries = [
        EntryPoint("good", "os.path:basename", "secondlook.fruits"),
        EntryPoint("broken", "no_such_module:build", "secondlook.fruits"),
    ]
    monkeypatch.setattr(
        "chatbot.models.registry.entry_points", lambda group: EntryPoints(entries).select(group=group)
    )
    registry: Registry[Callable[[str], str]] = Registry("fruit")
    assert list(registry) == ["broken", "good"]
    assert registry.get("good")("a/b") == "b"
    with pytest.raises(
        ConfigError, match="plug-in no_such_module:build of fruit backend 'broken' does not load"
    ):
        registry.get("broken")
