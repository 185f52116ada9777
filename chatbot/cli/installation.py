"""The commands that show an installation: models, models pull, models remove, config."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from chatbot.cli import shared
from chatbot.cli.language_models import language_models, print_language_models, pull_language_model
from chatbot.cli.shared import ConfigOption, JsonOption, StoreOption, app, configured, print_json
from chatbot.config import LISTWISE, load_config
from chatbot.config.owner import without_password

_SECRET = re.compile("key|token|secret|passw|auth|credential|header", re.IGNORECASE)

models_app = typer.Typer(
    help="The models in use: where they are, their licence, size and sha256.", invoke_without_command=True
)
app.add_typer(models_app, name="models")


@models_app.callback()
def list_models(context: typer.Context, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show the configured models."""
    if context.invoked_subcommand is not None:
        return
    from chatbot.models.dtype import fastest_dtype
    from chatbot.models.folders import resolve

    settings = configured(config, None)
    dtype = str(fastest_dtype(settings.models_cache)).removeprefix("torch.")
    rows = []
    for role, section in (("embedding", settings.embedding), ("reranker", settings.reranker)):
        if section.backend == LISTWISE:
            continue  # the language model that answers, which is listed below
        folder = resolve(section.model, settings.models_cache)
        rows.append({"role": role, "dtype": dtype, **asdict(folder), "path": str(folder.path)})
    language = language_models(settings)
    if as_json:
        print_json({"models": rows, "language": language, "cache": str(settings.models_cache)})
        return
    for row in rows:
        table = Table(
            title=f"{row['role']}: {row['name']}", show_header=False, title_justify="left", box=None
        )
        for key in ("origin", "licence", "note", "dtype", "size", "sha256", "path"):
            value = f"{row[key] / 1e6:.0f} MB" if key == "size" else str(row[key])
            if row[key]:
                table.add_row(key, Text(value))
        shared.out.print(table)
    print_language_models(shared.out, language)
    shared.out.print(f"cache folder (models_cache): {settings.models_cache}", markup=False, soft_wrap=True)


@models_app.command()
def pull(
    name: Annotated[
        str,
        typer.Argument(
            help="A language model of: secondlook models; or a hub id, like BAAI/bge-reranker-v2-m3"
        ),
    ],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fetch a model, once; the only command that downloads weights. A language model then writes the answers."""
    from chatbot.models.folders import pull as pull_model

    if "/" not in name:
        path = pull_language_model(name, load_config(config).models_cache)
        if as_json:
            print_json({"path": path})
        else:
            shared.out.print(path, markup=False, soft_wrap=True)
            shared.out.print("answers are written by it from now on; --llm extractive quotes as before")
        return
    shared.err.print(f"fetching {name} from the Hugging Face hub", markup=False)
    path = str(pull_model(name))
    if as_json:
        print_json({"path": path})
    else:
        shared.out.print(path, markup=False, soft_wrap=True)


@models_app.command()
def remove(
    name: Annotated[str, typer.Argument(help="A language model of: secondlook models")],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a language model off this machine, and what was fetched of it."""
    from chatbot.llms.local.catalogue import known
    from chatbot.llms.local.pull import remove as remove_model

    model = known(name)
    freed = remove_model(model, load_config(config).models_cache)
    if as_json:
        print_json({"removed": model.name, "bytes": freed})
    else:
        shared.out.print(f"removed {model.name}, {freed / 1e6:.0f} MB", markup=False)


@app.command(name="config")
def show_config(store: StoreOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show the settings in force, defaults included, and which LLM backends are usable. Secrets show as ***."""
    from chatbot.llms import backend_statuses

    settings = configured(config, store)
    statuses = backend_statuses(settings.llm)
    shown = _masked(settings.model_dump(mode="json", exclude={"llm": {"owner"}}))
    if as_json:
        print_json({"config": shown, "llm_backends": [asdict(s) for s in statuses]})
        return
    for line in _as_in_a_file(shown).splitlines():
        style = "bold" if line.startswith("[") else None
        shared.out.print(line, markup=False, soft_wrap=True, style=style)
    shared.out.print()
    shared.out.print("LLM backends", style="bold")
    for status in statuses:
        state = "usable" if status.usable else f"not usable: {status.reason}"
        model = f" · model {status.model}" if status.model else ""
        reach = "text leaves this machine" if status.remote else "text stays on this machine"
        shared.out.print(f"{status.name}: {state}{model} · {reach}", markup=False, soft_wrap=True)


def _as_in_a_file(shown: dict[str, Any]) -> str:
    """The settings as they would stand in ``secondlook.toml``; a comment for each that has no value unless it is set."""
    from tomlkit import comment, document, dumps, inline_table, table

    sections = {name: values for name, values in shown.items() if isinstance(values, dict)}
    index = sections.pop("index")
    store = {"path": shown["store"], "backend": index["backend"], "schema": index["schema_name"]}
    text = document()
    text.add("models_cache", shown["models_cache"])
    for name, values in {"store": store, **sections}.items():
        section = table()
        for key, value in values.items():
            if value is None:
                section.add(comment(f"{key}: not set"))
            elif isinstance(value, dict):
                section.add(key, inline_table())
                section[key].update(value)
            else:
                section.add(key, value)
        text.add(name, section)
    return dumps(text)


def _masked(section: dict[str, Any], options: bool = False) -> dict[str, Any]:
    """``section`` with *** for what a name in any ``options`` table says is a secret, and in addresses, at every depth."""
    return {
        key: "***"
        if options and _is_secret(key, value)
        else _masked_value(value, options or key == "options")
        for key, value in section.items()
    }


def _masked_value(value: Any, options: bool) -> Any:
    if isinstance(value, dict):
        return _masked(value, options)
    if isinstance(value, list):
        return [_masked_value(item, options) for item in value]
    return without_password(value) if isinstance(value, str) and "://" in value else value


def _is_secret(key: str, value: Any) -> bool:
    counts_tokens = "tokens" in key.lower() and isinstance(value, int)  # max_new_tokens = 256
    return _SECRET.search(key) is not None and not counts_tokens
