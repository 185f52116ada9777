"""Content decides what a file is, and its name where the content says nothing."""

from __future__ import annotations

import pytest

TABLE = "<table><tr><th>수강번호<th>강좌<tr><td>A-2207<td>용접 기초</table>"
PAGE = f"<html><body>{TABLE}</body></html>"
RTF = r"{\rtf1\ansi A-2207 is closed.\par}"
MAIL = "MIME-Version: 1.0\nSubject: Course\nContent-Type: text/html; charset=utf-8\n\n" + PAGE


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.xls", PAGE, "html"),
        ("a.xls", TABLE, "html"),
        ("a.xls", "\ufeff<?xml version='1.0'?>\n<!-- x --><meta charset=utf-8>" + TABLE, "html"),
        ("a.xls", PAGE.encode("utf-16"), "html"),
        ("a.xls", "수강번호\t강좌\nA-2207\t용접 기초\n".encode("cp949"), "csv"),
        ("a.xlsx", "no,name\nA-2207,용접 기초\n", "csv"),
        ("a.doc", PAGE, "html"),
        ("a.doc", MAIL, "html"),
        ("a.doc", RTF, "rtf"),
        ("a.doc", "A-2207 is closed.", "text"),
        ("a.docx", RTF, "rtf"),
        ("a.docx", "A-2207 is closed.", "text"),
        ("a.pdf", "<!DOCTYPE html><p>A-2207 is closed.", "html"),
        ("a.pdf", "A-2207 is closed.", "text"),
        ("a.hwp", PAGE, "html"),
        ("a.rtf", "A-2207 is closed.", "text"),
        ("a.png", "<!DOCTYPE html><p>A-2207 is not found.", "html"),
        ("a.txt", RTF, "rtf"),
        ("a.txt", "\n " + RTF, "rtf"),
        ("a.txt", PAGE, "html"),
        ("a.txt", MAIL, "html"),
        ("a.csv", PAGE, "html"),
        ("a.html", MAIL, "html"),
        ("a.mht", MAIL, "html"),
        ("a.eml", PAGE, "html"),
        ("a.json", "<!doctype html><title>A-2207</title><p>A-2207 not found", "html"),
        ("a.md", "# A-2207\n\n<b>closed</b>", "markdown"),
        ("a", PAGE, "html"),
    ],
)
def test_what_a_file_is(parsed, name: str, data: str | bytes, kind: str) -> None:
    document = parsed(name, data)
    assert document.format == kind
    assert "A-2207" in document.text
    assert document.partial == ""
