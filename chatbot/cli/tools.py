"""models, doctor, config: looking after an installation."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from chatbot.cli import shared
from chatbot.cli.shared import ConfigOption, JsonOption, StoreOption, app, configured, print_json

models_app = typer.Typer(
    help="The models in use: where they are, their licence, size and sha256.", invoke_without_command=True
)
app.add_typer(models_app, name="models")


@models_app.callback()
def list_models(context: typer.Context, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show the configured models."""
    if context.invoked_subcommand is not None:
        return
    from chatbot.models import resolve
    from chatbot.models.dtype import fastest_dtype

    settings = configured(config, None)
    dtype = str(fastest_dtype(settings.models_cache)).removeprefix("torch.")
    rows = []
    for role, section in (("embedding", settings.embedding), ("reranker", settings.reranker)):
        folder = resolve(section.model, settings.models_cache)
        rows.append({"role": role, "dtype": dtype, **asdict(folder), "path": str(folder.path)})
    if as_json:
        print_json({"models": rows, "cache": str(settings.models_cache)})
        return
    for row in rows:
        table = Table(
            title=f"{row['role']}: {row['name']}", show_header=False, title_justify="left", box=None
        )
        for key in ("origin", "licence", "note", "dtype", "size", "sha256", "path"):
            value = f"{row[key] / 1e6:.0f} MB" if key == "size" else str(row[key])
            if value:
                table.add_row(key, value)
        shared.out.print(table)
    shared.out.print(f"cache folder (models_cache): {settings.models_cache}", markup=False)


@models_app.command()
def pull(name: Annotated[str, typer.Argument(help="A hub id, like BAAI/bge-reranker-v2-m3")]) -> None:
    """Fetch a model from the Hugging Face hub, once; the only command that downloads weights."""
    from chatbot.models import pull as pull_model

    shared.err.print(f"fetching {name} from the Hugging Face hub", markup=False)
    shared.out.print(str(pull_model(name)), markup=False)


@app.command()
def doctor(store: StoreOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List the documents of the index and check that it is consistent; exit code 1 if it is not."""
    from chatbot.cli.results import print_documents
    from chatbot.embeddings import store_identity
    from chatbot.store import Store
    from chatbot.store.check import faults_of

    settings = configured(config, store)
    index = Store.open(settings.store, store_identity(settings))
    try:
        faults = faults_of(index)
        with index.reading() as view:
            documents = view.documents()
    finally:
        index.close()
    if as_json:
        rows = [{**asdict(row), "path": str(row.path)} for row in documents]
        print_json({"documents": rows, "faults": faults})
    else:
        print_documents(shared.out, documents)
        for fault in faults:
            shared.out.print(f"fault: {fault}", style="red", markup=False)
        shared.out.print("index is consistent" if not faults else f"{len(faults)} faults")
    raise typer.Exit(1 if faults else 0)


@app.command(name="config")
def show_config(store: StoreOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show the settings in force, defaults included, and which LLM backends are usable."""
    from chatbot.llms import backend_statuses

    settings = configured(config, store)
    statuses = backend_statuses(settings.llm)
    if as_json:
        print_json(
            {"config": settings.model_dump(mode="json"), "llm_backends": [asdict(s) for s in statuses]}
        )
        return
    for section, values in settings.model_dump(mode="json").items():
        if isinstance(values, dict):
            shared.out.print(f"\\[{section}]", style="bold")
            for key, value in values.items():
                shared.out.print(f"{key} = {value!r}", markup=False)
        else:
            shared.out.print(f"{section} = {values!r}", markup=False)
    shared.out.print()
    table = Table("llm backend", "usable", "model", "text leaves this machine", "why not", box=None)
    for s in statuses:
        table.add_row(s.name, "yes" if s.usable else "no", s.model, "yes" if s.remote else "no", s.reason)
    shared.out.print(table)
