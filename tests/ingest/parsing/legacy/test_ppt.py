from __future__ import annotations

import struct
from collections.abc import Callable

import pytest

from chatbot.errors import DocumentRefused
from fakes.compound_writer import compound_file
from fakes.ppt_writer import (
    UNFILLED,
    Slide,
    atom,
    background,
    cell,
    container,
    drawing,
    filled,
    group,
    member,
    numbered,
    presentation,
    shape,
    styles,
    table,
    text,
)
from ingest.parsing.parse import ParsedDocument

Parse = Callable[..., ParsedDocument]
Outline = Callable[[ParsedDocument], list[tuple[str, str]]]
_POSITION, _COLOUR, _SIZE = 1 << 19, 1 << 18, 1 << 17


def test_slides_are_pages_with_titles_lists_and_notes(parsed: Parse, outline: Outline) -> None:
    body = text("첫째\r세부\r둘째", 1, styles([(3, 0), (3, 1), (3, 0)], [(9, 0, b"")]))
    slides = [
        Slide(drawing(shape(body, top=800), shape(text("추진 계획", 0), top=900)), notes="천천히 말한다"),
        Slide(drawing(shape(text("오른쪽"), 500, 900), shape(text("왼쪽", eight_bits=False), 510, 10), shape(text("caf\xe9", eight_bits=True), 2000))),
    ]  # fmt: skip
    document = parsed("a.ppt", presentation(slides))
    assert outline(document) == [
        ("heading1", "추진 계획"),
        ("paragraph", "- 첫째\n  - 세부\n- 둘째"),
        ("paragraph", "[Notes: 천천히 말한다]"),
        ("paragraph", "왼쪽"),
        ("paragraph", "오른쪽"),
        ("paragraph", "café"),
    ]
    assert [page.number for page in document.pages] == [1, 2]
    assert (document.format, document.partial) == ("ppt", "")


def test_shapes_may_name_their_text_in_the_outline(parsed: Parse) -> None:
    reference = atom(3999, struct.pack("<I", 0)) + atom(3998, struct.pack("<I", 1))
    slide = Slide(drawing(shape(reference)), outline=text("다른 글", 1) + text("제목", 0))
    document = parsed("a.ppt", presentation([slide]))
    assert document.text == "제목"
    assert document.blocks[0].kind == "heading"


def test_the_newest_version_of_a_slide_counts(parsed: Parse) -> None:
    data = presentation([Slide(drawing(shape(text("새 글"))))], older=drawing(shape(text("옛 글"))))
    assert parsed("a.ppt", data).text == "새 글"


def test_raised_and_hidden_words(parsed: Parse) -> None:
    up, tiny = struct.pack("<h", 30), struct.pack("<H", 1)
    white = bytes([255, 255, 255, 0xFE])
    raised = text("106개, 1,2503명", styles=styles([(14, 0)], [(2, 0, b""), (1, _POSITION, up), (8, 0, b""), (1, _POSITION, up), (2, 0, b"")]))  # fmt: skip
    small = text("보임 작음", styles=styles([(6, 0)], [(3, 0, b""), (3, _SIZE, tiny)]))
    slide = Slide(
        drawing(
            shape(raised, 0),
            shape(small, 500),
            shape(
                text("흰 글", styles=styles([(4, 0)], [(4, _COLOUR, white)])),
                1000,
                properties=filled(0xFFFFFF),
            ),
            shape(text("제목 위의 흰 글", styles=styles([(10, 0)], [(10, _COLOUR, white)])), 1500),
            shape(text("꺼진 상자"), 2000, properties=[(0x3BF, 0x20002)]),
        )
    )
    hidden = Slide(drawing(shape(text("숨긴 장"))), hidden=True)
    document = parsed("a.ppt", presentation([slide, hidden]))
    assert document.text == "10^6개, 1,250 [3]명\n\n보임\n\n제목 위의 흰 글"
    assert [(piece.text, piece.how) for piece in document.hidden] == [
        ("작음", "size"), ("흰 글", "colour"), ("꺼진 상자 숨긴 장", "marked"),
    ]  # fmt: skip


