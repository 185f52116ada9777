"""A retrieved chunk and everything that is known about why it was, or was not, used."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Scores:
    """Raw scores, never clamped or rescaled; ``None`` where the stage did not score the chunk.

    Attributes:
        dense: cosine of question and chunk embeddings, -1..1.
        lexical: BM25 (higher is better, 0 and up).
        fused: the retrieval order's own score; comparable only within one question.
        rerank: the cross-encoder's logit, any real number.
        combined: logit + ``SecondLook.fused_weight`` x fused, by which the second look orders.
        probability: calibrated probability that the chunk answers the question, 0..1; ``None`` for a
            reranker without a calibration.
    """

    dense: float | None = None
    lexical: float | None = None
    fused: float | None = None
    rerank: float | None = None
    combined: float | None = None
    probability: float | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of the k chunks that were looked at. All ranks count from 1; ``None`` = not found by that stage.

    ``header`` is the header row of the table that the chunk continues, as Markdown, or empty.
    """

    chunk_id: int
    document: str
    text: str
    span: tuple[int, int]
    page: int | None = None
    heading: tuple[str, ...] = ()
    header: str = ""
    rank: int = 0
    dense_rank: int | None = None
    lexical_rank: int | None = None
    fused_rank: int | None = None
    reranked_rank: int | None = None
    scores: Scores = field(default_factory=Scores)
    kept: bool = False
    cited: bool = False

    @property
    def moved(self) -> int:
        """Places gained by the second look: retrieved 9th, reranked 1st -> 8. Zero when not reranked."""
        if self.reranked_rank is None or self.fused_rank is None:
            return 0
        return self.fused_rank - self.reranked_rank


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence ``passage[start:end]`` of a source, with the reranker's score for the question (``None`` = not scored).

    ``heat``, 0..1, is how much it bears on the question next to the others of its passage: for shading, no
    probability. 0 for titles, labels and rules.
    """

    start: int
    end: int
    score: float | None = None
    heat: float = 0.0


@dataclass(frozen=True, slots=True)
class Source:
    """A kept candidate under the number by which the answer cites it.

    ``sentences`` cover the passage in reading order; ``highlights`` are the ones that matter most.
    """

    number: int
    candidate: Candidate
    sentences: tuple[Sentence, ...] = ()
    highlights: tuple[Sentence, ...] = ()

    @property
    def document(self) -> str:
        return self.candidate.document

    @property
    def page(self) -> int | None:
        return self.candidate.page

    @property
    def text(self) -> str:
        return self.candidate.text
