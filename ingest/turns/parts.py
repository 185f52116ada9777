"""Actions of a ``Change`` that do some files or documents at each turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from chatbot.config import Config
from ingest import uploads
from ingest.report import IngestReport
from ingest.turns.change import BYTES_AT_ONCE, FILES_AT_ONCE, Change

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding


def upload_in_parts(
    config: Config, embedding: BaseEmbedding | None, given: list[tuple[str, bytes]]
) -> Callable[[Change], IngestReport]:
    """An upload as the action of a ``Change``: some files a turn. ``given`` is emptied: what is on the disk is let go."""
    given.reverse()

    def action(change: Change) -> IngestReport:
        some = [] if change.stopping else _first_files(given)
        report = uploads.upload(
            config,
            some,
            change.on_progress,
            embedding,
            lambda: change.stopping,
            change.parser,
            change.company,
        )
        left = [(name, content) for name, content in some if uploads.uri_of(name) not in report.paths]
        given[len(given) - len(some) :] = reversed(left)
        if change.stopping:
            given.clear()
        return _as_part(change, report, bool(given))

    return action


def _first_files(given: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """The files of one turn, one at least; ``given`` has them at its end, the first last."""
    some: list[tuple[str, bytes]] = []
    size = 0
    for name, content in reversed(given):
        size += len(content)
        if some and (len(some) == FILES_AT_ONCE or size > BYTES_AT_ONCE):
            break
        some.append((name, content))
    return some


def in_parts(
    part: Callable[[Change, Sequence[str]], IngestReport],
    names: Sequence[str],
    uri_of: Callable[[str], str] = str,
    most: int = FILES_AT_ONCE,
) -> Callable[[Change], IngestReport]:
    """An action that takes the next ``most`` of ``names`` at each turn; those that it leaves come again."""
    left = list(names)

    def action(change: Change) -> IngestReport:
        some = left[:most]
        report = part(change, some)
        done = report.paths
        # what was not found, or is gone already, has no outcome; it is not asked for twice
        again = [name for name in some if uri_of(name) not in done] if uploads.STOPPED in report.notes else []
        left[:most] = again
        return _as_part(change, report, bool(left))

    return action


def _as_part(change: Change, report: IngestReport, has_more: bool) -> IngestReport:
    if not change.stopping:
        report.notes = [note for note in report.notes if note != uploads.STOPPED]  # it goes on
        change.has_more = has_more
    return report
