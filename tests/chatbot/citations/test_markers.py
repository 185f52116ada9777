from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.citations.markers import (
    check_citations,
    check_stream,
    cited_numbers,
    has_words,
    in_parentheses,
)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("맞습니다 [1].", "맞습니다 [1]."),
        ("a [1, 2] b", "a [1][2] b"),
        ("a[1-3]", "a[1][2][3]"),
        ("a [1][2]", "a [1][2]"),
        ("가【2】", "가[2]"),
        ("a [^1]", "a [1]"),
        ("a [4].", "a."),
        ("a [0]", "a"),
        ("a [1[7]] b [[7]2]", "a [1 ] b [ 2]"),
        ("a [2, 7]", "a [2]"),
        ("a [1-9999]", "a [1][2][3]"),
        ("see [note] and [x1]", "see [note] and [x1]"),
    ],
)
def test_citations_are_written_one_way_and_only_existing_numbers_stay(written: str, shown: str) -> None:
    assert check_citations(written, 3) == shown


@pytest.mark.parametrize("text", ["", " \n", "[1] [2]", "[1", "[1, 3] 【2】.", "**[1]**", "- [2]\n- ["])
def test_citations_alone_say_nothing(text: str) -> None:
    assert not has_words(text)


@pytest.mark.parametrize("text", ["[1] 네", "3 [1]", "[note]", "a ["])
def test_words_and_figures_beside_citations_say_something(text: str) -> None:
    assert has_words(text)


_PIECES = st.lists(
    st.sampled_from(
        ["[", "]", "1", "2", "9", ", ", " ", "a", "가", "【", "】", "[1]", "[7]", "-", "^", "\n"]
    ),
    max_size=30,
)


@given(_PIECES)
def test_a_stream_shows_what_the_whole_text_would(pieces: list[str]) -> None:
    assert "".join(check_stream(pieces, 3)) == check_citations("".join(pieces), 3)


@given(_PIECES, st.integers(0, 3))
def test_no_number_outside_the_sources_is_ever_shown(pieces: list[str], count: int) -> None:
    shown = "".join(check_stream(pieces, count))
    assert all(1 <= number <= count for number in cited_numbers(shown))
    assert not re.search(r"\[(0|[4-9]|\d\d)\]", shown)


def test_text_flows_before_a_bracket_closes() -> None:
    stream = check_stream(iter(["hello ", "world [", "1", "] bye"]), 1)
    assert next(stream) == "hello"
    assert "".join(stream) == " world [1] bye"


def test_numbers_are_listed_in_order_of_appearance() -> None:
    assert cited_numbers("b [2] a [1] b [2]") == [2, 1]


def test_a_quoted_documents_own_numbers_are_no_citations() -> None:
    quoted = in_parentheses("As shown [1, 2], later [3-5] and [^6], not in [12345].")
    assert quoted == "As shown (1, 2), later (3-5) and (6), not in [12345]."
    assert cited_numbers(check_citations(f"{quoted} [1]", 9)) == [1]


def test_what_is_held_back_when_the_writer_fails_is_given_out_before_the_error() -> None:
    def deltas() -> Iterator[str]:
        yield "Half [1"
        raise ConnectionResetError

    stream = check_stream(deltas(), 1)
    assert [next(stream), next(stream)] == ["Half", " [1"]
    with pytest.raises(ConnectionResetError):
        next(stream)


def test_a_paragraph_that_begins_with_a_citation_stays_one() -> None:
    text = "It is long [1].\n\n[2] It is paid.\n\n[9] It is."
    assert check_citations(text, 2) == "It is long [1].\n\n[2] It is paid.\n\n It is."
    for cut in range(len(text)):
        assert "".join(check_stream([text[:cut], text[cut:]], 2)) == check_citations(text, 2)
