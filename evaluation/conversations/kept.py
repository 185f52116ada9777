"""Turns that were played, kept in a file that a later run goes on with: one line each, written when it is answered.

The file is named by everything that decides an answer: the index's content, the settings, the file of a language model,
and the program's own code. A turn in it is named by the conversation up to it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any

import chatbot as product
from chatbot.config import Config
from chatbot.store import Store
from evaluation.asking import digest_of_files, whole_lines
from evaluation.conversations.outcomes import TurnOutcome
from evaluation.conversations.scenario import Scenario
from evaluation.indexes import cache_folder, content_key, digest

# settings that decide no answer: where things are, and what concerns people and servers
_LEFT_OUT = dict.fromkeys(
    ("store", "models_cache", "index", "limits", "sharing", "sign_in", "audit", "api", "telemetry"), True
) | {"llm": {"owner": True}}
_NOT_ASKED = {"api", "cli", "mcp_server", "ui"}  # folders of the program that stand above an answer


class KeptTurns:
    """Those that one writer answered over one index with the program as it is now."""

    def __init__(self, config: Config, store: Store) -> None:
        """``config`` with the language model that answers."""
        decides = config.model_dump(mode="json", exclude=_LEFT_OUT)
        key = digest(content_key(store), decides, _model_file(config.llm.model), _program_digest())
        self._file = cache_folder(config) / "conversations" / f"{key}.jsonl"
        self._known = {line["key"]: _outcome(line["turn"]) for line in whole_lines(self._file)}

    def known(self, scenario: Scenario) -> list[TurnOutcome]:
        """The first turns of ``scenario``, as many as are known without a gap."""
        found = (self._known.get(_key(scenario, place)) for place in range(len(scenario.turns)))
        return list(takewhile(lambda outcome: outcome is not None, found))  # type: ignore[arg-type]

    def add(self, scenario: Scenario, outcomes: Sequence[TurnOutcome]) -> None:
        """Keep the last of ``outcomes``, the turns of ``scenario`` so far, unless one of them has no whole answer: it is
        asked again then, and so are those that were asked with it."""
        if any(outcome.failure for outcome in outcomes):
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        line = {"key": _key(scenario, len(outcomes) - 1), "turn": asdict(outcomes[-1])}
        with self._file.open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")


def _key(scenario: Scenario, place: int) -> str:
    turns = [turn.model_dump(mode="json") for turn in scenario.turns[: place + 1]]
    return digest(scenario.name, turns)


def _outcome(turn: dict[str, Any]) -> TurnOutcome:
    return TurnOutcome(**{**turn, "problems": tuple(turn["problems"]), "documents": tuple(turn["documents"])})


def _model_file(model: str) -> list[object]:
    """Another file under the same name is another model."""
    path = Path(model).expanduser()
    if not model or not path.is_file():
        return []
    stat = path.stat()
    return [stat.st_size, stat.st_mtime_ns]


@cache
def _program_digest() -> str:
    """Of all code below an answer, and of how it is judged."""
    package = Path(str(product.__file__)).parent
    product_files = (
        file
        for pattern in ("*.py", "*.json", "*.npz")
        for file in package.rglob(pattern)
        if file.relative_to(package).parts[0] not in _NOT_ASKED
    )
    return digest_of_files([*product_files, *Path(__file__).parent.glob("*.py")])
