"""``secondlook notebooks``: what there is, who may do what, and what was done."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from chatbot.cli import shared
from chatbot.cli.shared import (
    ConfigOption,
    JsonOption,
    KOption,
    PersonOption,
    StoreOption,
    TopNOption,
    app,
    configured,
    library_for,
    print_json,
)
from chatbot.errors import LibraryError

if TYPE_CHECKING:
    from chatbot.notebooks import Event, Library, Member, Notebook, NotebookRow, Person

NameArgument = Annotated[str, typer.Argument(metavar="NOTEBOOK", help="Its name, or its #number")]
notebooks_app = typer.Typer(help="Notebooks: collections of documents, and who may do what with them.")
app.add_typer(notebooks_app, name="notebooks", no_args_is_help=True)


def _opened(
    name: str | int, config: Path | None, store: Path | None, person: str | None
) -> tuple[Library, Person, Notebook]:
    library, who = _library(config, store, person)
    return library, who, library.open(name, who)


def _library(config: Path | None, store: Path | None, person: str | None) -> tuple[Library, Person]:
    return library_for(configured(config, store), person)


def _say(line: str) -> None:
    from chatbot.text.invisible import clean_line

    shared.out.print(clean_line(line), markup=False, soft_wrap=True)


@notebooks_app.command("list")
def list_notebooks(
    archived: Annotated[bool, typer.Option("--archived", help="Those that are put away too")] = False,
    person: PersonOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the notebooks of the index folder."""
    library, who = _library(config, store, person)
    rows = library.notebooks(who, archived=archived)
    if as_json:
        print_json({"notebooks": [_row_json(row) for row in rows]})
        return
    for row in rows:
        facts = (
            f"#{row.id}", row.role or "", f"everybody: {row.everybody}" if row.everybody else "",
            "archived" if row.archived else "",
        )  # fmt: skip
        _say(f"{row.called}  ({', '.join(filter(None, facts))})")


