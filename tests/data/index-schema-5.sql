-- The tables of index version 5, as they were.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE root (
    label TEXT PRIMARY KEY,
    path  TEXT NOT NULL UNIQUE
) WITHOUT ROWID;

CREATE TABLE document (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    uri        TEXT NOT NULL UNIQUE,
    path       TEXT NOT NULL,
    sha256     TEXT NOT NULL,
    made_by    TEXT NOT NULL,
    status     TEXT NOT NULL CHECK (status IN ('indexed', 'partial', 'refused')),
    reason     TEXT NOT NULL DEFAULT '',
    missing    TEXT NOT NULL DEFAULT '',
    format     TEXT NOT NULL DEFAULT '',
    title      TEXT NOT NULL DEFAULT '',
    bytes      INTEGER NOT NULL,
    pages      INTEGER NOT NULL DEFAULT 0,
    text       TEXT NOT NULL DEFAULT '',
    indexed_at TEXT NOT NULL,
    hidden     TEXT NOT NULL DEFAULT '',
    hidden_words INTEGER NOT NULL DEFAULT 0,
    address    TEXT NOT NULL DEFAULT '',
    validators TEXT NOT NULL DEFAULT ''
);

CREATE TABLE chunk (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id INTEGER NOT NULL REFERENCES document (id),
    position    INTEGER NOT NULL,
    page        INTEGER,
    char_start  INTEGER NOT NULL,
    char_end    INTEGER NOT NULL,
    heading     TEXT NOT NULL,
    text        TEXT NOT NULL,
    embedding   BLOB NOT NULL,
    text_hash   BLOB,
    header      TEXT NOT NULL DEFAULT ''
);
CREATE INDEX chunk_of_document ON chunk (document_id, position);
CREATE INDEX chunk_by_text ON chunk (text_hash);

CREATE TABLE embedding_cache (
    text_hash BLOB PRIMARY KEY,
    embedding BLOB NOT NULL
);

CREATE TABLE token_vectors (
    text_hash BLOB PRIMARY KEY,
    codes     BLOB NOT NULL
);

CREATE VIRTUAL TABLE chunk_fts USING fts5 (terms, tokenize = "porter unicode61 remove_diacritics 2");

CREATE TABLE tombstone (
    chunk_id INTEGER PRIMARY KEY,
    sequence INTEGER NOT NULL
);

CREATE TABLE base (
    generation INTEGER PRIMARY KEY AUTOINCREMENT,
    file       TEXT NOT NULL,
    sha256     TEXT NOT NULL,
    high_water INTEGER NOT NULL,
    sequence   INTEGER NOT NULL,
    count      INTEGER NOT NULL,
    bytes      INTEGER NOT NULL
);
