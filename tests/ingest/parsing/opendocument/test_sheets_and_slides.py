from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO

import pytest

from chatbot.errors import DocumentRefused
from ingest.parsing.parse import ParsedDocument

Parse = Callable[..., ParsedDocument]
Outline = Callable[[ParsedDocument], list[tuple[str, str]]]
_PREFIXES = ("office", "table", "text", "style", "draw", "presentation", "chart", "number", "meta")
_SPACES = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in _PREFIXES)
_SPACES += ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
_SPACES += ' xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"'


def document(
    kind: str, body: str, styles: str = "", masters: str = "", parts: Mapping[str, str] = {}
) -> bytes:
    inner = f"<office:{kind}>{body}</office:{kind}>"
    members = {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "content.xml": f"<office:document-content {_SPACES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body>{inner}</office:body></office:document-content>",
        "styles.xml": f"<office:document-styles {_SPACES}>{masters}</office:document-styles>",
        **{name: text.replace("SPACES", _SPACES) for name, text in parts.items()},
    }
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)
    return buffer.getvalue()


def cell(text: str, kind: str = "string", more: str = "") -> str:
    return f'<table:table-cell office:value-type="{kind}" {more}><text:p>{text}</text:p></table:table-cell>'


def row(*cells: str, more: str = "") -> str:
    return f"<table:table-row {more}>{''.join(cells)}</table:table-row>"


def sheet(*rows: str, name: str = "표", more: str = "") -> str:
    return f'<table:table table:name="{name}" {more}>{"".join(rows)}</table:table>'


COVERED = "<table:covered-table-cell/>"
TEXT = (
    '<style:style style:name="{name}" style:family="{family}"><style:text-properties {said}/></style:style>'
)


def test_cells_show_what_the_sheet_shows(parsed: Parse) -> None:
    rows = [
        row(cell("지역"), cell("비율"), cell("전화"), cell("금액")),
        row(cell("서울", more='table:number-rows-spanned="2"'), cell("12.5%", "percentage", 'office:value="0.125"'),
            cell("02-1234-5678", "float", 'office:value="212345678"'), cell("45,000,000원", "float", 'office:value="45000000"')),
        row(COVERED, cell("50%", "percentage", 'office:value="0.5"'),
            cell("03187", "float", 'office:value="3187" table:number-columns-repeated="2"')),
        row("<table:table-cell/>", more='table:number-rows-repeated="1048000"'),
    ]  # fmt: skip
    found = parsed("a.ods", document("spreadsheet", sheet(*rows)))
    assert found.text == (
        "| 지역 | 비율 | 전화 | 금액 |\n| --- | --- | --- | --- |\n"
        "| 서울 | 12.5% | 02-1234-5678 | 45,000,000원 |\n| 서울 | 50% | 03187 | 03187 |"
    )
    assert (found.format, found.partial, found.pages[0].label) == ("ods", "", "표")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ('office:value-type="percentage" office:value="0.125"', "12.5%"),
        ('office:value-type="currency" office:currency="KRW" office:value="45000"', "45000 KRW"),
        ('office:value-type="date" office:date-value="2024-03-01T00:00:00"', "2024-03-01"),
        ('office:value-type="time" office:time-value="PT27H30M00S"', "27:30:00"),
        ('office:value-type="float" office:value="0.30000000000000004"', "0.3"),
        ('office:value-type="boolean" office:boolean-value="true"', "TRUE"),
        ('office:value-type="string" office:string-value="00123"', "00123"),
    ],
)
def test_values_without_their_text_keep_their_kind(parsed: Parse, value: str, shown: str) -> None:
    body = sheet(row(cell("항목"), f"<table:table-cell {value}/>"))
    assert parsed("a.ods", document("spreadsheet", body)).text == f"항목 | {shown}"


