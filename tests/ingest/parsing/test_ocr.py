from __future__ import annotations

import struct
import time
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from chatbot.errors import DocumentRefused
from fakes.opened_files import parsed
from ingest.parsing.formats import image as image_parser
from ingest.parsing.ocr import INSTALL, Recogniser, available, came_since, page_list, time_left
from ingest.parsing.ocr.installed import language_data
from ingest.parsing.ocr.picture import Picture, columns
from ingest.parsing.parse import parse
from ingest.parsing.pdf import pdf as pdf_parser
from ingest.sandbox.parser import ParserProcess

FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/nanum/NanumGothic.ttf",
    "/System/Library/Fonts/AppleSDGothicNeo.ttc",
    "C:/Windows/Fonts/malgun.ttf",
)
FONT = next((font for font in FONTS if Path(font).is_file()), None)

installed = pytest.mark.skipif(not available(), reason=f"OCR is not installed: {INSTALL}")
readable = pytest.mark.skipif(FONT is None, reason="no font with Hangul is installed")

KOREAN = [
    "직원은 매년 15일의 연차 휴가를 받으며 3년 이상 근무한",
    "직원은 2년마다 하루씩 더 받는다. 휴가를 사용하려는 직원은",
    "적어도 닷새 전에 팀장에게 신청서를 내야 하고, 팀장은 업무에",
    "큰 지장이 없는 한 이를 승인하여야 한다. 출장 여비는 실비로",
    "정산하며 영수증은 30일 안에 총무부에 제출한다.",
]
ENGLISH = [
    "Every employee receives 15 days of annual leave and, after",
    "three years of service, one further day for every two years.",
    "Anyone who wishes to take leave shall hand in a request at",
    "least five days ahead. Receipts are due within 30 days.",
]


@pytest.fixture
def without_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.parsing.ocr.installed.find_spec", lambda name: None)


