"""When to say that the documents do not hold the answer: the fit of ``calibration.json`` and how far it travels.

    python -m benchmarks.judging.refusal --data ../shared/data [--write]

Each set is made into an index and asked through the program, in several kinds of words (``sets``,
``kinds``, ``searches``). A verdict on a set is by what was fitted on the others, threshold included.
Fitted: questions whose answer was found against questions about the topics of other sets. Near misses (questions on the
subject that the documents do not answer) are shown, but not fitted: a word tells an absent topic, only reading tells a
near miss. ``--write`` replaces the calibration that ships with the reranker, but not the ``fused_weight`` in it.
Indexes and searches are kept in the models cache: half an hour of two cores the first time, seconds after that.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from benchmarks.judging.refusal.searches import Case, cases_of
from benchmarks.judging.refusal.sets import SAMPLES, collections
from benchmarks.judging.retrieval_sets import data_parser, require_data
from chatbot.answering.gate import FOREIGN, Calibration, Regression, decide
from chatbot.config import Config, EmbeddingConfig
from chatbot.models import folders
from chatbot.reranking.backends import CALIBRATION_FILE
from chatbot.trace import Verdict

# what a regression on questions weighs -> share of the answerable questions of a set and kind that it may refuse
QUESTION = {
    ("logit",): 0.03,  # with the best sentence its weight was .28: nothing on sets left out
    ("cosine", "sentence"): 0.03,
    # few sets ask across the languages, and their logits differ: what refused 10 % of one refused 40 % of the next
    ("foreign_logit",): 0.01,
    ("foreign_cosine",): 0.01,
}
PASSAGE = (
    ("logit", "cosine", "fused", "words"), ("cosine", "fused", "words"), ("logit", "cosine", "fused"), ("cosine", "fused"),
)  # fmt: skip
PASSAGE_SETS = ("squad1", "korquad1")  # their documents are passages
NEAR, ACROSS = "near miss", "across"
STRONG = {("absent natural", "absent across"): 0.02, (NEAR,): 0.25}  # shares that may count as strong
FEWEST = 10  # questions, under which a share says nothing


def fit(
    rows: Sequence[dict[str, float]], labels: Sequence[bool], groups: Sequence[object], names: Sequence[str]
) -> Regression:
    """Every group weighs the same. A weight that would be negative is left out with its feature."""
    values, sizes = np.array([[row[name] for name in names] for row in rows]), Counter(groups)
    weight = np.array([len(rows) / len(sizes) / sizes[group] for group in groups])
    middle, spread = values.mean(axis=0), values.std(axis=0)
    model = LogisticRegression(C=1.0).fit((values - middle) / spread, labels, sample_weight=weight)
    weights: NDArray[np.floating] = model.coef_[0] / spread
    if (weights < 0).any():
        return fit(rows, labels, groups, [n for n, w in zip(names, weights, strict=True) if w >= 0])
    bias = float(model.intercept_[0] - weights @ middle)
    return Regression({n: round(float(w), 4) for n, w in zip(names, weights, strict=True)}, round(bias, 4))


def fit_question(cases: Sequence[Case], names: Sequence[str], share: float) -> Regression:
    """With its thresholds: that for ``absent`` refuses at most ``share`` of any set and kind.

    Passages in another language are judged apart, by questions whose answer is in one: what else is found in another
    language, where a passage in the question's own answers, is no answer.
    """
    is_foreign = all(name.startswith(FOREIGN) for name in names)
    judged = [
        case
        for case in cases
        if case.features.keys() >= set(names) and (not case.answerable or (case.kind == ACROSS) == is_foreign)
    ]
    known = [case for case in judged if case.kind != NEAR]
    groups = [(case.set_name, case.kind) for case in known]
    found = fit([case.features for case in known], [case.answerable for case in known], groups, names)
    probability = np.array([found.probability(case.features) for case in known])
    answerable = np.array([case.answerable for case in known])
    of_group = [
        np.quantile(probability[[g == group for g in groups] & answerable], share)
        for group, size in Counter(g for g, a in zip(groups, answerable, strict=True) if a).items()
        if size >= FEWEST
    ]
    threshold = math.floor(1000 * float(min(of_group))) / 1000
    strong = max(
        float(
            np.quantile(
                [found.probability(c.features) for c in judged if c.kind in kinds] or [0.0], 1 - share
            )
        )
        for kinds, share in STRONG.items()
    )
    return replace(found, threshold=threshold, strong_from=max(math.ceil(1000 * strong) / 1000, threshold))


def fit_passage(cases: Sequence[Case], names: Sequence[str]) -> Regression:
    """Of natural questions, at the odds at which candidates belong to a document that answers."""
    rows = [
        (features, gold, case.set_name)
        for case in cases
        if case.kind == "natural" and case.set_name in PASSAGE_SETS
        for features, gold in zip(case.passages, case.gold, strict=True)
        if features.keys() >= set(names)
    ]
    return fit([r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows], names)


def fitted(cases: Sequence[Case]) -> Calibration:
    """Regressions for what may be known of a search, the most telling ones first."""
    return Calibration(
        tuple(fit_question(cases, names, share) for names, share in QUESTION.items()),
        tuple(fit_passage(cases, names) for names in PASSAGE),
    )


def verdicts(cases: Sequence[Case], with_logits: bool = True) -> list[Verdict]:
    """On each case by what was fitted on the other sets, and never on the samples."""
    found: dict[int, Verdict] = {}
    for name in dict.fromkeys(case.set_name for case in cases):
        rest = [case for case in cases if case.set_name not in (name, SAMPLES)]
        questions = tuple(fit_question(rest, names, share) for names, share in QUESTION.items())
        for i, case in enumerate(cases):
            if case.set_name == name:
                known = {n: v for n, v in case.features.items() if with_logits or "logit" not in n}
                found[i] = decide(Calibration(questions), known, None).verdict or "absent"
    return [found[i] for i in range(len(cases))]


def report(cases: Sequence[Case], with_logits: bool) -> None:
    """A table in Markdown: for each kind and set, the share that is refused; in brackets the share called weak."""
    judged = verdicts(cases, with_logits)
    names = list(dict.fromkeys(case.set_name for case in cases))
    print(f"\nrefused (weak), % of questions; {'with' if with_logits else 'without'} the second look")
    print(f"| | {' | '.join(names)} |\n|---|{'---:|' * len(names)}")
    for kind in dict.fromkeys(case.kind for case in cases):
        cells = []
        for name in names:
            of_cell = [v for c, v in zip(cases, judged, strict=True) if (c.set_name, c.kind) == (name, kind)]
            refused, weak = (100 * of_cell.count(v) / max(len(of_cell), 1) for v in ("absent", "weak"))
            cells.append(f"{refused:.0f} ({weak:.0f}) of {len(of_cell)}" if of_cell else "")
        print(f"| {kind} | {' | '.join(cells)} |")
    for label, chosen in (
        ("wrongly refused", [v for c, v in zip(cases, judged, strict=True) if c.answerable]),
        (
            "absent topics refused",
            [v for c, v in zip(cases, judged, strict=True) if not c.answerable and c.kind != NEAR],
        ),
    ):
        print(f"{label}: {100 * chosen.count('absent') / len(chosen):.1f} % of {len(chosen)}")


def write(calibration: Calibration, folder: Path) -> None:
    file = folder / CALIBRATION_FILE
    content = json.loads(file.read_text("utf-8"))
    entries: dict[str, list[dict[str, Any]]] = {
        "question": [
            {
                "weights": dict(r.weights),
                "bias": r.bias,
                "threshold": r.threshold,
                "strong_from": r.strong_from,
            }
            for r in calibration.question
        ],
        "passage": [{"weights": dict(r.weights), "bias": r.bias} for r in calibration.passage],
    }
    kept = {"embedding": EmbeddingConfig().model, "fused_weight": content.get("fused_weight", 0.0)}
    file.write_text(json.dumps(kept | entries, indent=2) + "\n", encoding="utf-8")
    print(f"\nwrote {file}")


def main() -> None:
    parser = data_parser(__doc__)
    parser.add_argument("--write", action="store_true", help=f"replace the shipped {CALIBRATION_FILE}")
    arguments = parser.parse_args()
    folder, config = require_data(arguments.data), Config()
    print(
        "sets: squad1 CC BY-SA 4.0, korquad1 CC BY-ND 2.0 KR, tydiqa, faq_bank_ko, clapnq_dev Apache-2.0, claude_docs MIT"
    )
    sets = collections(folder)
    cases = [case for collection in sets for case in cases_of(collection, sets, config)]
    report(cases, with_logits=True)
    report(cases, with_logits=False)
    calibration = fitted([case for case in cases if case.set_name != SAMPLES])
    print()
    for regression in (*calibration.question, *calibration.passage):
        shown = " ".join(f"{weight:+.2f} x {name}" for name, weight in regression.weights.items())
        print(
            f"{shown} {regression.bias:+.2f}, absent below {regression.threshold}, strong from {regression.strong_from}"
        )
    if arguments.write:
        write(calibration, folders.resolve(config.reranker.model, config.models_cache).path)


if __name__ == "__main__":
    main()
