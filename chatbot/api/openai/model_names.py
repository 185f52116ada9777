"""What ``model`` names: a notebook, and who writes. ``secondlook``, ``Contracts``, ``#7``, ``Contracts:ollama:qwen3:8b``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from chatbot.api.people import Caller
from chatbot.api.problems import Problem
from chatbot.config import Config
from chatbot.errors import ConfigError, NotebookMissing
from chatbot.llms import LLMS, backend_statuses
from chatbot.llms.permission import is_offered, is_shared
from chatbot.notebooks import Action, NotebookRow

PLAIN = "secondlook"  # the notebook that a caller has where they name none


@dataclass(frozen=True, slots=True)
class Named:
    """``backend``: as ``Config.with_llm`` reads it; empty for the configured one."""

    notebook: int
    backend: str


def named(model: str, caller: Caller) -> Named:
    """What ``model`` names: the longest beginning of it that is a notebook; what follows a colon is who writes.

    Raises:
        Problem: there is no notebook of that name, or the caller may not know of it, or nobody knows that backend.
    """
    missing: NotebookMissing | None = None
    for name, backend in _splits(model):
        if name == PLAIN:
            number = caller.default().id
        else:
            try:
                number = caller.open(name).id
            except NotebookMissing as error:
                missing = missing or error  # of the whole name: it lists those that there are
                continue
        _require_backend(backend, model)
        return Named(number, backend)
    raise Problem(404, "model_not_found", f"{missing}; see: GET /v1/models", "model")


def model_rows(caller: Caller, config: Config) -> Iterator[tuple[str, int]]:
    """Names that ``model`` may have, with when the notebook was made, in seconds since 1970."""
    rows = caller.notebooks(Action.ASK)
    writers = [""] + [f":{name}" for name in _usable(config)]
    if rows:
        yield from ((PLAIN + writer, _created(caller.default())) for writer in writers)
    names = [row.called for row in rows]
    for row in rows:
        called = row.called if names.count(row.called) == 1 else f"#{row.id}"
        yield from ((called + writer, _created(row)) for writer in writers)


def _usable(config: Config) -> list[str]:
    """Backends besides the configured one that could write now, as far as its owner lets others choose."""
    llm = config.llm
    names = [status.name for status in backend_statuses(llm) if status.usable and status.name != llm.backend]
    if not is_shared(llm):
        return names
    bare = {name: llm.model_copy(update={"backend": name, "model": "", "options": {}}) for name in names}
    return [name for name in names if is_offered(bare[name])]


def _splits(model: str) -> Iterator[tuple[str, str]]:
    """The whole first, then what stands before each colon, the longest first."""
    yield model, ""
    place = len(model)
    while (place := model.rfind(":", 0, place)) > 0:
        yield model[:place], model[place + 1 :]


def _require_backend(backend: str, model: str) -> None:
    if not backend:
        return
    try:
        LLMS.get(backend.partition(":")[0])
    except ConfigError as error:
        raise Problem(
            404, "model_not_found", f"model {model!r}: {error}; see: GET /v1/models", "model"
        ) from None


def _created(row: NotebookRow) -> int:
    return int(datetime.fromisoformat(row.created).timestamp()) if row.created else 0
