from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from chatbot.errors import DocumentRefused
from ingest.parsing.ocr import installed
from ingest.parsing.parse import parse
from ingest.parsing.pdf.lines import Line
from ingest.parsing.pdf.paragraphs import breaks_words, paragraphs

pdfmetrics.registerFont(UnicodeCIDFont("HYSMyeongJo-Medium"))
HANGUL = "HYSMyeongJo-Medium"


def make_pdf(pages: list[list[tuple[str, str, int, int]]], **options: object) -> bytes:
    """Pages of (text, font, size, y); a page without lines gets a picture, as a scan has."""
    buffer = BytesIO()
    canvas = Canvas(buffer, **options)
    canvas.setTitle("보고서")
    for lines in pages:
        for text, font, size, y in lines:
            canvas.setFont(font, size)
            canvas.drawString(72, y, text)
        if not lines:
            canvas.drawImage(ImageReader(picture()), 72, 400, 100, 100)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def picture() -> BytesIO:
    from PIL import Image

    buffer = BytesIO()
    Image.new("RGB", (8, 8), "white").save(buffer, "PNG")
    buffer.seek(0)
    return buffer


BODY = [
    ("회의록 안내", HANGUL, 20, 760),
    ("첫 번째 문단은 두 줄로 이어집니다.", HANGUL, 11, 720),
    ("여기까지가 첫 문단입니다.", HANGUL, 11, 704),
    ("The second paragraph begins after a gap", "Helvetica", 11, 660),
    ("and has two lines as well.", "Helvetica", 11, 644),
]


def test_pdf_pages_headings_and_paragraphs_in_korean_and_english(parsed, outline) -> None:
    document = parsed("report.pdf", make_pdf([BODY, [("2쪽 본문 내용입니다.", HANGUL, 11, 760)]]))
    assert document.title == "보고서"
    assert outline(document) == [
        ("heading1", "회의록 안내"),
        ("paragraph", "첫 번째 문단은 두 줄로 이어집니다.\n여기까지가 첫 문단입니다."),
        ("paragraph", "The second paragraph begins after a gap\nand has two lines as well."),
        ("paragraph", "2쪽 본문 내용입니다."),
    ]
    assert [document.text[page.start : page.end].split("\n")[0] for page in document.pages] == [
        "회의록 안내",
        "2쪽 본문 내용입니다.",
    ]
    assert document.partial == ""


def test_a_pdf_with_some_scanned_pages_is_partial_and_names_them(parsed, monkeypatch) -> None:
    monkeypatch.setattr(installed, "find_spec", lambda name: None)
    document = parsed("mixed.pdf", make_pdf([BODY, [], [], BODY, []]))
    assert document.partial.startswith("pages 2-3, 5 without a text layer")
    assert [page.number for page in document.pages] == [1, 4]


def test_a_bold_line_in_the_size_of_the_text_is_a_heading_below_the_larger_ones(parsed, outline) -> None:
    text = [
        ("Coffee from the roastery is free for everyone here,", "Helvetica", 11, 660 - 14 * n)
        for n in range(4)
    ]
    page = [("Handbook", "Helvetica", 20, 760), ("Breaks", "Helvetica-Bold", 11, 674), *text]
    blocks = outline(parsed("bold.pdf", make_pdf([page])))
    assert [kind for kind, _ in blocks] == ["heading1", "heading2", "paragraph"]
    assert blocks[1][1] == "Breaks"


def test_running_headers_and_page_numbers_are_kept_once(parsed) -> None:
    def page(number: int) -> list[tuple[str, str, int, int]]:
        body = [
            (f"Line {line} of part {number * 'x'}", "Helvetica", 11, 700 - 14 * line) for line in range(5)
        ]
        return [("사내 규정집", HANGUL, 11, 800), *body, (f"- {number} / 6 -", "Helvetica", 11, 40)]

    document = parsed("rules.pdf", make_pdf([page(number) for number in range(1, 7)]))
    assert document.text.count("사내 규정집") == 1
    assert document.text.count("/ 6") == 1
    assert document.text.count("Line 0 of part") == 6
    assert len(document.pages) == 6


def test_lines_that_differ_by_more_than_the_page_number_are_never_left_out(parsed) -> None:
    pages = [
        [(f"Invoice {100 + number}", "Helvetica", 11, 760), *((f"Item {line}", "Helvetica", 11, 700 - 14 * line)
         for line in range(1, 6)), (f"{number * 17}", "Helvetica", 11, 40)]
        for number in range(1, 7)
    ]  # fmt: skip
    text = parsed("invoices.pdf", make_pdf(pages)).text
    assert all(f"Invoice {100 + number}\n" in text and f"\n{number * 17}" in text for number in range(1, 7))


def test_a_scan_a_locked_and_a_cut_off_pdf_are_refused_with_different_reasons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installed, "find_spec", lambda name: None)
    path = tmp_path / "a.pdf"
    for data, reason in (
        (make_pdf([[], []]), "no text layer.*OCR is not installed"),
        (make_pdf([BODY], encrypt=StandardEncryption("user", ownerPassword="owner")), "password"),
        (make_pdf([BODY])[:300], "damaged or cut off"),
    ):
        path.write_bytes(data)
        with pytest.raises(DocumentRefused, match=reason):
            parse(path)


