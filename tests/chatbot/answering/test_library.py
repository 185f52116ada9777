"""What is said about the documents: facts of the index, a bounded number of lines, names as they are."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any, Literal

import pytest

from chatbot.answering.library import Library, about_library, spread
from chatbot.answering.talk import talk
from chatbot.errors import Phrase
from chatbot.rendering.answer import render_answer
from chatbot.store import DocumentRow


def row(uri: str, **more: Any) -> DocumentRow:
    facts = {"status": "indexed", "reason": "", "format": "pdf", "title": "", "pages": 2, "chunks": 3}
    f = {**facts, "indexed_at": "2026-11-01T10:00:00+00:00", **more}
    return DocumentRow(
        uri, Path(uri), "", "", f["status"], f["reason"], "", f["format"], f["title"], 9, f["pages"], f["indexed_at"], f["chunks"]
    )  # fmt: skip


def said(
    topic: str, rows: Sequence[DocumentRow], language: Literal["ko", "en"] = "en", named: Sequence[str] = ()
) -> str:
    library = Library(rows, False, lambda: ["한국어 글", "some English text"], lambda: ["What is a pen?"])
    return about_library(topic, named, library, language)


ROWS = [
    row("a/handbook.pdf", title="Our handbook"),
    row("a/notes.md", format="markdown", pages=0, indexed_at="2026-11-20T10:00:00+00:00"),
    row(
        "b/scan.pdf",
        status="partial",
        reason=Phrase("no text on {count} of {pages} pages", count="1", pages="2"),
    ),
    row("b/broken.pdf", status="refused", reason=Phrase("the file is empty"), chunks=0),
]


def test_the_list_says_names_titles_pages_days_and_what_was_not_read() -> None:
    assert said("list", ROWS).split("\n\n") == [
        "3 documents can be searched, in 9 passages.",
        "- handbook.pdf (Our handbook) · pdf · 2 pages · read on 2026-11-01\n"
        "- notes.md · markdown · read on 2026-11-20\n"
        "- scan.pdf · pdf · 2 pages · read on 2026-11-01 · read in part: no text on 1 of 2 pages",
        "2 documents were not read, or only in part:",
        "- scan.pdf · read in part: no text on 1 of 2 pages\n- broken.pdf · not read: the file is empty",
        "These are answered by your documents:",
        "- What is a pen?",
    ]


@pytest.mark.parametrize(
    ("topic", "korean"),
    [
        ("count", "문서 3개를 찾아볼 수 있습니다(발췌문 9개)."),
        ("newest", "- notes.md · markdown · 2026-11-20에 읽음"),
        ("oldest", "- handbook.pdf (Our handbook) · pdf · 2쪽 · 2026-11-01에 읽음"),
        ("formats", "- pdf: 2\n- markdown: 1"),
        ("languages", "- 한국어: 1\n- 영어나 다른 언어: 1"),
        ("problems", "broken.pdf · 읽지 못했습니다"),
        ("ask", "- What is a pen?"),
    ],
)
def test_each_topic_is_answered_in_the_questions_language(topic: str, korean: str) -> None:
    assert korean in said(topic, ROWS, "ko")


def test_a_document_that_is_asked_for_by_name_is_told() -> None:
    assert said("named", ROWS, named=["a/notes.md"]) == "Yes.\n\n- notes.md · markdown · read on 2026-11-20"


def test_of_a_hundred_thousand_documents_twenty_are_named_and_the_others_counted_by_folder() -> None:
    rows = [row(f"f{number % 40:02}/{number:06}.pdf") for number in range(100_000)]
    rows.sort(key=lambda one: one.uri)
    lines = said("list", rows).splitlines()
    assert len(lines) < 45
    assert "99,980 more. By folder:" in lines
    assert "- f01: 2,500" in lines
    assert "- 32 more folders" in lines
    assert len(spread(rows)) == 200


def test_a_name_shows_what_nobody_sees_in_it() -> None:
    rows = [row("a/invoice\u202efdp.exe"), row("a/fa\u200dmi\u00adly.md")]
    text = said("list", rows)
    assert "invoice⟨U+202E⟩fdp.exe" in text
    assert "fa⟨U+200D⟩mily.md" in text
    assert "\u202e" not in text


def test_names_are_shown_as_they_are_and_are_no_citations() -> None:
    rows = [row("a/report [1] *new* _x_.pdf"), row("a/1. plan_b.pdf")]
    html = render_answer(said("list", rows), 0, "a")
    assert "report [1] *new* _x_.pdf" in html
    assert "1. plan_b.pdf" in html
    assert "<ol" not in html
    assert html.count("<li>") == 3


def test_an_empty_index_has_nothing_to_list() -> None:
    for topic in ("list", "count", "newest", "languages", "formats", "ask", "problems"):
        assert said(topic, [], "en")


@pytest.mark.parametrize(
    "topic",
    ["greeting", "thanks", "bye", "who", "help", "how_are_you", "compliment", "ok", "complaint", "clock"],
)
def test_talk_is_answered_in_both_languages(topic: str) -> None:
    korean, english = (talk(topic, language, lambda: ["What is *this*?"]) for language in ("ko", "en"))  # type: ignore[arg-type]
    assert any("가" <= c <= "힣" for c in korean)
    assert not any("가" <= c <= "힣" for c in english)
    assert ("What is \\*this\\*?" in english) == (topic == "help")


@pytest.mark.parametrize("name", ["**bold** $x$ &amp; `code`.md", "$x^2$ and $y_1$.md", "costs $5.md"])
def test_nothing_in_a_name_is_a_formula_or_markdown(name: str) -> None:
    html = render_answer(said("list", [row(name, chunks=1)]), 0, "a")
    assert escape(name, quote=False) in html
    assert "sl-math" not in html
    assert "<strong>" not in html
    assert "One document can be searched, in one passage." in html