def test_hidden_parts_of_a_sheet_are_kept_apart(parsed: Parse) -> None:
    styles = (
        TEXT.format(name="white", family="table-cell", said='fo:color="#ffffff"')
        + '<style:style style:name="dark" style:family="table-cell" style:parent-style-name="white">'
        '<style:table-cell-properties fo:background-color="#1f3864"/></style:style>'
        + TEXT.format(name="tiny", family="text", said='fo:font-size="1pt"')
        + '<style:style style:name="off" style:family="table"><style:table-properties table:display="false"/></style:style>'
    )
    styles += (
        '<style:style style:name="flat" style:family="table-row"><style:table-row-properties style:row-height="0.02cm"/></style:style>'
        '<style:style style:name="thin" style:family="table-column"><style:table-column-properties style:column-width="0cm"/></style:style>'
    )
    body = sheet(
        '<table:table-column table:number-columns-repeated="2"/><table:table-column table:visibility="collapse"/>'
        '<table:table-column table:style-name="thin"/>',
        row(cell("A1"), cell("B1"), cell("hidden column"), cell("thin column")),
        row(cell("flat row"), more='table:style-name="flat"'),
        row(cell("hidden row"), more='table:visibility="collapse"'),
        row(
            cell("white", more='table:style-name="white"'),
            cell("white on blue", more='table:style-name="dark"'),
        ),
        row(cell('seen<text:span text:style-name="tiny"> tiny</text:span>'), cell("B4")),
    ) + sheet(row(cell("hidden sheet")), name="숨김", more='table:style-name="off"')
    found = parsed("a.ods", document("spreadsheet", body, styles))
    assert found.text == "| A1 | B1 |\n| --- | --- |\n|  | white on blue |\n| seen | B4 |"
    assert {(piece.text, piece.how) for piece in found.hidden} == {
        ("hidden column thin column flat row hidden row", "marked"), ("white", "colour"), ("tiny", "size"), ("hidden sheet", "marked"),
    }  # fmt: skip


def test_raised_text_comments_boxes_and_print_headers(parsed: Parse) -> None:
    styles = TEXT.format(name="up", family="text", said='style:text-position="super 58%"')
    comment = "<office:annotation><text:p>잠정치</text:p></office:annotation>"
    noted = f'<table:table-cell office:value-type="string">{comment}<text:p>1,250<text:span text:style-name="up">3</text:span></text:p></table:table-cell>'
    box = "<table:shapes><draw:frame><draw:text-box><text:p>주의: 대외비</text:p></draw:text-box></draw:frame></table:shapes>"
    masters = (
        "<style:master-page><style:header><text:p>제2024-7호</text:p></style:header>"
        "<style:footer><text:p>Page <text:page-number>1</text:page-number></text:p></style:footer></style:master-page>"
    )
    found = parsed("a.ods", document("spreadsheet", sheet(box, row(noted)), styles, masters))
    assert found.text == "[Header: 제2024-7호]\n\n1,250 [3] [Comment: 잠정치]\n\n주의: 대외비"


CHART = """<office:document-content SPACES><office:body><office:chart><chart:chart>
<chart:title><text:p>분기 매출</text:p></chart:title><table:table table:name="local-table"><table:table-rows>
<table:table-row><table:table-cell><text:p/></table:table-cell><table:table-cell><text:p>2024</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell><text:p>1분기</text:p></table:table-cell><table:table-cell><text:p>1,250</text:p></table:table-cell></table:table-row>
</table:table-rows></table:table></chart:chart></office:chart></office:body></office:document-content>"""


def frame(inner: str, kind: str = "", y: float = 1, more: str = "") -> str:
    said = f'presentation:class="{kind}"' if kind else ""
    return f'<draw:frame {said} svg:x="1cm" svg:y="{y}cm" svg:width="5cm" svg:height="1cm" {more}>{inner}</draw:frame>'


def box(text: str, kind: str = "", y: float = 1, more: str = "") -> str:
    return frame(f"<draw:text-box>{text}</draw:text-box>", kind, y, more)


def test_slides_are_pages_with_titles_lists_tables_charts_and_notes(parsed: Parse, outline: Outline) -> None:
    items = "<text:list><text:list-item><text:p>첫째</text:p><text:list><text:list-item><text:p>세부</text:p></text:list-item></text:list></text:list-item></text:list>"
    table = sheet(row(cell("항목"), cell("값")), row(cell("높이"), cell("3 m")))
    notes = f"<presentation:notes>{box('<text:p>천천히 말한다</text:p>', 'notes')}</presentation:notes>"
    chart = frame('<draw:object xlink:href="./Object 1"/>', y=9)
    prompt = box("<text:p>제목을 입력하십시오</text:p>", "title", more='presentation:placeholder="true"')
    body = (
        f'<draw:page draw:name="표지">{box(items, "outline", 5)}{frame(table, y=7)}{chart}'
        f"{box('<text:p>추진 계획</text:p>', 'title', 3)}{notes}</draw:page>"
        f"<draw:page>{prompt}{box('<text:p>둘째 장</text:p>')}</draw:page>"
    )
    found = parsed("a.odp", document("presentation", body, parts={"Object 1/content.xml": CHART}))
    assert outline(found) == [
        ("heading1", "추진 계획"),
        ("paragraph", "- 첫째\n  - 세부"),
        ("table", "| 항목 | 값 |\n| --- | --- |\n| 높이 | 3 m |"),
        ("paragraph", "분기 매출"),
        ("table", "|  | 2024 |\n| --- | --- |\n| 1분기 | 1,250 |"),
        ("paragraph", "[Notes: 천천히 말한다]"),
        ("paragraph", "둘째 장"),
    ]
    assert [(page.number, page.label) for page in found.pages] == [(1, "표지"), (2, "")]
    assert (found.format, found.partial) == ("odp", "")


