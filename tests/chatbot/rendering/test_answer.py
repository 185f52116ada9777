"""Answers and names are untrusted: they become text, whatever they hold."""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.rendering.answer import Mark, Uncited, render_answer, render_outline, render_quotes, renderer_of
from fakes.hostile import MARKUP

HARMLESS = {
    "p", "br", "wbr", "em", "strong", "ul", "ol", "li", "code", "pre", "blockquote", "hr", "a",
    "h1", "h2", "h3", "h4", "h5", "h6", "div", "span", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


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


@pytest.mark.parametrize("text", MARKUP)
def test_an_answer_fetches_nothing_and_links_only_to_its_own_sources(text: str) -> None:
    assert_harmless(render_answer(text, 3, "s"))


@given(st.text(alphabet=st.sampled_from("[]()<>!&;:/\\`*_#|-=$x\"' \n1a가h")), st.integers(0, 3))
def test_no_text_becomes_more_than_formatting(text: str, sources: int) -> None:
    assert_harmless(render_answer(text, sources, "s"))


def test_only_citations_of_sources_that_exist_become_chips() -> None:
    html = render_answer("One [1][2]. Two [3] and [0] and [12].", 2, "s")
    assert re.findall(r'href="(#s-\d+)"', html) == ["#s-1", "#s-2"]
    assert "[3]" in html
    assert "[12]" in html


def test_a_citation_stays_with_its_sentence() -> None:
    assert "끝났다.\u2060<a" in render_answer("끝났다. [1]", 1, "s")


def test_of_many_citations_only_the_first_stays_with_its_sentence() -> None:
    """Else a line of eight of them would leave the line before half empty."""
    for said in ("행 33개. [1][2] [3]", "행 33개.[1] [2][3]"):
        for render in (render_answer, render_quotes):
            html = re.sub("<a[^>]*>", "<a>", render(said, 3, "s", [Mark(), Mark(), Mark()]))
            assert "33개.\u2060<a>1</a><wbr><a>2</a><wbr><a>3</a>" in html


def test_formatting_is_kept() -> None:
    html = render_answer("**굵게** and\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |", 0, "s")
    for tag in ("<strong>굵게</strong>", "<li>one</li>", "<td>2</td>"):
        assert tag in html


BIDI = '<span class="sl-invisible" title="U+202E RIGHT-TO-LEFT OVERRIDE">U+202E</span>'


def test_an_answer_shows_what_nobody_sees_in_words_code_and_beside_citations() -> None:
    html = render_answer(
        "*a\u202e* `b\u202e` [1\u202e] [1]\n\n```x\u202e\n<c>\u202e\n```\n\n    d\u202e", 1, "s"
    )
    assert html.count(BIDI) == 5
    assert "\u202e" not in html.replace(BIDI, "")
    assert html.count("<a ") == 1
    assert f"<pre><code>&lt;c&gt;{BIDI}\n</code></pre>" in html
    assert f"<code>b{BIDI}</code>" in html


@pytest.mark.parametrize(
    "text", ["3. Analyses", "- not a list", "# 12", "> 5", "| a | b |\n| --- | --- |", "*x* `y` <b>"]
)
def test_a_quote_is_the_text_that_it_is_and_no_markdown(text: str) -> None:
    html = render_quotes(f"{text} [1]", 1, "s")
    assert html.startswith(f"<p>{escape(text)}")
    assert {tag for tag, _ in Tags(html).found} == {"p", "a"}


def test_no_line_breaks_inside_a_figure_with_hyphens() -> None:
    html = render_quotes("2026-11-29에 읽음, PN-118 [1]; re-rank, v-2x, 1-", 1, "s")
    assert re.findall(r'<span class="sl-figure">(.*?)</span>', html) == ["2026-11-29", "PN-118"]
    assert "re-rank, v-2x, 1-" in html


def test_every_quote_is_a_paragraph_with_its_own_citations() -> None:
    html = render_quotes("3. Analyses [2]\n\n4. Results [1] [9]", 2, "s", [Mark("ok", "fits", 7), Mark()])
    assert html == (
        '<p>3. Analyses\u2060<a class="sl-chip sl-ok" href="#s-2" data-check="fits" data-basis="7">2</a></p>'
        '<p>4. Results\u2060<a class="sl-chip" href="#s-1">1</a> [9]</p>'
    )


@given(st.text(alphabet="abc [](1)<>&*#\n", max_size=60))
def test_whatever_is_quoted_is_harmless(text: str) -> None:
    assert_harmless(render_quotes(text, 3, "s"))


def test_an_outline_has_headings_and_nested_lists_and_its_quotes_stay_literal() -> None:
    html = render_outline(
        "Summary\n\n## 1. *Leave*\n\n3. `Ask` <b>[1]\n\n- One [1]\n  - Two\n- Three", 1, "s"
    )
    chip = '\u2060<a class="sl-chip" href="#s-1">1</a>'
    assert html == (
        f"<p>Summary</p><h2>1. *Leave*</h2><p>3. `Ask` &lt;b&gt;{chip}</p>"
        f"<ul><li>One{chip}</li><ul><li>Two</li></ul><li>Three</li></ul>"
    )


@pytest.mark.parametrize(
    ("llm", "kind", "renderer"),
    [
        ("extractive", "look_up", render_quotes),
        ("extractive", "whole_document", render_outline),
        ("openai · m", "whole_document", render_answer),
        ("", "talk", render_answer),
    ],
)
def test_an_answer_is_drawn_as_it_was_written(llm: str, kind: str, renderer: object) -> None:
    assert renderer_of(llm, kind) is renderer


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        (r"It is $x^2 + y$ or \(a+b\).", ["x^2 + y", "a+b"]),
        ("So:\n$$\n\\frac{a}{b}\n$$\nand", ["\\frac{a}{b}"]),
        ("\\[ c_1 \\]", ["c_1"]),
        ("Let $n$ be", ["n"]),
    ],
)
def test_formulas_are_marked_for_the_browser_to_draw_and_stay_as_they_were_written(
    text: str, formulas: list[str]
) -> None:
    assert re.findall(r'class="sl-math[^"]*">([^<]*)<', render_answer(text, 1, "s")) == formulas


