"""``read_source``: a passage with what stands around it in its document, or a document from a page on."""

from __future__ import annotations

from collections.abc import Sequence

from chatbot.errors import DocumentMissing, NotebookMissing
from chatbot.mcp_server.addresses import address_of
from chatbot.mcp_server.arguments import ReadArguments
from chatbot.mcp_server.material import Fence
from chatbot.mcp_server.results import Reading
from chatbot.mcp_server.tools import Reply
from chatbot.mcp_server.working import Call
from chatbot.notebooks import Action
from chatbot.notebooks.together import chunk_in_notebook, notebook_of_chunk
from chatbot.store import ChunkRow, Store, View
from chatbot.store.records import name_of
from chatbot.text.invisible import clean_line, without_invisible

_MOST = 40_000  # characters on one side of the passage, and of the passage: what a model reads at once


def read_source(call: Call, given: ReadArguments) -> Reply:
    """Raises ``ChatbotError``; ``DocumentMissing`` where the passage or document is not there (any more)."""
    given, first = _in_its_notebook(call, given)
    number, config = call.visit.enter(given.notebook, Action.INSPECT)
    store: Store = call.visit.service.chatbot_for(config).store
    with store.reading() as view:
        chunk = _chunk(view, given)
        near = view.chunks_around(chunk.id, given.before + 1, given.after + 1)
        at = next(place for place, row in enumerate(near) if row.id == chunk.id)
        shown = near[max(at - given.before, 0) : at + given.after + 1]
        start, end = shown[0].start, max(row.end for row in shown)
        before = view.text_between(chunk.document, max(start, chunk.start - _MOST), chunk.start)
        after = view.text_between(chunk.document, chunk.end, min(end, chunk.end + _MOST))
        row = view.document(chunk.document)
    content = Reading(
        notebook=number,
        document=chunk.document,
        name=name_of(chunk.document),
        address=row.address or None if row is not None else None,
        page=chunk.page,
        heading=list(chunk.heading),
        before=without_invisible(before),
        passage=without_invisible(chunk.text[:_MOST]),
        after=without_invisible(after),
        first_passage=shown[0].id + first,
        last_passage=shown[-1].id + first,
        more_before=at > given.before,
        more_after=len(near) > at + given.after + 1,
        resource=address_of(number, chunk.document),
    )
    return Reply(content, _text(content))


def _in_its_notebook(call: Call, given: ReadArguments) -> tuple[ReadArguments, int]:
    """What is asked of one notebook, and what its ids are more in an answer from several: such an id names its notebook."""
    number = notebook_of_chunk(given.passage or 0)
    if given.passage is None or not number:
        return given, 0
    try:
        meant = {
            call.visit.notebook(name, Action.INSPECT)
            for name in (given.notebook, f"#{number}")
            if name is not None
        }
    except NotebookMissing:
        raise _missing(given.passage) from None
    if meant != {number}:
        raise _missing(given.passage)
    own = chunk_in_notebook(given.passage)
    asked = given.model_copy(update={"passage": own, "notebook": f"#{number}"})
    return asked, given.passage - own


def _missing(passage: int) -> DocumentMissing:
    return DocumentMissing(
        "there is no passage {number} any more, because its document was indexed anew or removed; search again",
        number=passage,
    )


def _chunk(view: View, given: ReadArguments) -> ChunkRow:
    if given.passage is not None:
        if (found := view.chunks([given.passage]).get(given.passage)) is not None:
            return found
        raise _missing(given.passage)
    chunks = _of_page(view.chunks_of(given.document or ""), given.page)
    if not chunks:
        raise DocumentMissing(
            "no document {name} with text on that page; see: list_documents", name=repr(given.document)
        )
    return chunks[0]


def _of_page(chunks: Sequence[ChunkRow], page: int | None) -> Sequence[ChunkRow]:
    """From the page on; a passage that began before it and reaches into it counts as the page's."""
    if page is None:
        return chunks
    later = [place for place, chunk in enumerate(chunks) if chunk.page is not None and chunk.page >= page]
    return chunks[later[0] :] if later else []


def _text(content: Reading) -> str:
    fence = Fence()
    page = f", page {content.page}" if content.page is not None else ""
    title = f"{content.document}{page}: passages {content.first_passage} to {content.last_passage}."
    more = [
        name
        for name, is_there in (("before", content.more_before), ("after", content.more_after))
        if is_there
    ]
    rest = f" The document goes on {' and '.join(more)}." if more else " That is the whole document."
    parts = [clean_line(title) + rest, fence.note]
    for label, text in (("before", content.before), ("passage", content.passage), ("after", content.after)):
        if text.strip():
            parts.append(fence.around(text, f"{label} of {content.document}"))
    return "\n\n".join(parts)
