"""Documents -> chunks: ``split(document, config)``.

Every chunk is an exact stretch of the stored text: ``document.text[start:end] == chunk.text``. Two kinds:
``structure`` (structure.py), made for retrieval, and ``recursive`` (recursive.py), the tutorial's.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from chatbot.config import SplitterConfig
from ingest.parsing.document import ParsedDocument
from ingest.splitting.recursive import recursive_spans
from ingest.splitting.spans import PageFinder, TableHeaders
from ingest.splitting.structure import sections_of, structure_spans

ALGORITHM = 2  # raise it whenever the same text would give other chunks


@dataclass(frozen=True, slots=True)
class Chunk:
    """``document.text[start:end] == text``, without outer whitespace and never empty.

    ``page`` holds the first character (``None`` without pages); ``heading`` is the path of the headings
    above it, outermost first; ``header`` is the header row of the table that it continues, or empty.
    """

    text: str
    start: int
    end: int
    page: int | None
    heading: tuple[str, ...]
    header: str = ""


def split(document: ParsedDocument, config: SplitterConfig) -> list[Chunk]:
    """The chunks of ``document`` in order; together they hold every non-space character.

    No chunk is longer than ``config.chunk_size`` characters.
    """
    text = document.text
    sections = list(sections_of(document))
    if config.kind == "recursive":
        starts = [section.start for section in sections]
        located = [
            (span, sections[max(0, bisect_right(starts, span[0]) - 1)].heading)
            for span in recursive_spans(text, config.chunk_size, config.chunk_overlap)
        ]
    else:
        located = list(structure_spans(document, sections, config))
    pages = PageFinder(document.pages)
    headers = TableHeaders(document)
    return [Chunk(text[a:b], a, b, pages.number(a), heading, headers.above(a)) for (a, b), heading in located]


def splitter_fingerprint(config: SplitterConfig) -> str:
    """Names everything that decides the chunks of a text; kept with the index."""
    return f"{config.kind}-v{ALGORITHM} size={config.chunk_size} overlap={config.chunk_overlap}"
