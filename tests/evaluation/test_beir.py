from __future__ import annotations

from pathlib import Path

import pytest

from evaluation.beir import choose_split, read_corpus, read_judged
from evaluation.questions import Gold, QuestionsError


def test_judged_queries_have_their_grades_and_zero_is_not_right(beir_folder: Path) -> None:
    questions = read_judged(beir_folder, "test")
    assert [q.id for q in questions] == ["q1", "q2", "q3"]
    assert questions[0].golds == (Gold("d1", grade=2), Gold("d2", grade=1))
    assert questions[1].golds == (Gold("d2"),)


def test_judgements_in_four_columns_are_read_too(beir_folder: Path) -> None:
    assert [(q.id, q.golds) for q in read_judged(beir_folder, "train")] == [("q4", (Gold("d3"),))]


def test_the_split_is_chosen_or_named(beir_folder: Path) -> None:
    assert choose_split(beir_folder) == "test"
    assert choose_split(beir_folder, "train") == "train"
    with pytest.raises(QuestionsError, match="known: test, train"):
        choose_split(beir_folder, "dev")


def test_the_corpus_is_read_in_order(beir_folder: Path) -> None:
    assert [entry.id for entry in read_corpus(beir_folder)] == ["d1", "d2", "d3", "d4", "d5", "d6"]


def test_a_judgement_of_an_unknown_query_and_a_malformed_line_are_refused(tmp_path: Path) -> None:
    (tmp_path / "qrels").mkdir()
    (tmp_path / "queries.jsonl").write_text('{"_id": "q1", "text": "a?"}\n', "utf-8")
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq9\td1\t1\n", "utf-8")
    with pytest.raises(QuestionsError, match="'q9'"):
        read_judged(tmp_path, "test")
    (tmp_path / "qrels" / "test.tsv").write_text("q1\td1\t1\nq1\td1\n", "utf-8")
    with pytest.raises(QuestionsError, match="line 2"):
        read_judged(tmp_path, "test")
    (tmp_path / "qrels" / "test.tsv").write_text("q1\td1\t0\n", "utf-8")
    with pytest.raises(QuestionsError, match="no right document"):
        read_judged(tmp_path, "test")
