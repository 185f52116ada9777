"""Do the documents hold the answer? Features of a search -> calibrated probability -> strong, weak or absent.

This is decided before any language model is called. ``calibration.json`` in the reranker's folder holds logistic
regressions, fitted by ``benchmarks/judging/refusal --write``. Those under ``question`` judge a search by a few of
its features; a question whose probability is under ``threshold`` is refused, one under ``strong_from`` answered with a
mark: a wrong refusal hides a right answer, a weak one with open sources can be judged by a person. Those under ``passage`` give each candidate
its own probability. The first one all of whose features are known is taken.

Features are numbers by name; a higher one never makes an answer less probable. One that cannot be known is left out:
a passage in another language than the question cannot hold its words, and without the second look there is no logit.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from chatbot.errors import ModelError, Phrase
from chatbot.reranking.backends import CALIBRATION_FILE
from chatbot.retrieval.by_number import not_found, stretches_by_number
from chatbot.retrieval.scores import sigmoid
from chatbot.text.asking import asking_part, only_names
from chatbot.text.fields import named_fields
from chatbot.text.keywords import keywords_of
from chatbot.text.language import in_another_language
from chatbot.text.overlap import keyword_overlap
from chatbot.text.sentences import sentence_spans
from chatbot.text.tables.held_rows import held_rows
from chatbot.trace import Candidate, Gate, Scores, Timings, Verdict, match_of

Features = Mapping[str, float]
QUESTION_FEATURES = ("logit", "cosine", "sentence", "foreign_logit", "foreign_cosine")
PASSAGE_FEATURES = ("logit", "cosine", "fused", "words")
_KEPT = 3  # sources, where nobody says otherwise
_FIRST = 5  # candidates whose sentences are read
FOREIGN = "foreign_"  # begins the names of features of passages in another language than the question
_ORDER: dict[Verdict, int] = {"absent": 0, "weak": 1, "strong": 2}


@dataclass(frozen=True, slots=True)
class Regression:
    """probability = sigmoid(sum of weight x feature + bias); never falls as a feature rises.

    Attributes:
        threshold: probability under which the answer to a question counts as absent; 0 for passages.
        strong_from: probability from which the documents hold it for sure enough to say so without a mark.
    """

    weights: Mapping[str, float]
    bias: float
    threshold: float = 0.0
    strong_from: float = 0.0

    def __post_init__(self) -> None:
        if not all(math.isfinite(weight) for weight in (*self.weights.values(), self.bias)):
            raise ValueError("a weight is not a finite number")
        if not self.weights or min(self.weights.values()) < 0 or max(self.weights.values()) == 0:
            raise ValueError("the probability must rise with the scores")
        if not 0 <= self.threshold <= 1 or not 0 <= self.strong_from <= 1:
            raise ValueError("threshold must be between 0 and 1")

    def fits(self, features: Features) -> bool:
        """Whether every feature that it weighs is known."""
        return self.weights.keys() <= features.keys()

    def probability(self, features: Features) -> float:
        """0..1; ``KeyError`` unless it ``fits``."""
        log_odds = sum(weight * features[name] for name, weight in self.weights.items()) + self.bias
        return sigmoid(log_odds)


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was fitted for one reranker with one embedding model, the most telling regressions first."""

    question: tuple[Regression, ...] = ()
    passage: tuple[Regression, ...] = ()

    def for_question(self, features: Features) -> Regression | None:
        """The first regression all of whose features are known; ``None`` if there is none."""
        return next((found for found in self.question if found.fits(features)), None)

    def of_passage(self, scores: Scores, words: float | None) -> float | None:
        """Probability that a passage with these scores answers; ``None`` when no regression fits."""
        return self.of_features(passage_features(scores, words))

    def of_features(self, features: Features) -> float | None:
        """As ``of_passage``, of ``passage_features``."""
        return next((found.probability(features) for found in self.passage if found.fits(features)), None)


