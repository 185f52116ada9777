"""The searches that the refusal is fitted and judged on: candidates as the program retrieves them, with the reranker's logits."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.judging.fusion import CUT, SHIPPED_DEPTH, bm25_scores, candidates, vectors
from benchmarks.judging.retrieval_sets import SEED, RetrievalSet, read_jsonl
from chatbot.answering.gate import keyword_shares, passage_features, question_features
from chatbot.config import Config
from chatbot.models import folders
from chatbot.reranking import build_reranker, own_fused_weight, reordered
from chatbot.retrieval.fusion import fuse
from chatbot.trace import Candidate, Scores

Floats = NDArray[np.floating]

K = 20  # candidates that are reranked, the program's default
SAMPLE = 300  # questions of squad1 and of korquad1, and of clapnq_dev altogether
QUESTIONS = {"squad1": 300, "korquad1": 150}  # of the sample; a Korean passage takes twice as long to rerank


@dataclass(frozen=True, slots=True)
class Search:
    """One search: the candidates that came back, and whether one of them answers the question.

    ``gold``: which ones do; empty where that is not known.
    """

    set_name: str
    question: str
    answerable: bool
    texts: list[str]
    dense: Floats
    lexical: Floats
    fused: Floats
    gold: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A search as the gate sees it, candidates in their final order."""

    search: Search
    features: dict[str, float]
    passages: list[dict[str, float]]
    gold: list[bool]


def case_of(search: Search, logits: Sequence[float], fused_weight: float) -> Case:
    columns = zip(search.dense.tolist(), search.lexical.tolist(), search.fused.tolist(), strict=True)
    found = [
        Candidate(i, "", text, (0, len(text)), scores=Scores(*scores))
        for i, (text, scores) in enumerate(zip(search.texts, columns, strict=True))
    ]
    final = reordered(found, logits, fused_weight)
    words = keyword_shares(search.question, final)
    features = [passage_features(c.scores, share) for c, share in zip(final, words, strict=True)]
    gold = [search.gold[c.chunk_id] for c in final] if search.gold else []
    return Case(search, question_features(search.question, final, words), features, gold)


def ranked(dense: Floats, lexical: Floats, left_out: frozenset[int] = frozenset()) -> dict[int, float]:
    """The first ``K`` of the fused order, as the program retrieves them, with their fused scores."""
    keep = np.array([i for i in range(len(dense)) if i not in left_out])
    found = keep[candidates(dense[keep], lexical[keep], SHIPPED_DEPTH)]
    fused = fuse({int(i): float(dense[i]) for i in found}, {int(i): float(lexical[i]) for i in found})
    return dict(sorted(fused.items(), key=lambda item: -item[1])[:K])


def searches(data: RetrievalSet, config: Config, answerable: Sequence[bool] | None = None) -> list[Search]:
    """Without ``answerable``, two searches per question: with and without its gold passages."""
    questions, passages = vectors(data, config)
    dense, lexical = questions @ passages.T, bm25_scores(data)
    found: list[Search] = []

    def add(i: int, fused: dict[int, float], label: bool) -> None:
        ranking, scores = list(fused), np.array(list(fused.values()))
        texts = [data.texts[passage][:CUT] for passage in ranking]
        gold = tuple(passage in data.gold[i] for passage in ranking) if answerable is None else ()
        columns = dense[i][ranking], lexical[i][ranking], scores
        found.append(Search(data.name, data.questions[i], label, texts, *columns, gold))

    if answerable is not None:
        for label in (True, False):
            of_label = [i for i, is_answerable in enumerate(answerable) if is_answerable == label]
            random.Random(SEED).shuffle(of_label)
            for i in of_label[: SAMPLE // 2]:
                add(i, ranked(dense[i], lexical[i]), label)
        return found
    for i in sorted(random.Random(SEED).sample(range(len(data.questions)), SAMPLE))[: QUESTIONS[data.name]]:
        whole = ranked(dense[i], lexical[i])
        if data.gold[i].intersection(whole):
            add(i, whole, True)
        add(i, ranked(dense[i], lexical[i], data.gold[i]), False)
    return found


def load_clapnq(folder: Path) -> tuple[RetrievalSet, list[bool]]:
    """All passages as one corpus, in chunks of about 500 characters at sentence ends, each under its title."""
    rows = list(read_jsonl(folder / "clapnq_dev/clapnq_dev.jsonl"))
    texts = dict.fromkeys(chunk for row in rows for passage in row["passages"] for chunk in chunks(passage))
    data = RetrievalSet("clapnq", list(texts), [row["input"] for row in rows], [frozenset()] * len(rows))
    return data, [bool(row["answerable"]) for row in rows]


def chunks(passage: dict[str, Any], size: int = 500) -> list[str]:
    packed = [""]
    for sentence in passage["sentences"]:
        if packed[-1] and len(packed[-1]) + len(sentence) > size:
            packed.append("")
        packed[-1] = f"{packed[-1]} {sentence}".strip()
    return [f"{passage['title']}\n\n{text[:CUT]}" for text in packed if text]


def score(found: Sequence[Search], config: Config) -> list[Case]:
    """Logits of all pairs, from the cache where it has them."""
    reranker_hash = folders.resolve(config.reranker.model, config.models_cache).sha256[:16]
    file = config.models_cache / "benchmarks" / f"logits-{reranker_hash}.npz"
    known: dict[str, float] = {}
    if file.exists():
        with np.load(file) as stored:
            known = dict(zip(stored["keys"].tolist(), stored["logits"].tolist(), strict=True))
    missing = [s for s in found if any(pair_key(s.question, text) not in known for text in s.texts)]
    if missing:
        print(f"reranking for {len(missing):,} searches", flush=True)
        reranker = build_reranker(config)
        for number, search in enumerate(missing, 1):
            new = [text for text in search.texts if pair_key(search.question, text) not in known]
            logits = reranker.score(search.question, new)
            known.update(zip((pair_key(search.question, text) for text in new), logits, strict=True))
            if number % 100 == 0 or number == len(missing):
                np.savez(file, keys=np.array(list(known)), logits=np.array(list(known.values())))
    weight = own_fused_weight(folders.resolve(config.reranker.model, config.models_cache))
    logits = ([known[pair_key(s.question, text)] for text in s.texts] for s in found)
    return [case_of(s, row, weight) for s, row in zip(found, logits, strict=True)]


def pair_key(question: str, text: str) -> str:
    return hashlib.sha256(f"{question}\0{text}".encode()).hexdigest()[:16]


def fold_of(search: Search, folds: int) -> int:
    """Both searches of a question fall into the same fold."""
    return int(hashlib.sha256(search.question.encode()).hexdigest(), 16) % folds
