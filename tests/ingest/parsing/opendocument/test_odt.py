"""OpenDocument text: numbers, spans, notes, formulas, forms and headers as they are shown; hidden text apart."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest

NAMES = (
    'xmlns:office="o" xmlns:text="t" xmlns:table="tb" xmlns:style="s" xmlns:fo="f" xmlns:draw="d" xmlns:xlink="x" '
    'xmlns:form="fm" xmlns:svg="g" xmlns:dc="dc" xmlns:field="fd"'
)
STYLES = """<office:font-face-decls><style:font-face style:name="Symbol7" svg:font-family="'Symbol'"/></office:font-face-decls>
<office:automatic-styles>
<style:style style:name="up" style:family="text"><style:text-properties style:text-position="super 58%"/></style:style>
<style:style style:name="down" style:family="text"><style:text-properties style:text-position="-33% 58%"/></style:style>
<style:style style:name="none" style:family="text"><style:text-properties text:display="none"/></style:style>
<style:style style:name="white" style:family="text"><style:text-properties fo:color="#ffffff"/></style:style>
<style:style style:name="marked" style:family="text"><style:text-properties fo:color="#ffffff" fo:background-color="#000000"/></style:style>
<style:style style:name="tiny" style:family="text"><style:text-properties fo:font-size="1pt"/></style:style>
<style:style style:name="old" style:family="text"><style:text-properties style:text-line-through-style="solid"/></style:style>
<style:style style:name="greek" style:family="text"><style:text-properties style:font-name="Symbol7"/></style:style>
<style:style style:name="ticks" style:family="text"><style:text-properties style:font-name="Wingdings"/></style:style>
<style:style style:name="child" style:family="text" style:parent-style-name="white"/>
<style:style style:name="whitep" style:family="paragraph"><style:text-properties fo:color="#fefefe"/></style:style>
<style:style style:name="darkp" style:family="paragraph"><style:paragraph-properties fo:background-color="#222222"/></style:style>
<style:style style:name="darkc" style:family="table-cell"><style:table-cell-properties fo:background-color="#003366"/></style:style>
<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="1" style:num-prefix="제" style:num-suffix="조"/>
<text:list-level-style-number text:level="2" style:num-format="가, 나, 다, ..." style:num-suffix="."/></text:list-style>
<text:list-style style:name="N"><text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="." text:start-value="3"/>
<text:list-level-style-number text:level="2" style:num-format="1" style:num-suffix="." text:display-levels="2"/></text:list-style>
<text:list-style style:name="B"><text:list-level-style-bullet text:level="1" text:bullet-char="❏"/></text:list-style>
</office:automatic-styles>"""


def odt(body: str, styles: str = "", **parts: str) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr(
            "content.xml",
            f"<office:document-content {NAMES}>{STYLES}<office:body><office:text>{body}</office:text></office:body></office:document-content>",
        )
        if styles:
            archive.writestr(
                "styles.xml", f"<office:document-styles {NAMES}>{styles}</office:document-styles>"
            )
        for name, content in parts.items():
            archive.writestr(f"Object {name}/content.xml", content)
    return buffer.getvalue()


def span(style: str, text: str) -> str:
    return f'<text:span text:style-name="{style}">{text}</text:span>'


def item(*inner: str, start: str = "") -> str:
    return f"<text:list-item{start}>{''.join(inner)}</text:list-item>"


NOTE = "<text:note><text:note-citation>3</text:note-citation><text:note-body><text:p>연말 기준</text:p></text:note-body></text:note>"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (f"10{span('up', '6')} N", "10^6 N"),
        (f"H{span('down', '2')}O", "H2O"),
        (f"1,250{span('up', '3')} people", "1,250 [3] people"),
        (f"{span('old', '100')} 80", "~~100~~ 80"),
        (f"직원 1,250{NOTE}명", "직원 1,250 [3]명\n\n[3] 연말 기준"),
        (span("greek", "m") + "g and " + span("ticks", "\u00fe") + " paid", "μg and ☑ paid"),
        (
            '<field:fieldmark field:type="vnd.oasis.opendocument.field.FORMCHECKBOX"><field:param '
            'field:name="Checkbox_Checked" field:value="true"/></field:fieldmark> agreed',
            "☑ agreed",
        ),
        (
            '<field:fieldmark field:type="vnd.oasis.opendocument.field.FORMCHECKBOX"/> open',
            "☐ open",
        ),
        (
            '<field:fieldmark field:type="vnd.oasis.opendocument.field.FORMDROPDOWN"><field:param '
            'field:name="Dropdown_ListEntry" field:value="갑"/><field:param field:name="Dropdown_ListEntry" '
            'field:value="을"/><field:param field:name="Dropdown_Selected" field:value="1"/></field:fieldmark> 측',
            "을 측",
        ),
        (
            "a<office:annotation><dc:creator>Kim</dc:creator><text:p>Is it so?</text:p></office:annotation>b",
            "ab\n\n[Comment: Is it so?]",
        ),
        (
            "<text:ruby><text:ruby-base>漢字</text:ruby-base><text:ruby-text>한자</text:ruby-text></text:ruby>",
            "漢字(한자)",
        ),
        ("x<draw:frame><draw:image/><svg:desc>Valve 3</svg:desc></draw:frame>", "x [Picture: Valve 3]"),
        ('is <draw:frame><draw:object xlink:href="./Object 1"/><draw:image/></draw:frame> mg', "is 3/16 mg"),
        ("a<draw:frame><draw:text-box><text:p>boxed</text:p></draw:text-box></draw:frame>", "a\n\nboxed"),
        ("a<draw:custom-shape><text:p>shaped</text:p></draw:custom-shape>", "a\n\nshaped"),
        (
            'q<draw:frame><draw:object xlink:href="./Object 2"/></draw:frame>',
            "q\n\n| 분기 | 매출 |\n| --- | --- |\n| 1 | 40 |",
        ),
    ],
)
def test_what_is_shown(parsed, markup: str, text: str) -> None:
    formula = '<math xmlns="m"><semantics><mfrac><mn>3</mn><mn>16</mn></mfrac><annotation encoding="StarMath 5.0">{3} over {16}</annotation></semantics></math>'
    cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    rows = "".join(
        f"<table:table-row>{cell.format(a)}{cell.format(b)}</table:table-row>"
        for a, b in (("분기", "매출"), ("1", "40"))
    )
    chart = f"<office:document-content {NAMES}><table:table>{rows}</table:table></office:document-content>"
    document = parsed("a.odt", odt(f"<text:p>{markup}</text:p>", **{"1": formula, "2": chart}))
    assert document.text == text
    assert document.hidden_words == 0


def test_numbers_of_lists(parsed) -> None:
    body = (
        '<text:list xml:id="l1" text:style-name="L">'
        + item("<text:p>목적</text:p>", "<text:p>덧붙임</text:p>", "<text:list>" + item("<text:p>하나</text:p>") + item("<text:p>둘</text:p>") + "</text:list>")
        + item("<text:p>정의</text:p>")
        + "</text:list><text:p>사이</text:p>"
        + '<text:list text:style-name="L" text:continue-list="l1">' + item("<text:p>해지</text:p>") + "</text:list>"
        + '<text:list text:style-name="N">' + item("<text:p>c</text:p>")
        + item("<text:p>h</text:p>", "<text:list>" + item("<text:p>x</text:p>") + "</text:list>", start=' text:start-value="8"')
        + '</text:list><text:list text:style-name="B">' + item("<text:p>점</text:p>") + "</text:list>"
    )  # fmt: skip
    assert parsed("a.odt", odt(body)).text.split("\n") == [
        "제1조 목적", " 덧붙임", "  가. 하나", "  나. 둘", "제2조 정의", "", "사이", "", "제3조 해지", "3. c", "8. h", "  8.1. x", "- 점",
    ]  # fmt: skip


def test_numbered_headings_and_headers_once(parsed, outline) -> None:
    styles = (
        '<office:styles><text:outline-style><text:outline-level-style text:level="1" style:num-format="1" style:num-suffix="."/>'
        '<text:outline-level-style text:level="2" style:num-format="1" text:display-levels="2"/></text:outline-style></office:styles>'
        "<office:master-styles><style:master-page><style:header><text:p>문서번호 A-12</text:p></style:header><style:footer><text:p>대외비</text:p></style:footer>"
        "</style:master-page><style:master-page><style:header><text:p>문서번호 A-12</text:p></style:header></style:master-page></office:master-styles>"
    )
    body = "".join(
        f'<text:h text:outline-level="{level}">{text}</text:h>'
        for level, text in ((1, "배경"), (2, "현황"), (1, "계획"))
    )
    assert outline(parsed("a.odt", odt(body, styles))) == [
        ("paragraph", "문서번호 A-12"),
        ("heading1", "1. 배경"),
        ("heading2", "1.1 현황"),
        ("heading1", "2. 계획"),
        ("paragraph", "대외비"),
    ]


def test_a_paragraph_in_the_style_of_a_title_names_the_document(parsed, outline) -> None:
    styles = """<office:styles><style:style style:name="Title" style:family="paragraph"/>
