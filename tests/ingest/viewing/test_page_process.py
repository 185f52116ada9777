from __future__ import annotations

import hashlib
import os
import signal
import sys
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from chatbot.citations.viewing import NoPage
from fakes.raw_pdf import raw_pdf
from ingest.sandbox.wire import WireError, receive, send
from ingest.viewing import page_process
from ingest.viewing.page_process import MAX_PICTURE, DrawnPage, PageProcess, PageRequest
from ingest.viewing.pictures import PagePicture, PictureCache

WORDS = "Words on a page."
ANSWER = {
    "width": 8,
    "height": 8,
    "page": 1,
    "pages": 2,
    "located": 0.5,
    "on": [1, 2],
    "boxes": [[[0, 0, 1, 0.5]]],
}
PICTURE = b"RIFF....WEBP"


@pytest.fixture(scope="module")
def process() -> Iterator[PageProcess]:
    with PageProcess(seconds=2) as running:
        yield running


def plain(**options: object) -> bytes:
    buffer = BytesIO()
    canvas = Canvas(buffer, **options)
    canvas.drawString(72, 700, WORDS)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def drawing(contents: bytes, *forms: bytes, box: bytes = b"0 0 600 800") -> bytes:
    """One page; form n draws what ``forms[n]`` says, with form n + 1 as ``/X``."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>" % box,
        b"<</Length %d>>stream\n%s\nendstream" % (len(contents), contents),
        *(
            b"<</Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<</XObject<</X %d 0 R>>>>/Length %d>>stream\n%s\nendstream"
            % (number + 6, len(form), form)
            for number, form in enumerate(forms)
        ),
    ]
    return raw_pdf(objects)


def endless() -> bytes:
    """Every form draws the next one thirty times, eight deep: 2 KB, and years to draw."""
    return drawing(b"/X Do", *[b"/X Do " * 30] * 8, b"0 0 500 700 re f")


def huge_image() -> bytes:
    """A picture that unpacks to 3 GB."""
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(bytes(2**20)) for _ in range(48)) + packer.flush()
    image = (
        b"<</Type/XObject/Subtype/Image/Width 32000/Height 32000/ColorSpace/DeviceRGB/BitsPerComponent 8"
        b"/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(data), data)
    )
    page = drawing(b"600 0 0 800 0 0 cm /X Do", b"")
    start = page.index(b"5 0 obj\n") + len(b"5 0 obj\n")
    return page[:start] + image + page[page.index(b"\nendobj", start) :]


def request(path: Path, sha256: str = "", page: int = 1, text: str = WORDS) -> PageRequest:
    digest = sha256 or (hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "0" * 64)
    return PageRequest(path, digest, page, 1, text, ((0, len(text)),))


def test_a_page_is_drawn_and_the_next_time_only_looked_through(process: PageProcess, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(plain())
    drawn = process.draw(request(path))
    assert isinstance(drawn, DrawnPage)
    assert (drawn.width, drawn.pages, drawn.located, len(drawn.boxes[0])) == (1401, 1, 1.0, 1)
    again = process.draw(request(path), picture=False)
    assert isinstance(again, DrawnPage)
    assert (again.picture, again.boxes) == (b"", drawn.boxes)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (endless(), "slow"),
        (plain(encrypt=StandardEncryption("user", ownerPassword="owner")), "locked"),
        (plain()[:300], "damaged"),
        (b"not a PDF", "damaged"),
        (None, "gone"),
    ],
    ids=["endless", "locked", "cut off", "text", "gone"],
)
def test_what_cannot_be_drawn_has_a_reason_and_the_next_page_is_drawn(
    process: PageProcess, tmp_path: Path, content: bytes | None, reason: str
) -> None:
    path, good = tmp_path / "a.pdf", tmp_path / "good.pdf"
    good.write_bytes(plain())
    if content is not None:
        path.write_bytes(content)
    assert process.draw(request(path)) == NoPage(reason)  # type: ignore[arg-type]
    assert isinstance(process.draw(request(good)), DrawnPage)


@pytest.mark.parametrize(
    "box", [b"0 0 1 14400", b"0 0 14400 14400", b"0 0 0 0", b"0 0 1e9 1", b"-50 -50 -10 -10"]
)
def test_a_sheet_of_any_size_gives_a_small_picture(process: PageProcess, tmp_path: Path, box: bytes) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(drawing(b"0 0 10 10 re f", box=box))
    drawn = process.draw(request(path))
    if isinstance(drawn, DrawnPage):
        assert drawn.width * drawn.height <= 6_100_000
        assert drawn.boxes == ((),)
    else:
        assert drawn.reason in ("damaged", "slow")


@pytest.mark.skipif(sys.platform != "linux", reason="the memory limit is only enforced on Linux")
def test_a_picture_that_needs_too_much_memory_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(huge_image())
    with PageProcess(memory=400 * 2**20, seconds=5) as process:
        drawn = process.draw(request(path))
        # PDFium draws the page without it, or ends
        assert isinstance(drawn, DrawnPage) or drawn.reason in ("damaged", "slow")
        assert {"memory", "files"} <= set(process.protections())


@pytest.mark.skipif(not hasattr(os, "waitid"), reason="no waitid on this system")
def test_a_process_that_was_killed_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(plain())
    with PageProcess() as process:
        process.protections()
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert isinstance(process.draw(request(path)), DrawnPage)


def test_another_file_or_a_link_in_its_place_is_not_drawn(process: PageProcess, tmp_path: Path) -> None:
    path, other = tmp_path / "a.pdf", tmp_path / "other.pdf"
    path.write_bytes(plain())
    wanted = request(path)
    path.rename(other)
    assert process.draw(wanted) == NoPage("gone")
    path.write_bytes(plain(encrypt=StandardEncryption("user")))
    assert process.draw(wanted) == NoPage("changed")
    path.unlink()
    path.symlink_to(other)
    assert process.draw(wanted) == NoPage("gone")


@pytest.mark.parametrize(
    "change",
    [
        {"located": 2}, {"located": "nan"}, {"located": None}, {"page": 3}, {"page": 0}, {"on": [3]}, {"on": None},
        {"boxes": []}, {"boxes": [[[0, 0, 1]]]}, {"boxes": [[[0, 0, 1, 1.5]]]}, {"boxes": [[["nan", 0, 1, 1]]]},
        {"width": 0}, {"height": 10**9}, {"width": float("inf")},
    ],
)  # fmt: skip
def test_a_false_answer_is_not_believed(change: dict[str, Any]) -> None:
    assert isinstance(page_process._believed(dict(ANSWER), PICTURE, 1, True), DrawnPage)
    with pytest.raises(WireError):
        page_process._believed(ANSWER | change, PICTURE, 1, True)


def test_what_is_no_picture_is_not_believed() -> None:
    for data in (b"", b"<svg onload=alert(1)>", b"RIFF....WAVE"):
        with pytest.raises(WireError):
            page_process._believed(dict(ANSWER), data, 1, True)
    assert page_process._believed({"problem": "<b>"}, b"", 1, True) == NoPage("damaged")
    too_large = BytesIO()
    send(too_large, dict(ANSWER), bytes(MAX_PICTURE + 1))
    too_large.seek(0)
    with pytest.raises(WireError):
        receive(too_large, MAX_PICTURE)


def test_pictures_are_kept_within_their_room() -> None:
    pictures = PictureCache(most_bytes=250)
    for page in (1, 2):
        pictures.put("a", page, PagePicture(bytes(100), 1, 1))
    assert pictures.get("a", 1) is not None  # asked for last
    pictures.put("a", 3, PagePicture(bytes(100), 1, 1))
    assert [pictures.get("a", page) is not None for page in (1, 2, 3)] == [True, False, True]
    pictures.put("a", 3, PagePicture(bytes(120), 1, 1))
    assert pictures.get("a", 1) is not None
