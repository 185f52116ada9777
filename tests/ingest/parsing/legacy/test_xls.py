from __future__ import annotations

import datetime
import struct
from collections.abc import Callable
from io import BytesIO

import pytest
import xlwt

from chatbot.errors import DocumentRefused
from fakes.compound_writer import compound_file
from ingest.parsing.parse import ParsedDocument

Parse = Callable[..., ParsedDocument]


def style(number_format: str = "General", **font: int) -> xlwt.XFStyle:
    found = xlwt.XFStyle()
    found.num_format_str = number_format
    for key, value in font.items():
        setattr(found.font, key, value)
    return found


def saved(book: xlwt.Workbook) -> bytes:
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def one_sheet(fill: Callable[[xlwt.Worksheet], None], name: str = "표") -> bytes:
    book = xlwt.Workbook()
    fill(book.add_sheet(name))
    return saved(book)


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (0.125, "0.0%", "12.5%"),
        (3187, "00000", "03187"),
        (212345678, '00"-"0000"-"0000', "02-1234-5678"),
        (45_000_000, '#,##0"원"', "45,000,000원"),
        (-1234.5, "#,##0.00;[Red](#,##0.00)", "(1,234.50)"),
        (0.1 + 0.2, "General", "0.3"),
        (1234567890123, "General", "1234567890123"),
        (datetime.date(2024, 3, 1), "yyyy-mm-dd", "2024-03-01"),
        (datetime.datetime(2024, 3, 1, 14, 5), "yyyy-mm-dd hh:mm", "2024-03-01 14:05"),
        (1.1458333333, "[h]:mm", "27:30"),
        (39508, 'yyyy"년" m"월"', "2008년 3월"),
        ("00123", "@", "00123"),
        (True, "General", "TRUE"),
        (1.5e-7, "0.00E+00", "1.50E-07"),
        (75, "General", "75"),
    ],
)
def test_values_as_the_sheet_shows_them(parsed: Parse, value: object, number_format: str, shown: str) -> None:
    def fill(sheet: xlwt.Worksheet) -> None:
        sheet.write(0, 0, "항목")
        sheet.write(0, 1, value, style(number_format))

    document = parsed("a.xls", one_sheet(fill))
    assert document.text == f"항목 | {shown}"
    assert document.format == "xls"
    assert document.partial == ""


def test_merged_values_belong_to_every_row_and_sheets_are_pages(parsed: Parse) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("매출")
    for column, text in enumerate(("지역", "월", "금액")):
        sheet.write(0, column, text)
    sheet.write_merge(1, 2, 0, 0, "서울")
    for row, (month, amount) in enumerate((("1월", 1250), ("2월", 1310)), 1):
        sheet.write(row, 1, month)
        sheet.write(row, 2, amount, style("#,##0"))
    book.add_sheet("빈 시트")
    book.add_sheet("메모").write(3, 2, "확인")
    document = parsed("a.xls", saved(book))
    assert document.text == (
        "| 지역 | 월 | 금액 |\n| --- | --- | --- |\n| 서울 | 1월 | 1,250 |\n| 서울 | 2월 | 1,310 |\n\n확인"
    )
    assert [(page.number, page.label) for page in document.pages] == [(1, "매출"), (3, "메모")]


def test_what_the_sheet_hides_is_kept_apart(parsed: Parse) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("보임")
    for row in range(3):
        for column in range(3):
            sheet.write(row, column, f"{'ABC'[column]}{row + 1}")
    sheet.row(1).hidden = True
    sheet.col(2).hidden = True
    sheet.write(3, 0, "white", style(colour_index=1))
    filled = style(colour_index=1)
    filled.pattern.pattern, filled.pattern.pattern_fore_colour = xlwt.Pattern.SOLID_PATTERN, 18
    sheet.write(3, 1, "white on blue", filled)
    sheet.write(4, 0, 42, style(";;;"))
    sheet.write(4, 1, "tiny", style(height=20))
    hidden = book.add_sheet("숨김")
    hidden.visibility = 1
    hidden.write(0, 0, "비밀 시트")
    document = parsed("a.xls", saved(book))
    assert document.text == "| A1 | B1 |\n| --- | --- |\n| A3 | B3 |\n|  | white on blue |"
    found = {(piece.text, piece.how) for piece in document.hidden}
    assert {("white", "colour"), ("tiny", "size"), ("비밀 시트", "marked")} <= found
    assert document.hidden_words == 5 + 1 + 1 + 1 + 2


