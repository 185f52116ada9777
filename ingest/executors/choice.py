"""The executor of a name, as the command line gives it."""

from __future__ import annotations

from typing import Literal

from chatbot.config import Config
from ingest.executors.executor import Executor, Here

Name = Literal["local", "ray"]


def executor_named(name: Name, config: Config) -> Executor:
    """Raises ``ConfigError`` where it cannot work with these settings, or on this machine."""
    if name == "local":
        return Here()
    from ingest.executors.cluster import RayExecutor

    return RayExecutor(config)
