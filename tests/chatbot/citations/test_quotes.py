"""What is quoted: sentences, list items and rows of tables; no headings while there is anything else."""

from __future__ import annotations

import pytest

from chatbot.citations.quotes import quotable_sentences
from chatbot.text.sentences import sentence_spans
from chatbot.trace import Candidate, Sentence, Source


def source_of(*lines: str) -> Source:
    text = "\n".join(lines)
    spans = [Sentence(text.index(line), text.index(line) + len(line)) for line in lines]
    return Source(1, Candidate(1, "a.md", text, (0, len(text))), tuple(spans))


@pytest.mark.parametrize("heading", ["3. Analyses", "12) Results and discussion", "2. 분석 결과와 해석"])
def test_a_numbered_heading_is_no_sentence(heading: str) -> None:
    source = source_of(heading, "The samples were kept cold.", "1. Wash them", "2. Dry them")
    assert quotable_sentences(source) == [1, 2, 3]


def test_numbered_items_in_a_row_are_quoted_and_a_numbered_sentence_is_too() -> None:
    source = source_of("1. Switch it off", "2. Take the filter out", "7. Wait until it has dried.")
    assert quotable_sentences(source) == [0, 1, 2]


def test_a_heading_is_quoted_where_there_is_nothing_else() -> None:
    assert quotable_sentences(source_of("3. Analyses")) == [0]


def test_a_field_with_a_figure_can_be_quoted_beside_sentences_and_one_of_names_cannot() -> None:
    text = "The pump is old.\n\nNext meeting: 9 June at the inn\n\nKeywords: Word2Vec, retrieval"
    candidate = Candidate(1, "doc", text, (0, len(text)))
    source = Source(1, candidate, tuple(Sentence(*span) for span in sentence_spans(text)))
    quoted = [text[source.sentences[i].start : source.sentences[i].end] for i in quotable_sentences(source)]
    assert quoted == ["The pump is old.", "Next meeting: 9 June at the inn"]
