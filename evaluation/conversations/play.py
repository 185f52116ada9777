"""Scripted conversations asked of a chatbot, and what became of every turn.

play_all: index by index, writer by writer, what an earlier run played left out -> play: turn by turn -> Played
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from chatbot.answering.answer import Answer, read_answer
from chatbot.answering.answer.uncited import uncited_sentences
from chatbot.answering.writer import Writer
from chatbot.citations.claims import every_claim
from chatbot.config import Config
from chatbot.engine import Chatbot, load_chatbot
from chatbot.errors import ChatbotError
from chatbot.llms import build_writer
from chatbot.trace import Candidate, Turn
from evaluation.conversations.kept import KeptTurns
from evaluation.conversations.outcomes import ConversationReport, TurnOutcome
from evaluation.conversations.scenario import Scenario, ScriptedTurn
from evaluation.indexes import OnStep, split_index
from evaluation.questions import group_of

if TYPE_CHECKING:
    from ingest.pipeline import ModelOnce

_FIRST = 3  # candidates among which the right passage of a follow-up is looked for

OnPlayed = Callable[[Scenario, Sequence[TurnOutcome]], None]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A conversation that was not played, and why."""

    scenario: str
    reason: str


@dataclass(slots=True)
class Played:
    """What was played so far.

    Attributes:
        reports: one for each writer, as far as it came.
        planned, done: conversations, counted for each writer: those that can be played, and those that were played to
            their end.
        resumed: turns that an earlier run had played.
        ended: why it ended before all were played; empty where they were.
    """

    reports: list[ConversationReport]
    skipped: list[Skipped] = field(default_factory=list)
    planned: int = 0
    done: int = 0
    resumed: int = 0
    ended: Literal["", "interrupted", "time"] = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "ended": self.ended,
            "conversations": {"planned": self.planned, "done": self.done, "resumed": self.resumed},
            "backends": [report.as_json() for report in self.reports],
            "skipped": [asdict(each) for each in self.skipped],
        }


class _TimeIsUp(Exception):
    pass


def play_all(
    configs: Sequence[Config],
    scenarios: Sequence[Scenario],
    data: Path | None,
    model: ModelOnce,
    on_progress: OnStep,
    on_played: OnPlayed = lambda *_: None,
    limit_s: float = float("inf"),
) -> Played:
    """Play each conversation over its documents, once for each of ``configs``, which differ in who answers.

    Conversations over the same documents share an index, which is made in the cache folder and kept. So are the outcomes
    of turns: the next run goes on behind them.

    Args:
        configs: the index of the first one is asked where a conversation names no documents.
        data: the folder that ``Scenario.documents`` are in; those are skipped if ``None`` or where one is not there.
        on_played: gets each conversation that this run played to its end.
        limit_s: seconds after which no further turn is asked.

    Returns:
        All of it; after Ctrl-C or ``limit_s`` what was played until then, the turns of an unfinished conversation too.

    Raises:
        ChatbotError: there is no index, or a model cannot be used.
    """
    until = time.monotonic() + limit_s
    writers = [build_writer(config.llm) for config in configs]
    played = Played([ConversationReport(writer.label) for writer in writers])
    groups: dict[tuple[str, ...], list[Scenario]] = {}
    for scenario in scenarios:
        if reason := _not_there(scenario.documents, data):
            played.skipped.append(Skipped(scenario.name, reason))
        else:
            groups.setdefault(scenario.documents, []).append(scenario)
    played.planned = sum(map(len, groups.values())) * len(writers)
    turns = sum(len(scenario.turns) for group in groups.values() for scenario in group) * len(writers)

    def on_turn() -> None:
        on_progress("turns", sum(len(report.outcomes) for report in played.reports), turns)
        if time.monotonic() >= until:
            raise _TimeIsUp

    try:
        for group in groups.values():
            chatbot = load_chatbot(_over(group[0], configs[0], data, model, on_progress, played))
            with closing(chatbot.store):
                for config, writer, report in zip(configs, writers, played.reports, strict=True):
                    asked = chatbot.config.model_copy(update={"llm": config.llm})
                    kept = KeptTurns(asked, chatbot.store)
                    # what is known first: a part then holds all of it
                    for scenario in sorted(group, key=lambda s: len(kept.known(s)) < len(s.turns)):
                        _play_one(chatbot, scenario, writer, kept, report, played, on_turn, on_played)
    except KeyboardInterrupt:  # what was played is not lost
        played.ended = "interrupted"
    except _TimeIsUp:
        played.ended = "time"
    return played


