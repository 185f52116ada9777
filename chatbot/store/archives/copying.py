"""The rows of a foreign database into a new one of ours, each checked before it is written.

Terms, hashes and places are made here and not taken over; an id stays what it was, so that nothing that names one
finds another's passage.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from chatbot.errors import Phrase
from chatbot.store.archives.bounds import Bounds, RefusedArchive, Table, foreign, too_much
from chatbot.store.archives.foreign_database import ForeignDatabase, Row
from chatbot.store.archives.foreign_rows import (
    CHUNK,
    DOCUMENT,
    META,
    ROOT,
    TOKEN_VECTORS,
    checked,
    refuse_row,
    whole_number,
)
from chatbot.store.records import UPLOADS, WEB, StoreIdentity, are_unit, embedded_text, hash_of
from chatbot.store.sqlite.schema import DATABASE, SCHEMA_VERSION
from chatbot.store.sqlite.store import create_database
from chatbot.text.invisible import clean_line
from chatbot.text.keywords import analyse

IMPORTED = "imported"  # where files of folders are said to be: in the index folder, where nothing ever is
_BATCH, _BATCH_CHARACTERS = 1_000, 2_000_000  # chunks that are looked at together
_HELD = 30_000_000  # characters of documents that are held while their passages pass by
_OCR_IN_REASON = 'pip install "secondlook[ocr]"'  # what version 2 said where OCR was missing
_HIGHEST = whole_number(0)


@dataclass(slots=True)
class Copied:
    """What was taken over.

    Attributes:
        kept: hashes of the documents whose content is in the index folder.
    """

    kept: set[str] = field(default_factory=set)


def copy_index(theirs: ForeignDatabase, target: Path, folder: Path, bounds: Bounds) -> Copied:
    """Make our database in ``target``, an empty folder, of an index that will be in ``folder``.

    Raises:
        RefusedArchive: something is not as this program writes it.
        sqlite3.Error: the foreign database is damaged, or ours cannot be written.
    """
    identity, dimension = _meta(theirs, bounds)
    create_database(target, identity, dimension)
    with closing(sqlite3.connect(target / DATABASE, isolation_level=None)) as ours:
        # the folder is thrown away where this fails, and synchronised where it does not
        ours.execute("PRAGMA synchronous = OFF")
        ours.execute("PRAGMA journal_mode = MEMORY")
        ours.execute("BEGIN")
        try:
            copied = _Copy(ours, folder, dimension, bounds).all_of(theirs)
        except sqlite3.IntegrityError:
            foreign(Phrase("the same row twice, or one without its document"))
        ours.execute("COMMIT")
    return copied


def _meta(theirs: ForeignDatabase, bounds: Bounds) -> tuple[StoreIdentity, int]:
    """What the vectors were made with, and how many numbers one has."""
    meta: dict[str, str] = {}
    for row in theirs.rows("meta", META):
        values = checked("meta", row.get("key"), row, META)
        meta[values["key"]] = values["value"]
        if len(meta) > 100:
            foreign(Phrase("another list of settings"))
    try:
        schema, dimension = int(meta["schema"]), int(meta["dimension"])
        identity = StoreIdentity(**{k: clean_line(v)[:500] for k, v in json.loads(meta["identity"]).items()})
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError):
        foreign(Phrase("no settings of an index"))
    if not 1 <= schema <= SCHEMA_VERSION:
        raise RefusedArchive(
            Phrase("it was exported by a newer version of this program; update it, then import")
        )
    if not 1 <= dimension <= bounds.dimension:
        refuse_row("meta", "dimension", "value")
    return identity, dimension


class _Copy:
    """One run; everything in it happens once."""

    def __init__(self, ours: sqlite3.Connection, folder: Path, dimension: int, bounds: Bounds) -> None:
        self._ours = ours
        self._folder = folder
        self._dimension = dimension
        self._bounds = bounds
        self._copied = Copied()
        self._texts: dict[int, str] = {}
        self._read_again = 0  # characters of texts that had to be read once more

    def all_of(self, theirs: ForeignDatabase) -> Copied:
        self._roots(theirs)
        characters = self._documents(theirs)
        self._chunks(theirs, most_read_again=20 * characters + 10**9)
        self._token_vectors(theirs)
        self._highest_ids(theirs)
        twice = "SELECT 1 FROM chunk GROUP BY document_id, position HAVING count(*) > 1 LIMIT 1"
        if self._ours.execute(twice).fetchone():
            foreign(Phrase("two passages at one place"))
        return self._copied

    def _roots(self, theirs: ForeignDatabase) -> None:
        for count, row in enumerate(theirs.rows("root", ROOT)):
            label = checked("root", count, row, ROOT)["label"]
            if count >= self._bounds.roots:
                too_much(Phrase("folders"), self._bounds.roots)
            if label in (UPLOADS, WEB) or not _is_plain(label) or "/" in label:
                refuse_row("root", count, "label")
            self._insert("root", {"label": label, "path": str(self._folder / IMPORTED / label)})

    def _documents(self, theirs: ForeignDatabase) -> int:
        """Returns how many characters their texts have."""
        characters = 0
        knows_missing = theirs.has_column("document", "missing")
        for row in _ascending("document", theirs, DOCUMENT, self._bounds.documents):
            values = checked("document", row["id"], row, DOCUMENT)
            if len(values["text"]) > self._bounds.text:
                refuse_row("document", row["id"], "text")
            if not knows_missing and _OCR_IN_REASON in values["reason"]:
                values["missing"] = "ocr"
            characters += len(values["text"])
            self._insert("document", {**values, "path": str(self._place(values["uri"], values["sha256"]))})
        return characters

    def _place(self, uri: str, sha256: str) -> Path:
        """Where the file of a document is: in the index folder, or nowhere. Never where the archive says."""
        if uri.startswith((f"{UPLOADS}/", f"{WEB}/")):
            if sha256:
                self._copied.kept.add(sha256)
            return self._folder / "files" / (sha256 or hashlib.sha256(uri.encode()).hexdigest())
        inside = uri if all(map(_is_plain, uri.split("/"))) else hashlib.sha256(uri.encode()).hexdigest()
        return self._folder / IMPORTED / inside

    def _chunks(self, theirs: ForeignDatabase, most_read_again: int) -> None:
        batch: list[dict[str, Any]] = []
        characters = 0
        for row in _ascending("chunk", theirs, CHUNK, self._bounds.chunks):
            values = checked("chunk", row["id"], row, CHUNK)
            text = self._text_of(values["document_id"])
            if self._read_again > most_read_again:
                foreign(Phrase("passages in another order than their documents"))
            start, end = values["char_start"], values["char_end"]
            if not start <= end <= len(text) or text[start:end] != values["text"]:
                refuse_row("chunk", row["id"], "text")
            if len(values["embedding"]) != 4 * self._dimension:
                refuse_row("chunk", row["id"], "embedding")
            batch.append(values)
            characters += sum(len(values.get(name, "")) for name in ("text", "heading", "header"))
            if len(batch) == _BATCH or characters > _BATCH_CHARACTERS:
                self._insert_chunks(batch)
                batch, characters = [], 0
        self._insert_chunks(batch)

    def _insert_chunks(self, batch: list[dict[str, Any]]) -> None:
        if not batch:
            return
        vectors = np.frombuffer(b"".join(values["embedding"] for values in batch), "<f4")
        for values, is_unit in zip(batch, are_unit(vectors.reshape(len(batch), -1)), strict=True):
            if not is_unit:
                refuse_row("chunk", values["id"], "embedding")
            heading = tuple(json.loads(values["heading"]))
            embedded = embedded_text(values["text"], heading, values.get("header", ""))
            self._insert("chunk", {**values, "text_hash": hash_of(embedded)})
            self._insert("chunk_fts", {"rowid": values["id"], "terms": analyse(embedded)})

    def _text_of(self, document: int) -> str:
        """A document's text, which has been copied; the last few are held."""
        if document not in self._texts:
            row = self._ours.execute("SELECT text FROM document WHERE id = ?", (document,)).fetchone()
            if row is None:
                foreign(Phrase("a passage without its document"))
            while self._texts and sum(map(len, self._texts.values())) + len(row[0]) > _HELD:
                self._texts.pop(next(iter(self._texts)))
            self._texts[document] = row[0]
            self._read_again += len(row[0])
        return self._texts[document]

    def _token_vectors(self, theirs: ForeignDatabase) -> None:
        """Those of texts that are here; what they say is checked where they are decoded."""
        for count, row in enumerate(theirs.rows("token_vectors", TOKEN_VECTORS)):
            if count >= self._bounds.chunks:
                too_much(Phrase("token vectors"), self._bounds.chunks)
            values = checked("token_vectors", count, row, TOKEN_VECTORS)
            self._ours.execute(
                "INSERT INTO token_vectors (text_hash, codes) SELECT ?1, ?2"
                " WHERE EXISTS (SELECT 1 FROM chunk WHERE text_hash = ?1)",
                (values["text_hash"], values["codes"]),
            )

    def _highest_ids(self, theirs: ForeignDatabase) -> None:
        """No id is used twice, here either."""
        for table, highest in theirs.highest_ids().items():
            if table in ("document", "chunk"):
                try:
                    _HIGHEST(highest)
                except ValueError:
                    refuse_row("meta", table, "sequence")
                changed = self._ours.execute(
                    "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (highest, table)
                ).rowcount
                if not changed:
                    self._ours.execute(
                        "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, highest)
                    )

    def _insert(self, table: str, values: dict[str, Any]) -> None:
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        self._ours.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values()))


def _ascending(table: Table, theirs: ForeignDatabase, wanted: dict[str, Any], most: int) -> Iterator[Row]:
    """Rows by their ids, as SQLite keeps them; a tree that leads in a circle does not."""
    last = 0
    for count, row in enumerate(theirs.rows(table, wanted)):
        if count >= most:
            too_much(Phrase("rows"), most)
        if not row.keys() >= _NEEDED[table] or type(row["id"]) is not int or row["id"] <= last:
            refuse_row(table, count, "id")
        last = row["id"]
        yield row


# columns that every version had
_NEEDED = {
    "document": {"id", "uri", "sha256", "made_by", "status", "bytes", "text", "indexed_at"},
    "chunk": {"id", "document_id", "position", "char_start", "char_end", "heading", "text", "embedding"},
}


def _is_plain(part: str) -> bool:
    """Whether a name leads to no other folder."""
    return part != ".." and Path(part).name == part
