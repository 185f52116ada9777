"""Do the documents hold the answer? Signs -> probability, compared before any language model is called.

``calibration.json`` in the reranker's folder holds logistic regressions, fitted by ``benchmarks/judging/refusal.py
--write``. Those under ``question`` judge a search by a few of its signs (``chatbot/signs.py``); a question whose
probability is under ``threshold`` is refused. Those under ``passage`` give each candidate its own probability. The
first one all of whose signs are known is taken.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chatbot.errors import ModelError
from chatbot.search import Gate
from chatbot.signs import PASSAGE_SIGNS, QUESTION_SIGNS, Signs, passage_signs
from chatbot.trace import Scores

CALIBRATION_FILE = "calibration.json"


@dataclass(frozen=True, slots=True)
class Regression:
    """probability = sigmoid(sum of weight x sign + bias); never falls as a sign rises.

    Attributes:
        threshold: probability under which a question counts as not answered; 0 for passages.
    """

    weights: Mapping[str, float]
    bias: float
    threshold: float = 0.0

    def __post_init__(self) -> None:
        if not all(math.isfinite(weight) for weight in (*self.weights.values(), self.bias)):
            raise ValueError("a weight is not a finite number")
        if not self.weights or min(self.weights.values()) < 0 or max(self.weights.values()) == 0:
            raise ValueError("the probability must rise with the scores")
        if not 0 <= self.threshold <= 1:
            raise ValueError("threshold must be between 0 and 1")

    def fits(self, signs: Signs) -> bool:
        """Whether every sign that it weighs is known."""
        return self.weights.keys() <= signs.keys()

    def probability(self, signs: Signs) -> float:
        """0..1; ``KeyError`` unless it ``fits``."""
        log_odds = sum(weight * signs[name] for name, weight in self.weights.items()) + self.bias
        return 0.5 * (1 + math.tanh(log_odds / 2))  # a sigmoid that cannot overflow


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was fitted for one reranker with one embedding model, the most telling regressions first."""

    question: tuple[Regression, ...] = ()
    passage: tuple[Regression, ...] = ()

    def for_question(self, signs: Signs) -> Regression | None:
        """The first regression all of whose signs are known; ``None`` if there is none."""
        return next((found for found in self.question if found.fits(signs)), None)

    def of_passage(self, scores: Scores, words: float | None) -> float | None:
        """Probability that a passage with these scores answers; ``None`` when no regression fits."""
        return self.of_signs(passage_signs(scores, words))

    def of_signs(self, signs: Signs) -> float | None:
        """As ``of_passage``, of ``passage_signs``."""
        return next((found.probability(signs) for found in self.passage if found.fits(signs)), None)


def judge(calibration: Calibration, signs: Signs, refuse_below: float | None) -> Gate:
    """Whether to answer. ``refuse_below`` takes the place of the threshold that was fitted, unless ``None``."""
    found = calibration.for_question(signs)
    if found is None:
        return Gate(refused=False, reason="these models have no calibration")
    probability = found.probability(signs)
    threshold = found.threshold if refuse_below is None else refuse_below
    refused = probability < threshold
    return Gate(
        refused,
        probability,
        threshold,
        "what was found is too unlikely to hold the answer" if refused else "",
    )


def load_calibration(model_folder: Path, embedding: str) -> Calibration | None:
    """The calibration that came with a reranker; ``None`` when its folder has none for these scores.

    Args:
        embedding: name of the embedding model; the cosines of another one mean something else.

    Raises:
        ModelError: the file is there but cannot be used.
    """
    file = model_folder / CALIBRATION_FILE
    try:
        content = json.loads(file.read_text("utf-8"))
        if content.get("embedding", embedding) != embedding:
            return None
        question, passage = (tuple(map(_regression, content.get(key, ()))) for key in ("question", "passage"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise ModelError(
            f"cannot use {file}: {error}; delete it to run without refusals, or write it anew"
        ) from error
    return Calibration(question, passage) if question or passage else None


def _regression(entry: dict[str, Any]) -> Regression:
    known = {*QUESTION_SIGNS, *PASSAGE_SIGNS}
    weights = {name: float(weight) for name, weight in entry["weights"].items()}
    if unknown := weights.keys() - known:
        raise ValueError(f"unknown sign {', '.join(sorted(unknown))}; known: {', '.join(sorted(known))}")
    return Regression(weights, float(entry["bias"]), float(entry.get("threshold", 0.0)))
