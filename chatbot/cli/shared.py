"""Options and output that the commands have in common."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

from chatbot.config import Config, load_config

app = typer.Typer(
    name="secondlook",
    help="Chat with your own documents, and see why each source was chosen.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

StoreOption = Annotated[
    Path | None, typer.Option("--store", metavar="DIR", help="The index folder  [default: .secondlook]")
]
ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Settings  [default: secondlook.toml if there]"),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object; see docs/json.md")]
KOption = Annotated[int | None, typer.Option("--k", min=1, max=200, help="How many candidates to look at")]
TopNOption = Annotated[
    int | None, typer.Option("--top-n", min=1, max=50, help="How many of them to keep as sources")
]
NoRerankOption = Annotated[bool, typer.Option("--no-rerank", help="Keep the retrieval order")]
FilterOption = Annotated[
    list[str] | None,
    typer.Option("--filter", metavar="DOCUMENT", help="Only this document or folder; may be repeated"),
]


def configured(config: Path | None, store: Path | None) -> Config:
    """The configuration with the index folder from the command line."""
    loaded = load_config(config)
    return loaded.with_(store=store) if store else loaded


def print_json(content: dict[str, Any]) -> None:
    """One object on stdout, Korean as Korean."""
    sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=2) + "\n")


def fail(error: Exception, as_json: bool) -> NoReturn:
    """The error's sentence on stderr, as JSON on stdout too where that is what was asked for; exit code 1."""
    if as_json:
        print_json({"error": str(error)})
    err.print(f"error: {error}", style="red", markup=False)
    sys.exit(1)
