from __future__ import annotations

import zipfile
from email.message import EmailMessage
from io import BytesIO

import pytest

from chatbot.errors import DocumentRefused


def packed(members: dict[str, str]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def mail() -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "회의 일정"
    message["From"] = "김민수 <kim@example.com>"
    message["To"] = "lee@example.com"
    message["Date"] = "Mon, 23 Nov 2026 09:00:00 +0900"
    return message


def test_a_mail_has_its_subject_as_heading_and_what_a_mail_program_shows(parsed, outline) -> None:
    message = mail()
    message.set_content("월요일 9시입니다.\n\nSee you.", charset="euc-kr")
    message.add_alternative("<div>월요일 9시입니다.</div> <b>See</b> you.", subtype="html")
    document = parsed("a.eml", message.as_bytes())
    assert document.title == "회의 일정"
    assert document.partial == ""
    assert outline(document) == [
        ("heading1", "회의 일정"),
        (
            "paragraph",
            "From: 김민수 <kim@example.com>\nTo: lee@example.com\nDate: Mon, 23 Nov 2026 09:00:00 +0900",
        ),
        ("paragraph", "월요일 9시입니다."),
        ("paragraph", "See you."),
    ]


def test_an_html_mail_is_read_and_its_attachments_are_named(parsed, outline) -> None:
    message = mail()
    message.set_content("<h2>공지</h2><p>본문</p>", subtype="html")
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="견적서.pdf")
    document = parsed("b.eml", message.as_bytes())
    assert outline(document)[2:] == [("heading2", "공지"), ("paragraph", "본문")]
    assert document.partial.startswith("견적서.pdf was not read: The PDF is damaged")


def test_a_mail_in_an_undeclared_or_wrong_charset_still_reads(parsed) -> None:
    head = b"Subject: hello\r\nFrom: a@b.c\r\nMIME-Version: 1.0\r\nContent-Type: text/plain%s\r\n\r\n"
    for charset in (b"", b"; charset=us-ascii", b"; charset=no-such-thing"):
        assert "한글 본문입니다." in parsed("c.eml", head % charset + "한글 본문입니다.".encode("cp949")).text


def test_an_encrypted_mail_is_refused(parsed) -> None:
    with pytest.raises(DocumentRefused, match="encrypted"):
        parsed("d.eml", "Subject: x\nContent-Type: multipart/encrypted; boundary=b\n\n--b\n\nabc\n--b--\n")


CONTAINER = '<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
PACKAGE = """<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>겨울 이야기</dc:title></metadata>
<manifest><item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="b" href="chapter%202.xhtml" media-type="application/xhtml+xml"/>
<item id="a" href="one.xhtml" media-type="application/xhtml+xml"/></manifest>
<spine><itemref idref="n"/><itemref idref="a"/><itemref idref="b"/></spine></package>"""
BOOK = {
    "mimetype": "application/epub+zip",
    "META-INF/container.xml": CONTAINER,
    "OEBPS/book.opf": PACKAGE,
    "OEBPS/nav.xhtml": "<html><body><p>Contents</p></body></html>",
    "OEBPS/one.xhtml": '<?xml version="1.0" encoding="utf-8"?><html><body><h1>첫째 장</h1><p>눈이 왔다.</p></body></html>',
    "OEBPS/chapter 2.xhtml": "<html><body><h1>Two</h1><p>It melted.</p></body></html>",
}


def test_a_book_is_read_in_the_order_of_its_spine(parsed, outline) -> None:
    document = parsed("book.epub", packed(BOOK))
    assert document.title == "겨울 이야기"
    assert outline(document) == [
        ("heading1", "첫째 장"),
        ("paragraph", "눈이 왔다."),
        ("heading1", "Two"),
        ("paragraph", "It melted."),
    ]


