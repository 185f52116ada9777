"""The page of an opened source, as HTML."""

from __future__ import annotations

import base64
import re

from chatbot.citations.viewing import Box, PageView, Row, RowsView, TextView
from chatbot.trace import Candidate, Sentence, Source
from chatbot.ui.sources.viewer import page_html, rows_html, text_html

VIEW = PageView(
    b"RIFF", "image/webp", 1400, 1980, 1, 2,
    boxes=(Box(0.1, 0.2, 0.5, 0.25),), sentence_boxes=((Box(0.1, 0.2, 0.3, 0.25),), ()),
)  # fmt: skip


def test_boxes_lie_over_the_picture_in_percent_and_grow_with_it() -> None:
    html = page_html(VIEW, "Page 1")
    assert f'src="data:image/webp;base64,{base64.b64encode(b"RIFF").decode()}"' in html
    boxes = re.findall(r'<span class="([^"]+)" style="position:absolute;([^"]+)">', html)
    assert boxes == [
        ("sl-box", "left:10.000%;top:20.000%;width:40.000%;height:5.000%"),
        ("sl-box sl-box-sentence", "left:10.000%;top:20.000%;width:20.000%;height:5.000%"),
    ]


def test_a_description_cannot_leave_its_attribute() -> None:
    html = page_html(VIEW, '"><img src=x onerror=alert(1)>')
    assert html.count("<img") == 1
    assert "onerror" not in re.sub(r'alt="[^"]*"', "", html)


def test_codes_and_figures_among_the_rows_around_a_passage_stay_on_one_line() -> None:
    rows = (
        Row(("PN-101", "Graphite pencil HB", "9,800 KRW"), in_passage=True),
        Row(("Paper",), is_text=True),
    )
    html = rows_html(RowsView(("sku", "name", "price"), rows))
    assert html.count('class="sl-figure"') == 2
    assert (
        '<td class="sl-figure">PN-101</td><td>Graphite pencil HB</td><td class="sl-figure">9,800 KRW</td>'
        in html
    )
    assert '<td colspan="3">Paper</td>' in html


def test_the_text_around_a_passage_shows_tables_and_no_bars() -> None:
    """In the passage with its mark, and before and after it; the head of a table that begins further up stands once."""
    head = "| 부품 | 교체 주기 |\n| --- | --- |\n"
    passage = "| 필터 | 6개월 |\n| 솔 | <b>12</b>개월 |\n"
    source = Source(1, Candidate(1, "m.docx", passage, (40, 40 + len(passage)), header=head))
    marked = [Sentence(0, len("| 필터 | 6개월 |"))]
    for before, heads in (
        (f"Care\n\n{head}| 먼지통 | 매번 |\n", 1),
        ("One line before it.\n\n", 1),
        ("", 1),
    ):
        html = text_html(TextView(before, passage, "\nAfter.\n\n| a | b |\n"), source, marked)
        assert "|" not in html, before
        assert html.count("<th>부품</th>") == heads, before
        assert "<mark>필터</mark>" in html
        assert "&lt;b&gt;12&lt;/b&gt;개월" in html
