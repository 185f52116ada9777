"""Reading order, turned text, shadows, and tables by their lines."""

from __future__ import annotations

from itertools import zip_longest

import pytest
from reportlab.lib import colors
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Table, TableStyle

HANGUL = "HYSMyeongJo-Medium"
LEFT = ["The committee met in May and", "looked at the plans for the new", "reservoir above the old town.",
        "It found that the dam needs a", "second outlet before winter and", "asked for a drawing in scale."]  # fmt: skip
RIGHT = ["The second part of the meeting", "was about the tunnel. Its lining", "was measured in March and shows",
         "no cracks wider than a hair. The", "pumps at the north portal will", "be exchanged one after another."]  # fmt: skip
THIRD = ["The third item was the budget", "of the coming year, which the", "members had before them since",
         "the first week of April and the", "treasurer explained it again in", "all of its parts at some length."]  # fmt: skip
KOREAN = (["위원회는 오월에 모여 새로운 저수지의", "계획을 살펴보았고 그 자리에서 둑에", "물이 나가는 곳이 하나 더 필요하다는", "점을 알게 되어 도면을 다시 그리도록"],
          ["두 번째 안건은 터널에 관한 것이었고", "삼월에 벽을 재어 본 결과에 따르면", "머리카락보다 넓은 금은 없었으며 북쪽", "입구의 펌프는 하나씩 바꾸기로 하였다"])  # fmt: skip


def by_rows(
    canvas: Canvas, columns: tuple[list[str], ...], xs: tuple[int, ...], font: str = "Helvetica"
) -> None:
    canvas.setFont(font, 10)
    for number, row in enumerate(zip_longest(*columns, fillvalue="")):
        for x, text in zip(xs, row, strict=True):
            canvas.drawString(x, 700 - 14 * number, text)


@pytest.mark.parametrize(
    ("columns", "xs", "font"),
    [
        ((LEFT, RIGHT), (60, 320), "Helvetica"),
        ((LEFT, RIGHT), (60, 215), "Helvetica"),
        ((LEFT, RIGHT, THIRD), (40, 215, 390), "Helvetica"),
        (KOREAN, (60, 320), HANGUL),
    ],
    ids=["two", "narrow white", "three", "Korean"],
)
def test_columns_written_row_by_row_are_read_one_after_the_other(parsed, drawn, columns, xs, font) -> None:
    text = parsed("columns.pdf", drawn(lambda canvas: by_rows(canvas, columns, xs, font))).text
    assert " ".join(text.split()) == " ".join(line for column in columns for line in column)


def test_labels_lists_and_tables_are_not_torn_into_columns(parsed, drawn) -> None:
    labels = ["Name of the applicant", "Date of birth", "Address in full", "Purpose of the visit"]
    values = ["Margarethe Quendel", "3 May 1981", "12 Harbour Road, Busan", "Wedding of my sister"]
    numbers = ["1.", "2.", "3.", "4."]
    steps = [
        "Close the valve and wait for the pump to",
        "stop. Then open the lid with both hands and",
        "lift out the filter, which is held by a spring",
        "on either side.",
    ]
    for columns, xs in (((labels, values), (60, 300)), ((numbers, steps), (60, 84))):
        text = parsed(
            "rows.pdf", drawn(lambda canvas, columns=columns, xs=xs: by_rows(canvas, columns, xs))
        ).text
        rows = [" ".join(row) for row in zip(*columns, strict=True)]
        assert " ".join(text.replace("|", " ").split()) == " ".join(rows)


def test_letters_set_one_by_one_on_a_turned_line_are_words(parsed, drawn, outline) -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawString(72, 780, "Legend of the map")
        for quarter in (90, 270):
            canvas.saveState()
            canvas.translate(300, 400)
            canvas.rotate(quarter)
            x = 0.0
            for char in "Flood zones 25b":
                canvas.drawString(x, 0, char)
                x += stringWidth(char, "Helvetica", 11)
            canvas.restoreState()

    assert [text for _, text in outline(parsed("map.pdf", drawn(page)))] == [
        "Legend of the map",
        "Flood zones 25b",
        "Flood zones 25b",
    ]


ROWS = [
    ["Pump A", "16 bar", "80 C", "6 months"],
    ["Pump B", "25 bar", "95 C", "9 months"],
    ["Pump C", "40 bar", "70 C", "3 months"],
]


def test_a_table_under_turned_heads_keeps_its_heads(parsed, drawn) -> None:
    def page(canvas: Canvas) -> None:
        for number, head in enumerate(("Maximum pressure", "Operating temperature", "Service interval")):
            canvas.saveState()
            canvas.translate(180 + 60 * number, 640)
            canvas.rotate(90)
            canvas.drawString(0, 0, head)
            canvas.restoreState()
        for number, row in enumerate(ROWS):
            for x, text in zip((72, 172, 232, 292), row, strict=True):
                canvas.drawString(x, 620 - 18 * number, text)

    assert parsed("heads.pdf", drawn(page)).text.split("\n") == [
        "|  | Maximum pressure | Operating temperature | Service interval |",
        "| --- | --- | --- | --- |",
        *(f"| {' | '.join(row)} |" for row in ROWS),
    ]


