"""What a question is taken for because a person says so, on the page or with ``ask --as``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chatbot.answering.requests.document_names import Documents, spoken_of
from chatbot.answering.requests.openers import without_opener
from chatbot.answering.requests.recognise import in_parts
from chatbot.trace import IN_PARTS, Request, RequestKind, Turn

CHOICES: dict[str, tuple[RequestKind, str]] = {
    # as a person says it: kind, topic
    "look-up": ("look_up", ""),
    "summary": ("whole_document", "summary"),
    "outline": ("whole_document", "outline"),
    "key-points": ("whole_document", "key_points"),
    "about": ("whole_document", "about"),
    "library": ("library", "list"),
    "table": ("table", ""),
    "comparison": ("compare", ""),
    "collection": ("collect", ""),
    "several": ("several", ""),
}


def as_chosen(chosen: str, question: str, documents: Documents, history: Sequence[Turn] = ()) -> Request:
    """The request; of a whole document, or of tables, the one that ``question`` names, or points at. Arguments as for ``recognise``."""
    kind, topic = CHOICES[chosen]
    if kind in IN_PARTS:
        return replace(in_parts(kind, without_opener(question)), decided_by="person")
    about = spoken_of(question, documents(), history) if kind in ("whole_document", "table") else ()
    return Request(kind, topic, about, "person")
