"""A notebook's own settings: what questions in it are asked with where a person chooses nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from chatbot.config import Config, Section, read_options


class NotebookSettings(Section):
    """What an owner may set; what is left out is as in the configuration.

    Nothing here names an address, a key, a file or a model: whoever owns a notebook does not own the server.
    """

    k: int | None = Field(None, ge=1, le=200)
    top_n: int | None = Field(None, ge=1, le=50)
    rerank: bool | None = None
    budget_ms: float | None = Field(None, ge=0, le=60_000)


def with_settings(config: Config, settings: Mapping[str, Any]) -> Config:
    """``config`` as the notebook has it. Raises ``ConfigError`` for what does not fit."""
    own = read_options("notebook", dict(settings), NotebookSettings)
    if own == NotebookSettings():
        return config
    return config.with_(
        retrieval={"k": own.k, "top_n": own.top_n},
        reranker={"enabled": own.rerank, "budget_ms": own.budget_ms},
    )
