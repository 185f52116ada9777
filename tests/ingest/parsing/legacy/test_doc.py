from __future__ import annotations

import struct
from collections.abc import Callable

import pytest

from chatbot.errors import DocumentRefused
from fakes.compound_writer import compound_file
from fakes.doc_writer import (
    DELETED,
    HIDDEN,
    IN_TABLE,
    LOWERED,
    RAISED,
    SPECIAL,
    TINY,
    WHITE,
    DocFileMaker,
    Para,
    listed,
    positions,
    row,
    sprm,
)
from ingest.parsing.parse import ParsedDocument

Parse = Callable[..., ParsedDocument]
Outline = Callable[[ParsedDocument], list[tuple[str, str]]]
NOTES, HEADERS, COMMENTS, ENDNOTES, BOXES = 0x50, 0x54, 0x5C, 0x60, 0x64


def read(parsed: Parse, *main: Para, **more: object) -> ParsedDocument:
    return parsed("a.doc", DocFileMaker(main, **more).data())  # type: ignore[arg-type]


def test_headings_and_paragraphs(parsed: Parse, outline: Outline) -> None:
    document = read(
        parsed,
        Para("취업 규칙\r", style=1),
        Para("제1장\r", style=2),
        Para("이 규칙은 😀 모두에게\x0b적용한다.\r"),
    )
    assert outline(document) == [
        ("heading1", "취업 규칙"),
        ("heading2", "제1장"),
        ("paragraph", "이 규칙은 😀 모두에게\n적용한다."),
    ]
    assert (document.format, document.partial) == ("doc", "")


def test_text_in_eight_bits(parsed: Parse) -> None:
    assert read(parsed, Para("“Smart” – café\r"), eight_bits=True).text == "“Smart” – café"


def test_raised_and_hidden_runs(parsed: Parse) -> None:
    document = read(
        parsed,
        Para("103 and 1,2503 CO2\r", runs=[(2, 3, RAISED), (13, 14, RAISED), (17, 18, LOWERED)]),
        Para(
            "seen secret white tiny gone end\r",
            runs=[(5, 12, HIDDEN), (12, 18, WHITE), (18, 23, TINY), (23, 28, DELETED)],
        ),
    )
    assert document.text == "10^3 and 1,250 [3] CO2\n\nseen end"
    assert [(piece.text, piece.how) for piece in document.hidden] == [
        ("secret", "marked"), ("white", "colour"), ("tiny", "size"), ("gone", "marked"),
    ]  # fmt: skip


def test_white_words_on_a_dark_ground_are_seen(parsed: Parse) -> None:
    dark = sprm(0xCA71, b"\x0a" + struct.pack("<IIH", 0xFF000000, 0x00602010, 0))
    document = read(
        parsed,
        Para("white on blue\r", runs=[(0, 14, WHITE + dark)]),
        Para("white in a filled paragraph\r", shape=sprm(0xC64D, dark[2:]), runs=[(0, 28, WHITE)]),
    )
    assert document.text == "white on blue\n\nwhite in a filled paragraph"


SHADES = sprm(0xD612, b"\x14" + struct.pack("<IIH", 0xFF000000, 0x00602010, 0) + struct.pack("<IIH", 0xFF000000, 0xFF000000, 0))  # fmt: skip


@pytest.mark.parametrize(
    ("more", "seen", "hidden"),
    [
        (SHADES, "blue", ["plain"]),
        (b"", "", ["blue", "plain"]),
        # a style of the table whose shades nobody wrote down
        (sprm(0x563A, b"\x20\0"), "blue | plain", []),
        (sprm(0x563A, b"\x20\0") + SHADES, "blue", ["plain"]),
    ],
)
def test_white_words_in_cells_are_seen_where_the_cell_is_dark(
    parsed: Parse, more: bytes, seen: str, hidden: list[str]
) -> None:
    document = read(
        parsed,
        Para("before\r"),
        Para("blue\x07", shape=IN_TABLE, runs=[(0, 4, WHITE)]),
        Para("plain\x07", shape=IN_TABLE, runs=[(0, 5, WHITE)]),
        Para("\x07", shape=row([0, 5000, 9000], [0, 0]) + more),
        Para("after\r"),
    )
    assert document.text == "\n\n".join(filter(None, ["before", seen, "after"]))
    assert " ".join(piece.text for piece in document.hidden) == " ".join(hidden)


