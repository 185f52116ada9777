"""Does the source say what the answer says? Each cited sentence is checked against its sources.

    claims in the text -> the sources' nearest windows -> (logit, shared words, numbers and names) -> verdict

The reranker scores relevance, not entailment: it tells a claim from another one, not from its opposite
(``benchmarks/judging/support.py`` has the figures). So a verdict needs weights and thresholds that were measured for
exactly this reranker: ``support.json`` in its folder. Without it there are no verdicts.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from chatbot.citations.claims import Claim, claims
from chatbot.citations.quotes import quotable_sentences, quote
from chatbot.errors import ModelError
from chatbot.models.folders import ModelFolder
from chatbot.retrieval.scores import sigmoid
from chatbot.text.invisible import without_invisible
from chatbot.text.language import in_another_language
from chatbot.text.overlap import keyword_overlap, keywords_found
from chatbot.text.sentences import sentence_spans
from chatbot.trace import Candidate, Sentence, Source

CHECK_CALIBRATION_FILE = "support.json"
WINDOWS = 3  # of a passage are scored for a claim, those that share most words with it
SHORTEST_QUOTE = 8  # characters; "yes" stands in every text
OTHERS = 3  # other candidates are looked at for a better source, chosen the same way

Verdict = Literal["supported", "weak", "not supported", "unchecked"]
_ORDER: dict[Verdict, int] = {"unchecked": -1, "not supported": 0, "weak": 1, "supported": 2}
Scorer = Callable[[str, Sequence[str]], list[float]]  # (claim, windows) -> one logit each

_BARE_WORDS = 3  # of a sentence that says no more than a figure and its unit, "140 euros"
# of the relevance of the best sentence: a figure alone is looked for in those that bear on the question. Over the samples
# 85 % of 59 right figures stand in one, and 23 % of 1,207 other figures of the same sources
_BEARS_ON = 0.8
_FIGURE = re.compile(r"\d+(?:[.,:]\d+)*")
_NAME = re.compile(r"(?<![.!?…] )(?<!^)\b[A-Z][\w-]*[A-Za-z][\w-]*")


@dataclass(frozen=True, slots=True)
class ClaimEvidence:
    """``passage[start:end]`` of the source with this ``number`` is what speaks most for a claim."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ClaimCheck:
    """One sentence of an answer that carries citations, and whether its sources support it.

    Attributes:
        start, end: the sentence in the answer's text, its citations included.
        numbers: the sources that it cites.
        verdict: from ``probability`` and the thresholds that were measured for this reranker; ``unchecked`` where every
            cited source is in another language than the sentence, for which nothing was measured. A figure alone is at
            most ``weak`` where it stands in a sentence that bears little on the question.
        probability: calibrated, 0..1, that a cited source supports it; 1 for a verbatim quote.
        evidence: the best sentence among the cited sources.
        better: ``rank`` of the candidate that supports it clearly better than every cited source, else
            ``None``. Up to the number of sources it is that source's number as well.
    """

    start: int
    end: int
    numbers: tuple[int, ...]
    verdict: Verdict
    probability: float
    evidence: ClaimEvidence | None
    better: int | None = None


@dataclass(frozen=True, slots=True)
class QuotedClaim:
    """One sentence of an answer, ``text[start:end]``, that stands word for word in a source, and where."""

    start: int
    end: int
    evidence: ClaimEvidence


@dataclass(frozen=True, slots=True)
class ClaimFeatures:
    """What speaks for a claim in a passage.

    Attributes:
        logit: the reranker's best for a window, with the claim as the question.
        shared: 0..1, the share of the claim's words in the best window, rare ones counting more.
        found: 0..1, the share of its words in the whole passage.
        exact: 0..1, the share of its numbers and names that stand in the passage; 1 if it has none.
        lacks_number: a number of the claim stands nowhere in the passage.
    """

    logit: float
    shared: float
    found: float
    exact: float
    lacks_number: bool = False


NO_FEATURES = ClaimFeatures(-100.0, 0.0, 0.0, 0.0)  # a passage with nothing to quote


@dataclass(frozen=True, slots=True)
class CheckCalibration:
    """probability = sigmoid(weights x features + bias), and where the verdicts begin.

    A claim with a number that its passage lacks is never ``supported``.

    Attributes:
        supported: probability from which a claim counts as supported.
        weak: probability from which it counts as weakly supported.
        margin: a better source is at least ``supported``, and by this much above the cited ones.
    """

    logit: float
    shared: float
    found: float
    exact: float
    bias: float
    supported: float
    weak: float
    margin: float

    def __post_init__(self) -> None:
        weights = (self.logit, self.shared, self.found, self.exact, self.bias)
        if not all(map(math.isfinite, weights)):
            raise ValueError("a weight is not a finite number")
        if not 0 <= self.weak <= self.supported <= 1:
            raise ValueError("thresholds must rise from 0 to 1")

    def probability(self, features: ClaimFeatures) -> float:
        parts = (self.logit * features.logit, self.shared * features.shared, self.found * features.found)
        log_odds = sum(parts) + self.exact * features.exact + self.bias
        return sigmoid(log_odds)

    def verdict(self, probability: float, lacks_number: bool = False) -> Verdict:
        if probability >= self.supported and not lacks_number:
            return "supported"
        return "weak" if probability >= self.weak else "not supported"


