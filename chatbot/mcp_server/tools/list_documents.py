"""``list_documents`` and ``list_notebooks``: what there is, page by page."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from chatbot.errors import DocumentMissing
from chatbot.mcp_server.addresses import address_of
from chatbot.mcp_server.arguments import ListArguments, NotebooksArguments
from chatbot.mcp_server.instructions import MATERIAL
from chatbot.mcp_server.results import DocumentOut, Documents, NotebookOut, Notebooks
from chatbot.mcp_server.tools import Reply
from chatbot.mcp_server.working import Call
from chatbot.notebooks import Action
from chatbot.store import DocumentName, DocumentRow, Store
from chatbot.text.invisible import clean_line


def list_documents(call: Call, given: ListArguments) -> Reply:
    """Raises ``ChatbotError``; ``DocumentMissing`` for a folder that is not there."""
    number, config = call.visit.enter(given.notebook, Action.INSPECT)
    store: Store = call.visit.service.chatbot_for(config).store
    with store.reading() as view:
        names = _named(view.document_names([given.folder] if given.folder else []), given.contains)
        after = [name for name in names if given.cursor is None or name.uri > given.cursor]
        shown = after[: given.limit]
        rows = [row for name in shown if (row := view.document(name.uri)) is not None]
    content = Documents(
        notebook=number,
        total=len(names),
        documents=[document_out(number, row) for row in rows],
        next_cursor=shown[-1].uri if len(after) > len(shown) else None,
    )
    return Reply(content, _text(content))


def _named(names: Sequence[DocumentName], part: str | None) -> list[DocumentName]:
    if part is None or not part.strip():
        return list(names)
    wanted = unicodedata.normalize("NFC", part).casefold().strip()
    found = [name for name in names if wanted in name.uri.casefold() or wanted in name.title.casefold()]
    if not found:
        raise DocumentMissing(
            "no document has {part} in its name or title; search for it, or list all of them", part=repr(part)
        )
    return found


def document_out(notebook: int, row: DocumentRow) -> DocumentOut:
    return DocumentOut(
        document=row.uri,
        name=row.name,
        title=clean_line(row.title),
        format=row.format,
        status=row.status,
        reason=row.reason,
        pages=row.pages,
        passages=row.chunks,
        bytes=row.bytes,
        address=row.address or None,
        indexed_at=row.indexed_at,
        resource=address_of(notebook, row.uri),
    )


def _text(content: Documents) -> str:
    if not content.documents:
        return "There are no documents here yet; add one with: secondlook ingest FOLDER"
    lines = [f"{len(content.documents)} of {content.total} documents. {MATERIAL}"]
    for row in content.documents:
        facts = [row.format, f"{row.pages} pages" if row.pages else "", f"{row.passages} passages"]
        state = f" {row.status}: {row.reason}" if row.reason else ""
        title = f" “{row.title}”" if row.title and row.title != row.name else ""
        lines.append(clean_line(f"- {row.document}{title} ({', '.join(filter(None, facts))}){state}"))
    if content.next_cursor is not None:
        lines.append(f"There are more: call it again with cursor {content.next_cursor!r}.")
    return "\n".join(lines)


def list_notebooks(call: Call, _: NotebooksArguments) -> Reply:
    """Those that the caller may see."""
    caller, only = call.visit.caller, call.visit.only
    rows = [row for row in caller.notebooks() if only in (None, row.id)]
    may_ask = {row.id for row in rows if caller.may(row.id, Action.ASK)}
    default = call.visit.notebook(None, Action.ASK) if may_ask else None
    may_add = call.visit.adding.allowed
    content = Notebooks(
        notebooks=[
            NotebookOut(
                number=row.id, name=row.called, is_default=row.id == default, may_ask=row.id in may_ask,
                may_add=may_add and caller.may(row.id, Action.ADD),
            )
            for row in rows
        ]
    )  # fmt: skip
    lines = [
        clean_line(
            f"- #{one.number} {one.name}{' (the one that is meant if none is named)' if one.is_default else ''}"
        )
        for one in content.notebooks
    ]
    return Reply(
        content, "\n".join(lines) or "There is no notebook that you may see; ask an owner to share one."
    )
