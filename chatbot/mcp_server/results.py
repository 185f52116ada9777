"""What the tools return as structured content. Their JSON schemas are the tools' output schemas."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from chatbot.mcp_server.instructions import MATERIAL

Fate = Literal["cited", "kept", "dropped"]


class CandidateOut(BaseModel):
    """One of the k passages that were looked at; ranks count from 1, ``null``: not found or not scored there."""

    passage: int = Field(description="id for read_source; it holds until the document is indexed anew")
    notebook: int = Field(description="number of the notebook that holds it")
    number: int | None = Field(description="by which it is cited, if it was kept")
    fate: Fate
    document: str
    name: str
    page: int | None
    heading: list[str]
    fused_rank: int | None = Field(description="where retrieval had it")
    reranked_rank: int | None = Field(description="where the second look put it")
    dense_rank: int | None
    lexical_rank: int | None
    rank: int = Field(description="final")
    probability: float | None = Field(description="calibrated, 0..1, that it answers the question")
    match: str | None
    logit: float | None = Field(description="the reranker's raw score")
    cosine: float | None
    bm25: float | None
    table_header: str = Field(description="header row of the table that it continues, or empty")
    text: str = Field(description="whole where it was kept; else its beginning")


class VerdictOut(BaseModel):
    """Whether the documents hold the answer."""

    verdict: Literal["strong", "weak", "absent"]
    refused: bool
    probability: float | None = Field(description="0..1; null without a calibration")
    threshold: float | None
    reason: str


class RerankerOut(BaseModel):
    """What became of the second look."""

    model: str
    outcome: Literal["applied", "off", "empty", "failed", "unneeded"]
    failure: str
    scored: int
    of: int


class Found(BaseModel):
    notebook: int = Field(description="number of the notebook that was asked, or of the first of them")
    notebooks: list[int] = Field(description="numbers of all that were asked")
    question: str
    query: str = Field(description="as it was searched")
    verdict: VerdictOut
    reranker: RerankerOut
    candidates: list[CandidateOut] = Field(
        description="in final order; dropped ones only where they were wanted"
    )
    looked_at: int = Field(description="how many candidates there were")
    timings_ms: dict[str, float]
    note: str = MATERIAL


class CheckOut(BaseModel):
    """A cited sentence, and whether its sources support it."""

    sentence: str
    numbers: list[int]
    verdict: str = Field(
        description="supported, weak, not supported, or unchecked: in another language than its sources"
    )
    probability: float
    better: int | None = Field(description="rank of a candidate that supports it clearly better")


class Written(Found):
    answer: str
    written_by: str = Field(description="empty where the program itself answers, or refused")
    refused: bool = Field(description="the documents do not hold the answer; no language model was asked")
    declined: bool = Field(description="the language model says only that the sources do not answer")
    cut: str = Field(description="why the answer is not whole; else empty")
    citations: list[int]
    checks: list[CheckOut] | None = Field(description="null: not checked")
    not_checked: str = Field(description="why not, if checks were wanted")
    notes: list[str]


class Reading(BaseModel):
    notebook: int
    document: str
    name: str
    address: str | None
    page: int | None
    heading: list[str]
    before: str
    passage: str
    after: str
    first_passage: int = Field(description="id of the first one that was read: read on before it")
    last_passage: int = Field(description="id of the last one that was read: read on after it")
    more_before: bool
    more_after: bool
    resource: str = Field(description="address of the whole document as a resource")
    note: str = MATERIAL


class DocumentOut(BaseModel):
    document: str
    name: str
    title: str
    format: str
    status: str = Field(description="indexed, partial or refused")
    reason: str
    pages: int
    passages: int
    bytes: int
    address: str | None
    indexed_at: str
    resource: str


class Documents(BaseModel):
    notebook: int
    total: int = Field(description="of those that were asked for")
    documents: list[DocumentOut]
    next_cursor: str | None
    note: str = MATERIAL


class NotebookOut(BaseModel):
    number: int
    name: str
    is_default: bool
    may_ask: bool
    may_add: bool


class Notebooks(BaseModel):
    notebooks: list[NotebookOut]


class Added(BaseModel):
    notebook: int
    document: str
    outcome: Literal["indexed", "partial", "unchanged", "renamed"]
    reason: str
    passages: int
    resource: str
