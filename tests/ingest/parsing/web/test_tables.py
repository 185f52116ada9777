"""Cells that span rows and columns: each value stands under its own heading, in every row that it belongs to."""

from __future__ import annotations

import pytest


def lines(document) -> list[str]:
    return document.text.split("\n")


def test_a_cell_over_two_rows_is_in_both(parsed) -> None:
    document = parsed(
        "a.html",
        "<table><tr><th>동<th>방<th>요금<tr><td rowspan=2>매화동<td>1인실<td>410,000<tr><td>2인실<td>290,000"
        "<tr><td>난초동<td>1인실<td>430,000</table>",
    )
    assert lines(document) == [
        "| 동 | 방 | 요금 |",
        "| --- | --- | --- |",
        "| 매화동 | 1인실 | 410,000 |",
        "| 매화동 | 2인실 | 290,000 |",
        "| 난초동 | 1인실 | 430,000 |",
    ]


def test_a_cell_over_two_columns_is_in_both_and_one_over_the_whole_width_is_said_once(parsed) -> None:
    document = parsed(
        "a.html",
        "<table><tr><th>Part<th>May<th>June<tr><td colspan=3>Pumps<tr><td>GX-19<td colspan=2>closed"
        "<tr><td>GX-20<td>4<td>5</table>",
    )
    assert lines(document) == [
        "| Part | May | June |",
        "| --- | --- | --- |",
        "| Pumps |  |  |",
        "| GX-19 | closed | closed |",
        "| GX-20 | 4 | 5 |",
    ]


@pytest.mark.parametrize("cell", ["th", "td"])
def test_two_rows_of_headings_become_one(parsed, cell: str) -> None:
    document = parsed(
        "a.html",
        f"<table><tr><{cell} rowspan=2>지역</{cell}><{cell} colspan=2>2024</{cell}></tr>"
        f"<tr><{cell}>상반기</{cell}><{cell}>하반기</{cell}></tr>"
        "<tr><td>부산</td><td>1,250</td><td>1,310</td></tr><tr><td>대구</td><td>900</td><td>870</td></tr></table>",
    )
    assert lines(document) == [
        "| 지역 | 2024 상반기 | 2024 하반기 |",
        "| --- | --- | --- |",
        "| 부산 | 1,250 | 1,310 |",
        "| 대구 | 900 | 870 |",
    ]


def test_a_span_ends_with_its_group_and_zero_reaches_to_its_end(parsed) -> None:
    document = parsed(
        "a.html",
        "<table><thead><tr><th>a<th>b<tbody><tr><td rowspan=0>x<td>1<tr><td>2<tbody><tr><td rowspan=99>y<td>3"
        "<tfoot><tr><td>z<td>4</table>",
    )
    assert lines(document)[2:] == ["| x | 1 |", "| x | 2 |", "| y | 3 |", "| z | 4 |"]


def test_rows_and_columns_that_nobody_sees_take_no_place(parsed) -> None:
    document = parsed(
        "a.html",
        "<style>.no{display:none}</style><table><tr><th>a<th class=no>secret<th>b<tr><td>1<td class=no>s1<td>2"
        "<tr style='display:none'><td>3<td>4<td>5<tr><td>6<td class=no>s2<td>7</table>",
    )
    assert lines(document) == ["| a | b |", "| --- | --- |", "| 1 | 2 |", "| 6 | 7 |"]
    assert document.hidden_words == 6


def test_line_breaks_lists_scripts_and_forms_in_cells(parsed) -> None:
    document = parsed(
        "a.html",
        "<table><tr><th>k<th>v<tr><td>code<td>1<br>250<tr><td>load<td>10<sup>6</sup> N/m<sup>2</sup>"
        "<tr><td>steps<td><ul><li>one<li>two</ul><tr><td>done<td><input type=checkbox checked> yes "
        "<input type=checkbox> no<tr><td>owner<td><input value='Ada'></table>",
    )
    assert lines(document)[2:] == [
        "| code | 1; 250 |",
        "| load | 10^6 N/m^2 |",
        "| steps | one two |",
        "| done | ☑ yes ☐ no |",
        "| owner | Ada |",
    ]


def test_a_table_that_lays_out_the_page_is_no_table(parsed, outline) -> None:
    document = parsed(
        "a.html",
        "<table><tr><td><h2>Left</h2><p>one</p></td><td><p>two</p></td></tr></table>"
        "<table><tr><td>x<table><tr><td>a<td>b<tr><td>1<td>2</table></table>",
    )
    assert outline(document) == [
        ("heading2", "Left"),
        ("paragraph", "one"),
        ("paragraph", "two"),
        ("paragraph", "x"),
        ("table", "| a | b |\n| --- | --- |\n| 1 | 2 |"),
    ]


def test_a_small_table_in_one_cell_keeps_the_rows_around_it(parsed) -> None:
    document = parsed(
        "a.html",
        "<table><tr><th>part<th>sizes<th>price<tr><td>A<td><table><tr><td>S<td>3<tr><td>L<td>5</table><td>10"
        "<tr><td>B<td>M 4<td>12<tr><td>C<td>-<td>15</table>",
    )
    assert lines(document)[2:] == ["| A | S 3; L 5 | 10 |", "| B | M 4 | 12 |", "| C | - | 15 |"]


def test_spans_without_end_do_no_harm(parsed) -> None:
    row = f"<tr><td rowspan=65534 colspan=1000>{'x' * 1500}<td>1"
    document = parsed("a.html", "<table><tr><th>a<th>b" + row + "<tr><td>2" * 3000 + "</table>")
    assert len(document.text) < 6_000_000
