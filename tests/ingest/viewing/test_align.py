from __future__ import annotations

import random

import pytest

from ingest.viewing.align import align, letters, word_spans


def found(text: str, page: str) -> str:
    """What of ``page`` was taken for ``text``, with a dot for each letter that was not found."""
    wanted, printed = letters(text), letters(page)
    places = align(wanted.text, printed.text, word_spans(text, wanted))
    assert len({place for place in places if place >= 0}) == sum(place >= 0 for place in places)
    return "".join(printed.text[place] if place >= 0 else "·" for place in places)


def where(text: str, page: str, phrase: str, occurrence: int = 0) -> int:
    """Which occurrence of ``phrase`` in ``page`` is taken for the one in ``text``; -1: none."""
    wanted, printed = letters(text), letters(page)
    places = align(wanted.text, printed.text, word_spans(text, wanted))
    at = -1
    for _ in range(occurrence + 1):
        at = wanted.text.index(letters(phrase).text, at + 1)
    place, count, here = places[at], -1, -1
    while place >= 0 and here < place:
        here = printed.text.find(letters(phrase).text, here + 1)
        count += 1
    return count if here == place else -1


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("a representation of documents", "a represen\ufffe\r\ntation of docu-\r\nments"),
        ("문제와 앞으로의 과제를 정리하고", "문제와 앞으로의 과제를 정\r\n리하고"),
        ("한국어", "\u1112\u1161\u11ab\u1100\u116e\u11a8\u110b\u1165"),
        ("an office of fine flowers", "an o\ufb03ce of \ufb01ne \ufb02owers"),
        ("| Train | 40 euros |\n| --- | --- |\n| Hotel \\| inn | 140 |", "Train 40 euros\r\nHotel | inn 140"),
        ("A full\u2010width Ａ and a soft hy\u00adphen 😀", "A full-width A and a soft hyphen 😀"),
    ],
)
def test_what_the_parser_changed_is_found_all_the_same(text: str, page: str) -> None:
    assert found(text, page) == letters(page).text.replace("·", "")


def test_cells_that_the_parser_put_together_are_found_out_of_order() -> None:
    text = "| Item | Terms | Price |\n| --- | --- | --- |\n| Ticket | second class, refundable | 40 |\n| Hotel | one night | 90 |"
    page = "Item Terms Price\r\nTicket second class, 40\r\nrefundable\r\nHotel one night 90"
    assert found(text, page) == letters(text.replace("---", "")).text


def test_the_right_one_of_repeated_phrases_is_found_by_what_stands_around_it() -> None:
    rows = [f"Row {name}: not applicable." for name in ("one", "two", "three", "four")]
    page = "\r\n".join(rows)
    for number in range(4):
        assert where("\n".join(rows), page, "not applicable", number) == number
    # where the stored text begins further down
    assert where("\n".join(rows[2:]), page, "not applicable") == 2


def test_lines_that_are_all_alike_are_counted() -> None:
    text, page = "\n".join(["same line"] * 5), "\r\n".join(["same line"] * 5)
    assert [where(text, page, "same line", number) for number in range(5)] == [0, 1, 2, 3, 4]


def test_another_text_is_not_found() -> None:
    page = "It is a truth universally acknowledged, that a single man in possession of a good fortune must be in want of a wife."
    text = "Call me Ishmael. Some years ago, never mind how long precisely, having little money in my purse, I thought I would sail."
    assert set(found(text, page)) == {"·"}
    assert found("", page) == ""
    assert found("words", "") == "·····"


def test_pages_of_anything_are_aligned_in_no_time_and_within_them() -> None:
    rng = random.Random(5)
    for alphabet in ("ab", "a", "가나다 ", "abc .\n"):
        page = "".join(rng.choice(alphabet) for _ in range(6000))
        text = "".join(rng.choice(alphabet) for _ in range(6000))
        assert len(found(text, page)) == len(letters(text).text)
