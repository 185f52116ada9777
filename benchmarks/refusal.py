"""When to say that the documents do not hold the answer: the fit of ``calibration.json`` and how well it works.

    python -m benchmarks.refusal --data ../shared/data [--write]

Answerable: questions of squad1 and korquad1 dev whose gold passage is among the 20 candidates, and of
clapnq_dev. Unanswerable: the same squad1 and korquad1 questions with the gold passage taken out of the
corpus (its neighbours from the same article stay), and clapnq_dev's own. Fitted on one half of the
questions, reported on the other; 300 questions of squad1, 150 of korquad1 and 300 of clapnq_dev. ``--write`` replaces the calibration that ships with the reranker.
Logits and vectors are kept in the models cache: half an hour the first time, a minute after that.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from benchmarks.fusion import CUT, SHIPPED_DEPTH, bm25_scores, candidates, vectors
from benchmarks.retrieval_sets import SEED, RetrievalSet, data_parser, load, read_jsonl, require_data
from chatbot import models
from chatbot.config import Config, EmbeddingConfig
from chatbot.embeddings import build_embedding, embed_query, embed_texts
from chatbot.fusion import fuse
from chatbot.gate import CALIBRATION_FILE, Calibration
from chatbot.models.packaged import RERANKER_LAYERS
from chatbot.rerankers import build_reranker

Floats = NDArray[np.floating]

K = 20  # candidates that are reranked, the program's default
SAMPLE = 300  # questions of squad1 and of korquad1, and of clapnq_dev altogether
QUESTIONS = {"squad1": 300, "korquad1": 150}  # of the sample; a Korean passage takes twice as long to rerank
MOST_WRONGLY_REFUSED = 0.08
SETS = ("squad1", "korquad1", "clapnq")


@dataclass(frozen=True, slots=True)
class Search:
    """One search: the candidates that came back, and whether one of them answers the question."""

    set_name: str
    question: str
    answerable: bool
    texts: list[str]
    dense: Floats


@dataclass(frozen=True, slots=True)
class Case:
    """A search with the cross-encoder's logits."""

    search: Search
    logits: Floats

    def best(self, logit_weight: float, dense_weight: float) -> int:
        return int(np.argmax(logit_weight * self.logits + dense_weight * self.search.dense))


def ranked(dense: Floats, lexical: Floats, left_out: frozenset[int] = frozenset()) -> list[int]:
    """The first ``K`` of the fused order, as the program retrieves them."""
    keep = np.array([i for i in range(len(dense)) if i not in left_out])
    found = keep[candidates(dense[keep], lexical[keep], SHIPPED_DEPTH)]
    fused = fuse({int(i): float(dense[i]) for i in found}, {int(i): float(lexical[i]) for i in found})
    return sorted(fused, key=fused.__getitem__, reverse=True)[:K]


def searches(data: RetrievalSet, config: Config, answerable: Sequence[bool] | None = None) -> list[Search]:
    """Without ``answerable``, two searches per question: with and without its gold passages."""
    questions, passages = vectors(data, config)
    dense, lexical = questions @ passages.T, bm25_scores(data)
    found: list[Search] = []

    def add(i: int, ranking: list[int], label: bool) -> None:
        texts = [data.texts[passage][:CUT] for passage in ranking]
        found.append(Search(data.name, data.questions[i], label, texts, dense[i][ranking]))

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
    reranker_hash = models.resolve(config.reranker.model, config.models_cache).sha256[:16]
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
    return [Case(s, np.array([known[pair_key(s.question, text)] for text in s.texts])) for s in found]


def pair_key(question: str, text: str) -> str:
    return hashlib.sha256(f"{question}\0{text}".encode()).hexdigest()[:16]


def is_held_out(search: Search) -> bool:
    """Half of the questions; both searches of a question fall on the same side."""
    return int(hashlib.sha256(search.question.encode()).hexdigest(), 16) % 2 == 1


