"""Thumbs become questions whose right and wrong passages are known; what a thumb does not say is not made up."""

from __future__ import annotations

from chatbot.conversations import Conversations
from chatbot.conversations.feedback import feedback_questions
from chatbot.trace import Gate


def kept(conversations: Conversations, *records) -> int:
    number = conversations.create()
    for record in records:
        conversations.add(number, record)
    return number


def questions(conversations: Conversations) -> list[dict]:
    return feedback_questions(conversations.rated())


def test_nothing_rated_is_nothing_to_ask(conversations, record) -> None:
    kept(conversations, record())
    assert questions(conversations) == []


def test_sources_are_right_and_wrong_as_their_thumbs_say(conversations, record) -> None:
    made = record("그건 며칠?", query="연차는 며칠인가요?")
    number = kept(conversations, made)
    conversations.rate(number, 0, 1, chunk_id=102)
    conversations.rate(number, 0, -1, chunk_id=101)
    conversations.rate(number, 0, 1, chunk_id=105)  # a dropped candidate that should have been a source
    (row,) = questions(conversations)
    assert row["question"] == "연차는 며칠인가요?"  # as searched: a follow-up makes no sense alone
    texts = {c.chunk_id: c.text for c in made.candidates}
    assert [(p["document"], p["page"], p["passage"]) for p in row["relevant"]] == [
        ("docs/규정.pdf", 2, texts[102]), ("docs/규정.pdf", 5, texts[105]),
    ]  # fmt: skip
    assert [p["passage"] for p in row["wrong"]] == [texts[101]]


def test_a_good_answer_makes_its_cited_sources_right_unless_one_is_marked_wrong(
    conversations, record
) -> None:
    number = kept(conversations, record(), record("Another?"))
    conversations.rate(number, 0, 1)
    conversations.rate(number, 1, 1)
    conversations.rate(number, 1, -1, chunk_id=101)
    first, second = questions(conversations)
    assert [p["passage"] for p in first["relevant"]] == [record().candidates[0].text]
    assert "relevant" not in second
    assert len(second["wrong"]) == 1
    assert first["id"] != second["id"]


def test_a_bad_answer_says_nothing_about_its_passages(conversations, record) -> None:
    number = kept(conversations, record())
    conversations.rate(number, 0, -1)
    assert questions(conversations) == []


def test_a_refusal_with_a_thumb_up_is_a_question_that_the_documents_do_not_answer(
    conversations, record
) -> None:
    refused = {
        "gate": Gate(True, 0.1, 0.3),
        "sources": (),
        "candidates": (),
        "answer": "The documents do not answer this.",
    }
    number = kept(conversations, record("Mars?", **refused), record("Venus?", **refused))
    conversations.rate(number, 0, 1)
    conversations.rate(number, 1, -1)
    (row,) = questions(conversations)
    assert (row["question"], row["document"]) == ("Mars?", None)


def test_what_was_said_last_about_the_same_passage_counts(conversations, record) -> None:
    first, second = kept(conversations, record()), kept(conversations, record())
    conversations.rate(first, 0, 1, chunk_id=101)
    conversations.rate(second, 0, -1, chunk_id=101)
    (row,) = questions(conversations)
    assert "relevant" not in row
    assert len(row["wrong"]) == 1
