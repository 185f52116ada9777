"""A passage: what is marked in it, and its rows as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from chatbot.rendering.passage import highlighted, shaded
from chatbot.trace import Candidate, Sentence, Source


def html_of(
    text: str, highlights: Sequence[Sentence] = (), close: Sequence[Sentence] = (), header: str = ""
) -> str:
    """A passage of which ``highlights`` matter most, and ``close`` nearly as much."""
    candidate = Candidate(1, "a.md", text, (0, len(text)), header=header)
    near = tuple(replace(sentence, relevance=0.5) for sentence in close)
    return shaded(Source(1, candidate, (*highlights, *near), tuple(highlights)))


def test_highlights_mark_their_sentences_and_nothing_is_markup() -> None:
    text = "One <b>. Two & three. Four."
    assert highlighted(text, [Sentence(9, 21)]) == "One &lt;b&gt;. <mark>Two &amp; three.</mark> Four."
    assert highlighted(text, [Sentence(0, 12), Sentence(9, 21)]).count("<mark>") == 2


def test_rows_of_a_table_are_drawn_as_one_with_its_header() -> None:
    text = "Wear:\n| Part | Change |\n| --- | --- |\n| Filter | 6 <months> |\n| Brush | 1 year |\nMore."
    start = text.index("| Filter")
    html = html_of(text, [Sentence(start, start + 22)])
    assert html == (
        'Wear:\n<table class="sl-rows"><tr><th>Part</th><th>Change</th></tr>'
        "<tr><td><mark>Filter</mark></td><td><mark>6 &lt;months&gt;</mark></td></tr>"
        '<tr><td>Brush</td><td class="sl-figure">1 year</td></tr></table>More.'
    )
    continued = html_of("| Belt | 2 years |", header="| Part | Change |\n| --- | --- |")
    assert continued.startswith('<table class="sl-rows"><tr><th>Part</th><th>Change</th></tr><tr><td>Belt')


@pytest.mark.parametrize("cell", ["12553", "€ 12,553.00", "-4 %", "1 234 kWh", "2024-05-01", "8:30", "1–2"])
def test_a_cell_that_is_a_figure_stays_on_one_line(cell: str) -> None:
    assert f'<td class="sl-figure">{cell}</td>' in html_of(f"| a | {cell} |")


@pytest.mark.parametrize("cell", ["", "Filter", "within 30 days of the purchase", "1" * 29])
def test_any_other_cell_may_be_broken_between_its_words(cell: str) -> None:
    assert f"<td>{cell}</td>" in html_of(f"| a | {cell} |")


def test_what_a_citation_rests_on_is_named_and_is_not_seen_where_it_was_not_marked() -> None:
    text = "One. Two. Three."
    source = Source(
        1, Candidate(1, "a.md", text, (0, 16)), (Sentence(0, 5), Sentence(5, 10)), (Sentence(0, 4),)
    )
    assert shaded(source) == "<mark>One.</mark> Two. Three."
    assert shaded(source, [(0, 4), (5, 9), (5, 9), (10, 99)]) == (
        '<mark data-at="0">One.</mark> <mark class="sl-basis" data-at="5">Two.</mark> Three.'
    )


def test_a_row_that_a_citation_rests_on_is_named_in_every_cell() -> None:
    text = "| Part | Change |\n| --- | --- |\n| Filter | yearly |"
    start = text.index("| Filter")
    source = Source(1, Candidate(1, "a.md", text, (0, len(text))))
    html = shaded(source, [(start, len(text))])
    assert html.count(f'<mark class="sl-basis" data-at="{start}">') == 2


def test_a_bar_in_a_cell_is_drawn_in_one_cell() -> None:
    html = html_of("| Key | Use |\n| --- | --- |\n| a \\| b | pipe a into b |")
    assert "<tr><td>a | b</td><td>pipe a into b</td></tr>" in html


def test_a_row_that_only_comes_close_is_shaded_and_one_that_matters_is_marked() -> None:
    text = "| Part | Change |\n| --- | --- |\n| Filter | 6 months |\n| Brush | 1 year |"
    filter_, brush = text.index("| Filter"), text.index("| Brush")
    close = Sentence(filter_, filter_ + 21)
    html = html_of(text, [Sentence(brush, len(text))], [close])
    assert '<td><mark class="sl-warm">Filter</mark></td>' in html
    assert "<td><mark>Brush</mark></td>" in html
    both = html_of(text, [Sentence(filter_ + 2, filter_ + 8)], [close])
    assert "<td><mark>Filter</mark></td>" in both
