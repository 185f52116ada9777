"""The database behind table questions: how long tables of 100 to 100,000 rows take, and what hostile statements do to it.

    python -m benchmarks.speed.sql

``hostile``: each statement in a process of its own, against the locked database alone, without the check of the
statement that stands before it in the program.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from benchmarks.report import table
from chatbot.answering.tables.database import run_statement
from chatbot.answering.tables.sql_tables import sql_tables
from chatbot.answering.tables.typed_table import tables_of
from chatbot.text.tables import row_of, rule_of

SECONDS = 5.0
HOSTILE = (
    "ATTACH '{folder}/x.db' AS x", "COPY (SELECT 1) TO '{folder}/x.csv'", "EXPORT DATABASE '{folder}/x'", "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')", "SELECT * FROM glob('/*')", "SELECT * FROM '/etc/passwd'", "INSTALL httpfs", "LOAD httpfs",
    "SET enable_external_access = true", "SET lock_configuration = false", "SET memory_limit = '100GB'", "SELECT getenv('HOME')",
    "SELECT count(*) FROM t1 a, t1 b, t1 c, t1 d, t1 e", "SELECT sum(range) FROM range(1000000000000)",
    "WITH RECURSIVE x AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM x) SELECT count(*) FROM x", "SELECT length(repeat('a', 10000000000))",
    "SELECT list_sum(range(50000000))", "SELECT string_agg(a.a || b.a || c.a, '') FROM t1 a, t1 b, t1 c",
    "SELECT regexp_matches(repeat('a', 50000), '(a*)*b')", "SELECT levenshtein(repeat('a', 100000), repeat('b', 100000))",
    "CREATE TABLE big AS SELECT a.a || b.a || c.a AS x FROM t1 a, t1 b, t1 c",
)  # fmt: skip
CHILD = """
import sys, threading, time
import duckdb
from chatbot.answering.tables import sql_worker
statement, memory = sys.stdin.read(), 256 * 2**20
status = open("/proc/self/status")  # nothing can be opened afterwards
with duckdb.connect(":memory:", config={**sql_worker._CONFIG, "memory_limit": f"{memory}B"}) as database:
    database.execute("CREATE TABLE t1 AS SELECT range::VARCHAR AS a FROM range(1000)")
    sql_worker._locked(database, memory, 5.0)
    timer = threading.Timer(5.0, database.interrupt)
    timer.daemon = True
    timer.start()
    begins = time.perf_counter()
    try:
        outcome = f"ran: {database.execute(statement).fetchmany(1)}"
    except (duckdb.Error, MemoryError) as error:
        outcome = type(error).__name__
    seconds = time.perf_counter() - begins
    peak = next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM"))
    print(f"{seconds:.2f}|{peak}|{outcome[:60]}", flush=True)
    timer.cancel()
"""


def filled(count: int) -> list[str]:
    """A statement over a table of so many rows, the process and the filling included."""
    rows = [
        row_of([f"Item {i} with a name", f"Region {i % 7}", f"{i * 37 % 10**6 / 100:.2f}", str(i % 500), f"2025-{i % 12 + 1:02}-{i % 28 + 1:02}", f"{i % 9999 / 10}"])
        for i in range(count)
    ]  # fmt: skip
    header = row_of(["item", "region", "price", "stock", "day", "weight"])
    tables = sql_tables([("a.md", *tables_of("\n".join([header, rule_of(6), *rows])))])
    begins = time.perf_counter()
    run_statement('SELECT sum("price"), count(*) FROM t1', tables, "?", seconds=SECONDS)
    return [f"{count:,}", f"{time.perf_counter() - begins:.2f}"]


def hostile(statement: str, folder: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", CHILD],
        input=statement.format(folder=folder),
        capture_output=True,
        text=True,
        timeout=60,
    )
    return [statement[:60], *(done.stdout.strip().split("|", 2) or ["", "", f"exit code {done.returncode}"])]


def main() -> None:
    console = Console(width=140)
    console.print(
        table("fill and ask", ["rows", "seconds"], [filled(count) for count in (100, 10_000, 100_000)])
    )
    with tempfile.TemporaryDirectory() as folder:
        rows = [hostile(statement, Path(folder)) for statement in HOSTILE]
        console.print(table("hostile", ["statement", "seconds", "peak MB", "outcome"], rows))
        console.print(f"files written: {len(list(Path(folder).iterdir()))}")


if __name__ == "__main__":
    main()