def test_fields_show_their_results(parsed: Parse) -> None:
    document = read(
        parsed,
        Para('보기 \x13 HYPERLINK "http://x" \x14링크\x15 끝\r'),
        Para("합계 \x13 =SUM(A1) \\# \x1342\x14x\x15 \x1445,000\x15원\r"),
        Para("\x13 PAGE \x147\x15 쪽\r"),
    )
    assert document.text == "보기 링크 끝\n\n합계 45,000원\n\n쪽"


@pytest.mark.parametrize(("result", "at_first", "box"), [(1, 0, "☑"), (0, 1, "☐"), (25, 1, "☑")])
def test_check_boxes_show_whether_they_are_ticked(
    parsed: Parse, result: int, at_first: int, box: str
) -> None:
    form = struct.pack("<IHHHH", 0xFFFFFFFF, 1 | result << 2, 0, 20, 1) + "c".encode("utf-16-le") + bytes(2)
    data = struct.pack("<IH", 100, 68) + bytes(62) + form + struct.pack("<H", at_first) + bytes(20)
    place = sprm(0x6A03, struct.pack("<I", 0))
    document = read(
        parsed,
        Para("\x13 FORMCHECKBOX \x01\x14\x15 동의\r", runs=[(15, 16, place + SPECIAL)]),
        streams={"Data": data},
    )
    assert document.text == f"{box} 동의"


def test_automatic_numbers_of_articles_and_lists(parsed: Parse) -> None:
    def level(kind: int, text: str, start: int = 1) -> bytes:
        return (
            struct.pack("<iB", start, kind)
            + bytes(23)
            + struct.pack("<H", len(text))
            + text.encode("utf-16-le")
        )

    def simple(identifier: int) -> bytes:
        return struct.pack("<i", identifier) + bytes(22) + b"\1\0"

    many = struct.pack("<i", 7) + bytes(24)
    levels = [level(0, "제\0조"), level(24, "\1."), *[level(0, "")] * 7]
    document = read(
        parsed,
        Para("(목적)\r", listed(1)),
        Para("가나\r", listed(1, 1)),
        Para("다라\r", listed(1, 1)),
        Para("(해지)\r", listed(1)),
        Para("마바\r", listed(1, 1)),
        Para("점\r", listed(2)),
        tables={
            73: struct.pack("<H", 2) + many + simple(8),
            74: struct.pack("<I", 2)
            + struct.pack("<i", 7)
            + bytes(12)
            + struct.pack("<i", 8)
            + bytes(12)
            + bytes(8),
        },
        after={73: b"".join(levels) + level(23, "·")},
    )
    assert document.text.split("\n\n") == [
        "제1조 (목적)",
        "가. 가나",
        "나. 다라",
        "제2조 (해지)",
        "가. 마바",
        "- 점",
    ]


def test_merged_cells_belong_to_every_row_and_column(parsed: Parse) -> None:
    def cells(*texts: str) -> list[Para]:
        return [Para(f"{text}\x07", IN_TABLE) for text in texts]

    document = read(
        parsed,
        *cells("지역", "매출"), Para("\x07", row([0, 1000, 3000], [0, 0])),
        *cells("지역", "2023", "2024"), Para("\x07", row([0, 1000, 2000, 3000], [0, 0, 0])),
        *cells("서울", "1,250", "1,310"), Para("\x07", row([0, 1000, 2000, 3000], [0x60, 0, 0])),
        *cells("", "980", "1,020"), Para("\x07", row([0, 1005, 2000, 3000], [0x20, 0, 0])),
        Para("뒤의 글\r"),
    )  # fmt: skip
    assert document.text == (
        "| 지역 | 매출 | 매출 |\n| --- | --- | --- |\n| 지역 | 2023 | 2024 |\n"
        "| 서울 | 1,250 | 1,310 |\n| 서울 | 980 | 1,020 |\n\n뒤의 글"
    )


