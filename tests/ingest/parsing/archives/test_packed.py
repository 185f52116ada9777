from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pytest
from reportlab.pdfgen.canvas import Canvas

from chatbot.errors import DocumentRefused
from ingest.parsing.formats.archives.member import memory_file
from ingest.parsing.parse import ParsedDocument, parse

Parse = Callable[..., ParsedDocument]
Outline = Callable[[ParsedDocument], list[tuple[str, str]]]


def archive(members: Mapping[str, bytes | str]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return buffer.getvalue()


def word_file(text: str) -> bytes:
    document = docx.Document()
    document.add_heading("제1장", 1)
    document.add_paragraph(text)
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def sheet() -> bytes:
    book = openpyxl.Workbook()
    for row in (["품목", "비율"], ["못", 0.125], ["나사", 0.5]):
        book.active.append(row)
    for cell in ("B2", "B3"):
        book.active[cell].number_format = "0.0%"
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def page() -> bytes:
    buffer = BytesIO()
    canvas = Canvas(buffer)
    canvas.drawString(100, 700, "The hook is replaced by 12 June.")
    canvas.save()
    return buffer.getvalue()


def test_each_document_is_read_under_its_name(parsed: Parse, outline: Outline) -> None:
    data = archive(
        {"b/규정.docx": word_file("본문"), "a.xlsx": sheet(), "c.pdf": page(), "d.txt": "메모 하나", "b/": ""}
    )
    document = parsed("자료.zip", data)
    assert outline(document) == [
        ("heading1", "a.xlsx"),
        ("table", "| 품목 | 비율 |\n| --- | --- |\n| 못 | 12.5% |\n| 나사 | 50.0% |"),
        ("heading1", "b/규정.docx"),
        ("heading2", "제1장"),
        ("paragraph", "본문"),
        ("heading1", "c.pdf"),
        ("paragraph", "The hook is replaced by 12 June."),
        ("heading1", "d.txt"),
        ("paragraph", "메모 하나"),
    ]
    assert [page.label for page in document.pages] == ["a.xlsx", "규정.docx", "c.pdf", "d.txt"]
    assert (document.format, document.partial) == ("zip", "")


def test_what_cannot_be_read_is_named_and_the_rest_is_read(parsed: Parse) -> None:
    inner = archive({"x.txt": "deep", "y.zip": archive({"z.txt": "too deep"})})
    document = parsed(
        "a.zip",
        archive({"a.txt": "첫째", "b.exe": b"MZ\x90\0" + bytes(9), "c.zip": inner, "../../d.txt": "넷째"}),
    )
    assert [line for line in document.text.split("\n\n") if not line.startswith("..")] == [
        "넷째",
        "a.txt",
        "첫째",
        "c.zip",
        "x.txt",
        "deep",
    ]
    assert "b.exe was not read: This is a program" in document.partial
    assert "y.zip was not read: z.txt, a file too deep within other files, was not read" in document.partial
    assert "too deep" not in document.text


def test_encrypted_members_are_named(parsed: Parse) -> None:
    data = bytearray(archive({"a.txt": "첫째", "b.txt": "비밀"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.rindex(signature) + offset] |= 1  # the encryption flag of the second file
    document = parsed("a.zip", bytes(data))
    assert "첫째" in document.text
    assert "b.txt was not read: The file is protected by a password" in document.partial


def test_archives_without_documents_and_bombs_are_refused(parsed: Parse) -> None:
    with pytest.raises(DocumentRefused, match="program"):
        parsed("a.zip", archive({"a.exe": b"MZ\x90\0" + bytes(9)}))
    with pytest.raises(DocumentRefused, match="No file in this archive"):
        parsed("a.zip", archive({"__MACOSX/._a.txt": b"x"}))
    with pytest.raises(DocumentRefused, match="zip bomb"):
        parsed("a.zip", archive({f"{number}.txt": bytes(20 * 2**20) for number in range(4)}))


def test_korean_names_of_old_windows_are_readable(parsed: Parse) -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr(zipfile.ZipInfo("NAMENAME.txt"), "내용")
    data = buffer.getvalue().replace(b"NAMENAME", "회의자료".encode("cp949"))
    assert parsed("a.zip", data).text == "회의자료.txt\n\n내용"


@pytest.mark.parametrize("name", ["a.docx", "a.xlsx", "a.pdf", "a.txt"])
def test_files_in_memory_are_parsed_as_files_on_disk(tmp_path: Path, name: str) -> None:
    data = {"a.docx": word_file("본문"), "a.xlsx": sheet(), "a.pdf": page(), "a.txt": "메모".encode()}[name]
    (tmp_path / name).write_bytes(data)
    assert parse(memory_file(data, name)) == parse(tmp_path / name)


def test_the_parts_of_all_parts_count_together(parsed: Parse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.parsing.formats.archives.member._MOST_PARTS", 6)
    inner = archive({f"{number}.txt": "words" for number in range(3)})
    document = parsed("a.zip", archive({"a.zip": inner, "b.zip": inner}))
    assert document.text.count("words") == 4
    assert "b.zip was read in part: 1.txt was not read: more than" in document.partial
