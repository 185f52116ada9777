"""Exports of an index that somebody has changed to do harm, each made from a good one."""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
import struct
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

Members = dict[str, bytes]
Change = Callable[[Members], None]

LAST = 2**63 - 1


def members_of(archive: Path) -> Members:
    with zipfile.ZipFile(archive) as file:
        return {name: file.read(name) for name in file.namelist()}


def zipped(members: Members, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """With a manifest that fits, as an enemy would write it; ``method``: of rag.db."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content, method if name == "rag.db" else None)
    return target.getvalue()


def sealed(members: Members) -> Members:
    """The manifest's checksums made to fit."""
    manifest = json.loads(members["manifest.json"])
    manifest["sha256"] = {
        name: hashlib.sha256(content).hexdigest()
        for name, content in members.items()
        if name != "manifest.json"
    }
    return {**members, "manifest.json": json.dumps(manifest).encode()}


def with_database(members: Members, change: Callable[[sqlite3.Connection], object]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rag.db"
        path.write_bytes(members["rag.db"])
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA ignore_check_constraints = ON")
            change(connection)
        members["rag.db"] = path.read_bytes()


def sql(*statements: str) -> Change:
    def change(members: Members) -> None:
        with_database(members, lambda connection: [connection.execute(statement) for statement in statements])

    return change


def redefined(table: str, change: Callable[[str], str]) -> Change:
    """The definition of a table rewritten in place, whatever its rows are."""

    def apply(connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA writable_schema = ON")
        (old,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (change(old), table))

    return lambda members: with_database(members, apply)


def rebuilt(table: str, definition: str, filled: str = "") -> Change:
    """Another table, view or virtual table of the same name; ``filled``: from the table ``old``."""

    def apply(connection: sqlite3.Connection) -> None:
        connection.execute(f"CREATE TEMP TABLE old AS SELECT * FROM {table}")
        connection.execute(f"DROP TABLE {table}")
        connection.execute(definition)
        if filled:
            connection.execute(filled)

    return lambda members: with_database(members, apply)


def manifest(**changes: Any) -> Change:
    def change(members: Members) -> None:
        members["manifest.json"] = json.dumps(json.loads(members["manifest.json"]) | changes).encode()

    return change


def member(name: str, content: bytes) -> Change:
    return lambda members: members.update({name: content})


def upload(content: bytes) -> Change:
    return member(f"files/{hashlib.sha256(content).hexdigest()}", content)


def _truncated(members: Members) -> None:
    members["rag.db"] = members["rag.db"][: len(members["rag.db"]) // 2]


def _tables(members: Members) -> None:
    sql(*(f"CREATE TABLE t{number} (x)" for number in range(300)))(members)


def _utf_16(members: Members) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rag.db"
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA encoding = 'UTF-16'")
            connection.execute("CREATE TABLE document (id)")
        members["rag.db"] = path.read_bytes()


# members change, then the manifest is made to fit
SEALED: dict[str, Change] = {
    "a bomb among the uploads": upload(b"\0" * 2**26),
    "a bomb behind the database": lambda m: m.update({"rag.db": m["rag.db"] + b"\0" * 2**26}),
    "a name that leads up": member("../evil", b"x"),
    "a name from the root": member("/tmp/evil", b"x"),
    "a name with a backslash": member("files\\..\\evil", b"x"),
    "a base file": member("base-000001.faiss", b"IxM2"),
    "an upload under another name": member("files/" + "0" * 64, b"x"),
    "no database": member("rag.db", b"SQLite is what this is not" * 100),
    "a database of one page of nothing": member("rag.db", b"SQLite format 3\0" + b"\0" * 5000),
    "half a database": _truncated,
    "a database in UTF-16": _utf_16,
    "300 tables": _tables,
    "a trigger": sql("CREATE TRIGGER t AFTER INSERT ON chunk BEGIN DELETE FROM document; END"),
    "a view": sql("CREATE VIEW v AS SELECT 1"),
    "a table of its own": sql("CREATE TABLE other (x)"),
    "a view for the passages": rebuilt("chunk", "CREATE VIEW chunk AS SELECT * FROM document"),
    "full-text search for the passages": rebuilt("chunk", "CREATE VIRTUAL TABLE chunk USING fts5 (id, text)"),
    "a column that is computed": sql("ALTER TABLE chunk ADD COLUMN more AS (hex(zeroblob(400000000)))"),
    "a column of ours that is computed": rebuilt(
        "root", "CREATE TABLE root (label TEXT, path TEXT AS (hex(zeroblob(400000000))))"
    ),
    "a column of its own": sql("ALTER TABLE document ADD COLUMN more TEXT"),
    "a document without an address": rebuilt("document", "CREATE TABLE document (id INTEGER PRIMARY KEY)",
                                             "INSERT INTO document SELECT id FROM old"),
    "the future": sql("UPDATE meta SET value = '999' WHERE key = 'schema'"),
    "version minus one": sql("UPDATE meta SET value = '-1' WHERE key = 'schema'"),
    "a version that is a word": sql("UPDATE meta SET value = 'x' WHERE key = 'schema'"),
    "no version": sql("DELETE FROM meta WHERE key = 'schema'"),
    "4 billion dimensions": sql("UPDATE meta SET value = '4000000000' WHERE key = 'dimension'"),
    "no dimension": sql("UPDATE meta SET value = '0' WHERE key = 'dimension'"),
    "a number of 5,000 digits": sql(f"UPDATE meta SET value = '{'9' * 5000}' WHERE key = 'dimension'"),
    "an identity that is no JSON": sql("UPDATE meta SET value = '{' WHERE key = 'identity'"),
    "an identity that is a list": sql("UPDATE meta SET value = '[]' WHERE key = 'identity'"),
    "an identity with more in it": sql("""UPDATE meta SET value = '{"run": "x"}' WHERE key = 'identity'"""),
    "10,000 settings": sql("INSERT INTO meta WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)"
                           " SELECT 'k' || i, 'v' FROM n"),
    "a heading that is no JSON": sql("UPDATE chunk SET heading = 'x'"),
    "a heading that is no list": sql("UPDATE chunk SET heading = '{}'"),
    "a heading of numbers": sql("UPDATE chunk SET heading = '[1]'"),
    "a heading without end": sql("UPDATE chunk SET heading = replace(hex(zeroblob(60000)), '00', '[')"),
    "a heading of 9,000 levels": sql("""UPDATE chunk SET heading = '["a"' || replace(hex(zeroblob(9000)), '00', ',"a"') || ']'"""),
    "a vector of four bytes": sql("UPDATE chunk SET embedding = x'00112233' WHERE id % 2"),
    "a vector of 4 MB": sql("UPDATE chunk SET embedding = zeroblob(4000000)"),
    "a vector that is text": sql("UPDATE chunk SET embedding = 'vector'"),
    "a vector of zeros": sql("UPDATE chunk SET embedding = zeroblob(64)"),
    "a vector that is no number": sql(f"UPDATE chunk SET embedding = x'{struct.pack('<16f', *[float('nan')] * 16).hex()}'"),
    "a vector without end": sql(f"UPDATE chunk SET embedding = x'{struct.pack('<16f', *[3e38] * 16).hex()}'"),
    "a text that is a blob": sql("UPDATE chunk SET text = x'ff00ff'"),
    "a text that is no UTF-8": sql("UPDATE document SET text = CAST(x'ff00ff' AS TEXT)"),
    "a passage that its document does not hold": sql("UPDATE chunk SET text = text || '!'"),
    "a passage before its document": sql("UPDATE chunk SET char_start = -5"),
    "a passage beyond its document": sql("UPDATE chunk SET char_end = 999999"),
    "a passage that ends before it begins": sql("UPDATE chunk SET char_start = char_end, char_end = char_start"),
    "a passage of no document": sql("UPDATE chunk SET document_id = 77"),
    "two passages at one place": sql("UPDATE chunk SET position = 0"),
    "a place that is a word": sql("UPDATE chunk SET position = 'x'"),
    "a page before the first": sql("UPDATE chunk SET page = -1"),
    "the last id that there is": sql(f"UPDATE chunk SET id = {LAST} WHERE id = (SELECT max(id) FROM chunk)"),
    "an id of less than nothing": sql("UPDATE chunk SET id = -1 WHERE id = (SELECT min(id) FROM chunk)"),
    "passages without ids": rebuilt("chunk", "CREATE TABLE chunk (id, document_id, position, page, char_start, char_end, heading,"
                                    " text, embedding, text_hash, header)", "INSERT INTO chunk SELECT * FROM old UNION ALL SELECT * FROM old"),
    "a state of its own": sql("UPDATE document SET status = 'approved'"),
    "a hash that is a path": sql("UPDATE document SET sha256 = '../../../etc/passwd'"),
    "a name of nothing": sql("UPDATE document SET uri = '' WHERE id = 1"),
    "a name of a megabyte": sql("UPDATE document SET uri = uri || hex(zeroblob(500000))"),
    "one name twice": rebuilt("document", "CREATE TABLE document (id INTEGER PRIMARY KEY, uri, path, sha256, made_by, status, reason, missing,"
                              " format, title, bytes, pages, text, indexed_at, hidden, hidden_words, address, validators)",
                              "INSERT INTO document SELECT id, 'same', path, sha256, made_by, status, reason, missing, format, title, bytes,"
                              " pages, text, indexed_at, hidden, hidden_words, address, validators FROM old"),
    "a size that is a word": sql("UPDATE document SET bytes = 'large'"),
    "a day that never was": sql("UPDATE document SET indexed_at = '2026-02-31'"),
    "what is missing, of its own": sql("UPDATE document SET missing = 'sudo'"),
    "hidden words that are no JSON": sql("UPDATE document SET hidden = '['"),
    "hidden words in a way of its own": sql("""UPDATE document SET hidden = '[[0, "a", "magic"]]'"""),
    "hidden words at no place": sql("""UPDATE document SET hidden = '[["x", "a", "size"]]'"""),
    "an address that runs": sql("UPDATE document SET address = 'javascript:alert(1)'"),
    "an address of two lines": sql("UPDATE document SET address = 'http://a' || char(13, 10) || 'Host: b'"),
    "an address of a file": sql("UPDATE document SET address = 'file:///etc/passwd'"),
    "a folder called ..": sql("UPDATE root SET label = '..'"),
    "a folder in a folder": sql("UPDATE root SET label = 'a/b'"),
    "a folder called uploads": sql("UPDATE root SET label = 'uploads'"),
    "token vectors of 2 MB": sql("INSERT INTO token_vectors VALUES (zeroblob(16), zeroblob(2000000))"),
    "token vectors of a long hash": sql("INSERT INTO token_vectors VALUES (zeroblob(999), x'01')"),
    "a highest id that is a word": sql("UPDATE sqlite_sequence SET seq = 'x'"),
    "a highest id that is the last": sql(f"UPDATE sqlite_sequence SET seq = {LAST}"),
    "a table that only says it is one": redefined("root", lambda old: old.replace("CREATE TABLE root", "CREATE TABLE root2")),
}  # fmt: skip

# members change and nothing is made to fit
UNSEALED: dict[str, Change] = {
    "a manifest of 20 MB": lambda m: m.update({"manifest.json": m["manifest.json"] + b" " * 20_000_000}),
    "a manifest without end": member("manifest.json", b"[" * 100_000),
    "a manifest that is a list": member("manifest.json", b"[1]"),
    "a manifest of another program": manifest(format="else"),
    "a manifest of the future": manifest(schema=999),
    "a version that is no number": manifest(schema="6; DROP TABLE chunk"),
    "checksums that are a list": manifest(sha256=["rag.db"]),
    "checksums without the database": manifest(sha256={}),
    "a checksum of something that is not there": manifest(
        sha256={"rag.db": "0", "files/" + "0" * 64: "0" * 64}
    ),
    "a changed database": lambda m: m.update({"rag.db": m["rag.db"][:-1] + b"x"}),
    "without a database": lambda m: m.pop("rag.db") and None,
}


def _twice(members: Members) -> bytes:
    target = io.BytesIO(zipped(members))
    with zipfile.ZipFile(target, "a") as file, _no_warning():
        file.writestr("rag.db", members["rag.db"])
    return target.getvalue()


def _no_warning() -> Any:
    import warnings

    return warnings.catch_warnings(action="ignore")


def _locked(members: Members) -> bytes:
    content = bytearray(zipped(members))
    at = -1
    while (at := content.find(b"PK\x01\x02", at + 1)) >= 0:
        content[at + 8] |= 1
    return bytes(content)


def _many(members: Members) -> bytes:
    return zipped({**members, **{f"files/{number:064x}": b"" for number in range(80_000)}})


def _on_each_other(members: Members) -> bytes:
    """Twenty entries of the table of contents for the bytes of one upload."""
    content = zipped({**members, "files/" + "0" * 64: bytes(range(256)) * 400})
    end = content.rfind(b"PK\x05\x06")
    size, start = struct.unpack_from("<II", content, end + 12)
    directory = content[start : start + size]
    entry = directory[directory.rfind(b"PK\x01\x02") :]
    more = b"".join(entry.replace(b"0" * 64, f"{number:064x}".encode()) for number in range(1, 21))
    count = directory.count(b"PK\x01\x02") + 20
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, size + len(more), start, 0)
    return content[:start] + directory + more + tail


# the zip itself
WRITTEN: dict[str, Callable[[Members], bytes]] = {
    "nothing": lambda _: b"",
    "no zip": lambda _: b"hello" * 1000,
    "half a zip": lambda m: zipped(m)[:-300],
    "a table of contents without end": lambda _: b"PK\x05\x06" + b"\0" * 4 + b"\xff" * 14,
    "one name twice in the zip": _twice,
    "a locked database": _locked,
    "80,000 uploads": _many,
    "uploads that lie on each other": _on_each_other,
    "packed with bzip2": lambda m: zipped(m, zipfile.ZIP_BZIP2),
    "packed with LZMA": lambda m: zipped(m, zipfile.ZIP_LZMA),
}


def hostile_archives(good: Path) -> dict[str, Callable[[], bytes]]:
    """Name of the harm -> what makes the file."""

    def made(change: Change, seal: bool) -> bytes:
        members = members_of(good)
        change(members)
        return zipped(sealed(members) if seal else members)

    return {
        **{name: lambda change=change: made(change, True) for name, change in SEALED.items()},  # type: ignore[misc]
        **{name: lambda change=change: made(change, False) for name, change in UNSEALED.items()},  # type: ignore[misc]
        **{name: lambda write=write: write(members_of(good)) for name, write in WRITTEN.items()},  # type: ignore[misc]
    }


NAMES = [*SEALED, *UNSEALED, *WRITTEN]
