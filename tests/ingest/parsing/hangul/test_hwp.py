from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

import pytest

from chatbot.errors import DocumentRefused
from fakes.compound_writer import compound_file
from fakes.hwp_writer import (
    WHITE,
    HwpFile,
    TableCell,
    char_shape,
    control,
    extended,
    inline,
    listed,
    numbering,
    para_shape,
    paragraph,
    record,
    section_start,
    solid,
    string,
    table,
    with_table,
)
from ingest.parsing.parse import ParsedDocument

Parse = Callable[..., ParsedDocument]
Outline = Callable[[ParsedDocument], list[tuple[str, str]]]

RAISED, LOWERED = 1 << 15, 1 << 16
HANGUL = numbering(["^1.", "^2.", "^3)", "^4)", "(^5)", "(^6)", "^7"], [0, 8, 0, 8, 0, 8, 1])


def read(parsed: Parse, *parts: bytes, **file: object) -> ParsedDocument:
    return parsed("a.hwp", HwpFile([b"".join(parts)], **file).data())  # type: ignore[arg-type]


def one(parsed: Parse, text: str, controls: Sequence[bytes] = (), **file: object) -> str:
    return read(parsed, paragraph(text, controls=controls), **file).text


@pytest.mark.parametrize("flags", [0, 1])
def test_paragraphs_in_order_with_tabs_and_line_breaks(parsed: Parse, flags: int) -> None:
    document = read(
        parsed, paragraph("첫 문단\n둘째 줄"), paragraph(f"가{inline(9)}나\u001e다\u0018라"), flags=flags
    )
    assert document.text == "첫 문단\n둘째 줄\n\n가 나 다-라"
    assert document.format == "hwp"
    assert document.partial == ""


def test_sections_follow_each_other_by_number(parsed: Parse) -> None:
    file = HwpFile([paragraph(f"구역 {number}") for number in range(12)])
    assert parsed("a.hwp", file.data()).text.split("\n\n") == [f"구역 {number}" for number in range(12)]


def test_outline_styles_are_headings_with_their_numbers(parsed: Parse, outline: Outline) -> None:
    document = read(
        parsed,
        section_start(outline=1),
        paragraph("총칙", style=1, shape=1),
        paragraph("목적", style=2, shape=2),
        paragraph("적용 범위", style=2, shape=2),
        paragraph("수당", style=1, shape=1),
        paragraph("지급 기준", style=2, shape=2),
        paragraph("이 장은 모든 직원에게 적용한다.", style=2, shape=2),
        styles=["바탕글", "개요 1", "개요 2"],
        paragraphs=[para_shape(head=1, level=0), para_shape(head=1, level=1)],
        numberings=[HANGUL],
    )
    assert outline(document) == [
        ("heading1", "1. 총칙"),
        ("heading2", "가. 목적"),
        ("heading2", "나. 적용 범위"),
        ("heading1", "2. 수당"),
        ("heading2", "가. 지급 기준"),
        ("paragraph", "나. 이 장은 모든 직원에게 적용한다."),
    ]


def test_the_first_heading_in_the_style_of_a_title_names_the_document(parsed: Parse) -> None:
    styles = ["바탕글", "제목", "개요 1"]
    document = read(
        parsed,
        paragraph("위임전결규정", style=1),
        paragraph("총칙", style=2),
        paragraph("부록", style=1),
        styles=styles,
    )
    assert document.title == "위임전결규정"
    later = read(parsed, paragraph("총칙", style=2), paragraph("부록", style=1), styles=styles)
    assert later.title == ""


def test_numbers_of_articles_lists_and_bullets(parsed: Parse) -> None:
    document = read(
        parsed,
        paragraph("(목적)", shape=1),
        paragraph("(정의)", shape=1),
        paragraph("갑", shape=2),
        paragraph("을", shape=2),
        paragraph("(해지)", shape=1),
        paragraph("병", shape=2),
        paragraph("일반", shape=3),
        paragraph("점", shape=4),
        paragraphs=[para_shape(2, 0, 1), para_shape(2, 1, 1), para_shape(2, 0, 2), para_shape(3, 0, 1)],
        numberings=[
            numbering(["제^1조", "^n", "", "", "", "", ""], [0, 2, 0, 0, 0, 0, 0], start=1),
            numbering(["^1)", "", "", "", "", "", ""], [1] * 7, start=1, starts=[5, 1, 1, 1, 1, 1, 1]),
        ],
    )
    assert document.text.split("\n\n") == [
        "제1조 (목적)", "제2조 (정의)", "2.I 갑", "2.II 을", "제3조 (해지)", "3.I 병", "⑤) 일반", "- 점",
    ]  # fmt: skip


