"""evaluate, evaluate propose: does the second look help on these documents, and which settings are best?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chatbot.cli import shared
from chatbot.cli.shared import (
    ConfigOption,
    JsonOption,
    KOption,
    NoRerankOption,
    StoreOption,
    app,
    configured,
    print_json,
)

if TYPE_CHECKING:
    from chatbot.config import Config
    from evaluation.evaluate import Task
    from evaluation.indexes import OnProgress
    from evaluation.sweep import Grid

evaluate_app = typer.Typer(
    help="Measure the second look on your own questions or a BEIR folder; --sweep finds the best settings.",
    invoke_without_command=True,
)
app.add_typer(evaluate_app, name="evaluate")


@evaluate_app.callback()
def evaluate(
    context: typer.Context,
    questions: Annotated[
        Path | None,
        typer.Option("--questions", metavar="FILE", help="Questions on your index; see docs/evaluation.md"),
    ] = None,
    feedback: Annotated[
        bool,
        typer.Option("--feedback", help="Ask again what was rated on the page: thumbs are the judgements"),
    ] = False,
    beir: Annotated[
        Path | None,
        typer.Option("--beir", metavar="FOLDER", help="corpus.jsonl, queries.jsonl and qrels/ instead"),
    ] = None,
    split: Annotated[str | None, typer.Option(help="Which qrels  [default: test, else dev]")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Ask this many questions at most")] = None,
    k: KOption = None,
    no_rerank: NoRerankOption = False,
    sweep: Annotated[
        bool, typer.Option("--sweep", help="Cross many settings, draw them, and recommend one")
    ] = False,
    ks: Annotated[str | None, typer.Option(metavar="N,N,...", help="With --sweep: values of k")] = None,
    top_ns: Annotated[
        str | None, typer.Option(metavar="N,N,...", help="With --sweep: values of top_n")
    ] = None,
    rerankers: Annotated[
        str | None, typer.Option(metavar="NAME,...", help="With --sweep: models, or off for none")
    ] = None,
    splitter: Annotated[
        str | None, typer.Option(metavar="KIND,...", help="With --sweep: structure, recursive, or as-is")
    ] = None,
    chunk_sizes: Annotated[
        str | None, typer.Option(metavar="N,N,...", help="With --sweep: characters in a chunk")
    ] = None,
    picture: Annotated[
        Path, typer.Option("--out", metavar="NAME", help="With --sweep: NAME.html and NAME.png")
    ] = Path("sweep"),
    apply: Annotated[
        bool, typer.Option("--apply", help="With --sweep: write what is recommended to the settings file")
    ] = False,
    store: StoreOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show lexical, dense, fused and reranked order side by side, the lift, and the milliseconds."""
    if context.invoked_subcommand is not None:
        return
    if (questions is not None) + (beir is not None) + feedback != 1:
        raise typer.BadParameter("give either --questions FILE or --beir FOLDER, or --feedback")
    if not sweep and (apply or any((ks, top_ns, rerankers, splitter, chunk_sizes))):
        raise typer.BadParameter("--apply and the lists of values need --sweep")
    if split and beir is None:
        raise typer.BadParameter("--split needs --beir")
    from chatbot.cli.evaluation_results import EvaluationProgress, print_report, print_sweep
    from evaluation.evaluate import evaluate as measure
    from ingest.pipeline import ModelOnce

    settings = configured(config, store).with_(
        retrieval={"k": k}, reranker={"enabled": False if no_rerank else None}
    )
    model = ModelOnce(settings)
    with EvaluationProgress(shared.err) as progress:
        task = _task(
            settings, questions, beir, split, limit, progress, model
        )  # --feedback: neither file nor folder
        if not sweep:
            report = measure(task, progress, model)
        else:
            from evaluation.sweep import sweep as measure_all

            grid = _grid(task, ks, top_ns, rerankers, splitter, chunk_sizes)
            found = measure_all(task, grid, progress, model)
    if not sweep:
        print_json(report.as_json()) if as_json else print_report(shared.out, report)
        return
    done = _drawn_and_applied(found, picture, apply, settings, config)
    if as_json:
        print_json({**found.as_json(), **done})
    else:
        print_sweep(shared.out, found, **done)


