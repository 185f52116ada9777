from __future__ import annotations

from collections.abc import Callable

import pytest

from chatbot.errors import ConfigError
from chatbot.registry import Registry


def test_a_backend_is_found_by_name_and_a_wrong_name_lists_the_known_ones() -> None:
    registry: Registry[Callable[[], str]] = Registry("fruits")
    registry.register("pear")(lambda: "pear")
    registry.register("apple")(lambda: "apple")
    assert registry.get("apple")() == "apple"
    assert list(registry) == ["apple", "pear"]
    assert "pear" in registry
    with pytest.raises(ConfigError, match="unknown fruits backend 'plum'; known: apple, pear"):
        registry.get("plum")
