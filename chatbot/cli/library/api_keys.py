"""``secondlook keys``: with whose rights a program may ask over the API, and how to take them back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chatbot.cli import shared
from chatbot.cli.shared import (
    ConfigOption,
    JsonOption,
    PersonOption,
    StoreOption,
    app,
    configured,
    library_for,
    print_json,
)

if TYPE_CHECKING:
    from chatbot.notebooks import ApiKey, ApiKeys, Library, Person

keys_app = typer.Typer(help="API keys: they let a program in with a person's rights, or fewer.")
app.add_typer(keys_app, name="keys", no_args_is_help=True)


def _opened(config: Path | None, store: Path | None, person: str | None) -> tuple[Library, ApiKeys, Person]:
    from chatbot.notebooks import ApiKeys

    library, who = library_for(configured(config, store), person)
    return library, ApiKeys(library), who


@keys_app.command("make")
def make(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is for, like laptop")],
    notebook: Annotated[
        str | None, typer.Option("--notebook", metavar="NAME", help="The only notebook that it opens")
    ] = None,
    scope: Annotated[
        list[str] | None,
        typer.Option(
            "--scope",
            metavar="SCOPE",
            help="ask, documents or models; may be repeated; all three unless given",
        ),
    ] = None,
    expires: Annotated[
        str, typer.Option("--expires", metavar="WHEN", help="90d, 12h, or the last day like 2027-01-31")
    ] = "never",
    person: PersonOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key and print it, once: only a hash of it is kept."""
    from chatbot.notebooks.access import SCOPES
    from chatbot.notebooks.api_keys import expiry

    library, keys, who = _opened(config, store, person)
    number = library.open(notebook, who).id if notebook is not None else None
    token, key = keys.make(name, who, scopes=scope or SCOPES, notebook=number, expires=expiry(expires))
    if as_json:
        print_json({"done": "made", "key": token, **_json(key)})
        return
    print(token)  # alone on its line: KEY=$(secondlook keys make laptop)
    shared.err.print(f"made key {key.id}, {_line(key)}; it is not shown again", markup=False, soft_wrap=True)


@keys_app.command("list")
def list_keys(
    everybody: Annotated[bool, typer.Option("--everybody", help="Those of all people, for an admin")] = False,
    person: PersonOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the keys, revoked and expired ones as well; of everybody, unless --person is given."""
    _, keys, who = _opened(config, store, person)
    found = keys.list(who, everybody=everybody or who.is_alone)
    if as_json:
        print_json({"keys": [_json(key) for key in found]})
        return
    for key in found:
        shared.out.print(f"{key.id}  {_line(key)}", markup=False, soft_wrap=True)


@keys_app.command("revoke")
def revoke(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="As the list shows it")],
    person: PersonOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Revoke a key: it opens nothing from the next request on."""
    _, keys, who = _opened(config, store, person)
    key = keys.revoke(number, who)
    if as_json:
        print_json({"done": "revoked", **_json(key)})
    else:
        shared.out.print(f"revoked {key.id}  {key.name} (…{key.ending})", markup=False, soft_wrap=True)


def _line(key: ApiKey) -> str:
    from chatbot.text.invisible import clean_line

    facts = (
        " ".join(sorted(key.scopes)),
        f"{key.notebook_name} only" if key.notebook is not None else "",
        "whoever has the machine" if key.person.is_alone else key.person.called,
        f"made {_day(key.made)}",
        f"used {_day(key.used)}" if key.used else "never used",
        f"expires {_day(key.expires)}" if key.expires else "",
        f"revoked {_day(key.revoked)}" if key.revoked else "",
    )
    return clean_line(f"{key.name} (…{key.ending})  {' · '.join(filter(None, facts))}")


def _day(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M}"


def _json(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id, "name": key.name, "ending": key.ending,
        "person": None if key.person.is_alone else {"id": key.person.id, "name": key.person.called},
        "scopes": sorted(key.scopes), "notebook": key.notebook, "made": key.made.isoformat(),
        "expires": _iso(key.expires), "used": _iso(key.used), "revoked": _iso(key.revoked),
    }  # fmt: skip


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