def test_formulas_show_their_results(parsed: Parse) -> None:
    def fill(sheet: xlwt.Worksheet) -> None:
        sheet.write(0, 0, "합계")
        sheet.write(0, 1, xlwt.Formula("1+2"))

    # xlwt stores no result but 0; the number is put into the record: FORMULA, row, column, style, float
    data = bytearray(one_sheet(fill))
    place = next(
        at
        for at in range(len(data))
        if data[at : at + 2] == b"\x06\0" and data[at + 4 : at + 8] == b"\0\0\1\0"
    )
    data[place + 10 : place + 18] = struct.pack("<d", 3.0)
    assert parsed("a.xls", bytes(data)).text == "합계 | 3"
    data[place + 10 : place + 18] = b"\2\0\x07\0\0\0\xff\xff"
    assert parsed("a.xls", bytes(data)).text == "합계 | #DIV/0!"


def test_raised_runs_stay_apart_from_figures(parsed: Parse) -> None:
    up = xlwt.Font()
    up.escapement = xlwt.Font.ESCAPEMENT_SUPERSCRIPT

    def fill(sheet: xlwt.Worksheet) -> None:
        sheet.write_rich_text(0, 0, ("1,250", ("3", up), " 명"))
        sheet.write_rich_text(1, 0, ("10", ("6", up), " 개"))

    assert parsed("a.xls", one_sheet(fill)).text == "1,250 [3] 명\n10^6 개"


def test_shared_texts_longer_than_a_record_are_whole(parsed: Parse) -> None:
    texts = [f"{number}: " + ("가나다 abc " * 700) + "끝" for number in range(5)] + ["plain " * 3_000 + "end"]

    def fill(sheet: xlwt.Worksheet) -> None:
        for row, text in enumerate(texts):
            sheet.write(row, 0, text)

    assert parsed("a.xls", one_sheet(fill)).text.split("\n") == [" ".join(text.split()) for text in texts]


