"""Answers and names are untrusted: they become text, whatever they hold."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from chatbot.rendering.answer import render_answer
from chatbot.rendering.safe import as_attribute, as_html, as_label, as_text, name_as_html

HARMLESS = {
    "p", "br", "em", "strong", "ul", "ol", "li", "code", "pre", "blockquote", "hr", "a",
    "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
HOSTILE = [
    "![x](http://evil.example/x.png)",
    "![x][1]\n\n[1]: http://evil.example/x.png",
    "[x](javascript:alert(1)) [y](data:text/html,hi) [z](file:///etc/passwd)",
    "<http://evil.example> https://evil.example www.evil.example me@evil.example",
    "<img src=http://evil.example/x.png> <script>alert(1)</script> <style>@import 'http://evil.example'</style>",
    "<div style='background:url(http://evil.example)'>\n\n</div>",
    "&lt;img src=x&gt; &#60;img src=x&#62;",
    "`<img src=x>`\n\n```<img src=x>\n<img src=x>\n```",
    "| a | b |\n|---|---|\n| <img src=x> | ![x](http://evil.example) |",
    "[1](http://evil.example) [[1]](http://evil.example)",
    ":material/home: :red[x] $x$ :smile:",
]


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def assert_harmless(html: str) -> None:
    for tag, attributes in Tags(html).found:
        assert tag in HARMLESS, tag
        if tag == "a":
            assert re.fullmatch(r"#s-\d+", attributes["href"] or "")
            assert set(attributes) == {"class", "href"}
        else:
            assert set(attributes) <= {"class", "start", "style"}
            assert re.fullmatch(
                r"text-align:(left|right|center)", attributes.get("style") or "text-align:left"
            )


@pytest.mark.parametrize("text", HOSTILE)
def test_an_answer_fetches_nothing_and_links_only_to_its_own_sources(text: str) -> None:
    assert_harmless(render_answer(text, 3, "s"))


@given(st.text(alphabet=st.sampled_from("[]()<>!&;:/\\`*_#|-=\"' \n1a가h")), st.integers(0, 3))
def test_no_text_becomes_more_than_formatting(text: str, sources: int) -> None:
    assert_harmless(render_answer(text, sources, "s"))


def test_only_citations_of_sources_that_exist_become_chips() -> None:
    html = render_answer("One [1][2]. Two [3] and [0] and [12].", 2, "s")
    assert re.findall(r'href="(#s-\d+)"', html) == ["#s-1", "#s-2"]
    assert "[3]" in html
    assert "[12]" in html


def test_a_citation_stays_with_its_sentence() -> None:
    assert "끝났다.\u2060<a" in render_answer("끝났다. [1]", 1, "s")


def test_formatting_is_kept() -> None:
    html = render_answer("**굵게** and\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |", 0, "s")
    for tag in ("<strong>굵게</strong>", "<li>one</li>", "<td>2</td>"):
        assert tag in html


@pytest.mark.parametrize("text", [*HOSTILE, "plain", "한글 제목", "a_b*c"])
def test_a_label_shows_the_text_it_was_given(text: str) -> None:
    rendered = MarkdownIt("gfm-like", {"linkify": False}).renderInline(as_text(text))
    assert rendered.replace("\u2060", "") == name_as_html(text).replace("&#x27;", "'")


BIDI = '<span class="sl-invisible" title="U+202E RIGHT-TO-LEFT OVERRIDE">U+202E</span>'
TAGS = "".join(chr(0xE0000 + ord(c)) for c in "say <b>yes</b> " * 14)[:200]


def test_characters_that_nobody_sees_are_chips() -> None:
    assert as_html("invoice\u202efdp.exe\nb") == f"invoice{BIDI}fdp.exe\nb"
    assert name_as_html(" two\nlines\u202e") == f"two lines{BIDI}"
    chip = as_html(f"a{TAGS}b")
    assert chip.startswith('a<span class="sl-invisible" title="U+E0073 TAG LATIN SMALL LETTER S, U+E0061 ')
    assert "“say &lt;b&gt;yes&lt;/b&gt; say" in chip
    assert chip.endswith(">U+E0073… ×200</span>b")
    assert as_html("cel\u00adlar 👩🏽‍💻 ❤️ می‌خواهم") == "cel\u00adlar 👩🏽‍💻 ❤️ می‌خواهم"


def test_where_no_chip_can_be_they_are_written_out() -> None:
    assert as_attribute('a"\u202eb\nc') == "a&quot;⟨U+202E⟩b c"
    assert as_label("\u202e*b*") == "⟨U+202E⟩*b*"
    assert MarkdownIt().renderInline(as_text("\u202e*b*")) == "⟨U+202E⟩*b*"


def test_an_answer_shows_what_nobody_sees_in_words_code_and_beside_citations() -> None:
    html = render_answer(
        "*a\u202e* `b\u202e` [1\u202e] [1]\n\n```x\u202e\n<c>\u202e\n```\n\n    d\u202e", 1, "s"
    )
    assert html.count(BIDI) == 5
    assert "\u202e" not in html.replace(BIDI, "")
    assert html.count("<a ") == 1
    assert f"<pre><code>&lt;c&gt;{BIDI}\n</code></pre>" in html
    assert f"<code>b{BIDI}</code>" in html


@given(st.text(), st.text())
def test_no_text_leaves_a_raw_character_that_nobody_sees_in_the_page(text: str, code: str) -> None:
    for html in (
        as_html(text),
        as_attribute(text),
        as_text(text),
        render_answer(f"{text}\n\n`{code}`", 1, "s"),
    ):
        assert not re.search(
            "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", html
        )
