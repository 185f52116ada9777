"""Changes to an index in PostgreSQL: each method is one transaction, wholly done or not at all.

A document is changed under an advisory lock of its uri, and nothing else is locked: writers of different documents do
not wait for each other. Sums are kept as rows that are only added.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from psycopg import Connection, sql

from chatbot.errors import Phrase, StoreError
from chatbot.store.checking import check_fits
from chatbot.store.postgres import schema
from chatbot.store.postgres.chunk_rows import add_chunks, drop_chunks, keep_chunks, tell
from chatbot.store.postgres.folding import fold, is_due
from chatbot.store.protocol import Writer
from chatbot.store.records import ANYTHING, UPLOADS, WEB, NewChunk, NewDocument, StoreIdentity, Vectors
from chatbot.text import hidden

_COLUMNS = (
    "uri", "path", "sha256", "made_by", "status", "reason", "missing", "format", "title", "bytes", "pages", "text",
    "indexed_at", "hidden", "hidden_words", "address", "validators",
)  # fmt: skip


class PostgresWriter(Writer):
    """One of those who may write. Get it from ``PostgresStore.writing``."""

    def __init__(
        self,
        connected: Callable[[], AbstractContextManager[Connection[Any]]],
        name: str,
        identity: StoreIdentity,
        dimension: int,
        commits: int,
    ) -> None:
        """``commits``: how many there were when it was opened."""
        self._connected = connected
        self.name = name  # of the schema
        self._identity = identity
        self.dimension = dimension
        self.commits = commits
        self.is_spread = False  # over the nodes of a cluster

    def replace(
        self,
        document: NewDocument,
        chunks: Sequence[NewChunk],
        vectors: Vectors,
        codes: Mapping[bytes, bytes] = MappingProxyType({}),
        seen: str | None = ANYTHING,
    ) -> bool:
        check_fits(document, chunks, vectors, self.dimension)
        _check_text(document)
        with self.transaction(document.uri) as connection:
            there, is_seen = _look(connection, document.uri, seen)
            if not is_seen:
                return False
            number = _put_document(connection, document, there)
            new, change = (
                (range(len(chunks)), None) if there is None else keep_chunks(connection, number, chunks)
            )
            change = add_chunks(connection, number, new, chunks, vectors, change, is_spread=self.is_spread)
            tell(connection, change)
            _keep_codes(connection, codes)
            _take_codes(connection, number)
        return True

    def keep_token_vectors(self, codes: Mapping[bytes, bytes]) -> None:
        with self.transaction() as connection:
            _keep_codes(connection, codes)
            connection.execute("INSERT INTO tally VALUES (1, 0, 0)")

    def drop_token_vectors(self) -> None:
        with self.transaction() as connection:
            connection.execute("UPDATE chunk SET codes = NULL WHERE codes IS NOT NULL")
            connection.execute("INSERT INTO tally VALUES (1, 0, 0)")

    def extend(self, document: NewDocument, chunks: Sequence[NewChunk], vectors: Vectors) -> None:
        check_fits(document, chunks, vectors, self.dimension)
        _check_text(document)
        with self.transaction(document.uri) as connection:
            row = connection.execute(
                "SELECT id, text, (SELECT coalesce(max(position) + 1, 0) FROM chunk WHERE document_id = document.id)"
                " FROM document WHERE uri = %s",
                (document.uri,),
            ).fetchone()
            if row is None or not document.text.startswith(row[1]):
                raise StoreError("{name} holds another text; nothing was stored", name=document.uri)
            connection.execute(
                "UPDATE document SET text = %s, sha256 = %s, bytes = %s WHERE id = %s",
                (document.text, document.sha256, document.bytes, row[0]),
            )
            change = add_chunks(
                connection, row[0], range(len(chunks)), chunks, vectors, None, row[2], self.is_spread
            )
            tell(connection, change)

    def rename(
        self, uri: str, new_uri: str, path: Path, seen: str = ANYTHING, seen_there: str | None = ANYTHING
    ) -> bool:
        with self.transaction(uri, new_uri) as connection:
            number, is_seen = _look(connection, uri, seen)
            in_the_way, is_seen_there = (
                _look(connection, new_uri, seen_there) if uri != new_uri else (None, True)
            )
            if not (is_seen and is_seen_there):
                return False
            if number is None:
                raise StoreError("no document {name} in the index; nothing was renamed", name=repr(uri))
            if in_the_way is not None:
                _bury(connection, in_the_way)
            connection.execute(
                "UPDATE document SET uri = %s, path = %s WHERE id = %s", (new_uri, str(path), number)
            )
            connection.execute("INSERT INTO tally VALUES (1, 0, 0)")
        return True

    def delete(self, uri: str, seen: str = ANYTHING) -> bool:
        with self.transaction(uri) as connection:
            number, is_seen = _look(connection, uri, seen)
            if number is None or not is_seen:
                return False
            _bury(connection, number)
            return True

    def label_root(self, path: Path) -> str:
        with self.transaction("\x1froots") as connection:
            rows = dict(connection.execute("SELECT path, label FROM root").fetchall())
            if str(path) in rows:
                return str(rows[str(path)])
            name = label = unicodedata.normalize("NFC", path.name) or "root"
            number = 1
            while label in rows.values() or label in (UPLOADS, WEB):
                number += 1
                label = f"{name}-{number}"
            connection.execute("INSERT INTO root (label, path) VALUES (%s, %s)", (label, str(path)))
            connection.execute("INSERT INTO tally VALUES (1, 0, 0)")
        return label

    def relabel_root(self, label: str, path: Path) -> None:
        with self.transaction("\x1froots") as connection:
            row = connection.execute("SELECT path FROM root WHERE label = %s", (label,)).fetchone()
            if row is None:
                raise StoreError("no folder {name} in the index; nothing was changed", name=repr(label))
            connection.execute("UPDATE root SET path = %s WHERE label = %s", (str(path), label))
            connection.execute(
                "UPDATE document SET path = %s || substr(path, %s) WHERE path = %s OR starts_with(path, %s)",
                (str(path), len(row[0]) + 1, row[0], f"{row[0]}/"),
            )
            connection.execute("INSERT INTO tally VALUES (1, 0, 0)")

    def compact(self, only_if_due: bool = False) -> bool:
        """Rows that are added up become one; the server keeps its indexes by itself."""
        with self.transaction() as connection:
            return (not only_if_due or is_due(connection)) and fold(connection, self.name)

    @contextmanager
    def transaction(
        self, *uris: str, exclusively: bool = False, identity: bool = True
    ) -> Iterator[Connection[Any]]:
        """One transaction under the locks of ``uris``; anything raised rolls all of it back.

        Args:
            exclusively: nobody else writes meanwhile.
            identity: whether the index must be of the model that the writer was opened for.
        """
        with self._connected() as connection:
            connection.execute("BEGIN")
            schema.use(connection, self.name)
            key, values = schema.lock_key(self.name)
            lock = "pg_advisory_xact_lock" if exclusively else "pg_advisory_xact_lock_shared"
            connection.execute(sql.SQL("SELECT {}({})").format(sql.SQL(lock), key), values)
            if identity:
                self._check_identity(connection)
            for uri in sorted(
                set(uris)
            ):  # sorted, so that two who rename do not wait for each other for ever
                key, values = schema.lock_key(self.name, uri)
                connection.execute(sql.SQL("SELECT pg_advisory_xact_lock({})").format(key), values)
            yield connection
            connection.execute("COMMIT")

    def _check_identity(self, connection: Connection[Any]) -> None:
        """Another index may have taken this one's place since the writer was opened."""
        meta = dict(connection.execute("SELECT key, value FROM meta").fetchall())
        self.is_spread = schema.SPREAD in meta
        schema.require_identity(meta, self._identity, self.name)


