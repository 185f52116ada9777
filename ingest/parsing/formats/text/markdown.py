"""Markdown: the text stays as it is written; markdown-it-py says which lines are headings, tables and code.

What no reader of the page sees is taken out first, and HTML in it is written as Markdown: see ``markdown_html``.
"""

from __future__ import annotations

import re
from itertools import accumulate
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from chatbot.errors import DocumentRefused
from chatbot.text.tables import cells_of, is_rule
from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.document import Block, BlockKind, ParsedDocument
from ingest.parsing.formats.text.markdown_html import HiddenPieces, shown_markdown
from ingest.parsing.formats.text.plain_text import read_text, text_blocks

_FRONT_MATTER = re.compile(r"---[ \t]*\n(?:.*\n)*?(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_FRONT_TITLE = re.compile(r"^title:[ \t]*(.+)$", re.M)
_FENCE = re.compile(r"\s{0,3}(?:```|~~~)")
_MAX_MARKED = 4_000_000
_KINDS: dict[str, BlockKind] = {
    "heading_open": "heading",
    "table_open": "table",
    "fence": "code",
    "code_block": "code",
}


def parse(path: Path) -> ParsedDocument:
    text, partial = read_text(path)
    return parse_markdown(text, partial)


def parse_markdown(text: str, partial: str = "") -> ParsedDocument:
    """Marks ``text``, which must have ``\\n`` newlines only."""
    hidden = HiddenPieces()
    text = shown_markdown(text, hidden)
    blocks = markdown_blocks(text)
    if not blocks:
        hidden.refuse_if_any()
        raise DocumentRefused("There is no text in this file. Nothing to index; remove it or replace it.")
    return ParsedDocument(
        text,
        tuple(blocks),
        title=_title(text, blocks),
        format="markdown",
        partial=partial,
        hidden=tuple(hidden.pieces),
        hidden_words=hidden.words,
    )


def add_markdown(builder: DocumentBuilder, text: str) -> None:
    """Adds ``text`` to a document of several parts, a notebook say."""
    hidden = HiddenPieces()
    text = shown_markdown(text, hidden)
    for piece in hidden.pieces:
        builder.hidden(piece.text, piece.how)
    for block in markdown_blocks(text):
        written = text[block.start : block.end]
        if block.kind == "heading":
            builder.heading(written.split("\n")[0].strip("# \t"), block.level)
        elif block.kind == "table":
            rows = [cells_of(line) for line in written.split("\n") if not is_rule(line)]
            builder.table(rows, "header")
        elif block.kind == "code":
            builder.code("\n".join(line for line in written.split("\n") if not _FENCE.match(line)))
        else:
            builder.paragraph(written)


def markdown_blocks(text: str) -> list[Block]:
    """Blocks that cover every character that is not white space, front matter included (as code)."""
    front = _FRONT_MATTER.match(text)
    offset = front.end() if front else 0
    # the parser takes a kilobyte and 40 microseconds for each paragraph: what is beyond is marked as plain text
    cut = text.find("\n\n", offset + _MAX_MARKED)
    marked = len(text) if cut < 0 else cut + 1
    body = text[offset:marked]
    # where each line starts; the last entry is the end of the text
    starts = [offset, *accumulate((len(line) + 1 for line in body.split("\n")), initial=offset)][1:]
    starts[-1] = marked
    blocks: list[Block] = []
    if front:
        blocks += _trimmed(text, "code", 0, offset)
    position = offset
    for kind, level, first, last in _line_ranges(body):
        start, end = starts[first], starts[min(last, len(starts) - 1)]
        # link definitions give no token: what lies between two blocks is a paragraph too
        blocks += _trimmed(text, "paragraph", position, start)
        blocks += _trimmed(text, kind, max(start, position), end, level)
        position = max(end, position)
    blocks += _trimmed(text, "paragraph", position, marked)
    rest = text_blocks(text[marked:]) if marked < len(text) else []
    return blocks + [Block(b.kind, b.start + marked, b.end + marked, b.level) for b in rest]


def _line_ranges(body: str) -> list[tuple[BlockKind, int, int, int]]:
    """Kind, level, first line and the line after the last of each top-level block."""
    parser = MarkdownIt("commonmark").enable("table")
    # inline text is not needed, and it is the slow part
    parser.core.ruler.enableOnly(["normalize", "block"])
    tokens: list[Token] = parser.parse(body)
    found: list[tuple[BlockKind, int, int, int]] = []
    for token in tokens:
        if token.level == 0 and token.map and token.nesting >= 0:
            level = int(token.tag[1]) if token.type == "heading_open" else 0
            found.append((_KINDS.get(token.type, "paragraph"), level, token.map[0], token.map[1]))
    return found


def _trimmed(text: str, kind: BlockKind, start: int, end: int, level: int = 0) -> list[Block]:
    piece = text[start:end]
    stripped = piece.strip()
    if not stripped:
        return []
    # the indentation of the first line belongs to code
    lead = len(piece) - len(piece.lstrip("\n" if kind == "code" else None))
    return [Block(kind, start + lead, start + len(piece.rstrip()), level)]


def _title(text: str, blocks: list[Block]) -> str:
    front = _FRONT_MATTER.match(text)
    if front and (found := _FRONT_TITLE.search(front.group())):
        return found.group(1).strip().strip("'\"")[:500]
    first = next((block for block in blocks if block.kind == "heading"), None)
    if first is None or first.level > 1:
        return ""
    return text[first.start : first.end].split("\n")[0].strip("# \t")[:500]
