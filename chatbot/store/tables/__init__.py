"""Tables beside an index, of what people make: conversations, notebooks and roles, keys, the log, notes of watchers.

    database = open_tables(config, TABLES)
    with database.writing() as connection:
        connection.execute("UPDATE conversation SET title = ? WHERE id = ?", (title, number))

They are where the index is: in a small private file in its folder, or in a schema of the same PostgreSQL database. Each
statement is written once, in the SQL that both understand (``protocol``).
"""

from chatbot.store.tables.opening import are_shared, discard_tables, open_tables
from chatbot.store.tables.protocol import Connection, Database, Tables

__all__ = ["Connection", "Database", "Tables", "are_shared", "discard_tables", "open_tables"]