def test_titles_are_known_by_their_size_where_no_style_marks_them(parsed: Parse, outline: Outline) -> None:
    body = "공공 부문의 디지털 전환을 위하여 각 부처는 다음의 과제를 추진한다. " * 3
    document = read(
        parsed,
        paragraph("추진 계획", runs=[(0, 1)]),
        paragraph("추진 배경", runs=[(0, 2)]),
        paragraph(body),
        with_table([TableCell(0, 0, "Ⅱ", runs=[(0, 2)]), TableCell(0, 1, "과제", runs=[(0, 2)])]),
        paragraph(body),
        characters=[char_shape(22), char_shape(16)],
    )
    assert [found for found in outline(document) if found[0] != "paragraph"] == [
        ("heading1", "추진 계획"),
        ("heading2", "추진 배경"),
        ("heading2", "Ⅱ 과제"),
    ]


def test_merged_cells_belong_to_every_row_and_column(parsed: Parse) -> None:
    document = read(
        parsed,
        with_table(
            [
                TableCell(0, 0, "지역", rows=2),
                TableCell(0, 1, "매출", columns=2),
                TableCell(1, 1, "2023년"),
                TableCell(1, 2, "2024년"),
                TableCell(2, 0, "서울", rows=2),
                TableCell(2, 1, "1,250"),
                TableCell(2, 2, "1,310"),
                TableCell(3, 1, "980"),
                TableCell(3, 2, "1,020"),
                TableCell(4, 0, "단위: 백만원", columns=3),
            ]
        ),
    )
    assert document.text == (
        "| 지역 | 매출 | 매출 |\n| --- | --- | --- |\n| 지역 | 2023년 | 2024년 |\n| 서울 | 1,250 | 1,310 |\n"
        "| 서울 | 980 | 1,020 |\n| 단위: 백만원 |  |  |"
    )


def test_a_frame_and_a_table_in_a_table_are_read_one_after_the_other(parsed: Parse, outline: Outline) -> None:
    inner = with_table(
        [TableCell(0, 0, "항목"), TableCell(0, 1, "값"), TableCell(1, 0, "높이"), TableCell(1, 1, "3 m")], 2
    )
    document = read(parsed, with_table([TableCell(0, 0, content=paragraph("틀 안의 글", 2) + inner)]))
    assert outline(document) == [
        ("paragraph", "틀 안의 글"),
        ("table", "| 항목 | 값 |\n| --- | --- |\n| 높이 | 3 m |"),
    ]


def test_the_caption_of_a_table_carries_its_number(parsed: Parse) -> None:
    caption_number = control("atno", 3, struct.pack("<IH3H", 4, 7, 0, 0, 0))
    caption = listed(2, paragraph(f"표 {extended(18, 'atno')} 지역별 매출", 2, controls=[caption_number]))
    whole = table(
        1, [TableCell(0, 0, "가"), TableCell(0, 1, "나"), TableCell(1, 0, "1"), TableCell(1, 1, "2")]
    )
    head = len(record(71, 1, b"    " + bytes(40)))
    document = read(parsed, paragraph(extended(11, "tbl "), controls=[whole[:head] + caption + whole[head:]]))
    assert document.text == "표 7 지역별 매출\n\n| 가 | 나 |\n| --- | --- |\n| 1 | 2 |"


def test_struck_words_are_marked_as_those_that_no_longer_hold(parsed: Parse) -> None:
    # a line through the text, of shape 0 and of the three-dimensional shape 14, which Hangul does not draw
    shapes = [char_shape(attributes=1 << 18), char_shape(attributes=1 << 18 | 14 << 26)]
    runs = [(0, 0), (4, 1), (7, 0), (9, 2)]
    text = "요금은 500원 750원이다"
    assert read(parsed, paragraph(text, runs=runs), characters=shapes).text == ("요금은 ~~500~~원 750원이다")


