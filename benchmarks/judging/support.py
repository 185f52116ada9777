"""Does the citation check tell a supported claim from one that is not? The fit of ``support.json``, and how well it works.

    python -m benchmarks.judging.support --data ../shared/data [--write]

Supported: scientific claims with an abstract that bears them out (scifact), hypotheses that follow from their
premise (klue_nli), and "question answer" with the sentence or the paragraph that holds the gold answer (squad1,
korquad1). Not supported, and fitted on: the nearest other passage, the rest of the paragraph without the gold
sentence, and another question's answer. Reported only: hypotheses and abstracts that contradict or leave open what
is claimed, which no score of relevance can tell. Fitted on one half of the claims, reported on the other.
``--write`` replaces the calibration that ships with the reranker. A few minutes.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from benchmarks.judging.retrieval_sets import SEED, data_parser, read_jsonl, require_data
from chatbot.citations.check import CHECK_CALIBRATION_FILE, CheckCalibration, ClaimFeatures, passage_of
from chatbot.config import Config
from chatbot.models import folders
from chatbot.reranking import build_reranker
from chatbot.text.overlap import terms_of
from chatbot.text.sentences import sentence_spans
from chatbot.trace import Candidate

SAMPLE = 80  # claims of each set and kind
PRECISION = 0.9  # of "supported", at least
WRONGLY_ACCUSED = 0.05  # of supported claims called "not supported", at most
MARGIN = 0.2  # of a better source; half of the distance between the means of the classes would be 0.3
FITTED = ("supported", "nearest other", "rest of the paragraph", "another answer")


@dataclass(frozen=True, slots=True)
class Case:
    """A claim, a passage that it may be cited to, and what that passage is to it."""

    set_name: str
    claim: str
    passage: str
    kind: str


def scifact(folder: Path) -> Iterator[Case]:
    abstracts = {row["_id"]: row["text"] for row in read_jsonl(folder / "scifact/corpus.jsonl")}
    claims = {row["_id"]: row["text"] for row in read_jsonl(folder / "scifact/queries.jsonl")}
    rows = list(read_jsonl(folder / "scifact/evidence_labels.jsonl"))
    pairs = sorted({(row["_id"], row["doc"], row["label"]) for row in rows})
    random.Random(SEED).shuffle(pairs)
    labelled = {(claim, document) for claim, document, _ in pairs}
    pool = random.Random(SEED).sample(sorted(abstracts), 1000)
    for label, kind in (("SUPPORT", "supported"), ("CONTRADICT", "contradicted")):
        for claim, document, _ in [pair for pair in pairs if pair[2] == label][:SAMPLE]:
            yield Case("scifact", claims[claim], abstracts[document], kind)
            if kind == "supported":
                others = [abstracts[other] for other in pool if (claim, other) not in labelled]
                yield Case("scifact", claims[claim], nearest(claims[claim], others), "nearest other")


def klue_nli(folder: Path) -> Iterator[Case]:
    rows = list(read_jsonl(folder / "extra_training/pairs_ko/klue_nli_dev.jsonl.gz"))
    random.Random(SEED).shuffle(rows)
    premises = sorted({row["premise"] for row in rows})
    for label, kind in (
        ("entailment", "supported"),
        ("contradiction", "contradicted"),
        ("neutral", "left open"),
    ):
        for row in [row for row in rows if row["gold_label"] == label][:SAMPLE]:
            yield Case("klue_nli", row["hypothesis"], row["premise"], kind)
            if kind == "supported":
                others = [premise for premise in premises if premise != row["premise"]]
                yield Case("klue_nli", row["hypothesis"], nearest(row["hypothesis"], others), "nearest other")


def answered(folder: Path, name: str) -> Iterator[Case]:
    """squad1 or korquad1: the claim is a question with its answer."""
    paragraphs = {row["_id"]: row["text"] for row in read_jsonl(folder / name / "corpus.jsonl")}
    questions = {row["_id"]: row["text"] for row in read_jsonl(folder / name / "queries.jsonl")}
    answers = {row["_id"]: row["answers"][0] for row in read_jsonl(folder / name / "answers.jsonl")}
    rows = [
        line.split("\t") for line in (folder / name / "qrels/dev.tsv").read_text("utf-8").splitlines()[1:]
    ]
    random.Random(SEED).shuffle(rows)
    for number, (question, document, _) in enumerate(rows[:SAMPLE]):
        text, answer = paragraphs[document], answers[question]
        claim = f"{questions[question]} {answer}"
        sentences = [text[start:end] for start, end in sentence_spans(text)]
        holding = [sentence for sentence in sentences if answer in sentence]
        if not holding or len(holding) == len(sentences):
            continue
        yield Case(name, claim, holding[0] if number % 2 else text, "supported")
        rest = " ".join(sentence for sentence in sentences if answer not in sentence)
        yield Case(name, claim, rest, "rest of the paragraph")
        others = [other for other in paragraphs.values() if answer not in other]
        yield Case(name, claim, nearest(claim, others), "nearest other")
        foreign = next(a for q, _, _ in rows[number + 1 :] if (a := answers[q]) not in text)
        yield Case(name, f"{questions[question]} {foreign}", text, "another answer")


def nearest(claim: str, others: Sequence[str]) -> str:
    """The one that shares most words with ``claim``, the shorter of two that share as many."""
    wanted = terms_of(claim)
    return max(others, key=lambda other: (len(wanted & _terms(other)), -len(other)))


_terms = cache(terms_of)


def features_of(cases: Sequence[Case], config: Config) -> list[ClaimFeatures]:
    reranker = build_reranker(config)
    found = []
    for number, case in enumerate(cases, 1):
        passage = passage_of(Candidate(number, "", case.passage, (0, len(case.passage)), rank=1))
        found.append(passage.features(case.claim, reranker.score)[0])
        if number % 250 == 0:
            print(f"{number} of {len(cases)} claims scored", flush=True)
    return found


def feature_matrix(features: Sequence[ClaimFeatures]) -> NDArray[np.float64]:
    return np.array([[s.logit, s.shared, s.found, s.exact] for s in features])


def fit(cases: Sequence[Case], features: Sequence[ClaimFeatures]) -> CheckCalibration:
    """Weights at even odds; every set, and every kind in it, weighs the same."""
    used = [i for i, case in enumerate(cases) if case.kind in FITTED]
    x = feature_matrix([features[i] for i in used])
    y = np.array([cases[i].kind == "supported" for i in used])
    groups = [(cases[i].set_name, bool(label)) for i, label in zip(used, y, strict=True)]
    weight = np.array([1 / groups.count(group) for group in groups]) * len(used) / len(set(groups))
    spread = np.maximum(x.std(axis=0), 1e-9)  # without the reranker all logits are 0
    model = LogisticRegression(C=1.0).fit(x / spread, y, sample_weight=weight)
    weights = (model.coef_[0] / spread).tolist()
    unset = CheckCalibration(*weights, float(model.intercept_[0]), 1.0, 0.0, MARGIN)
    p = probabilities(unset, [features[i] for i in used])
    return replace(unset, supported=supported_from(p, y, weight), weak=weak_from(p, y, weight))


def supported_from(p: NDArray[np.float64], y: NDArray[np.bool_], weight: NDArray[np.float64]) -> float:
    """The lowest threshold from which ``PRECISION`` of what is called supported is."""
    for threshold in np.arange(0.5, 1.0, 0.01):
        called = p >= threshold
        if called.any() and weight[called & y].sum() / weight[called].sum() >= PRECISION:
            return round(float(threshold), 2)
    return 1.0


def weak_from(p: NDArray[np.float64], y: NDArray[np.bool_], weight: NDArray[np.float64]) -> float:
    """The highest threshold under which at most ``WRONGLY_ACCUSED`` of the supported claims fall."""
    within = [
        threshold
        for threshold in np.arange(0.0, 0.5, 0.01)
        if weight[(p < threshold) & y].sum() / weight[y].sum() <= WRONGLY_ACCUSED
    ]
    return round(float(max(within, default=0.0)), 2)


def probabilities(calibration: CheckCalibration, features: Sequence[ClaimFeatures]) -> NDArray[np.float64]:
    return np.array([calibration.probability(s) for s in features])


def report(
    title: str, calibration: CheckCalibration, cases: Sequence[Case], features: Sequence[ClaimFeatures]
) -> None:
    print(f"\n{title}, held-out half: {asdict(calibration)}")
    p, kinds = probabilities(calibration, features), np.array([case.kind for case in cases])
    names = np.array([case.set_name for case in cases])
    verdicts = np.array(
        [calibration.verdict(q, s.lacks_number) for q, s in zip(p.tolist(), features, strict=True)]
    )
    for name in (*dict.fromkeys(names), "all"):
        of_set = (names == name) | (name == "all")
        fitted = of_set & np.isin(kinds, FITTED)
        y = kinds == "supported"
        called, accused = verdicts == "supported", verdicts == "not supported"
        print(
            f"  {name:<9} AUC {roc_auc_score(y[fitted], p[fitted]):.3f}; at even odds"
            f"   supported: precision {even(called, fitted & y, fitted & ~y)} recall {share(called, fitted & y)}"
            f"   not supported: precision {even(accused, fitted & ~y, fitted & y)} recall {share(accused, fitted & ~y)}"
        )
        for kind in dict.fromkeys(kinds[of_set]):
            of_kind = of_set & (kinds == kind)
            print(
                f"      {kind:<22} {of_kind.sum():>4}   called supported {share(called, of_kind)}"
                f"   weak {share(~called & ~accused, of_kind)}   not supported {share(accused, of_kind)}"
            )


def even(called: NDArray[np.bool_], right: NDArray[np.bool_], wrong: NDArray[np.bool_]) -> str:
    """Precision of ``called`` if there were as many ``right`` as ``wrong`` ones."""
    rightly, wrongly = called[right].mean(), called[wrong].mean()
    return f"{rightly / (rightly + wrongly):.2f}" if rightly else "  – "


def share(of: NDArray[np.bool_], among: NDArray[np.bool_]) -> str:
    return f"{of[among].mean():.2f}" if among.any() else "  – "


def is_held_out(case: Case) -> bool:
    return int(hashlib.sha256(case.claim.encode()).hexdigest(), 16) % 2 == 1


def main() -> None:
    parser = data_parser(__doc__)
    parser.add_argument("--write", action="store_true", help=f"replace the shipped {CHECK_CALIBRATION_FILE}")
    arguments = parser.parse_args()
    folder, config = require_data(arguments.data), Config()
    print("sets: scifact CC BY 4.0, klue_nli CC BY-SA 4.0, squad1 CC BY-SA 4.0, korquad1 CC BY-ND 2.0 KR")
    cases = [*scifact(folder), *klue_nli(folder), *answered(folder, "squad1"), *answered(folder, "korquad1")]
    features = features_of(cases, config)
    halves = [[i for i, case in enumerate(cases) if is_held_out(case) == held] for held in (False, True)]
    fitting, held_out = ([[cases[i] for i in half], [features[i] for i in half]] for half in halves)
    without = [replace(s, logit=0.0) for s in fitting[1]]
    calibration = fit(fitting[0], fitting[1])
    report(
        "words, numbers and names alone",
        fit(fitting[0], without),
        held_out[0],
        [replace(s, logit=0.0) for s in held_out[1]],
    )
    report("with the reranker", calibration, held_out[0], held_out[1])
    if arguments.write:
        model = folders.resolve(config.reranker.model, config.models_cache)
        fitted = {name: round(value, 4) for name, value in asdict(calibration).items()}
        content = {"weights": model.sha256, **fitted}
        file = model.path / CHECK_CALIBRATION_FILE
        file.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        print(f"\nwrote {file}")


if __name__ == "__main__":
    main()
