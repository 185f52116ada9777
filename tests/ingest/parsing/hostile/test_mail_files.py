"""Mail, mailboxes and archives of mail: headers, parts, nesting and charsets that no program writes."""

from __future__ import annotations

import base64
import zipfile
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

HEAD = b"From: a@b.c\nTo: d@e.f\nSubject: Subject\nMIME-Version: 1.0\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n"
ODD_CHARSETS = (
    "punycode", "idna", "undefined", "unicode_escape", "raw_unicode_escape", "rot13", "hex", "zlib", "utf-7", "utf-16",
    "utf-32", "iso-2022-kr", "hz", "x" * 5_000, "a\0b", "../../etc/passwd", "=?utf-8?q?a?=", "",
)  # fmt: skip


def written(data: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(data) and None


def part(headers: bytes, body: bytes) -> bytes:
    return b"--b\n" + headers + b"\n\n" + body + b"\n"


def nested(kind: bytes, levels: int, core: bytes, before: bytes = b"") -> bytes:
    starts = (
        b"Content-Type: multipart/%s; boundary=b%d\n\n" % (kind, n) + (b"--b%d\n%s\n" % (n, before) if before else b"")
        + b"--b%d\n" % n
        for n in range(levels)
    )  # fmt: skip
    return HEAD + b"".join(starts) + core


def archive(members: Mapping[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return buffer.getvalue()


def mail_with(data: bytes, name: str, count: int = 1) -> bytes:
    message = EmailMessage()
    message["Subject"], message["To"] = "Subject", "d@e.f"
    message.set_content("the core")
    for number in range(count):
        message.add_attachment(data, maintype="application", subtype="zip", filename=f"{number}-{name}")
    return message.as_bytes()


TEXT = b"Content-Type: text/plain"
SHEET = b"Content-Type: text/html; charset=utf-8\n\n<p>the core</p>" + b"<p>word</p>" * 20_000
ZEROS = archive({"zeros.txt": bytes(45 * 2**20)})  # below the size from which a ratio counts
TREE = archive({f"{a}.zip": archive({f"{b}.txt": b"words" for b in range(60)}) for a in range(60)})
CASES = [
    ("semicolons.eml", written(HEAD + TEXT + b'; a="' + b";" * 1_000_000 + b'"\n\nthe core'), "indexed", "^$"),
    ("semicolons-in-parts.eml", written(MIXED + part(TEXT + b'; name="' + b";" * 20_000, b"the core") * 500), "indexed|partial", ""),
    ("continued-names.eml", written(HEAD + TEXT + b"".join(b"; name*%d*=x" % n for n in range(100_000)) + b"\n\nthe core"), "indexed", "^$"),
    ("long-lines.eml", written(HEAD + b"Cc: " + b"a@b.c, " * 2_000_000 + b"\n\nthe core"), "partial", "^only the first 10,000 characters of a header were read$"),
    ("folded.eml", written(HEAD + b"Cc: a\n" + b" b\n" * 1_000_000 + b"\nthe core"), "partial", "^only the first 10,000 characters of a header were read$"),
    ("headers.eml", written(HEAD + b"X: y\n" * 500_000 + b"\nthe core"), "indexed", "^$"),
    ("parts.eml", written(MIXED + part(TEXT, b"the core") * 10_000), "partial", "^only the first 1,999 parts of the message were read$"),
    ("empty-parts.eml", written(MIXED + b"--b\n" * 300_000 + b"\nthe core"), "indexed", "^$"),
    ("deep.eml", written(nested(b"mixed", 100, TEXT + b"\n\nthe core\n" + b"a\n" * 50_000)), "indexed", "^$"),
    ("deep-messages.eml", written(HEAD + b"Content-Type: message/rfc822\n\nSubject: x\n" * 3_000), "refused", "cannot be read"),
    ("alternatives.eml", written(nested(b"alternative", 100, SHEET, before=TEXT + b"\n\nthe core")), "indexed", "^$"),
    ("boundary.eml", written(HEAD + b"Content-Type: multipart/mixed; boundary=\"" + b"b" * 1_000_000 + b"\"\n\n" + b"--bbbb\n" * 10_000), "indexed|refused|partial", ""),
    ("charsets.eml", written(MIXED + b"".join(part(TEXT + f'; charset="{name}"; name="{name}"'.encode(), b"the core " + b"a-" * 100_000) for name in ODD_CHARSETS)), "indexed|partial", ""),
    ("nul.eml", written(HEAD + "Content-Type: text/plain; charset=euc-kr\n\n본문이 여기 있습니다\0 the core".encode("cp949")), "indexed", "^$"),
    ("nul-header.eml", written(HEAD + b"X: \0\0\nContent-Type: text/plain\0; charset=\0\n\nthe core"), "indexed", "^$"),
    ("bare-cr.eml", written(HEAD.replace(b"\n", b"\r") + b"Content-Transfer-Encoding: base64\r\r" + base64.encodebytes(b"the core " * 60).replace(b"\n", b"\r")), "indexed", "^$"),
    ("lines.mbox", written(b"From a@b.c Fri Mar  1 14:30:00 2024\n" * 200_000 + b"Subject: x\n\nthe core"), "indexed|partial", ""),
    ("from.mbox", written(b"From " + b"2024 " * 2_000_000 + b"\nFrom a@b.c 2024\nSubject: x\n\nthe core"), "indexed|partial", ""),
    ("messages.mbox", written((b"From a@b.c Fri Mar  1 14:30:00 2024\n" + HEAD + b"\nthe core\n\n") * 8_000), "partial", "only the first 5,000 messages"),
    ("members.zip", written(archive({f"{n}.eml": HEAD + b"\nthe core" for n in range(10_000)})), "partial", "only the first 1,000 of 10,000 files"),
    ("tree.eml", written(mail_with(TREE, "a.zip")), "partial", "0-a.zip was read in part: .*too deep|0-a.zip was not read"),
    ("zeros.eml", written(mail_with(ZEROS, "zeros.zip", 60)), "partial", "was not read: "),
    ("names.zip", written(archive({"../" * 5_000 + "\x1b[31m" + "a" * 20_000 + ".txt": b"the core", "con\u202egnp.txt": b"x"})), "indexed", "^$"),
]  # fmt: skip


LARGE = {
    "headers.eml",
    "deep.eml",
    "zeros.eml",
    "messages.mbox",
    "lines.mbox",
    "folded.eml",
}  # a second and more each
QUICK = [case for case in CASES if case[0] not in LARGE]


@pytest.fixture(scope="module")
def outcomes(contained: Any) -> dict[str, Any]:
    return contained(QUICK)  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def late_outcomes(contained: Any) -> dict[str, Any]:
    return contained([case for case in CASES if case[0] in LARGE])  # type: ignore[no-any-return]


@pytest.mark.parametrize("case", QUICK, ids=lambda case: case[0])
def test_a_mail_ends_as_it_should(case: Any, outcomes: dict[str, Any], expect: Any) -> None:
    expect(case, outcomes)


@pytest.mark.slow
@pytest.mark.parametrize("case", [case for case in CASES if case[0] in LARGE], ids=lambda case: case[0])
def test_a_mail_ends_as_it_should_also_where_it_takes_long(
    case: Any, late_outcomes: dict[str, Any], expect: Any
) -> None:
    expect(case, late_outcomes)


def test_what_is_not_hostile_in_a_hostile_mail_is_read(outcomes: dict[str, Any]) -> None:
    for name, outcome in outcomes.items():
        if outcome.chars < len(outcome.start) + 1 and outcome.status != "refused":
            assert "the core" in outcome.start, name