@pytest.mark.parametrize(
    "text",
    [
        r"report \[1\] *new* _x_.pdf", r"a \[b_2\].pdf",
        "from $1,200 to $3,400", "costs $5 (or 5$)", "between $5-10 and $20.", "US$1,200 = about €1,100, then $1,300",
        "a $ b $ c", "`$x^2$`", "```\n$x^2$\n```",
    ],
)  # fmt: skip
def test_money_and_code_are_no_formulas(text: str) -> None:
    assert "sl-math" not in render_answer(text, 1, "s")
    assert "sl-math" not in render_quotes("$x^2$ is quoted", 1, "s")


def test_a_citation_keeps_its_place_behind_a_formula_that_holds_brackets() -> None:
    marks = [Mark(), Mark("weak", "only in part")]
    html = render_answer("$a_{[1]}$ and so [1]", 1, "s", marks)
    assert html.count("sl-chip") == 1
    assert "sl-weak" in html


def test_the_items_of_a_task_list_show_what_is_done() -> None:
    html = render_answer("- [ ] to do\n- [x] done\n- [1] cited", 1, "s")
    assert '<li class="sl-task">☐ to do</li>' in html
    assert '<li class="sl-task">☑ done</li>' in html
    assert html.count("sl-chip") == 1


@pytest.mark.parametrize(
    ("text", "uncited", "shown"),
    [
        ("It is paid [1]. It is long.", ["It is long."], "It is long.MARK</p>"),
        ("**It is long.** It is paid [1].", ["**It is long.**"], "<strong>It is long.MARK</strong> It"),
        ("- **병가**는 5일입니다.\n- 연차는 15일입니다. [1]", ["- **병가**는 5일입니다.\n"], "<strong>병가</strong>는 5일입니다.MARK</li>"),
        ("| | a |\n|---|---|\n| x | 5 days |", [" 5 days "], "<td>5 daysMARK</td>"),
        ("```\nx = 1\n```", ["x = 1"], "x = 1\n</code>"),
        ("Not \ue001 ours.", [], "Not   ours."),
    ],
)  # fmt: skip
def test_a_sentence_that_names_no_source_is_marked_at_its_end(
    text: str, uncited: list[str], shown: str
) -> None:
    spans = [(text.index(each), text.index(each) + len(each)) for each in uncited]
    html = render_answer(text, 1, "s", (), Uncited(spans, 'no "source"'))
    mark = '\u2060<span class="sl-uncited" title="no &quot;source&quot;">–</span>'
    assert shown.replace("MARK", mark) in html
    assert html.count("sl-uncited") == shown.count("MARK")