def test_notes_comments_headers_and_text_boxes(parsed: Parse) -> None:
    body = Para("매출은 1,250\x02억원\x05이다\r", runs=[(9, 10, SPECIAL), (12, 13, SPECIAL)])
    empty = [Para("\r") for _ in range(6)]
    document = read(
        parsed,
        body,
        parts={
            NOTES: [Para("\x02 잠정치\r", runs=[(0, 1, SPECIAL)]), Para("\r")],
            HEADERS: [*empty, Para("대외비\r"), Para("총무과 \x13 PAGE \x143\x15\r")],
            COMMENTS: [Para("\x05확인 필요\r", runs=[(0, 1, SPECIAL)]), Para("\r")],
            BOXES: [Para("상자의 글\r")],
        },
        tables={
            2: positions(9, len(body.text)) + b"\1\0",
            3: positions(0, 6, 7),
            4: positions(12, len(body.text)) + bytes(30),
            5: positions(0, 7, 8),
            11: positions(0, 1, 2, 3, 4, 5, 6, 6, 10, 10, 28, 28),
        },
    )
    assert document.text.split("\n\n") == [
        "[Header: 대외비]", "매출은 1,250 [1]억원이다", "[1] 잠정치", "[Comment: 확인 필요]", "[Footer: 총무과]", "상자의 글",
    ]  # fmt: skip


def test_symbols_are_the_signs_that_their_fonts_draw(parsed: Parse) -> None:
    name = "Wingdings\0".encode("utf-16-le")
    fonts = struct.pack("<HH", 1, 0) + bytes([39 + len(name)]) + bytes(39) + name
    ticked = sprm(0x6A09, struct.pack("<HH", 0, 0xF0FE)) + SPECIAL
    document = read(
        parsed,
        Para("( 동의 \xfe\r", runs=[(0, 1, ticked), (5, 6, sprm(0x4A4F, b"\0\0"))]),
        tables={15: fonts},
    )
    assert document.text == "☑ 동의 ☑"


def test_what_word_keeps_for_itself_is_refused_by_name(parsed: Parse) -> None:
    with pytest.raises(DocumentRefused, match="password"):
        read(parsed, Para("글\r"), flags=0x0100)
    with pytest.raises(DocumentRefused, match="Word 95 or older"):
        read(parsed, Para("글\r"), version=65)
    with pytest.raises(DocumentRefused, match="damaged"):
        parsed(
            "a.doc", compound_file({"WordDocument": b"\xec\xa5\xc1\0" + bytes(5_000), "0Table": bytes(50)})
        )


def test_objects_of_other_programs_make_the_document_partial(parsed: Parse) -> None:
    document = read(parsed, Para("표\r"), streams={"ObjectPool/_1/Workbook": b"x" * 100})
    assert "objects of other programs" in document.partial


def test_fields_without_a_result_small_raised_figures_and_struck_words(parsed: Parse) -> None:
    raised = sprm(0x4845, struct.pack("<h", 10)) + sprm(0x4A43, struct.pack("<H", 12))
    document = read(
        parsed,
        Para("a \x13 EQ \\f(7,8) \x15 inch bolt\r"),
        Para("제\x13 EQ \\o\\ac(○,4) \x14\x15항\r"),
        Para("employs 4,2506 people\r", runs=[(13, 14, raised)]),
        Para("was 90 now 75\r", runs=[(4, 6, sprm(0x0837, b"\1"))]),
    )
    assert document.text.split("\n\n") == [
        "a 7/8 inch bolt", "제④항", "employs 4,250 [6] people", "was ~~90~~ now 75",
    ]  # fmt: skip
    assert document.partial == ""
