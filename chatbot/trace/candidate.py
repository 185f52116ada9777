"""What is found: a candidate with its scores and ranks, the stretches of it that are scored, the source it may become."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

_LIKELY_FROM, _STRONG_FROM = 0.2, 0.6  # probabilities of a passage; one in 40 candidates answers
Match = Literal["strong", "likely", "weak"]  # of a passage
Verdict = Literal["strong", "weak", "absent"]  # on a question


@dataclass(frozen=True, slots=True)
class Scores:
    """Raw scores, never clamped or rescaled; ``None`` where the stage did not score the chunk.

    Attributes:
        dense: cosine of question and chunk embeddings, -1..1.
        lexical: BM25 (higher is better, 0 and up).
        fused: the retrieval order's own score; comparable only within one question.
        rerank: the reranker's logit, any real number.
        combined: logit + ``SecondLook.fused_weight`` x fused, by which the second look orders.
        asked: the reranker's logit for the sentences of the message that ask, where it has others too.
        probability: calibrated probability that the chunk answers the question, 0..1; ``None`` for a
            reranker without a calibration.
        match: the same in a word, never better than the verdict on the question (``match_of``).
        alone: the verdict on the question if this chunk were all that was found; ``None`` without the reranker's logit.
    """

    dense: float | None = None
    lexical: float | None = None
    fused: float | None = None
    rerank: float | None = None
    combined: float | None = None
    probability: float | None = None
    match: Match | None = None
    asked: float | None = None
    alone: Verdict | None = None

    @property
    def best_logit(self) -> float | None:
        """The higher one of ``rerank`` and ``asked``: a greeting and reasons take nothing away."""
        return max((logit for logit in (self.rerank, self.asked) if logit is not None), default=None)


def match_of(probability: float | None, verdict: Verdict | None) -> Match | None:
    """The word for a passage with this ``probability`` under that ``verdict``; ``None`` where it is not known.

    Two fits that see different things may disagree. A person reads one of them: what is weak as a whole has no strong part.
    """
    if probability is None:
        return None
    if verdict == "absent" or probability < _LIKELY_FROM:
        return "weak"
    return "strong" if probability >= _STRONG_FROM and verdict == "strong" else "likely"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of the k chunks that were looked at. All ranks count from 1; ``None`` = not found by that stage.

    Attributes:
        document: label and path, as ``secondlook doctor`` lists it; ``text`` is the chunk as it stands there.
        span: where it stands in the document's text, in characters, the end excluded.
        page: page, slide or sheet on which it starts; ``heading``: the headings above it, the outermost first.
        rank: the final one; ``dense_rank``, ``lexical_rank`` and ``fused_rank`` are those of retrieval, ``reranked_rank``
            that of the second look.
        kept: it is a source of the answer; ``cited``: what has arrived of the answer cites it.
        header: the header row of the table that the chunk continues, as Markdown, or empty.
        copies: in how many other places the same words stand, under the same headings.
        also_in: the first of the other documents that hold them.
        part: which part of a question with several found it, from 1; 0 where there is only one search.
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
    copies: int = 0
    also_in: tuple[str, ...] = ()
    part: int = 0

    @property
    def whole(self) -> str:
        """Its words with those above it: the file's name, its headings and the header of its table."""
        return "\n".join((self.document.rpartition("/")[2], *self.heading, self.header, self.text))

    @property
    def titles(self) -> str:
        """The names above its words: the file's and those of its headings."""
        return "\n".join((self.document.rpartition("/")[2], *self.heading))

    @property
    def moved(self) -> int:
        """Places gained by the second look: retrieved 9th, reranked 1st -> 8. Zero when not reranked."""
        if self.reranked_rank is None or self.fused_rank is None:
            return 0
        return self.fused_rank - self.reranked_rank


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence ``passage[start:end]`` of a source, with the reranker's score for the question (``None`` = not scored).

    ``relevance``, 0..1, is how much it bears on the question next to the others of its passage: for shading, no
    probability. 0 for titles, labels and rules.
    """

    start: int
    end: int
    score: float | None = None
    relevance: float = 0.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a passage that is scored by itself, a sentence or a row of a table: ``candidate.text[start:end]``.

    ``text`` is what it says when it is quoted.
    """

    candidate: Candidate
    text: str
    start: int
    end: int


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
        """Label and path of the document."""
        return self.candidate.document

    @property
    def page(self) -> int | None:
        """Page, slide or sheet on which the passage starts, from 1; ``None`` where the format has none."""
        return self.candidate.page

    @property
    def text(self) -> str:
        """The passage as it stands in the document."""
        return self.candidate.text

    def text_of(self, sentence: Sentence) -> str:
        """One of ``sentences`` as it stands in the passage."""
        return self.text[sentence.start : sentence.end]