@notebooks_app.command("make")
def make(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    person: PersonOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make an empty notebook."""
    library, who = _library(config, store, person)
    _tell(library.make(name, who).row, "made", as_json)


@notebooks_app.command("rename")
def rename(
    notebook: NameArgument,
    name: Annotated[str, typer.Argument(metavar="NEW_NAME")],
    person: PersonOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give a notebook another name."""
    library, who, found = _opened(notebook, config, store, person)
    library.rename(found.id, name, who)
    _tell(library.open(found.id, who).row, "renamed", as_json)


@notebooks_app.command("archive")
def archive(
    notebook: NameArgument,
    back: Annotated[bool, typer.Option("--back", help="Bring it back")] = False,
    person: PersonOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put a notebook away: nobody asks it or changes what it holds until it is brought back."""
    library, who, found = _opened(notebook, config, store, person)
    library.archive(found.id, who, back=back)
    _tell(library.open(found.id, who).row, "brought back" if back else "archived", as_json)


@notebooks_app.command("delete")
def delete(
    notebook: NameArgument,
    sure: Annotated[bool, typer.Option("--yes", help="Do not ask for its name once more")] = False,
    person: PersonOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Delete a notebook with its documents and everybody's conversations in it."""
    library, who, found = _opened(notebook, config, store, person)
    if not sure and not _typed(found.name):
        raise LibraryError("{notebook} was not deleted; type its name, or give --yes", notebook=found.name)
    library.delete(found.id, who)
    _tell(found.row, "deleted", as_json)


def _typed(name: str) -> bool:
    if not sys.stdin.isatty():
        return False
    return bool(typer.prompt(f"Type {name} to delete it with all its documents and conversations") == name)


@notebooks_app.command("people")
def people(
    notebook: NameArgument,
    person: PersonOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show who has which role in a notebook."""
    library, who, found = _opened(notebook, config, store, person)
    members = library.people(found.id, who)
    if as_json:
        print_json({**_row_json(found.row), "people": [_member_json(member) for member in members]})
        return
    for member in members:
        _say(f"{member.role:7} {member.person.called}  ({member.person.id})")
    if found.row.everybody:
        _say(f"{found.row.everybody:7} everybody who signs in")


@notebooks_app.command("share")
def share(
    notebook: NameArgument,
    whom: Annotated[
        str,
        typer.Argument(
            metavar="WHO", help="E-mail address or id of somebody who has signed in; or: everybody"
        ),
    ],
    role: Annotated[Literal["viewer", "editor", "owner", "none"], typer.Argument(help="none takes it away")],
    person: PersonOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give somebody a role: viewer asks, editor changes documents too, owner settings and people too."""
    library, who, found = _opened(notebook, config, store, person)
    library.share(found.id, whom, None if role == "none" else role, who)
    if as_json:
        print_json({"notebook": found.id, "who": whom, "role": role})
    else:
        _say(f"{whom}: {role} of {found.name}")


@notebooks_app.command("leave")
def leave(
    notebook: NameArgument,
    person: PersonOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give up the role of --person."""
    library, who, found = _opened(notebook, config, store, person)
    library.leave(found.id, who)
    _tell(found.row, "left", as_json)


@notebooks_app.command("settings")
def settings(
    notebook: NameArgument,
    k: KOption = None,
    top_n: TopNOption = None,
    rerank: Annotated[
        bool | None, typer.Option("--rerank/--no-rerank", help="Whether a second look is taken")
    ] = None,
    reset: Annotated[bool, typer.Option("--reset", help="As in the configuration again")] = False,
    person: PersonOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what questions in a notebook are asked with, or change it."""
    library, who, found = _opened(notebook, config, store, person)
    given = {"k": k, "top_n": top_n, "rerank": rerank}
    chosen = {name: value for name, value in given.items() if value is not None}
    if chosen or reset:
        library.set_settings(found.id, chosen if reset else {**found.row.settings, **chosen}, who)
    now = library.open(found.id, who).row.settings
    if as_json:
        print_json({"notebook": found.id, "settings": now})
    else:
        _say(", ".join(f"{name} = {value}" for name, value in now.items()) or "as in the configuration")


@notebooks_app.command("export")
def export(
    notebook: NameArgument,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it, like contracts.zip")],
    person: PersonOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a notebook's documents into one file; conversations stay."""
    from dataclasses import asdict

    library, who, found = _opened(notebook, config, store, person)
    exported = library.export(found.id, file.expanduser(), who)
    if as_json:
        print_json({"file": str(file), **asdict(exported)})
    else:
        _say(
            f"{exported.documents} documents, {exported.chunks} chunks, {exported.bytes / 1e6:.1f} MB in {file}"
        )


@notebooks_app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What an export has written")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of the new notebook")],
    person: PersonOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a notebook of what was exported."""
    library, who = _library(config, store, person)
    _tell(library.import_(file.expanduser(), name, who).row, "imported", as_json)


@notebooks_app.command("log")
def log(
    notebook: Annotated[
        str | None, typer.Argument(metavar="NOTEBOOK", help="All of them unless given")
    ] = None,
    most: Annotated[int, typer.Option("--most", min=1, help="So many lines, the newest first")] = 200,
    person: PersonOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show who added, removed, shared, exported and imported what, and when."""
    library, who = _library(config, store, person)
    number = library.open(notebook, who).id if notebook is not None else None
    events = library.events(who, number, most)
    if as_json:
        print_json({"events": [_event_json(event) for event in events]})
        return
    for event in events:
        words = (
            event.person or "command line",
            event.action,
            f"#{event.notebook} {event.name}",
            event.detail,
        )
        _say(f"{event.at:%Y-%m-%d %H:%M:%S}  {'  '.join(filter(None, words))}")


def _tell(row: NotebookRow, what: str, as_json: bool) -> None:
    if as_json:
        print_json({"done": what, **_row_json(row)})
    else:
        _say(f"{what} {row.called}  (#{row.id})")


def _row_json(row: NotebookRow) -> dict[str, Any]:
    return {
        "id": row.id, "name": row.called, "created": row.created, "archived": row.archived, "role": row.role,
        "everybody": row.everybody, "settings": row.settings,
    }  # fmt: skip


def _member_json(member: Member) -> dict[str, Any]:
    return {
        "id": member.person.id,
        "name": member.person.name,
        "email": member.person.email,
        "role": member.role,
    }


def _event_json(event: Event) -> dict[str, Any]:
    return {
        "at": event.at.isoformat(), "person": event.person, "action": event.action, "notebook": event.notebook,
        "name": event.name, "detail": event.detail,
    }  # fmt: skip