def test_tables_with_merged_cells(parsed: Parse) -> None:
    cells = [
        cell("지역", 0, 0, 20, 100), cell("매출", 0, 100, 10, 300), cell("2023", 10, 100, 20, 200), cell("2024", 10, 200, 20, 300),
        cell("서울", 20, 0, 30, 100), cell("1,250", 20, 100, 30, 200), cell("1,310", 20, 200, 30, 300),
    ]  # fmt: skip
    document = parsed("a.ppt", presentation([Slide(drawing(table(*cells)))]))
    assert document.text == (
        "| 지역 | 매출 | 매출 |\n| --- | --- | --- |\n| 지역 | 2023 | 2024 |\n| 서울 | 1,250 | 1,310 |"
    )


def test_footers_once_comments_and_descriptions_of_pictures(parsed: Parse) -> None:
    footer = container(
        4057, atom(4058, struct.pack("<HH", 0, 0x20)), atom(4026, "총무과".encode("utf-16-le"), 2), instance=3
    )
    comment = container(12000, atom(4026, "확인 필요".encode("utf-16-le"), 1))
    tags = container(5000, container(5002, atom(4026, "___PPT10".encode("utf-16-le")), atom(5003, comment)))
    words = "조직도 그림\0".encode("utf-16-le")
    picture = shape(b"", 900, properties=[(0x8381, len(words))], more=words)
    slides = [Slide(drawing(shape(text("하나")), picture) + tags), Slide(drawing(shape(text("둘"))))]
    document = parsed("a.ppt", presentation(slides, document=footer))
    assert document.text == "하나\n\n조직도 그림\n\n[Footer: 총무과]\n\n[Comment: 확인 필요]\n\n둘"


def test_objects_make_it_partial_and_encrypted_or_damaged_files_are_refused(parsed: Parse) -> None:
    slide = drawing(shape(text("글")), container(0xF004, container(0xF011, atom(3009, bytes(4)))))
    assert "objects of other programs" in parsed("a.ppt", presentation([Slide(slide)])).partial
    with pytest.raises(DocumentRefused, match="password"):
        parsed("a.ppt", presentation([Slide(slide)], encrypted=True))
    with pytest.raises(DocumentRefused, match="damaged"):
        parsed("a.ppt", compound_file({"PowerPoint Document": bytes(5_000), "Current User": bytes(40)}))


def test_groups_within_groups_without_end_stop(parsed: Parse) -> None:
    inner = shape(text("innermost"))
    for _ in range(500):
        inner = container(0xF003, inner)
    assert parsed("a.ppt", presentation([Slide(drawing(shape(text("outer")), inner))])).text.startswith(
        "outer"
    )


def white(words: str) -> bytes:
    run = (len(words) + 1, _COLOUR, bytes([255, 255, 255, 0xFE]))
    return text(words, styles=styles([(len(words) + 1, 0)], [run]))


def hidden(document: ParsedDocument) -> list[tuple[str, str]]:
    return [(piece.text, piece.how) for piece in document.hidden]


def test_words_under_a_painted_shape_and_beside_the_slide_are_kept_apart(parsed: Parse) -> None:
    size = atom(1001, struct.pack("<II", 5760, 4320) + bytes(32))
    paper, glass = filled(0xFFFFFF), filled(0xFFFFFF, 0x6666)
    moving = container(4116, atom(4081, bytes(28)))
    shapes = [
        shape(text("예산 900"), 0), shape(b"", 0, properties=paper, kind=1),
        shape(text("비쳐 보임"), 400), shape(b"", 400, properties=glass, kind=1),
        shape(text("둥근 것 아래"), 800), shape(b"", 800, properties=paper, kind=3),
        shape(text("일부만 덮임"), 1200), shape(b"", 1200, properties=paper, kind=1, width=50),
        shape(text("나중에 나타남"), 1600), shape(b"", 1600, properties=paper, kind=1, data=moving),
        shape(text("묶음 아래"), 2000), group(2000, 0, 2100, 100, (0, 0, 10, 10), member(b"", 0, 0, 10, 10, paper)),
        shape(text("반만 덮임"), 2400), group(2400, 0, 2500, 100, (0, 0, 10, 10), member(b"", 0, 0, 10, 5, paper)),
        shape(text("장 밖의 글"), 100, 6000), shape(text("마지막 줄"), 4000),
    ]  # fmt: skip
    found = parsed("a.ppt", presentation([Slide(drawing(*shapes))], document=size))
    assert found.text.split("\n\n") == [
        "비쳐 보임", "둥근 것 아래", "일부만 덮임", "나중에 나타남", "반만 덮임", "마지막 줄",
    ]  # fmt: skip
    assert hidden(found) == [("예산 900", "covered"), ("장 밖의 글", "outside"), ("묶음 아래", "covered")]


