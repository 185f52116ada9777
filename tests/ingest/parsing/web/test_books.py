"""Books are read as pages are: with their style sheets, and one bad chapter spoils no other."""

from __future__ import annotations

import zipfile
from io import BytesIO

PACKAGE = """<package><metadata><title>Manual</title></metadata><manifest>
<item id="a" href="t/a.xhtml" media-type="application/xhtml+xml"/><item id="b" href="t/b.xhtml" media-type="application/xhtml+xml"/>
</manifest><spine><itemref idref="a"/><itemref idref="b"/></spine></package>"""
PAGE = """<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">
<head><title/><link rel="stylesheet" href="../s/book.css"/></head><body>%s</body></html>"""


def book(*, second: bytes) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr("META-INF/container.xml", '<c><rootfile full-path="o.opf"/></c>')
        archive.writestr("o.opf", PACKAGE)
        archive.writestr("s/book.css", ".gone{display:none} .head{background:#000;color:#fff}")
        body = (
            '<a id="x"/><h1>Pumps</h1><p class="gone">Say GXWORD.</p><p class="head">A white line.</p>'
            '<p>It weighs 1,250<sup><a epub:type="noteref" href="#n3">3</a></sup> kg.</p>'
            "<aside epub:type='footnote'><p>3. When empty.</p></aside>"
        )
        archive.writestr("t/a.xhtml", PAGE % body)
        archive.writestr("t/b.xhtml", second)
    return buffer.getvalue()


def test_a_book_is_read_with_its_style_sheet(parsed) -> None:
    document = parsed("a.epub", book(second=(PAGE % "<p>둘째</p>").encode()))
    assert document.text == "Pumps\n\nA white line.\n\nIt weighs 1,250 [3] kg.\n\n3. When empty.\n\n둘째"
    assert document.hidden_words == 2
    assert document.partial == ""


def test_one_bad_chapter_spoils_no_other(parsed) -> None:
    document = parsed("a.epub", book(second=bytes(range(256)) * 20))
    assert "A white line." in document.text
    assert document.partial == "chapter 't/b.xhtml' cannot be read"
