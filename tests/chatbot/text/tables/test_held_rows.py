"""A row is held where it and its columns have every word that is asked, and it alone has one of them."""

from __future__ import annotations

import pytest

from chatbot.text.tables.held_rows import held_rows

COURSES = """| Day | Time | Course | Teacher | Room |
| --- | --- | --- | --- | --- |
| Monday | 17:30-18:30 | Salsa beginners | Ines Carvalho | Hall A |
| Wednesday | 17:00-18:30 | Korean for beginners | Han Seo-yeon | Room 3 |
| Tuesday | 18:00-19:30 | Italian A1 | Giulia Moretti | Room 1 |
| Thursday | 18:30-20:00 | French B1 | Claire Petit | Room 1 |
| Thursday | 19:00-20:00 | Swing | Tom Becker | Hall B |
"""
CLASSES = """| 반 | 담임 | 인원 | 버스 |
| --- | --- | --- | --- |
| 1반 | 김현주 | 24명 | 1호차 |
| 3반 | 박서진 | 23명 | 2호차 |
| 5반 | 정우성 | 24명 | 3호차 |
"""
TEAM = """| Number | Name | Position | Born | Goals | Captain |
| --- | --- | --- | --- | --- | --- |
| 1 | Oskar Lindqvist | Goalkeeper | 2001 | 0 | no |
| 4 | Dario Conti | Defender | 1998 | 2 | yes |
| 10 | Luca Ferrante | Midfielder | 1999 | 7 | no |
"""
PRICES = """| Order no. | Item | Unit | Price (EUR) |
| --- | --- | --- | --- |
| 1001 | Birch plywood 9 mm | sheet | 38.50 |
| 1002 | Birch plywood 12 mm | sheet | 46.00 |
| 1003 | Oak board 12 cm | board | 72.80 |
"""
STOCK = """| 상품번호 | 상품명 | 분류 | 가격(원) | 재고 |
| --- | --- | --- | --- | --- |
| 1005 | 머그컵 | 잡화 | 11000 | 31 |
| 1006 | 텀블러 | 잡화 | 24900 | 12 |
| 1007 | 콜드브루 원액 | 커피 | 13200 | 9 |
"""


def _first_cells(question: str, table: str, own: str = "") -> list[str]:
    """The first two cells of each row that is held."""
    rows = (table[start:end] for start, end in held_rows(question, table, own=own))
    return [" ".join(row.strip("| ").split(" | ")[:2]) for row in rows]


@pytest.mark.parametrize(
    ("question", "table", "rows"),
    [
        ("Who teaches Italian?", COURSES, ["Tuesday 18:00-19:30"]),
        ("In which room is French?", COURSES, ["Thursday 18:30-20:00"]),
        ("When is the salsa course for beginners?", COURSES, ["Monday 17:30-18:30"]),
        ("Which courses take place on Thursday?", COURSES, ["Thursday 18:30-20:00", "Thursday 19:00-20:00"]),
        ("How many goals did Luca Ferrante score?", TEAM, ["10 Luca Ferrante"]),
        ("Who wears number 10?", TEAM, ["10 Luca Ferrante"]),
        ("Who is the captain?", TEAM, ["4 Dario Conti"]),
        ("How much is birch plywood 12 mm?", PRICES, ["1002 Birch plywood 12 mm"]),
        ("Show me order 1003", PRICES, ["1003 Oak board 12 cm"]),
        ("Who is not the captain?", TEAM, ["1 Oskar Lindqvist", "10 Luca Ferrante"]),
        ("3반 담임은 누구야?", CLASSES, ["3반 박서진"]),
        ("5반은 몇 호차를 타?", CLASSES, ["5반 정우성"]),
        ("상품번호 1005는 뭐야?", STOCK, ["1005 머그컵"]),
        ("커피 상품은 뭐가 있어?", STOCK, ["1007 콜드브루 원액"]),
    ],
)
def test_the_row_that_holds_all_that_is_asked(question: str, table: str, rows: list[str]) -> None:
    assert _first_cells(question, table) == rows


@pytest.mark.parametrize(
    ("question", "table"),
    [
        ("Who teaches German?", COURSES),
        ("Who taught Italian in 2019?", COURSES),
        ("Who teaches Italian in Room 2?", COURSES),
        ("How much does Italian cost?", COURSES),  # no price in the table
        ("Why is Italian on Tuesday?", COURSES),
        ("What happens on day 3?", COURSES),  # the 3 of "Room 3"
        ("Where is Luca Ferrante from?", TEAM),  # no place
        ("Who is the coach?", TEAM),
        ("How much does the captain cost?", TEAM),  # of a mark nothing but the rows that have it
        ("Who does not teach Italian?", COURSES),
        ("6반 담임은 누구야?", CLASSES),
        ("5반은 몇 점이야?", CLASSES),
        ("5반 담임 전화번호 알려줘", CLASSES),
        ("3반은 언제 출발해?", CLASSES),
        ("주문번호 1005는 뭐야?", STOCK),  # this is that of a product
    ],
)
def test_no_row_where_a_word_is_left_over(question: str, table: str) -> None:
    assert _first_cells(question, table) == []


def test_a_follow_up_names_another_row_of_the_same_table() -> None:
    assert _first_cells("Who teaches Italian? and French?", COURSES, own="and French?") == [
        "Thursday 18:30-20:00"
    ]
    assert _first_cells("3반 담임은 누구야? 5반은?", CLASSES, own="5반은?") == ["5반 정우성"]


def test_a_follow_up_names_another_column_of_the_same_row() -> None:
    assert _first_cells("3반 담임은 누구야? 인원은?", CLASSES, own="인원은?") == ["3반 박서진"]
    assert _first_cells("Who teaches Italian? And the room?", COURSES, own="And the room?") == [
        "Tuesday 18:00-19:30"
    ]


def test_rows_of_a_table_whose_header_stands_in_another_passage() -> None:
    header = "".join(COURSES.splitlines(keepends=True)[:2])
    text = "| Saturday | 10:00-12:00 | Italian A2 | Ines Carvalho | Room 2 |\n"
    assert held_rows("Who teaches Italian?", text, header) == [(0, len(text) - 1)]
    assert held_rows("Who teaches Italian?", text) == []


def test_what_is_asked_for_is_not_found_in_the_name_of_the_file() -> None:
    above = "team roster.csv"
    assert held_rows("Which team does Dario Conti play for?", TEAM, above=above) == []
    assert held_rows("어느 반이야?", CLASSES, above="반 편성.md") == []
    assert len(held_rows("Which position does Dario Conti of the team play?", TEAM, above=above)) == 1


def test_what_stands_above_the_table_need_not_stand_in_the_row() -> None:
    question = "Who teaches Italian at the harbour club?"
    assert held_rows(question, COURSES) == []
    assert len(held_rows(question, COURSES, above="harbour-club.docx\nAutumn")) == 1
