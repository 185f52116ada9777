"""When to say that the documents do not hold the answer: the fit of ``calibration.json`` and how well it works.

    python -m benchmarks.judging.refusal --data ../shared/data [--write]

Answerable: questions of squad1 and korquad1 dev whose gold passage is among the 20 candidates, and of
clapnq_dev. Unanswerable: the same squad1 and korquad1 questions with the gold passage taken out of the
corpus (its neighbours from the same article stay), and clapnq_dev's own. Reported by cross-validation over
questions, shipped as fitted on all of them; 300 questions of squad1, 150 of korquad1 and 300 of clapnq_dev. The probability
of a passage is fitted on squad1 and korquad1, where it is known which one answers. Then the small collections:
the tutorial's glossary, and the project's own samples with their questions. ``--write`` replaces the calibration
that ships with the reranker, but not the ``fused_weight`` in it.
Logits and vectors are kept in the models cache: half an hour the first time, a minute after that.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from benchmarks.judging.refusal_searches import Case, Floats, fold_of, load_clapnq, score, searches
from benchmarks.judging.refusal_small import check_glossary, check_samples
from benchmarks.judging.retrieval_sets import data_parser, load, require_data
from chatbot.answering.gate import PASSAGE_FEATURES, QUESTION_FEATURES, Calibration, Regression
from chatbot.config import Config, EmbeddingConfig
from chatbot.models import folders
from chatbot.reranking.backends import CALIBRATION_FILE

SETS = ("squad1", "korquad1", "clapnq")
LANGUAGES = {"en": ("squad1", "clapnq"), "ko": ("korquad1",)}
# features that may be unknown (among few candidates, in another language) -> share of answerable questions that may be
# refused: the less is known, and the less the sets are like that, the more careful. 8 % is the goal on others
MOST_WRONGLY_REFUSED = {
    (): 0.083,
    ("lead",): 0.04,
    ("words", "sentence"): 0.02,
    ("lead", "words", "sentence"): 0.02,
}


# fitting


def fit(
    rows: Sequence[dict[str, float]], labels: NDArray[np.bool_], weight: Floats, names: Sequence[str]
) -> Regression:
    """Weights of the features ``names``, none of them negative: one that would be is left out."""
    values = np.array([[row[name] for name in names] for row in rows])
    middle, spread = values.mean(axis=0), values.std(axis=0)
    model = LogisticRegression(C=1.0).fit((values - middle) / spread, labels, sample_weight=weight)
    weights = model.coef_[0] / spread
    if (weights < 0).any():
        return fit(rows, labels, weight, [n for n, w in zip(names, weights, strict=True) if w >= 0])
    bias = float(model.intercept_[0] - weights @ middle)
    return Regression({n: round(float(w), 4) for n, w in zip(names, weights, strict=True)}, round(bias, 4))


def fit_question(cases: Sequence[Case], names: Sequence[str]) -> Regression:
    """Every set and both classes weigh the same: the probability is the one at even odds."""
    cases = [case for case in cases if case.features.keys() >= set(names)]
    groups = [(case.search.set_name, case.search.answerable) for case in cases]
    weight = np.array([1 / groups.count(group) for group in groups]) * len(cases) / len(set(groups))
    return fit([case.features for case in cases], labels_of(cases)[0], weight, names)


def fit_passage(cases: Sequence[Case], names: Sequence[str]) -> Regression:
    """At the odds at which candidates answer: one in about 40 here."""
    rows = [
        (features, gold, case.search.set_name)
        for case in cases
        for features, gold in zip(case.passages, case.gold, strict=bool(case.gold))
        if features.keys() >= set(names)
    ]
    sets = [name for *_, name in rows]
    weight = np.array([1 / sets.count(name) for name in sets])
    return fit([r[0] for r in rows], np.array([r[1] for r in rows]), weight / weight.mean(), names)


Fit = Callable[[Sequence[Case], Sequence[str]], Regression]


def with_or_without_logit(cases: Sequence[Case], names: Sequence[str], fit_to: Fit) -> list[Regression]:
    """The regression without the logit, after the one with it unless that is worse on sets left out of the fit."""
    plain = [name for name in names if name != "logit"]
    gain = left_out_auc(cases, names, fit_to) - left_out_auc(cases, plain, fit_to)
    print(f"{fit_to.__name__} {' + '.join(names)}: the logit brings {gain:+.3f} AUC on sets left out")
    return [fit_to(cases, names)] * (gain >= 0) + [fit_to(cases, plain)]


def left_out_auc(cases: Sequence[Case], names: Sequence[str], fit_to: Fit) -> float:
    """Mean over the sets, each judged by a regression fitted on the others; 0 with nothing to compare."""
    found = []
    for name in SETS:
        fitting, judged = ([c for c in cases if (c.search.set_name == name) == own] for own in (False, True))
        regression = fit_to(fitting, names)
        rows = (
            [(c.features, c.search.answerable) for c in judged]
            if fit_to is fit_question
            else [pair for c in judged for pair in zip(c.passages, c.gold, strict=bool(c.gold))]
        )
        known = [
            (regression.probability(features), label) for features, label in rows if regression.fits(features)
        ]
        if len({label for _, label in known}) == 2:
            found.append(roc_auc_score([label for _, label in known], [p for p, _ in known]))
    return float(np.mean(found)) if found else 0.0


def fitted(cases: Sequence[Case]) -> Calibration:
    """Regressions for what may be known of a search, the most telling ones first."""
    question, passage = [], []
    for unknown, share in MOST_WRONGLY_REFUSED.items():
        names = [name for name in QUESTION_FEATURES if name not in unknown]
        for found in with_or_without_logit(cases, names, fit_question):
            question.append(replace(found, threshold=choose_threshold(found, cases, share)))
    for unknown in ((), ("words",)):
        names = [name for name in PASSAGE_FEATURES if name not in unknown]
        passage += with_or_without_logit(cases, names, fit_passage)
    return Calibration(tuple(question), tuple(passage))


def cross_validated(cases: Sequence[Case], folds: int = 5) -> tuple[Floats, NDArray[np.bool_]]:
    """Every search judged by what was fitted, threshold included, on the other folds: probability, and whether refused."""
    probability, refused = np.zeros(len(cases)), np.zeros(len(cases), bool)
    fold = np.array([fold_of(case.search, folds) for case in cases])
    for number in range(folds):
        with redirect_stdout(None):
            calibration = fitted([case for case, f in zip(cases, fold, strict=True) if f != number])
        for i in np.flatnonzero(fold == number).tolist():
            regression = calibration.for_question(cases[i].features)
            assert regression is not None
            probability[i] = regression.probability(cases[i].features)
            refused[i] = probability[i] < regression.threshold
    return probability, refused


# judging


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


def refusals(refused: NDArray[np.bool_], answerable: NDArray[np.bool_]) -> Refusals:
    right = int((refused & ~answerable).sum())
    return Refusals(
        right / max(int(refused.sum()), 1),
        right / max(int((~answerable).sum()), 1),
        float(refused[answerable].mean()),
    )


def choose_threshold(regression: Regression, cases: Sequence[Case], share: float) -> float:
    """The highest that refuses at most ``share`` of the answerable questions that the regression fits."""
    answerable = [c for c in cases if c.search.answerable and regression.fits(c.features)]
    probability = np.sort([regression.probability(case.features) for case in answerable])
    return math.floor(1000 * float(probability[int(share * len(probability))])) / 1000


def labels_of(cases: Sequence[Case]) -> tuple[NDArray[np.bool_], NDArray[np.str_]]:
    return np.array([c.search.answerable for c in cases]), np.array([c.search.set_name for c in cases])


def expected_calibration_error(probability: Floats, answerable: NDArray[np.bool_]) -> float:
    """Mean distance of probability and share of answerable over ten equal bins, weighted by their size."""
    bins = np.minimum((probability * 10).astype(int), 9)
    parts = [(bins == b) for b in range(10) if (bins == b).any()]
    return float(sum(p.mean() * abs(probability[p].mean() - answerable[p].mean()) for p in parts))


def brier(probability: Floats, label: NDArray[np.bool_]) -> float:
    """Mean squared distance of probability and truth; .25 is what a coin gets."""
    return float(np.mean((probability - label) ** 2))


def report(cases: Sequence[Case]) -> None:
    """The question's probability and the refusals, by set and language."""
    probability, refused = cross_validated(cases)
    answerable, names = labels_of(cases)
    print("\nquestions, each judged by what was fitted on other folds; refused = positive")
    for name, sets in {**{n: (n,) for n in SETS}, **LANGUAGES, "all": SETS}.items():
        of_set = np.isin(names, sets)
        p, y, r = probability[of_set], answerable[of_set], refusals(refused[of_set], answerable[of_set])
        print(
            f"  {name:<9} {y.sum()} answerable, {(~y).sum()} not; AUC {roc_auc_score(y, p):.3f},"
            f" ECE {expected_calibration_error(p, y):.3f}, Brier {brier(p, y):.3f}; precision {r.precision:.3f}"
            f"  recall {r.recall:.3f}  F1 {r.f1:.3f}  wrongly refused {r.wrongly_refused:.1%}"
        )


