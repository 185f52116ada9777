"""``add_document``: a text, a file's bytes, a web page, or a file of this machine into a notebook.

A web page goes through ``ingest.web``, which fetches from public addresses only. A path is read only where the server
was started with the folder it lies in: never over HTTP.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import stat
from pathlib import Path

from chatbot.api.limits import count_upload
from chatbot.config import Config
from chatbot.engine import Chatbot
from chatbot.errors import ChatbotError, NotAllowed, StoreMissing
from chatbot.mcp_server.addresses import address_of
from chatbot.mcp_server.arguments import MOST_ADDED, AddArguments
from chatbot.mcp_server.results import Added
from chatbot.mcp_server.tools import Reply
from chatbot.mcp_server.working import Call
from chatbot.notebooks import Action
from ingest.report import FileResult, IngestReport, Progress
from ingest.turns.change import Change
from ingest.uploads import plain_path, upload, uri_of
from ingest.web.fetch import is_address
from ingest.web.pages import ingest_pages
from ingest.web.pages import uri_of as uri_of_page

_TEXTS = (
    ".md",
    ".markdown",
    ".txt",
    ".rst",
    ".csv",
    ".tsv",
    ".html",
    ".htm",
    ".json",
    ".xml",
    ".yaml",
    ".yml",
)


def add_document(call: Call, given: AddArguments) -> Reply:
    """Raises ``ChatbotError`` where it may not be added, or could not be read at all."""
    adding = call.visit.adding
    if not adding.allowed:
        raise NotAllowed("this server does not add documents; start it with: secondlook mcp --allow-adding")
    if given.address is not None and not is_address(given.address):
        raise ChatbotError(
            "{address} is no address of a web page; begin it with https://", address=repr(given.address)
        )
    name, content = ("", b"") if given.address is not None else _content(given, adding.folders)
    detail = given.address or name
    number, config = call.visit.enter(given.notebook, Action.ADD, detail)
    count_upload(call.visit.caller, call.visit.service, number, 1, len(content))
    document = uri_of_page(given.address) if given.address is not None else uri_of(name)
    chatbot = _existing(call, config)
    if given.address is None and not given.replace:
        _require_new(chatbot, document, content)

    def tell(progress: Progress) -> None:
        call.tell(f"reading {progress.current}" if progress.current else "reading")

    embedding = chatbot.embedding if chatbot is not None else None

    def stopped() -> bool:
        return call.stop.is_set

    def add(change: Change) -> IngestReport:
        call.visit.caller.check(number, Action.ADD)  # it may have waited for its turn
        if given.address is not None:
            return ingest_pages(config, [given.address], tell, embedding, stopped)
        return upload(config, {name: content}, tell, embedding, stopped, change.parser, change.company)

    turns = Change(1, config.store, add, call.visit.caller.who, with_parser=given.address is None)
    return _reply(number, document, turns.carry_out())


def _content(given: AddArguments, folders: tuple[Path, ...]) -> tuple[str, bytes]:
    """The name and the bytes of what is not fetched."""
    if given.path is not None:
        return _read(given.path, folders, given.name)
    name = plain_path(given.name or "")
    if given.text is not None:
        if not name.lower().endswith(_TEXTS):
            raise ChatbotError(
                "the name {name} is not that of a text; end it with .md or .txt, or send the bytes as base64",
                name=repr(name),
            )
        content = given.text.encode("utf-8", "surrogatepass")
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            raise ChatbotError("the text is not valid; send it without halves of characters") from None
    else:
        try:
            content = base64.b64decode(given.base64 or "", validate=True)
        except (binascii.Error, ValueError):
            raise ChatbotError("that is no base64; send the bytes of the file in standard base64") from None
    if not content.strip():
        raise ChatbotError("the document is empty; send its content")
    if len(content) > MOST_ADDED:
        raise ChatbotError(
            "the document has {size} bytes, and {most} may be sent at once; add it with: secondlook ingest FILE",
            size=f"{len(content):,}", most=f"{MOST_ADDED:,}",
        )  # fmt: skip
    return name, content


def _read(path: str, folders: tuple[Path, ...], name: str | None) -> tuple[str, bytes]:
    """A regular file that really lies in one of ``folders``; whether any other one exists is not said."""
    if not folders:
        raise NotAllowed(
            "files of this machine are not read by this server; send the content, or start it with --folder DIR"
        )
    real = Path(os.path.realpath(Path(path).expanduser()))
    inside = any(real.is_relative_to(os.path.realpath(folder)) for folder in folders)
    if not inside or any(part.startswith(".") for part in _below(real, folders)):
        raise NotAllowed(
            "{path} is in no folder that this server was started with; see: --folder", path=repr(path)
        )
    try:
        if not stat.S_ISREG(real.stat().st_mode):
            raise ChatbotError("{path} is no file; name one", path=repr(path))
        if real.stat().st_size > MOST_ADDED:
            raise ChatbotError(
                "{path} is too large to be added here; add it with: secondlook ingest", path=repr(path)
            )
        return plain_path(name or real.name), real.read_bytes()
    except OSError as error:
        raise ChatbotError(
            "{path} cannot be read ({error}); check its name", path=repr(path), error=error.strerror or error
        ) from error


def _below(real: Path, folders: tuple[Path, ...]) -> tuple[str, ...]:
    """The path within its folder: nothing hidden is added, keys and settings lie there."""
    for folder in folders:
        top = os.path.realpath(folder)
        if real.is_relative_to(top):
            return real.relative_to(top).parts
    return ()


def _existing(call: Call, config: Config) -> Chatbot | None:
    """The chatbot over the notebook; ``None`` where nothing is in it yet."""
    try:
        return call.visit.service.chatbot_for(config)
    except StoreMissing:
        return None


def _require_new(chatbot: Chatbot | None, document: str, content: bytes) -> None:
    """Raise where a document of that name holds something else."""
    if chatbot is None:
        return
    with chatbot.store.reading() as view:
        row = view.document(document)
    if row is not None and row.sha256 != hashlib.sha256(content).hexdigest():
        raise ChatbotError(
            "there is another document {name}; choose another name, or send replace: true",
            name=repr(document),
        )


def _reply(number: int, document: str, report: IngestReport) -> Reply:
    if not_added := [*report.refused, *report.overtaken]:
        raise ChatbotError("it was not added: {reason}", reason=not_added[0].reason)
    outcomes: dict[str, list[FileResult]] = {
        "indexed": report.indexed, "partial": report.partial, "renamed": report.renamed, "unchanged": report.unchanged,
    }  # fmt: skip
    for outcome, results in outcomes.items():
        for result in results:
            content = Added.model_validate({
                "notebook": number, "document": result.path or document, "outcome": outcome, "reason": result.reason,
                "passages": result.chunks, "resource": address_of(number, result.path or document),
            })  # fmt: skip
            reason = f", but {result.reason}" if result.reason else ""
            return Reply(content, f"{content.document}: {outcome}{reason}; {result.chunks} passages.")
    raise ChatbotError("it was not added, because it was stopped; add it again")
