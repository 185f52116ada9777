"""A passage: what is marked in it, and its rows as a table."""

from __future__ import annotations

from chatbot.rendering.passage import highlighted, passage_html
from chatbot.trace import Sentence


def test_highlights_mark_their_sentences_and_nothing_is_markup() -> None:
    text = "One <b>. Two & three. Four."
    assert highlighted(text, [Sentence(9, 21)]) == "One &lt;b&gt;. <mark>Two &amp; three.</mark> Four."
    assert highlighted(text, [Sentence(9, 21)], until=12) == "One &lt;b&gt;. <mark>Two</mark>"
    assert highlighted(text, [Sentence(0, 12), Sentence(9, 21)]).count("<mark>") == 2


def test_rows_of_a_table_are_drawn_as_one_with_its_header() -> None:
    text = "Wear:\n| Part | Change |\n| --- | --- |\n| Filter | 6 <months> |\n| Brush | 1 year |\nMore."
    start = text.index("| Filter")
    html = passage_html(text, [Sentence(start, start + 22)])
    assert html == (
        'Wear:\n<table class="sl-rows"><tr><th>Part</th><th>Change</th></tr>'
        "<tr><td><mark>Filter</mark></td><td><mark>6 &lt;months&gt;</mark></td></tr>"
        "<tr><td>Brush</td><td>1 year</td></tr></table>More."
    )
    continued = passage_html("| Belt | 2 years |", [], "| Part | Change |\n| --- | --- |")
    assert continued.startswith('<table class="sl-rows"><tr><th>Part</th><th>Change</th></tr><tr><td>Belt')


def test_a_bar_in_a_cell_is_drawn_in_one_cell() -> None:
    html = passage_html("| Key | Use |\n| --- | --- |\n| a \\| b | pipe a into b |", [])
    assert "<tr><td>a | b</td><td>pipe a into b</td></tr>" in html


def test_a_row_that_only_comes_close_is_shaded_and_one_that_matters_is_marked() -> None:
    text = "| Part | Change |\n| --- | --- |\n| Filter | 6 months |\n| Brush | 1 year |"
    filter_, brush = text.index("| Filter"), text.index("| Brush")
    close = Sentence(filter_, filter_ + 21)
    html = passage_html(text, [close, Sentence(brush, len(text))], faint={filter_})
    assert '<td><mark class="sl-warm">Filter</mark></td>' in html
    assert "<td><mark>Brush</mark></td>" in html
    both = passage_html(text, [close, Sentence(filter_ + 2, filter_ + 8)], faint={filter_})
    assert "<td><mark>Filter</mark></td>" in both
