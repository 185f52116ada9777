"""Office files, books and other archives: bombs, loops, entities, names that lead out of the folder."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pptx
import pytest

from fakes.compound_writer import compound_file

Make = Callable[[Path], None]
WORD = b'<w:document xmlns:w="w"><w:body>%s</w:body></w:document>'
LAUGHS = b"<!DOCTYPE d [" + b"".join(
    b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"ha" * 20) for n in range(12)
) + b'<!ENTITY x SYSTEM "file:///etc/passwd">]>'  # fmt: skip


def archive(*members: tuple[str, bytes]) -> Make:
    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            for name, data in members:
                file.writestr(name, data)

    return make


def zeros(name: str, megabytes: int) -> Make:
    def make(path: Path) -> None:
        with (
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file,
            file.open(name, "w") as member,
        ):
            for _ in range(megabytes):
                member.write(bytes(2**20))

    return make


def word(body: bytes) -> Make:
    return archive(("word/document.xml", WORD % body))


def paragraph(text: bytes) -> bytes:
    return b"<w:p><w:r><w:t>%s</w:t></w:r></w:p>" % text


def saved(document: Any) -> bytes:
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def word_file() -> bytes:
    document = docx.Document()
    document.add_paragraph("본문 " * 2_000)
    return saved(document)


def sheet(rows: bytes, shared: bytes | None = None) -> Make:
    """A workbook with these rows in place of its own."""

    def make(path: Path) -> None:
        book = openpyxl.Workbook()
        book.active["A1"] = "word"
        with (
            zipfile.ZipFile(BytesIO(saved(book))) as source,
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target,
        ):
            for member in source.infolist():
                content = source.read(member)
                if member.filename == "xl/worksheets/sheet1.xml":
                    start, end = content.index(b"<sheetData>") + 11, content.index(b"</sheetData>")
                    content = content[:start] + rows + content[end:]
                if shared is not None and member.filename == "[Content_Types].xml":
                    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
                    part = b'<Override PartName="/xl/sharedStrings.xml" ContentType="%s"/></Types>' % kind
                    content = content.replace(b"</Types>", part)
                target.writestr(member, content)
            if shared is not None:
                target.writestr("xl/sharedStrings.xml", shared)

    return make


def overlapping(path: Path) -> None:
    """A directory of a thousand entries that all point to the same packed bytes."""
    archive(("word/document.xml", WORD % paragraph(b"a" * 250_000)))(path)
    data = path.read_bytes()
    start = data.index(b"PK\x01\x02")
    entry = data[start : data.index(b"PK\x05\x06")]
    entries = entry + b"".join(entry.replace(b"word/document", b"word/docum%03d" % n) for n in range(1000))
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 1001, 1001, len(entries), start, 0)
    path.write_bytes(data[:start] + entries + end)


def lying(path: Path) -> None:
    """The directory says 10 bytes where there are a million."""
    archive(("word/document.xml", WORD % paragraph(b"a" * 1_000_000)))(path)
    data = path.read_bytes()
    size = struct.pack("<I", len(WORD % paragraph(b"a" * 1_000_000)))
    path.write_bytes(data.replace(size, struct.pack("<I", 10)))


def written(data: bytes) -> Make:
    return lambda path: path.write_bytes(data) and None


def slides(path: Path) -> None:
    show = pptx.Presentation()
    show.slides.add_slide(show.slide_layouts[5]).shapes.title.text = "제목"
    path.write_bytes(saved(show)[:-500])


def book(
    spine: bytes, chapter: bytes, opf_start: bytes = b"", more: tuple[tuple[str, bytes], ...] = ()
) -> Make:
    package = opf_start + (
        b'<package><metadata><title>Book</title></metadata><manifest><item id="a" href="a.xhtml" media-type='
        b'"application/xhtml+xml"/><item id="up" href="../../../../etc/passwd" media-type="application/xhtml+xml"/>'
        b"</manifest><spine>" + spine + b"</spine></package>"
    )
    return archive(
        ("mimetype", b"application/epub+zip"), ("META-INF/container.xml", b'<c><rootfile full-path="p/b.opf"/></c>'),
        ("p/b.opf", package), ("p/a.xhtml", chapter), *more,
    )  # fmt: skip


def opendocument(content: bytes) -> Make:
    return archive(
        ("mimetype", b"application/vnd.oasis.opendocument.text"),
        ("content.xml", content),
    )


def nested(levels: int) -> bytes:
    data = b"x" * 100_000
    for _ in range(levels):
        buffer = BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
            for number in range(5):
                file.writestr(f"{number}.zip", data)
        data = buffer.getvalue()
    return data


ODT = (
    b'%s<o:document-content xmlns:o="o" xmlns:t="t"><o:body><o:text>%s</o:text></o:body></o:document-content>'
)
HWPX = b'%s<s xmlns:p="p"><p:p><p:run><p:t>\xea\xb8\x80 %s</p:t></p:run></p:p></s>'
TABLE = b"<w:tbl><w:tr><w:tc>%s</w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>"
XHTML = b"%s<html><body><p>chapter %s</p></body></html>"
deep_table = paragraph(b"core")
for _ in range(60):
    deep_table = TABLE % (paragraph(b"level") + deep_table)

CASES = [
    ("one-cell.xlsx", sheet(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), "indexed", "^$"),
    ("bomb.docx", zeros("word/document.xml", 60), "refused", "unpacks to 60 MB"),
    ("bomb.xlsx", zeros("xl/workbook.xml", 301), "refused", "the limit is 300 MB|like a zip bomb"),
    ("parts.docx", archive(("word/document.xml", b""), *((f"p/{n}", b"") for n in range(20_001))), "refused", "20,00"),
    ("overlapping.docx", overlapping, "refused", "like a zip bomb|damaged"),
    ("lying.docx", lying, "refused", "damaged"),
    ("nested.zip", written(nested(6)), "refused", "No file in this archive"),
    ("nested.docx", written(nested(4)), "refused", "No file in this archive"),
    ("slip.docx", archive(("../../evil.txt", b"x"), ("/tmp/evil.txt", b"x"),
                          ("word/document.xml", WORD % paragraph(b"text"))), "indexed", "^$"),
    # the name of a file in an archive is a label: nothing is written
    ("slip.zip", archive(("../../evil.txt", b"x")), "indexed", ""),
    ("long-member.docx", archive(("word/" + "x" * 60_000, b""), ("[Content_Types].xml", b"")), "refused", "missing"),
    ("laughs.docx", archive(("word/document.xml", LAUGHS + WORD % paragraph(b"a&l11;b"))), "refused|indexed", ""),
    ("xxe.docx", archive(("word/document.xml", LAUGHS + WORD % paragraph(b"a&x;b"))), "refused|indexed", ""),
    ("laughs.odt", opendocument(ODT % (LAUGHS, b"<t:p>a&l11;b</t:p>")), "refused|indexed", ""),
    ("xxe.odt", opendocument(ODT % (LAUGHS, b"<t:p>a&x;b</t:p>")), "refused|indexed", ""),
    ("deep-list.odt", opendocument(ODT % (b"", b"<t:list><t:list-item>" * 100 + b"<t:p>core</t:p>"
                                          + b"</t:list-item></t:list>" * 100 + b"<t:p>out</t:p>")), "partial", "deep"),
    ("spaces.odt", opendocument(ODT % (b"", b'<t:p>a<t:s t:c="999999999"/>b</t:p>')), "indexed", "^$"),
    ("xxe.hwpx", archive(("mimetype", b"application/hwp+zip"), ("Contents/section0.xml", HWPX % (LAUGHS, b"&x;&l9;"))),
     "refused|indexed", ""),
    ("laughs-in-opf.epub", book(b'<itemref idref="a"/>', XHTML % (b"", b""), LAUGHS), "indexed", "^$"),
    ("laughs.epub", book(b'<itemref idref="a"/>', XHTML % (LAUGHS, b"&l11;&x;")), "indexed|partial", ""),
    ("loop.epub", book(b'<itemref idref="a"/>' * 100_000, XHTML % (b"", b"words " * 50_000)), "indexed", "^$"),
    ("outside.epub", book(b'<itemref idref="up"/><itemref idref="a"/>', XHTML % (b"", b"")), "partial", "missing"),
    ("truncated.docx", written(word_file()[:-200]), "refused", "damaged"),
    ("half.docx", written(word_file()[:10_000]), "refused", "damaged"),
    ("truncated.pptx", slides, "refused", "damaged"),
    ("truncated.xlsx", written(saved(openpyxl.Workbook())[:3_000]), "refused", "damaged"),
    ("password.docx", written(compound_file({"EncryptedPackage": bytes(5_000), "EncryptionInfo": bytes(50)})), "refused", "password"),
    ("password.xlsx", written(compound_file({"EncryptedPackage": bytes(5_000), "EncryptionInfo": bytes(50)})), "refused", "password"),
    ("deep.docx", word(b"<w:sdt>" * 100_000), "refused", "damaged"),
    ("tables.docx", word(deep_table), "partial", "nested too deeply"),
    ("span.docx", word(b'<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="99999999"/></w:tcPr>' + paragraph(b"a")
                       + b"</w:tc><w:tc>" + paragraph(b"b") + b"</w:tc></w:tr></w:tbl>"), "indexed", "^$"),
    ("named.zip", written(word_file()), "indexed", "^$"),
    ("named.txt", written(word_file()), "indexed", "^$"),
    ("billion.svg", written(LAUGHS + b"<svg><text>&l11;&x;</text></svg>"), "indexed", "^$"),
]  # fmt: skip

# these are meant to break a limit: it is lowered, to wait less
SLOW = [
    ("million-rows.xlsx", sheet(b"".join(b'<row><c><v>%d</v></c></row>' % n for n in range(1_000_000))),
     "refused|indexed", "longer than|^$"),
    ("shared.xlsx", sheet(b'<row r="1"><c r="A1" t="s"><v>0</v></c></row>',
                          b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' + b"<si><t>a</t></si>" * 2_500_000 + b"</sst>"), "refused", "longer than|GB of memory"),
    ("nodes.docx", word(b"<w:p/>" * 8_000_000), "refused", "GB of memory|longer than"),
    ("columns.xlsx", sheet(b"".join(b'<row r="%d"><c r="XFD%d"/></row>' % (n, n) for n in range(2, 300_000))),
     "refused", "longer than|No sheet has a filled cell"),
]  # fmt: skip


@pytest.fixture(scope="module")
def outcomes(contained: Any) -> dict[str, Any]:
    return contained(CASES)  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def late_outcomes(contained: Any) -> dict[str, Any]:
    return contained(SLOW, memory=600 * 2**20, seconds=2)  # type: ignore[no-any-return]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_an_office_file_ends_as_it_should(case: Any, outcomes: dict[str, Any], expect: Any) -> None:
    expect(case, outcomes)


@pytest.mark.slow
@pytest.mark.parametrize("case", SLOW, ids=lambda case: case[0])
def test_an_office_file_ends_as_it_should_also_where_it_takes_long(
    case: Any, late_outcomes: dict[str, Any], expect: Any
) -> None:
    expect(case, late_outcomes)


def test_what_is_not_hostile_in_a_hostile_file_is_read(outcomes: dict[str, Any]) -> None:
    assert outcomes["one-cell.xlsx"].start.strip() == "1"
    assert outcomes["slip.docx"].start == "text"
    assert outcomes["loop.epub"].chars < 400_000, "each chapter once"
    assert outcomes["named.zip"].format == outcomes["named.txt"].format == "docx"
    assert outcomes["laughs-in-opf.epub"].start.startswith("chapter")
    assert all(outcome.chars < 1_000_000 for name, outcome in outcomes.items() if "laughs" in name)