@pytest.mark.parametrize("quarter", [90, 180, 270])
def test_a_table_on_a_turned_page_is_a_table(parsed, drawn, quarter: int) -> None:
    def page(canvas: Canvas) -> None:
        canvas.setPageRotation(quarter)
        canvas.translate(*{90: (595, 0), 180: (595, 842), 270: (0, 595)}[quarter])
        canvas.rotate(quarter)
        canvas.setFont("Helvetica", 10)
        for number, row in enumerate([["Item", "Pressure", "Heat", "Interval"], *ROWS]):
            for x, text in zip((72, 172, 282, 392), row, strict=True):
                canvas.drawString(x, 400 - 18 * number, text)

    text = parsed("turned.pdf", drawn(page)).text
    assert text.split("\n")[0] == "| Item | Pressure | Heat | Interval |"
    assert text.split("\n")[-1] == "| Pump C | 40 bar | 70 C | 3 months |"


@pytest.mark.parametrize("whole", [True, False], ids=["lines", "letters"])
def test_print_with_a_shadow_is_read_once(parsed, drawn, whole: bool) -> None:
    said = "Municipality of Saint Sauveur"

    def page(canvas: Canvas) -> None:
        x = 72.0
        for part in [said] if whole else said:
            canvas.setFillGray(0.7)
            canvas.drawString(x + 0.9, 779, part)
            canvas.setFillGray(0)
            canvas.drawString(x, 780, part)
            x += stringWidth(part, "Helvetica", 11)

    assert parsed("shadow.pdf", drawn(page)).text == said


def test_spaces_are_not_made_up_between_letters_set_apart(parsed, drawn) -> None:
    said = "The delivery period is eleven weeks"

    def page(canvas: Canvas) -> None:
        x = 72.0
        for word in said.split():
            for part in (word[:-1], word[-1] + " "):
                text = canvas.beginText(x, 700)
                text.setFont("Helvetica", 9)
                text.setCharSpace(2)
                text.textOut(part)
                canvas.drawText(text)
                x += stringWidth(part, "Helvetica", 9) + 2 * len(part)

    assert parsed("apart.pdf", drawn(page)).text == said


def test_a_ruled_table_keeps_wrapped_and_merged_cells(parsed, drawn) -> None:
    rows = [
        ["Region", "Product", "Sales 2023", ""],
        ["", "", "Units", "EUR"],
        ["북부", "Pumps of the heavy\nkind", "1,250", "10"],
        ["", "Valves", "17", "20"],
    ]
    table = Table(rows, colWidths=(70, 120, 60, 60))
    spans = [
        ("SPAN", (2, 0), (3, 0)),
        ("SPAN", (0, 0), (0, 1)),
        ("SPAN", (1, 0), (1, 1)),
        ("SPAN", (0, 2), (0, 3)),
    ]
    table.setStyle(
        TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("FONT", (0, 2), (0, 2), HANGUL), *spans])
    )

    def page(canvas: Canvas) -> None:
        canvas.drawString(72, 760, "A sentence above the table.")
        table.wrapOn(canvas, 400, 400)
        table.drawOn(canvas, 72, 600)

    assert parsed("ruled.pdf", drawn(page)).text.split("\n") == [
        "A sentence above the table.",
        "",
        "| Region | Product | Sales 2023 | Sales 2023 |",
        "| --- | --- | --- | --- |",
        "| Region | Product | Units | EUR |",
        "| 북부 | Pumps of the heavy kind | 1,250 | 10 |",
        "| 북부 | Valves | 17 | 20 |",
    ]


def test_a_line_beside_the_frame_of_a_table_does_not_take_its_place(parsed, drawn) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        canvas.line(70.5, 640, 70.5, 700)  # a change bar, nearly in line with the frame below
        canvas.drawString(80, 660, "Changed since the last edition")
        table = Table(
            [["Site", "Year", "Tons"], ["Ulsan", "2023", "1,100"], ["", "2024", "1,300"]], colWidths=[90] * 3
        )
        table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("SPAN", (0, 1), (0, 2))]))
        table.wrapOn(canvas, 400, 400)
        table.drawOn(canvas, 72, 500)

    assert parsed("bar.pdf", drawn(draw)).text.splitlines()[2:] == [
        "| Site | Year | Tons |", "| --- | --- | --- |", "| Ulsan | 2023 | 1,100 |", "| Ulsan | 2024 | 1,300 |",
    ]  # fmt: skip
