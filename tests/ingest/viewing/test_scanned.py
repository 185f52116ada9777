from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from chatbot.citations.viewing import PageView
from ingest import viewing
from ingest.parsing.ocr import available
from ingest.parsing.pdf.lines import Cell, Line
from ingest.viewing.boxes import line_boxes
from ingest.viewing.scanned import ScannedPage

LINES = ["Every candidate is read beside the question,", "and only then are three of them cited."]


def scan() -> bytes:
    """Text as a picture: two lines in black, the others in grey."""
    printed, buffer = BytesIO(), BytesIO()
    canvas = Canvas(printed, pagesize=(595, 400))
    for number, line in enumerate(["The first look is a quick one and finds many.", "", *LINES, "", "What is left is shown with its rank."]):  # fmt: skip
        canvas.setFillGray(0 if line in LINES else 0.6)
        canvas.setFont("Helvetica", 16)
        canvas.drawString(60, 340 - 22 * number, line)
    canvas.showPage()
    canvas.save()
    with pdfium.PdfDocument(printed.getvalue()) as document:
        page = document[0]
        picture = page.render(scale=200 / 72).to_pil()
        page.close()
    canvas = Canvas(buffer, pagesize=(595, 400))
    canvas.drawImage(ImageReader(picture), 0, 0, 595, 400)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


@pytest.mark.skipif(not available(), reason="OCR is not installed")
def test_a_scan_is_shown_at_once_and_the_passage_marked_when_it_was_read(
    open_library, tmp_path: Path, folder: Path, write, pixels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_THREAD_LIMIT", "1")  # OCR sets it for its own process
    write("scan.pdf", scan())
    library = open_library(tmp_path / "store", folder)
    candidate = library.candidate("scan.pdf", "".join(LINES))
    first = viewing.open_page(library.store, candidate)
    assert isinstance(first, PageView)
    assert (first.is_unread, first.boxes) == (True, ())
    # read now, and at hand from then on
    for read_scan in (True, False):
        view = viewing.open_page(library.store, candidate, read_scan=read_scan)
        assert isinstance(view, PageView)
        assert view.picture == first.picture
        assert (view.is_unread, view.located, view.passage_pages, len(view.boxes)) == (False, 1.0, (1,), 2)
        assert pixels(view, view.boxes)[0] > 0.98
    library.store.close()


@pytest.mark.parametrize("quarters", range(4))
def test_boxes_of_a_page_that_was_turned_to_be_read_stand_where_the_letters_are(quarters: int) -> None:
    upright = (60, 40) if quarters % 2 == 0 else (40, 60)  # width, height of the page as it was read
    cell = Cell("글 ab", 10, 35)
    line = Line("글 ab", 10, 35, -20, -20, 10, placed=True, cells=(cell,))
    page = ScannedPage(1, (60, 40), [line], quarters)
    assert page.text == "글 ab"
    (box,) = line_boxes(page.boxes(range(10)))
    as_read = np.zeros((upright[1], upright[0]), bool)
    as_read[10:23, 10:35] = True
    rows, columns = np.nonzero(np.rot90(as_read, -quarters))  # back, as it is shown
    assert (columns.min(), rows.min()) == pytest.approx((box.left, box.top), abs=1)
    assert (columns.max() + 1, rows.max() + 1) == pytest.approx((box.right, box.bottom), abs=1)
