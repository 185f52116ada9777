"""Rows of Markdown tables: what is written is read back, a bar inside a cell included."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.text.tables import cells_of, is_row, is_rule, row_of, rule_of, tables_in

CELL = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="\\"), max_size=8)


@given(st.lists(CELL, min_size=1, max_size=5))
def test_a_row_is_read_back_as_it_was_written(cells: list[str]) -> None:
    line = row_of(cells)
    assert is_row(line)
    assert cells_of(line) == cells


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        (r"| a \| b | pipe a into b |", ["a | b", "pipe a into b"]),
        (r"| ends in \| |", ["ends in |"]),
        ("a | b", ["a", "b"]),
        ("|| b |", ["", "b"]),
        ("| cut o", ["cut o"]),
    ],
)
def test_cells(line: str, cells: list[str]) -> None:
    assert cells_of(line) == cells


def test_a_rule_is_told_from_a_row_without_text() -> None:
    assert is_rule(rule_of(3))
    assert is_rule(" --- | :---: ")
    assert not is_rule("|  |  |")
    assert not is_rule("| 1-2 | 15 |")


def test_tables_are_found_among_lines() -> None:
    text = "Leave\n| Years | Days |\n| --- | --- |\n| 1-2 | 15 |\nand more | less"
    assert [text[start:end] for start, end in tables_in(text)] == [
        "| Years | Days |\n| --- | --- |\n| 1-2 | 15 |\n"
    ]
