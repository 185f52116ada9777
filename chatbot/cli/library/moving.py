"""The commands that move what there is to another place: migrate, to another engine; distribute, over a cluster."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chatbot.cli import shared
from chatbot.cli.shared import (
    ConfigOption,
    JsonOption,
    NotebookOption,
    PersonOption,
    app,
    configured,
    library_for,
    print_json,
)
from chatbot.config import Config
from chatbot.errors import ConfigError, StoreMissing

if TYPE_CHECKING:
    from chatbot.cli.step_progress import StepProgress


@app.command()
def migrate(
    to: Annotated[
        str, typer.Option("--to", metavar="ENGINE", help="postgres, or sqlite: where everything is to be")
    ],
    notebook: NotebookOption = None,
    person: PersonOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Copy a library from its folder into PostgreSQL, or back: nothing is embedded again, and the old one stays.

    The list of notebooks, people, roles, API keys and the log; of every notebook the documents and everybody's
    conversations. With --notebook only what is in that one; with --person only its documents.
    The folder is store.path, the schema store.schema; set store.backend once it is copied. What is there already is
    left as it is.
    """
    from chatbot.cli.step_progress import StepProgress

    if to not in ("sqlite", "postgres"):
        raise ConfigError("an index is in sqlite or postgres, not in {name}", name=repr(to))
    settings = configured(config, None, None, None)
    here, there = _in(settings, "postgres" if to == "sqlite" else "sqlite"), _in(settings, to)
    if as_json:
        print_json({"to": to, **_copy(here, there, notebook, person, None)})
        return
    with StepProgress(shared.err) as progress:
        told = _copy(here, there, notebook, person, progress)
    for line in _lines(to, told):
        shared.out.print(line, markup=False, soft_wrap=True)


@app.command()
def distribute(
    notebook: NotebookOption = None,
    person: PersonOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Spread an index in PostgreSQL over the nodes of a Citus cluster, by document; never run on one by its makers.

    All that an index needs is tried on a small one first; what Citus refuses is said, and nothing is changed.
    """
    settings = configured(config, None, notebook, person, "add", "distribute")
    if settings.index.backend != "postgres":
        raise ConfigError(
            "only an index in PostgreSQL is spread over nodes; run first: secondlook migrate --to postgres"
        )
    from chatbot.store.postgres.citus import distribute as spread

    notes = spread(settings)
    if as_json:
        print_json({"schema": settings.index.schema_name, "notes": notes})
        return
    shared.out.print(f"the schema {settings.index.schema_name} is spread over the nodes")
    for note in notes:
        shared.out.print(f"not on a cluster: {note}", markup=False, soft_wrap=True)


def _in(settings: Config, backend: str) -> Config:
    return settings.with_(index={"backend": backend})


def _copy(
    here: Config, there: Config, notebook: str | None, person: str | None, progress: StepProgress | None
) -> dict[str, Any]:
    """What was copied now, and what was there already. Raises ``StoreMissing`` where there is nothing at all."""
    from chatbot.notebooks import FIRST, Action
    from chatbot.notebooks.copying import copy_library

    library, who = library_for(here, person)
    told: dict[str, Any] = dict.fromkeys(
        ("documents", "chunks", "were_there", "conversations", "conversations_were_there"), 0
    )
    if notebook is None and person is None:
        rows = library.notebooks(who, archived=True)
    else:
        rows = [library.open(notebook or FIRST, who).row]
    for row in rows:
        library.enter(who, row.id, Action.EXPORT, f"migrate to {there.index.backend}")
    if notebook is None and person is None:
        told["library"] = asdict(copy_library(here, there))
    missing: StoreMissing | None = None
    for row in rows:
        inside = library.place_of(row)
        try:
            _add(told, _copied_documents(inside, _in(inside, there.index.backend), progress))
        except StoreMissing as error:  # nothing has been added to this notebook yet
            missing = missing or error
        if person is None:
            _add(told, _copied_conversations(inside, _in(inside, there.index.backend), progress))
    counts = {**told, **told.get("library", {}), "library": 0}
    if missing is not None and not any(counts.values()):
        raise missing
    return told


def _add(told: dict[str, Any], more: dict[str, int]) -> None:
    for name, count in more.items():
        told[name] += count


def _copied_documents(here: Config, there: Config, progress: StepProgress | None) -> dict[str, int]:
    from chatbot.retrieval.embeddings import store_identity
    from chatbot.store import create_store, open_store
    from chatbot.store.copying import copy_index

    identity = store_identity(here)
    source = open_store(here, identity)
    with closing(source), closing(create_store(there, identity, source.dimension)) as target:
        if progress is None:
            return asdict(copy_index(source, target))
        return asdict(copy_index(source, target, partial(progress, "documents")))


def _copied_conversations(here: Config, there: Config, progress: StepProgress | None) -> dict[str, int]:
    from chatbot.conversations.copying import copy_conversations

    if progress is None:
        copied = copy_conversations(here, there)
    else:
        copied = copy_conversations(here, there, partial(progress, "conversations"))
    return {"conversations": copied.conversations, "conversations_were_there": copied.were_there}


def _lines(to: str, told: dict[str, Any]) -> list[str]:
    lines = [
        f"{told['documents']} documents, {told['chunks']} chunks copied to {to}; {told['were_there']} documents were there",
        f"{told['conversations']} conversations copied; {told['conversations_were_there']} were there",
    ]
    if (library := told.get("library")) is None:
        return lines
    if library["was_there"]:
        return [
            *lines,
            "the list of notebooks, people, roles, keys and the log were there, and stay as they are there",
        ]
    return [
        *lines,
        f"copied of the library: notebooks {library['notebooks']}, people with their roles {library['people']}, "
        f"API keys {library['keys']}, lines of the log {library['lines']}",
    ]
