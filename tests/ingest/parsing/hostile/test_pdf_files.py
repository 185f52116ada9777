"""PDFs: bombs, loops, a page tree of 200,000, objects nested in each other, passwords, cut off files."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from fakes.raw_pdf import raw_pdf

Make = Callable[[Path], None]
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>/XObject<</X 6 0 R>>>>>>"
SHOW = b"BT /F 12 Tf 50 700 Td (Words on a page) Tj ET "


def pdf(*objects: bytes) -> Make:
    """A file of these objects, numbered from 1; the first is the catalogue."""
    return written(raw_pdf(objects))


def stream(data: bytes, more: bytes = b"") -> bytes:
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(data), more, data)


def one_page(contents: bytes, form: bytes = b"null", pages: bytes = b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
             page: bytes = PAGE) -> Make:  # fmt: skip
    return pdf(b"<</Type/Catalog/Pages 2 0 R>>", pages, page, contents, FONT, form)


def form(data: bytes, inner: bytes) -> bytes:
    return stream(
        data,
        b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<</Font<</F 5 0 R>>/XObject<<"
        + inner
        + b">>>>",
    )


def flate_bomb(path: Path) -> None:
    packer = zlib.compressobj(1)
    once = b"".join(packer.compress(b" " * 2**20) for _ in range(500)) + packer.flush()
    one_page(stream(zlib.compress(once), b"/Filter[/FlateDecode/FlateDecode]"))(path)


def many_pages(path: Path) -> None:
    count = 200_000
    kids = b" ".join(b"%d 0 R" % number for number in range(7, 7 + count))
    pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count), b"null", stream(SHOW),
        FONT, b"null", *([PAGE] * count))(path)  # fmt: skip


def printed(encrypt: Any = None, pages: int = 1) -> bytes:
    buffer = BytesIO()
    canvas = Canvas(buffer, encrypt=encrypt)
    for number in range(pages):
        canvas.drawString(72, 700, f"Words on page {number}")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def written(data: bytes) -> Make:
    return lambda path: path.write_bytes(data) and None


LOOP = b"<</Type/Catalog/Pages 2 0 R>>"
CASES = [
    ("page-tree-loop.pdf", pdf(LOOP, b"<</Type/Pages/Count 3/Kids[2 0 R 2 0 R 2 0 R]>>"), "refused", ""),
    ("page-count.pdf", one_page(stream(SHOW), pages=b"<</Type/Pages/Kids[3 0 R]/Count 99999999>>"), "partial|refused|indexed", ""),
    ("negative-count.pdf", one_page(stream(SHOW), pages=b"<</Type/Pages/Kids[3 0 R]/Count -5>>"), "refused|indexed", ""),
    ("form-loop.pdf", one_page(stream(SHOW + b"/X Do"), form(SHOW + b"/X Do", b"/X 6 0 R")), "indexed", "^$"),
    ("deep-arrays.pdf", one_page(stream(SHOW), b"[" * 100_000), "indexed|refused", ""),
    ("deep-dictionaries.pdf", one_page(stream(SHOW), b"<</A" * 100_000), "indexed|refused", ""),
    ("deep-contents.pdf", one_page(stream(b"[" * 100_000 + b"q " * 100_000 + SHOW)), "indexed|refused|partial", ""),
    ("reference-loop.pdf", one_page(b"4 0 R"), "refused|partial", ""),
    ("length.pdf", one_page(b"<</Length 99999999999>>stream\n" + SHOW + b"\nendstream"), "indexed|refused|partial", ""),
    ("huge-page.pdf", one_page(stream(SHOW), page=PAGE.replace(b"600 800", b"1e30 1e30")), "indexed|refused|partial", ""),
    ("far-away.pdf", one_page(stream(b"BT /F 1e20 Tf 1e30 -1e30 Td (far) Tj ET " + SHOW)), "indexed|partial", ""),
    ("flate-bomb.pdf", flate_bomb, "refused|partial", ""),
    ("password.pdf", written(printed(StandardEncryption("secret", strength=128))), "refused", "password"),
    ("owner-password.pdf", written(printed(StandardEncryption("", "owner", canCopy=0))), "indexed", "^$"),
    ("truncated.pdf", written(printed(pages=20)[:-700]), "indexed|refused|partial", ""),
    ("half.pdf", written(printed(pages=20)[:1200]), "refused|partial", ""),
    ("header-only.pdf", written(b"%PDF-1.7\n"), "refused", "damaged"),
    ("named.txt", written(printed()), "indexed", "^$"),
    ("picture.pdf", written(b"\x89PNG\r\n\x1a\n" + bytes(100)), "refused", ""),
    ("script.pdf", one_page(stream(SHOW), b"<</S/Launch/F(/bin/sh)>>"), "indexed", "^$"),
]  # fmt: skip
SLOW = [
    # a page that shows a form 1,000 times, which shows another 1,000 times, which has 100 characters
    ("forms.pdf", pdf(LOOP, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", PAGE, stream(b"/X Do " * 1_000), FONT,
                      form(b"/Y Do " * 1_000, b"/Y 7 0 R"), form(SHOW * 7, b"")), "refused", "longer than|GB of memory"),
    ("many-pages.pdf", many_pages, "partial|refused", "only the first 5,000 of 200,000|longer than"),
]  # fmt: skip


LARGE = {"flate-bomb.pdf"}  # a second and more each
QUICK = [case for case in CASES if case[0] not in LARGE]


@pytest.fixture(scope="module")
def outcomes(contained: Any) -> dict[str, Any]:
    return contained(QUICK)  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def late_outcomes(contained: Any) -> dict[str, Any]:
    large = [case for case in CASES if case[0] in LARGE]
    return contained(large) | contained(SLOW, seconds=5)  # type: ignore[no-any-return]


@pytest.mark.parametrize("case", QUICK, ids=lambda case: case[0])
def test_a_pdf_ends_as_it_should(case: Any, outcomes: dict[str, Any], expect: Any) -> None:
    expect(case, outcomes)


@pytest.mark.slow
@pytest.mark.parametrize(
    "case", [case for case in CASES if case[0] in LARGE] + SLOW, ids=lambda case: case[0]
)
def test_a_pdf_ends_as_it_should_also_where_it_takes_long(
    case: Any, late_outcomes: dict[str, Any], expect: Any
) -> None:
    expect(case, late_outcomes)


def test_what_is_not_hostile_in_a_hostile_pdf_is_read(outcomes: dict[str, Any]) -> None:
    assert outcomes["form-loop.pdf"].start.startswith("Words on a page")
    assert outcomes["named.txt"].format == "pdf"
