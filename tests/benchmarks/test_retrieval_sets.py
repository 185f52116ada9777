"""The two measures of the retrieval benchmarks, against cases worked by hand, and the reading of a BEIR set."""

from __future__ import annotations

import json
from math import log2
from pathlib import Path

import pytest

from benchmarks.judging.retrieval_sets import load, mean_figures, ndcg_at_10


def test_gold_passages_count_by_their_place_and_only_among_the_first_ten() -> None:
    gold = frozenset([7, 8])
    assert ndcg_at_10([7, 1, 8], gold) == pytest.approx((1 + 1 / 2) / (1 + 1 / log2(3)))
    assert ndcg_at_10([*range(10, 20), 7], gold) == 0
    assert ndcg_at_10([], gold) == 0


def test_recall_looks_at_twenty_places() -> None:
    gold = frozenset([7, 8])
    assert mean_figures([[*range(10, 29), 7, 8]], [gold])[1] == 0.5
    assert mean_figures([[8, 7]], [gold])[1] == 1


def test_many_questions_have_the_mean_of_each() -> None:
    rankings, golds = [[1, 2], [2, 1], [3]], [frozenset([1])] * 3
    ndcg, recall = mean_figures(rankings, golds)
    assert ndcg == pytest.approx((1 + 1 / log2(3)) / 3)
    assert recall == pytest.approx(2 / 3)


def test_a_beir_set_has_its_titles_above_the_texts_and_its_gold_as_positions(tmp_path: Path) -> None:
    folder = tmp_path / "scifact"
    (folder / "qrels").mkdir(parents=True)
    corpus = [{"_id": "b", "title": "T", "text": "x"}, {"_id": "a", "title": "", "text": "y"}]
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, corpus)) + "\n", "utf-8")
    (folder / "queries.jsonl").write_text('{"_id": "1", "text": "q?"}\n', "utf-8")
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n1\ta\t1\n1\tb\t0\n", "utf-8")
    data = load(tmp_path, "scifact")
    assert (data.texts, data.questions, data.gold) == (["T\n\nx", "y"], ["q?"], [frozenset([1])])