def fit(cases: Sequence[Case], use_logit: bool, use_dense: bool) -> Calibration:
    """Weights of logit and cosine, and bias, for the best candidate of each search.

    Which candidate is best depends on the weights, so they are fitted and chosen in turn. Every set and
    both classes weigh the same: the probability is the one at even odds.
    """
    labels = np.array([case.search.answerable for case in cases])
    groups = [(case.search.set_name, case.search.answerable) for case in cases]
    weight = np.array([1 / groups.count(group) for group in groups]) * len(cases) / len(set(groups))
    logit_weight, dense_weight, bias = float(use_logit), 0.0 if use_logit else 1.0, 0.0
    for _ in range(10):
        features = np.array(
            [_features(case, logit_weight, dense_weight, use_logit, use_dense) for case in cases]
        )
        spread = features.std(axis=0)
        model = LogisticRegression(C=1e3).fit(features / spread, labels, sample_weight=weight)
        fitted = (model.coef_[0] / spread).tolist()
        logit_weight = max(fitted[0], 0.0) if use_logit else 0.0
        dense_weight = max(fitted[-1], 0.0) if use_dense else 0.0
        bias = float(model.intercept_[0])
    unset = Calibration(logit_weight, dense_weight, bias, threshold=0.0)
    return replace(unset, threshold=choose_threshold(probabilities(unset, cases), cases))


def _features(
    case: Case, logit_weight: float, dense_weight: float, use_logit: bool, use_dense: bool
) -> list[float]:
    best = case.best(logit_weight, dense_weight)
    return [float(case.logits[best])] * use_logit + [float(case.search.dense[best])] * use_dense


def probabilities(calibration: Calibration, cases: Sequence[Case]) -> Floats:
    """Of the best candidate of each search."""
    return np.array(
        [
            max(map(calibration.probability, case.logits.tolist(), case.search.dense.tolist()))
            for case in cases
        ]
    )


@dataclass(frozen=True, slots=True)
class Refusals:
    """Refused is the positive class."""

    precision: float
    recall: float
    wrongly_refused: float

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def refusals(probability: Floats, answerable: NDArray[np.bool_], threshold: float) -> Refusals:
    refused = probability < threshold
    right = int((refused & ~answerable).sum())
    return Refusals(
        right / max(int(refused.sum()), 1),
        right / max(int((~answerable).sum()), 1),
        float(refused[answerable].mean()),
    )


def choose_threshold(probability: Floats, cases: Sequence[Case]) -> float:
    """The best F1, mean of the sets, among thresholds that wrongly refuse at most 8 % of all answerable questions."""
    answerable, names = labels_of(cases)
    best = (0.0, 0.0)
    for threshold in np.arange(0.01, 1.0, 0.01):
        if refusals(probability, answerable, threshold).wrongly_refused <= MOST_WRONGLY_REFUSED:
            by_set = [refusals(probability[names == n], answerable[names == n], threshold) for n in SETS]
            best = max(best, (float(np.mean([r.f1 for r in by_set])), float(threshold)))
    return round(best[1], 2)


def labels_of(cases: Sequence[Case]) -> tuple[NDArray[np.bool_], NDArray[np.str_]]:
    return np.array([c.search.answerable for c in cases]), np.array([c.search.set_name for c in cases])


def expected_calibration_error(probability: Floats, answerable: NDArray[np.bool_]) -> float:
    """Mean distance of probability and share of answerable over ten equal bins, weighted by their size."""
    bins = np.minimum((probability * 10).astype(int), 9)
    parts = [(bins == b) for b in range(10) if (bins == b).any()]
    return float(sum(p.mean() * abs(probability[p].mean() - answerable[p].mean()) for p in parts))


def report(name: str, calibration: Calibration, cases: Sequence[Case]) -> None:
    probability = probabilities(calibration, cases)
    answerable, names = labels_of(cases)
    logit, dense, bias = calibration.logit_weight, calibration.dense_weight, calibration.bias
    print(f"\n{name}, held-out half: logit x {logit:.3f} + cosine x {dense:.2f} {bias:+.2f}")
    print("refused = positive; * marks the chosen threshold")
    for set_name in (*SETS, "all"):
        of_set = (names == set_name) | (set_name == "all")
        p, y = probability[of_set], answerable[of_set]
        print(
            f"  {set_name:<9} {y.sum()} answerable, {(~y).sum()} not; AUC {roc_auc_score(y, p):.3f},"
            f" ECE {expected_calibration_error(p, y):.3f}"
        )
        for cut in sorted({0.1, 0.2, 0.3, 0.4, 0.5, calibration.threshold}):
            r = refusals(p, y, cut)
            print(
                f"    {cut:.2f}{'*' if cut == calibration.threshold else ' '} precision {r.precision:.3f}"
                f"  recall {r.recall:.3f}  F1 {r.f1:.3f}  wrongly refused {r.wrongly_refused:.1%}"
            )


