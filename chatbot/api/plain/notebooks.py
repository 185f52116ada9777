"""``/api/notebooks``: those that the caller may see, and what they may do there."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from chatbot.api.people import Asker, Caller
from chatbot.api.service import Served
from chatbot.notebooks import Action, NotebookRow

router = APIRouter(prefix="/api/notebooks", tags=["notebooks"])

_TOLD = (Action.ASK, Action.INSPECT, Action.ADD, Action.REMOVE)


class NotebookOut(BaseModel):
    """A notebook. ``may``: what the caller may do there, of ask, inspect, add and remove."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"id": 1, "name": "main", "created": "2026-11-29T09:00:00+00:00", "archived": False, "may": ["ask", "inspect"]}
    ]})  # fmt: skip

    id: int
    name: str
    created: str
    archived: bool
    may: list[str]


class NotebooksOut(BaseModel):
    data: list[NotebookOut]


@router.get("", summary="The notebooks that you may see")
async def list_notebooks(caller: Asker, service: Served) -> NotebooksOut:
    def found() -> list[NotebookOut]:
        return [notebook_out(caller, row) for row in caller.notebooks()]

    return NotebooksOut(data=await service.quick(found))


def notebook_out(caller: Caller, row: NotebookRow) -> NotebookOut:
    may = [action.value for action in _TOLD if caller.may(row.id, action)]
    return NotebookOut(id=row.id, name=row.called, created=row.created, archived=bool(row.archived), may=may)
