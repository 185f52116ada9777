"""``POST /v1/embeddings``: the vectors with which this program searches, of length 1."""

from __future__ import annotations

import base64
from typing import Annotated, Literal

import numpy as np
from fastapi import APIRouter
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from chatbot.answering.writer import estimate_tokens
from chatbot.api.limits import count_texts
from chatbot.api.people import Asker
from chatbot.api.problems import Problem, require_text
from chatbot.api.service import Served, Service
from chatbot.retrieval.embeddings import embed_query, embed_texts

router = APIRouter(tags=["openai"])

MOST_INPUTS = 2_048  # as OpenAI's
MOST_CHARACTERS = 1_000_000  # of all inputs: a minute of work on two cores
Input = Annotated[str, Field(min_length=1)]


class EmbeddingsRequest(BaseModel):
    """``input_type`` (as Cohere and Voyage have it): ``query`` for questions, anything else for passages.

    The model was trained with another prefix for each; without it texts are taken for passages.
    """

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [
        {"model": "secondlook", "input": ["How often is the filter changed?"], "input_type": "query"}
    ]})  # fmt: skip
    input: Input | Annotated[list[Input], Field(min_length=1, max_length=MOST_INPUTS)]
    model: str = Field("secondlook", max_length=300, description="any name; there is one model")
    encoding_format: Literal["float", "base64"] | None = None
    dimensions: int | None = Field(None, ge=1, description="the model's own, or fewer of its first")
    input_type: str | None = Field(None, max_length=40)

    @property
    def texts(self) -> list[str]:
        return [self.input] if isinstance(self.input, str) else self.input


class Embedding(BaseModel):
    object: Literal["embedding"] = "embedding"
    index: int
    embedding: list[float] | str


class EmbeddingUsage(BaseModel):
    prompt_tokens: int
    total_tokens: int


class Embeddings(BaseModel):
    object: Literal["list"] = "list"
    data: list[Embedding]
    model: str
    usage: EmbeddingUsage


@router.post("/v1/embeddings", summary="Vectors of texts")
async def embeddings(asked: EmbeddingsRequest, caller: Asker, service: Served) -> Embeddings:
    caller.require("models")
    texts = asked.texts
    for text in texts:
        require_text(text, "input")
    if (length := sum(map(len, texts))) > MOST_CHARACTERS:
        message = (
            f"{length:,} characters are too many at once, {MOST_CHARACTERS:,} are taken; send fewer texts"
        )
        raise Problem(400, "invalid_request", message, "input")
    await service.quick(lambda: count_texts(caller, service, len(texts)))
    vectors = await service.models(lambda: _vectors(service, texts, asked))
    used = sum(map(estimate_tokens, texts))
    return Embeddings(
        data=[Embedding(index=i, embedding=_written(vector, asked)) for i, vector in enumerate(vectors)],
        model=service.config.embedding.model,
        usage=EmbeddingUsage(prompt_tokens=used, total_tokens=used),
    )


def _vectors(service: Service, texts: list[str], asked: EmbeddingsRequest) -> NDArray[np.float32]:
    model = service.embedding
    is_query = (asked.input_type or "").lower() in ("query", "search_query")
    found = np.stack([embed_query(model, text) for text in texts]) if is_query else embed_texts(model, texts)
    wanted = asked.dimensions or found.shape[1]
    if wanted > found.shape[1]:
        message = f"the model's vectors have {found.shape[1]} numbers; ask for as many, or fewer"
        raise Problem(400, "invalid_request", message, "dimensions")
    if wanted < found.shape[1]:
        found = found[:, :wanted]
        found = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12)
    return found.astype("<f4")


def _written(vector: NDArray[np.float32], asked: EmbeddingsRequest) -> list[float] | str:
    if asked.encoding_format == "base64":
        return base64.b64encode(vector.tobytes()).decode("ascii")
    written: list[float] = vector.tolist()
    return written
