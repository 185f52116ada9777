"""Changes to an index: each method of ``SqliteWriter`` is one transaction, wholly done or not at all."""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from chatbot.errors import Phrase, StoreError
from chatbot.store.checking import check_fits
from chatbot.store.protocol import Writer
from chatbot.store.records import ANYTHING, UPLOADS, WEB, NewChunk, NewDocument, Vectors
from chatbot.store.sqlite import base_file
from chatbot.store.sqlite.replacing import adopt_from
from chatbot.store.sqlite.snapshot import Snapshot, read_sequence
from chatbot.text import hidden

_STALE_MAX = 10_000  # chunks; a flat search over them takes about 1 ms
_STALE_SHARE = 0.02  # of a large index: writing 1M vectors takes seconds
_STALE_SHARE_SMALL = 0.2
_CACHED = 20_000  # embeddings of chunks that are gone: 30 MB of 384 numbers each


class SqliteWriter(Writer):
    """The one who may write. Get it from ``SqliteStore.writing``."""

    def __init__(
        self, connection: sqlite3.Connection, folder: Path, dimension: int, snapshot: Snapshot | None
    ) -> None:
        """``snapshot``: the last one that this process has opened, if any: it knows whether its base was damaged."""
        self.connection = connection
        self._folder = folder
        self.dimension = dimension
        self._base_is_damaged = snapshot is not None and snapshot.base_is_damaged

    def replace(
        self,
        document: NewDocument,
        chunks: Sequence[NewChunk],
        vectors: Vectors,
        codes: Mapping[bytes, bytes] = MappingProxyType({}),
        seen: str | None = ANYTHING,
    ) -> bool:
        check_fits(document, chunks, vectors, self.dimension)
        with self.transaction() as sequence:
            if not self._is_seen(document.uri, seen):
                return False
            self._bury(document.uri, sequence)
            row = self.connection.execute(
                "INSERT INTO document (uri, path, sha256, made_by, status, reason, missing, format, title, bytes, pages,"
                " text, indexed_at, hidden, hidden_words, address, validators)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (document.uri, str(document.path), document.sha256, document.made_by, document.status,
                 Phrase.to_stored(document.reason), document.missing, document.format, document.title, document.bytes, document.pages, document.text,
                 document.indexed_at or datetime.now(UTC).isoformat(timespec="seconds"), hidden.to_stored(document.hidden), document.hidden_words,
                 document.address, document.validators),
            )  # fmt: skip
            self._insert(row.lastrowid, 0, chunks, vectors)
            self._keep_token_vectors(codes)
        return True

    def _is_seen(self, uri: str, seen: str | None) -> bool:
        """Whether ``uri`` holds what the caller knows of."""
        if seen == ANYTHING:
            return True
        row = self.connection.execute("SELECT sha256 FROM document WHERE uri = ?", (uri,)).fetchone()
        return (row[0] if row else None) == seen

    def keep_token_vectors(self, codes: Mapping[bytes, bytes]) -> None:
        with self.transaction():
            self._keep_token_vectors(codes)

    def drop_token_vectors(self) -> None:
        with self.transaction():
            self.connection.execute("DELETE FROM token_vectors")

    def extend(self, document: NewDocument, chunks: Sequence[NewChunk], vectors: Vectors) -> None:
        check_fits(document, chunks, vectors, self.dimension)
        with self.transaction():
            row = self.connection.execute(
                "SELECT id, text, (SELECT count(*) FROM chunk WHERE document_id = document.id)"
                " FROM document WHERE uri = ?",
                (document.uri,),
            ).fetchone()
            if row is None or not document.text.startswith(row[1]):
                raise StoreError("{name} holds another text; nothing was stored", name=document.uri)
            self.connection.execute(
                "UPDATE document SET text = ?, sha256 = ?, bytes = ? WHERE id = ?",
                (document.text, document.sha256, document.bytes, row[0]),
            )
            self._insert(row[0], row[2], chunks, vectors)

    def rename(
        self, uri: str, new_uri: str, path: Path, seen: str = ANYTHING, seen_there: str | None = ANYTHING
    ) -> bool:
        with self.transaction() as sequence:
            if not self._is_seen(uri, seen) or (uri != new_uri and not self._is_seen(new_uri, seen_there)):
                return False
            if uri != new_uri:
                self._bury(new_uri, sequence)
            changed = self.connection.execute(
                "UPDATE document SET uri = ?, path = ? WHERE uri = ?", (new_uri, str(path), uri)
            ).rowcount
            if not changed:
                raise StoreError("no document {name} in the index; nothing was renamed", name=repr(uri))
        return True

    def delete(self, uri: str, seen: str = ANYTHING) -> bool:
        with self.transaction() as sequence:
            return self._is_seen(uri, seen) and self._bury(uri, sequence)

    def label_root(self, path: Path) -> str:
        rows = dict(self.connection.execute("SELECT path, label FROM root").fetchall())
        if str(path) in rows:
            return str(rows[str(path)])
        name = label = unicodedata.normalize("NFC", path.name) or "root"
        number = 1
        while label in rows.values() or label in (UPLOADS, WEB):
            number += 1
            label = f"{name}-{number}"
        with self.transaction():
            self.connection.execute("INSERT INTO root (label, path) VALUES (?, ?)", (label, str(path)))
        return label

    def relabel_root(self, label: str, path: Path) -> None:
        with self.transaction():
            row = self.connection.execute("SELECT path FROM root WHERE label = ?", (label,)).fetchone()
            if row is None:
                raise StoreError("no folder {name} in the index; nothing was changed", name=repr(label))
            self.connection.execute("UPDATE root SET path = ? WHERE label = ?", (str(path), label))
            self.connection.execute(
                "UPDATE document SET path = ?1 || substr(path, length(?2) + 1)"
                " WHERE path = ?2 OR substr(path, 1, length(?2) + 1) = ?2 || '/'",
                (str(path), row[0]),
            )

    def adopt(self, other: Path) -> None:
        """All documents of the index in the folder ``other``, and its identity, in place of those here.

        Folders keep their labels. Ids go on where those here ended, so that none is used twice. Readers see one
        or the other.
        """
        with adopt_from(self.connection, other) as adoption:
            with self._explained():
                new = adoption.write_base(self._folder)
            with self.transaction() as sequence:
                adoption.carry_out()
                base_file.enter(self.connection, self._folder, new, sequence)
        self.dimension = adoption.dimension
        self._remove_unnamed()

    def compact(self, only_if_due: bool = False) -> bool:
        """Write all live vectors into a new base file; ``only_if_due`` when enough has changed since the last.

        Asking whether it is due costs microseconds. Searches that run, in this process or another, go on.
        """
        if only_if_due and not self._compaction_is_due():
            return False
        with self._explained():
            new = base_file.write(self.connection, self._folder, self.dimension)
        with self.transaction() as sequence:  # the new sequence makes readers look for the new base
            base_file.enter(self.connection, self._folder, new, sequence)
        self._remove_unnamed()
        self._base_is_damaged = False
        return True

    def _remove_unnamed(self) -> None:
        with suppress(OSError):  # the next compaction tries again
            base_file.remove_unnamed(self.connection, self._folder)

    def _compaction_is_due(self) -> bool:
        newest = base_file.newest(self.connection)
        if newest is not None and (self._base_is_damaged or not base_file.is_there(self._folder, newest)):
            return True
        high_water, count, sequence = (
            (newest.high_water, newest.count, newest.sequence) if newest else (0, 0, 0)
        )
        last: int = self.connection.execute("SELECT coalesce(max(id), 0) FROM chunk").fetchone()[0]
        dead: int = self.connection.execute(
            "SELECT count(*) FROM tombstone WHERE sequence > ? AND chunk_id <= ?", (sequence, high_water)
        ).fetchone()[0]
        born = max(0, last - high_water)
        everything = count + born
        return born + dead > max(_STALE_SHARE * everything, min(_STALE_MAX, _STALE_SHARE_SMALL * everything))

    def _insert(
        self, document_id: int | None, position: int, chunks: Sequence[NewChunk], vectors: Vectors
    ) -> None:
        for place, (chunk, vector) in enumerate(zip(chunks, vectors, strict=True), position):
            row = self.connection.execute(
                "INSERT INTO chunk (document_id, position, page, char_start, char_end, heading, text, embedding,"
                " text_hash, header) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (document_id, place, chunk.page, chunk.start, chunk.end,
                 json.dumps(chunk.heading, ensure_ascii=False), chunk.text, vector.astype("<f4").tobytes(),
                 chunk.text_hash, chunk.header),
            )  # fmt: skip
            self.connection.execute(
                "INSERT INTO chunk_fts (rowid, terms) VALUES (?, ?)", (row.lastrowid, chunk.terms)
            )

    def _keep_token_vectors(self, codes: Mapping[bytes, bytes]) -> None:
        self.connection.executemany(
            "INSERT OR REPLACE INTO token_vectors (text_hash, codes) SELECT ?1, ?2"
            " WHERE EXISTS (SELECT 1 FROM chunk WHERE text_hash = ?1)",
            codes.items(),
        )

    def _bury(self, uri: str, sequence: int) -> bool:
        row = self.connection.execute("SELECT id FROM document WHERE uri = ?", (uri,)).fetchone()
        if row is None:
            return False
        mine = "(SELECT id FROM chunk WHERE document_id = ?)"
        self.connection.execute(f"DELETE FROM chunk_fts WHERE rowid IN {mine}", row)
        self.connection.execute(
            "INSERT INTO tombstone (chunk_id, sequence) SELECT id, ? FROM chunk WHERE document_id = ?",
            (sequence, row[0]),
        )
        self.connection.execute(
            "INSERT OR REPLACE INTO embedding_cache (text_hash, embedding)"
            " SELECT text_hash, embedding FROM chunk WHERE document_id = ? AND text_hash IS NOT NULL",
            row,
        )
        self.connection.execute(
            "DELETE FROM embedding_cache WHERE rowid <= (SELECT max(rowid) FROM embedding_cache) - ?",
            (_CACHED,),
        )
        self.connection.execute(
            "DELETE FROM token_vectors WHERE text_hash IN (SELECT text_hash FROM chunk WHERE document_id = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM chunk WHERE text_hash = token_vectors.text_hash AND document_id != ?1)",
            row,
        )
        self.connection.execute("DELETE FROM chunk WHERE document_id = ?", row)
        self.connection.execute("DELETE FROM document WHERE id = ?", row)
        return True

    @contextmanager
    def transaction(self) -> Iterator[int]:
        """``BEGIN IMMEDIATE`` .. ``COMMIT`` with the next sequence number; anything raised rolls all of it back."""
        with self._explained():
            try:
                self.connection.execute("BEGIN IMMEDIATE")
                self.connection.execute(
                    "UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'sequence'"
                )
                yield read_sequence(self.connection)
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            raise StoreError(
                "cannot write {folder}: {error}; the index is as before", folder=self._folder, error=error
            ) from error
