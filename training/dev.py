"""The development sets, none of them trained on: 20 candidates a question, as the program retrieves them.

python -m training.dev --work FOLDER      makes and keeps the candidates
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.judging.retrieval_sets import SEED, RetrievalSet, load, read_jsonl, titled
from chatbot.config import Config
from chatbot.retrieval.fusion import fuse
from training.examples import is_held_out

Floats = NDArray[np.floating]
K = 20
VERSION = 3  # of how the sets are made
NAMES = ("squad1", "scifact", "claude_docs", "korquad1", "tydiqa", "faq_bank_ko")
KOREAN = ("korquad1", "tydiqa", "faq_bank_ko")


@dataclass(frozen=True, slots=True)
class Question:
    """One search: ``K`` candidates in fused order, or all there are.

    Attributes:
        passages: of each candidate what the program's reranker reads: its text, or the pieces of a long one.
        gold: whether each candidate answers.
        answers: passages of the whole corpus that answer, found or not.
        dense, lexical, fused: cosine, BM25 (0 without a common term), and the program's own order.
    """

    text: str
    passages: list[list[str]]
    gold: list[bool]
    answers: int
    dense: list[float]
    lexical: list[float]
    fused: list[float]


Scorer = Callable[[Question], Floats]  # one score per candidate
DevSets = dict[str, list[Question]]


def load_sets(data: Path, work: Path, limit: int) -> DevSets:
    """Up to ``limit`` questions of each set, the first of a fixed random order; kept in ``work``."""
    file = sets_file(work, limit)
    if not file.exists():
        sets = {name: _search(data, name, limit) for name in NAMES}
        content = {name: [asdict(q) for q in questions] for name, questions in sets.items()}
        work.mkdir(parents=True, exist_ok=True)
        file.write_bytes(gzip.compress(json.dumps(content, ensure_ascii=False).encode()))
    stored = json.loads(gzip.decompress(file.read_bytes()))
    return {name: [Question(**q) for q in questions] for name, questions in stored.items()}


def pieces(sets: DevSets) -> list[str]:
    """All that is read of any candidate, each text once."""
    return sorted({text for qs in sets.values() for q in qs for read in q.passages for text in read})


def sets_file(work: Path, limit: int) -> Path:
    """Where ``load_sets`` keeps them."""
    return work / f"dev-{limit}-{VERSION}.json.gz"


def _search(folder: Path, name: str, limit: int) -> list[Question]:
    from benchmarks.judging.fusion import (  # with the whole program behind them: not where sets are read
        bm25_scores,
        vectors,
    )

    data = _faq(folder) if name == "faq_bank_ko" else load(folder, name)
    asked, passages = vectors(data, Config())
    dense, lexical = asked @ passages.T, bm25_scores(data)
    unseen = unseen_passages(folder) if name == "tydiqa" else set(data.texts)
    usable = [i for i, gold in enumerate(data.gold) if all(data.texts[p] in unseen for p in gold)]
    random.Random(SEED).shuffle(usable)
    return [_question(data, i, dense[i], lexical[i]) for i in usable[:limit]]


def unseen_passages(folder: Path) -> set[str]:
    """tydiqa's, of the articles held out of training."""
    documents = read_jsonl(folder / "train_mix/corpus.jsonl.gz")
    return {
        titled(d) for d in documents if d["_id"].startswith("tydiqa_goldp_ko|") and is_held_out(d["title"])
    }


def _question(data: RetrievalSet, i: int, dense: Floats, lexical: Floats) -> Question:
    from benchmarks.judging.fusion import SHIPPED_DEPTH, candidates
    from chatbot.reranking.reranker import pieces_of

    found = candidates(dense, lexical, SHIPPED_DEPTH)
    fused = fuse({int(c): float(dense[c]) for c in found}, {int(c): float(lexical[c]) for c in found})
    best = sorted(fused, key=lambda c: (-fused[c], c))[:K]
    return Question(
        data.questions[i],
        [pieces_of(data.texts[c]) for c in best],
        [c in data.gold[i] for c in best],
        len(data.gold[i]),
        [float(dense[c]) for c in best],
        [float(lexical[c]) for c in best],
        [fused[c] for c in best],
    )


def _faq(folder: Path) -> RetrievalSet:
    """Question -> answer; the answers alone are the corpus."""
    rows = list(read_jsonl(folder / "faq_bank_ko/faq.jsonl"))
    texts = list(dict.fromkeys(row["answer"] for row in rows))
    position = {text: i for i, text in enumerate(texts)}
    gold = [frozenset([position[row["answer"]]]) for row in rows]
    return RetrievalSet("faq_bank_ko", texts, [row["question"] for row in rows], gold)


def ndcg(question: Question, scores: Floats) -> float:
    """nDCG@10, against the best order of the whole corpus: a gold passage not among the candidates costs."""
    order = np.argsort(-np.asarray(scores), kind="stable")[:10]
    gain = sum(1 / math.log2(place + 2) for place, i in enumerate(order) if question.gold[i])
    return gain / sum(1 / math.log2(place + 2) for place in range(min(10, question.answers)))


def hit(question: Question, scores: Floats) -> float:
    """1.0 when the first candidate answers."""
    return float(question.gold[int(np.argmax(scores))])


def measure(questions: Sequence[Question], scores: Sequence[Floats]) -> tuple[Floats, Floats]:
    """nDCG@10 and hit@1 of every question."""
    pairs = list(zip(questions, scores, strict=True))
    return np.array([ndcg(q, s) for q, s in pairs]), np.array([hit(q, s) for q, s in pairs])


def bootstrap(lift: Floats, rounds: int = 5000) -> tuple[float, float]:
    """The 95 % interval of the mean of paired differences."""
    picks = np.random.default_rng(SEED).integers(0, len(lift), (rounds, len(lift)))
    low, high = np.quantile(lift[picks].mean(1), [0.025, 0.975])
    return float(low), float(high)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=100)
    a = parser.parse_args()
    for name, questions in load_sets(a.data, a.work, a.limit).items():
        figures, hits = measure(questions, [np.array(q.fused) for q in questions])
        best = np.mean([ndcg(q, np.array(q.gold, float)) for q in questions])
        print(
            f"{name:<12} {len(questions):>4} questions  fused {figures.mean():.3f} hit {hits.mean():.3f}  best possible {best:.3f}"
        )


if __name__ == "__main__":
    main()