def test_a_book_without_one_chapter_is_partial_and_a_protected_one_is_refused(parsed) -> None:
    missing = {name: text for name, text in BOOK.items() if "chapter" not in name}
    assert "'OEBPS/chapter 2.xhtml' is missing" in parsed("book.epub", packed(missing)).partial
    locked = BOOK | {
        "META-INF/encryption.xml": '<encryption><EncryptionMethod Algorithm="aes256"/></encryption>'
    }
    with pytest.raises(DocumentRefused, match="DRM"):
        parsed("book.epub", packed(locked))


def test_open_document_headings_lists_and_tables(parsed, outline) -> None:
    content = """<o:document-content xmlns:o="o" xmlns:text="t" xmlns:table="b"><o:body><o:text>
    <text:h text:outline-level="2">제목</text:h><text:p>하나<text:s text:c="2"/>둘<text:line-break/>셋</text:p>
    <text:list><text:list-item><text:p>a</text:p></text:list-item><text:list-item><text:p>b</text:p></text:list-item>
    </text:list><table:table><table:table-row><table:table-cell><text:p>x</text:p></table:table-cell><table:table-cell>
    <text:p>y</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell><text:p>1</text:p>
    </table:table-cell><table:table-cell table:number-columns-repeated="16000"/></table:table-row></table:table>
    </o:text></o:body></o:document-content>"""
    document = parsed(
        "a.odt", packed({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})
    )
    assert outline(document) == [
        ("heading2", "제목"),
        ("paragraph", "하나 둘\n셋"),
        ("paragraph", "- a\n- b"),
        ("table", "| x | y |\n| --- | --- |\n| 1 |  |"),
    ]


def test_hangul_documents_give_their_paragraphs_outline_and_tables(parsed, outline) -> None:
    def cell(column: int, text: str) -> str:
        return f'<hp:tc><hp:subList><hp:p><hp:run><hp:t>{text}</hp:t></hp:run></hp:p></hp:subList><hp:cellAddr colAddr="{column}"/></hp:tc>'

    section = f"""<hs:sec xmlns:hs="s" xmlns:hp="p"><hp:p styleIDRef="3"><hp:run><hp:secPr/><hp:t>추진 배경</hp:t></hp:run>
    <hp:linesegarray/></hp:p><hp:p styleIDRef="0"><hp:run><hp:t>첫째<hp:tab/>줄</hp:t></hp:run><hp:run><hp:t> 계속</hp:t>
    </hp:run></hp:p><hp:p><hp:run><hp:tbl><hp:tr>{cell(0, "항목")}{cell(1, "예산")}</hp:tr><hp:tr>{cell(1, "300")}</hp:tr>
    </hp:tbl></hp:run></hp:p></hs:sec>"""
    header = (
        '<hh:head xmlns:hh="h"><hh:style id="0" name="바탕글"/><hh:style id="3" name="개요 2"/></hh:head>'
    )
    members = {"mimetype": "application/hwp+zip", "Contents/header.xml": header}
    members |= {
        "Contents/section1.xml": section.replace("추진 배경", "기대 효과"),
        "Contents/section0.xml": section,
    }
    blocks = outline(parsed("계획.hwpx", packed(members)))
    assert blocks[:4] == [
        ("heading2", "추진 배경"),
        ("paragraph", "첫째 줄 계속"),
        ("table", "| 항목 | 예산 |\n| --- | --- |\n|  | 300 |"),
        ("heading2", "기대 효과"),
    ]


def test_rtf_in_korean_code_pages_and_unicode(parsed, outline) -> None:
    korean = "".join(f"\\'{byte:02x}" for byte in "한글 문서".encode("cp949"))
    data = (
        r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset129 Batang;}}{\info{\title no}}"
        rf"\f1 {korean}\par\f0\uc1 caf\'e9 \u54620?\u44544?\line \{{x\}}\par"
        r"\trowd a\cell b\cell\row\trowd 1\cell 2\cell\row}"
    )
    assert outline(parsed("a.rtf", data)) == [
        ("paragraph", "한글 문서"),
        ("paragraph", "café 한글\n{x}"),
        ("table", "| a | b |\n| --- | --- |\n| 1 | 2 |"),
    ]
