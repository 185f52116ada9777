"""The command ``evaluate sweep``: many settings measured on the same questions, drawn, and one recommended."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chatbot.cli import shared
from chatbot.cli.evaluate import (
    BeirOption,
    LimitOption,
    QuestionsOption,
    QuestionSource,
    SplitOption,
    evaluate_app,
)
from chatbot.cli.shared import (
    ConfigOption,
    JsonOption,
    NotebookOption,
    PersonOption,
    StoreOption,
    configured,
    owner_of,
    print_json,
)

if TYPE_CHECKING:
    from chatbot.config import Config
    from evaluation.evaluate import Task
    from evaluation.sweeping.sweep import Grid, Sweep


@evaluate_app.command("sweep")
def evaluate_sweep(
    questions: QuestionsOption = None,
    beir: BeirOption = None,
    split: SplitOption = None,
    feedback: Annotated[bool, typer.Option("--feedback", help="The thumbs of the page instead")] = False,
    limit: LimitOption = None,
    ks: Annotated[str | None, typer.Option(metavar="N,N,...", help="Values of k")] = None,
    top_ns: Annotated[str | None, typer.Option(metavar="N,N,...", help="Values of top_n")] = None,
    rerankers: Annotated[str | None, typer.Option(metavar="NAME,...", help="Models, or off for none")] = None,
    splitter: Annotated[
        str | None, typer.Option(metavar="KIND,...", help="structure, recursive, or as-is")
    ] = None,
    chunk_sizes: Annotated[str | None, typer.Option(metavar="N,N,...", help="Characters in a chunk")] = None,
    picture: Annotated[Path, typer.Option("--out", metavar="NAME", help="NAME.html and NAME.png")] = Path(
        "sweep"
    ),
    apply: Annotated[
        bool, typer.Option("--apply", help="Write what is recommended to the settings file")
    ] = False,
    notebook: NotebookOption = None,
    person: PersonOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Cross many settings, draw them as quality against time, and recommend one."""
    from chatbot.cli.evaluation_output import print_sweep
    from chatbot.cli.step_progress import StepProgress
    from evaluation.sweeping.sweep import run_sweep
    from ingest.pipeline import ModelOnce

    action = "settings" if apply else "ask"
    settings = configured(config, store, notebook, person, action)
    source = QuestionSource(questions, beir, split, limit, feedback, owner_of(config, store, person))
    model = ModelOnce(settings)
    with StepProgress(shared.err) as progress:
        task = source.task(settings, progress, model)
        found = run_sweep(task, _grid(task, ks, top_ns, rerankers, splitter, chunk_sizes), progress, model)
    pictures = _draw(found, picture)
    applied = _apply(found, config, settings) if apply else None
    if as_json:
        print_json({**found.as_json(), "pictures": pictures, "applied": applied})
    else:
        print_sweep(shared.out, found, pictures, applied)


def _grid(
    task: Task, ks: str | None, top_ns: str | None, rerankers: str | None, splitter: str | None,
    sizes: str | None,
) -> Grid:  # fmt: skip
    """The default grid, with the lists that were given in place of its own."""
    from dataclasses import replace

    from evaluation.sweeping.sweep import default_grid, splitters

    if task.is_beir and (splitter or sizes):
        raise typer.BadParameter("the documents of a BEIR folder are not split; sweep your own index")
    grid = default_grid(task.config, task.is_beir)
    if splitter == "as-is":
        grid = replace(grid, splitters=())
    elif splitter or sizes:
        kinds = _names(splitter) or [task.config.splitter.kind]
        if wrong := set(kinds) - {"structure", "recursive"}:
            raise typer.BadParameter(f"unknown splitter {min(wrong)!r}; known: structure, recursive, as-is")
        grid = replace(grid, splitters=splitters(task.config.splitter, kinds, _numbers(sizes, 50, 8000)))  # type: ignore[arg-type]
    return replace(
        grid,
        ks=tuple(_numbers(ks, 1, 200)) or grid.ks,
        top_ns=tuple(_numbers(top_ns, 1, 50)) or grid.top_ns,
        rerankers=tuple(_names(rerankers)) or grid.rerankers,
    )


def _names(text: str | None) -> list[str]:
    """The items of ``a,b,c``, each once."""
    return list(dict.fromkeys(item.strip() for item in (text or "").split(",") if item.strip()))


def _numbers(text: str | None, low: int, high: int) -> list[int]:
    try:
        values = sorted(map(int, _names(text)))
    except ValueError:
        values = [low - 1]
    if any(not low <= value <= high for value in values):
        raise typer.BadParameter(f"{text!r} is no list of numbers from {low} to {high}, like 5,10,20")
    return values


def _draw(found: Sweep, stem: Path) -> list[str]:
    """The files that were drawn; without the extra ``pictures`` none, and a note in ``found`` says so."""
    from evaluation.sweeping.plot import can_draw, draw_sweep

    if not can_draw():
        found.notes.append("no picture was drawn: pip install 'secondlook[pictures]'")
        return []
    return [str(path) for path in draw_sweep(found, stem)]


def _apply(found: Sweep, config: Path | None, settings: Config) -> dict[str, Any]:
    """The settings file, and what was changed in it."""
    from chatbot.config import CONFIG_FILE
    from evaluation.sweeping.apply import apply_choice

    file = config or Path(CONFIG_FILE)
    return {"file": str(file), "changes": apply_choice(found.recommended.choice, file, settings)}
