"""Run the interface alone: ``secondlook serve``. Nothing is sent anywhere, and by default only this machine is answered."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from chatbot.api.app import create_app
from chatbot.api.service import Service
from chatbot.api.slow_heads import TimelyProtocol
from chatbot.config import Config
from chatbot.config.addresses import LOOPBACK, Names, host_name
from chatbot.llms.local.catalogue import MODELS, file_of
from chatbot.llms.needs import is_loopback
from chatbot.llms.permission import for_page
from chatbot.notebooks import ApiKeys, Library
from chatbot.telemetry.start import start

_KEEP_ALIVE_S = 20  # of a connection on which nothing is asked
_LAST_WORDS_S = 5  # for answers under way, when it is ended
_CONNECTIONS = 1_000
_SECRETS = Path(".streamlit") / "secrets.toml"


def serve(
    config: Config,
    address: str,
    port: int,
    hosts: Sequence[str] = (),
    extensions: Sequence[Callable[[FastAPI, Service], None]] = (),  # add what is answered besides
) -> None:
    """Answer at ``address`` until the process is ended. ``hosts``: names under which it is asked for besides this machine's own."""
    start(config.telemetry)
    service = service_for(config, address, hosts)
    service.warm_up()
    app = create_app(service, Names.of(hosts))
    for extend in extensions:
        extend(app, service)
    settings = uvicorn.Config(
        app,
        host=address,
        port=port,
        http=TimelyProtocol,
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_LAST_WORDS_S,
        limit_concurrency=_CONNECTIONS,
    )
    uvicorn.Server(settings).run()


def service_for(config: Config, address: str, hosts: Sequence[str] = ()) -> Service:
    """What is served at ``address``: without a key only to its owner, on the machine where nobody else signs in."""
    library = Library(config)
    is_open = is_for_one(library, address, hosts)
    files = [file_of(model, config.models_cache) for model in MODELS.values()]
    return Service(
        for_page(config, is_shared=not is_open, files=files),
        is_open=is_open,
        people_sign_in=people_sign_in(library),
        keys=ApiKeys(library),
    )


def is_for_one(library: Library, address: str, hosts: Sequence[str] = ()) -> bool:
    """Whether only whoever sits at this machine reaches it, and nobody has ever signed in to the notebooks."""
    is_here = is_loopback(address) and all(host_name(host) in LOOPBACK for host in hosts)
    return is_here and not people_sign_in(library)


def people_sign_in(library: Library) -> bool:
    """Whether anybody has signed in here, or would be asked to."""
    return library.has_people or _has_sign_in()


def _has_sign_in() -> bool:
    """Whether the page that is started in this folder, or by this person, would ask people to sign in."""
    return any("auth" in _secrets(folder / _SECRETS) for folder in (Path.cwd(), Path.home()))


def _secrets(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):  # what cannot be read might ask for it
        return {"auth": {}}
