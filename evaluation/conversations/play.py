"""Scripted conversations asked of a chatbot, and what became of every turn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from chatbot.answering.answer import Answer, read_answer
from chatbot.answering.writer import Writer
from chatbot.engine import Chatbot
from chatbot.errors import ChatbotError
from chatbot.trace import Turn
from evaluation.conversations.scenario import Scenario, ScriptedTurn
from evaluation.indexes import OnStep
from evaluation.questions import QuestionLanguage, group_of


@dataclass(frozen=True, slots=True)
class TurnOutcome:
    """What one turn gave.

    Attributes:
        expected, kind: what the request must be taken for ("" for any), and what it was taken for.
        problems: what is wrong with the answer, in words; empty where nothing is.
    """

    scenario: str
    asked: str
    language: QuestionLanguage
    expected: str
    kind: str
    refused: bool
    answer: str
    problems: tuple[str, ...]

    @property
    def succeeded(self) -> bool:
        return not self.problems

    @property
    def recognised(self) -> bool:
        """Whether the request was taken for what it is."""
        return self.expected in ("", self.kind)


@dataclass(frozen=True, slots=True)
class KindFigures:
    """Turns of one kind: how many, how many recognised, answered as expected, refused although they have an answer."""

    kind: str
    turns: int
    recognised: int
    succeeded: int
    refused_wrongly: int


@dataclass(frozen=True, slots=True)
class ConversationReport:
    """All turns that were played by one writer."""

    writer: str
    outcomes: tuple[TurnOutcome, ...]

    def by_kind(self) -> list[KindFigures]:
        """Figures for each expected kind, and for all of them under "all"."""
        kinds = sorted({outcome.expected or "any" for outcome in self.outcomes})
        groups = [(kind, [o for o in self.outcomes if (o.expected or "any") == kind]) for kind in kinds]
        return [_figures(kind, group) for kind, group in [*groups, ("all", list(self.outcomes))]]

    def as_json(self) -> dict[str, Any]:
        return {
            "writer": self.writer,
            "kinds": [asdict(figures) for figures in self.by_kind()],
            "turns": [asdict(outcome) for outcome in self.outcomes],
        }


def play(
    chatbot: Chatbot, scenarios: Sequence[Scenario], writer: Writer, on_progress: OnStep
) -> ConversationReport:
    """Ask every turn of ``scenarios``, in order."""
    total = sum(len(scenario.turns) for scenario in scenarios)
    outcomes: list[TurnOutcome] = []
    for scenario in scenarios:
        history: list[Turn] = []
        for turn in scenario.turns:
            on_progress("turns", len(outcomes), total)
            outcomes.append(_play_turn(chatbot, scenario.name, turn, history, writer))
    on_progress("turns", total, total)
    return ConversationReport(writer.label, tuple(outcomes))


def _play_turn(
    chatbot: Chatbot, scenario: str, turn: ScriptedTurn, history: list[Turn], writer: Writer
) -> TurnOutcome:
    """One turn; what was answered is added to ``history``."""
    language = group_of(turn.ask)
    expected = turn.kind or ""
    try:
        answer = chatbot.ask(turn.ask, history, writer=writer)
        read_answer(answer, lambda: False)
    except ChatbotError as error:
        return TurnOutcome(scenario, turn.ask, language, expected, "", False, "", (f"failed: {error}",))
    kind, text = answer.request.kind, answer.received
    cited = {source.number: source.document for source in answer.sources}
    documents = tuple(dict.fromkeys(cited[number] for number in answer.citations))
    if not answer.refused:
        history.append(Turn(turn.ask, text, documents))
    problems = tuple(_problems(turn, answer, documents))
    return TurnOutcome(scenario, turn.ask, language, expected, kind, answer.refused, text, problems)


def _problems(turn: ScriptedTurn, answer: Answer, documents: Sequence[str]) -> Iterator[str]:
    text = _plain(answer.received)
    if turn.kind and answer.request.kind != turn.kind:
        yield f"taken for {answer.request.kind}"
    if answer.refused != turn.refused:
        yield "refused" if answer.refused else "not refused"
        return
    for wanted in turn.must:
        if not any(_plain(each) in text for each in wanted.split("|")):
            yield f"lacks {wanted!r}"
    for unwanted in turn.must_not:
        if _plain(unwanted) in text:
            yield f"holds {unwanted!r}"
    names = {uri.rsplit("/", 1)[-1] for uri in documents}
    if turn.cites and names.isdisjoint(turn.cites):
        yield f"cites {', '.join(sorted(names)) or 'nothing'}"


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _figures(kind: str, outcomes: Sequence[TurnOutcome]) -> KindFigures:
    return KindFigures(
        kind,
        len(outcomes),
        sum(outcome.recognised for outcome in outcomes),
        sum(outcome.succeeded for outcome in outcomes),
        sum(outcome.refused and "refused" in outcome.problems for outcome in outcomes),
    )
