"""Do the documents hold the answer? Decided from the scores, before any language model is called.

``calibration.json`` in the reranker's folder turns scores into the probability that a passage answers the
question (logistic regression, fitted by ``benchmarks/refusal.py --write``): entry ``rerank`` from the
cross-encoder's logit and the cosine, entry ``dense`` from the cosine alone, for when the reranker is off. A
question whose best candidate stays below ``threshold`` is refused.
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
    """probability = sigmoid(logit_weight * logit + dense_weight * cosine + bias), rising in both scores.

    Attributes:
        threshold: the best candidate's probability under which a question counts as not answered.
    """

    logit_weight: float
    dense_weight: float
    bias: float
    threshold: float

    def __post_init__(self) -> None:
        values = (self.logit_weight, self.dense_weight, self.bias, self.threshold)
        if not all(math.isfinite(value) for value in values):
            raise ValueError("a value is not a finite number")
        if self.logit_weight < 0 or self.dense_weight < 0 or self.logit_weight + self.dense_weight == 0:
            raise ValueError("the probability must rise with the scores")
        if not 0 <= self.threshold <= 1:
            raise ValueError("threshold must be between 0 and 1")

    def probability(self, logit: float, dense: float | None = None) -> float:
        """Probability, 0..1, that the passage answers the question.

        ``logit`` is ignored when the calibration is of the cosine alone; ``ValueError`` when ``dense``, the
        cosine, is left out of a calibration that needs it.
        """
        if dense is None and self.dense_weight:
            raise ValueError("this calibration needs the cosine of question and passage")
        scores = self.dense_weight * dense if dense is not None else 0.0
        scores += self.logit_weight * logit if self.logit_weight else 0.0
        return 0.5 * (1 + math.tanh((scores + self.bias) / 2))  # a sigmoid that cannot overflow


def load_calibration(model_folder: Path, reranked: bool = True) -> Calibration | None:
    """The calibration that came with the reranker; ``None`` when its folder has none, or not this entry.

    Args:
        reranked: entry ``rerank`` if true, else ``dense``.

    Raises:
        ModelError: the file is there but cannot be used.
    """
    file = model_folder / CALIBRATION_FILE
    try:
        entry = json.loads(file.read_text("utf-8")).get("rerank" if reranked else "dense")
        return (
            None if entry is None else Calibration(**{field: float(value) for field, value in entry.items()})
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise ModelError(
            f"cannot use {file}: {error}; delete it to run without refusals, or write it anew"
        ) from error
