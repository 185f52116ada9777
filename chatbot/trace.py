"""The values that travel: what a question finds, how it is ordered and judged, and how long each step took.

Candidate (with its Scores) -> SecondLook, Gate -> Search -> Source (with its Sentences) -> the answer
Stretch: what is scored of a candidate for a source's sentences
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

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
    """

    dense: float | None = None
    lexical: float | None = None
    fused: float | None = None
    rerank: float | None = None
    combined: float | None = None
    probability: float | None = None
    match: Match | None = None
    asked: float | None = None

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


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange of the conversation; ``documents``: those that its answer cited, the first one first."""

    question: str
    answer: str
    documents: tuple[str, ...] = ()


RequestKind = Literal[
    "look_up", "talk", "library", "whole_document", "compare", "collect", "several", "table"
]


@dataclass(frozen=True, slots=True)
class Request:
    """What a question asks for (``chatbot.answering.requests``).

    Attributes:
        kind: ``look_up``: a passage that answers, found by search; ``talk``: a greeting, thanks, what this program is;
            ``library``: which documents there are; ``whole_document``: a summary or an outline; ``compare``:
            what its sides say; ``collect``: everything that is found; ``several``: more than one question; ``table``:
            computed from rows. The last four are looked up where their rules or tables do not explain the question.
        topic: which of its kind, as "greeting" or "newest"; of a comparison what is compared.
        documents: uris that it is about; empty where none is named.
        decided_by: the program's rules, the language model where they were unsure, or the person who chose another kind.
        parts: the sides of a comparison, the questions, or what is collected; each is searched apart.
    """

    kind: RequestKind = "look_up"
    topic: str = ""
    documents: tuple[str, ...] = ()
    decided_by: Literal["rules", "model", "person"] = "rules"
    parts: tuple[str, ...] = ()


LOOK_UP = Request()
IN_PARTS: tuple[RequestKind, ...] = ("compare", "collect", "several")  # kinds whose parts are searched apart
CALCULATED = "calculated"  # who wrote an answer that was computed from a table


@dataclass(frozen=True, slots=True)
class Message:
    """One part of what is sent to a model, word for word."""

    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class SecondLook:
    """What became of the second look, and how it ordered.

    Attributes:
        outcome: ``applied``; ``off`` where the settings say so; ``empty``: nothing was found; ``failed``;
            ``unneeded``: the request is one that ranks no passages.
        failure: what the reranker said when it failed; else empty. The candidates then keep the retrieval order.
        fused_weight: the order is by logit + this x the fused score of retrieval; 0 is the logit alone.
        scored: how many of the candidates have a logit; fewer than ``of`` when the time budget was spent.
        of: how many candidates there were; where ``unneeded``, how many passages were read.
        spent_ms: milliseconds it took to score them.
        listwise: it gave an order and no logits; ``scored`` is then how many it put in order.
        tokens_sent, tokens_received: of a language model that ordered them; 0 where nobody counted.
    """

    model: str
    outcome: Literal["applied", "off", "empty", "failed", "unneeded"]
    failure: str = ""
    fused_weight: float = 0.0
    scored: int = 0
    of: int = 0
    spent_ms: float = 0.0
    listwise: bool = False
    tokens_sent: int = 0
    tokens_received: int = 0

    @property
    def applied(self) -> bool:
        """Whether the candidates are in its order."""
        return self.outcome == "applied"

    @property
    def has_logits(self) -> bool:
        """Whether it gave scores, and not an order alone."""
        return self.applied and not self.listwise

    @property
    def is_partial(self) -> bool:
        """Whether the time budget ended it."""
        return self.applied and not self.listwise and self.scored < self.of


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether the documents hold the answer: ``strong``; ``weak``: answered, for a person to judge; ``absent``: refused.

    ``probability``, 0..1, is that of the documents holding the answer, judged by what the candidates show
    (``chatbot.answering.gate``); ``None``, and never refused, without a calibration.

    Attributes:
        threshold: probability under which the verdict is ``absent``.
        verdict: ``absent`` if refused and ``strong`` if not, unless it is given.
        strong_from: probability from which the verdict is ``strong``.
    """

    refused: bool
    probability: float | None = None
    threshold: float | None = None
    reason: str = ""
    verdict: Verdict | None = None
    strong_from: float | None = None

    def __post_init__(self) -> None:
        if self.verdict is None:
            object.__setattr__(self, "verdict", "absent" if self.refused else "strong")
        if self.refused != (self.verdict == "absent"):
            raise ValueError(f"refused {self.refused} and verdict {self.verdict} contradict each other")


