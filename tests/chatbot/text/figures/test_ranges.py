"""Which row of a table a figure of a question falls into."""

from __future__ import annotations

import pytest

from chatbot.text.figures.ranges import rows_in_range

SHIPPING = (
    ["Weight", "Price of a parcel"],
    [["under 2 kg", "4"], ["2 to 5 kg", "7"], ["5 kg or more", "12"]],
)
FEES = (
    ["나이", "입장료"],
    [["7세 미만", "무료"], ["7세 이상 19세 미만", "3,000원"], ["19세 이상", "5,000원"]],
)
NOTICE = (["Years with us", "Weeks of notice"], [["Less than 1", "2"], ["1-4", "4"], ["5+", "8"]])


@pytest.mark.parametrize(
    ("table", "question", "rows"),
    [
        (SHIPPING, "What is the price for 3 kg?", [1]),
        (SHIPPING, "Was kostet ein parcel of 1.5 kg?", [0]),
        (SHIPPING, "무게가 10 kg이면 얼마야?", [2]),  # in another language only the figure is the same
        (FEES, "12세는 입장료가 얼마야?", [1]),
        (FEES, "19살 입장료", [2]),
        (NOTICE, "How many weeks of notice after three years?", [1]),
        (NOTICE, "notice after 7 years", [2]),
        (NOTICE, "What happens after three months?", []),  # counts something else
        (NOTICE, "Which laptop do I get after three years?", []),  # speaks of no other column
        (SHIPPING, "What is the price for 5 kg?", []),  # stands in two rows
    ],
)
def test_a_figure_falls_into_one_row(
    table: tuple[list[str], list[list[str]]], question: str, rows: list[int]
) -> None:
    assert rows_in_range(question, *table) == rows
