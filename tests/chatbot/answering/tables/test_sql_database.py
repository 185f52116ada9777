"""The database behind table questions: exact figures, the rows behind them, and nothing for hostile statements."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from chatbot.answering.tables.database import Rows, StatementFailed, run_statement
from chatbot.answering.tables.sql_tables import SQLTable, sql_tables
from chatbot.answering.tables.typed_table import tables_of
from chatbot.text.tables import row_of, rule_of

SALES = """\
| Month | Region | Sales | Returns | Closed on |
| --- | --- | --- | --- | --- |
| January | North | $1,200.10 | 3 | 2025-02-03 |
| January | South | $900.20 | - | 2025-02-01 |
| February | North | $(150.00) | 12 | 2025-03-02 |
| February | South | pending | 4 | 2025-03-05 |
| March | North | $2,000.00 | 5 | 2025-04-01 |
| Total | | $3,950.30 | 24 | |
"""


@pytest.fixture(scope="module")
def sales() -> list[SQLTable]:
    return sql_tables([("sales.md", *tables_of(SALES))])


def cells(rows: Rows) -> list[list[str]]:
    return [[cell.text for cell in row] for row in rows.rows]


def refusal(statement: str, tables: list[SQLTable], seconds: float = 5.0) -> str:
    with pytest.raises(StatementFailed) as failure:
        run_statement(statement, tables, "what?", seconds=seconds)
    return str(failure.value)


def test_columns_are_typed_and_named_once() -> None:
    (table,) = tables_of(
        '| | Price | price | A "b" [1] |\n| --- | --- | --- | --- |\n| x | 1.5 | 20 € | 2025-01-02 |\n'
    )
    (found,) = sql_tables([("a.md", table)])
    assert [(column.name, column.type, column.unit) for column in found.columns] == [
        ("item", "TEXT", ""), ("Price", "DECIMAL(18,1)", ""), ("price 2", "DECIMAL(18,0)", "€"), ("A 'b' (1)", "DATE", ""),
    ]  # fmt: skip


def test_sums_are_exact_and_know_the_rows_behind_them(sales: list[SQLTable]) -> None:
    rows = run_statement(
        'SELECT "Region", sum("Sales") AS total FROM t1 GROUP BY 1 ORDER BY 1', sales, "totals?"
    )
    assert cells(rows) == [["North", "3050.10"], ["South", "900.20"]]
    assert rows.behind == {"t1": (0, 1, 2, 3, 4)}  # without the row of totals
    assert [(column.name, column.of, column.by) for column in rows.columns] == [
        ("Region", 1, ""),
        ("total", 2, "sum"),
    ]


def test_tenths_add_up(sales: list[SQLTable]) -> None:
    (table,) = tables_of("| n | v |\n| --- | --- |\n" + "| x | 0.1 |\n" * 3)
    assert cells(run_statement('SELECT sum("v") FROM t1', sql_tables([("a.md", table)]), "?")) == [["0.3"]]


@pytest.mark.parametrize(
    ("expression", "figure"),
    [
        ('CAST(sum("Sales") AS DECIMAL(18,2))', "3950.30"),
        ('round(avg("Sales"), 2)', "987.58"),
        ("""count(*) FILTER (WHERE "Region" = 'North') * 100 / count(*)""", "60.0"),
        ("""sum(CASE WHEN "Region" = 'South' THEN "Returns" ELSE 0 END)""", "4"),
        ('max("Closed on")', "2025-04-01"),
        ('count(DISTINCT "Month")', "3"),
        ('coalesce(min("Returns"), 0)', "3"),
    ],
)
def test_what_models_like_to_write_may_run(sales: list[SQLTable], expression: str, figure: str) -> None:
    assert cells(run_statement(f"SELECT {expression} AS x FROM t1", sales, "?")) == [[figure]]


def test_rows_of_a_filter_are_the_rows_of_the_table_in_their_order(sales: list[SQLTable]) -> None:
    rows = run_statement(
        'SELECT "Month" FROM t1 WHERE "Returns" > 3 ORDER BY "Returns" DESC LIMIT 2', sales, "?"
    )
    assert cells(rows) == [["February"], ["March"]]
    assert (rows.numbered, rows.numbers) == ("t1", (2, 4))


def test_the_rows_behind_a_difference_are_those_of_both_subqueries(sales: list[SQLTable]) -> None:
    statement = """SELECT (SELECT "Sales" FROM t1 WHERE "Month" = 'March') - (SELECT max("Sales") FROM t1 WHERE "Region" = 'South') AS d"""
    rows = run_statement(statement, sales, "?")
    assert cells(rows) == [["1099.80"]]
    assert rows.behind == {"t1": (1, 3, 4)}


def test_a_join_cites_the_whole_table(sales: list[SQLTable]) -> None:
    rows = run_statement('SELECT count(*) FROM t1 a JOIN t1 b ON a."Month" = b."Month"', sales, "?")
    assert (cells(rows), rows.whole) == ([["9"]], ("t1",))


def test_where_nothing_fits_there_is_no_answer(sales: list[SQLTable]) -> None:
    for statement in ("""SELECT count(*) FROM t1 WHERE "Region" = 'north'""", """SELECT * FROM t1 WHERE "Returns" > 99""",
                      """SELECT sum("Sales") FROM t1 WHERE "Month" = 'April'"""):  # fmt: skip
        assert not run_statement(statement, sales, "?").say_something


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("SELECT 42 FROM t1", "the figure 42 stands neither in the question nor in the tables"),
        ('SELECT "Sales" + 1000000.5 FROM t1', "the figure 1000000.5 stands neither in the question nor in the tables"),
        ('SELECT "Sales" * 1e9 FROM t1', "the figure 1e9 stands neither in the question nor in the tables"),
        ("""SELECT coalesce(CAST('777' AS INTEGER), 0), "Sales" FROM t1""", "the text '777' stands neither in the question nor in the tables"),
        ("""SELECT CASE WHEN "Sales" > 5 THEN "Sales" ELSE 4711 END FROM t1""", "the figure 4711 stands neither in the question nor in the tables"),
        ("SELECT 'call 555' FROM t1", "the text 'call 555' stands neither in the question nor in the tables"),
        ("SELECT 1", "the statement reads no table: every figure must come from the tables"),
        ('SELECT count(*) FROM t1; DROP TABLE t1', "only a SELECT statement may be run"),
        ('SELECT "Month" FROM t1; SELECT "Month" FROM t1', "one SELECT statement is wanted, not several"),
        ("INSERT INTO t1 SELECT * FROM t1", "only a SELECT statement may be run"),
        ("ATTACH '/tmp/x.db'", "only a SELECT statement may be run"),
        ("COPY t1 TO '/tmp/x.csv'", "only a SELECT statement may be run"),
        ("INSTALL httpfs", "only a SELECT statement may be run"),
        ("LOAD httpfs", "only a SELECT statement may be run"),
        ("PRAGMA database_list", "only a SELECT statement may be run"),
        ("SET lock_configuration = false", "only a SELECT statement may be run"),
        ("SELECT * FROM '/etc/passwd'", "there is no table '/etc/passwd'; there are: t1"),
        ("SELECT * FROM read_csv('/etc/passwd'), t1", "table function is not allowed: write a plain SELECT"),
        ("SELECT content FROM read_text('/etc/passwd'), t1", "table function is not allowed: write a plain SELECT"),
        ("SELECT * FROM glob('/*'), t1", "table function is not allowed: write a plain SELECT"),
        ("SELECT sum(range) FROM range(1000000000000), t1", "table function is not allowed: write a plain SELECT"),
        ("SELECT table_name FROM information_schema.tables", "only the tables that were given may be read, by their plain names"),
        ("FROM duckdb_settings()", "table function is not allowed: write a plain SELECT"),
        ("DESCRIBE t1", "show ref is not allowed: write a plain SELECT"),
        ("SELECT getenv('HOME') FROM t1", "the function getenv is not allowed"),
        ("SELECT current_setting('secret_directory') FROM t1", "the function current_setting is not allowed"),
        ("SELECT length(repeat('a', 10000000000)) FROM t1", "the function repeat is not allowed"),
        ("""SELECT regexp_matches("Month", '(a*)*b') FROM t1""", "the function regexp_matches is not allowed"),
        ("WITH RECURSIVE x AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM x) SELECT count(*) FROM x, t1", "recursive cte node is not allowed: write a plain SELECT"),
        ("SELECT * FROM t1 USING SAMPLE 1", "no samples are taken: every row counts"),
        ("SELECT count(*) FROM " + ", ".join(f"t1 x{i}" for i in range(7)), "the statement names tables 7 times; at most 6 are allowed"),
        ("SELECT " + "(" * 1500 + '"Sales"' + ")" * 1500 + " FROM t1", 'Max expression depth limit of 1000 exceeded. Use "SET max_expression_depth TO x" to increase the maximum expression depth.'),
        ("SELECT " + "+".join(['"Sales"'] * 900) + " FROM t1", "the statement is too long: write a simpler one"),
        ('SELECT "Prise" FROM t1', 'Binder Error: Referenced column "Prise" not found in FROM clause! Candidate bindings: "Closed on"'),
    ],
)  # fmt: skip
def test_what_is_no_plain_reading_of_the_tables_is_refused_in_a_sentence(
    sales: list[SQLTable], statement: str, reason: str
) -> None:
    assert refusal(statement, sales) == reason


def test_a_join_without_end_is_ended() -> None:
    (table,) = tables_of(
        "\n".join([row_of(["a", "b"]), rule_of(2), *(row_of([f"x{i}", str(i)]) for i in range(2000))])
    )
    tables = sql_tables([("a.md", table)])
    statement = "SELECT count(*) FROM t1 a, t1 b, t1 c, t1 d WHERE a.a <> b.a OR c.b > d.b"
    assert (
        refusal(statement, tables, seconds=0.5) == "the statement took longer than 0.5 seconds and was ended"
    )


def test_text_without_end_is_ended() -> None:
    (table,) = tables_of(
        "\n".join([row_of(["a", "b"]), rule_of(2), *(row_of([f"word {i}", str(i)]) for i in range(2000))])
    )
    statement = "SELECT string_agg(a.a || b.a || c.a, '') AS x FROM t1 a, t1 b, t1 c"
    assert (
        refusal(statement, sql_tables([("a.md", table)]))
        == "the statement needs more than 256 MB of memory and was ended"
    )


WALLS = """
import json, sys
import duckdb
from chatbot.answering.tables import sql_worker
found = {}
with duckdb.connect(":memory:", config=sql_worker._CONFIG) as database:
    sql_worker._locked(database, 2**28, 5.0)
    for statement in json.loads(sys.argv[1]):
        try:
            database.execute(statement).fetchall()
            found[statement] = "ran"
        except duckdb.Error as error:
            found[statement] = type(error).__name__
    try:
        open("/etc/hostname").close()
        found["open"] = "ran"
    except OSError as error:
        found["open"] = type(error).__name__
