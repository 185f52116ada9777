"""The sample documents hold what the sample questions ask for."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import docx
import pypdfium2
import pytest

from paths import ROOT

DATA = ROOT / "data"
QUESTIONS = [
    json.loads(line) for line in (Path(__file__).parent / "questions.jsonl").read_text("utf-8").splitlines()
]
ANSWERABLE = [q for q in QUESTIONS if q["document"]]


@cache
def text_of(name: str) -> str:
    path = DATA / name
    if path.suffix == ".pdf":
        with pypdfium2.PdfDocument(path) as pdf:
            return "\n".join(page.get_textpage().get_text_bounded() for page in pdf)
    if path.suffix == ".docx":
        document = docx.Document(str(path))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        return "\n".join([*(p.text for p in document.paragraphs), *cells])
    return path.read_text("utf-8")


@pytest.mark.parametrize("question", ANSWERABLE, ids=lambda q: q["question"])
def test_the_document_of_a_question_contains_its_answer(question: dict[str, str]) -> None:
    assert question["contains"] in text_of(question["document"])


def test_there_are_questions_on_every_document_and_some_that_none_answers() -> None:
    assert len(ANSWERABLE) == 40
    assert len(QUESTIONS) - len(ANSWERABLE) == 12
    assert len({q["question"] for q in QUESTIONS}) == len(QUESTIONS)
    assert {q["document"] for q in ANSWERABLE} == {path.name for path in DATA.iterdir()}


def test_every_glossary_entry_has_a_term_a_definition_an_example_and_related_words() -> None:
    parts = text_of("ai-glossary-ko.txt").strip().split("\n\n")
    terms, bodies = parts[::2], parts[1::2]
    assert len(terms) == len(bodies) == len(set(terms)) >= 36
    for term, body in zip(terms, bodies, strict=True):
        assert "\n" not in term
        assert [line.split(":")[0] for line in body.split("\n")] == ["정의", "예시", "연관키워드"], term


def test_word2vec_is_mentioned_by_entries_that_do_not_define_it() -> None:
    parts = text_of("ai-glossary-ko.txt").strip().split("\n\n")
    mentioning = [term for term, body in zip(parts[::2], parts[1::2], strict=True) if "Word2Vec" in body]
    assert "Word2Vec" in mentioning
    assert len(mentioning) >= 8


def test_the_price_list_has_a_price_in_both_currencies_for_every_article() -> None:
    with (DATA / "price-list.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len({row["sku"] for row in rows}) == 33
    for row in rows:
        assert None not in row
        assert int(row["price_krw"]) / float(row["price_usd"]) == pytest.approx(1390, rel=0.02)


def test_the_pdf_and_the_docx_are_what_the_script_makes() -> None:
    script = [sys.executable, str(ROOT / "scripts/make_samples.py"), "--check"]
    result = subprocess.run(script, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
