"""Replaces an index by another one as a whole, in one transaction: the second half of ``secondlook reindex``."""

from __future__ import annotations

from psycopg import sql

from chatbot.errors import StoreError
from chatbot.store.postgres.writer import PostgresWriter


def take_over(writer: PostgresWriter, other: str) -> None:
    """The schema ``other`` takes the name of the writer's, whose folders keep their labels and whose uploads stay.

    Raises:
        StoreError: somebody has changed the index since ``writer`` was opened; what was built stays, to be gone on with.
    """
    with writer.transaction(exclusively=True, identity=False) as connection:
        row = connection.execute("SELECT sum(commits) FROM tally").fetchone()
        commits = int(row[0]) if row else 0
        if commits != writer.commits:
            raise StoreError("the index was changed while the new one was built; run the command again")
        live, new, old = (sql.Identifier(n) for n in (writer.name, other, f"{writer.name}_old"))
        for table in ("root", "file"):
            connection.execute(sql.SQL("TRUNCATE {}").format(sql.Identifier(other, table)))
            connection.execute(
                sql.SQL("INSERT INTO {} SELECT * FROM {}").format(
                    sql.Identifier(other, table), sql.Identifier(writer.name, table)
                )
            )
        connection.execute(
            sql.SQL("INSERT INTO {} VALUES (%s, 0, 0)").format(sql.Identifier(other, "tally")), (commits + 1,)
        )
        connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(old))
        connection.execute(sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(live, old))
        connection.execute(sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(new, live))
        connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(old))