print(json.dumps(found))
"""


def test_the_database_is_a_wall_of_its_own_behind_the_check(tmp_path: Path) -> None:
    target = tmp_path / "written.csv"
    statements = [
        "SELECT * FROM read_csv('/etc/passwd')", f"ATTACH '{tmp_path}/x.db'", f"COPY (SELECT 1) TO '{target}'", "LOAD httpfs",
        "SET enable_external_access = true", "SET lock_configuration = false", "SET memory_limit = '100GB'",
    ]  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", WALLS, json.dumps(statements)], capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    assert found.pop("open") == "OSError"
    assert set(found.values()) == {"PermissionException", "InvalidInputException"}
    assert list(tmp_path.iterdir()) == []


def test_ten_thousand_rows_are_read_exactly() -> None:
    lines = [row_of([f"item {i}", f"{i}.{i % 100:02}"]) for i in range(10_000)]
    (table,) = tables_of("\n".join([row_of(["name", "amount"]), rule_of(2), *lines]))
    rows = run_statement('SELECT sum("amount"), count(*) FROM t1', sql_tables([("a.md", table)]), "?")
    assert cells(rows) == [[str(sum(Decimal(f"{i}.{i % 100:02}") for i in range(10_000))), "10000"]]


def test_money_whose_sign_stands_in_some_rows_only_is_computed_without_a_unit() -> None:
    (table,) = tables_of(
        "| ($ in thousands) | 2019 | Change | Share |\n| --- | --- | --- | --- |\n| Services | $59,545 | $(4) | 3% |\n"
        "| Software | 3,788 | - | 4 |\n| Staff | n/a | 2 | 5 |\n| Total revenue | $63,333 | $(2) | 7 |\n"
    )
    tables = sql_tables([("revenue.md", table)])
    assert [(column.type, column.unit) for column in tables[0].columns] == [
        ("TEXT", ""), ("DECIMAL(18,0)", ""), ("DECIMAL(18,0)", ""), ("TEXT", ""),
    ]  # fmt: skip
    assert [column.kind for column in table.columns] == ["text"] * 4, "rules still compute nothing from them"
    rows = run_statement('SELECT "2019" FROM t1 WHERE "($ in thousands)" LIKE \'S%\'', tables, "services?")
    assert cells(rows) == [["59545"], ["3788"], [""]]
