"""Automatic numbers: what Word writes before a paragraph stands before it in the text."""

from __future__ import annotations

from io import BytesIO

import docx
import pytest
from docx.oxml import parse_xml

from ingest.parsing.formats.numbering import counter
from ingest.parsing.formats.ooxml.word.numbering import Numbering
from ingest.parsing.xml_tree import parse_xml as tree

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def level(place: int, form: str, text: str, more: str = "") -> str:
    return f'<w:lvl w:ilvl="{place}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{more}<w:lvlText w:val="{text}"/></w:lvl>'


def numbering(
    *levels: str, lists: str = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
) -> Numbering:
    pattern = f'<w:abstractNum w:abstractNumId="0">{"".join(levels)}</w:abstractNum>'
    return Numbering(tree(f"<w:numbering {W}>{pattern}{lists}</w:numbering>".encode()))


def labels(lists: Numbering, *places: tuple[str, int]) -> list[str]:
    return [found.text if (found := lists.label(*place)) else "none" for place in places]


@pytest.mark.parametrize(
    ("kind", "third", "twelfth"),
    [
        ("decimal", "3", "12"),
        ("decimalZero", "03", "12"),
        ("upperRoman", "III", "XII"),
        ("lowerLetter", "c", "l"),
        ("ordinal", "3rd", "12th"),
        ("ordinalText", "Third", "Twelfth"),
        ("ganada", "다", "타"),
        ("chosung", "ㄷ", "ㅌ"),
        ("koreanDigital", "삼", "일이"),
        ("koreanCounting", "삼", "십이"),
        ("koreanLegal", "셋", "열둘"),
        ("koreanDigital2", "三", "一二"),
        ("chineseCounting", "三", "十二"),
        ("ideographTraditional", "丙", "乙"),
        ("decimalEnclosedCircle", "③", "⑫"),
        ("decimalEnclosedParen", "⑶", "⑿"),
        ("decimalFullWidth", "３", "１２"),
        ("numberInDash", "- 3 -", "- 12 -"),
        ("none", "", ""),
        ("martian", "3", "12"),
    ],
)
def test_each_number_format(kind: str, third: str, twelfth: str) -> None:
    assert (counter(3, kind), counter(12, kind)) == (third, twelfth)


def test_letters_are_doubled_after_the_last_and_large_numbers_stay_small() -> None:
    assert (counter(27, "lowerLetter"), counter(15, "ganada")) == ("aa", "가가")
    assert len(counter(10**9, "upperRoman")) < 20
    assert counter(0, "lowerRoman") == "0"


def test_levels_start_again_below_a_higher_one_and_name_those_above() -> None:
    lists = numbering(level(0, "decimal", "제%1조"), level(1, "decimal", "%1.%2"), level(2, "ganada", "%3."))
    places = [("1", 0), ("1", 1), ("1", 2), ("1", 2), ("1", 1), ("1", 2), ("1", 0), ("1", 1)]
    assert labels(lists, *places) == ["제1조", "1.1", "가.", "나.", "1.2", "가.", "제2조", "2.1"]


def test_a_level_may_never_start_again_or_only_below_some_level() -> None:
    never = numbering(level(0, "decimal", "%1."), level(1, "decimal", "(%2)", '<w:lvlRestart w:val="0"/>'))
    assert labels(never, ("1", 0), ("1", 1), ("1", 0), ("1", 1)) == ["1.", "(1)", "2.", "(2)"]
    first = numbering(
        level(0, "decimal", "%1"),
        level(1, "decimal", "%2"),
        level(2, "decimal", "%3", '<w:lvlRestart w:val="1"/>'),
    )
    places = [("1", 0), ("1", 1), ("1", 2), ("1", 1), ("1", 2), ("1", 0), ("1", 2)]
    assert labels(first, *places) == ["1", "1", "1", "2", "2", "2", "1"]


def test_lists_of_one_pattern_go_on_until_one_says_where_it_starts() -> None:
    lists = numbering(
        level(0, "decimal", "%1."),
        lists='<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>',
    )
    assert labels(lists, ("1", 0), ("2", 0), ("3", 0), ("3", 0), ("9", 0)) == ["1.", "2.", "5.", "6.", "none"]


def test_legal_numbering_shows_all_levels_in_decimal() -> None:
    lists = numbering(level(0, "upperRoman", "Article %1."), level(1, "decimalZero", "%1.%2", "<w:isLgl/>"))
    assert labels(lists, ("1", 0), ("1", 1)) == ["Article I.", "1.1"]


def test_headings_lists_and_cells_carry_their_numbers(parsed, outline) -> None:
    document = docx.Document()
    root = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{place}"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="Heading{place + 1}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for place, text in enumerate(("제%1장", "%1.%2"))
    )
    root.insert(0, parse_xml(f'<w:abstractNum {W} w:abstractNumId="90">{levels}</w:abstractNum>'))
    plain = f'<w:abstractNum {W} w:abstractNumId="91">{level(0, "ganada", "%1.")}</w:abstractNum>'
    root.insert(0, parse_xml(plain))
    for number, pattern in ((90, 90), (91, 91)):
        root.append(parse_xml(f'<w:num {W} w:numId="{number}"><w:abstractNumId w:val="{pattern}"/></w:num>'))
    for name in ("Heading 1", "Heading 2"):
        properties = document.styles[name].element.get_or_add_pPr()
        properties.append(parse_xml(f'<w:numPr {W}><w:numId w:val="90"/></w:numPr>'))
    document.add_heading("총칙", 1)
    document.add_heading("목적", 2)
    document.add_heading("정의", 2)
    document.add_heading("계약", 1)
    document.add_heading("기간", 2)
    for text in ("첫째", "둘째"):
        paragraph = document.add_paragraph(text)
        paragraph._p.get_or_add_pPr().append(
            parse_xml(f'<w:numPr {W}><w:ilvl w:val="0"/><w:numId w:val="91"/></w:numPr>')
        )
    unnumbered = document.add_heading("부록", 1)
    unnumbered._p.get_or_add_pPr().append(parse_xml(f'<w:numPr {W}><w:numId w:val="0"/></w:numPr>'))
    buffer = BytesIO()
    document.save(buffer)
    assert outline(parsed("a.docx", buffer.getvalue())) == [
        ("heading1", "제1장 총칙"),
        ("heading2", "1.1 목적"),
        ("heading2", "1.2 정의"),
        ("heading1", "제2장 계약"),
        ("heading2", "2.1 기간"),
        ("paragraph", "가. 첫째\n나. 둘째"),
        ("heading1", "부록"),
    ]
