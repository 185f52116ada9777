"""On every page the passage is printed in black and all else in light grey: its boxes have to hold all dark pixels."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from chatbot.citations.viewing import NoPage, Original, PageView
from chatbot.trace import Candidate, Sentence
from ingest import viewing

pdfmetrics.registerFont(UnicodeCIDFont("HYSMyeongJo-Medium"))
HANGUL = "HYSMyeongJo-Medium"
FILLER = [
    "Lorem ipsum dolor sit amet consetetur",
    "sadipscing elitr sed diam nonumy eirmod",
    "tempor invidunt ut labore et dolore",
]
# black lines of the passage, among grey ones
COLUMN = [
    "The second look reads every candidate",
    "beside the question, and only then de-",
    "cides which of them are worth citing.",
]
KOREAN = ["교차 인코더는 질문과 발췌문을 함께 읽", "고 관련도를 다시 매깁니다. 그래서 순위", "가 달라집니다."]
ROWS = [["Expense", "Limit", "Remarks"], ["Hotel, per night", "140 euros", "180 in capital cities"],
        ["Train ticket", "40 euros", "First class when it is late"], ["Flight", "900 euros", "Over seven hours"]]  # fmt: skip


def pdf(draw: Callable[[Canvas], None], **options: object) -> bytes:
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842), **options)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def put(canvas: Canvas, x: float, y: float, lines: list[str], black: bool = False, font: str = "Helvetica", size: int = 11) -> None:  # fmt: skip
    for number, line in enumerate(lines):
        canvas.setFillGray(0 if black else 0.8)
        canvas.setFont(font, size)
        canvas.drawString(x, y - 1.25 * size * number, line)


def two_columns(canvas: Canvas) -> None:
    put(canvas, 60, 700, FILLER * 3)
    put(canvas, 60, 560, COLUMN, black=True)
    put(canvas, 320, 700, FILLER * 5)


def korean(canvas: Canvas) -> None:
    put(canvas, 60, 740, ["보고서 안내"], font=HANGUL, size=18)
    put(canvas, 60, 700, ["먼저 후보를 넉넉하게 찾아 둡니다."], font=HANGUL)
    put(canvas, 60, 660, KOREAN, black=True, font=HANGUL)


def turned(degrees: int) -> Callable[[Canvas], None]:
    """Printed on a sheet that lies so, and shown upright (reportlab turns the sheet itself)."""

    def draw(canvas: Canvas) -> None:
        canvas.setPageRotation(degrees)
        canvas.translate(*{90: (842, 0), 180: (595, 842), 270: (0, 595)}[degrees])
        canvas.rotate(degrees)
        two_columns(canvas)

    return draw


def lying(canvas: Canvas) -> None:
    """A sheet that is shown on its side, with its lines."""
    canvas.setPageRotation(90)
    put(canvas, 60, 700, FILLER)
    put(canvas, 60, 500, ["A line that is shown on its side."], black=True)


def sideways(canvas: Canvas) -> None:
    put(canvas, 60, 780, FILLER)
    canvas.translate(300, 200)
    canvas.rotate(90)
    put(canvas, 0, 0, COLUMN, black=True)


def table(canvas: Canvas) -> None:
    for number, row in enumerate(ROWS):
        for x, cell in zip((60, 220, 330), row, strict=True):
            put(canvas, x, 700 - 20 * number, [cell], black=number == 2)


def repeated(canvas: Canvas) -> None:
    for number in range(12):
        put(canvas, 60, 760 - 30 * number, ["This clause is not applicable."], black=number == 7)


def two_pages(canvas: Canvas) -> None:
    put(canvas, 60, 300, FILLER * 2)
    put(canvas, 60, 130, ["A passage that begins at the foot of one page and is not yet finished when it", "ends there will go"], black=True)  # fmt: skip
    canvas.showPage()
    put(canvas, 60, 780, ["on at the top of the next page, until its last word."], black=True)
    put(canvas, 60, 700, FILLER)
    canvas.showPage()
    put(canvas, 60, 780, ["The last page has nothing of it."])


def cropped(canvas: Canvas) -> None:
    canvas.setCropBox((0, 400, 595, 842))
    put(canvas, 60, 600, ["What can be seen of this page stands here."])
    put(
        canvas,
        60,
        300,
        ["The lower half of the sheet was cut away,", "with all that is printed on it."],
        black=True,
    )


def scan(canvas: Canvas) -> None:
    from PIL import Image

    canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, 595, 842)
    canvas.showPage()
    put(canvas, 60, 700, ["A page with letters behind the scanned one."])


FILES = {
    "columns.pdf": two_columns, "korean.pdf": korean, "turned90.pdf": turned(90), "turned180.pdf": turned(180),
    "turned270.pdf": turned(270), "sideways.pdf": sideways, "table.pdf": table, "repeated.pdf": repeated,
    "lying.pdf": lying, "two.pdf": two_pages, "cropped.pdf": cropped, "scan.pdf": scan,
}  # fmt: skip
PASSAGE = "".join(COLUMN).replace("de-cides", "decides")


@pytest.fixture(scope="module")
def library(open_library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("library") / "docs"
    folder.mkdir()
    for name, draw in FILES.items():
        (folder / name).write_bytes(pdf(draw))
    (folder / "note.md").write_text("# Title\n\nThe second look reads every candidate.\n")
    library = open_library(folder.parent / "store", folder)
    yield library
    library.store.close()


def opened(library: Any, name: str, phrase: str, occurrence: int = 0, page: int | None = None) -> PageView:
    view = viewing.open_page(library.store, library.candidate(name, phrase, occurrence), (), page)
    assert isinstance(view, PageView)
    return view


@pytest.mark.parametrize(
    ("name", "phrase", "lines"),
    [
        ("columns.pdf", PASSAGE, 3),
        ("turned90.pdf", PASSAGE, 3),
        ("turned180.pdf", PASSAGE, 3),
        ("turned270.pdf", PASSAGE, 3),
        ("sideways.pdf", PASSAGE, 3),
        ("lying.pdf", "A line that is shown on its side.", 1),
        ("korean.pdf", "".join(KOREAN), 3),
        ("table.pdf", "".join(ROWS[2]), 3),
    ],
)
def test_the_boxes_hold_the_whole_passage_and_nothing_else(
    library, pixels, name: str, phrase: str, lines: int
) -> None:
    view = opened(library, name, phrase)
    assert (view.located, view.passage_pages, len(view.boxes)) == (1.0, (1,), lines)
    held, inked = pixels(view, view.boxes)
    assert held > 0.995
    assert inked == 1.0


def test_under_the_boxes_stand_the_words_of_the_passage(library, words) -> None:
    for name, phrase in (
        ("columns.pdf", PASSAGE),
        ("korean.pdf", "".join(KOREAN)),
        ("table.pdf", "".join(ROWS[2])),
    ):
        view = opened(library, name, phrase)
        assert words(library.folder / name, view, view.boxes) == "".join(filter(str.isalnum, phrase))


def test_of_repeated_phrases_the_cited_one_is_marked(library, pixels) -> None:
    view = opened(library, "repeated.pdf", "This clause is not applicable.", occurrence=7)
    assert len(view.boxes) == 1
    assert pixels(view, view.boxes)[0] > 0.995


def test_a_highlighted_sentence_has_boxes_of_its_own(library) -> None:
    candidate = library.candidate("korean.pdf", "".join(KOREAN))
    start = candidate.text.index("그래서")
    view = viewing.open_page(library.store, candidate, [Sentence(start, len(candidate.text))], None)
    assert isinstance(view, PageView)
    (sentence,) = view.sentence_boxes
    assert len(sentence) == 2
    assert sentence[0].top == view.boxes[1].top
    assert sentence[0].left > view.boxes[1].left + 0.1
    assert sentence[1] == view.boxes[2]


def test_a_passage_that_runs_over_a_page_break_is_marked_on_both_pages_and_only_there(
    library, pixels
) -> None:
    phrase = "A passage that begins at the foot of one page and is not yet finished when it ends there will go on at the top of the next page, until its last word."
    for page, lines in ((None, 2), (2, 1)):
        view = opened(library, "two.pdf", phrase, page=page)
        assert (view.page, view.pages, view.passage_pages, view.located) == (page or 1, 3, (1, 2), 1.0)
        assert len(view.boxes) == lines
        assert pixels(view, view.boxes)[0] > 0.995
    assert opened(library, "two.pdf", phrase, page=3).boxes == ()
    assert opened(library, "two.pdf", phrase, page=99).page == 3


def test_what_cannot_be_seen_on_the_page_is_no_part_of_the_text(library) -> None:
    with library.store.reading() as view:
        assert "cut away" not in view.document_text("docs/cropped.pdf")


def test_a_page_without_letters_is_shown_clean(library) -> None:
    candidate = library.candidate("scan.pdf", "A page with letters behind the scanned one.")
    view = viewing.open_page(library.store, Candidate(candidate.chunk_id, candidate.document, candidate.text, candidate.span, 1), (), 1)  # fmt: skip
    assert isinstance(view, PageView)
    assert (view.page, view.boxes) == (1, ())
    assert view.width <= 1401


def test_only_pdfs_have_pages(library) -> None:
    assert viewing.open_page(library.store, library.candidate("note.md", "The second look")) == NoPage(
        "no_pages"
    )
    gone = Candidate(1, "docs/nowhere.pdf", "words", (0, 5), 1)
    assert viewing.open_page(library.store, gone) == NoPage("no_pages")


def test_a_file_that_changed_or_went_away_is_not_shown(
    open_library, tmp_path: Path, folder: Path, write
) -> None:
    file = write("a.pdf", pdf(two_columns))
    library = open_library(tmp_path / "store", folder)
    candidate = library.candidate("a.pdf", PASSAGE)
    assert viewing.original(library.store, "docs/a.pdf") == Original("a.pdf", file.read_bytes())
    assert isinstance(viewing.open_page(library.store, candidate), PageView)
    write("a.pdf", pdf(korean))
    assert viewing.open_page(library.store, candidate) == NoPage("changed")
    assert viewing.original(library.store, "docs/a.pdf") is None
    library.add(file)
    assert viewing.open_page(library.store, candidate) == NoPage("changed")  # so has the index
    file.unlink()
    assert viewing.open_page(library.store, library.candidate("a.pdf", "".join(KOREAN))) == NoPage("gone")
    assert viewing.original(library.store, "docs/a.pdf") is None
    library.store.close()


def test_an_upload_is_shown_from_the_index_wherever_that_is_now(
    open_library, tmp_path: Path, folder: Path, write
) -> None:
    file = write("a.pdf", pdf(korean))
    library = open_library(tmp_path / "store", folder)
    kept = library.store.folder / "files" / hashlib.sha256(file.read_bytes()).hexdigest()
    kept.parent.mkdir()
    file.rename(kept)
    library.add(kept, "uploads/a.pdf", Path("/where/the/index/was"))
    candidate = library.candidate("uploads/a.pdf", "".join(KOREAN))
    page = viewing.open_page(library.store, candidate)
    assert isinstance(page, PageView)
    assert page.located == 1.0
    assert viewing.original(library.store, "uploads/a.pdf") == Original("a.pdf", kept.read_bytes())
    library.store.close()


def test_neither_pdfium_nor_a_picture_is_opened_in_the_program_itself() -> None:
    code = "import sys, ingest.viewing; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"pypdfium2", "PIL", "ingest.viewing.page_worker", "ingest.viewing.printed"} & set(
        done.stdout.split()
    )
