"""A table that goes on on the next page is one table, and each page keeps its own rows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from reportlab.pdfgen.canvas import Canvas

HEAD = ("Part", "Maker", "Price")
ROWS = [
    (f"Pump {number}", f"Firm {letter}", f"{100 + number} EUR") for number, letter in enumerate("ABCDEFGH")
]
Page = Callable[[Canvas], None]


def page(
    rows: list[tuple[str, ...]], grid: bool, above: str = "", below: str = "", shift: float = 0.0
) -> Page:
    """Rows from the top of the page on, with words above and below them."""

    def draw(canvas: Canvas) -> None:
        if above:
            canvas.drawString(72, 780, above)
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                canvas.drawString(76 + shift + 120 * place, 700 - 20 * number, cell)
        if grid:
            canvas.grid(
                [72 + shift + 120 * place for place in range(4)],
                [714 - 20 * place for place in range(len(rows) + 1)],
            )
        if below:
            canvas.drawString(280, 40, below)

    return draw


def written(*rows: tuple[str, ...]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "| --- | --- | --- |", *lines[1:]])


@pytest.mark.parametrize("grid", [True, False], ids=["ruled", "set in columns"])
@pytest.mark.parametrize("repeated", [True, False], ids=["header repeated", "header once"])
def test_a_table_over_three_pages_has_its_header_once(parsed, drawn, grid: bool, repeated: bool) -> None:
    again = [HEAD] if repeated else []
    document = parsed("parts.pdf", drawn(
        page([HEAD, *ROWS[:3]], grid, above="Prices of the spare parts."),
        page([*again, *ROWS[3:6]], grid),
        page([*again, *ROWS[6:], ("Pump X", "Firm X", "199 EUR")], grid, below="All prices are net."),
    ))  # fmt: skip
    whole = written(HEAD, *ROWS, ("Pump X", "Firm X", "199 EUR"))
    assert [document.text[block.start : block.end] for block in document.blocks] == [
        "Prices of the spare parts.", whole, "All prices are net.",
    ]  # fmt: skip
    pages = [document.text[part.start : part.end] for part in document.pages]
    assert [part.number for part in document.pages] == [1, 2, 3]
    assert pages[0].endswith("| Pump 2 | Firm C | 102 EUR |")
    assert pages[1] == "\n".join("| " + " | ".join(row) + " |" for row in ROWS[3:6])
    assert pages[2].startswith("| Pump 6 |")
    assert pages[2].endswith("All prices are net.")


def test_page_numbers_and_running_heads_do_not_part_a_table(parsed, drawn) -> None:
    document = parsed("parts.pdf", drawn(
        page([HEAD, *ROWS[:4]], True, above="List of parts", below="Page 1"),
        page([HEAD, *ROWS[4:]], True, above="List of parts", below="Page 2"),
    ))  # fmt: skip
    assert document.text.split("\n\n") == ["List of parts", "Page 1", written(HEAD, *ROWS), "Page 2"]


OTHER = ("Tool", "Maker", "Weight")


@pytest.mark.parametrize(
    "second",
    [
        page([OTHER, *ROWS[4:]], True),
        page([("Tool", "Seller", "2031"), *ROWS[4:]], True, above="Tools"),
        page([HEAD, *ROWS[4:]], True, shift=70),
        page([HEAD, *ROWS[4:]], True, above="The second list"),
    ],
    ids=["another header", "words before it", "other columns", "a title before it"],
)
def test_another_table_on_the_next_page_stays_one_of_its_own(parsed, drawn, second: Page) -> None:
    document = parsed("parts.pdf", drawn(page([HEAD, *ROWS[:4]], True), second))
    assert [block.kind for block in document.blocks].count("table") == 2
    assert document.text.startswith(written(HEAD, *ROWS[:4]) + "\n\n")


def test_rows_of_words_alone_are_no_proof_that_a_table_goes_on(parsed, drawn) -> None:
    first = [("Part", "Maker", "State"), ("Pump", "Firm A", "new"), ("Valve", "Firm B", "old")]
    second = [("Tool", "Seller", "Place"), ("Saw", "Firm C", "shelf"), ("File", "Firm D", "drawer")]
    document = parsed("parts.pdf", drawn(page(first, True), page(second, True)))
    assert document.text == written(*first) + "\n\n" + written(*second)
