"""The second look as a service, in the forms that are spoken: Jina's and Cohere's, and that of text-embeddings-inference.

``relevance_score`` is the calibrated probability that the document, if it were the only one, would hold the answer: the
gate's own (``benchmarks/judging/refusal``). It depends on no other document of the request. Another reranker than the one
that was calibrated gives the sigmoid of its logit, and ``meta.calibrated`` is false.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from chatbot.answering.gate import Calibration, load_calibration
from chatbot.answering.writer import estimate_tokens
from chatbot.api.limits import count_texts
from chatbot.api.people import Asker, Caller
from chatbot.api.problems import Problem, require_text
from chatbot.api.service import Served, Service
from chatbot.models import folders
from chatbot.retrieval.scores import sigmoid
from chatbot.text.language import in_another_language

router = APIRouter(tags=["rerank"])

MOST_DOCUMENTS = 1_000
MOST_CHARACTERS = 1_000_000  # of all documents: a minute of work on two cores
_LONGEST_QUERY = 20_000
Query = Annotated[str, Field(min_length=1, max_length=_LONGEST_QUERY)]


class RerankDocument(BaseModel):
    """Cohere's and Jina's form of a document with fields; its text is read."""

    model_config = ConfigDict(extra="allow")
    text: str


class RerankRequest(BaseModel):
    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [
        {"model": "secondlook", "query": "How often is the filter changed?", "top_n": 1,
         "documents": ["The filter is changed every 90 days.", "The house is green."]}
    ]})  # fmt: skip
    query: Query
    documents: list[str | RerankDocument] = Field(min_length=1, max_length=MOST_DOCUMENTS)
    model: str = Field("secondlook", max_length=300, description="any name; there is one reranker")
    top_n: int | None = Field(None, ge=1)
    return_documents: bool | None = None

    @property
    def texts(self) -> list[str]:
        return [one if isinstance(one, str) else one.text for one in self.documents]


class RerankResult(BaseModel):
    """``logit``: the reranker's own score, of which ``relevance_score`` is made."""

    index: int
    relevance_score: float
    logit: float
    document: dict[str, str] | None = None


class RerankOut(BaseModel):
    id: str
    model: str
    results: list[RerankResult]
    usage: dict[str, int]
    meta: dict[str, Any]


class TeiRequest(BaseModel):
    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [
        {"query": "How often is the filter changed?", "texts": ["Every 90 days.", "The house is green."]}
    ]})  # fmt: skip
    query: Query
    texts: list[str] = Field(min_length=1, max_length=MOST_DOCUMENTS)
    raw_scores: bool = Field(False, description="logits instead of probabilities")
    return_text: bool = False


class TeiResult(BaseModel):
    index: int
    score: float
    text: str | None = None


@router.post(
    "/v1/rerank",
    summary="Documents by how likely they answer (Jina, Cohere)",
    response_model_exclude_none=True,
)
@router.post("/v2/rerank", summary="The same, as Cohere's version 2 asks", response_model_exclude_none=True)
async def rerank(asked: RerankRequest, caller: Asker, service: Served) -> RerankOut:
    texts = asked.texts
    ranked = await _ranked(asked.query, texts, caller, service)
    best = ranked.order[: asked.top_n]
    used = estimate_tokens(asked.query) * len(texts) + sum(map(estimate_tokens, texts))
    results = [
        RerankResult(
            index=i,
            relevance_score=ranked.probabilities[i],
            logit=ranked.logits[i],
            document={"text": texts[i]} if asked.return_documents else None,
        )
        for i in best
    ]
    return RerankOut(
        id=token_hex(12),
        model=service.config.reranker.model,
        results=results,
        usage={"prompt_tokens": used, "total_tokens": used},
        meta={
            "api_version": {"version": "2"},
            "billed_units": {"search_units": 1},
            "calibrated": ranked.is_calibrated,
        },
    )


@router.post(
    "/rerank", summary="The same, as text-embeddings-inference asks", response_model_exclude_none=True
)
async def tei_rerank(asked: TeiRequest, caller: Asker, service: Served) -> list[TeiResult]:
    ranked = await _ranked(asked.query, asked.texts, caller, service)
    scores = ranked.logits if asked.raw_scores else ranked.probabilities
    return [
        TeiResult(index=i, score=scores[i], text=asked.texts[i] if asked.return_text else None)
        for i in ranked.order
    ]


@dataclass(frozen=True, slots=True)
class Ranked:
    """In the order of the request, and ``order``: places, the most probable first."""

    logits: list[float]
    probabilities: list[float]
    is_calibrated: bool

    @property
    def order(self) -> list[int]:
        pairs = list(zip(self.probabilities, self.logits, strict=True))
        return sorted(range(len(pairs)), key=lambda i: (-pairs[i][0], -pairs[i][1], i))


async def _ranked(query: str, texts: Sequence[str], caller: Caller, service: Service) -> Ranked:
    caller.require("models")
    for text in (query, *texts):
        require_text(text, "documents")
    if not query.strip():
        raise Problem(400, "invalid_request", "the query is empty; ask something", "query")
    if (length := sum(map(len, texts))) > MOST_CHARACTERS:
        message = (
            f"{length:,} characters are too many at once, {MOST_CHARACTERS:,} are taken; send fewer documents"
        )
        raise Problem(400, "invalid_request", message, "documents")
    await service.quick(lambda: count_texts(caller, service, len(texts)))
    return await service.models(lambda: _scored(service, query, texts))


def _scored(service: Service, query: str, texts: Sequence[str]) -> Ranked:
    logits = [float(logit) for logit in service.reranker.score(query, texts)]
    config = service.config
    folder = folders.resolve(config.reranker.model, config.models_cache).path
    calibration = load_calibration(folder, config.embedding.model)
    foreign = in_another_language(query, texts)
    known = [
        _probability(calibration, logit, is_foreign)
        for logit, is_foreign in zip(logits, foreign, strict=True)
    ]
    probabilities = [sigmoid(logit) if p is None else p for p, logit in zip(known, logits, strict=True)]
    return Ranked(logits, probabilities, None not in known)


def _probability(calibration: Calibration | None, logit: float, is_foreign: bool) -> float | None:
    features = {"foreign_logit" if is_foreign else "logit": logit}
    found = calibration.for_question(features) if calibration is not None else None
    return found.probability(features) if found is not None else None