def _task(
    settings: Config, questions: Path | None, beir: Path | None, split: str | None, limit: int | None,
    progress: OnProgress, model: Any,
) -> Task:  # fmt: skip
    from evaluation.evaluate import from_beir, from_file
    from evaluation.feedback import from_feedback

    if beir is not None:
        return from_beir(settings, beir, split, limit, progress, model)
    if questions is not None:
        return from_file(settings, questions, limit)
    return from_feedback(settings, limit)


def _grid(
    task: Task, ks: str | None, top_ns: str | None, rerankers: str | None, splitter: str | None,
    sizes: str | None,
) -> Grid:  # fmt: skip
    """The default grid, with the lists that were given in place of its own."""
    from dataclasses import replace

    from evaluation.sweep import default_grid, splitters

    if task.is_beir and (splitter or sizes):
        raise typer.BadParameter("the documents of a BEIR folder are not split; sweep your own index")
    grid = default_grid(task.config, task.is_beir)
    if splitter == "as-is":
        grid = replace(grid, splitters=())
    elif splitter or sizes:
        kinds = _listed(splitter) or [task.config.splitter.kind]
        if wrong := set(kinds) - {"structure", "recursive"}:
            raise typer.BadParameter(f"unknown splitter {min(wrong)!r}; known: structure, recursive, as-is")
        grid = replace(grid, splitters=splitters(task.config.splitter, kinds, _numbers(sizes, 50, 8000)))  # type: ignore[arg-type]
    return replace(
        grid,
        ks=tuple(_numbers(ks, 1, 200)) or grid.ks,
        top_ns=tuple(_numbers(top_ns, 1, 50)) or grid.top_ns,
        rerankers=tuple(_listed(rerankers)) or grid.rerankers,
    )


def _listed(text: str | None) -> list[str]:
    return list(dict.fromkeys(item.strip() for item in (text or "").split(",") if item.strip()))


def _numbers(text: str | None, low: int, high: int) -> list[int]:
    try:
        values = sorted(map(int, _listed(text)))
    except ValueError:
        values = [low - 1]
    if any(not low <= value <= high for value in values):
        raise typer.BadParameter(f"{text!r} is no list of numbers from {low} to {high}, like 5,10,20")
    return values


def _drawn_and_applied(
    found: Any, picture: Path, apply: bool, settings: Config, config: Path | None
) -> dict[str, Any]:
    """``pictures``: files that were written; ``applied``: what was changed in the settings, ``None`` if not asked."""
    from chatbot.config import CONFIG_FILE
    from evaluation.apply import apply as write_settings
    from evaluation.plot import can_draw, draw

    drawn = draw(found, picture) if can_draw() else []
    if not drawn:
        found.notes.append("no picture was drawn: pip install 'secondlook[pictures]'")
    applied = None
    if apply:
        file = config or Path(CONFIG_FILE)
        applied = {
            "file": str(file),
            "changes": write_settings(found.recommended.choice, file, settings),
        }
    return {"pictures": [str(path) for path in drawn], "applied": applied}


@evaluate_app.command()
def propose(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where questions are added")] = Path(
        "questions.jsonl"
    ),
    count: Annotated[int, typer.Option(min=1, help="How many at most")] = 50,
    llm: Annotated[
        str | None,
        typer.Option("--llm", metavar="BACKEND[:MODEL]", help="Have a language model write half of them"),
    ] = None,
    k: KOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Propose questions from your own documents: FAQ pairs, definitions and headings that retrieval finds again."""
    from contextlib import closing

    from chatbot.cli.evaluation_results import EvaluationProgress, print_proposals
    from chatbot.engine import load_chatbot
    from evaluation.propose import add_to, known_questions, llm_writer
    from evaluation.propose import propose as find

    settings = configured(config, store).with_llm(llm)
    known = known_questions(out)
    write = None
    if llm:
        write, label, remote = llm_writer(settings.llm)
        reach = "passages leave this machine" if remote else "passages stay on this machine"
        shared.err.print(f"questions are written by {label}; {reach}", markup=False)
    chatbot = load_chatbot(settings)
    with closing(chatbot.store), EvaluationProgress(shared.err) as progress:
        found = find(chatbot, count, k or settings.retrieval.k, known, write, progress)
    add_to(out, found.kept)
    if as_json:
        print_json({"file": str(out), "proposed": len(found.kept), "dropped": dict(found.dropped)})
    else:
        print_proposals(shared.out, found, out)
