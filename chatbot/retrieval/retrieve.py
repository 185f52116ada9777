"""Dense and lexical search, fused: a question -> its k candidates."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import MetadataMode, NodeWithScore, QueryBundle

from chatbot.retrieval.by_number import found_by_number
from chatbot.retrieval.embeddings import question_vector
from chatbot.retrieval.fusion import fuse
from chatbot.retrieval.observed import is_observed, observed_retrieval
from chatbot.store import ChunkRow, Scope, Store, View
from chatbot.store.nodes import to_node
from chatbot.store.records import Hit, SamePassage, Vectors
from chatbot.text.keywords import question_terms
from chatbot.text.language import language_of, other_language_among
from chatbot.trace import Candidate, Scores, Timings

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

DEPTH = 50  # of each list before fusion, or k if that is more
_DEEPER = 4  # times as deep where copies of one passage fill a list ...
_MOST_DEEPER = 64  # ... at most

Find = Callable[[str], list[Candidate]]  # a question -> its candidates in fused order
_Found = list[Hit]


def retrieve(
    store: Store, embedding: BaseEmbedding, query: str, k: int, filters: Sequence[str], timings: Timings
) -> list[Candidate]:
    """The k best candidates in fused order, each with all its scores and its rank in each list.

    A chunk that only one search found is scored by the other too, so that fusion compares like with like. Passages
    that read the same are one candidate: 24 copies of a policy would else hide the one circular that differs.

    Raises:
        StoreError: a filter matches no document.
    """

    def find() -> list[Candidate]:
        return _retrieved(store, embedding, query, k, filters, timings)

    with timings.seen("retrieve"):
        return observed_retrieval(query, find, _fused_nodes) if is_observed() else find()


def _retrieved(
    store: Store, embedding: BaseEmbedding, query: str, k: int, filters: Sequence[str], timings: Timings
) -> list[Candidate]:
    with timings.measure("embed"):
        vector = question_vector(embedding, query)
    terms = question_terms(query)
    with store.reading() as view:
        scope = view.scope(filters)
        with timings.measure("dense"):
            dense, same = _distinct(
                view, lambda depth: view.dense(vector, depth, scope), max(k, DEPTH), scope
            )
        with timings.measure("lexical"):
            lexical, also_same = _distinct(
                view, lambda depth: view.lexical(terms, depth, scope), max(k, DEPTH), scope
            )
            by_number = found_by_number(view, query, scope)
            numbered = _by_first(view.same_passages(by_number, scope)) if by_number else {}
        with timings.measure("fuse"):
            found = _fused(view, query, vector, terms, dense, lexical, k, list(numbered))
        counts = {chunk: group.count for chunk, group in (same | also_same | numbered).items()}
        return [_with_copies(view, candidate, counts[candidate.chunk_id], scope) for candidate in found]


def _distinct(
    view: View, search: Callable[[int], _Found], depth: int, scope: Scope | None
) -> tuple[_Found, dict[int, SamePassage]]:
    """The first ``depth`` passages of ``search(depth)`` that differ, each by its oldest chunk."""
    deep = depth
    while True:
        found = search(deep)
        same = view.same_passages([chunk for chunk, _ in found], scope)
        best: dict[int, float] = {}
        for chunk, score in found:
            best.setdefault(same[chunk].first, score)
        if len(best) >= depth or len(found) < deep or deep >= _MOST_DEEPER * depth:
            return list(best.items())[:depth], _by_first(same)
        deep *= _DEEPER


def _by_first(same: Mapping[int, SamePassage]) -> dict[int, SamePassage]:
    return {group.first: group for group in same.values()}


def _with_copies(view: View, candidate: Candidate, count: int, scope: Scope | None) -> Candidate:
    if count == 1:
        return candidate
    return replace(candidate, copies=count - 1, also_in=view.also_in(candidate.chunk_id, scope))


def _fused(
    view: View,
    query: str,
    vector: Vectors,
    terms: Sequence[str],
    dense: _Found,
    lexical: _Found,
    k: int,
    numbered: Sequence[int],
) -> list[Candidate]:
    """The k best, and ``numbered``, which the question names by number, among them."""
    union = dict(dense).keys() | dict(lexical).keys() | set(numbered)
    cosines = view.cosines(vector, union)
    bm25 = view.bm25(terms, cosines)
    rows = view.chunks(list(cosines))
    other_language = other_language_among(query, {chunk: rows[chunk].text for chunk in cosines})
    words = {chunk: bm25.get(chunk, 0.0) for chunk in cosines}
    fused = fuse(cosines, words, other_language, language_of(query))
    ranked = sorted(fused, key=lambda chunk: (-fused[chunk], chunk))
    others = [chunk for chunk in ranked if chunk not in numbered][: max(0, k - len(numbered))]
    best = [chunk for chunk in ranked if chunk in numbered or chunk in others][:k]
    dense_ranks = {chunk: rank for rank, (chunk, _) in enumerate(dense, 1)}
    lexical_ranks = {chunk: rank for rank, (chunk, _) in enumerate(lexical, 1)}
    return [
        replace(
            candidate_of(rows[chunk]), rank=rank, fused_rank=rank,
            dense_rank=dense_ranks.get(chunk), lexical_rank=lexical_ranks.get(chunk),
            scores=Scores(dense=cosines[chunk], lexical=bm25.get(chunk), fused=fused[chunk]),
        )
        for rank, chunk in enumerate(best, 1)
    ]  # fmt: skip


def candidate_of(row: ChunkRow) -> Candidate:
    """A chunk as a candidate that no search has ranked."""
    return Candidate(
        chunk_id=row.id,
        document=row.document,
        text=row.text,
        span=(row.start, row.end),
        page=row.page,
        heading=row.heading,
        header=row.header,
    )


def to_scored_node(candidate: Candidate, score: float | None) -> NodeWithScore:
    """A candidate as LlamaIndex passes it around."""
    row = ChunkRow(
        candidate.chunk_id,
        candidate.document,
        0,
        candidate.page,
        *candidate.span,
        candidate.heading,
        candidate.text,
        candidate.header,
    )
    return NodeWithScore(node=to_node(row), score=score)


def _fused_nodes(candidates: Sequence[Candidate]) -> list[NodeWithScore]:
    return [to_scored_node(candidate, candidate.scores.fused) for candidate in candidates]


def reranked_nodes(candidates: Sequence[Candidate]) -> list[NodeWithScore]:
    """Candidates with the reranker's logit as the score; the fused score where there is none."""
    scores = [(c, c.scores.fused if c.scores.rerank is None else c.scores.rerank) for c in candidates]
    return [to_scored_node(candidate, score) for candidate, score in scores]


def read_by_models(candidate: Candidate) -> str:
    """The text that was embedded, and that is reranked: the passage under its headings."""
    return str(to_scored_node(candidate, None).node.get_content(MetadataMode.EMBED))


class HybridRetriever(BaseRetriever):
    """LlamaIndex's view of ``retrieve``: nodes in fused order, scored by the fused score."""

    def __init__(self, store: Store, embedding: BaseEmbedding, k: int, filters: Sequence[str] = ()) -> None:
        super().__init__()
        self._store, self._embedding, self._k, self._filters = store, embedding, k, tuple(filters)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        query = query_bundle.query_str  # told to observers by the base class
        return _fused_nodes(
            _retrieved(self._store, self._embedding, query, self._k, self._filters, Timings())
        )

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)  # the model computes: the loop goes on
