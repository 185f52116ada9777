"""Language models on the command line: what can be had, what a server offers, and the fetching with its progress."""

from __future__ import annotations

import signal
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urlsplit

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from chatbot.cli import shared
from chatbot.config import Config, LLMConfig
from chatbot.errors import ChatbotError

_WHERE = {"hub": "Hugging Face hub", "index": "package index"}


def language_models(config: Config) -> dict[str, Any]:
    """Who writes, the files that can be pulled, and the models that the configured server offers."""
    from chatbot.llms.local.catalogue import MODELS, file_of, pulled
    from chatbot.llms.needs import NEEDS
    from chatbot.llms.server_models import lists_models, server_models

    llm, there = config.llm, pulled(config.models_cache)
    needs = NEEDS.get(llm.backend)
    offered: list[str] = []
    reason = ""
    if lists_models(llm.backend) and needs is not None:
        reason = needs.missing(llm)
        try:
            offered = [] if reason else list(server_models(llm))
        except ChatbotError as error:
            reason = str(error)
    return {
        "backend": llm.backend,
        "model": needs.model_of(llm) if needs is not None else llm.model,
        "server_models": offered,
        "server_error": reason,
        "files": [
            {
                "name": model.name, "licence": model.licence, "gigabytes": model.about_gb, "here": model in there,
                **_speed(file_of(model, config.models_cache)),
            }
            for model in MODELS.values()
        ],
    }  # fmt: skip


def _speed(file: Path) -> dict[str, float | None]:
    """What was measured on this machine; nothing before the first answer."""
    from chatbot.llms.local.speed import speed_of

    speed = speed_of(file)
    return {
        "tokens_per_s": round(speed.tokens_per_s, 1) if speed else None,
        "first_word_s": round(speed.first_s, 2) if speed else None,
    }


def say_where_it_goes(llm: LLMConfig) -> None:
    """Name on stderr the host to which questions and passages go, and the file that says so; nothing where they stay."""
    from chatbot.llms.needs import NEEDS, leaves_this_machine

    if not leaves_this_machine(llm):
        return
    needs = NEEDS.get(llm.backend)
    url = needs.url_of(llm) or needs.example_url if needs is not None else ""
    where = urlsplit(url).hostname or llm.backend
    file = llm.owner.file if llm.owner is not None else ""
    shared.print_note(f"questions and passages go to {where}" + (f" (settings: {file})" if file else ""))


def print_language_models(console: Console, found: dict[str, Any]) -> None:
    """Who answers, what its server offers, and the models that can be fetched for this machine."""
    model = f" · {found['model']}" if found["model"] else ""
    console.print(f"answers are written by: {found['backend']}{model}", markup=False, soft_wrap=True)
    if found["server_error"]:
        console.print(f"its models cannot be listed: {found['server_error']}", markup=False, soft_wrap=True)
    for name in found["server_models"]:
        console.print(f"  its server offers {name}", markup=False, soft_wrap=True)
    console.print("language models for this machine (secondlook models pull NAME):")
    for file in found["files"]:
        state = f"here, {file['gigabytes']:g} GB" if file["here"] else f"{file['gigabytes']:g} GB to fetch"
        line = f"  {file['name']}: {state}, {file['licence']}{_how_fast(file)}"
        console.print(line, markup=False, soft_wrap=True)


def _how_fast(file: dict[str, Any]) -> str:
    """Behind a line about a model that is here."""
    if not file["here"]:
        return ""
    if file["tokens_per_s"] is None:
        return ", speed known after its first answer"
    return f", {file['tokens_per_s']:g} tokens/s here, first word after {file['first_word_s']:g} s"


def pull_language_model(name: str, cache: Path) -> str:
    """The path of the file, after a bar on stderr; Ctrl-C ends it and keeps what has come."""
    from chatbot.llms.local import pull
    from chatbot.llms.local.catalogue import known
    from chatbot.llms.local.child import Cancelled

    model, cancel = known(name), Event()
    before = signal.signal(signal.SIGINT, lambda *_: cancel.set())
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    try:
        with Progress(*columns, console=shared.err) as bar:
            task = bar.add_task(f"{model.name} ({model.licence})", total=None)

            def show(now: pull.Progress) -> None:
                what = "checking its sha256" if now.checking else f"from the {_WHERE[now.source]}"
                bar.update(task, description=f"{model.name} {what}", completed=now.bytes, total=now.of)

            return str(pull.pull(model, cache, show, cancel))
    except Cancelled as error:
        shared.print_error(str(error))
        raise KeyboardInterrupt from None
    finally:
        signal.signal(signal.SIGINT, before)
