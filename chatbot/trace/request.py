"""What is asked: the turns before it, what the question asks for, and what a model is sent of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange of the conversation; ``documents``: those that its answer cited, the first one first."""

    question: str
    answer: str
    documents: tuple[str, ...] = ()


RequestKind = Literal[
    "look_up", "talk", "library", "whole_document", "compare", "collect", "several", "table"
]


@dataclass(frozen=True, slots=True)
class Request:
    """What a question asks for (``chatbot.answering.requests``).

    Attributes:
        kind: ``look_up``: a passage that answers, found by search; ``talk``: a greeting, thanks, what this program is;
            ``library``: which documents there are; ``whole_document``: a summary or an outline; ``compare``:
            what its sides say; ``collect``: everything that is found; ``several``: more than one question; ``table``:
            computed from rows. The last four are looked up where their rules or tables do not explain the question.
        topic: which of its kind, as "greeting" or "newest"; of a comparison what is compared.
        documents: uris that it is about; empty where none is named.
        decided_by: the program's rules, the language model where they were unsure, or the person who chose another kind.
        parts: the sides of a comparison, the questions, or what is collected; each is searched apart.
    """

    kind: RequestKind = "look_up"
    topic: str = ""
    documents: tuple[str, ...] = ()
    decided_by: Literal["rules", "model", "person"] = "rules"
    parts: tuple[str, ...] = ()


LOOK_UP = Request()
IN_PARTS: tuple[RequestKind, ...] = ("compare", "collect", "several")  # kinds whose parts are searched apart
CALCULATED = "calculated"  # who wrote an answer that was computed from a table


@dataclass(frozen=True, slots=True)
class Message:
    """One part of what is sent to a model, word for word."""

    role: Literal["system", "user", "assistant"]
    text: str