def judge(
    query: str,
    candidates: list[Candidate],
    calibration: Callable[[], Calibration | None],
    refuse_below: float | None,
    timings: Timings,
    own: str = "",
    kept: int = _KEPT,
    after_refusal: bool = False,
) -> tuple[list[Candidate], Gate]:
    """Candidates with their probabilities, and whether what they show is too little to answer from.

    Args:
        candidates: in their final order.
        calibration: asked only when there is something to judge.
        refuse_below: takes the place of the threshold that was fitted, unless ``None``.
        own: the words of a follow-up alone, where ``query`` has those of the question before too.
        kept: so many first candidates become sources.
        after_refusal: the question leans on one that the documents do not answer.

    What is named by the question is never called absent: it is called weak. Such are a field of a form, a row of a table
    that holds all of its words, an article or section whose number it says, and a name that is the whole question, where
    the first candidate has it.

    What would be strong is called weak where

    - the candidates have none of the words of the follow-up itself: they may be about the question before only;
    - those that name a year, a model or an article all name another one than ``query`` does;
    - the question leans on one that was refused.
    """
    with timings.measure("gate"):
        if not candidates:
            return candidates, Gate(refused=True, reason="no passage was found")
        fitted = calibration()
        if fitted is None:
            return candidates, Gate(refused=False, reason="these models have no calibration")
        gate = decide(fitted, question_features(query, candidates), refuse_below)
        if gate.refused and refuse_below is None and _may_hold(query, own, candidates, kept):
            gate = replace(gate, refused=False, reason="", verdict="weak")
        is_unsure = after_refusal or (own and not speak_of(own, candidates))
        if gate.verdict == "strong" and (is_unsure or not_found(query, own, candidates[:kept])):
            gate = replace(gate, verdict="weak")
        return _with_probabilities(fitted, query, candidates, gate.verdict), gate


def _with_probabilities(
    fitted: Calibration, query: str, candidates: list[Candidate], verdict: Verdict | None
) -> list[Candidate]:
    """Each candidate with its probability, its match in a word, and the verdict if it were all that was found."""
    judged = []
    foreign = in_another_language(query, [c.text for c in candidates])
    shares = keyword_shares(query, candidates)
    for candidate, share, other in zip(candidates, shares, foreign, strict=True):
        probability = fitted.of_passage(candidate.scores, share)
        match, alone = match_of(probability, verdict), _alone(fitted, candidate, other)
        scores = replace(candidate.scores, probability=probability, match=match, alone=alone)
        judged.append(replace(candidate, scores=scores))
    return judged


def _alone(fitted: Calibration, candidate: Candidate, is_foreign: bool) -> Verdict | None:
    """The verdict by the logit of one candidate, with the thresholds that were fitted; ``None`` where it has none."""
    if (logit := candidate.scores.best_logit) is None:
        return None
    features = {f"{FOREIGN if is_foreign else ''}logit": logit}
    found = fitted.for_question(features)
    return None if found is None else _gate(found, found.probability(features), None).verdict


def _name_a_field(query: str, candidates: Sequence[Candidate]) -> bool:
    """Whether one of them holds a field that is asked for: the second look sees little in a form."""
    asked = asking_part(query)
    return any(named_fields(asked, candidate.text) for candidate in candidates)


def _may_hold(query: str, own: str, candidates: Sequence[Candidate], kept: int) -> bool:
    """Whether something is named that the candidates have, however little they look like an answer."""
    return (
        _name_a_field(query, candidates[:kept])
        or _is_name_of_first(query, candidates)
        or bool(stretches_by_number(query, own, candidates[:kept]))
        or _hold_in_a_row(query, own, candidates[:kept])
    )


def _hold_in_a_row(query: str, own: str, candidates: Sequence[Candidate]) -> bool:
    """Whether a row of a table in one of them holds all that is asked for: the second look sees little in cells."""
    asked = asking_part(query) if not own else query
    return any(held_rows(asked, c.text, c.header, c.titles, own) for c in candidates)


def _is_name_of_first(query: str, candidates: Sequence[Candidate]) -> bool:
    """Whether ``query`` names nothing but what stands in the first candidate alone, in the other language."""
    first, *others = (" ".join((*c.heading, c.header, c.text)) for c in candidates)
    return only_names(query, first, others)


def speak_of(own: str, candidates: Sequence[Candidate]) -> bool:
    """Whether a candidate in the language of ``own`` has a word of it; true where that cannot be told."""
    shares = [share for share in keyword_shares(own, candidates) if share is not None]
    return not any(keywords_of(own)) or not shares or any(shares)


