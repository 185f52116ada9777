from __future__ import annotations

import zipfile
from io import BytesIO

import docx
import openpyxl
import pytest
from docx.oxml import parse_xml
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def saved(document) -> bytes:
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_word_headings_paragraphs_lists_and_tables_come_in_document_order(parsed, outline) -> None:
    document = docx.Document()
    document.core_properties.title = "제품 설명서"
    document.add_heading("안전 수칙", 1)
    document.add_paragraph("전원을 끄고 ").add_run("작업하십시오.").bold = True
    document.add_paragraph("하나", style="List Bullet")
    document.add_paragraph("둘", style="List Bullet")
    table = document.add_table(2, 3)
    for cell, text in zip(table._cells, ["품목", "값", "비고", "사과", "1200", "a|b"], strict=True):
        cell.text = text
    document.add_heading("Details", 2)
    document.add_paragraph("After the table.")
    result = parsed("manual.docx", saved(document))
    assert result.title == "제품 설명서"
    assert outline(result) == [
        ("heading1", "안전 수칙"),
        ("paragraph", "전원을 끄고 작업하십시오."),
        ("paragraph", "- 하나\n- 둘"),
        ("table", "| 품목 | 값 | 비고 |\n| --- | --- | --- |\n| 사과 | 1200 | a\\|b |"),
        ("heading2", "Details"),
        ("paragraph", "After the table."),
    ]


def test_word_text_in_content_controls_boxes_and_insertions_is_read_and_deleted_text_is_not(
    parsed, outline
) -> None:
    document = docx.Document()
    body = document.element.body
    for xml in (
        f"<w:sdt {W}><w:sdtContent><w:p><w:r><w:t>in a control</w:t></w:r></w:p></w:sdtContent></w:sdt>",
        f"<w:p {W}><w:ins><w:r><w:t>추가됨</w:t></w:r></w:ins><w:del><w:r><w:delText>삭제됨</w:delText></w:r></w:del></w:p>",
        f"<w:p {W}><w:r><w:t>anchor</w:t></w:r><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>글상자</w:t></w:r></w:p>"
        "</w:txbxContent></w:pict></w:r></w:p>",
        f'<w:p {W}><w:pPr><w:outlineLvl w:val="2"/></w:pPr><w:r><w:t>outline level</w:t></w:r></w:p>',
    ):
        body.append(parse_xml(xml))
    assert outline(parsed("a.docx", saved(document))) == [
        ("paragraph", "in a control"),
        ("paragraph", "추가됨"),
        ("paragraph", "anchor"),
        ("paragraph", "글상자"),
        ("heading3", "outline level"),
    ]


def test_each_slide_is_a_page_with_title_text_tables_charts_and_notes(parsed, outline) -> None:
    presentation = Presentation()
    layout = presentation.slide_layouts[5]
    first = presentation.slides.add_slide(layout)
    first.shapes.title.text = "분기 실적"
    low = first.shapes.add_textbox(Inches(1), Inches(5), Inches(3), Inches(1))
    low.text_frame.text = "아래"
    high = first.shapes.add_textbox(Inches(1), Inches(2), Inches(3), Inches(1))
    high.text_frame.text = "one"
    high.text_frame.add_paragraph().text = "two"
    first.notes_slide.notes_text_frame.text = "발표자 메모"
    second = presentation.slides.add_slide(layout)
    table = second.shapes.add_table(2, 2, Inches(1), Inches(1), Inches(4), Inches(1)).table
    for index, text in enumerate(["A", "B", "1", "2"]):
        table.cell(index // 2, index % 2).text = text
    data = CategoryChartData()
    data.categories = ["1월", "2월"]
    data.add_series("매출", (10, 20))
    second.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(1), Inches(3), Inches(4), Inches(3), data)
    document = parsed("deck.pptx", saved(presentation))
    assert [(page.number, document.text[page.start : page.end][:5]) for page in document.pages] == [
        (1, "분기 실적"),
        (2, "| A |"),
    ]
    assert outline(document) == [
        ("heading1", "분기 실적"),
        ("paragraph", "- one\n- two"),
        ("paragraph", "아래"),
        ("paragraph", "[Notes: 발표자 메모]"),
        ("table", "| A | B |\n| --- | --- |\n| 1 | 2 |"),
        ("table", "|  | 매출 |\n| --- | --- |\n| 1월 | 10 |\n| 2월 | 20 |"),
    ]


def test_each_sheet_is_a_page_with_its_name_and_its_tables(parsed, outline) -> None:
    book = openpyxl.Workbook()
    book.active.title = "가격표"
    for row in (
        ["2024년 가격"],
        ["품목", "값"],
        ["사과", 1200.0],
        ["배", 0.1 + 0.2],
        [],
        ["합계", 3],
        [],
        ["이름", "부서"],
        ["Kim", "R&D"],
    ):
        book.active.append(row)
    book.create_sheet("Empty")
    notes = book.create_sheet("Notes")
    notes["C7"] = "=A1+1"
    document = parsed("prices.xlsx", saved(book))
    assert [(page.number, page.label) for page in document.pages] == [(1, "가격표"), (3, "Notes")]
    assert outline(document) == [
        ("paragraph", "2024년 가격"),
        ("table", "| 품목 | 값 |\n| --- | --- |\n| 사과 | 1200 |\n| 배 | 0.3 |\n| 합계 | 3 |"),
        ("table", "| 이름 | 부서 |\n| --- | --- |\n| Kim | R&D |"),
        ("paragraph", "=A1+1"),
    ]


def test_a_sheet_that_claims_to_be_as_large_as_excel_allows_costs_only_its_cells(parsed) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "name"
    book.active["XFD1"] = "last column"
    book.active["A1048576"] = "last row"
    data = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(saved(book))) as source,
        zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for member in source.infolist():
            content = source.read(member)
            target.writestr(
                member, content.replace(b'<dimension ref="A1"', b'<dimension ref="A1:XFD1048576"')
            )
    document = parsed("huge.xlsx", data.getvalue())
    assert "last column" in document.text
    assert "last row" in document.text
    assert len(document.text) < 200


@pytest.mark.parametrize("name", ["deck.pptx", "book.xlsx", "letter.docx", "no-ending"])
def test_the_content_decides_the_format_not_the_name(parsed, name: str) -> None:
    document = docx.Document()
    document.add_paragraph("본문")
    assert parsed(name, saved(document)).format == "docx"