def test_white_words_are_judged_by_what_lies_behind_them(parsed: Parse) -> None:
    blue = filled(0x00803010)
    shapes = [
        shape(white("흰 바탕의 글"), 0, properties=UNFILLED),
        shape(b"", 400, properties=blue, kind=1),
        shape(white("파란 칸 위의 글"), 410, 10, UNFILLED, width=50, height=50),
        shape(white("틀의 자리"), 800, properties=[(0x301, 7)]),
    ]
    place = shape(b"", 800, properties=filled(0x08000004), kind=1, number=7, data=atom(3011, bytes(8)))
    scheme = atom(2032, struct.pack("<8I", 0xFFFFFF, 0, 0, 0, 0x00803010, 0, 0, 0), instance=1)
    words = shape(text("공단 연보"), 4200)
    master = drawing(place, words, background=background(0x08000000)) + scheme
    followed = [Slide(drawing(*shapes), follows=7), Slide(drawing(shape(text("둘째"))), follows=7)]
    found = parsed("a.ppt", presentation(followed, master=master))
    assert found.text.split("\n\n") == ["파란 칸 위의 글", "틀의 자리", "공단 연보", "둘째"]
    assert hidden(found) == [("흰 바탕의 글", "colour")]
    own = drawing(*shapes[:1], background=background(0x00803010))
    assert parsed("a.ppt", presentation([Slide(own)], master=master)).text == "흰 바탕의 글"


def test_words_in_the_background_colour_of_the_scheme_are_kept_apart(parsed: Parse) -> None:
    scheme = atom(2032, struct.pack("<8I", 0x00803010, 0xFFFFFF, 0, 0, 0, 0, 0, 0), instance=1)
    said = [
        text(words, styles=styles([(7, 0)], [(7, _COLOUR, bytes([0, 0, 0, slot]))]))
        for words, slot in (("바탕색의 글", 0), ("글자색의 글", 1))
    ]
    shapes = [shape(words, 400 * place, properties=UNFILLED) for place, words in enumerate(said)]
    slide = Slide(drawing(*shapes, background=background(0x08000000)) + scheme)
    found = parsed("a.ppt", presentation([slide]))
    assert found.text == "글자색의 글"
    assert hidden(found) == [("바탕색의 글", "colour")]


def test_automatic_numbers_stand_before_their_paragraphs(parsed: Parse) -> None:
    first, second = (struct.pack("<H", place << 10) for place in (0, 1))
    words = "끈다\r뺀다\r세부\r낀다\r켠다"
    look = styles([(6, 0), (3, 1), (7, 0)], [(6, 0x3C00, first), (3, 0x3C00, second), (7, 0x3C00, first)])
    boxed = shape(text(words, 1, look), data=numbered((3, 1), (8, 3)))
    reference = atom(3999, struct.pack("<I", 1)) + atom(3998, struct.pack("<I", 0))
    outline = text("하나\r둘", 1, styles([(5, 0)], [(5, 0x3C00, first)]))
    entry = atom(4015, struct.pack("<II", 257, 1)) + atom(
        4012, struct.pack("<IhHH", 0x3000000, 1, 2, 4) + bytes(8)
    )
    kept = container(
        5000, container(5002, atom(4026, "___PPT9".encode("utf-16-le")), atom(5003, container(4014, entry)))
    )
    slides = [Slide(drawing(boxed)), Slide(drawing(shape(reference)), outline=outline)]
    found = parsed("a.ppt", presentation(slides, document=kept))
    assert found.text == "1. 끈다\n2. 뺀다\n  (c) 세부\n3. 낀다\n4. 켠다\n\n4) 하나\n5) 둘"


def test_signs_of_symbol_fonts(parsed: Parse) -> None:
    faces = [
        atom(4023, name.encode("utf-16-le").ljust(64, b"\0") + bytes(4), at)
        for at, name in enumerate(("Arial", "Wingdings"))
    ]
    fonts = container(1010, container(2005, *faces))
    ticked = text("\xfe 승인", styles=styles([(5, 0)], [(1, 1 << 16, b"\1\0"), (4, 1 << 16, b"\0\0")]))
    assert parsed("a.ppt", presentation([Slide(drawing(shape(ticked)))], document=fonts)).text == "☑ 승인"
