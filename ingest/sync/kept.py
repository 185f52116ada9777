"""Uploads, whose content is kept with the index: what of them is to be made again."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from chatbot.errors import Phrase
from chatbot.store import DocumentRow
from chatbot.store.protocol import Files
from ingest.sandbox.opened import digest_of
from ingest.sync.tasks import FileTask, Plan, is_current, name_of


def uploads_to_do(documents: Iterable[DocumentRow], made_by: str, files: Files) -> Plan:
    """Uploaded documents that another parser or splitter made, to be made again from their content, which is kept."""
    result = Plan()
    for row in documents:
        if not row.is_kept or is_current(row, made_by):
            continue
        try:
            path = files.path(row.sha256)
            real = Path(os.path.realpath(path.parent)) / path.name
            sha256, size = digest_of(real)
        except OSError:
            sha256, size = "", 0
        if sha256 == row.sha256:
            task = FileTask(
                row.uri,
                path,
                sha256,
                size,
                name_of(row),
                real,
                row.address,
                row.validators,
                seen=row.sha256,
            )
            result.todo.append(task)
        else:
            result.notes.append(
                Phrase(
                    "{name} stays as it was: its content is not in the index; upload it again", name=row.uri
                )
            )
    return result
