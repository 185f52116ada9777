"""Equations and raised runs in one line of plain text."""

from __future__ import annotations

import pytest

from ingest.parsing.formats.ooxml.parts.equations import equation
from ingest.parsing.formats.scripts import Level, Line
from ingest.parsing.formats.symbols import in_font, symbol
from ingest.parsing.xml_tree import parse_xml

NO_BAR = '<m:fPr><m:type m:val="noBar"/></m:fPr>'


def r(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


def f(top: str, bottom: str, kind: str = "") -> str:
    return f"<m:f>{kind}<m:num>{top}</m:num><m:den>{bottom}</m:den></m:f>"


def sup(base: str, raised: str) -> str:
    return f"<m:sSup><m:e>{base}</m:e><m:sup>{raised}</m:sup></m:sSup>"


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        (f(r("3"), r("16")), "3/16"),
        (f(r("a"), r("2c")), "a/(2c)"),
        (f(r("a"), r("1,200")), "a/1,200"),
        (f(r("d"), r("t1")), "d/t1"),
        (r("2") + f(r("3"), r("16")), "2 3/16"),
        (f(r("a+b"), r("c")), "(a+b)/c"),
        (f(f(r("1"), r("2")), r("x-1")), "(1/2)/(x-1)"),
        (sup(r("10"), r("6")), "10^6"),
        (sup(r("10"), r("-6")), "10^-6"),
        (r("E=m") + sup(r("c"), r("2")), "E=mc^2"),
        (sup(f(r("x"), r("v")), r("2")), "(x/v)^2"),
        (sup(r("x"), r("n+1")), "x^(n+1)"),
        (
            f"<m:sSubSup><m:e>{r('x')}</m:e><m:sub>{r('i')}</m:sub><m:sup>{r('2')}</m:sup></m:sSubSup>",
            "x_i^2",
        ),
        (f"<m:sSub><m:e>{r('H')}</m:e><m:sub>{r('2')}</m:sub></m:sSub>{r('O')}", "H_2 O"),
        (f'<m:rad><m:radPr><m:degHide m:val="1"/></m:radPr><m:deg/><m:e>{r("x+1")}</m:e></m:rad>', "√(x+1)"),
        (f"<m:rad><m:deg>{r('3')}</m:deg><m:e>{r('x')}</m:e></m:rad>", "∛x"),
        (
            f'<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>{r("i=1")}</m:sub><m:sup>{r("n")}</m:sup>'
            f"<m:e>{r('i')}</m:e></m:nary>",
            "∑_(i=1)^n i",
        ),
        (f"<m:func><m:fName>{r('sin')}</m:fName><m:e>{r('x')}</m:e></m:func>", "sin x"),
        (f"<m:d><m:e>{f(r('n'), r('k'), NO_BAR)}</m:e></m:d>", "(n choose k)"),
        (
            f"<m:d><m:dPr><m:begChr m:val='['/><m:endChr m:val=']'/></m:dPr><m:e><m:m><m:mr><m:e>{r('1')}</m:e>"
            f"<m:e>{r('2')}</m:e></m:mr><m:mr><m:e>{r('3')}</m:e><m:e>{r('4')}</m:e></m:mr></m:m></m:e></m:d>",
            "[1, 2; 3, 4]",
        ),
        (f"<m:bar><m:barPr><m:pos m:val='top'/></m:barPr><m:e>{r('x')}</m:e></m:bar>", "x\u0305"),
        (r("𝑥+𝟐"), "x+2"),
        (f"{r('a')}<w:del xmlns:w='w'>{r('b')}</w:del>", "a"),
    ],
)
def test_an_equation_reads_as_one_line(inside: str, text: str) -> None:
    assert equation(parse_xml(f'<m:oMath xmlns:m="m">{inside}</m:oMath>'.encode())) == text


def test_an_equation_of_any_depth_ends() -> None:
    deep = "<m:e>" * 200 + "<m:t>x</m:t>" + "</m:e>" * 200
    assert equation(parse_xml(f'<m:oMath xmlns:m="m">{deep}</m:oMath>'.encode())) == "x"


UP, DOWN = 1, -1


@pytest.mark.parametrize(
    ("runs", "text"),
    [
        (["employs 1,250", ("3", UP), " people"], "employs 1,250 [3] people"),
        (["rose by 17", ("2", UP), "."], "rose by 17 [2]."),
        (["5 x 10", ("3", UP), " N"], "5 x 10^3 N"),
        (["10", ("−6", UP), " m"], "10^-6 m"),
        (["40 m", ("2", UP)], "40 m^2"),
        (["40m", ("3", UP), "/h"], "40m^3/h"),
        (["cm", ("2", UP), "당"], "cm^2당"),
        (["84㎡", ("1", UP)], "84㎡ [1]"),
        (["y = 3x", ("2", UP), " + 1"], "y = 3x^2 + 1"),
        (["2", ("10", UP), " = 1024"], "2^10 = 1024"),
        (["(a+b)", ("2", UP)], "(a+b)^2"),
        (["(see annex)", ("1", UP)], "(see annex) [1]"),
        (["서울시", ("2", UP), " 인구"], "서울시 [2] 인구"),
        (["공급업체", ("주1)", UP), "는"], "공급업체 [주1]는"),
        (["1,234원", ("1)", UP)], "1,234원 [1]"),
        (["$1,200", ("5", UP)], "$1,200 [5]"),
        (["50%", ("a", UP)], "50% [a]"),
        (["3.5", ("a", UP)], "3.5 [a]"),
        (["word", ("1,2", UP), " next"], "word [1,2] next"),
        (["p < 0.05", ("*", UP)], "p < 0.05*"),
        ([("1", UP), "Excludes tax"], "[1] Excludes tax"),
        (["the 5", ("th", UP), " day"], "the 5th day"),
        (["20", ("o", UP), "C"], "20°C"),
        (["Acme", ("TM", UP)], "Acme™"),
        (["H", ("2", DOWN), "O"], "H2O"),
        (["SO", ("4", DOWN), ("2−", UP)], "SO4^2-"),
        (["V", ("max", DOWN), " = 3"], "V_max = 3"),
        (["about 2", ("3", UP), "/", ("16", DOWN), " inch"], "about 2 3/16 inch"),
    ],
)
def test_a_raised_figure_makes_no_other_figure(runs: list[str | tuple[str, Level]], text: str) -> None:
    line = Line()
    for run in runs:
        line.add(*((run,) if isinstance(run, str) else run))
    assert line.text() == text


def test_an_equation_stands_apart_from_figures() -> None:
    line = Line()
    line.add("a 2")
    line.add_apart("1/2")
    line.add("inch pipe, 배관 ")
    line.add_apart("3/4")
    line.add("인치")
    assert line.text() == "a 2 1/2 inch pipe, 배관 3/4인치"


def test_symbol_fonts_are_read_as_they_are_drawn() -> None:
    assert symbol("F0FE", "Wingdings") + symbol("A8", "wingdings") + symbol("F052", "Wingdings 2") == "☑☐☑"
    assert symbol("F061", "Symbol") + in_font("b", "Symbol") == "αβ"
    assert in_font("가 \uf0e0", "Wingdings") == "가 →"
    assert in_font("plain", "Arial") == "plain"
    assert symbol("nonsense", "Wingdings") == symbol("110000", "Symbol") == ""
