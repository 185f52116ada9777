"""What is trained on, and what must never be."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from benchmarks.judging.retrieval_sets import read_jsonl
from training.dev import NAMES, unseen_passages
from training.examples import CUT, TrainingData, load_examples, load_saved, portion, save_examples
from training.forms import as_keywords, with_typo
from training.sources import BY_NAME, LEFT_OUT, SOURCES, licence_table


@pytest.fixture(scope="module")
def loaded(shared_data: Path) -> TrainingData:
    return load_examples(shared_data)


def test_every_source_is_used_and_no_other(loaded: TrainingData) -> None:
    names = {source.name for source in SOURCES}
    assert {e.source for e in loaded.examples} == names
    assert {p.split("|")[0] for p in loaded.corpus} == names
    assert not set(LEFT_OUT) & set(BY_NAME)


def test_every_id_has_a_text_and_no_answer_is_a_negative(loaded: TrainingData) -> None:
    for example in loaded.examples:
        assert example.positives
        assert {*example.positives, *example.negatives} <= loaded.corpus.keys()
        assert not set(example.positives) & set(example.negatives)


def test_no_development_question_and_no_held_out_article_is_trained_on(
    loaded: TrainingData, shared_data: Path
) -> None:
    trained = {e.query.strip().lower() for e in loaded.examples}
    for name in {"squad1", "korquad1", "scifact", "claude_docs"} & set(NAMES):
        split = "test.tsv" if name in ("scifact", "claude_docs") else "dev.tsv"
        lines = (shared_data / name / "qrels" / split).read_text("utf-8").splitlines()[1:]
        asked = {line.split("\t")[0] for line in lines}
        questions = {
            q["text"].strip().lower()
            for q in read_jsonl(shared_data / name / "queries.jsonl")
            if q["_id"] in asked
        }
        assert len(questions & trained) <= 2, name  # the same short question about another paragraph
    korean = {text for p, text in loaded.corpus.items() if p.startswith("tydiqa")}
    unseen = {text[:CUT] for text in unseen_passages(shared_data)}
    assert len(unseen) > 300
    assert not korean & unseen


def test_the_data_are_the_same_every_time(loaded: TrainingData, shared_data: Path) -> None:
    assert load_examples(shared_data).sha256 == loaded.sha256
    slice_ = load_examples(shared_data, distractors=0.0, limit=50)
    assert slice_.sha256 != loaded.sha256
    assert [e.query for e in slice_.examples] == [e.query for e in loaded.examples[:50]]


def test_saved_examples_are_the_same(data: TrainingData, tmp_path: Path) -> None:
    save_examples(data, tmp_path / "data.json.xz")
    again = load_saved(tmp_path / "data.json.xz")
    assert (again, again.sha256) == (data, data.sha256)


def test_portion_is_a_fixed_number_between_0_and_1() -> None:
    assert portion("a") == portion("a") != portion("b")
    assert sum(portion(str(i)) < 0.3 for i in range(1000)) == pytest.approx(300, abs=45)


@pytest.mark.parametrize(
    ("question", "keywords"),
    [
        ("What is the capital of France?", "capital france"),
        ("조몬 시대는 언제 시작되었는가?", "조몬 시대 시작"),
        ("Who?", "Who?"),
    ],
)
def test_keywords_keep_what_tells(question: str, keywords: str) -> None:
    assert as_keywords(question) == keywords


def test_a_typo_changes_one_word_only() -> None:
    for seed in range(30):
        before, after = (
            "where is the railway station",
            with_typo("where is the railway station", random.Random(seed)),
        )
        changed = [a for a, b in zip(before.split(), after.split(), strict=True) if a != b]
        assert len(changed) <= 1  # two equal neighbours swapped change nothing
    assert with_typo("a of is", random.Random(0)) == "a of is"


def test_the_licence_table_names_every_source() -> None:
    table = licence_table()
    assert all(source.name in table and source.licence in table for source in SOURCES)