def _over(
    scenario: Scenario,
    config: Config,
    data: Path | None,
    model: ModelOnce,
    on_progress: OnStep,
    played: Played,
) -> Config:
    """``config`` with the index of the documents of ``scenario``, its own where that names none."""
    if data is None or not scenario.documents:
        return config
    paths = [data / document for document in scenario.documents]
    settings, unread = split_index(config, paths, model, on_progress)
    played.skipped += [Skipped(scenario.name, f"not read: {each}") for each in unread]
    return settings


def _play_one(
    chatbot: Chatbot,
    scenario: Scenario,
    writer: Writer,
    kept: KeptTurns,
    report: ConversationReport,
    played: Played,
    on_turn: Callable[[], None],
    on_played: OnPlayed,
) -> None:
    """One conversation into ``report``, turn by turn; the first ones as an earlier run played them."""
    own = kept.known(scenario)
    report.outcomes += own
    played.resumed += len(own)
    if len(own) < len(scenario.turns):
        for outcome in play(chatbot, scenario, writer, tuple(own), on_turn):
            own.append(outcome)
            report.outcomes.append(outcome)
            kept.add(scenario, own)
        on_played(scenario, own)
    played.done += 1


def _not_there(documents: Sequence[str], data: Path | None) -> str:
    if documents and data is None:
        return "needs --data"
    missing = [document for document in documents if data and not (data / document).exists()]
    return f"{missing[0]} is not in {data}" if missing else ""


def play(
    chatbot: Chatbot,
    scenario: Scenario,
    writer: Writer,
    known: Sequence[TurnOutcome] = (),
    on_turn: Callable[[], None] = lambda: None,
) -> Iterator[TurnOutcome]:
    """Ask every turn of ``scenario`` behind those that are ``known``, in order; ``on_turn`` is called before each."""
    history = [Turn(outcome.asked, outcome.answer, outcome.documents) for outcome in known]
    for turn in scenario.turns[len(known) :]:
        on_turn()
        outcome = _play_turn(chatbot, scenario.name, turn, history, writer)
        if not outcome.failure or outcome.answer:
            history.append(Turn(turn.ask, outcome.answer, outcome.documents))
        yield outcome


def _play_turn(
    chatbot: Chatbot, scenario: str, turn: ScriptedTurn, history: Sequence[Turn], writer: Writer
) -> TurnOutcome:
    language = group_of(turn.ask)
    expected = turn.kind or ""
    start = time.perf_counter()
    try:
        answer = chatbot.ask(turn.ask, history, writer=writer)
        read_answer(answer, lambda: False)
    except ChatbotError as error:
        seconds = round(time.perf_counter() - start, 2)
        failed = f"failed: {error}"
        return TurnOutcome(
            scenario,
            turn.ask,
            language,
            expected,
            "",
            False,
            "",
            (failed,),
            failure=str(error),
            seconds=seconds,
        )
    seconds = round(time.perf_counter() - start, 2)
    kind, text = answer.request.kind, answer.received
    cited = {source.number: source.document for source in answer.sources}
    documents = tuple(dict.fromkeys(cited[number] for number in answer.citations))
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
        tuple(_problems(turn, answer, documents)),
        *_sentences(chatbot, answer),
        found,
        found_alone,
        len(uncited_sentences(answer)),
        documents,
        answer.cut,
        seconds,
    )


def _hold(candidates: Sequence[Candidate], wishes: Sequence[str]) -> bool:
    """Whether the first candidates, as many as become sources, hold all that is wished."""
    text = _plain(" ".join(" ".join((*c.heading, c.header, c.text)) for c in candidates[:_FIRST]))
    return all(any(_plain(each) in text for each in wanted.split("|")) for wanted in wishes)


def _sentences(chatbot: Chatbot, answer: Answer) -> tuple[int, int, int]:
    """How many there are, how many carry citations, and how many of these are doubted."""
    if not answer.sources or answer.declined:
        return 0, 0, 0
    said = every_claim(answer.received)
    doubted = [check for check in chatbot.check(answer) if check.verdict != "supported"]
    return len(said), sum(bool(claim.numbers) for claim in said), len(doubted)


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
