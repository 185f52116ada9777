"""``SentenceTransformerRerank`` that scores in one queue for all sessions, remembers scores and keeps to a budget."""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from llama_index.postprocessor.sbert_rerank import SentenceTransformerRerank
from numpy.typing import NDArray
from pydantic import Field

from chatbot.errors import ModelError
from chatbot.models.batching import longest_first
from chatbot.models.threads import SideBySide
from chatbot.reranking.cache import ScoreCache
from chatbot.reranking.queue import ScoringQueue
from chatbot.reranking.scorers import CrossEncoderScorer, KeptParts, Scorer, ScorerOfKept
from chatbot.text.invisible import without_invisible

# pairs; 20 of them in one batch, padded to the longest, take 1.8 times as long, and 4 batches share 2 cores evenly
_BATCH = 5
_BATCH_IN_TIME = 2  # with a budget: ends sooner after its end, at 6 % more time a pair
_BATCH_ON_GPU = 64
# characters; 512 tokens hold about 2,000. Chunks are shorter, whole documents as one chunk are not
LONGEST_TEXT = 2400
PIECE, STEP = 1500, 1200
LONGEST_TITLE = 150


@dataclass(frozen=True, slots=True)
class ScoredPassages:
    """Logits in the order of the texts, ``None`` where the time was up before."""

    logits: tuple[float | None, ...]
    spent_ms: float

    @property
    def scored(self) -> int:
        return sum(logit is not None for logit in self.logits)


class Reranker(SentenceTransformerRerank):
    """LlamaIndex's ``SentenceTransformerRerank``, which can also score bare texts.

    Scores are logits, any real number: comparable within one question, ordered, not probabilities.
    Safe to share between threads. As a postprocessor it sorts by the logit and puts it into ``node.score``;
    the chatbot's own order is logit + ``fused_weight`` x fused score.
    """

    fused_weight: float = Field(
        0.0, ge=0, description="of the fused score in the chatbot's order; 0: the logit alone"
    )

    def __init__(
        self,
        scorer: Scorer | None = None,
        fused_weight: float = 0.0,
        cached_scores: int = 0,
        **settings: Any,
    ) -> None:
        """As ``SentenceTransformerRerank``, which loads the cross-encoder ``model``, unless another scorer is given.

        Args:
            scorer: gives the logits, in the place of a cross-encoder; ``model`` is then only its name.
            cached_scores: how many scores are remembered; 0: nothing is.
        """
        if scorer is None:
            super().__init__(**settings)
            scorer = CrossEncoderScorer(self._model)
        else:  # the base class' own constructor would load a cross-encoder
            super(SentenceTransformerRerank, self).__init__(**settings)
            self._device = scorer.device
        self.fused_weight = fused_weight
        self._model = _Pairs(scorer, cached_scores)

    @property
    def compares_kept(self) -> bool:
        """Whether ``look`` can use what was kept of the passages at ingest."""
        return isinstance(self._model.scorer, ScorerOfKept)

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """One logit per text, in the order given."""
        return [logit for logit in self.look(question, texts).logits if logit is not None]

    def look(
        self,
        question: str,
        texts: Sequence[str],
        budget_ms: float | None = None,
        kept: Sequence[bytes | None] = (),
    ) -> ScoredPassages:
        """One logit per text, or as many as fit into the budget, the first texts first.

        Args:
            kept: of each text the codes of its token vectors, ``None`` where it has to be read; empty: of none.
            budget_ms: 0 and ``None`` are no limit. At least one micro-batch is scored, and one begins only if
                the slowest one so far would end in time. What is remembered takes no time.
        """
        start = time.perf_counter()
        logits = self._model.score(question, texts, budget_ms / 1000 if budget_ms else None, kept)
        return ScoredPassages(tuple(logits), (time.perf_counter() - start) * 1000)

    def score_parts(self, question: str, passages: Sequence[KeptParts]) -> list[list[float]] | None:
        """A logit for each part of each passage, as ``score`` would give for its text alone, but read in its passage.

        ``None`` where it cannot be told from what was kept of the passages.
        """
        found: list[list[float]] | None = self._model.score_parts(without_invisible(question), passages)
        return found

    def keeping(self, top_n: int) -> Reranker:
        """The same weights, queue and memory as a postprocessor that keeps ``top_n`` nodes."""
        return self.model_copy(update={"top_n": top_n})


