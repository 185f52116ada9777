"""An export shows everything, in both languages, and whatever was put into it stays text."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from chatbot.conversations import ExchangeRecord, GivenFile, answer_to_markdown, to_html, to_markdown
from chatbot.conversations.exports.escape import (
    escape_answer,
    escape_for,
    escape_name,
    escape_outline,
    escape_quote,
)
from chatbot.trace import Gate, SecondLook

HOSTILE = [
    "<script>alert(1)</script><img src=http://evil.example/a.png onerror=alert(1)>",
    "![x](http://evil.example/a.png) ![x][1] [1]: http://evil.example",
    "[1]: http://evil.example\n\n[1] [x](javascript:alert(1)) [1](http://evil.example)",
    "[y](data:text/html,hi) <http://evil.example> https://evil.example www.evil.example me@evil.example",
    "</style><style>@import 'http://evil.example';</style></title><svg onload=alert(1)>",
    "\" onmouseover=alert(1) x=\"' style='background:url(http://evil.example)",
    "&lt;img src=x&gt; &#60;script&#62; `</code><img src=x>`\n\n```\n</pre><img src=x>\n````\n<img src=x>",
    "| a | <img src=x> |\n|---|---|\n| ![x](http://evil.example) | `a|b` |",
    "invoice\u202efdp.exe \u2066\u200b\x00 zero",
    "<iframe src=//evil.example><form action=//evil.example><base href=//evil.example><meta http-equiv=refresh>",
    "> quote\n# heading\n- list\n1. one\n===\n~~~\n    code\n<!-- x -->\n<![CDATA[x]]>\n$x$ [^1]\n[^1]: note",
    "\\<img src=x> \\\\<img src=x> \\[x](http://evil.example) \\`<b>`",
]  # fmt: skip
# what a receipt is made of; everything else can only have come from a text
ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "main", "header", "h1", "h2", "h3", "h4", "h5", "h6", "p", "span",
    "svg", "rect", "path", "circle", "article", "section", "div", "b", "blockquote", "mark", "table", "thead", "tbody",
    "tr", "th", "td", "small", "details", "summary", "i", "dl", "dt", "dd", "footer", "a", "em", "strong", "ul", "ol",
    "li", "code", "pre", "hr", "br", "wbr",
}  # fmt: skip
INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def assert_harmless(html: str, ids: set[str]) -> None:
    for tag, attributes in Tags(html).found:
        assert tag in ALLOWED, tag
        assert not [
            name for name in attributes if name.startswith("on") or name in ("src", "srcset", "xlink:href")
        ]
        if "href" in attributes:
            assert tag == "a"
            assert (attributes["href"] or "")[1:] in ids
            assert (attributes["href"] or "")[0] == "#"
        if "style" in attributes:
            assert re.fullmatch(r"text-align:(left|right|center)", attributes["style"] or "")
    assert html.count("<style>") == html.count("</style>") == 1
    assert not INVISIBLE.search(html)


def everywhere(record, text: str):
    """A record with ``text`` in every place that comes from outside."""
    made = record(
        f"q {text}", f"{text}\n\nCited. [1]", text=f"p {text}", document=f"docs/{text}", heading=(text, text),
        llm=text, query=f"rewritten {text}", state="interrupted", reason=text,
        second_look=SecondLook(text, "failed", text),
    )  # fmt: skip
    return replace(
        made,
        settings=replace(made.settings, model=text, filters=(text,)),
        fingerprints=replace(made.fingerprints, embedding=text, reranker=text),
        timings={**made.timings, text: 5.0},
        candidates=tuple(replace(c, header=text) for c in made.candidates),
    )


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_nothing_in_a_receipt_can_run_or_fetch(record, text: str, language) -> None:
    html = to_html([everywhere(record, text)] * 2, language, title=text)
    assert_harmless(html, ids={"s1-1", "s1-2", "s2-1", "s2-2"})


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_a_markdown_file_becomes_a_link_a_picture_or_html(record, text: str) -> None:
    written = to_markdown([everywhere(record, text)], "en", title=text)
    assert not INVISIBLE.search(written)
    for reader in (
        MarkdownIt("commonmark", {"html": True}),
        MarkdownIt("gfm-like", {"html": True, "linkify": False}),
    ):
        rendered = reader.render(written)
        found = {tag for tag, _ in Tags(rendered).found}
        assert found <= {
            "h1", "h2", "h3", "h4", "h5", "h6", "p", "em", "strong", "blockquote", "ul", "ol", "li", "hr", "br",
            "table", "thead", "tbody", "tr", "th", "td", "code", "pre",
        }  # fmt: skip
        prose = re.sub(r"<code>.*?</code>", "", rendered, flags=re.DOTALL)
        assert not re.search(r"://\w|www\.\w|@\w", prose)  # what a viewer makes a link of


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=60)
@given(st.text(alphabet=st.sampled_from("[]()<>!&;:/\\`*_#|-=+.~$\"' \n\t12a가@w"), max_size=60))
def test_no_text_becomes_more_than_formatting_in_markdown(text: str) -> None:
    reader = MarkdownIt("gfm-like", {"html": True, "linkify": False})
    for written in (
        escape_answer(text, 2),
        escape_quote(text),
        f"# {escape_name(text)}",
        f"**{escape_name(text)}**",
    ):
        rendered = reader.render(written)
        assert not {"a", "img", "script", "b", "w", "h7"} & {tag for tag, _ in Tags(rendered).found}, rendered
        assert "<!--" not in rendered


def test_markdown_keeps_the_formatting_of_an_answer() -> None:
    answer = (
        "**굵게**, *기울임*, `a|b <c>` [1] [9]\nsecond line\n\n1. one\n2. two\n   - inner [2]\n\n> quoted\n\n| a | b |\n|---|---|\n"
        "| 1 | `x|y` |\n\n```py\nx = [0] # <b>\n```\n\n# title"
    )
    html = MarkdownIt("gfm-like", {"linkify": False}).render(escape_answer(answer, 2))
    for expected in (
        "<strong>굵게</strong>, <em>기울임</em>, <code>a|b &lt;c&gt;</code> [1] [9]<br />\nsecond line",
        "<ol>\n<li>one</li>\n<li>two\n<ul>\n<li>inner [2]</li>",
        "<blockquote>\n<p>quoted</p>",
        "<td>1</td>",
        "<pre><code>x = [0] # &lt;b&gt;\n</code></pre>",
        "<h3>title</h3>",
    ):
        assert expected in html, (expected, html)


def test_a_quote_keeps_its_lines_and_characters() -> None:
    text = "1. one *two*\n- three\n\n    four <b> | five"
    html = MarkdownIt("gfm-like", {"linkify": False}).render(escape_quote(text))
    shown = re.sub(r"<[^>]+>", "", html).replace("&lt;", "<").replace("&gt;", ">")
    assert shown.split() == text.split()
    assert html.count("<blockquote>") == 1
    assert "<li>" not in html


@pytest.mark.parametrize("language", ["ko", "en"])
def test_an_export_shows_all_that_is_known(record, language) -> None:
    made = record(query="연차휴가는 며칠인가요?", state="stopped")
    for written in (to_html([made], language), to_markdown([made], language)):
        plain = written.replace("\\", "")
        for fact in (
            "연차휴가는 며칠인가요?", "규정.pdf", "규정 › 휴가", "50%", "3.25", "-1.67", "openai-like · tiny",
            "a" * 16, "b" * 16, "c" * 16, "310 ms", "900 ms", str(made.asked_at.year), "1,200", "docs",
        ):  # fmt: skip
            assert fact in plain, fact
        assert plain.count("규정.pdf") >= 7  # two sources and five candidates
    html = to_html([made], language)
    assert '<a class="sl-chip sl-ok" href="#s1-1"' in html
    assert f"<mark>{made.sources[0].text[:15]}</mark>" in html
    assert f'<html lang="{language}">' in html


def test_an_export_says_which_files_came_with_the_question_and_a_question_without_an_answer_is_in_it(
    record,
) -> None:
    files = (GivenFile("new.md", "uploads/new.md"), GivenFile("<b>.pdf", "", "It is broken. Add another."))
    asked_at = datetime(2026, 11, 29, tzinfo=UTC)
    asked = ExchangeRecord.unanswered("며칠?", record().settings, "the server was ended", asked_at)
    for export in (to_html, to_markdown):
        written = export([record(files=files, widened=True), asked], "en")
        plain = written.replace("\\", "").replace("\u2060", "")
        assert "new.md" in plain
        assert "It is broken. Add another." in plain
        assert "all documents were searched" in plain
        assert "<b>.pdf" not in written
        assert "며칠?" in plain
        assert "The answer was cut short: the server was ended" in plain


def test_a_refusal_says_why(record) -> None:
    made = record(
        answer="The documents do not answer this question.",
        gate=Gate(True, 0.04, 0.25),
        sources=(),
        checks=None,
    )
    for written in (to_html([made], "en"), to_markdown([made], "en")):
        assert "nothing was made up" in written
        assert "4%" in written
        assert "25%" in written


def test_the_policy_allows_one_style_sheet_and_nothing_else(record) -> None:
    html = to_html([record()], "ko")
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; style-src 'sha256-")
    assert "<script" not in html
    assert "url(" not in html
    assert "http" not in html.replace("http-equiv", "")


def test_an_empty_conversation_is_an_empty_receipt() -> None:
    assert "<h1>답변 기록</h1>" in to_html([], "ko")
    assert to_markdown([], "en").startswith("# Answer receipt")


def test_an_outline_keeps_its_headings_and_lists_and_its_quotes_stay_literal() -> None:
    assert escape_outline("## *Leave* [1]\n\n3. `Ask` [2] it\n\n- One [1]\n  - [x](y) [1]", 1) == (
        "#### \\*Leave\\* [1]\n\n3\\. \\`Ask\\` \\[2\\] it\n\n- One [1]\n  - \\[x\\](y) [1]"
    )


def test_quotes_are_no_markdown_in_an_export(record) -> None:
    quoted = record(answer="3. Analyses [1]\n\n4. # Of *what*? $x^2$ [1]", llm="extractive")
    html = (
        MarkdownIt("commonmark")
        .enable("table")
        .render(escape_for(quoted.llm, quoted.request.kind)(quoted.received, 2))
    )
    assert html == "<p>3. Analyses [1]</p>\n<p>4. # Of *what*? $x^2$ [1]</p>\n"
    assert "3\\. Analyses [1]" in to_markdown([quoted], "en")


def test_formulas_are_kept_in_an_export_unless_they_could_lead_somewhere() -> None:
    assert escape_answer("So $x^2$.\n\n$$\n\\frac{a}{b}\n$$", 0) == "So $x^2$.\n\n$$\\frac{a}{b}$$"
    assert escape_answer("$\\href{http://evil.example}{x}$", 0).startswith("\\$")


def test_an_answer_is_copied_with_the_sources_that_it_cites(record) -> None:
    copied = answer_to_markdown(record(), "en")
    assert copied.startswith("연차는 15일입니다. [1]\n")
    assert "- [1] **규정.pdf** · p. 1" in copied
    assert "[2]" not in copied
