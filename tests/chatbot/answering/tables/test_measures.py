"""Which column a question, or a follow-up, has computed: the one that it names, and none in its place."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chatbot.answering.tables.rules.compute import Result, compute
from chatbot.answering.tables.rules.filters import Unclear
from chatbot.answering.tables.rules.follow_up import going_on
from chatbot.answering.tables.rules.operation import wanted
from chatbot.answering.tables.rules.plan import Plan, plan
from chatbot.answering.tables.typed_table import Table, tables_of

BRANCHES = """\
| branch | sales (USD) | refunds (USD) | guests |
| --- | --- | --- | --- |
| Elm | 900 | n/a | 31 |
| Oak | 700 | none yet | 58 |
| Fir | 1,300 | (40) | 12 |
| Yew | 450 | waived | 77 |
| Ash | 610 | 25 | 20 |
"""
PARCELS = """\
| 품목 | 정가(원) | 설치비(원) | 무게(kg) |
| --- | --- | --- | --- |
| 책상 | 91000 | 무료 | 22 |
| 의자 | 47000 | 5,000 | 9 |
| 선반 | 38000 | 별도 | 31 |
"""
TOOLS = """\
| tool | price | stock |
| --- | --- | --- |
| saw | $30 | 4 |
| axe | $55 | 2 |
| drill | $99 | 9 |
"""


def table_of(text: str) -> Table:
    (table,) = tables_of(text)
    return table


def asked_of(text: str, *questions: str) -> Plan | Unclear | None:
    """How the last of ``questions`` is computed, each after the one before it."""
    table, last, found = table_of(text), None, None
    for question in questions:
        asked = wanted(question)
        wants, before = (going_on(question, asked, last) or (asked, None)) if last else (asked, None)
        found = plan(wants, table, ["numbers.csv"], before) if wants else None
        last = found if isinstance(found, Plan) else last
    return found


def computed(text: str, *questions: str) -> Result | None:
    found = asked_of(text, *questions)
    return compute(table_of(text), found) if isinstance(found, Plan) else None


@pytest.mark.parametrize(
    ("text", "questions", "reason"),
    [
        (BRANCHES, ("total sales?", "total refunds?"), "no_figures"), (BRANCHES, ("highest sales?", "which branch has the lowest refunds?"), "no_figures"),
        (BRANCHES, ("average refunds?",), "no_figures"), (PARCELS, ("정가 평균은?", "설치비 평균은?"), "no_figures"), (PARCELS, ("설치비가 가장 비싼 품목은?",), "no_figures"),
        (PARCELS, ("정가가 가장 비싼 품목은?", "설치비 합계는?"), "no_figures"), (TOOLS, ("cheapest tool?", "heaviest?"), "weight"), (TOOLS, ("가장 싼 것은?", "가장 무거운 것은?"), "weight"),
        (TOOLS, ("가장 싼 것은?", "그럼 가장 긴 것은?"), "length"), (BRANCHES, ("highest sales?", "lowest cost?"), "which_column"),
    ],
)  # fmt: skip
def test_no_other_column_is_computed_in_place_of_the_one_that_is_named(
    text: str, questions: tuple[str, ...], reason: str
) -> None:
    found = asked_of(text, *questions)
    assert isinstance(found, Unclear)
    assert found.reason == reason


@pytest.mark.parametrize(
    ("text", "questions", "figure"),
    [
        (BRANCHES, ("total sales?", "and the average?"), "792"), (BRANCHES, ("highest sales?", "which branch has the lowest?"), "450"), (TOOLS, ("cheapest tool?", "and the highest cost?"), "99"),
        (PARCELS, ("정가 합계는?", "그럼 평균은?"), "58666.67"), (PARCELS, ("정가 합계는?", "가장 무거운 품목은?"), "31"), (PARCELS, ("heaviest?", "lightest?"), "9"),
        (PARCELS, ("무게가 가장 비싼 품목은?",), "31"),
    ],
)  # fmt: skip
def test_a_follow_up_keeps_the_column_that_it_does_not_name(
    text: str, questions: tuple[str, ...], figure: str
) -> None:
    result = computed(text, *questions)
    assert result is not None
    assert result.figures == (Decimal(figure),)


@pytest.mark.parametrize(
    ("name", "cells", "values"),
    [
        ("영업이익", ("△85", "64", "(22)", "31"), (-85, 64, -22, 31)), ("profit", ("▲1,200", "900", "\u22125"), (-1200, 900, -5)), ("증감", ("△3", "7", "12"), (-3, 7, 12)),
        ("이익", ("△1억 2천만", "3억"), (-120_000_000, 300_000_000)), ("sales", ("1,500", "2,300", "(1)", "940", "870", "455"), (1500, 2300, None, 940, 870, 455)),
        ("손실", ("(4)", "(12)", "350"), (-4, -12, 350)),
    ],
)  # fmt: skip
def test_accounts_write_what_is_below_zero_with_a_triangle_or_in_brackets(
    name: str, cells: tuple[str, ...], values: tuple[int | None, ...]
) -> None:
    rows = "".join(f"| row {place} | {cell} |\n" for place, cell in enumerate(cells))
    column = table_of(f"| 항목 | {name} |\n| --- | --- |\n{rows}").columns[1]
    assert (column.kind, column.values) == ("number", values)


@pytest.mark.parametrize(
    ("name", "cells"),
    [("이익", ("▲85", "▼64", "31")), ("전월 대비", ("▲85", "▲64", "31")), ("이익", ("▲85", "▲64"))],
)
def test_a_triangle_that_may_say_up_is_no_minus(name: str, cells: tuple[str, ...]) -> None:
    rows = "".join(f"| row {place} | {cell} |\n" for place, cell in enumerate(cells))
    assert table_of(f"| 항목 | {name} |\n| --- | --- |\n{rows}").columns[1].kind == "text"
