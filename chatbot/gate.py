"""Do the documents hold the answer? Scores -> probability, compared before any language model is called.

``calibration.json`` in the reranker's folder holds two logistic regressions, fitted at even odds by
``benchmarks/refusal.py --write``: ``rerank`` of the cross-encoder's logit and the cosine, ``dense`` of the
cosine alone, for when the reranker is off. A question is refused when no candidate reaches ``threshold``.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

from chatbot.errors import ModelError

CALIBRATION_FILE = "calibration.json"


@dataclass(frozen=True, slots=True)
class Calibration:
    """probability = sigmoid(logit_weight * logit + dense_weight * cosine + bias); never falls as a score rises.

    Attributes:
        threshold: probability of the best candidate under which the question counts as not answered.
    """

    logit_weight: float
    dense_weight: float
    bias: float
    threshold: float

    def __post_init__(self) -> None:
        if not all(math.isfinite(weight) for weight in (self.logit_weight, self.dense_weight, self.bias)):
            raise ValueError("a weight is not a finite number")
        if min(self.logit_weight, self.dense_weight) < 0 or max(self.logit_weight, self.dense_weight) == 0:
            raise ValueError("the probability must rise with the scores")
        if not 0 <= self.threshold <= 1:
            raise ValueError("threshold must be between 0 and 1")

    def probability(self, logit: float, dense: float | None = None) -> float:
        """Probability, 0..1, that the passage answers the question.

        ``logit`` has no effect in a calibration of the cosine alone.

        Raises:
            ValueError: ``dense``, the cosine, is missing where it is needed.
        """
        if dense is None and self.dense_weight:
            raise ValueError("this calibration needs the cosine of question and passage")
        log_odds = self.logit_weight * logit + self.dense_weight * (dense or 0.0) + self.bias
        return 0.5 * (1 + math.tanh(log_odds / 2))  # a sigmoid that cannot overflow


def load_calibration(model_folder: Path, embedding: str, reranked: bool = True) -> Calibration | None:
    """The calibration that came with a reranker; ``None`` when its folder has none for these scores.

    Args:
        embedding: name of the embedding model; the cosines of another one mean something else.
        reranked: the entry for passages that the reranker scored; else the one for the cosine alone.

    Raises:
        ModelError: the file is there but cannot be used.
    """
    file = model_folder / CALIBRATION_FILE
    try:
        content = json.loads(file.read_text("utf-8"))
        entry = content.get("rerank" if reranked else "dense")
        if entry is None or content.get("embedding", embedding) != embedding:
            return None
        return Calibration(**{name: float(value) for name, value in entry.items()})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise ModelError(
            f"cannot use {file}: {error}; delete it to run without refusals, or write it anew"
        ) from error
