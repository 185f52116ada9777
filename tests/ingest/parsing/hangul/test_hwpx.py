"""HWPX: numbers, spans, notes, equations and forms as Hangul shows them; hidden text apart."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest

from ingest.parsing.formats.hangul.equation import equation_text

HEADER = """<hh:head xmlns:hh="h" xmlns:hc="c">
<hh:borderFill id="1"><hc:fillBrush><hc:winBrush faceColor="none"/></hc:fillBrush></hh:borderFill>
<hh:borderFill id="2"><hc:fillBrush><hc:winBrush faceColor="#003366"/></hc:fillBrush></hh:borderFill>
<hh:charPr id="0" height="1000" textColor="#000000"><hh:strikeout shape="NONE"/></hh:charPr>
<hh:charPr id="1" height="1000" textColor="#000000"><hh:supscript/></hh:charPr>
<hh:charPr id="2" height="1000" textColor="#000000"><hh:subscript/></hh:charPr>
<hh:charPr id="3" height="1000" textColor="#FFFFFF"/><hh:charPr id="4" height="100" textColor="#000000"/>
<hh:charPr id="5" height="1000" textColor="#FFFFFF" shadeColor="#000000"/>
<hh:charPr id="6" height="1000" textColor="#000000"><hh:strikeout shape="SOLID"/></hh:charPr>
<hh:numbering id="1"><hh:paraHead level="1" start="1" numFormat="DIGIT">제^1조</hh:paraHead>
<hh:paraHead level="2" start="1" numFormat="CIRCLED_DIGIT">^2</hh:paraHead>
<hh:paraHead level="3" start="1" numFormat="HANGUL_SYLLABLE">^3.</hh:paraHead></hh:numbering>
<hh:numbering id="2"><hh:paraHead level="1" start="3" numFormat="DIGIT">^1.</hh:paraHead>
<hh:paraHead level="2" numFormat="DIGIT">^1.^2</hh:paraHead></hh:numbering><hh:bullet id="1" char="❏"/>
<hh:paraPr id="0"><hh:heading type="NONE" idRef="0" level="0"/></hh:paraPr>
<hh:paraPr id="1"><hh:heading type="NUMBER" idRef="1" level="0"/></hh:paraPr>
<hh:paraPr id="2"><hh:heading type="NUMBER" idRef="1" level="1"/></hh:paraPr>
<hh:paraPr id="3"><hh:heading type="NUMBER" idRef="1" level="2"/></hh:paraPr>
<hh:paraPr id="4"><hh:heading type="OUTLINE" idRef="0" level="0"/></hh:paraPr>
<hh:paraPr id="5"><hh:heading type="OUTLINE" idRef="0" level="1"/></hh:paraPr>
<hh:paraPr id="6"><hh:heading type="BULLET" idRef="1" level="0"/></hh:paraPr>
<hh:style id="0" name="바탕글" paraPrIDRef="0" charPrIDRef="0"/><hh:style id="1" name="개요 1" paraPrIDRef="4" charPrIDRef="0"/>
<hh:style id="2" name="제목" paraPrIDRef="0" charPrIDRef="0"/>
</hh:head>"""


def hwpx(body: str) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/hwp+zip")
        archive.writestr("Contents/header.xml", HEADER)
        archive.writestr("Contents/section0.xml", f'<hs:sec xmlns:hs="s" xmlns:hp="p">{body}</hs:sec>')
    return buffer.getvalue()


def p(*runs: str, para: int = 0, style: int = 0) -> str:
    return f'<hp:p paraPrIDRef="{para}" styleIDRef="{style}">{"".join(runs)}</hp:p>'


def run(text: str, char: int = 0) -> str:
    return f'<hp:run charPrIDRef="{char}"><hp:t>{text}</hp:t></hp:run>'


def inner(tag: str, *paragraphs: str, attributes: str = "") -> str:
    return f"<hp:run><hp:ctrl><hp:{tag} {attributes}><hp:subList>{''.join(paragraphs)}</hp:subList></hp:{tag}></hp:ctrl></hp:run>"


def test_automatic_numbers(parsed, outline) -> None:
    body = (
        p("<hp:run><hp:secPr outlineShapeIDRef='2'/></hp:run>")
        + p(run("(목적)"), para=1) + p(run("첫째 항"), para=2) + p(run("첫째 호"), para=3) + p(run("둘째 호"), para=3)
        + p(run("둘째 항"), para=2) + p(run("(정의)"), para=1) + p(run("다시 첫째"), para=2)
        + p(run("추진 배경"), style=1, para=4) + p(run("세부"), para=5) + p(run("점"), para=6)
    )  # fmt: skip
    assert outline(parsed("a.hwpx", hwpx(body))) == [
        ("paragraph", "제1조 (목적)"), ("paragraph", "① 첫째 항"), ("paragraph", "가. 첫째 호"), ("paragraph", "나. 둘째 호"),
        ("paragraph", "② 둘째 항"), ("paragraph", "제2조 (정의)"), ("paragraph", "① 다시 첫째"),
        ("heading1", "3. 추진 배경"), ("paragraph", "3.1 세부"), ("paragraph", "❏ 점"),
    ]  # fmt: skip


def test_the_first_heading_in_the_style_of_a_title_names_the_document(parsed) -> None:
    assert parsed("a.hwpx", hwpx(p(run("여비규정"), style=2) + p(run("총칙"), style=1))).title == "여비규정"
    assert parsed("b.hwpx", hwpx(p(run("총칙"), style=1) + p(run("부록"), style=2))).title == ""


def test_spans_scripts_notes_and_headers(parsed) -> None:
    def cell(text: str, column: int, rows: int = 1, columns: int = 1) -> str:
        return (
            f'<hp:tc><hp:subList>{p(run(text))}</hp:subList><hp:cellAddr colAddr="{column}"/>'
            f'<hp:cellSpan colSpan="{columns}" rowSpan="{rows}"/></hp:tc>'
        )

    table = (
        f"<hp:tbl><hp:tr>{cell('동', 0)}{cell('방', 1)}{cell('요금', 2)}</hp:tr><hp:tr>{cell('매화동', 0, rows=2)}{cell('1인실', 1)}"
        f"{cell('410,000', 2)}</hp:tr><hp:tr>{cell('2인실', 1)}{cell('290,000', 2)}</hp:tr>"
        f"<hp:tr>{cell('난초동', 0)}{cell('미정', 1, columns=2)}</hp:tr></hp:tbl>"
    )
    body = (
        p(
            inner("header", p(run("문서번호 A-12"))),
            inner("footer", p(run("대외비"))),
            inner("header", p(run("문서번호 A-12"))),
        )
        + p(
            run("하중은 10"),
            run("6", 1),
            run(" N, 물은 H"),
            run("2", 2),
            run("O, 직원은 1,250"),
            inner("footNote", p(run("연말 기준"))),
            run("명"),
        )
        + p(f"<hp:run>{table}</hp:run>")
        + p(
            run("값은 "),
            run("100", 6),
            run(" 80"),
            run(" 메모", 0),
            inner("fieldBegin", p(run("확인")), attributes='type="MEMO"'),
        )
    )
    assert parsed("a.hwpx", hwpx(body)).text.split("\n\n") == [
        "문서번호 A-12",
        "하중은 10^6 N, 물은 H2O, 직원은 1,250 [1]명",
        "[1] 연말 기준",
        "| 동 | 방 | 요금 |\n| --- | --- | --- |\n| 매화동 | 1인실 | 410,000 |\n| 매화동 | 2인실 | 290,000 |\n| 난초동 | 미정 | 미정 |",
        "값은 ~~100~~ 80 메모 [Comment: 확인]",
        "대외비",
    ]


def test_forms_pictures_and_symbols(parsed) -> None:
    body = p(
        '<hp:run><hp:checkBtn caption="동의" value="CHECKED"/><hp:checkBtn caption="거부" value="UNCHECKED"/></hp:run>',
        "<hp:run><hp:edit><hp:text>GX-19</hp:text></hp:edit><hp:comboBox selectedValue='완료'/></hp:run>",
    ) + p(
        run("\uf0fe 예 \uf0a8 아니오"),
        "<hp:run><hp:pic><hp:shapeComment>밸브 3의 위치</hp:shapeComment></hp:pic><hp:pic><hp:shapeComment>그림입니다.\n원본 그림의 이름: a.png</hp:shapeComment></hp:pic></hp:run>",
    )
    assert (
        parsed("a.hwpx", hwpx(body)).text
        == "☑ 동의 ☐ 거부 GX-19 완료\n\n☑ 예 ☐ 아니오 [Picture: 밸브 3의 위치]"
    )


def test_hidden_text_and_text_on_a_dark_ground(parsed) -> None:
    dark = f'<hp:tc borderFillIDRef="2"><hp:subList>{p(run("흰 제목", 3))}</hp:subList></hp:tc>'
    light = f'<hp:tc borderFillIDRef="1"><hp:subList>{p(run("GXD", 3))}</hp:subList></hp:tc>'
    body = (
        p(run("보인다"), run("GXA", 3), run("GXB", 4), inner("hiddenComment", p(run("GXC"))))
        + p(run("흰 글자", 5))
        + p(f"<hp:run><hp:tbl><hp:tr>{dark}{light}</hp:tr><hp:tr>{dark}{dark}</hp:tr></hp:tbl></hp:run>")
        + p("<hp:run><hp:t>남은 <hp:deleteBegin/>GXE<hp:deleteEnd/>말</hp:t></hp:run>")
    )
    document = parsed("a.hwpx", hwpx(body))
    assert "GX" not in document.text
    assert [(piece.text, piece.how) for piece in document.hidden] == [
        ("GXA", "colour"), ("GXB", "size"), ("GXC", "marked"), ("GXD", "colour"),
    ]  # fmt: skip
    assert document.text.count("흰 제목") == 3
    assert "흰 글자" in document.text
    assert document.text.endswith("남은 말")


@pytest.mark.parametrize(
    ("script", "text"),
    [
        ("Q = {V} over {t}", "Q = V/t"),
        ("{15 w} over {2}", "(15 w)/2"),
        ("10^{6} times 3", "10^6 × 3"),
        ("x = {-b +- sqrt {b^{2} -4ac}} over {2a}", "x = (-b ± √(b^2 -4ac))/2a"),
        ("V_{max} &lt;= 3".replace("&lt;", "<"), "V_max ≤ 3"),
        ("1 over 2 + 3 over 16", "1/2 + 3/16"),
        ("sum _{i=1} ^{n} {a _{i}}", "∑_(i=1)^n a_i"),
        ("{" * 3_000, ""),
    ],
)
def test_equations(script: str, text: str) -> None:
    assert equation_text(script) == text
