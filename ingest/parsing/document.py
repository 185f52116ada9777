"""A parsed document: one text, and marks that point into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from chatbot.errors import Missing
from chatbot.text.hidden import HiddenText

BlockKind = Literal["heading", "paragraph", "table", "code"]


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch ``text[start:end]`` that reads as one thing. Blocks are in order and never overlap.

    ``level`` is 1-6 for a heading and 0 otherwise. A table's first line is its header row.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """Page, slide or sheet ``number`` (from 1) covers ``text[start:end]``; ``label`` names it (a sheet's name) or is empty."""

    number: int
    start: int
    end: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """The whole stored text of one file with its structure.

    Attributes:
        text: what is stored, exactly; every span of every chunk points into it.
        blocks: headings, paragraphs, tables and code in reading order (whitespace between them belongs to none).
        pages: empty for formats without pages.
        title: the document's own title, else empty.
        format: ``pdf``, ``docx``, ``pptx``, ``xlsx``, ``csv``, ``html``, ``markdown``, ``text``, ``json``, ``eml``, ``epub``...
        partial: why part of the file could not be read, else empty (the file counts as "partial").
        missing: what would make the rest readable (``chatbot.errors.Missing``).
        hidden: the first ``MAX_HIDDEN`` characters of what the file hides from its readers; no part of ``text``.
        hidden_words: how many words that is, those beyond the limit too.
    """

    text: str
    blocks: tuple[Block, ...]
    pages: tuple[Page, ...] = ()
    title: str = ""
    format: str = "text"
    partial: str = ""
    missing: Missing = ""
    hidden: tuple[HiddenText, ...] = ()
    hidden_words: int = 0