def page(lines: list[str], pixels: int = 46, width: int = 1800) -> Image.Image:
    """Lines in black on white, ``pixels`` high: 11 points at 300 dpi."""
    assert FONT is not None
    font = ImageFont.truetype(FONT, pixels, index=1 if FONT.endswith("NotoSansCJK-Regular.ttc") else 0)
    picture = Image.new("L", (width, 300 + len(lines) * pixels * 8 // 5), 255)
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        draw.text((150, 150 + number * pixels * 8 // 5), line, font=font, fill=20)
    return picture


def encoded(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def pdf(pages: list[Image.Image | str]) -> bytes:
    """A scanned page for each picture, a printed one for each text."""
    buffer = BytesIO()
    canvas = Canvas(buffer)
    for content in pages:
        if isinstance(content, str):
            canvas.setFont("Helvetica", 11)
            canvas.drawString(72, 700, content)
        else:
            width = 480
            height = width * content.height / content.width
            canvas.drawImage(ImageReader(content), 50, 780 - height, width, height)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def error_rate(found: str, expected: str) -> float:
    """Levenshtein distance by the length of what is expected; line breaks count as spaces."""
    found, expected = " ".join(found.split()), " ".join(expected.split())
    row = list(range(len(found) + 1))
    for number, char in enumerate(expected, 1):
        before, row = row, [number]
        for place, other in enumerate(found, 1):
            row.append(min(before[place] + 1, row[-1] + 1, before[place - 1] + (char != other)))
    return row[-1] / len(expected)


def white(width: int, height: int) -> Image.Image:
    return Image.new("L", (width, height), 255)


# without OCR


@pytest.mark.usefixtures("without_ocr")
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "BMP", "WEBP", "GIF"])
def test_without_ocr_an_image_is_refused_and_told_what_to_install(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"scan.{kind.lower()}"
    path.write_bytes(encoded(white(50, 50), kind))
    with pytest.raises(DocumentRefused) as refusal:
        parse(path)
    assert 'pip install "secondlook[ocr]"' in str(refusal.value)
    assert "apt install tesseract-ocr" in str(refusal.value)
    assert refusal.value.missing == "ocr"


@pytest.mark.usefixtures("without_ocr")
def test_without_ocr_a_scan_is_refused_a_mixed_pdf_partial_and_both_are_told_what_to_install(
    tmp_path: Path, parsed: Callable[..., Any]
) -> None:
    noise = Image.effect_noise((200, 200), 80)
    (tmp_path / "scan.pdf").write_bytes(pdf([noise]))
    with pytest.raises(DocumentRefused, match=r"no text layer.*secondlook\[ocr\].*apt install"):
        parse(tmp_path / "scan.pdf")
    document = parsed("mixed.pdf", pdf(["Printed text of the first page", noise]))
    assert document.partial.startswith("page 2 without a text layer (OCR is not installed: pip install")
    assert document.missing == "ocr"


def test_a_file_refused_for_lack_of_ocr_is_due_again_when_it_is_installed_and_no_other_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("ingest.parsing.ocr.installed.find_spec", lambda name: None)
    assert not came_since("ocr")
    monkeypatch.setattr("ingest.parsing.ocr.installed.find_spec", lambda name: object())
    monkeypatch.setattr("ingest.parsing.ocr.installed._FOLDERS", ())
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    assert not came_since("ocr"), "the package alone reads nothing"
    (tmp_path / "kor.traineddata").touch()
    assert came_since("ocr")
    assert not came_since("")


def test_the_model_of_the_script_comes_before_the_languages(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    for name, *chosen in (("eng", "eng", ""), ("kor", "kor+eng", ""), ("Hangul", "Hangul", "Hangul+eng")):
        (tmp_path / f"{name}.traineddata").touch()
        assert language_data() == (tmp_path, *chosen)


def test_heic_images_are_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"\0\0\0\x18ftypheic" + bytes(100))
    with pytest.raises(DocumentRefused, match="PNG or JPEG"):
        parse(tmp_path / "photo.jpg")


def test_a_text_that_begins_like_a_bitmap_is_a_text(parsed: Callable[..., Any]) -> None:
    assert parsed("cars.txt", "BMW builds cars in Munich.").format == "text"


def test_page_lists_stay_short() -> None:
    assert page_list([7]) == "page 7"
    assert page_list(list(range(1, 100, 2))).endswith("17, 19, ...")


# where the parts of a page are


def drawn(boxes: list[tuple[int, int, int, int]]) -> Picture:
    """A page of 2,400 by 3,200 pixels with black boxes for lines."""
    import numpy as np

    picture = white(2400, 3200)
    for box in boxes:
        ImageDraw.Draw(picture).rectangle(box, fill=0)
    return Picture(np.asarray(picture), 300)


def test_columns_of_text_are_read_one_after_the_other_and_titles_across_them_apart() -> None:
    title = [(300, 200, 2100, 280)]
    left = [(200, 400 + 60 * n, 1100, 430 + 60 * n) for n in range(30)]
    right = [(1300, 400 + 60 * n, 2200, 430 + 60 * n) for n in range(30)]
    above, first, second = columns(drawn(title + left + right))
    assert above[1] == 0
    assert 280 < above[3] <= 400
    assert first[:2] == (0, above[3])
    assert 1100 < first[2] < 1300
    assert second[0] == first[2]
    assert second[2:] == (2400, 3200)


def test_cells_of_a_table_and_a_single_column_are_not_parted() -> None:
    rows = [
        (x, 400 + 60 * n, x + width, 430 + 60 * n)
        for n in range(30)
        for x, width in ((200, 150 + n % 3 * 200), (1300, 120), (1900, 250 - n % 2 * 130))
    ]
    text = [(200, 400 + 60 * n, 2200, 430 + 60 * n) for n in range(30)]
    for boxes in (rows, text, []):
        assert columns(drawn(boxes)) == [(0, 0, 2400, 3200)]


# with OCR


@installed
@readable
@pytest.mark.parametrize("lines", [KOREAN, ENGLISH], ids=["korean", "english"])
def test_a_scanned_page_is_read_with_few_errors(parsed: Callable[..., Any], lines: list[str]) -> None:
    document = parsed("scan.pdf", pdf([page(lines)]))
    assert document.format == "pdf"
    assert document.partial == ""
    assert error_rate(document.text, " ".join(lines)) < 0.05


@installed
@readable
def test_in_a_mixed_pdf_only_pages_without_text_are_recognised_and_the_text_is_on_its_page(
    parsed: Callable[..., Any],
) -> None:
    document = parsed(
        "mixed.pdf", pdf(["Printed words stay exact", page(KOREAN), white(300, 300), page(ENGLISH)])
    )
    assert [number.number for number in document.pages] == [1, 2, 4]
    texts = [document.text[number.start : number.end] for number in document.pages]
    assert texts[0] == "Printed words stay exact"
    assert "연차 휴가를" in texts[1]
    assert "annual leave" in texts[2]
    assert document.partial == ""
    assert {block.kind for block in document.blocks} == {"paragraph"}


@installed
@readable
@pytest.mark.parametrize(
    ("kind", "options"),
    [("PNG", {}), ("JPEG", {"quality": 60}), ("TIFF", {}), ("BMP", {}), ("WEBP", {}), ("GIF", {})],
)
def test_images_of_all_kinds_are_read(parsed: Callable[..., Any], kind: str, options: dict[str, Any]) -> None:
    document = parsed("scan.bin", encoded(page(KOREAN[:2]), kind, **options))
    assert document.format == "image"
    assert [number.number for number in document.pages] == [1]
    assert error_rate(document.text, " ".join(KOREAN[:2])) < 0.05


@installed
@readable
def test_each_frame_of_a_tiff_is_a_page(parsed: Callable[..., Any]) -> None:
    frames = [page(KOREAN[:2]), page(ENGLISH[:2])]
    document = parsed("fax.tif", encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:]))
    first, second = (document.text[number.start : number.end] for number in document.pages)
    assert "연차" in first
    assert "annual" in second


@installed
@readable
@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_that_lies_on_its_side_is_read(parsed: Callable[..., Any], turn: int) -> None:
    document = parsed("turned.png", encoded(page(ENGLISH).rotate(turn, expand=True)))
    assert error_rate(document.text, " ".join(ENGLISH)) < 0.05


@installed
@readable
def test_transparency_sixteen_bits_and_light_on_dark_are_read(parsed: Callable[..., Any]) -> None:
    from PIL import ImageOps

    dark = page(ENGLISH[:2])
    transparent = Image.new("RGBA", dark.size, (0, 0, 0, 0))
    transparent.paste((0, 0, 0, 255), mask=ImageOps.invert(dark))
    deep = dark.convert("I").point(lambda value: value * 257).convert("I;16")
    for picture in (transparent, deep, ImageOps.invert(dark)):
        document = parsed("picture.png", encoded(picture))
        assert error_rate(document.text, " ".join(ENGLISH[:2])) < 0.05


@installed
def test_pictures_without_text_are_refused_and_pages_without_text_are_named(tmp_path: Path) -> None:
    (tmp_path / "noise.png").write_bytes(encoded(Image.effect_noise((400, 400), 120)))
    (tmp_path / "white.png").write_bytes(encoded(white(400, 400)))
    (tmp_path / "white.pdf").write_bytes(pdf([white(400, 400)]))
    for name in ("noise.png", "white.png", "white.pdf"):
        with pytest.raises(DocumentRefused, match="OCR found no Korean or English text"):
            parse(tmp_path / name)
    (tmp_path / "mixed.pdf").write_bytes(pdf(["Printed", Image.effect_noise((400, 400), 120)]))
    assert parse(tmp_path / "mixed.pdf").partial == "page 2 in which OCR found no text"


@installed
@readable
def test_when_the_time_is_up_the_pages_read_so_far_are_kept_and_counted(
    parsed: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Tired(Recogniser):
        """Has time for so many pages, however fast the machine is."""

        pages = 2

        def has_time(self) -> bool:
            return Tired.pages > 0

        def lines(self, picture: Picture) -> list[Any] | None:
            lines = super().lines(picture)
            Tired.pages -= 1
            return lines

    for module in (pdf_parser, image_parser):
        monkeypatch.setattr(module, "Recogniser", Tired)
    scans = [page([line]) for line in ENGLISH]
    document = parsed("long.pdf", pdf(["Printed on page one", *scans]))
    assert document.partial == "OCR read 2 of 4 pages in the time limit; not read: pages 4-5"
    assert [number.number for number in document.pages] == [1, 2, 3]
    Tired.pages = 1
    document = parsed("long.tif", encoded(scans[0], "TIFF", save_all=True, append_images=scans[1:]))
    assert document.partial == "OCR read 1 of 4 pages in the time limit; not read: pages 2-4"


@installed
@readable
def test_a_page_is_given_up_when_its_time_is_over() -> None:
    import numpy as np

    small, large = (Picture(np.asarray(page(lines)), 300) for lines in (KOREAN[:1], KOREAN * 24))
    with Recogniser(seconds=0.001) as recogniser:
        assert recogniser.lines(large) is None, "before it is begun"
    with Recogniser() as recogniser:
        assert recogniser.lines(small)
        recogniser._slowest = 0.0
        recogniser._processor_end = time.process_time() + 0.4
        assert recogniser.lines(large) is None, "within it"
        assert recogniser.lines(small) is None, "there is no time for another"


def test_a_scan_asks_for_more_time_while_it_is_read_and_a_file_with_a_time_of_its_own_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left, granted, asked = [20.0], [True, False], []

    def ask() -> bool:
        asked.append(left[0])
        left[0] = 50.0 if granted[0] else left[0]
        return granted.pop(0)

    monkeypatch.setattr("ingest.parsing.ocr.recogniser.seconds_left", lambda: left[0])
    monkeypatch.setattr(time_left, "_ask", time_left._ask)
    time_left.ask_for_time(ask)
    with Recogniser(seconds=5.0) as recogniser:
        assert recogniser.has_time()
    assert asked == []
    with Recogniser() as recogniser:
        recogniser._slowest = 30.0
        assert recogniser.has_time(), "50 seconds were given"
        assert recogniser.has_time()
        assert asked == [20.0], "only when the time is short"
        recogniser._set_end(20.0)
        assert not recogniser.has_time(), "no more is given"
        assert asked == [20.0, 50.0]


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims this many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )


@installed
def test_image_bombs_and_damaged_images_are_refused_by_their_headers(tmp_path: Path) -> None:
    whole = encoded(Image.effect_noise((300, 300), 100))
    for data, reason in (
        (bomb(60_000, 60_000), "million pixels"),
        (bomb(10_000, 9_000), "has 90 million pixels"),
        (bomb(2**31 - 1, 2**31 - 1), "million pixels|damaged"),
        (whole[: len(whole) // 2], "damaged or cut off"),
        (whole[:40], "damaged or cut off"),
        (b"II*\0" + b"\xff" * 300, "damaged or cut off"),
    ):
        (tmp_path / "image.png").write_bytes(data)
        with pytest.raises(DocumentRefused, match=reason):
            image_parser.parse(tmp_path / "image.png")


@installed
@readable
def test_ocr_works_within_the_limits_of_the_parser_process(tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(
        pdf([page(KOREAN), white(300, 300), page(ENGLISH).rotate(90, expand=True)])
    )
    (tmp_path / "bomb.png").write_bytes(bomb(60_000, 60_000))
    (tmp_path / "photo.png").write_bytes(encoded(page(KOREAN[:1])))
    with ParserProcess() as process:
        document = parsed(process, tmp_path / "scan.pdf")
        pid = process.pid
        assert "연차 휴가를" in document.text
        assert "annual leave" in document.text
        with pytest.raises(DocumentRefused, match="million pixels"):
            parsed(process, tmp_path / "bomb.png")
        assert "연차" in parsed(process, tmp_path / "photo.png").text
        assert process.pid == pid, "nothing died on the way"
