"""``/api/documents``: what is in a notebook, added by upload or address, removed. Files are read as on the page: in a
process that may do nothing else; addresses are fetched as there, from public hosts alone."""

from __future__ import annotations

import asyncio
import hashlib
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import UploadFile as Sent
from starlette.responses import JSONResponse, Response

from chatbot.api.answers.jobs import Job
from chatbot.api.guard import MOST_OF_AN_UPLOAD
from chatbot.api.limits import count_upload
from chatbot.api.people import Asker, Caller
from chatbot.api.plain.asking import notebook_of
from chatbot.api.problems import Problem, require_text
from chatbot.api.service import Served, Service
from chatbot.config import Config
from chatbot.errors import StoreMissing
from chatbot.notebooks import Action
from chatbot.store import DocumentRow, Store
from ingest import uploads
from ingest.report import FileResult, IngestReport
from ingest.turns.change import Change
from ingest.turns.parts import upload_in_parts
from ingest.web.fetch import is_address
from ingest.web.pages import ingest_pages

router = APIRouter(prefix="/api/documents", tags=["documents"])

_MOST_FILES = 100
_MOST_WAIT_S = 60.0
_LONGEST_ADDRESS = 20_000  # bytes of JSON
_ENDED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The change, which has ended",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}  # 202: it goes on
Notebook = Annotated[str | None, Query(max_length=300, description="name or id; yours where none is named")]
Wait = Annotated[
    float,
    Query(
        ge=0,
        le=_MOST_WAIT_S,
        description=f"seconds to wait for its end before 202 is answered, {_MOST_WAIT_S:.0f} at most; more is refused with 422",
    ),
]
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=200)]


class DocumentOut(BaseModel):
    document: str
    name: str
    title: str
    status: str
    reason: str
    format: str
    bytes: int
    pages: int
    chunks: int
    indexed_at: str
    address: str | None


class DocumentsOut(BaseModel):
    """``next``: send it as ``after`` for those that follow; null at the end."""

    data: list[DocumentOut]
    next: str | None


class AddressIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"address": "https://example.org/guide"}]}
    )
    address: str = Field(min_length=1, max_length=2_000)
    notebook: str | int | None = None


