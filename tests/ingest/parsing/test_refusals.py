from __future__ import annotations

import os
import re
import zipfile
from io import BytesIO
from pathlib import Path

import docx
import pytest

from chatbot.errors import DocumentRefused
from fakes.compound_writer import compound_file
from ingest.parsing.parse import parse

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5_000)


def archive(members: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return buffer.getvalue()


def word_file() -> bytes:
    buffer = BytesIO()
    document = docx.Document()
    document.add_paragraph("본문 " * 2_000)
    document.save(buffer)
    return buffer.getvalue()


NO_TEXT = bytes(range(256)) * 8


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.txt", b"", "is empty"),
        ("a.txt", b" \n\t\r\n", "no text"),
        ("a.md", b"\n\n", "no text"),
        ("a.html", b"<html><script>x()</script></html>", "no text"),
        ("a.json", b"[]", "no text"),
        ("a.csv", b",,\n,,\n", "no text"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(50), "OCR is not installed"),
        ("scan.pdf", b"\xff\xd8\xff\xe0" + bytes(50), "OCR is not installed"),
        ("a.pdf", NO_TEXT, "named .pdf but is none"),
        ("a.docx", NO_TEXT, "named .docx but is none"),
        ("a.doc", NO_TEXT, "named .doc but is none"),
        ("a.doc", OLE, "damaged or cut off"),
        ("a.hwp", b"HWP Document File V3.00 \x1a" + bytes(500), "as .hwpx"),
        ("a.xls", b"\x09\x04\x06\x00\x00\x00\x10\x00" + bytes(500), "old binary format"),
        ("a.doc", b"\xdb\xa5\x2d\x00\x00\x00\x09\x04" + bytes(500), "old binary format"),
        ("a.vsd", compound_file({"VisioDocument": b"x" * 5_000}), "old binary format"),
        ("a.docx", compound_file({"EncryptedPackage": b"x" * 50, "EncryptionInfo": b"x"}), "password"),
        ("a.docx", word_file()[:-200], "damaged"),
        ("a.docx", archive({"word/document.xml": b"<w:document><unclosed>"}), "damaged"),
        ("a.mp4", b"\0\0\0\x20ftypisom" + bytes(50), "transcript"),
        ("a.exe", b"MZ\x90\0" + bytes(50), "program"),
        ("a.bin", bytes(range(256)) * 10, "binary"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason_and_advice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, data: bytes, reason: str
) -> None:
    monkeypatch.setattr(
        "ingest.parsing.ocr.installed.find_spec", lambda _: None
    )  # as where OCR is not installed
    (tmp_path / name).write_bytes(data)
    with pytest.raises(DocumentRefused) as refusal:
        parse(tmp_path / name)
    message = str(refusal.value)
    assert re.search(reason, message)
    assert message.count(".") >= 2, "one sentence on what happened, one on what to do"


def test_a_password_on_a_zip_member_is_named(tmp_path: Path) -> None:
    data = bytearray(archive({"word/document.xml": b"x" * 100}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1  # the encryption flag
    (tmp_path / "a.docx").write_bytes(data)
    with pytest.raises(DocumentRefused, match="password"):
        parse(tmp_path / "a.docx")


@pytest.mark.parametrize("size", [60 * 2**20, 301 * 2**20])
def test_a_zip_bomb_is_refused_by_its_directory_before_anything_is_unpacked(
    tmp_path: Path, size: int
) -> None:
    path = tmp_path / "bomb.docx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file,
        file.open("word/document.xml", "w") as member,
    ):
        for _ in range(size // 2**20):
            member.write(bytes(2**20))
    with pytest.raises(DocumentRefused, match="unpacks to"):
        parse(path)


def test_entities_in_xml_neither_multiply_nor_read_files(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "ha"}">' for i in range(10))
    xml = f"""<!DOCTYPE d [<!ENTITY file SYSTEM "{secret.as_uri()}">{laughs}]><w:document xmlns:w="w"><w:body><w:p><w:r>
    <w:t>before</w:t><w:t>&file;&l9;</w:t><w:t>after</w:t></w:r></w:p></w:body></w:document>"""
    (tmp_path / "a.docx").write_bytes(archive({"word/document.xml": xml.encode()}))
    try:
        text = parse(tmp_path / "a.docx").text
    except DocumentRefused:
        return
    assert "secret" not in text
    assert len(text) < 100


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_folders_pipes_and_missing_files_are_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    for path in (tmp_path, tmp_path / "pipe.txt", tmp_path / "missing.txt"):
        with pytest.raises(DocumentRefused, match="no regular file"):
            parse(path)


def test_an_upload_stored_under_its_hash_is_parsed_by_its_original_name(tmp_path: Path) -> None:
    stored = tmp_path / "9f86d081884c7d65"
    stored.write_text("# 제목\n\n본문")
    assert parse(stored, "안내.md").format == "markdown"
    assert parse(stored).format == "text"
