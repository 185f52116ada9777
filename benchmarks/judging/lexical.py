"""Benchmark of lexical search, Korean and English: character pairs against morphemes, in SQLite's FTS5 with bm25().

    python -m benchmarks.judging.lexical --data ../shared/data

Printed for each analysis: nDCG@10 and recall@20 per set, milliseconds to analyse a passage and to answer
a question; then our analysis on ~33,000 passages, and what loading the morpheme analyser costs. Morphemes
need kiwipiepy, which the program itself does not use; without it their rows are left out.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from statistics import fmean

import numpy as np

from benchmarks.judging.retrieval_sets import (
    LICENCES,
    NAMES,
    RetrievalSet,
    data_folder,
    load,
    mean_figures,
    read_jsonl,
    titled,
)
from benchmarks.report import peak_mb
from chatbot.store.sqlite.fts5 import TOKENIZE, any_of
from chatbot.text.keywords import analyse, question_terms


@dataclass(frozen=True, slots=True)
class Analysis:
    """``index`` makes a passage's terms, ``ask`` the MATCH expression of a question."""

    name: str
    index: Callable[[str], str]
    ask: Callable[[str], str]
    tokenize: str = TOKENIZE


def words(text: str) -> str:
    return "".join(letter.lower() if letter.isalnum() else " " for letter in text)


def expression_of(question: str) -> str:
    """What the program asks FTS5."""
    return any_of(question_terms(question))


def analyses() -> list[Analysis]:
    plain = "unicode61 remove_diacritics 2"
    found = [
        Analysis("words as they stand", words, lambda question: any_of(words(question).split()), plain),
        Analysis(
            "pairs, unstemmed English", analyse, lambda question: any_of(analyse(question).split()), plain
        ),
        Analysis("pairs, whole question", analyse, lambda question: any_of(analyse(question).split())),
        Analysis("pairs, keywords (ours)", analyse, expression_of),
    ]
    if find_spec("kiwipiepy") is None:
        print("kiwipiepy is not installed: morphemes are left out (pip install kiwipiepy)")
        return found
    morphemes = load_morphemes()

    def both(text: str) -> str:
        return f"{analyse(text)} {morphemes(text)}"

    def ask_morphemes(question: str) -> str:
        if question.isascii():
            return expression_of(question)
        terms = morphemes(question).split()
        return any_of([term for term in terms if term not in ASKING_MORPHEMES] or terms)

    def ask_both(question: str) -> str:
        return " OR ".join(filter(None, (expression_of(question), ask_morphemes(question))))

    return [
        *found,
        Analysis("morphemes", morphemes, ask_morphemes),
        Analysis("pairs + morphemes", both, ask_both),
    ]


CONTENT_TAGS = ("NN", "NR", "NP", "VV", "VA", "XR", "MM", "MAG", "SL", "SN", "SH")
# dropped from questions, as question_terms does for pairs
ASKING_MORPHEMES = frozenset(
    [
        "무엇",
        "누구",
        "어디",
        "언제",
        "얼마",
        "어떤",
        "어느",
        "무슨",
        "몇",
        "알리",
        "설명",
        "대하",
        "하",
        "되",
        "있",
    ]
)


def load_morphemes() -> Callable[[str], str]:
    from kiwipiepy import Kiwi

    before, start = peak_mb(), time.perf_counter()
    kiwi = Kiwi(num_workers=1)
    kiwi.tokenize("첫 문장에서 모델을 읽는다.")
    print(f"kiwipiepy: {time.perf_counter() - start:.1f} s to load, {peak_mb() - before:.0f} MB more memory")

    def morphemes(text: str) -> str:
        if text.isascii():
            return analyse(text)
        return " ".join(
            token.form.lower() for token in kiwi.tokenize(text) if token.tag.startswith(CONTENT_TAGS)
        )

    return morphemes


def build_index(terms: Sequence[str], tokenize: str) -> sqlite3.Connection:
    index = sqlite3.connect(":memory:")
    index.execute(f"CREATE VIRTUAL TABLE chunk USING fts5(terms, content='', tokenize='{tokenize}')")
    index.executemany("INSERT INTO chunk(rowid, terms) VALUES (?, ?)", enumerate(terms))
    return index


def best_passages(index: sqlite3.Connection, expression: str, depth: int = 50) -> list[int]:
    if not expression:
        return []
    found = index.execute(
        "SELECT rowid FROM chunk WHERE chunk MATCH ? ORDER BY rank LIMIT ?", (expression, depth)
    )
    return [row for (row,) in found]


def measure_analysis(analysis: Analysis, data: RetrievalSet) -> str:
    start = time.perf_counter()
    terms = [analysis.index(text) for text in data.texts]
    per_passage = (time.perf_counter() - start) / len(terms) * 1000
    index = build_index(terms, analysis.tokenize)
    start = time.perf_counter()
    rankings = [best_passages(index, analysis.ask(question)) for question in data.questions]
    per_question = (time.perf_counter() - start) / len(rankings) * 1000
    ndcg, recall = mean_figures(rankings, data.gold)
    return f"{ndcg:.3f} {recall:.3f} {per_passage:5.2f} {per_question:4.1f}"


def measure_latency(folder: Path, sets: Sequence[RetrievalSet]) -> None:
    documents = read_jsonl(folder / "train_mix/corpus.jsonl.gz")
    index = build_index([analyse(titled(document)) for document in documents], TOKENIZE)
    (count,) = index.execute("SELECT count(*) FROM chunk").fetchone()
    print(f"\nmilliseconds per question over {count:,} passages of train_mix: mean / 95th percentile")
    for data in sets:
        line = f"{data.name:<14}"
        for name, ask in (
            ("whole question", lambda q: any_of(analyse(q).split())),
            ("keywords", expression_of),
        ):
            times = []
            for question in data.questions[:200]:
                start = time.perf_counter()
                best_passages(index, ask(question))
                times.append((time.perf_counter() - start) * 1000)
            line += f"  {name} {fmean(times):5.1f} / {np.percentile(times, 95):5.1f}"
        print(line)


def main() -> None:
    folder = data_folder(__doc__)
    sets = [load(folder, name) for name in NAMES]
    print(f"sets: {LICENCES}; questions: {', '.join(f'{s.name} {len(s.questions):,}' for s in sets)}")
    candidates = analyses()
    print("\nnDCG@10, recall@20, ms per passage, ms per question")
    print(" | ".join(chain([" " * 27], (f"{data.name:<22}" for data in sets))))
    for analysis in candidates:
        print(
            " | ".join(chain([f"{analysis.name:<27}"], (measure_analysis(analysis, data) for data in sets))),
            flush=True,
        )
    measure_latency(folder, sets)


if __name__ == "__main__":
    main()
