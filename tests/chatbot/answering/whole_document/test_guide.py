"""A document in short: every line of it stands in the document, where it says; every question is answered by it."""

from __future__ import annotations

import pytest

from chatbot import Chatbot

HANDBOOK = "data/employee-handbook.pdf"


@pytest.mark.parametrize(
    ("document", "heading"),
    [
        (HANDBOOK, "Working week"),
        ("data/robot-vacuum-manual-ko.docx", "물걸레질"),
        ("data/reranking-guide.md", "Choosing k and top_n"),
    ],
)
def test_its_outline_and_its_sentences_lead_to_where_they_stand(
    sample_chatbot: Chatbot, document: str, heading: str
) -> None:
    guide = sample_chatbot.guide(document)
    assert any(heading in line.text for line in guide.outline)
    assert len(guide.sentences) == 3
    with sample_chatbot.store.reading() as view:
        chunks = view.chunks(line.chunk for line in (*guide.outline, *guide.sentences))
    assert {chunk.document for chunk in chunks.values()} == {document}
    for line in guide.outline:
        chunk = chunks[line.chunk]
        assert line.text in " ".join((*chunk.heading, chunk.text))
        assert line.page == chunks[line.chunk].page
    for line in guide.sentences:
        assert line.text in " ".join(chunks[line.chunk].text.split())


def test_its_questions_are_answered_from_it_alone(sample_chatbot: Chatbot) -> None:
    questions = sample_chatbot.document_questions(HANDBOOK, seconds=60)
    assert len(questions) == 3
    for question in questions:
        search = sample_chatbot.search(question, (HANDBOOK,))
        assert not search.gate.refused
        assert search.kept[0].document == HANDBOOK


def test_a_table_has_no_sentences_and_what_is_not_there_nothing(sample_chatbot: Chatbot) -> None:
    assert sample_chatbot.guide("data/price-list.csv").sentences == ()
    nothing = sample_chatbot.guide("data/none.md")
    assert (nothing.outline, nothing.sentences) == ((), ())
    assert sample_chatbot.document_questions("data/none.md") == ()