def test_raised_and_lowered_characters_are_not_glued_to_figures(parsed: Parse) -> None:
    shapes = [char_shape(attributes=RAISED), char_shape(attributes=LOWERED)]

    def written(text: str, *runs: tuple[int, int]) -> str:
        return read(parsed, paragraph(text, runs=[(0, 0), *runs]), characters=shapes).text

    assert written("106개", (2, 1), (3, 0)) == "10^6개"
    assert written("CO2 농도", (2, 2), (3, 0)) == "CO2 농도"
    assert written("10-3 mol", (2, 1), (4, 0)) == "10^-3 mol"
    assert written("1,250주1) 원", (5, 1), (8, 0)) == "1,250 [주1] 원"
    assert written("9.5억건(2018) 발급", (5, 1), (11, 0)) == "9.5억건 (2018) 발급"


def test_notes_stand_apart_from_figures(parsed: Parse) -> None:
    def note(number: int, text: str) -> bytes:
        auto = control("atno", 3, struct.pack("<IH3H", 1, number, 0, 0, ord(")")))
        words = paragraph(f"{extended(18, 'atno')} {text}", 2, controls=[auto])
        return control("fn  ", 1, struct.pack("<I", number) + bytes(8), listed(2, words))

    text = f"매출은 1,250{extended(17, 'fn  ')}억원이다{extended(17, 'fn  ')}."
    document = read(parsed, paragraph(text, controls=[note(3, "잠정치"), note(4, "연결 기준")]))
    assert document.text == "매출은 1,250 [3]억원이다 [4].\n\n[3] 잠정치\n\n[4] 연결 기준"


def test_equations_fields_comments_and_overlapped_characters(parsed: Parse) -> None:
    equation = control(
        "eqed", 1, bytes(40), record(88, 2, bytes(4) + string("a over b ~=~ x ^{2}") + bytes(20))
    )
    assert one(parsed, f"식 {extended(11, 'eqed')}이다", [equation]) == "식 a over b = x ^{2} 이다"
    field = f"성명: {extended(3, '%clk')}홍길동{inline(4)} 귀하"
    assert one(parsed, field, [control("%clk", 1, bytes(20))]) == "성명: 홍길동 귀하"
    comment = control("tcmt", 1, b"", listed(2, paragraph("확인 필요", 2)))
    assert one(parsed, f"본문{extended(15, 'tcmt')}", [comment]) == "본문\n\n[Comment: 확인 필요]"
    ticked = control("tcps", 1, string("□✓") + bytes(8))
    assert one(parsed, f"{extended(23, 'tcps')} 동의", [ticked]) == "☑ 동의"
    boxed = control("tcps", 1, string("\U000f02b3"))
    assert one(parsed, f"{extended(23, 'tcps')} 과제", [boxed]) == "[3] 과제"
    ruby = control("tdut", 1, string("漢字") + string("한자"))
    assert one(parsed, f"{extended(23, 'tdut')}를", [ruby]) == "漢字(한자)를"


@pytest.mark.parametrize(("value", "box"), [(1, "☑"), (0, "☐")])
def test_check_boxes_show_whether_they_are_ticked(parsed: Parse, value: int, box: str) -> None:
    properties = f"CommonSet:set:40:Name:wstring:2:c1 ForeColor:int:0 ButtonSet:set:60:Caption:wstring:5:비밀 유지 Value:int:{value} "
    form = control("form", 1, bytes(40), record(91, 2, b"tbc+tbc+" + properties.encode("utf-16-le")))
    assert one(parsed, f"{extended(11, 'form')}에 동의", [form]) == f"{box} 비밀 유지 에 동의"


def test_headers_and_footers_are_read_once(parsed: Parse) -> None:
    def with_both(text: str) -> bytes:
        head = control("head", 1, bytes(8), listed(2, paragraph("대외비 제2024-7호", 2)))
        foot = control("foot", 1, bytes(8), listed(2, paragraph("총무과", 2)))
        return paragraph(f"{extended(16, 'head')}{extended(16, 'foot')}{text}", controls=[head, foot])

    document = read(parsed, with_both("첫 구역"), with_both("둘째 구역"))
    assert document.text == "[Header: 대외비 제2024-7호]\n\n첫 구역\n\n[Footer: 총무과]\n\n둘째 구역"


def box(
    text: str, level: int = 1, runs: Sequence[tuple[int, int]] = ((0, 0),), fill: int | None = None
) -> bytes:
    """A rectangle with words in it."""
    filled = struct.pack("<IIIi", 1, fill, 0, -1) if fill is not None else bytes(4)
    shape = b"cer$cer$" + bytes(42) + struct.pack("<H", 1) + bytes(48 + 96 + 13) + filled
    inner = record(76, level + 1, shape) + listed(level + 2, paragraph(text, level + 2, runs=runs))
    return control("gso ", level, bytes(40), inner)


