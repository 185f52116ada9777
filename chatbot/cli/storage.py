"""The commands that look after an index: doctor, compact, export, import, backup, restore, reindex."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from chatbot.cli import shared
from chatbot.cli.shared import (
    ConfigOption,
    JsonOption,
    NotebookOption,
    PersonOption,
    StoreOption,
    app,
    configured,
    library_for,
    print_json,
)
from chatbot.config import LISTWISE, Config, LLMConfig


@app.command()
def doctor(
    repair: Annotated[
        bool, typer.Option("--repair", help="Repair what needs no embedding; the rest is for the next ingest")
    ] = False,
    notebook: NotebookOption = None,
    person: PersonOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the documents of the index and check that it is consistent; exit code 1 if it is not."""
    from chatbot.cli.answer_output import print_documents
    from chatbot.cli.json_output import documents_json
    from chatbot.cli.protections import protection_lines
    from chatbot.retrieval.embeddings import store_identity
    from chatbot.store import open_store
    from chatbot.telemetry.start import destinations
    from ingest.sandbox.parser import ParserProcess

    settings = configured(config, store, notebook, person, "add" if repair else "inspect", "repair")
    with closing(open_store(settings, store_identity(settings))) as index:
        repaired = index.repair() if repair else []
        faults = index.faults()
        with index.reading() as view:
            documents = view.documents()
            texts, size = view.token_vector_size()
            chunks = view.chunk_count()
    with ParserProcess() as parser:
        confined = list(parser.protections())
    if as_json:
        print_json({
            "documents": documents_json(documents), "repaired": repaired, "faults": faults,
            "parser_confined_in": confined,
            "token_vectors": {"texts": texts, "bytes": size},
            "telemetry": destinations(settings.telemetry),
        })  # fmt: skip
    else:
        print_documents(shared.out, documents)
        for line in repaired:
            shared.out.print(f"repaired: {line}", markup=False, soft_wrap=True)
        for fault in faults:
            shared.out.print(f"fault: {fault}", style="red", markup=False, soft_wrap=True)
        for line in protection_lines(confined):
            shared.out.print(line, markup=False, soft_wrap=True)
        if chunks:
            shared.out.print(token_vector_line(texts, size))
        if settings.reranker.enabled and settings.reranker.backend == LISTWISE:
            shared.out.print(second_look_line(settings.llm), markup=False, soft_wrap=True)
        for line in destinations(settings.telemetry):
            shared.out.print(f"telemetry: {line}", markup=False, soft_wrap=True)
        shared.out.print("index is consistent" if not faults else f"{len(faults)} faults")
    raise typer.Exit(1 if faults else 0)


def second_look_line(llm: LLMConfig) -> str:
    """Which language model takes the second look, and where the passages that were found go for it."""
    from chatbot.llms.needs import NEEDS, Needs, leaves_this_machine

    needs = NEEDS.get(llm.backend, Needs())
    if llm.backend == "extractive":
        return "second look: set to the language model, and there is none; set llm.backend, or another reranker.backend"
    leaves = leaves_this_machine(llm)
    reach = "passages that were found leave this machine for it" if leaves else "on this machine"
    return f"second look: by the language model, {llm.backend} · {needs.model_of(llm)}; {reach}"


