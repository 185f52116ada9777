"""Candidates of a search as structured content and as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from chatbot.api.answers.together import place_in
from chatbot.mcp_server.material import Fence, shortened
from chatbot.mcp_server.results import CandidateOut, RerankerOut, VerdictOut
from chatbot.store.records import name_of
from chatbot.text.invisible import clean_line, without_invisible
from chatbot.trace import Candidate, Gate, SecondLook

_EXCERPT = 200  # characters of a candidate that was dropped


def candidates_out(
    candidates: Iterable[Candidate], notebooks: Sequence[int], *, dropped: bool
) -> list[CandidateOut]:
    """All of them, or those that were kept. ``notebooks``: that were asked."""
    return [_candidate_out(candidate, notebooks) for candidate in candidates if candidate.kept or dropped]


def _candidate_out(c: Candidate, notebooks: Sequence[int]) -> CandidateOut:
    notebook, document = place_in(c, notebooks)
    return CandidateOut(
        passage=c.chunk_id,
        notebook=notebook,
        number=c.rank if c.kept else None,
        fate="cited" if c.cited else "kept" if c.kept else "dropped",
        document=document,
        name=name_of(document),
        page=c.page,
        heading=list(c.heading),
        fused_rank=c.fused_rank,
        reranked_rank=c.reranked_rank,
        dense_rank=c.dense_rank,
        lexical_rank=c.lexical_rank,
        rank=c.rank,
        probability=c.scores.probability,
        match=c.scores.match,
        logit=c.scores.rerank,
        cosine=c.scores.dense,
        bm25=c.scores.lexical,
        table_header=without_invisible(c.header),
        text=without_invisible(c.text) if c.kept else shortened(c.text, _EXCERPT),
    )


def verdict_out(gate: Gate) -> VerdictOut:
    return VerdictOut(
        verdict=gate.verdict or "weak",
        refused=gate.refused,
        probability=gate.probability,
        threshold=gate.threshold,
        reason=gate.reason,
    )


def reranker_out(look: SecondLook) -> RerankerOut:
    return RerankerOut(
        model=look.model, outcome=look.outcome, failure=look.failure, scored=look.scored, of=look.of
    )


def verdict_line(gate: Gate) -> str:
    """The verdict in a sentence that says what to do with it."""
    sure = f" (probability {gate.probability:.2f})" if gate.probability is not None else ""
    if gate.refused:
        return f"Verdict: absent{sure}. The documents do not hold the answer; say so, and do not answer from elsewhere."
    if gate.verdict == "weak":
        return f"Verdict: weak{sure}. These passages may not answer it; say that you are not sure."
    return f"Verdict: strong{sure}."


def place_of(candidate: Candidate) -> str:
    """``handbook.pdf, page 3, Leave > Annual leave``."""
    page = f"page {candidate.page}" if candidate.page is not None else ""
    parts = [candidate.document, page, " > ".join(candidate.heading)]
    return clean_line(", ".join(filter(None, parts)))


def kept_lines(candidates: Iterable[Candidate], fence: Fence) -> Iterator[str]:
    """Each passage that was kept, between marks, under its number."""
    for c in candidates:
        if c.kept:
            yield f"[{c.rank}] {place_of(c)} (passage {c.chunk_id}; {_ranks(c)})"
            text = f"{c.header}\n{c.text}" if c.header else c.text
            yield fence.around(text, f"{c.rank} of {c.document}")


def dropped_line(candidates: Iterable[Candidate]) -> str:
    """How many were dropped, and where the first of them stand."""
    dropped = [c for c in candidates if not c.kept]
    if not dropped:
        return ""
    named = "; ".join(f"{place_of(c)} (passage {c.chunk_id}; {_ranks(c)})" for c in dropped[:3])
    return f"Dropped: {len(dropped)}, the best of them {named}."


def _ranks(c: Candidate) -> str:
    parts = [f"retrieved {c.fused_rank}."] if c.fused_rank is not None else []
    if c.reranked_rank is not None:
        parts.append(f"reranked {c.reranked_rank}.")
    if c.scores.probability is not None:
        parts.append(f"probability {c.scores.probability:.2f}")
    return ", ".join(parts)
