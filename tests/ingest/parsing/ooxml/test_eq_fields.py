"""EQ fields of Word: what is painted for a code that has no result."""

from __future__ import annotations

import pytest

from ingest.parsing.formats.ooxml.word.eq_field import text_of


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (r" EQ \f(7,8) ", "7/8"),
        (r"EQ 2\f(7,8)", "2 7/8"),
        (r"eq \f(a+b,2c)", "(a+b)/(2c)"),
        (r"EQ \f(1\,250,3)", "1,250/3"),
        (r"EQ \f(3,5;8)", "3,5/8"),
        (r"EQ \r(3,27)", "root_3(27)"),
        (r"EQ \r(,x+1)", "√(x+1)"),
        (r"EQ x\s\up 8(2)", "x^2"),
        (r"EQ x\s\do 4(i)", "x_i"),
        (r"EQ \i\su(i=1,n,x)", "∑_(i=1)^n x"),
        (r"EQ \b\bc\[(\a\co2(1,2))", "(1, 2)"),
        (r"EQ \o\ac(○,7)", "⑦"),
        (r"EQ \o\ac(○,가)", "㉮"),
        (r"EQ \o\ac(○,한)", "(한)"),
        (r'EQ \* jc2 \* "Font:바탕" \* hps10 \o\ad(\s\up 9(じ),字)', "字"),
        ("EQ", ""),
        ("PAGE", None),
        ("EQUATION 3", None),
    ],
)
def test_a_code_reads_as_it_is_painted(code: str, text: str | None) -> None:
    assert text_of(code) == text


def test_a_code_made_to_cost_memory_is_read_to_a_limit() -> None:
    assert len(text_of("EQ " + r"\f(" * 100_000) or "") < 2_000