<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Title"/>
<style:style style:name="Subtitle" style:family="paragraph"/></office:styles>"""
    body = """<text:p text:style-name="P1">Allotment rules</text:p><text:p text:style-name="Subtitle">2025</text:p>
<text:h text:outline-level="1">Water</text:h><text:p text:style-name="Title">Annex</text:p>"""
    document = parsed("a.odt", odt(body, styles))

    assert document.title == "Allotment rules"
    assert outline(document) == [
        ("heading1", "Allotment rules"), ("paragraph", "2025"), ("heading1", "Water"), ("heading1", "Annex"),
    ]  # fmt: skip


def test_spans_of_tables(parsed) -> None:
    def cell(text: str, attributes: str = "") -> str:
        return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"

    covered = "<table:covered-table-cell/>"
    body = (
        "<table:table><table:table-header-rows><table:table-row>" + cell("동") + cell("방") + cell("요금")
        + "</table:table-row></table:table-header-rows><table:table-row>" + cell("매화동", 'table:number-rows-spanned="2"') + cell("1인실")
        + cell("410,000") + "</table:table-row><table:table-row>" + covered + cell("2인실") + cell("290,000") + "</table:table-row><table:table-row>"
        + cell("난초동") + cell("미정", 'table:number-columns-spanned="2"') + covered
        + '</table:table-row><table:table-row table:visibility="collapse">' + cell("GX") + "</table:table-row></table:table>"
    )  # fmt: skip
    document = parsed("a.odt", odt(body))
    assert document.text.split("\n") == [
        "| 동 | 방 | 요금 |",
        "| --- | --- | --- |",
        "| 매화동 | 1인실 | 410,000 |",
        "| 매화동 | 2인실 | 290,000 |",
        "| 난초동 | 미정 | 미정 |",
    ]
    assert [piece.text for piece in document.hidden] == ["GX"]


def test_values_of_forms(parsed) -> None:
    forms = (
        '<office:forms><form:form><form:text form:id="c1" form:current-value="GX-19"/><form:checkbox form:id="c2" form:current-state="checked" form:label="동의"/>'
        '<form:checkbox form:id="c3" form:label="거부"/><form:listbox form:id="c4"><form:option form:label="대기"/><form:option form:current-selected="true" form:label="완료"/></form:listbox>'
        '<form:password form:id="c5" form:value="no"/></form:form></office:forms>'
    )
    body = (
        forms
        + "<text:p>부품"
        + "".join(f'<draw:control draw:control="c{n}"/>' for n in range(1, 6))
        + "</text:p>"
    )
    assert parsed("a.odt", odt(body)).text == "부품 GX-19 ☑ 동의 ☐ 거부 완료"


@pytest.mark.parametrize(
    ("markup", "how"),
    [
        (f"<text:p>{span('none', 'GX WORD')}</text:p>", "marked"),
        (f"<text:p>{span('white', 'GX WORD')}</text:p>", "colour"),
        (f"<text:p>{span('child', 'GX WORD')}</text:p>", "colour"),
        (f"<text:p>{span('tiny', 'GX WORD')}</text:p>", "size"),
        ("<text:p text:style-name='whitep'>GX WORD</text:p>", "colour"),
        ('<text:p><text:hidden-text text:is-hidden="true">GX WORD</text:hidden-text></text:p>', "marked"),
        ('<text:p><text:hidden-text text:string-value="GX WORD"/></text:p>', "marked"),
        ('<text:section text:display="none"><text:p>GX WORD</text:p></text:section>', "marked"),
    ],
)
def test_what_nobody_sees_is_hidden(parsed, markup: str, how: str) -> None:
    document = parsed("a.odt", odt(f"<text:p>Seen.</text:p>{markup}<text:p>Also.</text:p>"))
    assert document.text == "Seen.\n\nAlso."
    assert [(piece.text, piece.how) for piece in document.hidden] == [("GX WORD", how)]


def test_the_automatic_colour_is_seen_whatever_its_opacity_and_a_clear_one_is_not(parsed) -> None:
    """LibreOffice writes 0 % beside the automatic colour of the default style, and paints the text."""
    default = (
        '<style:default-style style:family="paragraph"><style:text-properties style:use-window-font-color="true"'
        ' draw:opacity="0%"/></style:default-style>'
    )
    named = "".join(
        f'<style:style style:name="{name}" style:family="text"><style:text-properties {said}/></style:style>'
        for name, said in (
            ("red", 'fo:color="#c00000"'),
            ("gone", 'fo:color="#c00000" draw:opacity="0%"'),
            ("back", 'style:use-window-font-color="true" draw:opacity="0%"'),
        )
    )
    body = f"<text:p>Seen {span('red', 'red')} {span('gone', 'GX WORD')} {span('back', 'black')}.</text:p>"
    document = parsed("a.odt", odt(body, default + named))
    assert " ".join(document.text.split()) == "Seen red black."
    assert [(piece.text, piece.how) for piece in document.hidden] == [("GX WORD", "transparent")]


@pytest.mark.parametrize(
    ("fill", "more", "is_seen"),
    [
        ('draw:fill="none"', "", False),
        ('draw:fill="none"', "<text:p><draw:frame><draw:image/></draw:frame></text:p>", True),
        ('draw:fill="solid" draw:fill-color="#fefefe"', "", False),
        ('draw:fill="solid" draw:fill-color="#003366"', "", True),
        ('draw:fill="bitmap"', "", True),
        ('fo:background-color="#ffffff"', "", False),
        ("", "", True),
    ],
)
def test_white_words_in_a_box_are_seen_unless_its_fill_is_white(
    parsed, fill: str, more: str, is_seen: bool
) -> None:
    styles = (
        f'<style:style style:name="b" style:family="graphic"><style:graphic-properties {fill}/></style:style>'
    )
    box = f'<text:p>Seen.<draw:frame draw:style-name="b"><draw:text-box><text:p>{span("white", "GX WORD")}</text:p></draw:text-box></draw:frame></text:p>'
    document = parsed("a.odt", odt(box + more, styles))
    assert document.text == ("Seen.\n\nGX WORD" if is_seen else "Seen.")
    assert document.hidden_words == (0 if is_seen else 2)


def test_light_text_on_a_dark_ground_stays_and_deleted_text_is_out(parsed) -> None:
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>GX</text:p></text:deletion></text:changed-region></text:tracked-changes>"
        f"<text:p text:style-name='darkp'>{span('white', 'one')}</text:p><text:p>{span('marked', 'two')}</text:p><table:table><table:table-row>"
        f"<table:table-cell table:style-name='darkc'><text:p>{span('white', 'three')}</text:p></table:table-cell><table:table-cell><text:p>x</text:p>"
        "</table:table-cell></table:table-row></table:table>"
    )
    document = parsed("a.odt", odt(body))
    assert document.text == "one\n\ntwo\n\nthree | x"
    assert document.hidden_words == 0


def test_a_damaged_part_is_named_and_spoils_no_other(parsed) -> None:
    markup = '<text:p>a<draw:frame><draw:object xlink:href="./Object 1"/></draw:frame>b</text:p>'
    document = parsed("a.odt", odt(markup, **{"1": "<math"}))
    assert document.text == "ab"
    assert document.partial == "its part ./Object 1 cannot be read"
