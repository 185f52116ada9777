"""``secondlook serve``: the interface for programs, without the page."""

from __future__ import annotations

import importlib.util
from typing import Annotated

import typer

from chatbot.cli.servers.page import HOST, check_free
from chatbot.cli.shared import ConfigOption, StoreOption, app, configured, print_note
from chatbot.errors import ConfigError


@app.command()
def serve(
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8502,
    bind: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS", help="The address to listen at; beyond this machine every request needs a key"
        ),
    ] = HOST,
    names: Annotated[
        list[str] | None,
        typer.Option(
            "--host", metavar="NAME", help="A name under which programs ask for it; may be repeated"
        ),
    ] = None,
    store: StoreOption = None,
    config: ConfigOption = None,
) -> None:
    """Answer programs: OpenAI's protocol under /v1, our own under /api; see docs/api.md."""
    settings = configured(config, store)
    check_free(bind, port)
    require_api()
    from chatbot.api.running import serve as run
    from chatbot.mcp_server import extensions

    host = f"[{bind}]" if ":" in bind else bind
    assistants = extensions()
    also = f", assistants at http://{host}:{port}/mcp" if assistants else ""
    print_note(
        f"programs ask at http://{host}:{port}/v1 and http://{host}:{port}/api{also} (Ctrl-C stops it)"
    )
    run(settings, bind, port, names or (), assistants)


def require_api() -> None:
    """Raise ``ConfigError`` where the packages of the interface for programs are not installed."""
    if importlib.util.find_spec("fastapi") is None:
        raise ConfigError("answering programs needs fastapi: pip install 'secondlook[api]'")
