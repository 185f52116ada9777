"""Scripted conversations asked of a chatbot, and what became of every turn.

play_all: index by index, writer by writer -> play: turn by turn -> ConversationReport
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chatbot.answering.answer import Answer, read_answer
from chatbot.answering.writer import Writer
from chatbot.citations.claims import claims
from chatbot.citations.markers import without_citations
from chatbot.config import Config
from chatbot.engine import Chatbot, load_chatbot
from chatbot.errors import ChatbotError
from chatbot.text.sentences import sentence_spans
from chatbot.trace import Candidate, Turn
from evaluation.conversations.scenario import Scenario, ScriptedTurn
from evaluation.indexes import OnStep, split_index
from evaluation.questions import QuestionLanguage, group_of

if TYPE_CHECKING:
    from ingest.pipeline import ModelOnce

_FIRST = 3  # candidates among which the right passage of a follow-up is looked for


@dataclass(frozen=True, slots=True)
class TurnOutcome:
    """What one turn gave.

    Attributes:
        expected, kind: what the request must be taken for ("" for any), and what it was taken for.
        problems: what is wrong with the answer, in words; empty where nothing is.
        sentences, cited, doubted: of an answer that was looked up: how many, how many carry citations, and how many of
            those the check of citations does not find supported.
        found, found_alone: of a follow-up that is written out too: whether the sources hold what the answer must, and
            those that its written-out form finds; ``None`` for any other turn.
    """

    scenario: str
    asked: str
    language: QuestionLanguage
    expected: str
    kind: str
    refused: bool
    answer: str
    problems: tuple[str, ...]
    sentences: int = 0
    cited: int = 0
    doubted: int = 0
    found: bool | None = None
    found_alone: bool | None = None

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

    @property
    def sentences(self) -> tuple[int, int, int]:
        """Sentences of what was looked up, those that carry citations, and the doubted ones among these."""
        return (
            sum(outcome.sentences for outcome in self.outcomes),
            sum(outcome.cited for outcome in self.outcomes),
            sum(outcome.doubted for outcome in self.outcomes),
        )

    @property
    def followups(self) -> tuple[int, int, int]:
        """Follow-ups that are written out too, those whose right passage is found, and those where it is written out."""
        compared = [outcome for outcome in self.outcomes if outcome.found is not None]
        return (
            len(compared),
            sum(bool(outcome.found) for outcome in compared),
            sum(bool(outcome.found_alone) for outcome in compared),
        )

    def by_kind(self) -> list[KindFigures]:
        """Figures for each expected kind, and for all of them under "all"."""
        kinds = sorted({outcome.expected or "any" for outcome in self.outcomes})
        groups = [(kind, [o for o in self.outcomes if (o.expected or "any") == kind]) for kind in kinds]
        return [_figures(kind, group) for kind, group in [*groups, ("all", list(self.outcomes))]]

    def as_json(self) -> dict[str, Any]:
        return {
            "writer": self.writer,
            "sentences": dict(zip(("all", "cited", "doubted"), self.sentences, strict=True)),
            "followups": dict(zip(("all", "found", "found_alone"), self.followups, strict=True)),
            "kinds": [asdict(figures) for figures in self.by_kind()],
            "turns": [asdict(outcome) for outcome in self.outcomes],
        }


@dataclass(frozen=True, slots=True)
class Skipped:
    """A conversation that was not played, and why."""

    scenario: str
    reason: str


def play_all(
    config: Config,
    scenarios: Sequence[Scenario],
    writers: Sequence[Writer],
    data: Path | None,
    model: ModelOnce,
    on_progress: OnStep,
) -> tuple[list[ConversationReport], list[Skipped]]:
    """Play each conversation over its documents, once for each of ``writers``.

    Conversations over the same documents share an index, which is made in the cache folder and kept.

    Args:
        config: its index is asked where a conversation names no documents.
        data: the folder that ``Scenario.documents`` are in; those are skipped if ``None`` or where one is not there.

    Raises:
        ChatbotError: there is no index, or a model cannot be used.
    """
    outcomes: list[list[TurnOutcome]] = [[] for _ in writers]
    skipped: list[Skipped] = []
    for documents in dict.fromkeys(scenario.documents for scenario in scenarios):
        group = [scenario for scenario in scenarios if scenario.documents == documents]
        if reason := _not_there(documents, data):
            skipped += [Skipped(scenario.name, reason) for scenario in group]
            continue
        settings = config
        if data is not None and documents:
            paths = [data / document for document in documents]
            settings, unread = split_index(config, paths, model, on_progress)
            skipped += [Skipped(group[0].name, f"not read: {each}") for each in unread]
        chatbot = load_chatbot(settings)
        with closing(chatbot.store):
            for found, writer in zip(outcomes, writers, strict=True):
                found += play(chatbot, group, writer, on_progress).outcomes
    reports = [
        ConversationReport(writer.label, tuple(found))
        for writer, found in zip(writers, outcomes, strict=True)
    ]
    return reports, skipped


def _not_there(documents: Sequence[str], data: Path | None) -> str:
    if documents and data is None:
        return "needs --data"
    missing = [document for document in documents if data and not (data / document).exists()]
    return f"{missing[0]} is not in {data}" if missing else ""


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
    history.append(Turn(turn.ask, text, documents))
    problems = tuple(_problems(turn, answer, documents))
    counts = _sentences(chatbot, answer) if kind == "look_up" and not answer.refused else (0, 0, 0)
    found = found_alone = None
    if turn.alone:
        found = _hold(answer.candidates, turn.must)
        found_alone = _hold(chatbot.search(turn.alone).candidates, turn.must)
    return TurnOutcome(
        scenario,
        turn.ask,
        language,
        expected,
        kind,
        answer.refused,
        text,
        problems,
        *counts,
        found,
        found_alone,
    )


def _hold(candidates: Sequence[Candidate], wishes: Sequence[str]) -> bool:
    """Whether the first candidates, as many as become sources, hold all that is wished."""
    text = _plain(" ".join(" ".join((*c.heading, c.header, c.text)) for c in candidates[:_FIRST]))
    return all(any(_plain(each) in text for each in wanted.split("|")) for wanted in wishes)


def _sentences(chatbot: Chatbot, answer: Answer) -> tuple[int, int, int]:
    """How many there are, how many carry citations, and how many of these are doubted."""
    text = answer.received
    said = [without_citations(text[start:end]).strip() for start, end in sentence_spans(text)]
    doubted = [check for check in chatbot.check(answer) if check.verdict != "supported"]
    return len([each for each in said if any(map(str.isalnum, each))]), len(claims(text)), len(doubted)


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