@router.get("", summary="What is in a notebook, by name")
async def list_documents(
    caller: Asker,
    service: Served,
    notebook: Notebook = None,
    after: Annotated[str, Query(max_length=1_000)] = "",
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> DocumentsOut:
    require_text(after, "after")

    def found() -> DocumentsOut:
        store = _store(service, caller.enter(notebook_of(notebook, caller), Action.INSPECT))
        if store is None:
            return DocumentsOut(data=[], next=None)
        with store.reading() as view:
            rows = view.documents(after=after, most=limit + 1)
        more = rows[limit - 1].uri if len(rows) > limit else None
        return DocumentsOut(data=[_out(row) for row in rows[:limit]], next=more)

    return await service.quick(found)


@router.get("/jobs/{number}", summary="How far a change is")
async def one_job(number: str, caller: Asker, service: Served) -> dict[str, Any]:
    job = service.jobs.job(number, caller.who)
    await service.quick(lambda: caller.check(job.notebook, Action.INSPECT))
    return job.as_json()


@router.get("/{document:path}", summary="One document, and whether it could be read")
async def one_document(
    document: str, caller: Asker, service: Served, notebook: Notebook = None
) -> DocumentOut:
    def found() -> DocumentOut:
        config = caller.enter(notebook_of(notebook, caller), Action.INSPECT)
        return _out(_one(service, config, document))

    return await service.quick(found)


@router.post("", summary="Add files, or a web page by its address", status_code=202, responses=_ENDED, openapi_extra={"requestBody": {"content": {
    "multipart/form-data": {"schema": {"type": "object", "properties": {
        "files": {"type": "array", "items": {"type": "string", "format": "binary"}}, "notebook": {"type": "string"}}}},
    "application/json": {"schema": AddressIn.model_json_schema()},
}}})  # fmt: skip
async def add_documents(
    request: Request, caller: Asker, service: Served, wait: Wait = 30.0, key: Key = None
) -> Response:
    length = int(request.headers.get("content-length", MOST_OF_AN_UPLOAD))  # the guard has looked at it
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        with service.jobs.arriving(length):
            async with request.form(max_files=_MOST_FILES, max_fields=10) as form:
                sent = [one for _, one in form.multi_items() if isinstance(one, Sent)]
                given = [(one.filename or "", await one.read()) for one in sent]
                name = form.get("notebook")
        return await _upload(
            given, name if isinstance(name, str) and name else None, caller, service, wait, key
        )
    if length > _LONGEST_ADDRESS:
        raise Problem(413, "too_large", "files are sent as multipart/form-data; docs/api.md shows how")
    try:
        asked = AddressIn.model_validate_json(await request.body())
    except ValueError:
        message = (
            'send files as multipart/form-data, or {"address": "https://..."} as JSON; docs/api.md shows both'
        )
        raise Problem(422, "invalid_request", message) from None
    return await _fetch(asked, caller, service, wait, key)


@router.delete("/{document:path}", summary="Remove a document", status_code=202, responses=_ENDED)
async def remove_document(
    document: str, caller: Asker, service: Served, notebook: Notebook = None, wait: Wait = 30.0
) -> Response:
    def begun() -> Job:
        number = notebook_of(notebook, caller)
        config = caller.enter(number, Action.REMOVE, document)
        _one(service, config, document)

        def remove(_: Change) -> IngestReport:
            caller.check(number, Action.REMOVE)
            gone = uploads.remove_all(service.chatbot_for(config).store, [document])
            return IngestReport(removed=[FileResult(uri) for uri in gone])

        return service.jobs.begin(Job("remove", caller.who, number), config.store, remove)[0]

    return await _answered(await service.quick(begun), wait=wait)


async def _upload(
    given: list[tuple[str, bytes]],
    notebook: str | None,
    caller: Caller,
    service: Service,
    wait: float,
    key: str | None,
) -> Response:
    names, count = [name for name, _ in given], len(given)
    if not given or not all(name.strip() for name in names) or len(set(names)) < len(names):
        raise Problem(422, "invalid_request", "send at least one file, each under a name of its own", "files")
    digest = hashlib.sha256()
    for name, content in given:
        require_text(name, "files")
        digest.update(hashlib.sha256(name.encode()).digest() + hashlib.sha256(content).digest())
    size = sum(len(content) for _, content in given)

    def begun() -> tuple[Job, bool]:
        number = notebook_of(notebook, caller)
        content = digest.digest() + bytes(str(number), "ascii")
        if known := _known(caller, service, number, key, content):
            return known, True
        config = caller.enter(number, Action.ADD, ", ".join(names))

        # once, and in the thread of the job: the model may have to be loaded
        part = cache(lambda: upload_in_parts(config, service.embedding, given))

        def add(change: Change) -> IngestReport:
            caller.check(number, Action.ADD)  # at each turn: a role may go meanwhile
            return part()(change)

        job = Job("upload", caller.who, number, size)
        return service.jobs.begin(
            job, config.store, add, key or "", content,
            lambda: count_upload(caller, service, number, count, size),
        )  # fmt: skip

    return await _answered(*await service.quick(begun), wait=wait)


async def _fetch(
    asked: AddressIn, caller: Caller, service: Service, wait: float, key: str | None
) -> Response:
    require_text(asked.address, "address")
    if not is_address(asked.address):
        raise Problem(
            422, "invalid_request", "that is no address of a web page; begin it with https://", "address"
        )

    def begun() -> tuple[Job, bool]:
        number = notebook_of(asked.notebook, caller)
        content = hashlib.sha256(f"{number} {asked.address}".encode()).digest()
        if known := _known(caller, service, number, key, content):
            return known, True
        config = caller.enter(number, Action.ADD, asked.address)

        def add(_: Change) -> IngestReport:
            caller.check(number, Action.ADD)
            return ingest_pages(config, [asked.address], embedding=service.embedding)

        return service.jobs.begin(
            Job("web", caller.who, number), config.store, add, key or "", content,
            lambda: count_upload(caller, service, number, 1, 0),
        )  # fmt: skip

    return await _answered(*await service.quick(begun), wait=wait)


def _known(caller: Caller, service: Service, number: int, key: str | None, content: bytes) -> Job | None:
    """What a request with the same key has begun: it counts against no limit again, and is in the log once."""
    caller.check(number, Action.ADD)
    return service.jobs.known(caller.who, key, content)


async def _answered(job: Job, is_replayed: bool = False, wait: float = 0.0) -> Response:
    """The job once it has ended, or 202 as it is after ``wait`` seconds."""
    until = asyncio.get_running_loop().time() + wait
    while not job.is_over.is_set() and asyncio.get_running_loop().time() < until:
        await asyncio.sleep(0.05)
    headers = {"Idempotent-Replayed": "true"} if is_replayed else {}
    if job.error is not None:
        raise job.error
    return JSONResponse(job.as_json(), 200 if job.is_over.is_set() else 202, headers)


def _store(service: Service, config: Config) -> Store | None:
    """The index of a notebook; ``None`` where nothing is in it yet."""
    try:
        return service.chatbot_for(config).store
    except StoreMissing:
        return None


def _one(service: Service, config: Config, document: str) -> DocumentRow:
    store = _store(service, config)
    if store is not None:
        with store.reading() as view:
            if (row := view.document(document)) is not None:
                return row
    raise Problem(404, "document_not_found", f"no document {document!r}; see: GET /api/documents")


def _out(row: DocumentRow) -> DocumentOut:
    return DocumentOut(
        document=row.uri, name=row.name, title=row.title, status=row.status, reason=str(row.reason), format=row.format,
        bytes=row.bytes, pages=row.pages, chunks=row.chunks, indexed_at=row.indexed_at, address=row.address or None,
    )  # fmt: skip