def justified(texts: list[str]) -> list[Line]:
    """Full lines of one column, the last one short."""
    return [
        Line(
            text,
            50,
            300 if index < len(texts) - 1 else 120,
            700 - 15 * index,
            700 - 15 * index,
            10,
            placed=True,
        )
        for index, text in enumerate(texts)
    ]


def test_korean_words_broken_across_lines_are_whole_again() -> None:
    lines = justified(
        ["코로나를 과연 질", "병으로 보아야 할지 상해 ", "인지에 대하여 논란이 계속 ", "되고 있으므로 여기에서 살", "펴보고 그에 따른 문",
         "제와 앞으로의 과제를 정", "리하고 개선 방안을 제", "시하고자 하며 끝으로 결론", "을 맺는다."]
    )  # fmt: skip
    assert breaks_words([lines])
    (paragraph,) = paragraphs(lines, split_words=True)
    assert paragraph.text == (
        "코로나를 과연 질병으로 보아야 할지 상해 \n인지에 대하여 논란이 계속 \n되고 있으므로 여기에서 살펴보고 그에 따른 "
        "문제와 앞으로의 과제를 정리하고 개선 방안을 제시하고자 하며 끝으로 결론을 맺는다."
    )


def test_lines_that_end_at_words_are_left_alone() -> None:
    lines = justified(["보험회사는 그 사실을", "계약자에게 알려야", "하며 계약자는 이를"] * 4)
    assert not breaks_words([lines])
    (paragraph,) = paragraphs(lines, split_words=False)
    assert paragraph.text.count("\n") == 11


def test_words_hyphenated_at_line_ends_are_joined() -> None:
    (paragraph,) = paragraphs([Line("a represen\ufffe\ntation of docu\ufffements")], split_words=False)
    assert paragraph.text == "a representation of documents"


def placed_pdf(cells: list[tuple[str, str, int, int]]) -> bytes:
    """One page of (text, font, x, y) in 10 points."""
    buffer = BytesIO()
    canvas = Canvas(buffer)
    for text, font, x, y in cells:
        canvas.setFont(font, 10)
        canvas.drawString(x, y, text)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def grid(
    rows: list[list[str]], xs: tuple[int, ...], font: str = "Helvetica"
) -> list[tuple[str, str, int, int]]:
    """Rows from the top, 20 points apart; the first one bold, empty cells left out."""
    bold = "Helvetica-Bold" if font == "Helvetica" else font
    return [
        (text, font if number else bold, x, 740 - 20 * number)
        for number, row in enumerate(rows)
        for x, text in zip(xs, row, strict=True)
        if text
    ]


def test_cells_in_columns_become_a_table_and_its_bold_header_no_heading(parsed, outline) -> None:
    rows = [
        ["Expense", "Limit", "Remarks"],
        ["Hotel, per night", "140 euros", "180 in capital cities"],
        ["Train", "", "First class | quiet"],
        ["Flight", "Economy", "Over seven hours"],
        ["Books", "600 euros", "Two days of leave"],
    ]
    cells = [
        ("Spend company money as you would spend your own when it is a little short.", "Helvetica", 72, 770),
        *grid(rows, (72, 220, 340)),
        ("and only then", "Helvetica", 340, 648),
        ("Send receipts within 30 days through the form that hangs beside the door.", "Helvetica", 72, 610),
    ]
    blocks = outline(parsed("limits.pdf", placed_pdf(cells)))
    assert [kind for kind, _ in blocks] == ["paragraph", "table", "paragraph"]
    assert blocks[1][1].split("\n") == [
        "| Expense | Limit | Remarks |",
        "| --- | --- | --- |",
        "| Hotel, per night | 140 euros | 180 in capital cities |",
        "| Train |  | First class \\| quiet |",
        "| Flight | Economy | Over seven hours |",
        "| Books | 600 euros | Two days of leave and only then |",
    ]


def test_a_korean_table_keeps_its_rows(parsed, outline) -> None:
    rows = [
        ["구분", "연차 일수", "이월 일수"],
        ["1년 미만", "월 1.5일", "0일"],
        ["3년에서 5년", "23일", "5일"],
    ]
    (block,) = outline(parsed("leave.pdf", placed_pdf(grid(rows, (72, 220, 340), HANGUL))))
    assert block == (
        "table",
        "| 구분 | 연차 일수 | 이월 일수 |\n| --- | --- | --- |\n| 1년 미만 | 월 1.5일 | 0일 |\n"
        "| 3년에서 5년 | 23일 | 5일 |",
    )


def test_running_text_in_columns_and_lists_of_contents_are_no_tables(parsed, outline) -> None:
    column = "words set to the margins of it"
    columns = grid([[column, column, column]] * 6, (72, 240, 400))
    two = grid(
        [["a line of the left column is as long as this", "and the right column has its own"]] * 6, (72, 320)
    )
    contents = grid(
        [[f"{n}", f"Chapter {n}", "." * 30, f"{n * 7}"] for n in range(1, 7)], (72, 100, 220, 400)
    )
    short = grid([["Name", "Date", "Author"], ["One", "Two", "Three"]], (72, 220, 340))
    for cells in (columns, two, contents, short):
        kinds = [kind for kind, _ in outline(parsed("text.pdf", placed_pdf(cells)))]
        assert "table" not in kinds
    assert not [kind for kind in kinds if kind.startswith("heading")]
