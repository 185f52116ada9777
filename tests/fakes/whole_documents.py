"""Documents of a few passages with headings and vectors, for answers about whole documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from chatbot.answering.whole_document.reading import WholeDocument
from chatbot.answering.writer import Evidence, Writing
from chatbot.errors import LLMError
from chatbot.store import NewChunk, NewDocument, Store, StoreIdentity
from chatbot.store.sqlite.store import SqliteStore
from chatbot.text.keywords import analyse
from chatbot.trace import Candidate, Message, Turn

Passage = tuple[str, tuple[str, ...], int | None]  # text, headings, page


def whole(
    *passages: Passage,
    vectors: Sequence[Sequence[float]] | None = None,
    name: str = "Guide",
    first_id: int = 1,
) -> WholeDocument:
    """A document of these passages, an empty line between two of them."""
    candidates, start = [], 0
    for number, (text, heading, page) in enumerate(passages, first_id):
        span = (start, start + len(text))
        candidates.append(Candidate(number, "data/guide.md", text, span, page=page, heading=heading))
        start = span[1] + 2
    given = None if vectors is None else np.array(vectors, np.float32)
    return WholeDocument("data/guide.md", name, tuple(candidates), given, len(passages), len(passages))


def store_of(folder: Path, documents: Mapping[str, Sequence[Passage]], refused: str = "") -> Store:
    """An index of these documents; the vectors of all passages are alike.

    Args:
        refused: uri of one more, which is locked.
    """
    store = SqliteStore.create(folder, StoreIdentity("test", "test"), 2)
    with store.writing() as writer:
        for uri, passages in documents.items():
            chunks, start = [], 0
            for text, heading, page in passages:
                chunks.append(NewChunk(text, start, start + len(text), page, heading, analyse(text)))
                start += len(text) + 2
            whole_text = "\n\n".join(text for text, _, _ in passages)
            row = NewDocument(
                uri, Path(uri), f"sha of {whole_text}", "test", len(whole_text), text=whole_text, title=uri
            )
            writer.replace(row, chunks, np.tile(np.array([[1, 0]], np.float32), (len(chunks), 1)))
        if refused:
            locked = NewDocument(refused, Path(refused), "locked", "test", 1, "refused", "it is locked")
            writer.replace(locked, [], np.empty((0, 2), np.float32))
    return store


class Teller:
    """A ``SectionWriter`` that answers each call with the next of ``replies``; an error is raised in its place.

    Attributes:
        asked: the evidence of every call. ``window``: passages that fit.
    """

    label, remote = "teller", False

    def __init__(self, *replies: str | LLMError | Sequence[str | LLMError], window: int = 100) -> None:
        self.replies, self.window = list(replies), window
        self.asked: list[Evidence] = []
        self.closed = 0

    def fits(self, evidence: Evidence) -> bool:
        return len(evidence.sources) <= self.window

    def write(self, evidence: Evidence) -> Writing:
        self.asked.append(evidence)
        reply = self.replies.pop(0)

        def begin(writing: Writing) -> Iterator[str]:
            writing.prompt = (Message("user", evidence.question),)
            try:
                for piece in [reply] if isinstance(reply, str | LLMError) else reply:
                    if isinstance(piece, LLMError):
                        raise piece
                    yield piece
            finally:
                self.closed += 1

        return Writing(begin)  # type: ignore[arg-type]

    def condense(self, question: str, history: Sequence[Turn]) -> str:
        raise AssertionError("a question about a whole document is not condensed")
