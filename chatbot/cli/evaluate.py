"""The commands that measure: evaluate, evaluate feedback, and evaluate propose; the sweep is in ``chatbot.cli.sweep``."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from chatbot.cli import shared
from chatbot.cli.shared import (
    ConfigOption,
    JsonOption,
    KOption,
    NotebookOption,
    PersonOption,
    RerankOption,
    StoreOption,
    app,
    configured,
    owner_of,
    print_json,
)

if TYPE_CHECKING:
    from chatbot.config import Config
    from evaluation.evaluate import Task
    from evaluation.indexes import OnStep
    from ingest.pipeline import ModelOnce

QuestionsOption = Annotated[
    Path | None,
    typer.Option("--questions", metavar="FILE", help="Questions on your index; see docs/evaluation.md"),
]
BeirOption = Annotated[
    Path | None,
    typer.Option("--beir", metavar="FOLDER", help="corpus.jsonl, queries.jsonl and qrels/ instead"),
]
SplitOption = Annotated[str | None, typer.Option(help="Which qrels (default: test, else dev)")]
LimitOption = Annotated[int | None, typer.Option(min=1, help="Ask this many questions at most")]


@dataclass(frozen=True, slots=True)
class QuestionSource:
    """Where the questions come from: a file, a BEIR folder, or the thumbs of the page; of ``owner``, or of everybody.

    Raises:
        typer.BadParameter: not exactly one of the three is given, or a split without its folder.
    """

    questions: Path | None = None
    beir: Path | None = None
    split: str | None = None
    limit: int | None = None
    feedback: bool = False
    owner: str | None = None

    def __post_init__(self) -> None:
        if (self.questions is not None) + (self.beir is not None) + self.feedback != 1:
            raise typer.BadParameter(
                "give either --questions FILE or --beir FOLDER; for the thumbs of the page: "
                "secondlook evaluate feedback, or secondlook evaluate sweep --feedback"
            )
        if self.split and self.beir is None:
            raise typer.BadParameter("--split needs --beir")

    def task(self, settings: Config, on_progress: OnStep, model: ModelOnce) -> Task:
        """The questions, and the index that they are asked of; that of a BEIR folder is made first."""
        from evaluation.evaluate import beir_task, file_task
        from evaluation.feedback import feedback_task

        if self.beir is not None:
            return beir_task(settings, self.beir, self.split, self.limit, on_progress, model)
        if self.questions is not None:
            return file_task(settings, self.questions, self.limit)
        return feedback_task(settings, self.limit, self.owner)


class _EvaluateGroup(TyperGroup):
    """Answers the earlier spellings ``evaluate --sweep`` and ``evaluate --feedback`` with the command to use."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands:
            for name in ("sweep", "feedback"):
                if f"--{name}" in args:
                    raise typer.BadParameter(
                        f"--{name} is a command now; run: secondlook evaluate {name}", ctx
                    )
        return super().parse_args(ctx, args)


evaluate_app = typer.Typer(
    help="Measure the second look on your own questions or a BEIR folder.",
    cls=_EvaluateGroup,
    invoke_without_command=True,
)
app.add_typer(evaluate_app, name="evaluate")


