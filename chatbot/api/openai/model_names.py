"""What ``model`` names: a notebook or several, and who writes.

``secondlook``, ``Contracts``, ``#7``, ``Contracts+Minutes``, ``Contracts:ollama:qwen3:8b``
"""

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
from chatbot.notebooks.loading import MOST
from chatbot.notebooks.names import folded

PLAIN = "secondlook"  # the notebook that a caller has where they name none


@dataclass(frozen=True, slots=True)
class Named:
    """``notebooks``: the first has the settings. ``backend``: as ``Config.with_llm`` reads it; empty for the configured one."""

    notebooks: tuple[int, ...]
    backend: str


def named(model: str, caller: Caller) -> Named:
    """What ``model`` names: the longest beginning of it that is a notebook, or several with + between; what follows a
    colon is who writes.

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
        return Named((number,), backend)
    for name, backend in _splits(model):
        if together := _together(name, caller):
            _require_backend(backend, model)
            return Named(together, backend)
    raise Problem(404, "model_not_found", f"{missing}; see: GET /v1/models", "model")


def _together(name: str, caller: Caller) -> tuple[int, ...]:
    """The notebooks whose names stand in ``name`` with + between; none where it is anything else.

    A name may have a + in it: the longest one that there is counts.
    """
    parts = name.split("+")
    if not 2 <= len(parts) <= MOST:
        return ()
    rows = caller.notebooks()
    known = {folded(row.called) for row in rows} | {f"#{row.id}" for row in rows} | {PLAIN}
    numbers: list[int] = []
    while parts:
        ends = (end for end in range(len(parts), 0, -1) if folded("+".join(parts[:end])) in known)
        if not (end := next(ends, 0)):
            return ()
        one = "+".join(parts[:end]).strip()
        numbers.append(caller.default().id if one == PLAIN else caller.open(one).id)
        del parts[:end]
    return tuple(dict.fromkeys(numbers))


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
