"""A statement about all rows is no answer to a question about one of them."""

from __future__ import annotations

import pytest

from chatbot.answering.tables.named_rows import unchosen
from chatbot.answering.tables.sql_model import run_by_model
from chatbot.answering.tables.sql_tables import sql_tables
from chatbot.answering.tables.typed_table import tables_of
from fakes.sql_models import SQLModel

TABLES = sql_tables(
    [
        (
            "accounts.md",
            *tables_of(
                "| Item | 2018 | 2019 | 지역 |\n| --- | --- | --- | --- |\n"
                "| Trade accounts receivable | 1,200 | 1,488 | 서울 |\n| Accounts | 30 | 12 | 부산 |\n| - | 2 | 4 | 서울 |\n"
            ),
        )
    ]
)
AVERAGE = 'SELECT avg("2019") FROM t1'


@pytest.mark.parametrize(
    ("statement", "question", "row"),
    [
        (AVERAGE, "What is the average Trade accounts receivable?", "Trade accounts receivable"),
        ('SELECT "2019" - "2018" FROM t1', "How much did trade accounts receivable change?", "Trade accounts receivable"),
        (AVERAGE, "서울의 2019 평균은?", "서울"),
        (AVERAGE, "What is the average of 2019?", ""),
        (AVERAGE, "What is the average - over all?", ""),
        (AVERAGE, "What is the average of the Accountsman?", ""),
        (f"{AVERAGE} WHERE \"Item\" = 'Accounts'", "What is the average of Accounts in 2019?", ""),
        (f"{AVERAGE} GROUP BY 1", "What is the average by 지역, for 서울 as well?", ""),
    ],
)  # fmt: skip
def test_a_row_that_is_named_has_to_be_chosen(statement: str, question: str, row: str) -> None:
    assert unchosen(statement, question, TABLES) == row


def test_the_model_is_told_and_asked_once_more() -> None:
    better = 'SELECT ("2018" + "2019") / 2 FROM t1 WHERE "Item" = \'Trade accounts receivable\''
    model = SQLModel(AVERAGE, better)
    run = run_by_model("What is the average Trade accounts receivable?", TABLES, model)
    assert run.statement == better
    assert run.rows is not None
    assert "about the row 'Trade accounts receivable'" in model.asked[1][1]


def test_a_model_that_takes_all_rows_twice_has_computed_nothing() -> None:
    run = run_by_model("What is the average Trade accounts receivable?", TABLES, SQLModel(AVERAGE))
    assert run.rows is None
    assert "takes all rows" in run.reason


def test_an_average_of_one_row_is_not_computed() -> None:
    one = 'SELECT avg("2019") FROM t1 WHERE "Item" = \'Trade accounts receivable\''
    both = 'SELECT ("2018" + "2019") / 2 FROM t1 WHERE "Item" = \'Trade accounts receivable\''
    run = run_by_model("What is the average Trade accounts receivable?", TABLES, SQLModel(one, both))
    assert run.statement == both
    run = run_by_model("What is the average Trade accounts receivable?", TABLES, SQLModel(one))
    assert run.rows is None


def test_a_sum_of_one_row_is_computed() -> None:
    one = 'SELECT sum("2019") FROM t1 WHERE "Item" = \'Trade accounts receivable\''
    run = run_by_model("What is the sum of 2019 for Trade accounts receivable?", TABLES, SQLModel(one))
    assert run.rows is not None
