"""Benchmark of questions in another language than the passage that answers them, and of what they cost the others.

    python -m benchmarks.judging.cross_language --data ../shared/data

No public set asks Korean questions of English passages or the other way round, so sentences ask for their translation
(600 of parallel_ko_en, CC BY-SA 3.0): among sentences of the other language alone, and in one collection with
sentences of both and all passages of squad1 and korquad1. 200 questions of each of these are asked of the same
collection, in their passages' language. nDCG@10 / recall@20 of what retrieval hands to the second look. Translations
are easier to find by meaning than answers are: read the columns for the difference, not for the height.
Vectors are kept in the models cache: four minutes the first time, half a minute after that.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from benchmarks.judging.fusion import SHIPPED_DEPTH, Floats, bm25_scores, candidates, vectors
from benchmarks.judging.retrieval_sets import (
    SEED,
    RetrievalSet,
    data_folder,
    load,
    mean_figures,
    read_jsonl,
)
from chatbot.config import Config
from chatbot.retrieval.fusion import fuse
from chatbot.text.language import language_of, other_language_among

SENTENCES, QUESTIONS = 600, 200
SHORTEST = 40  # characters of an English sentence that is about something
ScoreOf = dict[int, float]  # passage -> score
Method = Callable[[ScoreOf, ScoreOf, set[int], Literal["ko", "en"]], ScoreOf]
METHODS: dict[str, Method] = {
    "dense alone": lambda dense, *_: dense,
    "words count as anywhere": lambda dense, lexical, *_: fuse(dense, lexical),
    "shipped": fuse,
}


@dataclass(frozen=True, slots=True)
class QuestionGroup:
    """Questions and the part of the collection that they are asked of."""

    name: str
    questions: Sequence[int]
    passages: Sequence[int]


def collection(folder: Path) -> tuple[RetrievalSet, list[QuestionGroup]]:
    """Half of the sentences in each language, every one the answer to its translation, and the passages of two sets."""
    pairs = [
        (row["ko"], row["en"])
        for row in read_jsonl(folder / "extra_training/parallel_ko_en/news_dev.jsonl.gz")
    ]
    pairs = [pair for pair in pairs if len(pair[1]) > SHORTEST][:SENTENCES]
    half = len(pairs) // 2
    texts = [*(english for _, english in pairs[:half]), *(korean for korean, _ in pairs[half:])]
    questions = [*(korean for korean, _ in pairs[:half]), *(english for _, english in pairs[half:])]
    gold = [frozenset([i]) for i in range(len(pairs))]
    own = []
    for data in (load(folder, "squad1"), load(folder, "korquad1")):
        chosen = sorted(random.Random(SEED).sample(range(len(data.questions)), QUESTIONS))
        own.append(range(len(questions), len(questions) + QUESTIONS))
        questions += [data.questions[i] for i in chosen]
        gold += [frozenset(len(texts) + passage for passage in data.gold[i]) for i in chosen]
        texts += data.texts
    korean, english, everything = range(half), range(half, len(pairs)), range(len(texts))
    asked = [
        QuestionGroup("ko > en only", korean, korean),
        QuestionGroup("en > ko only", english, english),
        QuestionGroup("ko > both", korean, everything),
        QuestionGroup("en > both", english, everything),
        QuestionGroup("squad1 > both", own[0], everything),
        QuestionGroup("korquad1 > both", own[1], everything),
    ]
    return RetrievalSet("cross_language", texts, questions, gold), asked


def ranking(
    data: RetrievalSet, question: int, dense: Floats, lexical: Floats, method: Method, part: Floats
) -> list[int]:
    """Positions in the collection, best first."""
    found = part[candidates(dense[part], lexical[part], SHIPPED_DEPTH)].tolist()
    foreign = other_language_among(data.questions[question], {i: data.texts[i] for i in found})
    scores = ({i: float(of[i]) for i in found} for of in (dense, lexical))
    fused = method(*scores, foreign, language_of(data.questions[question]))
    return sorted(fused, key=lambda i: (-fused[i], i))


def main() -> None:
    folder, config = data_folder(__doc__), Config()
    data, asked = collection(folder)
    lexical = bm25_scores(data)
    (with_language, passages), (turned, _) = (vectors(data, config, left_in) for left_in in (True, False))
    print(
        f"{len(data.texts):,} passages; embedding: {config.embedding.model}; squad1 CC BY-SA 4.0, korquad1 CC BY-ND 2.0 KR"
    )
    print(f"{'nDCG@10 recall@20':<26}| {' | '.join(f'{a.name:<15}' for a in asked)}")
    for name, questions, method in (
        *((name, turned, method) for name, method in METHODS.items()),
        ("shipped, language left in", with_language, fuse),
    ):
        dense, cells = questions @ passages.T, []
        for a in asked:
            part = np.array(a.passages)
            ranked = [ranking(data, q, dense[q], lexical[q], method, part) for q in a.questions]
            gold = [data.gold[q] for q in a.questions]
            ndcg, recall = mean_figures(ranked, gold)
            cells.append(f"{ndcg:.3f} {recall:.3f}")
        print(f"{name:<26}| {' | '.join(f'{cell:<15}' for cell in cells)}", flush=True)


if __name__ == "__main__":
    main()