def biff(number: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", number, len(data)) + data


def workbook(globals_: bytes, sheet: bytes, version: int = 0x600) -> bytes:
    """A workbook of one sheet, record by record."""
    start = biff(0x809, struct.pack("<HHII", version, 5, 0, 0) + bytes(4)) + globals_
    label = b"\1\0S" if version == 0x600 else b"\1S"
    bound = biff(0x85, struct.pack("<IBB", 0, 0, 0) + label)
    offset = len(start) + len(bound) + 4
    bound = biff(0x85, struct.pack("<IBB", offset, 0, 0) + label)
    body = biff(0x809, struct.pack("<HHII", version, 0x10, 0, 0) + bytes(4)) + sheet + biff(0x0A)
    return compound_file({"Workbook" if version == 0x600 else "Book": start + bound + biff(0x0A) + body})


def label(row: int, column: int, text: str) -> bytes:
    return biff(0x204, struct.pack("<4HB", row, column, 0, len(text), 1) + text.encode("utf-16-le"))


def test_comments_boxes_and_ticks(parsed: Parse) -> None:
    def drawn(kind: int, number: int, text: str, more: bytes = b"") -> bytes:
        head = struct.pack("<4H", 0x15, 18, kind, number) + bytes(14)
        box = biff(0x1B6, struct.pack("<10xH6x", len(text))) + biff(0x3C, b"\1" + text.encode("utf-16-le"))
        return biff(0x5D, head + more) + box

    ticked = struct.pack("<6H", 0x12, 8, 1, 0, 0, 0)
    note = biff(0x1C, struct.pack("<4H", 0, 0, 0, 7) + bytes(3))
    sheet = (
        label(0, 0, "금액")
        + drawn(0x19, 7, "잠정치")
        + note
        + drawn(0x0B, 8, "승인", ticked)
        + drawn(6, 9, "주의: 대외비")
    )
    document = parsed("a.xls", workbook(b"", sheet + drawn(0x0B, 10, "반려")))
    assert document.text == "금액 [Comment: 잠정치]\n\n☑ 승인\n\n주의: 대외비\n\n☐ 반려"


def test_workbooks_of_excel_5_in_the_encoding_of_their_computer(parsed: Parse) -> None:
    text = "가격표".encode("cp949")
    cell = biff(0x204, struct.pack("<4H", 0, 0, 0, len(text)) + text)
    data = workbook(biff(0x42, struct.pack("<H", 949)), cell, version=0x500)
    assert parsed("a.xls", data).text == "가격표"


def test_a_chart_makes_the_workbook_partial(parsed: Parse) -> None:
    title = biff(0x100D, struct.pack("<HBB", 0, 4, 1) + "분기매출".encode("utf-16-le"))
    chart = biff(0x809, struct.pack("<HHII", 0x600, 0x20, 0, 0) + bytes(4)) + title + biff(0x0A)
    document = parsed("a.xls", workbook(b"", label(0, 0, "표") + chart + label(1, 0, "뒤")))
    assert document.text == "표\n뒤\n\n분기매출"
    assert "charts" in document.partial


def test_encrypted_damaged_and_older_workbooks_are_refused_or_partial(parsed: Parse) -> None:
    with pytest.raises(DocumentRefused, match="password"):
        parsed("a.xls", workbook(biff(0x2F, bytes(54)), label(0, 0, "x")))
    with pytest.raises(DocumentRefused, match="damaged"):
        parsed("a.xls", compound_file({"Workbook": b"\xff" * 5_000}))
    with pytest.raises(DocumentRefused, match="Excel 4 or older"):
        parsed("a.xls", compound_file({"Workbook": b"\x09\x04" + bytes(5_000)}))
    whole = workbook(b"", label(0, 0, "첫 줄") + biff(0x203, b"\1\0") + label(2, 0, "셋째 줄"))
    document = parsed("a.xls", whole)
    assert "첫 줄" in document.text
    assert "셋째 줄" in document.text
    assert "could not be read to its end" in document.partial


def test_hostile_records_end(parsed: Parse) -> None:
    merged = biff(0xE5, struct.pack("<5H", 1, 0, 65535, 0, 255))
    rows = b"".join(label(row, 0, "x") for row in range(500))
    document = parsed("a.xls", workbook(b"", rows + merged * 300))
    assert "x" in document.text


def test_cells_in_a_symbol_font_show_its_signs_and_struck_ones_are_marked(parsed: Parse) -> None:
    def fill(sheet: xlwt.Worksheet) -> None:
        for row, (label, value, font) in enumerate(
            [("done", "\xfe", {"name": "Wingdings"}), ("old", "R", {"name": "Wingdings 2"}),
             ("price", 900, {"struck_out": True}), ("new", 750, {})]
        ):  # fmt: skip
            sheet.write(row, 0, label)
            sheet.write(row, 1, value, style(**font))

    assert parsed("a.xls", one_sheet(fill)).text.splitlines() == [
        "| done | ☑ |", "| --- | --- |", "| old | ☑ |", "| price | ~~900~~ |", "| new | 750 |",
    ]  # fmt: skip


def styled(*colours: int) -> bytes:
    """A font of each colour of the palette, and a cell style with each of them."""
    fonts = b"".join(
        biff(0x31, struct.pack("<5H", 200, 0, colour, 400, 0) + bytes(4) + b"\1\0A") for colour in colours
    )
    return fonts + b"".join(
        biff(0xE0, struct.pack("<2H", place, 0) + bytes(16)) for place in range(len(colours))
    )


def condition(rule: bytes, *ranges: tuple[int, int, int, int]) -> bytes:
    head = struct.pack("<2H4HH", 1, 0, *ranges[0], len(ranges))
    return biff(0x1B0, head + b"".join(struct.pack("<4H", *found) for found in ranges)) + biff(0x1B1, rule)


def rule(kind: int, operator: int, looks: bytes, *formulas: bytes) -> bytes:
    first, second = (*formulas, b"", b"")[:2]
    return struct.pack("<BBHH", kind, operator, len(first), len(second)) + looks + first + second


FILLED = struct.pack("<IHI", 1 << 29, 0, 0)
BOLD = struct.pack("<IH", 1 << 26, 0) + bytes(80) + b"\xff" * 4 + bytes(34)
RED = struct.pack("<IHH", 1 << 26 | 1 << 25, 0, 9) + bytes(80) + struct.pack("<I", 10) + bytes(34)


def test_white_words_are_seen_only_where_a_conditional_format_may_paint_them(parsed: Parse) -> None:
    def number(row: int, column: int, value: float) -> bytes:
        return biff(0x203, struct.pack("<3Hd", row, column, 1, value))

    def whole(value: int) -> bytes:
        return struct.pack("<BH", 0x1E, value)

    said = struct.pack("<BBB", 0x17, 4, 0) + b"Open"
    white = biff(0x204, struct.pack("<4HB", 6, 1, 1, 4, 1) + "open".encode("utf-16-le"))
    sheet = b"".join(label(row, 0, f"줄 {row}") for row in range(9))
    sheet += b"".join(number(row, 1, value) for row, value in enumerate((5, 15, -2, -4, 7, 8)))
    sheet += white + number(7, 1, 21) + number(8, 1, 22)
    sheet += condition(rule(1, 5, FILLED, whole(10)), (0, 1, 1, 1))
    sheet += condition(rule(1, 6, RED, whole(3) + b"\x13"), (2, 3, 1, 1))
    sheet += condition(rule(2, 0, FILLED, b"\x44" + bytes(4)), (4, 4, 1, 1))
    sheet += condition(rule(2, 0, BOLD, b"\x44" + bytes(4)), (5, 5, 1, 1))
    sheet += condition(rule(1, 3, FILLED, said), (6, 6, 1, 1), (8, 8, 1, 1))
    document = parsed(
        "a.xls",
        workbook(
            styled(8, 9),
            sheet + condition(rule(1, 1, FILLED, struct.pack("<Bd", 0x1F, 20.5), whole(30)), (7, 7, 1, 1)),
        ),
    )
    lines = [line.strip("| ").split(" | ") for line in document.text.splitlines() if "줄" in line]
    assert [line[1:] for line in lines] == [[], ["15"], [], ["-4"], ["7"], [], ["open"], ["21"], []]
    assert [(piece.text, piece.how) for piece in document.hidden] == [("5 -2 8 22", "colour")]


def test_words_that_a_conditional_format_paints_in_the_colour_behind_them_are_hidden(parsed: Parse) -> None:
    def number(row: int, value: float) -> bytes:
        return biff(0x203, struct.pack("<3Hd", row, 1, 0, value))

    zero = struct.pack("<BH", 0x1E, 0)
    white = struct.pack("<IH", 1 << 26, 0) + bytes(80) + struct.pack("<I", 9) + bytes(34)
    # a red fill under red words
    alarm = struct.pack("<IH", 1 << 26 | 1 << 29, 0) + bytes(80) + struct.pack("<I", 10) + bytes(34)
    alarm += struct.pack("<2H", 1 << 10, 10 << 7)
    sheet = b"".join(
        label(row, 0, f"줄 {row}") + number(row, value) for row, value in enumerate((5, 0, -3, 12))
    )
    sheet += condition(rule(1, 3, white, zero), (0, 3, 1, 1)) + condition(
        rule(1, 6, alarm, zero), (0, 3, 1, 1)
    )
    document = parsed("a.xls", workbook(styled(8, 9), sheet))
    assert document.text == "| 줄 0 | 5 |\n| --- | --- |\n| 줄 1 |  |\n| 줄 2 |  |\n| 줄 3 | 12 |"
    assert [(piece.text, piece.how) for piece in document.hidden] == [("0 -3", "colour")]