def load_check_calibration(model: ModelFolder) -> CheckCalibration | None:
    """What was measured for this reranker; ``None`` when nothing was, or for other weights than these.

    Raises:
        ModelError: the file is there but cannot be used.
    """
    file = model.path / CHECK_CALIBRATION_FILE
    try:
        content = json.loads(file.read_text("utf-8"))
        if content.pop("weights", "") != model.sha256:
            return None
        return CheckCalibration(**{name: float(value) for name, value in content.items()})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise ModelError(
            "cannot use {file}: {reason}; delete it to run without citation checks, or write it anew",
            file=file,
            reason=error,
        ) from error


class CheckedPassage:
    """A source or candidate as it is checked against: its quotable sentences and its windows."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.places = quotable_sentences(source)
        self.quotes = [quote(source, source.sentences[place]) for place in self.places]
        pairs = [f"{a} {b}" for a, b in zip(self.quotes, self.quotes[1:], strict=False)]
        self.windows = [*self.quotes, *pairs]  # a window's position from ``len(quotes)`` on is a pair's
        self._read = " ".join([source.candidate.header, *source.candidate.heading, source.text])
        self._whole = _plain(self._read)
        self._figures = _figures(self._read)
        self._quoted = [_plain(text) for text in self.quotes]

    def holds(self, claim: str) -> bool:
        """Whether ``claim`` stands in it word for word."""
        plain = _plain(claim)
        return len(plain) >= SHORTEST_QUOTE and any(plain in text for text in (self._whole, *self._quoted))

    def quoted_from(self, claim: str) -> int | None:
        """The position in ``source.sentences`` of the sentence that shares most words with a verbatim ``claim``."""
        plain, shares = _plain(claim), keyword_overlap(claim, self.quotes)
        ranked = sorted(range(len(shares)), key=lambda i: (plain not in self._quoted[i], -shares[i]))
        return self.places[ranked[0]] if ranked else None

    def nearest(self, claim: str) -> list[int]:
        """Windows that share most words with ``claim``."""
        shares = keyword_overlap(claim, self.windows)
        return sorted(range(len(shares)), key=lambda i: -shares[i])[:WINDOWS]

    def exact(self, claim: str) -> float:
        """The share of the claim's numbers and names that stand in it."""
        figures, names = _figures(claim), {_plain(name) for name in _NAME.findall(claim)}
        held = len(figures & self._figures) + sum(name in self._whole for name in names)
        return held / (len(figures) + len(names)) if figures or names else 1.0

    def features(self, claim: str, score: Scorer) -> tuple[ClaimFeatures, int | None]:
        """What speaks for ``claim``, and the position in ``source.sentences`` of what speaks most."""
        nearest = self.nearest(claim)
        if not nearest:
            return NO_FEATURES, None
        logits = score(claim, [self.windows[window] for window in nearest])
        shares = keyword_overlap(claim, self.windows)
        best = max(zip(logits, nearest, strict=True))[1]
        features = ClaimFeatures(
            max(logits),
            max(shares),
            keywords_found(claim, self._read),
            self.exact(claim),
            not _figures(claim) <= self._figures,
        )
        if best < len(self.quotes):
            return features, self.places[best]
        first = best - len(self.quotes)
        return features, self.places[max((first, first + 1), key=lambda i: shares[i])]


def _figures(text: str) -> set[str]:
    return {_plain(figure) for figure in _FIGURE.findall(text)}


def _plain(text: str) -> str:
    """For comparing word for word: lower case, without white space, and 1,000 as 1000."""
    flat = re.sub(r"\s+", "", without_invisible(text)).lower()
    return re.sub(r"(?<=\d),(?=\d{3})", "", flat).rstrip(".!?…。")


def check_claims(
    text: str,
    sources: Sequence[Source],
    candidates: Sequence[Candidate],
    calibration: CheckCalibration,
    score: Scorer,
) -> tuple[ClaimCheck, ...]:
    """Every claim of ``text`` against the sources it cites; a better one is looked for where these do not do."""
    cited = {source.number: CheckedPassage(source) for source in sources}
    return tuple(
        _with_better(_checked(claim, cited, calibration, score), claim, candidates, calibration, score)
        for claim in claims(text)
    )


