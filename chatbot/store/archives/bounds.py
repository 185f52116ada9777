"""How much an imported file may hold, and the error for one that holds more or something else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NoReturn

from chatbot.errors import Phrase


class RefusedArchive(Exception):
    """Why a file is not imported, as a phrase; ``restore`` makes one sentence of it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Bounds:
    """Numbers far above what an honest export has, and far below what would hurt this machine.

    Attributes:
        ratio: bytes that one packed byte may become, beyond ``free_ratio`` bytes; DEFLATE makes up to 1,032. Texts of
            an index pack to a third, vectors hardly; a log that somebody uploaded may pack to a fortieth.
        directory: bytes of the table of contents, and of the manifest: 50,000 uploads.
        database, upload, total: bytes of ``rag.db``, of one upload and of all together, unpacked.
        documents, chunks, roots: rows.
        text: characters of one document; ingest keeps 20,000,000 of a file.
        dimension: numbers in a vector.
    """

    ratio: int = 100
    free_ratio: int = 16 * 2**20
    directory: int = 8 * 2**20
    database: int = 64 * 2**30
    upload: int = 512 * 2**20
    total: int = 128 * 2**30
    documents: int = 1_000_000
    chunks: int = 10_000_000
    roots: int = 1_000
    text: int = 25_000_000
    dimension: int = 8_192


BOUNDS = Bounds()

Table = Literal["document", "chunk", "root", "token_vectors", "meta"]
Check = Callable[[Any], Any]


def foreign(what: str) -> NoReturn:
    """Something that no export of this program holds, as a phrase."""
    raise RefusedArchive(Phrase("it holds {what}, which no export has; export the index again", what=what))


def too_much(what: str, most: int) -> NoReturn:
    """More of something, a phrase, than is taken."""
    raise RefusedArchive(
        Phrase(
            "it holds more than {most} {what}; import only files that you know", what=what, most=f"{most:,}"
        )
    )
