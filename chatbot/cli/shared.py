"""The options, each described once, and the output that the commands share."""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TextIO

import typer
from rich.console import Console

from chatbot.config import Config, load_config

if TYPE_CHECKING:
    from chatbot.engine import Chatbot
    from chatbot.notebooks import Library, Person

app = typer.Typer(
    name="secondlook",
    help="Chat with your own documents, and see why each source was chosen.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_UNWRAPPED = 100_000  # columns of a pipe or a file: what reads it wants one line for one thing


def _console(stream: TextIO, stderr: bool) -> Console:
    return Console(stderr=stderr, highlight=False, width=None if stream.isatty() else _UNWRAPPED)


out = _console(sys.stdout, stderr=False)
err = _console(sys.stderr, stderr=True)

StoreOption = Annotated[
    Path | None, typer.Option("--store", metavar="DIR", help="The index folder (default: .secondlook)")
]
ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Settings (default: secondlook.toml if there)"),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object; see docs/json.md")]
KOption = Annotated[int | None, typer.Option("--k", min=1, max=200, help="How many candidates to look at")]
TopNOption = Annotated[
    int | None, typer.Option("--top-n", min=1, max=50, help="How many of them to keep as sources")
]
RerankOption = Annotated[  # False with the option, else None: as configured
    bool | None, typer.Option(" /--no-rerank", help="Keep the retrieval order")
]
NotebookOption = Annotated[
    str | None,
    typer.Option(
        "--notebook", metavar="NAME", help="One of the notebooks of the index folder, or its #number"
    ),
]
NotebooksOption = Annotated[
    list[str] | None,
    typer.Option("--notebook", metavar="NAME", help="One of the notebooks; several are asked at once"),
]
PersonOption = Annotated[
    str | None,
    typer.Option(
        "--person", metavar="WHO", help="With the rights of somebody who has signed in: e-mail address or id"
    ),
]
FilterOption = Annotated[
    list[str] | None,
    typer.Option("--filter", metavar="DOCUMENT", help="Only this document or folder; may be repeated"),
]


def configured(
    config: Path | None,
    store: Path | None,
    notebook: str | None = None,
    person: str | None = None,
    action: str = "inspect",
    detail: str = "",
) -> Config:
    """The configuration with the index folder from the command line, for one ``Action`` on one of its notebooks.

    Args:
        notebook: its name or number; the first one unless given.
        person: with whose rights; whoever runs a command may do everything unless given.
        detail: what it is about, for the log.
    """
    from chatbot.llms.local.chosen import with_pulled

    loaded = with_pulled(load_config(config))
    settings = loaded.with_(store=store) if store else loaded
    is_in_folder = settings.index.backend != "postgres"
    if notebook is None and person is None and is_in_folder and not (settings.store / "library.db").exists():
        return settings  # before there is a second notebook, nothing has to be loaded for it
    from chatbot.notebooks import FIRST, Action

    library, who = library_for(settings, person)
    return library.open(notebook or FIRST, who).enter(Action(action), detail)


def owner_of(config: Path | None, store: Path | None, person: str | None) -> str | None:
    """Whose conversations are looked at with ``--person``; ``None``: everybody's, for whoever runs the machine."""
    return library_for(configured(config, store), person)[1].id if person else None


def first_of(notebooks: list[str] | None) -> str | None:
    """The one whose settings are asked with."""
    return notebooks[0] if notebooks else None


def chatbot_over(
    settings: Config,
    notebooks: list[str],
    person: str | None,
    question: str,
    config: Path | None,
    store: Path | None,
) -> Chatbot:
    """The chatbot over the index of ``settings``, or over several notebooks at once, asked as ``settings`` say."""
    from chatbot.engine import load_chatbot

    if len(notebooks) < 2:
        return load_chatbot(settings)
    from chatbot.notebooks.loading import load_together

    library, who = library_for(configured(config, store), person)
    return load_together([library.open(name, who) for name in notebooks], question, settings)


def library_for(settings: Config, person: str | None) -> tuple[Library, Person]:
    """The library of the index folder, and who uses it."""
    from chatbot.notebooks import ALONE, Library

    library = Library(settings)
    return library, library.person(person) if person else ALONE


def print_json(content: dict[str, Any]) -> None:
    """One object on stdout, Korean as Korean."""
    sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=2) + "\n")


def fail(error: Exception, as_json: bool) -> NoReturn:
    """The error's sentence on stderr, as JSON on stdout too where that is what was asked for; exit code 1."""
    if as_json:
        print_json({"error": str(error)})
    print_error(str(error))
    sys.exit(1)


def fail_usage(error: typer.TyperException, as_json: bool) -> NoReturn:
    """Wrong usage: the usage line and the error on stderr, as JSON on stdout too where asked for; exit code 2."""
    message = error.format_message()
    context: typer.Context | None = getattr(error, "ctx", None)
    if message:  # empty when the help was shown because nothing at all was given
        if as_json:
            print_json({"error": message})
        if context is not None:
            err.print(context.get_usage(), markup=False)
            err.print(f"Try '{context.command_path} --help' for help.", markup=False)
        print_error(message)
    sys.exit(error.exit_code)


def print_note(sentence: str) -> None:
    """What goes on while the person waits, on stderr."""
    from chatbot.text.invisible import clean_line

    err.print(clean_line(sentence), style="dim", markup=False, soft_wrap=True)


def print_error(message: str) -> None:
    """The error's sentence on stderr."""
    from chatbot.text.invisible import clean_line

    err.print(f"error: {clean_line(message)}", style="red", markup=False, soft_wrap=True)


def _print_version(wanted: bool) -> None:
    if wanted:
        out.print(f"secondlook {version('secondlook')}")
        raise typer.Exit


@app.callback()
def options(
    _: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version")
    ] = False,
) -> None:
    """Options that stand before a command."""
