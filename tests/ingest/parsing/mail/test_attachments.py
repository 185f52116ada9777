"""Attached documents are text of their message: each read by its own parser, under its name."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from io import BytesIO

import docx
import openpyxl
import pytest
from reportlab.pdfgen.canvas import Canvas

from ingest.parsing import ocr
from ingest.parsing.parse import ParsedDocument

Parse = Callable[..., ParsedDocument]
Outline = Callable[[ParsedDocument], list[tuple[str, str]]]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def mail(text: str = "The outer text.", subject: str = "바깥") -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["To"] = subject, "han@example.kr"
    message.set_content(text)
    return message


def attach(message: EmailMessage, data: bytes, name: str, kind: str = "application/octet-stream") -> None:
    main, _, sub = kind.partition("/")
    message.add_attachment(data, maintype=main, subtype=sub, filename=name)


def saved(write: Callable[[BytesIO], object]) -> bytes:
    buffer = BytesIO()
    write(buffer)
    return buffer.getvalue()


def pdf(words: str) -> bytes:
    buffer = BytesIO()
    canvas = Canvas(buffer)
    canvas.drawString(72, 760, words)
    canvas.save()
    return buffer.getvalue()


def word_file(words: str) -> bytes:
    document = docx.Document()
    document.add_heading("제1장", 1)
    document.add_paragraph(words)
    return saved(document.save)


def sheet() -> bytes:
    book = openpyxl.Workbook()
    for row in (["품목", "비율"], ["못", 0.125], ["나사", 0.5]):
        book.active.append(row)
    book.active["B2"].number_format = book.active["B3"].number_format = "0.0%"
    return saved(book.save)


def archive(members: Mapping[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return buffer.getvalue()


@pytest.fixture
def without_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.parsing.detect.available", lambda: False)


def test_documents_of_every_kind_are_read_under_their_names(parsed: Parse, outline: Outline) -> None:
    message = mail()
    attach(message, pdf("The hook is replaced by 12 June."), "점검표.pdf", "application/pdf")
    attach(message, word_file("본문"), "규정.docx")
    attach(message, sheet(), "비율.xlsx", "application/vnd.ms-excel")
    message.add_attachment("부품,값\nGX-19,3\n", subtype="csv", filename="표.csv")
    message.add_attachment("A note.", filename="note.txt")
    document = parsed("a.eml", message.as_bytes())
    assert outline(document) == [
        ("heading1", "바깥"),
        ("paragraph", "To: han@example.kr"),
        ("paragraph", "The outer text."),
        ("heading2", "점검표.pdf"),
        ("paragraph", "The hook is replaced by 12 June."),
        ("heading2", "규정.docx"),
        ("heading3", "제1장"),
        ("paragraph", "본문"),
        ("heading2", "비율.xlsx"),
        ("table", "| 품목 | 비율 |\n| --- | --- |\n| 못 | 12.5% |\n| 나사 | 50.0% |"),
        ("heading2", "표.csv"),
        ("table", "| 부품 | 값 |\n| --- | --- |\n| GX-19 | 3 |"),
        ("heading2", "note.txt"),
        ("paragraph", "A note."),
    ]
    assert document.partial == ""


def test_an_attached_message_is_a_section_with_its_own_attachments(parsed: Parse, outline: Outline) -> None:
    inner = mail("The inner text.", "안쪽")
    attach(inner, pdf("Deep in it."), "deep.pdf")
    message = mail()
    message.add_attachment(inner)
    assert outline(parsed("a.eml", message.as_bytes()))[2:] == [
        ("paragraph", "The outer text."),
        ("heading2", "안쪽"),
        ("paragraph", "To: han@example.kr"),
        ("paragraph", "The inner text."),
        ("heading2", "deep.pdf"),
        ("paragraph", "Deep in it."),
    ]


def test_what_cannot_be_read_makes_the_mail_partial_with_its_name(parsed: Parse, without_ocr: None) -> None:
    message = mail()
    attach(message, b"%PDF-1.7 and no more", "견적서.pdf")
    attach(message, b"MZ\x90\0" + bytes(50), "설치.exe")
    attach(message, PNG, "scan.png", "image/png")
    message.add_attachment("BEGIN:VCALENDAR\nEND:VCALENDAR", subtype="calendar", filename="invite.ics")
    attach(message, b"BEGIN:VCARD", "kim.vcf")
    document = parsed("a.eml", message.as_bytes())
    assert document.text == "바깥\n\nTo: han@example.kr\n\nThe outer text."
    assert document.partial == "; ".join(
        [
            "견적서.pdf was not read: The PDF is damaged or cut off. Download or export it again.",
            "설치.exe was not read: This is a program, not a document. Remove it from the folder.",
            f"scan.png was not read: An image has no text layer; OCR is not installed. Index a version with text, or install OCR: {ocr.INSTALL}.",
            "attachments not read: invite.ics, kim.vcf",
        ]
    )
    assert document.missing == "ocr"  # read again once it is there


def test_pictures_in_the_text_are_no_documents(parsed: Parse, without_ocr: None) -> None:
    message = EmailMessage()
    message["Subject"], message["To"] = "S", "han@example.kr"
    message.set_content("<p>Seen.</p><img src='cid:one@x'><img src=\"cid:two@x\">", subtype="html")
    message.add_related(PNG, "image", "png", cid="<one@x>")
    # some programs call these attachments too
    message.add_related(PNG, "image", "png", cid="<two@x>", disposition="attachment", filename="two.png")
    document = parsed("a.eml", message.as_bytes())
    assert (document.text, document.partial) == ("S\n\nTo: han@example.kr\n\nSeen.", "")


def test_a_file_without_a_name_has_the_ending_of_its_type(parsed: Parse, outline: Outline) -> None:
    message = mail()
    for subtype, text in (("csv", "a,b\n1,2\n"), ("markdown", "# Title\n\nwords\n")):
        message.add_attachment(text, subtype=subtype)
    message.add_attachment("x,y\n3,4\n", subtype="csv", filename="no ending")
    assert outline(parsed("a.eml", message.as_bytes()))[3:] == [
        ("heading2", "attachment.csv"),
        ("table", "| a | b |\n| --- | --- |\n| 1 | 2 |"),
        ("heading2", "attachment.md"),
        ("heading3", "# Title"),
        ("paragraph", "words"),
        ("heading2", "no ending.csv"),
        ("table", "| x | y |\n| --- | --- |\n| 3 | 4 |"),
    ]


def test_an_attached_text_is_read_in_the_charset_that_is_named(parsed: Parse) -> None:
    message = mail()
    message.add_attachment("שלום סלבה היקר", filename="a.txt", charset="iso-8859-8")
    message.add_attachment("회의는 세 시입니다.", filename="b.txt", charset="euc-kr")
    text = parsed("a.eml", message.as_bytes()).text
    assert text.endswith("a.txt\n\nשלום סלבה היקר\n\nb.txt\n\n회의는 세 시입니다.")


def test_documents_in_an_attached_archive_are_read_and_what_lies_deeper_is_named(parsed: Parse) -> None:
    message = mail()
    deep = archive({"c.txt": b"three"})
    attach(message, archive({"a.txt": b"one", "b.zip": deep}), "자료.zip", "application/zip")
    document = parsed("a.eml", message.as_bytes())
    assert document.text.endswith("자료.zip\n\na.txt\n\none")
    assert "three" not in document.text
    assert "c.txt, a file too deep within other files, was not read" in document.partial


def test_attachments_of_mails_in_an_archive_and_a_mailbox_are_read(parsed: Parse) -> None:
    message = mail()
    attach(message, pdf("The hook is replaced."), "a.pdf")
    assert parsed("a.zip", archive({"m.eml": message.as_bytes()})).text.endswith(
        "a.pdf\n\nThe hook is replaced."
    )
    box = b"From a@b.kr Fri Mar  1 14:30:00 2024\n" + message.as_bytes()
    assert parsed("a.mbox", box).text.endswith("a.pdf\n\nThe hook is replaced.")


def test_what_is_attached_within_an_alternative_that_is_not_shown_is_read(parsed: Parse) -> None:
    body = (
        "Subject: S\nTo: a@b.kr\nContent-Type: multipart/alternative; boundary=a\n\n--a\nContent-Type: text/html\n\n<p>Seen.</p>\n--a\n"
        "Content-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: text/plain\n\nThe same.\n"
        "--m\nContent-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\nAttached.\n--m--\n--a--\n"
    )
    assert parsed("a.eml", body).text == "S\n\nTo: a@b.kr\n\nSeen.\n\na.txt\n\nAttached."


def test_more_attachments_than_are_read_are_told(parsed: Parse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.parsing.formats.mail.attachments.MAX_ATTACHMENTS", 2)
    message = mail()
    for number in range(4):
        attach(message, b"words", f"{number}.txt")
    document = parsed("a.eml", message.as_bytes())
    assert document.text.endswith("0.txt\n\nwords\n\n1.txt\n\nwords")
    assert document.partial == "only the first 2 attachments were read"


def test_no_attachment_is_begun_when_the_time_for_the_file_is_used_up(
    parsed: Parse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.parsing.formats.archives.member.seconds_left", lambda: 9.0)
    message = mail()
    attach(message, b"words", "a.txt")
    document = parsed("a.eml", message.as_bytes())
    assert document.text.endswith("The outer text.")
    assert document.partial == "a.txt was not read: the time for one file is used up"


def test_a_parser_that_fails_on_an_attachment_does_not_cost_the_mail(
    parsed: Parse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: object) -> ParsedDocument:
        raise ZeroDivisionError

    monkeypatch.setattr("ingest.parsing.formats.text.csv_table.parse", fail)
    message = mail()
    attach(message, b"a,b", "a.csv")
    document = parsed("a.eml", message.as_bytes())
    assert document.text.endswith("The outer text.")
    assert document.partial == "a.csv was not read: the parser failed on it"


def test_documents_within_a_saved_page_are_read(parsed: Parse) -> None:
    page = EmailMessage()
    page["From"], page["Subject"] = "<Saved by Blink>", "Page"
    page.set_content("<h1>요금</h1><embed src='https://example.kr/a/%ED%91%9C.pdf'>", subtype="html")
    page.make_related()
    for data, kind, place in (
        (pdf("The fee is 1,250."), "application/pdf", "https://example.kr/a/%ED%91%9C.pdf?x=1"),
        (b"function f() {}", "application/javascript", "https://example.kr/a.js"),
        (b"wOF2" + bytes(40), "font/woff2", "https://example.kr/a.woff2"),
        (b"<xml/>", "text/xml", "https://example.kr/filelist.xml"),
        (PNG, "image/png", "https://example.kr/a.png"),
    ):
        main, _, sub = kind.partition("/")
        page.add_related(data, main, sub, headers=[f"Content-Location: {place}"])
    document = parsed("a.mhtml", page.as_bytes())
    assert (document.text, document.format) == ("요금\n\n표.pdf\n\nThe fee is 1,250.", "html")
    assert document.partial == ""
