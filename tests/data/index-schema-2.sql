-- The tables of index version 2, as they were.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE root (            -- a folder that was ingested; its label starts the uri of its documents
    label TEXT PRIMARY KEY,
    path  TEXT NOT NULL UNIQUE
) WITHOUT ROWID;

CREATE TABLE document (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    uri        TEXT NOT NULL UNIQUE,          -- label/relative/path: what people see and cite
    path       TEXT NOT NULL,                 -- where the file was read from
    sha256     TEXT NOT NULL,
    made_by    TEXT NOT NULL,                 -- parser and splitter versions; another one means "changed"
    status     TEXT NOT NULL CHECK (status IN ('indexed', 'partial', 'refused')),
    reason     TEXT NOT NULL DEFAULT '',
    format     TEXT NOT NULL DEFAULT '',
    title      TEXT NOT NULL DEFAULT '',
    bytes      INTEGER NOT NULL,
    pages      INTEGER NOT NULL DEFAULT 0,
    text       TEXT NOT NULL DEFAULT '',      -- every chunk is text[char_start:char_end]
    indexed_at TEXT NOT NULL
);

CREATE TABLE chunk (           -- AUTOINCREMENT: an id is never used twice, so no citation can go astray
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id INTEGER NOT NULL REFERENCES document (id),
    position    INTEGER NOT NULL,
    page        INTEGER,
    char_start  INTEGER NOT NULL,
    char_end    INTEGER NOT NULL,
    heading     TEXT NOT NULL,                -- JSON list, outermost first
    text        TEXT NOT NULL,
    embedding   BLOB NOT NULL,                -- float32, little-endian, length 1
    text_hash   BLOB,                         -- of the text that was embedded; NULL: unknown
    header      TEXT NOT NULL DEFAULT ''      -- the header row of the table that the chunk continues
);
CREATE INDEX chunk_of_document ON chunk (document_id, position);
CREATE INDEX chunk_by_text ON chunk (text_hash);

CREATE TABLE embedding_cache ( -- of chunks that are gone; rowids grow, the oldest are dropped
    text_hash BLOB PRIMARY KEY,
    embedding BLOB NOT NULL
);

CREATE VIRTUAL TABLE chunk_fts USING fts5 (terms, tokenize = "porter unicode61 remove_diacritics 2");

CREATE TABLE tombstone (       -- chunks that are gone but may still be in a base file
    chunk_id INTEGER PRIMARY KEY,
    sequence INTEGER NOT NULL
);

CREATE TABLE base (            -- immutable FAISS files, newest generation last
    generation INTEGER PRIMARY KEY AUTOINCREMENT,
    file       TEXT NOT NULL,
    sha256     TEXT NOT NULL,
    high_water INTEGER NOT NULL,              -- holds the live chunks with id <= high_water ...
    sequence   INTEGER NOT NULL,              -- ... as of this commit
    count      INTEGER NOT NULL,
    bytes      INTEGER NOT NULL
);