def quoted_claims(text: str, sources: Sequence[Source]) -> tuple[QuotedClaim, ...]:
    """The claims of ``text`` that stand word for word in a source that they cite. Needs no model and no thresholds."""
    cited = {source.number: CheckedPassage(source) for source in sources}
    found = []
    for claim in claims(text):
        for number in filter(cited.__contains__, claim.numbers):
            if cited[number].holds(claim.text):
                evidence = _sentence(cited[number].source, cited[number].quoted_from(claim.text))
                found += [QuotedClaim(claim.start, claim.end, evidence)] if evidence is not None else []
                break
    return tuple(found)


def _checked(
    claim: Claim, cited: dict[int, CheckedPassage], calibration: CheckCalibration, score: Scorer
) -> ClaimCheck:
    numbers = [number for number in claim.numbers if number in cited]
    foreign = _foreign(claim.text, [cited[number] for number in numbers])
    nothing: Verdict = "unchecked" if foreign and all(foreign) else "not supported"
    best = ClaimCheck(claim.start, claim.end, claim.numbers, nothing, 0.0, None)
    for number, is_foreign in zip(numbers, foreign, strict=True):
        if is_foreign and not cited[number].holds(claim.text):
            continue
        verdict: Verdict = "supported"
        probability = 1.0
        if cited[number].holds(claim.text):
            place = cited[number].quoted_from(claim.text)
        else:
            features, place = cited[number].features(claim.text, score)
            probability = calibration.probability(features)
            verdict = calibration.verdict(probability, features.lacks_number)
        if verdict == "supported" and not _bears_on_question(claim.text, cited[number].source, cited):
            verdict = "weak"
        evidence = _sentence(cited[number].source, place)
        if (_ORDER[verdict], probability) >= (_ORDER[best.verdict], best.probability):
            best = replace(best, verdict=verdict, probability=probability, evidence=evidence)
    return best


def _bears_on_question(claim: str, source: Source, cited: Mapping[int, CheckedPassage]) -> bool:
    """Whether a figure alone, which fits any row with that figure, stands in a sentence that the question is about.

    Of anything else its own words say what it is about.
    """
    figures = _figures(claim)
    most = max((s.relevance for passage in cited.values() for s in passage.source.sentences), default=0.0)
    if not figures or len(claim.split()) > _BARE_WORDS or not most:
        return True
    held = (s.relevance for s in source.sentences if figures <= _figures(source.text_of(s)))
    return max(held, default=0.0) >= _BEARS_ON * most


def _foreign(claim: str, passages: Sequence[CheckedPassage]) -> list[bool]:
    """For each passage, whether it is in another language than ``claim``.

    Its words are not those of the claim then, and the weights were fitted within a language: 40 of 40 Korean claims
    and 39 of 40 English ones were called "not supported" by a passage that holds their translation.
    """
    return in_another_language(claim, [passage.source.text for passage in passages])


def _with_better(
    check: ClaimCheck,
    claim: Claim,
    candidates: Sequence[Candidate],
    calibration: CheckCalibration,
    score: Scorer,
) -> ClaimCheck:
    if check.verdict in ("supported", "unchecked"):
        return check
    foreign = in_another_language(claim.text, [candidate.text for candidate in candidates])
    others = [
        candidate
        for candidate, is_foreign in zip(candidates, foreign, strict=True)
        if candidate.rank not in claim.numbers and not is_foreign
    ]
    shares = keyword_overlap(claim.text, [candidate.text for candidate in others])
    nearest = sorted(range(len(others)), key=lambda i: -shares[i])[:OTHERS]
    best, rank = max(
        ((_probability(claim, others[i], calibration, score), others[i].rank) for i in nearest),
        default=(0.0, 0),
    )
    is_better = best >= max(calibration.supported, check.probability + calibration.margin)
    return replace(check, better=rank) if is_better else check


def _probability(claim: Claim, candidate: Candidate, calibration: CheckCalibration, score: Scorer) -> float:
    passage = passage_of(candidate)
    if passage.holds(claim.text):
        return 1.0
    features = passage.features(claim.text, score)[0]
    return 0.0 if features.lacks_number else calibration.probability(features)


def passage_of(candidate: Candidate) -> CheckedPassage:
    """A candidate that is no source, as it is checked against."""
    sentences = tuple(Sentence(*span) for span in sentence_spans(candidate.text))
    return CheckedPassage(Source(candidate.rank, candidate, sentences))


def _sentence(source: Source, place: int | None) -> ClaimEvidence | None:
    if place is None:
        return None
    sentence = source.sentences[place]
    return ClaimEvidence(source.number, sentence.start, sentence.end)