def _put_document(connection: Connection[Any], document: NewDocument, number: int | None) -> int:
    """Insert the row, or make that with id ``number`` say the same; its id."""
    values = (
        document.uri, str(document.path), document.sha256, document.made_by, document.status,
        Phrase.to_stored(document.reason), document.missing, document.format, document.title, document.bytes,
        document.pages, document.text, document.indexed_at or datetime.now(UTC).isoformat(timespec="seconds"),
        hidden.to_stored(document.hidden), document.hidden_words, document.address, document.validators,
    )  # fmt: skip
    marks = ", ".join(["%s"] * len(_COLUMNS))
    if number is not None:
        connection.execute(
            f"UPDATE document SET ({', '.join(_COLUMNS)}) = ROW({marks}) WHERE id = %s".encode(),
            (*values, number),
        )
        return number
    row = connection.execute(
        f"INSERT INTO document ({', '.join(_COLUMNS)}) VALUES ({marks}) RETURNING id".encode(), values
    ).fetchone()
    assert row is not None
    return int(row[0])


def _look(connection: Connection[Any], uri: str, seen: str | None) -> tuple[int | None, bool]:
    """The id of the document ``uri``, if there is one, and whether it holds what the caller knows of."""
    row = connection.execute("SELECT id, sha256 FROM document WHERE uri = %s", (uri,)).fetchone()
    number, sha256 = row or (None, None)
    return number, seen in (ANYTHING, sha256)


def _bury(connection: Connection[Any], number: int) -> None:
    """Remove the document of this id with all that is of it."""
    chunks = connection.execute("SELECT id FROM chunk WHERE document_id = %s", (number,)).fetchall()
    tell(connection, drop_chunks(connection, [chunk for (chunk,) in chunks]))
    connection.execute("DELETE FROM document WHERE id = %s", (number,))


def _keep_codes(connection: Connection[Any], codes: Mapping[bytes, bytes]) -> None:
    for key, code in sorted(
        codes.items()
    ):  # sorted: two who keep the same do not wait for each other for ever
        connection.execute("UPDATE chunk SET codes = %s WHERE text_hash = %s", (code, key))


def _take_codes(connection: Connection[Any], number: int) -> None:
    """Chunks of a document that read as others which have token vectors get them, too."""
    rows = connection.execute(
        "SELECT DISTINCT text_hash FROM chunk WHERE document_id = %s AND codes IS NULL AND text_hash IS NOT NULL",
        (number,),
    ).fetchall()
    connection.execute(
        "WITH same AS MATERIALIZED (SELECT DISTINCT ON (text_hash) text_hash, codes FROM chunk"
        " WHERE text_hash = ANY(%s) AND codes IS NOT NULL)"
        " UPDATE chunk SET codes = same.codes FROM same"
        " WHERE document_id = %s AND chunk.codes IS NULL AND chunk.text_hash = same.text_hash",
        ([key for (key,) in rows], number),
    )


def _check_text(document: NewDocument) -> None:
    if "\0" in document.text:
        raise StoreError(
            "{name} holds a character that PostgreSQL cannot store (NUL); nothing was stored",
            name=document.uri,
        )
