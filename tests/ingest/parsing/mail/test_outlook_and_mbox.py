from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import pytest

from chatbot.errors import DocumentRefused
from fakes.compound_writer import compound_file
from ingest.parsing.formats.mail.compressed_rtf import unpacked_rtf
from ingest.parsing.parse import ParsedDocument

Parse = Callable[..., ParsedDocument]
Outline = Callable[[ParsedDocument], list[tuple[str, str]]]
SUBJECT, SENDER, ADDRESS, TO, BODY, HTML, RTF, CLASS, HEADERS = (
    0x0037,
    0x0C1A,
    0x0C1F,
    0x0E04,
    0x1000,
    0x1013,
    0x1009,
    0x1A,
    0x7D,
)
NAME, CONTENT, CONTENT_ID = 0x3707, 0x3701, 0x3712


def properties(
    folder: str, head: int, said: Mapping[int, str | bytes], fixed: bytes = b""
) -> dict[str, bytes]:
    streams = {
        f"{folder}__substg1.0_{number:04X}{'0102' if isinstance(value, bytes) else '001F'}": (
            value if isinstance(value, bytes) else value.encode("utf-16-le")
        )
        for number, value in said.items()
    }
    return {f"{folder}__properties_version1.0": bytes(head) + fixed, **streams}


def attachment(number: int, said: Mapping[int, str | bytes]) -> dict[str, bytes]:
    return properties(f"__attach_version1.0_#{number:08X}/", 8, said)


def saved(said: Mapping[int, str | bytes], *parts: dict[str, bytes], fixed: bytes = b"") -> bytes:
    streams = properties("", 32, said, fixed)
    for part in parts:
        streams |= part
    return compound_file(streams)


