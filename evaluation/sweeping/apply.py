"""The settings file with a recommended setting written into it; its comments and everything else in it stay."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from chatbot.config import Config, load_config
from chatbot.errors import ConfigError
from evaluation.sweeping.points import OFF, Choice


def apply_choice(choice: Choice, file: Path, config: Config) -> list[str]:
    """Change ``file``, made if it is not there, so that ``choice`` is in force; what changed, a line for each.

    Raises:
        ConfigError: the file cannot be read or written, or would not be valid; it is then as before.
    """
    before = file.read_bytes() if file.exists() else None
    try:
        document = tomlkit.parse((before or b"").decode("utf-8"))
        changed = []
        for section, key, new in _wanted(choice):
            old = getattr(getattr(config, section), key)
            if old != new:
                table = document.setdefault(section, tomlkit.table())
                table[key] = new
                changed.append(f"{section}.{key}: {old!r} -> {new!r}")
        if changed:
            file.write_text(tomlkit.dumps(document), "utf-8", newline="")
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise ConfigError(f"{file} cannot be changed: {error}; nothing was applied") from error
    try:
        load_config(file)
    except ConfigError:
        _restore(file, before)
        raise
    return changed


def _wanted(choice: Choice) -> list[tuple[str, str, Any]]:
    wanted: list[tuple[str, str, Any]] = [
        ("retrieval", "k", choice.k), ("retrieval", "top_n", choice.top_n),
        ("reranker", "enabled", choice.reranker != OFF),
    ]  # fmt: skip
    if choice.reranker != OFF:
        wanted.append(("reranker", "model", choice.reranker))
    if choice.splitter is not None:
        wanted += [("splitter", key, value) for key, value in choice.splitter.model_dump().items()]
    return wanted


def _restore(file: Path, before: bytes | None) -> None:
    if before is None:
        file.unlink(missing_ok=True)
    else:
        file.write_bytes(before)