def pieces_of(text: str) -> list[str]:
    """``text``, or, where it is longer than a model reads, overlapping pieces, each under the first line.

    The best piece's logit is the text's: of the head alone, the second look would judge less than retrieval found
    (nDCG@10 of the development set whose documents are that long: -.014 against fused, +.009 in pieces).
    """
    if len(text) <= LONGEST_TEXT:
        return [text]
    title = text.split("\n", 1)[0][:LONGEST_TITLE]
    rest = [text[start : start + PIECE] for start in range(STEP, len(text) - PIECE + STEP, STEP)]
    return [text[:PIECE], *(f"{title}\n\n{piece}" for piece in rest)]


class _Pairs:
    """In the place of a ``CrossEncoder``, of which the base class calls ``predict`` only."""

    def __init__(self, scorer: Scorer, cached_scores: int) -> None:
        self.scorer = scorer
        self._batch = _BATCH if scorer.device == "cpu" else _BATCH_ON_GPU
        self._workers = SideBySide()
        self._queue = ScoringQueue(scorer.score, self._workers)
        self._known = ScoreCache(cached_scores)

    def predict(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """Logits of pairs that share one question."""
        return np.array(self.score(pairs[0][0], [text for _, text in pairs]), np.float32)

    def score(
        self,
        question: str,
        texts: Sequence[str],
        budget_s: float | None = None,
        kept: Sequence[bytes | None] = (),
    ) -> list[float | None]:
        question = without_invisible(question)
        logits = self._score_kept(question, kept or [None] * len(texts))
        unread = [i for i, logit in enumerate(logits) if logit is None]
        found = self._score_texts(question, [without_invisible(texts[i]) for i in unread], budget_s)
        for i, logit in zip(unread, found, strict=True):
            logits[i] = logit
        return logits

    def _score_kept(self, question: str, kept: Sequence[bytes | None]) -> list[float | None]:
        """The logits of the passages with codes, all in one product."""
        logits: list[float | None] = [None] * len(kept)
        places = [i for i, codes in enumerate(kept) if codes is not None]
        if not places:
            return logits
        scorer = self.scorer
        if isinstance(scorer, ScorerOfKept):
            codes = [kept[i] or b"" for i in places]
            # one core for each question: a product of 20 passages is too small to be shared
            found = self._workers.submit(lambda: scorer.score_kept(scorer.read(question, ()), codes)).result()
            _check_finite([logit for logit in found if logit is not None])
            for i, logit in zip(places, found, strict=True):
                logits[i] = logit
        return logits

    def score_parts(self, question: str, passages: Sequence[KeptParts]) -> list[list[float]] | None:
        scorer = self.scorer
        if not isinstance(scorer, ScorerOfKept):
            return None
        found = self._workers.submit(lambda: scorer.score_parts(scorer.read(question, ()), passages)).result()
        _check_finite([logit for of_passage in found or () for logit in of_passage])
        return found

    def _score_texts(self, question: str, texts: Sequence[str], budget_s: float | None) -> list[float | None]:
        pieces = [pieces_of(text) for text in texts]
        logits = iter(self._score(question, [piece for of_text in pieces for piece in of_text], budget_s))
        found = [[next(logits) for _ in of_text] for of_text in pieces]
        return [None if None in of_text else max(map(float, of_text)) for of_text in found]  # type: ignore[arg-type]

    def _score(self, question: str, texts: Sequence[str], budget_s: float | None) -> list[float | None]:
        logits = self._known.find(question, texts)
        if missing := [i for i, logit in enumerate(logits) if logit is None]:
            unknown = [texts[i] for i in missing]
            reading = self.scorer.read(question, unknown)
            order = longest_first(unknown) if budget_s is None else list(range(len(unknown)))
            size = self._batch if budget_s is None else min(self._batch, _BATCH_IN_TIME)
            found = self._queue.score(reading, order, size, budget_s)
            _check_finite(found.values())
            for i, logit in found.items():
                logits[missing[i]] = logit
            self._known.remember(question, [texts[missing[i]] for i in found], list(found.values()))
        return logits


def _check_finite(logits: Collection[float]) -> None:
    if not all(map(math.isfinite, logits)):
        raise ModelError("the reranker's scores are not finite; its weights are damaged, get them anew")
