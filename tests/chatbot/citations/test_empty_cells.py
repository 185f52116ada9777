"""What is said of a cell that is asked for and empty."""

from __future__ import annotations

import pytest

from chatbot.citations.empty_cells import said_empty

NAMES = ("품명", "재고(개)", "unit_price", "No")


@pytest.mark.parametrize(
    ("question", "cells", "columns"),
    [
        ("등산화 재고 있어?", ("등산화", "", "12", "3"), "재고"), ("What is the price of the 등산화?", ("등산화", "", "", "3"), "unit price"), ("등산화의 재고와 unit price는?", ("등산화", "", "", "3"), "재고, unit price"),
        ("등산화 재고 있어?", ("등산화", "0", "12", "3"), ""), ("등산화 재고 있어?", ("샌들", "", "12", "3"), ""), ("등산화는?", ("등산화", "", "", ""), ""),
        ("Which unit price have pens?", ("Pen", "3", "", "3"), "unit price"), ("Which unit price have brownies?", ("Brownie", "3", "", "3"), "unit price"),
        ("Is there no 등산화?", ("등산화", "1", "12", ""), "No"),
    ],
)  # fmt: skip
def test_only_an_empty_cell_that_the_question_names_is_told(
    question: str, cells: tuple[str, ...], columns: str
) -> None:
    said = said_empty(NAMES, cells, question)
    assert bool(said) == bool(columns)
    assert columns in said


def test_a_row_that_is_chosen_need_not_be_named_and_rows_of_other_widths_say_nothing() -> None:
    assert "재고" in said_empty(NAMES, ("등산화", "", "1", "2"), "재고는?", is_chosen=True)
    assert said_empty(NAMES, ("등산화", ""), "등산화 재고는?") == ""