def test_numbered_lists_on_slides_keep_their_numbers(parsed: Parse) -> None:
    styles = (
        '<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>'
        '<text:list-level-style-number text:level="2" style:num-format="가" style:num-suffix=")"/></text:list-style>'
        '<text:list-style style:name="B"><text:list-level-style-bullet text:level="2" text:bullet-char="•"/></text:list-style>'
    )

    def item(text: str, more: str = "", start: str = "") -> str:
        return f"<text:list-item{start}><text:p>{text}</text:p>{more}</text:list-item>"

    inner = f"<text:list>{item('전원을 끈다')}{item('2분 기다린다')}</text:list>"
    bullets = f'<text:list text:style-name="B">{item("장갑")}</text:list>'
    steps = item("준비", inner + bullets) + item("") + item("교체<text:line-break/>한다")
    later = item("확인", start=' text:start-value="7"')
    body = f'<draw:page>{box(f"""<text:list text:style-name="L">{steps}{later}</text:list>""", "outline")}</draw:page>'
    assert parsed("a.odp", document("presentation", body, styles)).text == (
        "1. 준비\n  가) 전원을 끈다\n  나) 2분 기다린다\n  - 장갑\n2. 교체 한다\n7. 확인"
    )


def test_a_file_of_which_only_what_is_not_read_holds_words_is_not_called_empty(parsed: Parse) -> None:
    body = f"<draw:page>{frame('<draw:object-ole/>')}</draw:page>"
    with pytest.raises(DocumentRefused) as refused:
        parsed("a.odp", document("presentation", body))
    assert str(refused.value) == (
        "No text was found, and part of the file was not read: charts and objects of other programs were not read. "
        "Open it in its own program, save it as PDF and try again."
    )


def test_hidden_slides_and_words_beside_or_like_the_slide_are_kept_apart(parsed: Parse) -> None:
    styles = (
        '<style:style style:name="off" style:family="drawing-page"><style:drawing-page-properties presentation:visibility="hidden"/></style:style>'
        '<style:style style:name="blue" style:family="graphic"><style:graphic-properties draw:fill="solid" draw:fill-color="#1f3864"/></style:style>'
        + TEXT.format(name="white", family="text", said='fo:color="#ffffff"')
    )
    masters = (
        '<style:page-layout style:name="L"><style:page-layout-properties fo:page-width="28cm" fo:page-height="21cm"/></style:page-layout>'
        '<style:master-page style:name="M" style:page-layout-name="L"/>'
    )
    white = '<text:p><text:span text:style-name="white">{}</text:span></text:p>'
    body = (
        f'<draw:page draw:master-page-name="M">{box("<text:p>보임</text:p>")}{box(white.format("흰 글"), y=2)}{box("<text:p>밖</text:p>", y=22)}</draw:page>'
        f'<draw:page draw:master-page-name="M">{box(white.format("파란 상자의 글"), more=chr(32) + "draw:style-name=" + chr(34) + "blue" + chr(34))}{box(white.format("상자 위의 글"))}</draw:page>'
        f'<draw:page draw:style-name="off">{box("<text:p>숨긴 장</text:p>")}</draw:page>'
    )
    found = parsed("a.odp", document("presentation", body, styles, masters))
    assert found.text == "보임\n\n파란 상자의 글\n\n상자 위의 글"
    assert [(piece.text, piece.how) for piece in found.hidden] == [
        ("흰 글", "colour"), ("밖", "outside"), ("숨긴 장", "marked"),
    ]  # fmt: skip


def test_the_automatic_colour_is_seen_whatever_its_opacity(parsed: Parse) -> None:
    """LibreOffice writes 0 % beside it, and paints the text."""
    styles = TEXT.format(
        name="auto", family="text", said='style:use-window-font-color="true" draw:opacity="0%"'
    )
    said = '<text:p><text:span text:style-name="auto">예산 900</text:span></text:p>'
    slide = parsed("a.odp", document("presentation", f"<draw:page>{box(said)}</draw:page>", styles))
    assert (slide.text, slide.hidden) == ("예산 900", ())


@pytest.mark.parametrize("kind", ["spreadsheet", "presentation"])
def test_encrypted_documents_are_refused_by_name(parsed: Parse, kind: str) -> None:
    manifest = '<m:manifest xmlns:m="x"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>'
    with pytest.raises(DocumentRefused, match="password"):
        parsed("a.od", document(kind, "", parts={"META-INF/manifest.xml": manifest}))