@evaluate_app.callback()
def evaluate_questions(
    context: typer.Context,
    questions: QuestionsOption = None,
    beir: BeirOption = None,
    split: SplitOption = None,
    limit: LimitOption = None,
    k: KOption = None,
    rerank: RerankOption = None,
    notebook: NotebookOption = None,
    person: PersonOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show lexical, dense, fused and reranked order side by side, the lift, and the milliseconds."""
    if context.invoked_subcommand is None:
        source = QuestionSource(questions, beir, split, limit)
        _measure(source, configured(config, store, notebook, person, "ask"), k, rerank, as_json)
    elif any(value not in (None, False) for value in context.params.values()):
        raise typer.BadParameter(f"write the options after evaluate {context.invoked_subcommand}")


@evaluate_app.command("feedback")
def evaluate_feedback(
    limit: LimitOption = None,
    k: KOption = None,
    rerank: RerankOption = None,
    notebook: NotebookOption = None,
    person: PersonOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask again what was rated on the page: the thumbs say which sources are right."""
    source = QuestionSource(limit=limit, feedback=True, owner=owner_of(config, store, person))
    _measure(source, configured(config, store, notebook, person, "ask"), k, rerank, as_json)


def _measure(
    source: QuestionSource, settings: Config, k: int | None, rerank: bool | None, as_json: bool
) -> None:
    """One measurement, printed."""
    from chatbot.cli.evaluation_output import print_evaluation
    from chatbot.cli.step_progress import StepProgress
    from evaluation.evaluate import evaluate
    from ingest.pipeline import ModelOnce

    settings = settings.with_(retrieval={"k": k}, reranker={"enabled": rerank})
    model = ModelOnce(settings)
    with StepProgress(shared.err) as progress:
        report = evaluate(source.task(settings, progress, model), progress, model)
    if as_json:
        print_json(report.as_json())
    else:
        print_evaluation(shared.out, report)


@evaluate_app.command("conversations")
def evaluate_conversations(
    scenarios: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE",
            help="Conversations, a file or a folder; those that come with the program unless given",
        ),
    ] = None,
    llm: Annotated[
        list[str] | None,
        typer.Option("--llm", metavar="BACKEND[:MODEL]", help="Who answers; may be given again"),
    ] = None,
    data: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where the documents are that conversations name")
    ] = None,
    kinds: Annotated[
        str, typer.Option(metavar="KIND,...", help="Only conversations with such turns, up to the last one")
    ] = "",
    limit: Annotated[int | None, typer.Option(min=1, help="Play this many conversations at most")] = None,
    per_kind: Annotated[
        int | None, typer.Option(min=1, help="Play this many conversations with a turn of each kind")
    ] = None,
    minutes: Annotated[
        float | None, typer.Option(min=0, help="Ask no further turn after so many, and print what was played")
    ] = None,
    notebook: NotebookOption = None,
    person: PersonOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Play whole conversations: is each request taken for what it is, and is the answer what a person expects?

    Ended before its time, it prints what was played; run again, it goes on.
    """
    from chatbot.cli.evaluation_output import print_conversations, tell_conversation
    from chatbot.cli.step_progress import StepProgress
    from evaluation.conversations.play import play_all
    from evaluation.conversations.scenario import SCRIPTS, choose_scenarios, read_scenarios
    from ingest.pipeline import ModelOnce

    settings = configured(config, store, notebook, person, "ask")
    wanted = [kind.strip() for kind in kinds.split(",") if kind.strip()]
    every = read_scenarios(scenarios or SCRIPTS)
    # those that cannot be played take nobody's place in a sample, and are named
    chosen = choose_scenarios([s for s in every if data or not s.documents], wanted, limit, per_kind)
    chosen += choose_scenarios([s for s in every if not data and s.documents], wanted)
    configs = [settings.with_llm(name) for name in llm or [""]]
    with _terminated_like_interrupted(), StepProgress(shared.err) as progress:
        limit_s = float("inf") if minutes is None else minutes * 60
        played = play_all(configs, chosen, data, ModelOnce(settings), progress, tell_conversation, limit_s)
    if as_json:
        print_json(played.as_json())
    else:
        print_conversations(shared.out, played)
    if played.ended == "interrupted":
        raise KeyboardInterrupt  # its exit code


@contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    """SIGTERM, as ``timeout`` and the system send it, is Ctrl-C."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@evaluate_app.command("propose")
def evaluate_propose(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where questions are added")] = Path(
        "questions.jsonl"
    ),
    count: Annotated[int, typer.Option(min=1, help="How many at most")] = 50,
    llm: Annotated[
        str | None,
        typer.Option("--llm", metavar="BACKEND[:MODEL]", help="Have a language model write half of them"),
    ] = None,
    k: KOption = None,
    notebook: NotebookOption = None,
    person: PersonOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Propose questions from your own documents: FAQ pairs, definitions and headings that retrieval finds again."""
    from contextlib import closing

    from chatbot.cli.evaluation_output import print_proposals
    from chatbot.cli.step_progress import StepProgress
    from chatbot.engine import load_chatbot
    from evaluation import propose

    settings = configured(config, store, notebook, person, "ask").with_llm(llm)
    known = propose.known_questions(out)
    write = None
    if llm:
        write, label, remote = propose.question_writer(settings.llm)
        reach = "passages leave this machine" if remote else "passages stay on this machine"
        shared.err.print(f"questions are written by {label}; {reach}", markup=False)
    chatbot = load_chatbot(settings)
    with closing(chatbot.store), StepProgress(shared.err) as progress:
        found = propose.propose_questions(chatbot, count, k or settings.retrieval.k, known, write, progress)
    propose.append_proposals(out, found.kept)
    if as_json:
        print_json({"file": str(out), "proposed": len(found.kept), "dropped": dict(found.dropped)})
    else:
        print_proposals(shared.out, found, out)
