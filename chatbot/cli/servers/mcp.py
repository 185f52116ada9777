"""``secondlook mcp``: the documents for an assistant, over standard input and output."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chatbot.cli.shared import (
    ConfigOption,
    NotebookOption,
    PersonOption,
    StoreOption,
    app,
    configured,
    library_for,
)
from chatbot.errors import ConfigError

_NEEDED = ("mcp", "mcp_types", "fastapi", "starlette")


@app.command()
def mcp(
    allow_adding: Annotated[
        bool, typer.Option("--allow-adding", help="Let the assistant add documents; it asks you, if it is a good one")
    ] = False,
    folders: Annotated[
        list[Path] | None,
        typer.Option(
            "--folder", metavar="DIR", exists=True, file_okay=False,
            help="With --allow-adding: files in this folder may be added by their path; may be repeated",
        ),
    ] = None,
    notebook: NotebookOption = None,
    person: PersonOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
) -> None:  # fmt: skip
    """Give an assistant the documents (Model Context Protocol); it is started by the assistant: see docs/mcp.md."""
    settings = configured(config, store)
    if folders and not allow_adding:
        raise ConfigError("--folder says from where documents may be added; give --allow-adding too")
    try:
        from chatbot.mcp_server.stdio import run
        from chatbot.mcp_server.visits import Adding
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _NEEDED:
            raise
        raise ConfigError(
            "secondlook mcp needs {name}: pip install 'secondlook[mcp]'", name=error.name
        ) from error
    if notebook or person:  # said now, and not with the first question
        library, who = library_for(settings, person)
        if notebook:
            library.open(notebook, who)
    run(settings, notebook, person, Adding(allow_adding, tuple(folders or ())))
