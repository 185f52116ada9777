"""Conversations with what must and must not be in each answer, one a line of a JSON Lines file.

    {"name": "leave", "turns": [{"ask": "How long is parental leave?", "kind": "look_up", "must": ["20 weeks"]}, ...]}

``docs/evaluation.md`` describes every key.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chatbot.trace import RequestKind
from evaluation.questions import QuestionsError

SAMPLE = Path(__file__).with_name("sample.jsonl")  # over the sample documents in data/


class ScriptedTurn(BaseModel):
    """One turn.

    Attributes:
        kind: what the request must be taken for; unless it is left out.
        must: words that the answer holds, each written "this|or that"; spaces count as one.
        must_not: words that it does not hold.
        cites: names of documents, at least one of which is cited.
        refused: whether the documents do not answer it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    ask: str = Field(min_length=1)
    kind: RequestKind | None = None
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    refused: bool = False


class Scenario(BaseModel):
    """One conversation; its turns are asked in order, each with those before it as history."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    turns: tuple[ScriptedTurn, ...] = Field(min_length=1)


def read_scenarios(file: Path) -> list[Scenario]:
    """The conversations of ``file``. Raises ``QuestionsError`` with the line that is wrong."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionsError("cannot read {file}: {error}", file=file, error=error) from error
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found.append(Scenario.model_validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise QuestionsError(
                "{file}, line {line}: {where}: {reason}; see docs/evaluation.md",
                file=file,
                line=number,
                where=where,
                reason=first["msg"],
            ) from error
    if not found:
        raise QuestionsError("{file} holds no conversation; see docs/evaluation.md", file=file)
    return found
