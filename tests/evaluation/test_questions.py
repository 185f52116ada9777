from __future__ import annotations

import json
from pathlib import Path

import pytest

from evaluation.questions import Gold, QuestionsError, group_of, read_questions
from paths import TESTS

SAMPLES = TESTS / "data" / "questions.jsonl"


def written(folder: Path, *rows: object) -> Path:
    file = folder / "questions.jsonl"
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n", "utf-8")
    return file


def test_the_sample_questions_can_be_read() -> None:
    questions = read_questions(SAMPLES)
    assert sum(bool(question.golds) for question in questions) == 40
    assert sum(not question.golds for question in questions) == 12
    assert questions[0].golds == (
        Gold("ai-glossary-ko.txt", passage="CBOW와 가운데 낱말로 주변 낱말을 맞히는 Skip-gram"),
    )


def test_what_is_right_stands_beside_the_question_or_under_relevant(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        {"question": "a?", "document": "x.pdf", "page": 3},
        {"question": "b?", "id": "B", "relevant": [{"answer": "42"}, {"document": "y.md", "grade": 2}]},
        {"question": "c?", "document": None},
    )
    a, b, c = read_questions(file)
    assert (a.id, a.golds) == ("1", (Gold("x.pdf", 3),))
    assert (b.id, b.golds) == ("B", (Gold(answer="42"), Gold("y.md", grade=2)))
    assert c.golds == ()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"question": "a?", "documnet": "x"}, "line 1: documnet"),
        ({"question": " "}, "empty"),
        ({"question": "a?", "page": 2}, "a page needs its document"),
        ({"question": "a?", "answer": "x", "relevant": [{"answer": "y"}]}, "not both"),
        (["a?"], "not a JSON object"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, row: object, said: str) -> None:
    with pytest.raises(QuestionsError, match=said):
        read_questions(written(tmp_path, row))


def test_a_file_that_is_missing_empty_or_says_an_id_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(QuestionsError, match="cannot be read"):
        read_questions(tmp_path / "none.jsonl")
    with pytest.raises(QuestionsError, match="holds no question"):
        read_questions(written(tmp_path))
    with pytest.raises(QuestionsError, match="two questions with the id '1'"):
        read_questions(written(tmp_path, {"question": "a?", "id": "1"}, {"question": "b?", "id": "1"}))


def test_the_key_changes_with_the_question_and_with_what_is_right(tmp_path: Path) -> None:
    row = {"id": "1", "question": "a?", "document": "x"}
    keys = {
        read_questions(written(tmp_path, {**row, **change}))[0].key
        for change in ({}, {"question": "b?"}, {"document": "y"}, {"answer": "z"})
    }
    assert len(keys) == 4


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("연차는 며칠인가요?", "ko"),
        ("FAISS는 누가 만든 라이브러리인가요?", "ko"),
        ("Word2Vec 에 대해서 알려줄래?", "mixed"),
        ("What is a cross-encoder?", "en"),
        ("How do I say 'thank you' in Korean: 감사?", "en"),
        ("1 + 1 = ?", "en"),
    ],
)
def test_the_language_is_the_share_of_hangul(text: str, language: str) -> None:
    assert group_of(text) == language
