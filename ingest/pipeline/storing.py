"""One document into the index, where several runs may be at it: an older reading never replaces a newer one.

A plan notes what the index had of each file, and a file is stored in place of that alone. Where another run has come
between, the file decides: it is looked at again, and only what it holds now is stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from chatbot.store import DocumentRow, NewChunk, NewDocument, Store, Writer
from chatbot.store.records import Vectors, is_kept
from ingest.pipeline.account import Account
from ingest.pipeline.prepared import Prepared
from ingest.sandbox.opened import digest_of
from ingest.sync import FileTask

if TYPE_CHECKING:
    from chatbot.reranking.kept import Codes

_Stored = Literal["stored", "same", "overtaken"]


def store_prepared(
    store: Store,
    writer: Writer,
    prepared: Prepared,
    vectors: Vectors,
    codes: Sequence[Codes],
    account: Account,
) -> None:
    """Commit ``prepared``, and note in ``account`` what became of it.

    Args:
        vectors, codes: of its chunks, in their order.
    """
    task, document, chunks = prepared.task, prepared.document, prepared.chunks
    by_hash = {
        chunk.text_hash: code
        for chunk, code in zip(chunks, codes, strict=True)
        if chunk.text_hash is not None and code is not None
    }
    if task is None:
        writer.replace(document, chunks, vectors, by_hash)
    elif (
        became := _store_unless_overtaken(store, writer, task, document, chunks, vectors, by_hash)
    ) != "stored":
        account.stored_by_other_run(task.uri, is_same=became == "same")
        return
    account.stored(document, len(chunks))


def _store_unless_overtaken(
    store: Store,
    writer: Writer,
    task: FileTask,
    document: NewDocument,
    chunks: Sequence[NewChunk],
    vectors: Vectors,
    codes: Mapping[bytes, bytes],
) -> _Stored:
    """Commit what was read of ``task``.

    Returns:
        ``stored``; ``same`` where another run has stored the same meanwhile; ``overtaken`` where it has stored, or
        removed, something else and this reading is no longer what the file holds. Of an upload or a web page nobody
        can say which is newer: the first one stays.
    """
    seen = task.seen
    while not writer.replace(document, chunks, vectors, codes, seen):
        row = row_of(store, task.uri)
        if row is not None and (row.sha256, row.made_by) == (document.sha256, document.made_by):
            return "same"
        if is_kept(task.uri) or not _is_as_read(task):
            return "overtaken"
        seen = None if row is None else row.sha256
    return "stored"


def row_of(store: Store, uri: str) -> DocumentRow | None:
    """What the index has under ``uri`` now."""
    with store.reading() as view:
        return view.document(uri)


def _is_as_read(task: FileTask) -> bool:
    try:
        return digest_of(task.real)[0] == task.sha256
    except OSError:
        return False
