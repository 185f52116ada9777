"""The everyday commands: ingest, remove, search, ask, app."""

from __future__ import annotations

import unicodedata
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import Annotated, Literal

import typer

from chatbot.cli import shared
from chatbot.cli.servers.api import require_api
from chatbot.cli.shared import (
    ConfigOption,
    FilterOption,
    JsonOption,
    KOption,
    NotebookOption,
    NotebooksOption,
    PersonOption,
    RerankOption,
    StoreOption,
    TopNOption,
    app,
    chatbot_over,
    configured,
    first_of,
    print_json,
)


@app.command()
def ingest(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Files, folders, and addresses of web pages")
    ],
    splitter: Annotated[
        Literal["structure", "recursive"] | None, typer.Option(help="How text is cut into chunks")
    ] = None,
    chunk_size: Annotated[int | None, typer.Option(min=50, help="Characters in a chunk at most")] = None,
    chunk_overlap: Annotated[
        int | None, typer.Option(min=0, help="Characters shared by neighbours at most")
    ] = None,
    stay: Annotated[
        bool, typer.Option("--watch", help="Stay, and do it again whenever a file changes")
    ] = False,
    until_stdin_closes: Annotated[bool, typer.Option(hidden=True)] = False,
    executor: Annotated[
        Literal["local", "ray"],
        typer.Option(help="Who reads files: this process, or the cluster at RAY_ADDRESS"),
    ] = "local",
    notebook: NotebookOption = None,
    person: PersonOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Build the index or bring it up to date: new and changed files in, renamed ones renamed, gone ones out.

    Exit code 1 where a file or page that is named here is refused; of a folder, what is refused is only listed.
    """
    from chatbot.cli.ingest_output import IngestProgress, is_named_and_refused, print_ingest_report
    from chatbot.errors import ConfigError
    from ingest.executors.choice import executor_named
    from ingest.pipeline import run
    from ingest.report import IngestReport, joined
    from ingest.web.fetch import is_address
    from ingest.web.pages import ingest_pages

    settings = configured(config, store, notebook, person, "add", ", ".join(paths)).with_(
        splitter={"kind": splitter, "chunk_size": chunk_size, "chunk_overlap": chunk_overlap}
    )
    pages = [given for given in paths if is_address(given)]
    files = [Path(given) for given in paths if not is_address(given)]
    if stay:
        from chatbot.cli.ingest_watch import watch_and_report

        if pages:
            raise ConfigError("--watch follows files and folders; give web pages without it")
        if executor != "local":
            raise ConfigError("--watch reads files in this process; give --executor without it")
        watch_and_report(settings, files, as_json, until_stdin_closes)
        return
    workers = executor_named(executor, settings)
    with nullcontext() if as_json else IngestProgress(shared.err) as progress:
        report = run(settings, files, progress, executor=workers) if files else IngestReport()
        if pages:
            report = joined(report, ingest_pages(settings, pages, progress))
    if as_json:
        print_json(report.as_json())
    else:
        print_ingest_report(shared.out, report)
    raise typer.Exit(1 if is_named_and_refused(files, pages, report) else 0)


@app.command()
def remove(
    documents: Annotated[
        list[str],
        typer.Argument(metavar="DOCUMENT...", help="As listed by: secondlook doctor; or a folder of them"),
    ],
    notebook: NotebookOption = None,
    person: PersonOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take documents out of the index. The files themselves stay, and come back with the next ingest."""
    from chatbot.errors import StoreError
    from chatbot.retrieval.embeddings import store_identity
    from chatbot.store import open_store
    from chatbot.text.invisible import clean_line
    from ingest.uploads import remove as remove_document

    settings = configured(config, store, notebook, person, "remove", ", ".join(documents))
    index = open_store(settings, store_identity(settings))
    try:
        with index.reading() as view:
            known = [row.uri for row in view.documents()]
        wanted: dict[str, None] = {}
        for name in documents:
            matches = _matching(known, name)
            if not matches:
                raise StoreError(f"no document {name!r} in the index; see: secondlook doctor")
            wanted.update(dict.fromkeys(matches))
        removed = [uri for uri in wanted if remove_document(index, uri)]
    finally:
        index.close()
    if as_json:
        print_json({"removed": removed})
        return
    for uri in removed:
        shared.out.print(f"removed {clean_line(uri)}", markup=False, soft_wrap=True)


