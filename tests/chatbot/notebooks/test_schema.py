"""A file of notebooks that an earlier version wrote opens with everything that was in it."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from chatbot.config import Config
from chatbot.notebooks import FIRST, Action, ApiKeys, Library
from chatbot.notebooks.schema import TABLES

VERSION_1 = """
CREATE TABLE notebook (id INTEGER PRIMARY KEY AUTOINCREMENT, folder TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
    created TEXT NOT NULL, archived TEXT NOT NULL DEFAULT '',
    everybody TEXT NOT NULL DEFAULT '' CHECK (everybody IN ('', 'viewer', 'editor')), settings TEXT NOT NULL DEFAULT '{}');
CREATE TABLE person (id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, seen TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX person_by_email ON person (email);
CREATE TABLE member (notebook_id INTEGER NOT NULL REFERENCES notebook (id) ON DELETE CASCADE,
    person_id TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'editor', 'owner')), PRIMARY KEY (notebook_id, person_id)) WITHOUT ROWID;
CREATE INDEX member_by_person ON member (person_id);
CREATE TABLE gone (folder TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE event (id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, person_id TEXT NOT NULL, person TEXT NOT NULL,
    action TEXT NOT NULL, notebook_id INTEGER NOT NULL, notebook TEXT NOT NULL, detail TEXT NOT NULL);
CREATE INDEX event_of_notebook ON event (notebook_id, id);
INSERT INTO notebook VALUES (1, '', '', '2026-11-01T00:00:00+00:00', '', 'viewer', '{}');
INSERT INTO notebook VALUES (2, 'a1', 'Team', '2026-11-02T00:00:00+00:00', '', '', '{"k": 7}');
INSERT INTO person VALUES ('https://login.example#kim', 'Kim', 'kim@example.org', '2026-11-02T00:00:00+00:00');
INSERT INTO member VALUES (2, 'https://login.example#kim', 'owner');
INSERT INTO gone VALUES ('b2');
INSERT INTO event VALUES (1, '2026-11-02T00:00:00+00:00', 'https://login.example#kim', 'kim@example.org', 'make', 2, 'Team', '');
PRAGMA user_version = 1;
"""


def test_notebooks_of_version_1_open_unchanged_and_can_have_keys(in_folder: Config, people) -> None:
    config = in_folder
    config.store.mkdir(parents=True)
    file = config.store / TABLES.file
    with closing(sqlite3.connect(file)) as old:
        old.executescript(VERSION_1)
    library = Library(config)
    assert [(row.id, row.called, row.role) for row in library.notebooks(people.kim)] == [
        (FIRST, "main", "viewer"),
        (2, "Team", "owner"),
    ]
    assert library.enter(people.kim, 2, Action.ADD).retrieval.k == 7
    assert [event.action for event in library.events(people.kim, 2)] == ["add", "make"]
    token, _ = ApiKeys(library).make("ci", people.kim, notebook=2)
    assert ApiKeys(library).grant(token, people_sign_in=True).person == people.kim
    with closing(sqlite3.connect(file)) as now, closing(sqlite3.connect(":memory:")) as new:
        for step in TABLES.steps:
            step(new)
        assert made(now) == made(new)  # the same as a file that is new today
        assert now.execute("PRAGMA foreign_key_check").fetchall() == []


def made(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute(
        "SELECT name, type FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'"
    ).fetchall()
    columns = [
        [name, connection.execute("SELECT * FROM pragma_table_info(?)", (name,)).fetchall()]
        for name, _ in rows
    ]
    return sorted(map(str, [*rows, *columns]))
