from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO

import pytest

from chatbot.errors import DocumentRefused
from ingest.parsing.parse import ParsedDocument

Parse = Callable[..., ParsedDocument]
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def record(number: int, data: bytes = b"") -> bytes:
    """Numbers from 128 on take two bytes; the size is in one to four bytes of seven bits."""
    head = bytes([number]) if number < 128 else bytes([number & 0x7F | 0x80, number >> 7])
    size, rest = b"", len(data)
    while True:
        size += bytes([rest & 0x7F | (0x80 if rest > 0x7F else 0)])
        rest >>= 7
        if not rest:
            return head + size + data


def string(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def cell(number: int, column: int, value: bytes, style: int = 0) -> bytes:
    return record(number, struct.pack("<II", column, style) + value)


def text(column: int, words: str, style: int = 0) -> bytes:
    return cell(6, column, string(words), style)


def real(column: int, value: float, style: int = 0) -> bytes:
    return cell(5, column, struct.pack("<d", value), style)


def row(number: int, *cells: bytes, flags: int = 0) -> bytes:
    return record(0, struct.pack("<IIHBBB", number, 0, 300, 0, flags, 0)) + b"".join(cells)


def relations(*targets: tuple[str, str]) -> str:
    inner = "".join(
        f'<Relationship Id="rId{number}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}">{inner}</Relationships>'


def font(height: int = 220, colour: bytes = bytes(8), escapement: int = 0) -> bytes:
    return record(
        43, struct.pack("<4H", height, 0, 400, escapement) + bytes(4) + colour + b"\2" + string("Calibri")
    )


def rgb(value: str) -> bytes:
    return b"\5\0\0\0" + bytes.fromhex(value) + b"\xff"


def workbook(
    sheets: Mapping[str, bytes],
    *,
    formats: Mapping[int, str] = {},
    fonts: bytes = font(),
    fills: tuple[bytes, ...] = (),
    styles: tuple[tuple[int, int, int], ...] = ((0, 0, 0),),
    strings: bytes = b"",
    states: tuple[int, ...] = (0, 0, 0),
    parts: Mapping[str, bytes | str] = {},
) -> bytes:
    body = (
        b"".join(record(44, struct.pack("<H", number) + string(code)) for number, code in formats.items())
        + fonts
    )
    for pattern, colour in [(0, bytes(8)), *((1, fill) for fill in fills)]:
        body += record(45, struct.pack("<I", pattern) + colour + bytes(52))
    body += record(626, bytes(4)) + record(47, bytes(16)) + record(627) + record(617, bytes(4))
    for style in styles:
        body += record(47, struct.pack("<4H", 0, *style) + bytes(8))
    body += record(618)
    main = record(153, bytes(12)) + b"".join(
        record(156, struct.pack("<II", state, number) + string(f"rId{number}") + string(name))
        for number, (name, state) in enumerate(zip(sheets, states, strict=False), 1)
    )
    members: dict[str, bytes | str] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": relations(("officeDocument", "xl/workbook.bin")),
        "xl/workbook.bin": main,
        "xl/_rels/workbook.bin.rels": relations(
            *(("worksheet", f"worksheets/sheet{number}.bin") for number in range(1, len(sheets) + 1)),
            ("styles", "styles.bin"),
            ("sharedStrings", "sharedStrings.bin"),
        ),
        "xl/styles.bin": record(278) + body,
        "xl/sharedStrings.bin": record(159, bytes(8)) + strings + record(160),
        **{
            f"xl/worksheets/sheet{number}.bin": record(129) + data + record(130)
            for number, data in enumerate(sheets.values(), 1)
        },
        **parts,
    }
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)
    return buffer.getvalue()


def test_values_as_the_sheet_shows_them(parsed: Parse) -> None:
    strings = record(19, b"\0" + string("지역")) + record(
        19, b"\1" + string("1,2503") + struct.pack("<IHH", 1, 5, 1)
    )
    data = workbook(
        {
            "매출": record(145)
            + row(0, cell(7, 0, struct.pack("<I", 0)), text(1, "비율"), text(2, "번호"), text(3, "명"), text(4, "확인"))
            + row(1, text(0, "서울"), real(1, 0.125, 1), cell(2, 2, struct.pack("<i", 3187 << 2 | 2), 2),
                  cell(7, 3, struct.pack("<I", 1)), cell(4, 4, b"\1"))
            + row(2, real(1, -0.5, 1), real(2, 45_000_000, 3), cell(9, 3, struct.pack("<dHI", 45352, 0, 0), 4),
                  cell(3, 4, b"\7"))
            + record(146) + record(176, struct.pack("<4I", 1, 2, 0, 0))
        },
        formats={164: "0.0%", 165: "00000", 166: '#,##0"원"', 167: "yyyy-mm-dd"},
        fonts=font() + font(escapement=1),
        styles=((0, 0, 0), (164, 0, 0), (165, 0, 0), (166, 0, 0), (167, 0, 0)),
        strings=strings,
    )  # fmt: skip
    document = parsed("a.xlsb", data)
    assert document.text == (
        "| 지역 | 비율 | 번호 | 명 | 확인 |\n| --- | --- | --- | --- | --- |\n"
        "| 서울 | 12.5% | 03187 | 1,250 [3] | TRUE |\n| 서울 | -50.0% | 45,000,000원 | 2024-03-01 | #DIV/0! |"
    )
    assert (document.format, document.partial, document.pages[0].label) == ("xlsb", "", "매출")


