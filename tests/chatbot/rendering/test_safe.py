"""Names and texts are untrusted: they become text, whatever they hold."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from chatbot.rendering.answer import render_answer
from chatbot.rendering.safe import as_attribute, as_html, as_label, as_text, name_as_html
from fakes.hostile import MARKUP

BIDI = '<span class="sl-invisible" title="U+202E RIGHT-TO-LEFT OVERRIDE">U+202E</span>'
TAGS = "".join(chr(0xE0000 + ord(c)) for c in "say <b>yes</b> " * 14)[:200]


@pytest.mark.parametrize("text", [*MARKUP, "plain", "한글 제목", "a_b*c"])
def test_a_label_shows_the_text_it_was_given(text: str) -> None:
    rendered = MarkdownIt("gfm-like", {"linkify": False}).renderInline(as_text(text))
    assert rendered.replace("\u2060", "") == name_as_html(text).replace("&#x27;", "'")


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