def time(number: int, when: datetime) -> bytes:
    ticks = int((when - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10**7
    return struct.pack("<HHIQ", 0x40, number, 6, ticks)


def test_subject_people_time_and_the_html_with_its_table(parsed: Parse, outline: Outline) -> None:
    html = (
        "<p>단가표</p><table><tr><td>품목</td><td>단가</td></tr><tr><td>못</td><td>1,250원</td></tr></table>"
    )
    data = saved(
        {
            SUBJECT: "견적",
            SENDER: "김철수",
            ADDRESS: "kim@example.com",
            TO: "이영희",
            BODY: "단가표",
            HTML: html.encode(),
        },
        fixed=time(0x39, datetime(2024, 3, 1, 5, 30, tzinfo=UTC)),
    )
    document = parsed("a.msg", data)
    assert outline(document) == [
        ("heading1", "견적"),
        ("paragraph", "From: 김철수 <kim@example.com>\nTo: 이영희\nDate: 2024-03-01 05:30 UTC"),
        ("paragraph", "단가표"),
        ("table", "| 품목 | 단가 |\n| --- | --- |\n| 못 | 1,250원 |"),
    ]
    assert (document.format, document.title, document.partial) == ("msg", "견적", "")


def test_headers_as_they_were_sent_and_a_plain_body(parsed: Parse) -> None:
    headers = "From: =?utf-8?B?6rmA7LKg7IiY?= <kim@example.com>\r\nTo: lee@example.com\r\nDate: Fri, 1 Mar 2024 14:30:00 +0900\r\n\r\n"
    document = parsed("a.msg", saved({SUBJECT: "안내", HEADERS: headers, BODY: "본문\r\n\r\n둘째"}))
    assert document.text == (
        "안내\n\nFrom: 김철수 <kim@example.com>\nTo: lee@example.com\nDate: Fri, 1 Mar 2024 14:30:00 +0900\n\n본문\n\n둘째"
    )


def test_attachments_are_read_or_named(parsed: Parse) -> None:
    inner = properties(
        "__attach_version1.0_#00000003/__substg1.0_3701000D/", 24, {SUBJECT: "이전 메일", BODY: "이전 본문"}
    )
    data = saved(
        {SUBJECT: "자료", BODY: "붙임 참조"},
        attachment(0, {NAME: "표.csv", CONTENT: "품목,값\n못,3\n나사,4\n".encode()}),
        attachment(1, {NAME: "설치.exe", CONTENT: b"MZ\x90\0" + bytes(50)}),
        attachment(2, {NAME: "logo.png", CONTENT_ID: "x", CONTENT: b"\x89PNG"}),
        attachment(3, {NAME: "이전 메일"}),
        inner,
    )
    document = parsed("a.msg", data)
    assert document.text == (
        "자료\n\n붙임 참조\n\n표.csv\n\n| 품목 | 값 |\n| --- | --- |\n| 못 | 3 |\n| 나사 | 4 |\n\n이전 메일\n\n이전 본문"
    )
    assert document.partial.startswith("설치.exe was not read: This is a program")


def test_attachments_of_an_attached_message_are_read(parsed: Parse, outline: Outline) -> None:
    within = "__attach_version1.0_#00000001/__substg1.0_3701000D/"
    data = saved(
        {SUBJECT: "자료", BODY: "붙임 참조"},
        attachment(0, {NAME: "첫째.txt", CONTENT: b"one"}),
        attachment(1, {NAME: "이전 메일"}),
        properties(within, 24, {SUBJECT: "이전 메일", BODY: "이전 본문"}),
        properties(f"{within}__attach_version1.0_#00000000/", 8, {NAME: "둘째.txt", CONTENT: b"two"}),
        attachment(2, {NAME: "셋째.txt", CONTENT: b"three"}),
    )
    document = parsed("a.msg", data)
    assert outline(document)[2:] == [
        ("heading2", "첫째.txt"),
        ("paragraph", "one"),
        ("heading2", "이전 메일"),
        ("paragraph", "이전 본문"),
        ("heading2", "둘째.txt"),
        ("paragraph", "two"),
        ("heading2", "셋째.txt"),
        ("paragraph", "three"),
    ]
    assert document.partial == ""


def test_words_that_the_html_hides_do_not_come_in_by_the_plain_text(parsed: Parse) -> None:
    html = b"<p>Seen.</p><p style='display:none'>GXWORD</p>"
    document = parsed("a.msg", saved({SUBJECT: "S", BODY: "Seen. GXWORD", HTML: html}))
    assert document.text == "S\n\nSeen."
    assert [piece.text for piece in document.hidden] == ["GXWORD"]
    empty = parsed("b.msg", saved({SUBJECT: "S", BODY: "Seen.", HTML: b"<html><body></body></html>"}))
    assert empty.text == "S\n\nSeen."


def test_a_body_in_compressed_rtf(parsed: Parse) -> None:
    rtf = b"{\\rtf1\\ansi\\ansicpg949\\deff0 plain words\\par}"
    plain = struct.pack("<II", len(rtf) + 12, len(rtf)) + b"MELA" + bytes(4) + rtf
    assert unpacked_rtf(plain) == rtf
    assert parsed("a.msg", saved({SUBJECT: "s", RTF: plain})).text == "s\n\nplain words"


def test_compressed_rtf_repeats_what_it_has_written() -> None:
    """Literals, then references: to the words that the ring begins with, and to bytes that are just being written."""
    head = struct.pack("<II", 0, 20) + b"LZFu" + bytes(4)
    # (offset 0, 6 bytes) "{\\rtf1"; literals " a"; (offset of "a", 4 bytes) "aaaa"
    position_of_a = len(b"{\\rtf1 ") + 207
    body = bytes([0b1001]) + struct.pack(">H", 0 << 4 | 4) + b" a" + struct.pack(">H", position_of_a << 4 | 2)
    assert unpacked_rtf(head + body).startswith(b"{\\rtf1 aaaaa")
    with pytest.raises(DocumentRefused):
        unpacked_rtf(b"no rtf at all, really not")


def test_encrypted_messages_are_refused_by_name(parsed: Parse) -> None:
    with pytest.raises(DocumentRefused, match="encrypted"):
        parsed("a.msg", saved({CLASS: "IPM.Note.SMIME", SUBJECT: "x", BODY: "y"}))
    with pytest.raises(DocumentRefused, match="encrypted"):
        parsed(
            "a.msg",
            saved({SUBJECT: "x"}, attachment(0, {0x370E: "application/pgp-encrypted", CONTENT: b"z"})),
        )


MBOX = """From kim@example.com Fri Mar  1 14:30:00 2024
From: kim@example.com
To: lee@example.com
Subject: =?utf-8?B?7LKrIOuyiOynuA==?=
Content-Type: text/plain; charset=utf-8

본문 하나

>From here on it is text.

From lee@example.com Sat Mar  2 09:00:00 2024 +0900
From: lee@example.com
Subject: second
Content-Type: text/plain; charset=utf-8

본문 둘
"""


@pytest.mark.parametrize("name", ["a.mbox", "a", "a.txt", "a.eml"])
def test_each_message_of_an_mbox_is_a_section(parsed: Parse, outline: Outline, name: str) -> None:
    document = parsed(name, MBOX)
    assert outline(document) == [
        ("heading1", "첫 번째"),
        ("paragraph", "From: kim@example.com\nTo: lee@example.com"),
        ("paragraph", "본문 하나\n\nFrom here on it is text."),
        ("heading1", "second"),
        ("paragraph", "From: lee@example.com"),
        ("paragraph", "본문 둘"),
    ]
    assert document.format == "mbox"


def test_too_many_messages_make_an_mbox_partial(parsed: Parse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.parsing.formats.mail.mbox._MAX_MESSAGES", 1)
    document = parsed("a.mbox", MBOX)
    assert "본문 하나" in document.text
    assert "본문 둘" not in document.text
    assert document.partial == "only the first 1 messages were read"
