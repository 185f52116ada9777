"""Candidates as LlamaIndex passes them around, with what the second look made of them."""

from __future__ import annotations

from typing import Any

from llama_index.core.schema import NodeWithScore

from chatbot.retrieval.retrieve import to_scored_node
from chatbot.trace import Candidate, Search

TRACE = "second_look"
"""The key of a node's metadata under which its ranks and scores stand: for programs, left out of what models read."""


def judged_node(candidate: Candidate) -> NodeWithScore:
    """The score is the reranker's logit, any real number; the fused score where there is none."""
    scores = candidate.scores
    found = to_scored_node(candidate, scores.fused if scores.rerank is None else scores.rerank)
    node = found.node
    node.metadata[TRACE] = trace_of(candidate)
    node.excluded_embed_metadata_keys = [*node.excluded_embed_metadata_keys, TRACE]
    node.excluded_llm_metadata_keys = [*node.excluded_llm_metadata_keys, TRACE]
    return found


def trace_of(candidate: Candidate) -> dict[str, Any]:
    """Both ranks and the fate of a candidate; ranks count from 1."""
    scores = candidate.scores
    return {
        "rank": candidate.rank,
        "fused_rank": candidate.fused_rank,
        "reranked_rank": candidate.reranked_rank,
        "dense_rank": candidate.dense_rank,
        "lexical_rank": candidate.lexical_rank,
        "probability": scores.probability,
        "logit": scores.rerank,
        "kept": candidate.kept,
        "cited": candidate.cited,
    }


def verdict_of(search: Search) -> dict[str, Any]:
    """Whether the documents hold the answer."""
    gate = search.gate
    return {"refused": gate.refused, "verdict": gate.verdict, "probability": gate.probability}
