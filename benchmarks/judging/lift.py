"""What the second look brings: the order of retrieval against the order after it, over the same 20 candidates.

    python -m benchmarks.judging.lift --data ../shared/data [--questions 300] [--model NAME]

nDCG@10 and hit@1 on six sets from which nothing was fitted, the lift with its 95 % interval (paired bootstrap). A
passage that answers and is not among the candidates counts as not found. The first 300 questions of each set in a
fixed order: squad1 (dev), scifact (test), claude_docs, korquad1 (dev), tydiqa (Korean; articles held out by title),
faq_bank_ko (the answers are the corpus). Vectors of the passages are kept in the models cache; half an hour or more
the first time, a quarter of that later.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console

from benchmarks.judging.fusion import SHIPPED_DEPTH, Floats, bm25_scores, candidates, vectors
from benchmarks.judging.retrieval_sets import (
    LICENCES,
    SEED,
    RetrievalSet,
    data_parser,
    load,
    read_jsonl,
    require_data,
    titled,
)
from benchmarks.report import table
from chatbot.config import Config
from chatbot.reranking import Reranker, build_reranker, reordered
from chatbot.retrieval.fusion import fuse
from chatbot.trace import Candidate, Scores
from evaluation.asking import QuestionOutcome
from evaluation.measures import per_question
from evaluation.significance import Lift, paired_lift

K = 20
NAMES = ("squad1", "scifact", "claude_docs", "korquad1", "tydiqa", "faq_bank_ko")
HELD_OUT = 0.3  # of the articles of tydiqa: those that were left out when rerankers were trained here
MEASURES = ("ndcg@10", "hit@1")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, its candidates in fused order, and the passages of the whole set that answer it."""

    question: str
    candidates: list[Candidate]
    gold: frozenset[int]


def load_asked(folder: Path, name: str, limit: int, config: Config) -> list[Asked]:
    """Up to ``limit`` questions of one set, the first of a fixed random order."""
    data = load_faq(folder) if name == "faq_bank_ko" else load(folder, name)
    passages_used = held_out(folder, data) if name == "tydiqa" else set(range(len(data.texts)))
    usable = [i for i, gold in enumerate(data.gold) if gold <= passages_used]
    random.Random(SEED).shuffle(usable)
    questions, passages = vectors(data, config)
    dense, lexical = questions @ passages.T, bm25_scores(data)
    # neighbours share candidates, whose vectors are then known already
    chosen = sorted(usable[:limit], key=lambda i: min(data.gold[i]))
    return [Asked(data.questions[i], retrieved(data, dense[i], lexical[i]), data.gold[i]) for i in chosen]


def retrieved(data: RetrievalSet, dense: Floats, lexical: Floats) -> list[Candidate]:
    """The best ``K`` as the program retrieves them; ``chunk_id`` is the position in the set."""
    found = candidates(dense, lexical, SHIPPED_DEPTH).tolist()
    fused = fuse({i: float(dense[i]) for i in found}, {i: float(lexical[i]) for i in found})
    best = sorted(fused, key=lambda i: (-fused[i], i))[:K]
    return [
        Candidate(i, "", data.texts[i], (0, len(data.texts[i])), scores=Scores(fused=fused[i])) for i in best
    ]


def load_faq(folder: Path) -> RetrievalSet:
    """Question -> answer; the answers alone are the corpus."""
    rows = list(read_jsonl(folder / "faq_bank_ko/faq.jsonl"))
    texts = list(dict.fromkeys(row["answer"] for row in rows))
    gold = [frozenset([texts.index(row["answer"])]) for row in rows]
    return RetrievalSet("faq_bank_ko", texts, [row["question"] for row in rows], gold)


def held_out(folder: Path, data: RetrievalSet) -> set[int]:
    """Positions of tydiqa's passages whose articles were held out."""
    unseen = {titled(document) for document in documents(folder) if is_held_out(document["title"])}
    return {i for i, text in enumerate(data.texts) if text in unseen}


def documents(folder: Path) -> Iterator[dict[str, str]]:
    rows = read_jsonl(folder / "train_mix/corpus.jsonl.gz")
    return (row for row in rows if row["_id"].startswith("tydiqa_goldp_ko|"))


def is_held_out(title: str) -> bool:
    digest = hashlib.sha256(f"tydiqa {title.strip()}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48 < HELD_OUT


def outcome(asked: Asked, reranker: Reranker) -> QuestionOutcome:
    """The place of every passage that answers, in both orders."""
    logits = reranker.score(asked.question, [candidate.text for candidate in asked.candidates])
    after = reordered(asked.candidates, logits, reranker.fused_weight)
    places = [{c.chunk_id: place for place, c in enumerate(order, 1)} for order in (asked.candidates, after)]
    gold = sorted(asked.gold)
    fused, reranked = ([of_order.get(passage) for passage in gold] for of_order in places)
    return QuestionOutcome(
        asked.question, {"fused": fused, "reranked": reranked}, [1] * len(gold), K, False, None, {}
    )


def measure(outcomes: Sequence[QuestionOutcome]) -> tuple[list[float], list[float], list[Lift]]:
    """Means of ``MEASURES`` before and after, and their lifts."""
    before, after = (per_question(outcomes, system, K) for system in ("fused", "reranked"))
    lifts = [paired_lift(name, before[name], after[name]) for name in MEASURES]
    return [float(before[n].mean()) for n in MEASURES], [float(after[n].mean()) for n in MEASURES], lifts


def main() -> None:
    parser = data_parser(__doc__)
    parser.add_argument("--questions", type=int, default=300, help="of each set at most")
    parser.add_argument("--model", help="another reranker: a cross-encoder by hub id or folder")
    arguments = parser.parse_args()
    folder, console = require_data(arguments.data), Console(highlight=False, width=120)
    config = Config().with_(reranker={"model": arguments.model})
    console.print(f"{config.reranker.model}; sets: {LICENCES}, faq_bank_ko Apache-2.0")
    reranker = build_reranker(config)
    rows, means = [], []
    for name in NAMES:
        asked = load_asked(folder, name, arguments.questions, config)
        before, after, lifts = measure([outcome(one, reranker) for one in asked])
        means.append((before, after))
        rows.append([name, len(asked), _pair(before), _pair(after), *map(_with_interval, lifts)])
        console.print(f"{name}: {_pair(before)} -> {_pair(after)}")
    before, after = np.mean(means, axis=0).tolist()
    change = [f"{b - a:+.3f}" for a, b in zip(before, after, strict=True)]
    rows.append(["mean of the sets", "", _pair(before), _pair(after), *change])
    columns = ("nDCG@10 / hit@1", "questions", "fused", "second look", "nDCG@10", "hit@1")
    console.print(table("lift of the second look over retrieval", columns, rows))


def _pair(values: Sequence[float]) -> str:
    return " / ".join(f"{value:.3f}" for value in values)


def _with_interval(lift: Lift) -> str:
    return f"{lift.mean:+.3f} [{lift.low:+.3f} {lift.high:+.3f}]"


if __name__ == "__main__":
    main()
