"""Conversations with what must and must not be in each answer, one a line of a JSON Lines file.

    {"name": "leave", "turns": [{"ask": "How long is parental leave?", "kind": "look_up", "must": ["20 weeks"]}, ...]}

``docs/evaluation.md`` describes every key.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chatbot.trace import RequestKind
from evaluation.questions import QuestionsError

SCRIPTS = Path(__file__).with_name("scripts")  # most of them over the sample documents in data/


class ScriptedTurn(BaseModel):
    """One turn.

    Attributes:
        kind: what the request must be taken for; unless it is left out.
        must: words that the answer holds, each written "this|or that"; spaces count as one.
        must_not: words that it does not hold.
        cites: names of documents, at least one of which is cited.
        refused: whether the documents do not answer it.
        alone: a follow-up as it would be asked by itself: whether the right passage is found is compared with that.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    ask: str = Field(min_length=1)
    kind: RequestKind | None = None
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    refused: bool = False
    alone: str = ""


class Scenario(BaseModel):
    """One conversation; its turns are asked in order, each with those before it as history.

    Attributes:
        documents: the files and folders that it is about, relative to a folder that is given when it is played; the
            configured index if empty.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    documents: tuple[str, ...] = ()
    turns: tuple[ScriptedTurn, ...] = Field(min_length=1)


def read_scenarios(path: Path) -> list[Scenario]:
    """The conversations of a file, or of every ``*.jsonl`` in a folder. Raises ``QuestionsError`` with the line that is wrong."""
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    found = [scenario for file in files for scenario in _read(file)]
    if not found:
        raise QuestionsError("{file} holds no conversation; see docs/evaluation.md", file=path)
    return found


def choose_scenarios(
    scenarios: Sequence[Scenario],
    kinds: Sequence[str] = (),
    limit: int | None = None,
    per_kind: int | None = None,
) -> list[Scenario]:
    """Those with a turn of ``kinds``, up to the last such turn: a follow-up needs those before it.

    Args:
        kinds: as in ``ScriptedTurn.kind``; all of them if empty.
        limit: conversations at most, spread evenly over all, because neighbours are about one document.
        per_kind: so many with a turn of each kind, spread evenly over all with one: look-ups are two thirds of the
            turns, and a small sample of all would hold no other kind often enough to say anything of it.
    """
    cut = [found for scenario in scenarios if (found := _until_last(scenario, kinds)) is not None]
    if per_kind is not None:
        every = kinds or sorted({turn.kind for scenario in cut for turn in scenario.turns if turn.kind})
        chosen = {
            scenario.name
            for kind in every
            for scenario in _spread([s for s in cut if _has(s, kind)], per_kind)
        }
        cut = [scenario for scenario in cut if scenario.name in chosen]
    return cut if limit is None else _spread(cut, limit)


def _spread(scenarios: list[Scenario], count: int) -> list[Scenario]:
    """``count`` of them at even distances, the first one among them."""
    if count >= len(scenarios):
        return scenarios
    return [scenarios[place * len(scenarios) // count] for place in range(count)]


def _has(scenario: Scenario, kind: str) -> bool:
    return any(turn.kind == kind for turn in scenario.turns)


def _until_last(scenario: Scenario, kinds: Sequence[str]) -> Scenario | None:
    """The turns up to the last one of ``kinds``; ``None`` where there is no such turn."""
    wanted = [place for place, turn in enumerate(scenario.turns) if not kinds or turn.kind in kinds]
    if not wanted:
        return None
    return scenario.model_copy(update={"turns": scenario.turns[: wanted[-1] + 1]})


def _read(file: Path) -> Iterator[Scenario]:
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionsError("cannot read {file}: {error}", file=file, error=error) from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield Scenario.model_validate_json(line)
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