def report_passages(cases: Sequence[Case]) -> None:
    """All candidates, and the first of each search, the one people see; fitted on one half, judged on the other."""
    halves = [[c for c in cases if c.gold and fold_of(c.search, 2) == half] for half in (0, 1)]
    with redirect_stdout(None):
        calibration = fitted([c for c in cases if fold_of(c.search, 2) == 0])
    print("\npassages, of the other half")
    for language, sets in LANGUAGES.items():
        rows = [
            [
                (calibration.of_features(features), gold)
                for features, gold in zip(c.passages, c.gold, strict=True)
            ]
            for c in halves[1]
            if c.search.set_name in sets
        ]
        for name, chosen in (
            ("all", [pair for row in rows for pair in row]),
            ("first", [row[0] for row in rows]),
        ):
            p, y = np.array([pair[0] for pair in chosen], float), np.array([pair[1] for pair in chosen])
            print(
                f"  {language} {name:<5} {len(p):>6}; AUC {roc_auc_score(y, p):.3f},"
                f" ECE {expected_calibration_error(p, y):.3f}, Brier {brier(p, y):.3f}"
            )


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
    report(cases)
    report_passages(cases)
    print()
    calibration = fitted(cases)
    for regression in (*calibration.question, *calibration.passage):
        shown = " ".join(f"{weight:+.2f} x {name}" for name, weight in regression.weights.items())
        print(f"{shown} {regression.bias:+.2f}, threshold {regression.threshold}")
    check_glossary(folder, calibration, config)
    check_samples(calibration, config)
    if arguments.write:
        write(calibration, folders.resolve(config.reranker.model, config.models_cache).path)


def write(calibration: Calibration, folder: Path) -> None:
    file = folder / CALIBRATION_FILE
    content = json.loads(file.read_text("utf-8"))
    entries: dict[str, list[dict[str, Any]]] = {
        "question": [
            {"weights": dict(r.weights), "bias": r.bias, "threshold": r.threshold}
            for r in calibration.question
        ],
        "passage": [{"weights": dict(r.weights), "bias": r.bias} for r in calibration.passage],
    }
    kept = {"embedding": EmbeddingConfig().model, "fused_weight": content.get("fused_weight", 0.0)}
    file.write_text(json.dumps(kept | entries, indent=2) + "\n", encoding="utf-8")
    print(f"\nwrote {file}")


if __name__ == "__main__":
    main()