def _matching(uris: list[str], name: str) -> list[str]:
    """The documents that ``name`` is, or that lie in the folder ``name``."""
    uri = unicodedata.normalize("NFC", name).rstrip("/")
    return [known for known in uris if uri and (known == uri or known.startswith(f"{uri}/"))]


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="In Korean or English")],
    k: KOption = None,
    top_n: TopNOption = None,
    rerank: RerankOption = None,
    filters: FilterOption = None,
    notebooks: NotebooksOption = None,
    person: PersonOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the candidates for a question: where retrieval ranked them and where the second look put them."""
    from chatbot.cli.answer_output import print_candidates
    from chatbot.cli.json_output import search_json

    with shared.err.status("loading"), ExitStack() as opened:
        settings = configured(config, store, first_of(notebooks), person, "ask", query)
        chatbot = chatbot_over(settings, notebooks or [], person, query, config, store)
        opened.callback(chatbot.store.close)
        chatbot.warm_up()
        found = chatbot.search(query, filters or (), k=k, top_n=top_n, rerank=rerank)
    if as_json:
        print_json(search_json(found))
    else:
        print_candidates(shared.out, found)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="In Korean or English")],
    llm: Annotated[
        str | None,
        typer.Option(
            "--llm", metavar="BACKEND[:MODEL]", help="Who writes the answer: openai, ollama:qwen3:8b, ..."
        ),
    ] = None,
    taken_as: Annotated[
        Literal[
            "look-up",
            "summary",
            "outline",
            "key-points",
            "about",
            "library",
            "comparison",
            "collection",
            "several",
            "table",
        ]
        | None,
        typer.Option("--as", help="What the question asks for (default: as its words say)"),
    ] = None,
    k: KOption = None,
    top_n: TopNOption = None,
    rerank: RerankOption = None,
    filters: FilterOption = None,
    notebooks: NotebooksOption = None,
    person: PersonOption = None,
    store: StoreOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a question from the documents, with numbered sources."""
    from chatbot.cli.answer_output import print_answer
    from chatbot.cli.json_output import answer_json
    from chatbot.cli.language_models import say_where_it_goes
    from chatbot.llms import LLMS
    from chatbot.llms.local.chosen import with_file

    settings = configured(config, store, first_of(notebooks), person, "ask", question).with_llm(llm)
    LLMS.get(settings.llm.backend)  # one that nobody knows is said before anything is loaded
    settings = settings.model_copy(update={"llm": with_file(settings.llm, settings.models_cache)})
    say_where_it_goes(settings.llm)
    with ExitStack() as opened:  # until the answer is written
        with shared.err.status("loading"):
            chatbot = chatbot_over(settings, notebooks or [], person, question, config, store)
            opened.callback(chatbot.store.close)
            chatbot.warm_up()
            request = chatbot.request_as(taken_as, question, (), filters or ()) if taken_as else None
            answer = chatbot.ask(
                question, (), filters or (), k=k, top_n=top_n, rerank=rerank, request=request
            )
        if answer.writing is not None:
            answer.writing.on_note = shared.print_note
        if as_json:
            content, failure = answer_json(answer)
            print_json(content)
        else:
            failure = print_answer(shared.out, answer)
    if failure is not None:
        shared.print_error(str(failure))
        raise typer.Exit(1)


@app.command(name="app")
def open_page(
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8501,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser")] = True,
    watched: Annotated[
        list[Path] | None,
        typer.Option("--watch", metavar="PATH", help="Keep the index current with it; may be repeated"),
    ] = None,
    names: Annotated[
        list[str] | None,
        typer.Option(
            "--host",
            metavar="NAME",
            help="A name under which browsers ask for the page, where a web server of yours passes it on; may be repeated",
        ),
    ] = None,
    notebook: Annotated[
        str | None, typer.Option("--notebook", metavar="NAME", help="The one that --watch keeps current")
    ] = None,
    bind: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS", help="The address to listen at; beyond this machine people have to sign in"
        ),
    ] = "127.0.0.1",
    anyone_may_read: Annotated[
        bool,
        typer.Option(
            "--anyone-may-read",
            help="Let everybody who reaches --bind read the documents, without signing in",
        ),
    ] = False,
    base_path: Annotated[
        str,
        typer.Option(metavar="PATH", help="The path below which a web server in front has the page: /ask"),
    ] = "",
    api: Annotated[
        bool, typer.Option("--api", help="Answer programs, too, at the same port; see docs/api.md")
    ] = False,
    store: StoreOption = None,
    config: ConfigOption = None,
) -> None:
    """Open the chat page, on this machine (127.0.0.1) unless told otherwise."""
    from chatbot.cli.servers.page import serve_page

    if api:
        require_api()
    settings = configured(config, store)
    raise typer.Exit(
        serve_page(
            settings.store,
            config,
            port,
            browser,
            watched or (),
            names or (),
            notebook,
            bind,
            anyone_may_read,
            base_path,
            api,
        )
    )
