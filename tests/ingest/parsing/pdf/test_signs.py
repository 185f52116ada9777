"""Raised and lowered signs, and hyphens at line ends: what a figure or a name must not be glued to."""

from __future__ import annotations

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from ingest.parsing.pdf.hyphens import Hyphens

HANGUL = "HYSMyeongJo-Medium"


def run_of(
    canvas: Canvas, y: float, parts: list[tuple[str, int]], font: str = "Helvetica", size: float = 11
) -> None:
    """Parts of a line: text with 1 for raised, -1 for lowered, 0 for neither."""
    x = 72.0
    for text, shift in parts:
        small = 0.6 * size if shift else size
        canvas.setFont(font, small)
        canvas.drawString(x, y + (0.38 * size if shift > 0 else -0.15 * size if shift else 0), text)
        x += stringWidth(text, font, small)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([("employs 1,250", 0), ("3", 1), (" people", 0)], "employs 1,250 [3] people"),
        ([("rose by 17", 0), ("2", 1), (" percent", 0)], "rose by 17 [2] percent"),
        ([("in 2023", 0), ("1", 1), (".", 0)], "in 2023 [1]."),
        ([("about 10", 0), ("6", 1), (" cells", 0)], "about 10^6 cells"),
        ([("1.5 x 10", 0), ("-3", 1), (" mol", 0)], "1.5 x 10^-3 mol"),
        ([("holds 40 m", 0), ("3", 1), (" of water", 0)], "holds 40 m^3 of water"),
        ([("12 km", 0), ("2", 1)], "12 km^2"),
        ([("H", 0), ("2", -1), ("O and CO", 0), ("2", -1)], "H2O and CO2"),
        ([("x", 0), ("1", -1), (" and log", 0), ("10", -1), (" y", 0)], "x_1 and log_10 y"),
        ([("the 5", 0), ("th", 1), (" day", 0)], "the 5th day"),
        ([("Smith", 0), ("1,2", 1), (" says", 0)], "Smith [1,2] says"),
        ([("Cost", 0), ("a)", 1), (" 500", 0)], "Cost [a] 500"),
        ([("at 20", 0), ("o", 1), ("C", 0)], "at 20°C"),
        ([("a pipe of 5 ", 0), ("3", 1), ("/", 0), ("16", -1), (" inches", 0)], "a pipe of 5 3/16 inches"),
        ([("price 99", 0), ("*", 1)], "price 99*"),
        ([("3", 1), ("Without trainees", 0)], "[3] Without trainees"),
        ([("Ca", 0), ("2+", 1), (" ions", 0)], "Ca^2+ ions"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_raised_or_lowered_sign_is_kept_apart_from_what_it_stands_on(
    parsed, drawn, parts, expected
) -> None:
    assert parsed("signs.pdf", drawn(lambda canvas: run_of(canvas, 700, parts))).text == expected


def test_footnote_marks_of_korean_text_are_kept_apart(parsed, drawn) -> None:
    def page(canvas: Canvas) -> None:
        run_of(
            canvas,
            700,
            [("직원 수는 1,250", 0), ("3)", 1), ("명이고 면적은 40m", 0), ("2", 1), ("이다.", 0)],
            HANGUL,
        )

    assert parsed("signs.pdf", drawn(page)).text == "직원 수는 1,250 [3]명이고 면적은 40m^2이다."


@pytest.mark.parametrize(
    "expected", ["state-of-the-art", "MK-19", "2024-2025", "02-555-0148", "conductor", "서울-부산"]
)
def test_a_hyphen_of_the_word_stays_and_one_of_the_line_goes(parsed, drawn, expected: str) -> None:
    first, second = {"conductor": ("conduc-", "tor")}.get(expected) or (
        expected[: expected.rindex("-") + 1],
        expected[expected.rindex("-") + 1 :],
    )

    def page(canvas: Canvas) -> None:
        canvas.setFont(HANGUL if "서" in expected else "Helvetica", 11)
        canvas.drawString(72, 700, f"words before {first}")
        canvas.drawString(72, 686, f"{second} and words after")

    assert parsed("hyphens.pdf", drawn(page)).text == f"words before {expected} and words after"


def test_a_compound_is_known_by_its_other_places() -> None:
    hyphens = Hyphens(
        ["a time-out, and then a time\ufffeout; a breakfast", "the break\ufffefast of the co\ufffeop"]
    )
    assert hyphens.joined("a time\ufffeout") == "a time-out"
    assert hyphens.joined("the break\ufffe\nfast") == "the breakfast"
    assert hyphens.joined("soft\u00ad\nware") == "software"
    assert hyphens.joined("self\ufffe\nmade") == "self-made"
    assert hyphens.joined("see www.example\ufffe\nshop.org") == "see www.example-shop.org"


def test_an_accent_that_is_printed_over_a_letter_is_joined_to_it(parsed, drawn) -> None:
    def word(canvas: Canvas, y: float, text: str, raised: float = 0.0, after: bool = False) -> None:
        """As TeX sets it: the accent in the middle over the next letter, an accent of ``text`` stands before its letter."""
        x = 72.0
        for place, char in enumerate(text):
            if char in "´¨`˜¸ˆ":
                below = text[place + 1]
                width = stringWidth(below, "Helvetica", 11)
                if after:
                    canvas.drawString(x, y, below)
                accent = x + (width - stringWidth(char, "Helvetica", 11)) / 2
                canvas.drawString(accent, y + (raised if below.isupper() else 0), char)
                if not after:
                    canvas.drawString(x, y, below)
                x += width
            elif not place or text[place - 1] not in "´¨`˜¸ˆ":
                canvas.drawString(x, y, char)
                x += stringWidth(char, "Helvetica", 11)

    def page(canvas: Canvas) -> None:
        word(canvas, 740, "Dr. ¨Ostlund, Sediv´y and M¨uller, Gar¸con, Bront¨e", raised=2.4)
        word(canvas, 700, "Capit`an ¨Angstr¨om na˜na", raised=2.4, after=True)
        canvas.drawString(72, 660, "a`b and x ~ y, 5´ 30¨ and ^ n")

    assert parsed("accents.pdf", drawn(page)).text.split("\n\n") == [
        "Dr. Östlund, Sedivý and Müller, Garçon, Brontë",
        "Capitàn Ängström naña",
        "a`b and x ~ y, 5´ 30¨ and ^ n",
    ]


def test_words_with_a_line_through_them_are_marked_and_a_stacked_fraction_is_one_number(
    parsed, drawn
) -> None:
    def wide(text: str, size: float = 11) -> float:
        return stringWidth(text, "Helvetica", size)

    def line(canvas: Canvas, before: str, words: str, y: float, up: float) -> None:
        canvas.line(72 + wide(before), y + up, 72 + wide(before + words), y + up)

    def page(canvas: Canvas) -> None:
        canvas.drawString(72, 740, "Price 500 won now 750 won")
        line(canvas, "Price ", "500 won", 740, 3.6)
        canvas.drawString(72, 700, "Underlined 500 stays")
        line(canvas, "Underlined ", "500", 700, -1.2)
        canvas.drawString(72, 660, "Framed 500 stays")
        canvas.line(60, 663.6, 400, 663.6)  # a line of a table or a chart
        canvas.drawString(72, 620, "Depth is 4 ")
        x = 72 + wide("Depth is 4 ")
        canvas.setFont("Helvetica", 8)
        canvas.drawString(x + 1, 625.5, "5")
        canvas.line(x, 623.5, x + 7, 623.5)
        canvas.drawString(x + 1, 615.5, "8")
        canvas.setFont("Helvetica", 11)
        canvas.drawString(x + 10, 620, "inch of water.")
        canvas.drawString(72, 560, "Total")
        for column in range(3):  # numbers over and under the lines of a table are no fractions
            canvas.drawString(200 + 30 * column, 562, str(column + 1))
            canvas.line(195 + 30 * column, 559, 225 + 30 * column, 559)
            canvas.drawString(200 + 30 * column, 549, str(column + 5))

    text = parsed("strokes.pdf", drawn(page)).text
    assert text.startswith(
        "Price ~~500 won~~ now 750 won\n\nUnderlined 500 stays\n\nFramed 500 stays\n\nDepth is 4 5/8 inch of water."
    )
    assert "/" not in text.replace("5/8", "")


def test_a_picture_of_one_colour_over_words_covers_them(parsed, drawn) -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "seen")
        canvas.drawString(72, 600, "under a picture")
        canvas.drawImage(ImageReader(Image.new("RGB", (20, 20), (200, 220, 240))), 60, 590, 200, 30)

    document = parsed("cover.pdf", drawn(page))
    assert document.text == "seen"
    assert [(piece.text, piece.how) for piece in document.hidden] == [("under a picture", "covered")]
