"""What a header says of the unit of its figures."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chatbot.text.figures.units import (
    StatedUnit,
    currencies_in,
    currency_of,
    scaled,
    stated_above,
    stated_unit,
    unit_above,
)


@pytest.mark.parametrize(
    ("header", "name", "unit", "scale"),
    [
        ("가격(만원)", "가격", "원", 10_000), ("매출액 (단위: 백만 원)", "매출액", "원", 1_000_000), ("예산[천원]", "예산", "원", 1_000),
        ("매출(억)", "매출", "", 100_000_000), ("revenue (thousand USD)", "revenue", "USD", 1_000), ("Revenue ($M)", "Revenue", "$", 1_000_000),
        ("Sales ($000)", "Sales", "$", 1_000), ("cost, in millions", "cost", "", 1_000_000), ("무게(kg)", "무게", "kg", 1), ("Price (EUR)", "Price", "EUR", 1),
        ("revenue (m)", "revenue", "", 1_000_000), ("Length (m)", "Length", "m", 1), ("cost (k)", "cost", "", 1_000),
    ],
)  # fmt: skip
def test_a_header_states_a_unit_and_its_scale(header: str, name: str, unit: str, scale: int) -> None:
    stated = stated_unit(header)
    assert stated is not None
    assert (stated.name, stated.unit, stated.scale) == (name, unit, scale)


@pytest.mark.parametrize(
    "header", ["비고(한글)", "name (first)", "price_krw", "만원", "(천원)", "Area (north)"]
)
def test_other_brackets_state_no_unit(header: str) -> None:
    assert stated_unit(header) is None


@pytest.mark.parametrize(
    ("line", "units"),
    [
        ("(단위: 천원)", [("원", 1_000)]), ("[단위 : 백만 원, 명]", [("원", 1_000_000), ("명", 1)]), ("(In thousands)", [("", 1_000)]),
        ("(Dollars in millions)", [("dollars", 1_000_000)]), ("Sales rose in 2025.", []), ("표 3. 부서별 매출", []),
    ],
)  # fmt: skip
def test_a_line_above_a_table_may_state_it(line: str, units: list[tuple[str, int]]) -> None:
    assert [(each.unit, each.scale) for each in stated_above(["부서별 매출", line])] == units


def test_counts_and_shares_are_in_no_thousands() -> None:
    thousands = (StatedUnit("", "원", 1_000, "천원"),)
    assert unit_above(thousands, "1분기") == thousands[0]
    assert [unit_above(thousands, name) for name in ("인원", "증감률", "연도", "Headcount")] == [None] * 4
    several = (*thousands, StatedUnit("", "명"))
    assert unit_above(several, "매출") == thousands[0]
    assert unit_above(several, "1분기") is None


def test_a_currency_has_many_names() -> None:
    assert {currency_of(unit) for unit in ("원", "₩", "KRW", "won")} == {"won"}
    assert currencies_in("price_usd") == {"dollars"}
    assert currencies_in("one euro, 5달러") == {"euros", "dollars"}
    assert currency_of("kg") == ""
    assert str(scaled(Decimal("1.5"), 1000)) == "1500"
