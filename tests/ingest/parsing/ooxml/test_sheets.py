"""Workbooks as their sheets show them: merged cells, comments, boxes, formulas; what nobody sees apart."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from types import MappingProxyType

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule, ColorScaleRule, FormulaRule, IconSetRule
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.table import Table, TableStyleInfo

WHITE = Font(color="FFFFFFFF")


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def changed(
    data: bytes, change: Callable[[str, bytes], bytes], more: Mapping[str, str] = MappingProxyType({})
) -> bytes:
    """The package with each part changed, and ``more`` parts."""
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            target.writestr(name, change(name, source.read(name)))
        for name, text in more.items():
            target.writestr(name, text)
    return buffer.getvalue()


def filled(*rows: list[object]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    return book


def test_a_merged_value_stands_in_every_row_and_column_that_it_covers(parsed, outline) -> None:
    book = filled(
        ["2026년 매출", None, None, None],
        ["지역", "상반기", None, "비고"],
        [None, "1분기", "2분기", None],
        ["강릉", 10, 20, "확정"],
        [None, 30, 40, None],
        ["여수", "해당 없음", None, None],
    )
    for cells in ("A1:D1", "A2:A3", "B2:C2", "D2:D3", "A4:A5", "D4:D5", "B6:C6"):
        book.active.merge_cells(cells)
    assert outline(parsed("a.xlsx", saved(book))) == [
        ("paragraph", "2026년 매출"),
        (
            "table",
            "| 지역 | 상반기 | 상반기 | 비고 |\n| --- | --- | --- | --- |\n| 지역 | 1분기 | 2분기 | 비고 |\n"
            "| 강릉 | 10 | 20 | 확정 |\n| 강릉 | 30 | 40 | 확정 |\n| 여수 | 해당 없음 | 해당 없음 |  |",
        ),
    ]


def test_a_merged_value_of_a_hidden_row_is_seen_in_the_others(parsed) -> None:
    book = filled(["지역", "월"], ["강릉", "1월"], [None, "2월"], ["여수", "3월"])
    book.active.merge_cells("A2:A3")
    book.active.row_dimensions[2].hidden = True
    document = parsed("a.xlsx", saved(book))
    assert "| 강릉 | 2월 |" in document.text
    assert [piece.text for piece in document.hidden] == ["1월"]


def test_values_left_under_merged_cells_are_covered(parsed) -> None:
    book = filled(["a", "b"], ["seen", "left behind"])
    data = changed(
        saved(book),
        lambda name, part: part.replace(
            b"</sheetData>", b'</sheetData><mergeCells count="1"><mergeCell ref="A2:B2"/></mergeCells>'
        ),
    )
    document = parsed("a.xlsx", data)
    assert "left behind" not in document.text
    assert [(piece.text, piece.how) for piece in document.hidden] == [("left behind", "covered")]


def test_what_a_sheet_hides_is_no_text(parsed) -> None:
    book = filled(
        ["name", "seen", "column"], ["row", "r", ""], ["white", "w", ""], ["tiny", "t", ""], [";;;", 7, ""]
    )
    sheet = book.active
    sheet.row_dimensions[2].hidden = True
    sheet.column_dimensions["C"].hidden = True
    sheet["A3"].font = WHITE
    sheet["A4"].font = Font(size=1)
    sheet["B5"].number_format = ";;;"
    for state in ("hidden", "veryHidden"):
        other = book.create_sheet(state)
        other.append(["on a sheet"])
        other.sheet_state = state
    document = parsed("a.xlsx", saved(book))
    assert document.text == "| name | seen |\n| --- | --- |\n|  | w |\n|  | t |\n| ;;; |  |"
    assert [(piece.how, piece.text) for piece in document.hidden] == [
        ("marked", "column row r"),
        ("colour", "white"),
        ("size", "tiny"),
        ("marked", "7"),
        ("marked", "on a sheet on a sheet"),
    ]
    assert document.hidden_words == 12


@pytest.mark.parametrize("kind", ["fill", "table", "condition", "theme"])
def test_white_on_dark_is_seen(parsed, kind: str) -> None:
    book = filled(["제목", "값"], ["하나", 1])
    sheet = book.active
    sheet["A1"].font = sheet["B1"].font = WHITE
    if kind == "fill":
        sheet["A1"].fill = sheet["B1"].fill = PatternFill("solid", fgColor="FF1F4E79")
    elif kind == "theme":
        sheet["A1"].fill = sheet["B1"].fill = PatternFill("solid", fgColor=openpyxl.styles.Color(theme=3))
    elif kind == "table":
        table = Table(displayName="T", ref="A1:B2", tableStyleInfo=TableStyleInfo(name="TableStyleMedium2"))
        sheet.add_table(table)
    else:
        fill = PatternFill("solid", bgColor="FF000000")
        sheet.conditional_formatting.add("A1:B1", CellIsRule("notEqual", ['"x"'], fill=fill))
    document = parsed("a.xlsx", saved(book))
    assert "| 제목 | 값 |" in document.text
    assert document.hidden_words == 0


DARK = PatternFill("solid", bgColor="FF0060A0")


@pytest.mark.parametrize(
    ("rule", "seen"),
    [
        (CellIsRule("equal", ['"SECRET"'], fill=DARK), ["secret"]),
        (CellIsRule("greaterThan", ["5"], fill=DARK), ["secret", "7"]),  # text is greater than any number
        (CellIsRule("between", ["8", "6"], fill=DARK), ["7"]),
        (CellIsRule("lessThan", ["5"], fill=DARK), []),
        (CellIsRule("notEqual", ["7"], font=Font(bold=True)), []),  # it paints nothing
        (CellIsRule("notEqual", ["Z1"], fill=DARK), ["secret", "7"]),  # nobody knows what stands there
        (FormulaRule(["A1=1"], fill=DARK), ["secret", "7"]),
        (ColorScaleRule("min", None, "000000", "max", None, "333333"), ["7"]),
        (IconSetRule("3Arrows", "percent", [0, 33, 67]), []),
    ],
)
def test_white_words_are_seen_where_a_conditional_format_may_paint_them(
    parsed, rule, seen: list[str]
) -> None:
    book = filled(["name", "kind", "count"], ["row", "secret", 7], ["last", "secret", 7])
    for cell in ("B2", "C2", "B3", "C3"):
        book.active[cell].font = WHITE
    book.active.conditional_formatting.add("A1:XFD2", rule)
    document = parsed("a.xlsx", saved(book))
    row = next(line for line in document.text.split("\n") if "row" in line)
    assert [word for word in ("secret", "7") if word in row] == seen
    # the row below the range has no rule
    assert document.hidden_words == 4 - len(seen)


def test_comments_stand_in_their_cells(parsed) -> None:
    book = filled(["품목", "값"], ["사과", 1200])
    book.active["B2"].comment = Comment("잠정치", "Kim")
    book.active["D9"].comment = Comment("On an empty cell", "Kim")
    text = parsed("a.xlsx", saved(book)).text
    assert "| 사과 | 1200 [Comment: 잠정치] |" in text
    assert text.endswith("[Comment: On an empty cell]")


def test_formulas_without_a_result_look_like_none_and_are_told(parsed) -> None:
    book = filled(["a", "b"], [1, "=A2*2"])
    document = parsed("a.xlsx", saved(book))
    assert "| 1 | =A2*2 |" in document.text
    assert document.partial == (
        "1 formulas without a stored result: open the workbook in Excel and save it again"
    )


def test_a_chart_is_a_table_with_its_titles(parsed, outline) -> None:
    book = filled(["월", "이탈률"], ["1월", 0.125], ["2월", 0.1])
    for row in (2, 3):
        book.active.cell(row, 2).number_format = "0.0%"
    chart = BarChart()
    chart.title = "월별 이탈률"
    chart.add_data(Reference(book.active, min_col=2, min_row=1, max_row=3), titles_from_data=True)
    chart.set_categories(Reference(book.active, min_col=1, min_row=2, max_row=3))
    book.create_sheet("그림").add_chart(chart, "A1")
    assert ("paragraph", "월별 이탈률") in outline(parsed("a.xlsx", saved(book)))


def test_headers_and_footers_of_the_print_are_said_without_page_numbers(parsed) -> None:
    book = filled(["a", "b"], [1, 2])
    sheet = book.active
    sheet.title = "재고"
    sheet.oddHeader.center.text = "&A 대외비"
    sheet.oddFooter.right.text = "Page &P of &N"
    assert parsed("a.xlsx", saved(book)).text.startswith("[Header: 재고 대외비]\n\n")


def test_rich_text_keeps_its_marks_and_loses_its_hidden_runs(parsed) -> None:
    book = filled(["Area", "x"], ["y", 1])
    run = b'<r><t>40 m</t></r><r><rPr><vertAlign val="superscript"/></rPr><t>2</t></r>'
    white = b'<r><rPr><color rgb="FFFFFFFF"/></rPr><t> secret</t></r>'
    data = changed(saved(book), lambda name, part: part.replace(b"<t>x</t>", run + white))
    document = parsed("a.xlsx", data)
    assert "| Area | 40 m^2 |" in document.text
    assert [(piece.text, piece.how) for piece in document.hidden] == [("secret", "colour")]


def test_strict_workbooks_are_read(parsed) -> None:
    def strict(name: str, part: bytes) -> bytes:
        part = part.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        )
        return part.replace(
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        )

    assert (
        "| 사과 | 318 |"
        in parsed("a.xlsx", changed(saved(filled(["품목", "재고"], ["사과", 318])), strict)).text
    )


def test_text_boxes_and_form_controls_are_read(parsed) -> None:
    book = filled(["설비", "상태"], ["펌프", "정지"])
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{kind}/drawing" Target="../drawings/drawing9.xml"/>'
        f'<Relationship Id="r2" Type="{kind}/vmlDrawing" Target="../drawings/vml9.vml"/></Relationships>'
    )
    box = (
        '<xdr:wsDr xmlns:xdr="x" xmlns:a="a"><xdr:twoCellAnchor><xdr:grpSp><xdr:sp><xdr:nvSpPr>'
        '<xdr:cNvPr id="2" name="T"/></xdr:nvSpPr><xdr:txBody><a:p><a:r><a:t>승인 후 재가동</a:t></a:r></a:p></xdr:txBody>'
        '</xdr:sp></xdr:grpSp><xdr:pic><xdr:nvPicPr><xdr:cNvPr id="3" name="P" descr="배관 도면"/></xdr:nvPicPr></xdr:pic>'
        "</xdr:twoCellAnchor></xdr:wsDr>"
    )
    vml = (
        '<xml xmlns:v="v" xmlns:x="x"><v:shape><v:textbox><div>점검 완료<br></div></v:textbox>'
        '<x:ClientData ObjectType="Checkbox"><x:Checked>1</x:Checked></x:ClientData></v:shape></xml>'
    )
    more = {
        "xl/worksheets/_rels/sheet1.xml.rels": relations,
        "xl/drawings/drawing9.xml": box,
        "xl/drawings/vml9.vml": vml,
    }
    data = changed(saved(book), lambda name, part: part, more)
    text = parsed("a.xlsx", data).text
    assert text.endswith("승인 후 재가동\n\n[Picture: 배관 도면]\n\n☑ 점검 완료")


def test_a_damaged_sheet_keeps_its_first_rows_and_the_other_sheets(parsed) -> None:
    book = filled(["a", "b"], [1, 2], [3, 4])
    book.create_sheet("Other").append(["whole", "sheet"])

    def cut(name: str, part: bytes) -> bytes:
        return part[: part.index(b'<row r="3"') + 15] if name == "xl/worksheets/sheet1.xml" else part

    document = parsed("a.xlsx", changed(saved(book), cut))
    assert "| 1 | 2 |" in document.text
    assert "whole | sheet" in document.text
    assert document.partial == "sheet 'Sheet' could not be read to its end"


def test_cells_in_a_symbol_font_show_its_signs_and_struck_ones_are_marked(parsed) -> None:
    book = filled(["done", "\u00fe"], ["unit", "mg"], ["price", 900], ["new", 750])
    book.active["B1"].font = Font(name="Wingdings")
    book.active["B2"] = CellRichText(
        TextBlock(InlineFont(rFont="Symbol"), "m"), TextBlock(InlineFont(rFont="Arial"), "g")
    )
    book.active["B3"].font = Font(strike=True)
    assert parsed("a.xlsx", saved(book)).text.splitlines() == [
        "| done | ☑ |", "| --- | --- |", "| unit | μg |", "| price | ~~900~~ |", "| new | 750 |",
    ]  # fmt: skip


def test_words_that_a_conditional_format_paints_in_the_colour_behind_them_are_hidden(parsed) -> None:
    book = openpyxl.Workbook()
    for row, value in enumerate((5, 0, -3, 12), 1):
        book.active.append([f"row {row}", value])
    red = PatternFill("solid", bgColor="FFFF0000")
    formats = book.active.conditional_formatting
    formats.add("B1:B4", CellIsRule("equal", ["0"], font=Font(color="FFFFFFFF")))
    formats.add("B1:B4", CellIsRule("lessThan", ["0"], font=Font(color="FFFF0000"), fill=red))
    formats.add("B4:B4", FormulaRule(["A4=1"], font=Font(color="FFFFFFFF")))
    document = parsed("a.xlsx", saved(book))
    assert document.text == "| row 1 | 5 |\n| --- | --- |\n| row 2 |  |\n| row 3 |  |\n| row 4 | 12 |"
    assert [(piece.text, piece.how) for piece in document.hidden] == [("0 -3", "colour")]