def test_words_in_drawings_are_read(parsed: Parse) -> None:
    assert one(parsed, f"본문{extended(11, 'gso ')}", [box("상자의 글")]) == "본문\n\n상자의 글"


def test_words_that_nobody_sees_are_kept_apart(parsed: Parse) -> None:
    characters = [char_shape(colour=WHITE), char_shape(size=1), char_shape(colour=0xF8F8F8)]
    document = read(
        parsed,
        paragraph("보이는 글 숨긴 글 작은 글", runs=[(0, 0), (6, 1), (11, 2)]),
        paragraph("흐린 글", runs=[(0, 3)]),
        characters=characters,
    )
    assert document.text == "보이는 글"
    assert [(piece.text, piece.how) for piece in document.hidden] == [
        ("숨긴 글", "colour"),
        ("작은 글", "size"),
        ("흐린 글", "colour"),
    ]


def test_white_words_on_a_dark_ground_are_seen(parsed: Parse) -> None:
    characters = [char_shape(colour=WHITE), char_shape(colour=WHITE, shade=0x800000)]
    cells = [TableCell(0, 0, "구분", fill=1, runs=[(0, 1)]), TableCell(0, 1, "값", fill=1, runs=[(0, 1)]),
             TableCell(1, 0, "높이"), TableCell(1, 1, "3 m", runs=[(0, 1)])]  # fmt: skip
    document = read(
        parsed,
        with_table(cells),
        paragraph("음영 위의 글", runs=[(0, 2)]),
        paragraph("띠 위의 글", shape=1, runs=[(0, 1)]),
        paragraph(extended(11, "gso "), controls=[box("파란 상자", runs=[(0, 1)], fill=0x800000)]),
        paragraph(extended(11, "gso "), controls=[box("흰 상자", runs=[(0, 1)], fill=WHITE)]),
        characters=characters,
        paragraphs=[para_shape(fill=1)],
        fills=[solid(0x600000)],
    )
    assert (
        document.text
        == "| 구분 | 값 |\n| --- | --- |\n| 높이 |  |\n\n음영 위의 글\n\n띠 위의 글\n\n파란 상자"
    )
    assert [piece.text for piece in document.hidden] == ["3 m", "흰 상자"]


@pytest.mark.parametrize(
    ("flags", "reason"),
    [(1 | 2, "password"), (1 | 4, "for distribution"), (1 | 16, "DRM"), (1 | 256, "certificate")],
)
def test_what_only_hangul_opens_is_refused_by_name(parsed: Parse, flags: int, reason: str) -> None:
    with pytest.raises(DocumentRefused, match=reason):
        parsed("a.hwp", HwpFile([paragraph("글")], flags=flags).data())


def test_a_damaged_section_keeps_what_comes_before_and_is_partial(parsed: Parse) -> None:
    whole = b"".join(paragraph(f"문단 {number}") for number in range(50))
    document = parsed("a.hwp", HwpFile([whole[:-30]], flags=0).data())
    assert document.text.startswith("문단 0\n\n문단 1")
    assert "section 1 could not be read to its end" in document.partial
    with pytest.raises(DocumentRefused, match="no section"):
        parsed("a.hwp", HwpFile([b"\xff" * 50], flags=1).data())


def test_garbage_under_the_name_of_a_section_is_refused(parsed: Parse) -> None:
    header = b"HWP Document File".ljust(36, b"\0") + b"\1" + bytes(219)
    with pytest.raises(DocumentRefused, match="damaged"):
        parsed(
            "a.hwp",
            compound_file({"FileHeader": header, "DocInfo": b"x" * 99, "BodyText/Section0": b"\7" * 5000}),
        )


def test_tables_within_tables_without_end_stop(parsed: Parse) -> None:
    content = paragraph("innermost", 90)
    for level in range(45, 0, -1):
        content = paragraph(
            extended(11, "tbl ") + f"level {level}", 2 * level - 2,
            controls=[table(2 * level - 1, [TableCell(0, 0, content=content)])],
        )  # fmt: skip
    document = read(parsed, content)
    assert "level 1" in document.text
    assert "nested too deeply" in document.partial


def test_a_table_of_claimed_size_is_cut_off(parsed: Parse) -> None:
    document = read(
        parsed,
        with_table([TableCell(0, 0, "x", 1000, 1000), TableCell(1, 1, "y", 1000, 900), TableCell(3, 3, "z")]),
    )
    assert "very large table" in document.partial