def decide(calibration: Calibration, features: Features, refuse_below: float | None) -> Gate:
    """The verdict on a question whose search has these features.

    Passages in the language of the question and those in another are judged apart, by what is known of them; the better
    verdict counts, because either may hold the answer.
    """
    own, foreign = (
        {name: value for name, value in features.items() if name.startswith(FOREIGN) == other}
        for other in (False, True)
    )
    gates = [
        _gate(found, found.probability(features), refuse_below)
        for part in (own, foreign)
        if (found := calibration.for_question(part)) is not None
    ]
    if not gates:
        return Gate(refused=False, reason="these models have no calibration")
    return best_of(gates)


def best_of(gates: Iterable[Gate]) -> Gate:
    """The one with the best verdict, and among those the most probable one."""
    return max(gates, key=lambda gate: (_ORDER[gate.verdict or "absent"], gate.probability or 0.0))


def _gate(regression: Regression, probability: float, refuse_below: float | None) -> Gate:
    threshold = regression.threshold if refuse_below is None else refuse_below
    strong_from = max(regression.strong_from, threshold)
    if probability < threshold:
        reason = "what was found is too unlikely to hold the answer"
        return Gate(True, probability, threshold, reason, "absent", strong_from)
    verdict: Verdict = "weak" if probability < strong_from else "strong"
    return Gate(False, probability, threshold, "", verdict, strong_from)


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
            "cannot use {file}: {reason}; delete it to run without refusals, or write it anew",
            file=file,
            reason=error,
        ) from error
    return Calibration(question, passage) if question or passage else None


def _regression(entry: dict[str, Any]) -> Regression:
    known = {*QUESTION_FEATURES, *PASSAGE_FEATURES}
    weights = {name: float(weight) for name, weight in entry["weights"].items()}
    if unknown := weights.keys() - known:
        raise ValueError(
            Phrase(
                "unknown feature {name}; known: {known}",
                name=", ".join(sorted(unknown)),
                known=", ".join(sorted(known)),
            )
        )
    threshold, strong_from = (float(entry.get(key, 0.0)) for key in ("threshold", "strong_from"))
    return Regression(weights, float(entry["bias"]), threshold, strong_from)


def keyword_shares(query: str, candidates: Sequence[Candidate]) -> list[float | None]:
    """For each candidate, 0..1: the share of the question's keywords in it, rare ones counting more.

    ``None`` for one in another language, Korean or not.
    """
    texts = [" ".join((*c.heading, c.header, c.text)) for c in candidates]
    return [
        None if foreign else share
        for foreign, share in zip(
            in_another_language(query, texts), keyword_overlap(query, texts), strict=True
        )
    ]


def best_sentence(query: str, candidates: Sequence[Candidate]) -> float | None:
    """0..1: the largest share of the question's keywords in one sentence of the first candidates.

    A passage on the subject holds many of them; one that answers mostly holds them close together. ``None`` where all
    of these candidates are in another language.
    """
    foreign = in_another_language(query, [c.text for c in candidates])
    texts = [c.text for c, other in zip(candidates, foreign, strict=True) if not other][:_FIRST]
    sentences = [text[start:end] for text in texts for start, end in sentence_spans(text)]
    return max(keyword_overlap(query, sentences)) if sentences else None


def question_features(query: str, candidates: Sequence[Candidate]) -> dict[str, float]:
    """Of a search whose candidates are in their final order.

    logit, cosine: the best of a passage in the language of the question, the logit also of its asking sentences alone.
    foreign_logit, foreign_cosine: the same of a passage in another language.
    sentence: ``best_sentence`` for what the question asks.

    None falls because a person adds words, or because the collection is large: how far the first candidate stands out
    depended on that, and the share of the words in a passage fell to .1 after two sentences of greeting.
    """
    features: dict[str, float] = {}
    foreign = in_another_language(query, [c.text for c in candidates])
    for candidate, other in zip(candidates, foreign, strict=True):
        for name, score in (("logit", candidate.scores.best_logit), ("cosine", candidate.scores.dense)):
            if score is not None:
                name = FOREIGN + name if other else name
                features[name] = max(score, features.get(name, score))
    if (share := best_sentence(asking_part(query), candidates)) is not None:
        features["sentence"] = share
    return features


def passage_features(scores: Scores, words: float | None) -> dict[str, float]:
    """What is known of one candidate, by name."""
    known = {"logit": scores.best_logit, "cosine": scores.dense, "fused": scores.fused, "words": words}
    return {name: score for name, score in known.items() if score is not None}
