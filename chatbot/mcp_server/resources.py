"""Documents as resources: listed page by page, read part by part. An address is looked up in the index, never on disk."""

from __future__ import annotations

from dataclasses import dataclass

import mcp_types as types

from chatbot.config import Config
from chatbot.errors import DocumentMissing, StoreMissing
from chatbot.mcp_server.addresses import TEMPLATE, address_of, place_of
from chatbot.mcp_server.instructions import MATERIAL
from chatbot.mcp_server.working import Call
from chatbot.notebooks import Action
from chatbot.text.invisible import clean_line, without_invisible

PAGE = 100  # documents in one list
PART = 40_000  # characters of one reading
_TEXT = "text/plain"


@dataclass(frozen=True, slots=True)
class _Cursor:
    """Where a list goes on: after this document of this notebook."""

    notebook: int
    document: str

    @classmethod
    def read(cls, text: str) -> _Cursor:
        number, _, document = text.partition("/")
        if not (number.isascii() and number.isdigit() and len(number) <= 12):
            raise DocumentMissing("that is no cursor of this list; begin it anew, without one")
        return cls(int(number), document)

    def __str__(self) -> str:
        return f"{self.notebook}/{self.document}"


TEMPLATES = [
    types.ResourceTemplate(
        name="document",
        title="A document's text",
        uri_template=TEMPLATE,
        description=f"The text of a document as it is indexed, {PART:,} characters at a time. {MATERIAL}",
        mime_type=_TEXT,
    )
]


def list_resources(call: Call, cursor: str | None) -> types.ListResourcesResult:
    """The documents of all notebooks that the caller may inspect. Raises ``ChatbotError``."""
    visit = call.visit
    at = _Cursor.read(cursor) if cursor is not None else _Cursor(0, "")
    numbers = [row.id for row in visit.caller.notebooks(Action.INSPECT) if visit.only in (None, row.id)]
    found: list[types.Resource] = []
    for number in sorted(numbers):
        if number < at.notebook:
            continue
        config = visit.caller.enter(number, Action.INSPECT)
        after = at.document if number == at.notebook else ""
        for resource in _resources(call, number, config, after, PAGE + 1 - len(found)):
            found.append(resource)
    more = found[PAGE - 1] if len(found) > PAGE else None
    following = place_of(more.uri) if more is not None else None
    return types.ListResourcesResult(
        resources=found[:PAGE],
        next_cursor=str(_Cursor(following[0], following[1])) if following is not None else None,
    )


def _resources(call: Call, number: int, config: Config, after: str, most: int) -> list[types.Resource]:
    try:
        store = call.visit.service.chatbot_for(config).store
    except StoreMissing:
        return []
    with store.reading() as view:
        names = [name.uri for name in view.document_names() if name.uri > after][:most]
        rows = [row for name in names if (row := view.document(name)) is not None]
    return [
        types.Resource(
            name=row.uri,
            title=clean_line(row.title) or row.name,
            uri=address_of(number, row.uri),
            description=clean_line(f"{row.format}, {row.chunks} passages, {row.status}"),
            mime_type=_TEXT,
        )
        for row in rows
    ]


def read_resource(call: Call, address: str) -> types.ReadResourceResult:
    """A part of a document's text. Raises ``DocumentMissing`` for whatever is no document of the index."""
    place = place_of(address)
    if place is None:
        raise DocumentMissing("there is no such resource; resources/list has their addresses")
    number, document, start = place
    visit = call.visit
    if visit.only not in (None, number):
        raise DocumentMissing("there is no such resource; resources/list has their addresses")
    config = visit.caller.enter(number, Action.INSPECT, document)
    with visit.service.chatbot_for(config).store.reading() as view:
        row = view.document(document)
        text = view.text_between(document, start, start + PART + 1)
    if row is None:
        raise DocumentMissing("there is no document {name}; see: list_documents", name=repr(document[:300]))
    lines = [f"[{clean_line(document)}, as it is indexed, from character {start}. {MATERIAL}]"]
    if row.reason:
        lines.append(f"[{row.status}: {row.reason}]")
    lines.append(without_invisible(text[:PART]))
    if len(text) > PART:
        lines.append(f"[It goes on: read {address_of(number, document, start + PART)}]")
    return types.ReadResourceResult(
        contents=[types.TextResourceContents(uri=address, mime_type=_TEXT, text="\n\n".join(lines))]
    )