def test_what_the_sheet_hides_is_kept_apart(parsed: Parse) -> None:
    hidden_column = record(60, struct.pack("<4IH", 2, 2, 2560, 0, 1))
    data = workbook(
        {
            "보임": hidden_column + record(145)
            + row(0, text(0, "A1"), text(1, "B1"), text(2, "hidden column"))
            + row(1, text(0, "hidden row"), flags=0x10)
            + row(2, text(0, "white", 1), text(1, "white on blue", 2)) + record(146),
            "숨김": record(145) + row(0, text(0, "hidden sheet")) + record(146),
        },
        fonts=font() + font(colour=rgb("ffffff")),
        fills=(rgb("1f3864"),),
        styles=((0, 0, 0), (0, 1, 0), (0, 1, 1)),
        states=(0, 1),
    )  # fmt: skip
    document = parsed("a.xlsb", data)
    assert document.text == "| A1 | B1 |\n| --- | --- |\n|  | white on blue |"
    assert {(piece.text, piece.how) for piece in document.hidden} == {
        ("hidden column hidden row", "marked"), ("white", "colour"), ("hidden sheet", "marked"),
    }  # fmt: skip


def test_comments_and_print_headers(parsed: Parse) -> None:
    comment = record(635, struct.pack("<5I", 0, 0, 0, 0, 0) + bytes(16)) + record(
        637, b"\0" + string("잠정치")
    )
    running = record(479, bytes(2) + string("&L대외비&R&P") + string("&C총무과"))
    data = workbook(
        {"S": record(145) + row(0, text(0, "금액")) + record(146) + running},
        parts={
            "xl/worksheets/_rels/sheet1.bin.rels": relations(("comments", "../comments1.bin")),
            "xl/comments1.bin": record(628) + comment + record(629),
        },
    )
    assert parsed("a.xlsb", data).text == "[Header: 대외비]\n\n[Footer: 총무과]\n\n금액 [Comment: 잠정치]"


def test_a_sheet_that_is_cut_off_is_partial_and_a_workbook_that_is_none_is_refused(parsed: Parse) -> None:
    sheet = record(145) + row(0, text(0, "첫 줄"))
    document = parsed("a.xlsb", workbook({"S": sheet + b"\7\x7f"}))
    assert document.text == "첫 줄"
    assert "sheet 'S' could not be read to its end" in document.partial
    with pytest.raises(DocumentRefused, match="damaged"):
        parsed("a.xlsb", workbook({"S": sheet}, parts={"xl/workbook.bin": b"\x9c\x01\x7f"}))


def test_white_words_are_seen_only_where_a_conditional_format_may_paint_them(parsed: Parse) -> None:
    def condition(kind: int, look: int, operator: int, top: int, bottom: int, formula: bytes) -> bytes:
        ranges = struct.pack("<3I4I", 1, 0, 1, top, bottom, 1, 1)
        head = struct.pack("<5I8xH3I", kind, 0, look, 1, operator, 0, len(formula), 0, 0)
        said = struct.pack("<II", 0xFFFFFFFF, len(formula)) + formula + bytes(4)
        return record(461, ranges) + record(463, head + said)

    def look(*kinds: int) -> bytes:
        return record(
            507,
            struct.pack("<3H", 0, 0, len(kinds)) + b"".join(struct.pack("<2H4x", kind, 8) for kind in kinds),
        )

    rows = b"".join(
        row(place, text(0, f"줄 {place}"), real(1, value, 1)) for place, value in enumerate((5, 15, 7, 8))
    )
    rows += row(4, text(0, "줄 4"), text(1, "open", 1))
    rows += condition(1, 0, 5, 0, 1, struct.pack("<BH", 0x1E, 10))
    rows += condition(2, 0, 0, 2, 2, b"\x44" + bytes(6)) + condition(2, 1, 0, 3, 3, b"\x44" + bytes(6))
    rows += condition(1, 2, 3, 4, 4, struct.pack("<BH", 0x17, 4) + "Open".encode("utf-16-le"))
    rows += row(5, text(0, "줄 5"), real(1, 0)) + row(6, text(0, "줄 6"), real(1, 3))
    rows += condition(1, 3, 3, 5, 6, struct.pack("<BH", 0x1E, 0))
    white = record(507, struct.pack("<5H", 0, 0, 1, 5, 12) + rgb("ffffff"))
    fonts = font() + font(colour=rgb("ffffff")) + look(1) + look(27) + look(5) + white
    document = parsed("a.xlsb", workbook({"표": rows}, fonts=fonts, styles=((0, 0, 0), (0, 1, 0))))
    lines = [line.strip("| ").split(" | ") for line in document.text.splitlines() if "줄" in line]
    assert [line[1:] for line in lines] == [[], ["15"], ["7"], [], ["open"], [], ["3"]]
    assert [(piece.text, piece.how) for piece in document.hidden] == [("5 8 0", "colour")]