@dataclass(frozen=True, slots=True)
class Part:
    """A side, a question or a collection that was searched apart, and what came of it.

    Attributes:
        title: as it is said in the question; ``query``: as it was searched.
        gate: its own verdict.
        numbers: of the sources that were found for it; none where nothing was.
        looked: how many candidates were looked at.
        said: what the program itself says in the place of a model: a figure that was computed; else empty.
    """

    title: str
    query: str
    gate: Gate
    numbers: tuple[int, ...] = ()
    looked: int = 0
    said: str = ""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the parts of a question were found to say; ``quoted``: the whole answer as quotes with [n]."""

    parts: tuple[Part, ...]
    quoted: str


@dataclass(frozen=True, slots=True)
class Search:
    """Retrieval, second look and gate for one question.

    Attributes:
        question: as asked.
        query: as searched, after the conversation was condensed into it.
        candidates: all k in final order; the first ``top_n`` are kept unless the gate refused.
        second_look: what became of it; a failure is written there, and raises nothing.
        gate: the verdict on the question, with its probability.
        timings: milliseconds of every stage.
        request: what was asked for.
        also_searched: the query in the other language, where that was searched too.
        notes: what the person should know of how it was searched.
        gathered: what came of each part of a question that was searched in parts. Its candidates are those of all
            parts, each once: the sources first, part by part, then the others by their rank in their part. Their
            fused ranks count the parts' lists in turns.
    """

    question: str
    query: str
    candidates: tuple[Candidate, ...]
    second_look: SecondLook
    gate: Gate
    timings: Timings
    request: Request = LOOK_UP
    also_searched: str = ""
    notes: tuple[str, ...] = ()
    gathered: Gathered | None = None

    @classmethod
    def of(
        cls,
        question: str,
        query: str,
        candidates: Sequence[Candidate],
        second_look: SecondLook,
        gate: Gate,
        timings: Timings,
        top_n: int,
        request: Request = LOOK_UP,
    ) -> Search:
        """``candidates`` ranked in the order given; the first ``top_n`` kept unless the gate refused."""
        kept = 0 if gate.refused else top_n
        ranked = tuple(replace(c, rank=rank, kept=rank <= kept) for rank, c in enumerate(candidates, 1))
        return cls(question, query, ranked, second_look, gate, timings, request)

    @property
    def kept(self) -> tuple[Candidate, ...]:
        """The candidates that are sources, in order; none where the gate refused."""
        return tuple(candidate for candidate in self.candidates if candidate.kept)

    def citing(self, numbers: list[int]) -> tuple[Candidate, ...]:
        """The candidates with ``cited`` set on those whose source number is in ``numbers``."""
        return tuple(
            replace(candidate, cited=candidate.kept and candidate.rank in numbers)
            for candidate in self.candidates
        )


Ending = Literal["complete", "stopped", "failed"]


class Watcher(Protocol):
    """Sees one question go by; ``chatbot.telemetry`` has one. Nothing in it raises, waits, or changes what is asked.

    Attributes:
        request_id: the number under which the question is in the logs.
    """

    request_id: str

    def under_way(self) -> AbstractContextManager[None]:
        """Around everything before the answer; an error that passes is the end of the question."""
        ...

    def stage(self, name: str) -> AbstractContextManager[None]:
        """Around one stage, or around several under one name."""
        ...

    def found(self, search: Search) -> None:
        """What was found and judged; the latest one counts."""
        ...

    def pull(self, pieces: Iterator[str]) -> str | None:
        """The next of ``pieces``, ``None`` behind the last; what they raise is raised, and ends the question."""
        ...

    def ended(self, how: Ending, facts: Mapping[str, int | str] = ...) -> None:
        """No more comes; the first call counts. ``facts``: counts of the answer, and no word of it."""
        ...


_UNSEEN = nullcontext()


class Timings(dict[str, float]):
    """Stage -> milliseconds, in the order of the flow; ``total`` counts from creation to the last stage.

    The clock of a question, and the one place where somebody may watch it go by: ``watcher``.
    """

    def __init__(self, watcher: Watcher | None = None) -> None:
        super().__init__()
        self.watcher = watcher
        self._start = time.perf_counter()

    @contextmanager
    def measure(self, stage: str) -> Iterator[None]:
        """Add the time of the block to ``stage``, also when it fails."""
        with self.seen(stage):
            start = time.perf_counter()
            try:
                yield
            finally:
                self[stage] = self.get(stage, 0.0) + (time.perf_counter() - start) * 1000

    def seen(self, stage: str) -> AbstractContextManager[None]:
        """Around several stages, or what comes after the answer: told to the watcher alone."""
        return _UNSEEN if self.watcher is None else self.watcher.stage(stage)

    def under_way(self) -> AbstractContextManager[None]:
        """Around everything before the answer."""
        return _UNSEEN if self.watcher is None else self.watcher.under_way()

    def pull(self, pieces: Iterator[str]) -> str | None:
        """The next of ``pieces``, ``None`` behind the last."""
        return next(pieces, None) if self.watcher is None else self.watcher.pull(pieces)

    def mark(self, name: str) -> None:
        """Note the time since the question was asked, once per name or later for ``total``."""
        self[name] = (time.perf_counter() - self._start) * 1000