OFF_TOPIC = (
    "오늘 서울 날씨는 어때?", "김치찌개 맛있게 끓이는 방법 알려줘", "가까운 주유소가 어디야?", "강아지 예방접종은 언제 해야 하나요?",
    "조선의 세 번째 왕은 누구인가?", "전세 계약을 해지하려면 어떻게 해야 하나요?", "축구 월드컵은 몇 년마다 열리나요?", "무릎이 아플 때 좋은 운동은?",
    "What is the capital of Portugal?", "How do I change a flat tyre?", "Who painted the Mona Lisa?",
    "What time does the supermarket close?", "How many calories are in a banana?", "When is the next train to Busan?",
    "Which vaccine does a newborn need?",
)  # fmt: skip


def check_glossary(folder: Path, calibrations: dict[str, Calibration], config: Config) -> None:
    """The tutorial's glossary: each term must be answered, questions about other things should be refused."""
    text = (folder / "seed/appendix-keywords.txt").read_text("utf-8")
    entries = re.split(r"\n\s*\n(?=[^\n:]+\n\s*\n정의)", text.strip())
    terms = [re.sub(r"\s*\(.*\)", "", entry.splitlines()[0]) for entry in entries]
    asked = [f"{term} 에 대해서 알려줄래?" for term in terms] + list(OFF_TOPIC)
    data = RetrievalSet("glossary", entries, asked, [frozenset()] * len(asked))
    model = build_embedding(config)
    dense = np.stack([embed_query(model, question) for question in asked]) @ embed_texts(model, entries).T
    lexical = bm25_scores(data)
    found = []
    for i, question in enumerate(asked):
        ranking = ranked(dense[i], lexical[i])
        found.append(
            Search("glossary", question, i < len(terms), [entries[j] for j in ranking], dense[i][ranking])
        )
    cases = score(found, config)
    print(f"\nglossary: {len(terms)} terms, {len(OFF_TOPIC)} questions about other things")
    for name, calibration in calibrations.items():
        refused = probabilities(calibration, cases) < calibration.threshold
        print(
            f"  {name}: wrongly refused {refused[: len(terms)].sum()} terms, refused {refused[len(terms) :].sum()} others"
        )
        for term in np.array(terms)[refused[: len(terms)]]:
            print(f"    wrongly: {term}")


def main() -> None:
    parser = data_parser(__doc__)
    parser.add_argument("--write", action="store_true", help=f"replace the shipped {CALIBRATION_FILE}")
    arguments = parser.parse_args()
    folder, config = require_data(arguments.data), Config()
    print("sets: squad1 CC BY-SA 4.0, korquad1 CC BY-ND 2.0 KR, clapnq_dev Apache-2.0")
    clapnq, answerable = load_clapnq(folder)
    found = [
        *searches(load(folder, "squad1"), config),
        *searches(load(folder, "korquad1"), config),
        *searches(clapnq, config, answerable),
    ]
    cases = score(found, config)
    fitting = [case for case in cases if not is_held_out(case.search)]
    held_out = [case for case in cases if is_held_out(case.search)]
    features = {"logit": (True, False), "logit + cosine": (True, True), "cosine": (False, True)}
    calibrations = {name: fit(fitting, *use) for name, use in features.items()}
    for name, calibration in calibrations.items():
        report(name, calibration, held_out)
    check_glossary(folder, calibrations, config)
    if arguments.write:
        write(rerank=calibrations["logit + cosine"], dense=calibrations["cosine"])


def write(**entries: Calibration) -> None:
    file = RERANKER_LAYERS.parent / CALIBRATION_FILE
    rounded = {
        name: {key: round(value, 4) for key, value in asdict(entry).items()}
        for name, entry in entries.items()
    }
    rounded = {"embedding": EmbeddingConfig().model, **rounded}
    file.write_text(json.dumps(rounded, indent=2) + "\n", encoding="utf-8")
    print(f"\nwrote {file}")


if __name__ == "__main__":
    main()
