"""``/healthz``: the program runs. ``/readyz``: it can answer. Neither needs a key, neither says anything of what it holds."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from chatbot.api.problems import Problem
from chatbot.api.service import Served

router = APIRouter(tags=["health"])


class Status(BaseModel):
    status: str


@router.get("/healthz", summary="Whether the program runs")
async def healthz() -> Status:
    return Status(status="ok")


@router.get("/readyz", summary="Whether questions can be answered")
async def readyz(service: Served) -> Status:
    if reason := service.not_ready():
        raise Problem(503, "not_ready", reason, headers={"Retry-After": "5"})
    return Status(status="ready")
