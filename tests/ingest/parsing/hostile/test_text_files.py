"""Text, pages, mail and tables of text: encodings, nesting, sizes, names, and bytes that are none of these."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.parsing.limits import MAX_TEXT
from ingest.parsing.parse import SUPPORTED_SUFFIXES

Make = Callable[[Path], None]
NOISE = random.Random(7).randbytes(50_000)


def written(data: bytes | str) -> Make:
    return lambda path: path.write_bytes(data.encode() if isinstance(data, str) else data) and None


def repeated(piece: bytes, megabytes: int) -> Make:
    def make(path: Path) -> None:
        block = piece * (2**20 // len(piece))
        with path.open("wb") as file:
            for _ in range(megabytes):
                file.write(block)

    return make


def linked(target: str) -> Make:
    return lambda path: path.symlink_to(target.format(path=path))


def mail(body: str, headers: str = "") -> Make:
    return written(f"From: a@b.c\r\nSubject: Subject\r\n{headers}MIME-Version: 1.0\r\n" + body)


def multiparts(levels: int) -> str:
    starts = [f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(levels)]
    return "".join(starts) + "Content-Type: text/plain\r\n\r\nthe core\r\n"


def attachments(count: int, size: int) -> str:
    part = (
        "--b\r\nContent-Type: application/x\r\nContent-Disposition: attachment; filename=a%d\r\n\r\n"
        + "QUFB" * size
    )
    return "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nbody\r\n" + "\r\n".join(
        part % number for number in range(count)
    )


ENTITIES = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY l0 "ha">' + "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12)
) + "]>"  # fmt: skip
CASES = [
    ("line.txt", repeated(b"word ", 18), "indexed", "^$"),
    ("300-mb.txt", repeated(b"some words of a long log\n", 300), "partial", "only the first [\\d,]+ characters"),
    ("emoji.txt", written("😀" + "word " * 1_500_000), "partial", "only the first 5,000,000 characters"),
    ("nul.txt", written(b"a few\0 words here and there " * 20), "refused|indexed", ""),
    ("zeros.txt", written(bytes(1_000_000)), "refused", "binary"),
    ("bad-utf8.txt", written("가나다라 마바사 ".encode() * 500 + b"\xff" + "아자차".encode()), "partial", "not valid UTF-8"),
    ("utf16.txt", written("글자와 words 그리고 더 많은 글자. ".encode("utf-16-le") * 50), "indexed", "^$"),
    ("controls.txt", written("\x1b[31m red \u202e txt.exe \u200b zero " * 3), "indexed|refused", ""),
    ("spaces.txt", written("a" + " " * 3_000_000 + "b\n" + " \n" * 1_000_000 + "c"), "indexed", "^$"),
    ("deep.json", written("[" * 100_000 + "]" * 100_000), "refused", "nested too deeply"),
    ("deep-object.json", written('{"a":' * 100_000), "refused", "nested too deeply"),
    ("deep-and-wide.json", written('{"a":' * 400 + "[" + ",".join(['{"b":[{"c":1}]}'] * 50_000) + "]" + "}" * 400),
     "indexed", "^$"),
    ("number.json", written('{"n": ' + "9" * 5_000_000 + "}"), "indexed", "^$"),
    ("infinity.json", written('{"a": 1e999999, "b": NaN}'), "indexed", "^$"),
    ("cut.json", written('[{"a": "some words"}, ' * 3), "partial", "not valid JSON"),
    ("deep.html", written("<div>" * 100_000 + "core"), "indexed|partial|refused", ""),
    ("tables.html", written("<p>out</p>" + "<table><tr><td>" * 20_000 + "x"), "indexed|partial", ""),
    ("inline.html", written("<p>start " + "<b> </b>" * 300_000 + "end"), "indexed|partial", ""),
    ("colspan.html", written("<table><tr><td colspan=999999999>a<td>b<tr><td>c<td>d</table>"), "indexed", "^$"),
    ("comments.html", written("<html>" + "<!--" * 500_000 + " text"), "refused|indexed", ""),
    ("laughs.html", written(ENTITIES + "<p>text &l11; &x;</p>"), "indexed", "^$"),
    ("laughs.xhtml", written(ENTITIES + "<html><body>text &l11; &x;</body></html>"), "indexed", "^$"),
    ("deep.xml", written("<a>" * 100_000 + "text" + "</a>" * 100_000), "indexed", "^$"),
    ("field.csv", written('a,b\n"' + "x,y\n" * 1_000_000), "partial", "line 2: a quotation mark"),
    ("columns.csv", written("a," * 1_000_000 + "b\n1,2\n"), "indexed", "^$"),
    ("ragged.csv", written("a," * 200_000 + "b\n" + "1,2\n" * 50_000), "indexed", "^$"),
    ("quotes.csv", written('"' * 1_000_000), "indexed|refused", ""),
    ("nested.eml", mail(multiparts(100)), "indexed", "^$"),
    ("very-nested.eml", mail(multiparts(5_000)), "indexed|refused|partial", ""),
    ("attachments.eml", mail(attachments(20_000, 10)), "partial", "only the first 200 attachments were read; only the first 1,999 parts"),
    ("attachment.eml", mail(attachments(1, 4_000_000)), "indexed", "^$"),
    ("header.eml", mail("\r\nbody", "X: " + "=?utf-8?q?a?= " * 300_000 + "\r\n"), "indexed", "^$"),
    ("subject.eml", written("Subject: " + "=?utf-8?q?a?= " * 300_000 + "\r\nMIME-Version: 1.0\r\n\r\nbody"), "partial", "^only the first 10,000 characters of a header were read$"),
    ("groups.rtf", written("{\\rtf1 " + "{" * 1_000_000 + "core"), "indexed", "^$"),
    ("fonts.rtf", written("{\\rtf1 words" + "\\f1" * 300_000), "indexed", "^$"),
    ("skip.rtf", written("{\\rtf1 words \\u65\\uc99999999 \\u-99999 \\f999999999 \\'zz}"), "indexed", "^$"),
    ("quotes.md", written(">" * 10_000 + " core"), "indexed", "^$"),
    ("brackets.md", written("[" * 50_000), "indexed", "^$"),
    ("links.md", written("[a](" * 20_000), "indexed", "^$"),
    ("definitions.md", written("[a]: <b> '" * 20_000), "indexed", "^$"),
    ("lists.md", written("".join("  " * depth + "- x\n" for depth in range(1_000))), "indexed", "^$"),
    ("stars.md", written("*_" * 50_000 + "a"), "indexed", "^$"),
    ("front.md", written("---\n" + "a: b\n" * 50_000), "indexed", "^$"),
    ("headings.md", written("# a\n\n" * 20_000), "indexed", "^$"),
    ("pixel.md", written("![x](http://127.0.0.1:9/pixel) <img src=file:///etc/passwd>"), "indexed", "^$"),
    ("![x](http:⁄⁄127.0.0.1:9⁄a).md", written("words"), "indexed", "^$"),
    ("..%2f..%2fetc%2fpasswd.txt", written("words"), "indexed", "^$"),
    ("\x1b[31m\nsecond line.txt", written("words"), "indexed", "^$"),
    ("-rf --help.txt", written("words"), "indexed", "^$"),
    ("가" * 83 + ".txt", written("words"), "indexed", "^$"),
    ("a" * 251 + ".txt", written("words"), "indexed", "^$"),
    ("loop.txt", linked("{path}"), "refused", "no regular file"),
    ("zero.txt", linked("/dev/zero"), "refused", "no regular file"),
    ("missing.txt", linked("{path}.gone"), "refused", "no regular file"),
    ("folder.pdf", lambda path: path.mkdir(), "refused", "no regular file"),
    *((f"empty{suffix}", written(b""), "refused", "is empty") for suffix in sorted(SUPPORTED_SUFFIXES)),
    *((f"noise{suffix}", written(NOISE), "refused", "") for suffix in sorted(SUPPORTED_SUFFIXES)),
]  # fmt: skip
# the time of libxml2 grows with the square of the attributes: lower the limit, to wait less
SLOW = [
    (
        "attributes.html",
        written("<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">text"),
        "refused",
        "longer than",
    )
]
if hasattr(os, "mkfifo"):
    CASES.append(("pipe.txt", lambda path: os.mkfifo(path), "refused", "no regular file"))


LARGE = {
    "field.csv",
    "groups.rtf",
    "fonts.rtf",
    "inline.html",
    "columns.csv",
    "attachment.eml",
    "300-mb.txt",
    "deep-and-wide.json",
}  # a second and more each
QUICK = [case for case in CASES if case[0] not in LARGE]


@pytest.fixture(scope="module")
def outcomes(contained: Any) -> dict[str, Any]:
    return contained(QUICK)  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def late_outcomes(contained: Any) -> dict[str, Any]:
    large = [case for case in CASES if case[0] in LARGE]
    return contained(large) | contained(SLOW, seconds=2)  # type: ignore[no-any-return]


@pytest.mark.parametrize("case", QUICK, ids=lambda case: ascii(case[0])[:40])
def test_a_text_file_ends_as_it_should(case: Any, outcomes: dict[str, Any], expect: Any) -> None:
    expect(case, outcomes)


@pytest.mark.slow
@pytest.mark.parametrize(
    "case", [case for case in CASES if case[0] in LARGE] + SLOW, ids=lambda case: ascii(case[0])[:40]
)
def test_a_text_file_ends_as_it_should_also_where_it_takes_long(
    case: Any, late_outcomes: dict[str, Any], expect: Any
) -> None:
    expect(case, late_outcomes)


def test_what_is_not_hostile_in_a_hostile_text_is_read(outcomes: dict[str, Any]) -> None:
    assert outcomes["line.txt"].chars > 18_000_000
    assert outcomes["utf16.txt"].start.startswith("글자와 words")


@pytest.mark.slow
def test_what_is_not_hostile_in_a_large_hostile_text_is_read(late_outcomes: dict[str, Any]) -> None:
    assert MAX_TEXT * 0.99 < late_outcomes["300-mb.txt"].chars <= MAX_TEXT
    assert "core" in late_outcomes["groups.rtf"].start
    assert late_outcomes["inline.html"].start == "start end"
