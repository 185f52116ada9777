"""``GET /v1/models``: the notebooks that the caller may ask, each alone and with who could write."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from chatbot.api.openai.model_names import model_rows, named
from chatbot.api.people import Asker
from chatbot.api.service import Served

router = APIRouter(prefix="/v1/models", tags=["openai"])

_OWNER = "secondlook"


class Model(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [
        {"id": "Contracts:ollama", "object": "model", "created": 1764403200, "owned_by": "secondlook"}
    ]})  # fmt: skip

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str = _OWNER


class Models(BaseModel):
    object: Literal["list"] = "list"
    data: list[Model]


@router.get("", summary="What `model` may be")
async def list_models(caller: Asker, service: Served) -> Models:
    def found() -> list[Model]:
        return [Model(id=name, created=created) for name, created in model_rows(caller, service.config)]

    return Models(data=await service.quick(found))


@router.get("/{model:path}", summary="One of them")
async def one_model(model: str, caller: Asker, service: Served) -> Model:
    def found() -> Model:
        number = named(model, caller).notebooks[0]
        created = dict(model_rows(caller, service.config))
        return Model(id=model, created=created.get(model, 0) if number else 0)

    return await service.quick(found)