def test_repeated_cells_do_not_fill_the_memory(parsed: Parse) -> None:
    full = row(
        cell("x", more='table:number-columns-repeated="16384"'), more='table:number-rows-repeated="1048576"'
    )
    found = parsed("a.ods", document("spreadsheet", sheet(row(cell("first"), cell("b")), full)))
    assert found.text.startswith("| first | b |")
    assert "could not be read to its end" in found.partial


def test_signs_of_symbol_fonts_and_struck_words_on_a_sheet_and_a_slide(parsed: Parse) -> None:
    styles = (
        '<style:style style:name="s" style:family="text"><style:text-properties style:font-name="Symbol"/></style:style>'
        '<style:style style:name="w" style:family="text"><style:text-properties style:font-name="Wingdings"/></style:style>'
        '<style:style style:name="o" style:family="text"><style:text-properties style:text-line-through-style="solid"/></style:style>'
    )
    said = (
        '<text:span text:style-name="w">\xfe</text:span> 5 <text:span text:style-name="s">m</text:span>g '
        '<text:span text:style-name="o">900</text:span> 750'
    )
    assert (
        "☑ 5 μg ~~900~~ 750" in parsed("a.ods", document("spreadsheet", sheet(row(cell(said))), styles)).text
    )
    page = f"<draw:page><draw:frame><draw:text-box><text:p>{said}</text:p></draw:text-box></draw:frame></draw:page>"
    assert parsed("a.odp", document("presentation", page, styles)).text == "☑ 5 μg ~~900~~ 750"


def test_words_under_a_painted_shape_or_in_the_colour_behind_them_are_kept_apart(parsed: Parse) -> None:
    fill = '<style:style style:name="{name}" style:family="graphic"><style:graphic-properties {said}/></style:style>'
    styles = (
        fill.format(name="paper", said='draw:fill="solid" draw:fill-color="#ffffff"')
        + fill.format(name="glass", said='draw:fill="solid" draw:fill-color="#ffffff" draw:opacity="40%"')
        + fill.format(name="blue", said='draw:fill="solid" draw:fill-color="#1f3864"')
        + fill.format(name="none", said='draw:fill="none"')
        + TEXT.format(name="white", family="text", said='fo:color="#ffffff"')
        + TEXT.format(name="clear", family="text", said='draw:opacity="0%"')
    )
    masters = (
        '<style:page-layout style:name="L"><style:page-layout-properties fo:page-width="28cm" fo:page-height="21cm"/></style:page-layout>'
        '<style:master-page style:name="M" style:page-layout-name="L"><draw:frame svg:x="1cm" svg:y="20cm" svg:width="9cm"'
        ' svg:height="1cm"><draw:text-box><text:p>공단 연보</text:p></draw:text-box></draw:frame></style:master-page>'
    )

    def rect(look: str, y: float, more: str = "", left: float = 0, wide: float = 9, high: float = 1.5) -> str:
        return (
            f'<draw:rect draw:style-name="{look}" svg:x="{left}cm" svg:y="{y}cm" svg:width="{wide}cm"'
            f' svg:height="{high}cm" {more}/>'
        )

    def said(text: str, look: str = "") -> str:
        return f'<text:p><text:span text:style-name="{look}">{text}</text:span></text:p>'

    animated = '<draw:set draw:targetElement="r1"/>'  # any name space: its local name counts
    shapes = [
        box(said("예산 900"), y=1), rect("paper", 0.8),
        box(said("비쳐 보임"), y=3), rect("glass", 2.8),
        box(said("일부만 덮임"), y=5), rect("paper", 4.8, wide=3),
        box(said("나중에 나타남"), y=7), rect("paper", 6.8, 'xml:id="r1"'),
        rect("blue", 8.8), box(said("파란 칸 위의 글", "white"), y=9),
        rect("paper", 10.8), box(said("흰 칸 위의 글", "white"), y=11),
        box(said("투명한 글", "clear"), y=13),
        f'<draw:g draw:display="none">{box(said("꺼진 묶음"), y=15)}</draw:g>',
        rect("none", 16.8), box(said("마지막 줄"), y=17),
    ]  # fmt: skip
    body = f'<draw:page draw:master-page-name="M">{"".join(shapes)}{animated}</draw:page><draw:page draw:master-page-name="M">{box(said("둘째"))}</draw:page>'
    found = parsed("a.odp", document("presentation", body, styles, masters))
    assert found.text.split("\n\n") == [
        "비쳐 보임", "일부만 덮임", "나중에 나타남", "파란 칸 위의 글", "마지막 줄", "공단 연보", "둘째",
    ]  # fmt: skip
    assert [(piece.text, piece.how) for piece in found.hidden] == [
        ("예산 900", "covered"), ("흰 칸 위의 글", "colour"), ("투명한 글", "transparent"), ("꺼진 묶음", "marked"),
    ]  # fmt: skip
