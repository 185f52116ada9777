"""``/api/receipts/{id}``: how an answer came about, as JSON or as the file that contacts nothing.

The latest answers of this program are there until it ends; those that were asked with ``store`` as long as the person's
conversation with them.
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from starlette.responses import HTMLResponse, JSONResponse, Response

from chatbot.api.people import Asker, Caller
from chatbot.api.problems import Problem
from chatbot.api.service import Served, Service
from chatbot.conversations import Conversations
from chatbot.conversations.exports.receipt import to_html
from chatbot.conversations.record import ExchangeRecord
from chatbot.conversations.record_json import to_json
from chatbot.notebooks import Action
from chatbot.store import Store

router = APIRouter(prefix="/api/receipts", tags=["receipts"])

_STORED = re.compile(r"([0-9]{1,15})-([0-9]{1,15})-([0-9]{1,15})")


@router.get("/{number}", summary="How an answer came about", response_class=JSONResponse,
            responses={200: {"content": {"text/html": {}}}})  # fmt: skip
async def one_receipt(
    caller: Asker,
    service: Served,
    number: Annotated[str, Path(max_length=80, examples=["5f0c7bb0a1d2e3f405162738"])],
    format: Annotated[Literal["json", "html"], Query()] = "json",
) -> Response:
    record = await service.quick(lambda: _record(number, caller, service))
    if format == "html":
        return HTMLResponse(to_html([record], "ko" if record.language == "ko" else "en"))
    content: dict[str, Any] = json.loads(to_json(record))
    return JSONResponse(content)


def _record(number: str, caller: Caller, service: Service) -> ExchangeRecord:
    """Of this person's own; what a notebook holds is shown to those who may look into it."""
    if found := _STORED.fullmatch(number):
        notebook, conversation, position = map(int, found.groups())
        config = caller.enter(notebook, Action.INSPECT)
        kept = Conversations.open(config, caller.person.id).exchanges(conversation, [position])
        if kept and (not _is_bound(caller) or _is_of(kept[0].record, service.chatbot_for(config).store)):
            return kept[0].record
    elif answer := service.memory.kept(number, caller.who):
        for notebook in answer.notebooks:
            caller.check(notebook, Action.INSPECT)
        return answer.record
    raise Problem(404, "not_found", f"there is no receipt {number!r} any more; ask with store to keep one")


def _is_bound(caller: Caller) -> bool:
    """Whether the key opens one notebook alone."""
    return caller.granted is not None and caller.granted.notebook is not None


def _is_of(record: ExchangeRecord, store: Store) -> bool:
    """Whether every passage of it is of this notebook: one that was asked together with others is kept in the first."""
    with store.reading() as view:
        return all(view.document(uri) is not None for uri in {c.document for c in record.candidates})