@app.command()
def compact(
    notebook: NotebookOption = None,
    person: PersonOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write all vectors into one new base file; ingest does it by itself when it is worth it."""
    from chatbot.retrieval.embeddings import store_identity
    from chatbot.store import open_store

    settings = configured(config, store, notebook, person, "add", "compact")
    with closing(open_store(settings, store_identity(settings))) as index:
        made = index.maintain()
    if as_json:
        print_json({"file": made.file, "chunks": made.chunks, "bytes": made.bytes})
    else:
        place = made.file or "the vector index of the database"
        shared.out.print(f"{made.chunks} chunks in {place}, {made.bytes / 1e6:.1f} MB")


@app.command()
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it, like index.zip")],
    notebook: NotebookOption = None,
    person: PersonOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the whole index, uploads included, into one file."""
    from chatbot.retrieval.embeddings import store_identity
    from chatbot.store import open_store
    from chatbot.store.archives.exporting import export as export_store

    settings = configured(config, store, notebook, person, "export", file.name)
    with closing(open_store(settings, store_identity(settings))) as index:
        exported = export_store(index, file.expanduser())
    if as_json:
        print_json({"file": str(file), **asdict(exported)})
    else:
        shared.out.print(
            f"{exported.documents} documents, {exported.chunks} chunks, {exported.bytes / 1e6:.1f} MB in {file}",
            markup=False, soft_wrap=True,
        )  # fmt: skip


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What secondlook export has written")],
    notebook: Annotated[
        str | None, typer.Option("--notebook", metavar="NAME", help="Into a new notebook of this name")
    ] = None,
    person: PersonOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put an exported index in place; the index folder must be empty or new, and so must the schema of a database."""
    from chatbot.notebooks import Action
    from chatbot.retrieval.embeddings import store_identity
    from chatbot.store import open_store
    from chatbot.store.archives.elsewhere import import_index

    settings = configured(config, store)
    if notebook is None and person is None:
        import_index(file.expanduser(), settings)
    else:
        library, who = library_for(settings, person)
        made = library.import_(file.expanduser(), notebook or file.stem, who)
        settings = made.enter(Action.INSPECT)
    with closing(open_store(settings, store_identity(settings))) as index:
        with index.writing() as writer:
            writer.compact()
        with index.reading() as view:
            documents, chunks = len(view.documents()), view.chunk_count()
    if as_json:
        print_json({"store": str(settings.store), "documents": documents, "chunks": chunks})
    else:
        place = (
            settings.store
            if settings.index.backend == "sqlite"
            else f"the schema {settings.index.schema_name}"
        )
        shared.out.print(f"{documents} documents, {chunks} chunks in {place}", markup=False, soft_wrap=True)


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new folder, on another disk best")],
    store: StoreOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Copy the index folder with everything in it, notebooks and conversations too, while the program runs."""
    from chatbot.store.archives.backup import back_up

    held = back_up(configured(config, store).store, folder.expanduser())
    _tell_backup("backed up to", folder, asdict(held), as_json)


@app.command()
def restore(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="What secondlook backup has made")],
    store: StoreOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put a backup in place; the index folder must be empty or new."""
    from chatbot.store.archives.backup import restore_backup

    settings = configured(config, store)
    held = restore_backup(folder.expanduser(), settings.store)
    _tell_backup("restored to", settings.store, asdict(held), as_json)


def _tell_backup(done: str, place: Path, held: dict[str, int], as_json: bool) -> None:
    if as_json:
        print_json({"folder": str(place), **held})
    else:
        shared.out.print(
            f"{done} {place}: {held['databases']} databases, {held['files']} files, {held['bytes'] / 1e6:.1f} MB",
            markup=False, soft_wrap=True,
        )  # fmt: skip


@app.command()
def reindex(
    token_vectors: Annotated[
        bool,
        typer.Option(
            "--token-vectors",
            help="Only fill in what the second look keeps of each passage, as reranker.token_vectors says",
        ),
    ] = False,
    notebook: NotebookOption = None,
    person: PersonOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make the whole index anew, for another embedding model or splitter; the old one answers until it is done."""
    from chatbot.cli.ingest_output import IngestProgress, print_ingest_report
    from ingest.reindex import reindex as run

    settings = configured(config, store, notebook, person, "add", "reindex")
    if token_vectors:
        _fill_token_vectors(settings, as_json)
        return
    if as_json:
        print_json(run(settings).as_json())
        return
    with IngestProgress(shared.err) as progress:
        report = run(settings, progress)
    print_ingest_report(shared.out, report)


def _fill_token_vectors(settings: Config, as_json: bool) -> None:
    from chatbot.cli.step_progress import StepProgress
    from chatbot.retrieval.embeddings import store_identity
    from chatbot.store import open_store
    from ingest.token_vectors import keep_token_vectors

    if as_json:
        read = keep_token_vectors(settings)
    else:
        with StepProgress(shared.err) as progress:
            read = keep_token_vectors(settings, partial(progress, "token vectors"))
    with closing(open_store(settings, store_identity(settings))) as index, index.reading() as view:
        texts, size = view.token_vector_size()
    if as_json:
        print_json({"read": read, "texts": texts, "bytes": size})
    else:
        shared.out.print(f"{read} passages read; {token_vector_line(texts, size)}")


def token_vector_line(texts: int, size: int) -> str:
    """What the index keeps for the second look."""
    if not texts:
        return "no token vectors: the second look reads each passage anew; secondlook reindex --token-vectors keeps them"
    return f"token vectors of {texts:,} passages for the second look: {size / 1e6:.1f} MB, {size / texts / 1000:.1f} KB each"
