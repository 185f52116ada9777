"""The documents of the index as rows: read once per change, found by words, sorted, counted."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Literal
from weakref import WeakKeyDictionary

from chatbot.engine import Chatbot
from chatbot.rendering.safe import as_label
from chatbot.rendering.words import Say
from chatbot.store import Store
from chatbot.store.records import DocumentRow
from chatbot.text.hidden import HiddenText
from chatbot.ui.documents.amounts import counted, shortened

Order = Literal["name", "newest", "size", "pages", "chunks"]
Status = Literal["indexed", "partial", "refused"]
STATUSES: tuple[Status, ...] = ("indexed", "partial", "refused")
_BESIDE_FOLDER = 26  # columns of a name and of the folder beside it


def documents_of(chatbot: Chatbot | None) -> list[DocumentRow]:
    """All documents by uri; read anew only after the index has changed: 10,000 of them take 0.1 s."""
    if chatbot is None:
        return []
    store = chatbot.store
    sequence, rows = _known.get(store, (-1, []))
    if sequence != (now := store.sequence()):
        with store.reading() as view:
            rows = view.documents()
        _known[store] = (now, rows)
    return rows


def hidden_texts(chatbot: Chatbot, rows: Sequence[DocumentRow]) -> dict[str, tuple[HiddenText, ...]]:
    """What the files of ``rows`` hide from their readers, by uri; only of those that hide something."""
    wanted = [row.uri for row in rows if row.hidden_words]
    if not wanted:
        return {}
    with chatbot.store.reading() as view:
        return {uri: view.hidden_text(uri) for uri in wanted}


def find_rows(
    rows: Sequence[DocumentRow], wanted: str, status: Status | None, order: Order, upside_down: bool
) -> list[DocumentRow]:
    """The documents with all words of ``wanted`` in their name, folder, title or type, in order."""
    words = unicodedata.normalize("NFC", wanted).casefold().split()
    kept = [row for row in rows if status is None or row.status == status]
    if words:
        kept = [row for row in kept if _has_all(row, words)]
    if order == "name":
        kept.sort(key=lambda row: (row.name.casefold(), row.uri))
    elif order == "newest":
        kept.sort(key=lambda row: row.indexed_at, reverse=True)
    else:
        kept.sort(key=lambda row: -_amount(row, order))
    return kept[::-1] if upside_down else kept


def names_apart(rows: Sequence[DocumentRow]) -> dict[str, str]:
    """What each document is called where names stand alone, by its uri: no two are called the same.

    A long name is cut in its middle. Documents that would be called the same have their folder beside their name, or all
    of their uri where that is the same too.
    """
    ways: tuple[Callable[[DocumentRow], str], ...] = (
        lambda row: shortened(as_label(row.name)),
        lambda row: " · ".join(
            shortened(as_label(part), _BESIDE_FOLDER) for part in (row.name, row.uri.rpartition("/")[0])
        ),
        lambda row: as_label(row.uri),
    )
    called: dict[str, str] = {}
    for way in ways:
        names = {row.uri: way(row) for row in rows if row.uri not in called}
        often = Counter([*called.values(), *names.values()])
        called |= {uri: name for uri, name in names.items() if often[name] == 1}
    return {row.uri: called.get(row.uri, row.uri) for row in rows}


def summary(rows: Sequence[DocumentRow], say: Say) -> str:
    """ "5 documents · 120 passages · 2 refused": documents are those that can be searched."""
    searchable = sum(1 for row in rows if row.status != "refused")
    refused = len(rows) - searchable
    parts = [
        counted(say, "one_document", "more_documents", searchable),
        counted(say, "one_chunk", "more_chunks", sum(row.chunks for row in rows)),
    ]
    if refused:
        parts.append(counted(say, "one_refused", "more_refused", refused))
    return " · ".join(parts)


def _has_all(row: DocumentRow, words: Sequence[str]) -> bool:
    text = f"{row.uri}\n{row.title}\n{row.format}".casefold()
    return all(word in text for word in words)


def _amount(row: DocumentRow, order: Order) -> int:
    return {"size": row.bytes, "pages": row.pages, "chunks": row.chunks}[order]


_known: WeakKeyDictionary[Store, tuple[int, list[DocumentRow]]] = WeakKeyDictionary()
