"""Filters: which documents they mean, and how a search is kept to them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg import Connection

from chatbot.errors import DocumentMissing
from chatbot.store.protocol import Scope


@dataclass(frozen=True, slots=True)
class DocumentIds(Scope):
    """Ids of documents and of chunks; ``None``: all of them. No list of a million chunks travels to the server."""

    documents: tuple[int, ...] | None
    ids: tuple[int, ...] | None


def only(scope: Scope | None, chunk: str, document: str = "document_id") -> tuple[str, list[Any]]:
    """Conditions for a WHERE that has others before them, with their values; the names are those of columns."""
    if scope is None:
        return "", []
    assert isinstance(scope, DocumentIds), "a scope is of use only to a view of the same store"
    where, values = "", list[Any]()
    for column, wanted in ((document, scope.documents), (chunk, scope.ids)):
        if wanted is not None:
            where += f" AND {column} = ANY(%s)"
            values.append(list(wanted))
    return where, values


def documents_of(connection: Connection[Any], filters: Sequence[str]) -> set[int]:
    """Ids of the documents that ``filters`` name. Raises ``DocumentMissing`` where one names none."""
    found: set[int] = set()
    for wanted in filters:
        uri = unicodedata.normalize("NFC", wanted).rstrip("/")
        # a whole uri means that document alone
        exact = connection.execute("SELECT id FROM document WHERE uri = %s", (uri,)).fetchone()
        if exact:
            found.add(exact[0])
            continue
        path = str(Path(wanted).absolute()).rstrip("/")
        matches = connection.execute(
            "SELECT id FROM document WHERE starts_with(uri, %s) OR right(uri, %s) = %s OR path = %s"
            " OR starts_with(path, %s)",
            (f"{uri}/", len(uri) + 1, f"/{uri}", path, f"{path}/"),
        ).fetchall()
        if not matches or not uri:
            raise DocumentMissing(
                "no document or folder matches {name}; see: secondlook doctor", name=repr(wanted)
            )
        found.update(row[0] for row in matches)
    return found
