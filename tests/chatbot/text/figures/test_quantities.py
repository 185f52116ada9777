"""The number that a cell holds."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chatbot.text.figures.quantities import Quantity, common_unit, decimal_mark, quantity


@pytest.mark.parametrize(
    ("cell", "value", "unit"),
    [
        ("9,600", "9600", ""), ("9600원", "9600", "원"), ("$6.90", "6.90", "$"), ("6.90 USD", "6.90", "USD"), ("₩ 12,000", "12000", "₩"),
        ("-5", "-5", ""), ("−5.5", "-5.5", ""), ("(1,200)", "-1200", ""), ("$(3)", "-3", "$"), ("(-3)", None, ""), ("12.5%", "12.5", "%"), ("-$40", "-40", "$"),
        ("1 234 567", "1234567", ""), ("3억 5천만", "350000000", ""), ("5만원", "50000", "원"), ("1,200만 원", "12000000", "원"), ("2조", "2000000000000", ""),
        ("1,250 [3]", "1250", ""), ("0.5 kg", "0.5", "kg"), ("80 km/h", "80", "km/h"), ("１２", "12", ""),
        ("1-2", None, ""), ("PN-101", None, ""), ("2024-03-01", None, ""), ("007", None, ""), ("about 5", None, ""), ("1,23", None, ""),
        ("5 or more", None, ""), ("", None, ""), ("1/2", None, ""), ("1,2503", None, ""), ("9" * 60, None, ""), ("12:30", None, ""),
    ],
)  # fmt: skip
def test_a_cell_holds_one_number_with_its_unit_or_none(cell: str, value: str | None, unit: str) -> None:
    found = quantity(cell)
    assert (found and (found.value, found.unit)) == (None if value is None else (Decimal(value), unit))


def test_the_decimals_of_a_column_tell_by_its_clearest_cells() -> None:
    european, english = ["1.234,50", "980,00", "12"], ["1,234.50", "980.00", "12"]
    assert (decimal_mark(european), decimal_mark(english)) == (",", ".")
    assert [quantity(cell, ",") for cell in european] == [
        Quantity(Decimal(v)) for v in ("1234.50", "980.00", "12")
    ]
    assert decimal_mark(["1,234", "2,500"]) == "."


def test_figures_of_different_units_have_none_in_common() -> None:
    assert common_unit([Quantity(Decimal(1), "kg"), Quantity(Decimal(2), "kg")]) == "kg"
    assert common_unit([Quantity(Decimal(1), "kg"), Quantity(Decimal(2), "g")]) is None


def test_one_currency_in_two_spellings_is_one_unit_and_a_large_number_may_leave_it_out() -> None:
    cells = ["₩12,000", "9,000원", "3억 8000만원", "4억"]
    assert common_unit([found for cell in cells if (found := quantity(cell))]) == "₩"
    assert common_unit([Quantity(Decimal(1), "₩"), Quantity(Decimal(2), "$")]) is None


@pytest.mark.parametrize("cell", ["3억 8,000", "1조 500"])
def test_what_is_left_behind_a_hundred_million_is_not_guessed(cell: str) -> None:
    assert quantity(cell) is None
