"""Plain text in any encoding. Blocks end at blank lines; a term stays with the paragraph that explains it."""

from __future__ import annotations

import re
from pathlib import Path

from chatbot.errors import DocumentRefused, Phrase
from ingest.parsing.clean import storable
from ingest.parsing.document import Block, ParsedDocument
from ingest.parsing.encoding import decode
from ingest.parsing.limits import MAX_TEXT, TextMeter

# UTF-32 has four bytes for each character
_MAX_BYTES = 4 * MAX_TEXT
_GROUP = re.compile(r"\S[^\n]*(?:\n[^\S\n]*\S[^\n]*)*")
_SENTENCE_END = re.compile(r"[.!?:;。…,]['\")\]”’]?$")
_TERM_CHARS = 60
# a long stretch without blank lines whose lines are this long has a paragraph on each line
_LINE_IS_PARAGRAPH = 120
_LONG_GROUP = 2_000


def parse(path: Path) -> ParsedDocument:
    text, partial = read_text(path)
    return ParsedDocument(text=text, blocks=tuple(text_blocks(text)), format="text", partial=partial)


def read_text(path: Path) -> tuple[str, str]:
    """The decoded, ``storable`` text and why it is not whole (empty when it is); refuses a file without text."""
    with path.open("rb") as file:
        data = file.read(_MAX_BYTES + 1)
    problems = []
    if len(data) > _MAX_BYTES:
        data = data[: _MAX_BYTES - _MAX_BYTES % 4]
    text, encoding = decode(data)
    if encoding == "utf-8 (damaged)":
        problems.append(Phrase("{count} characters are not valid UTF-8", count=f"{text.count(chr(65533)):,}"))
    whole = len(text) <= MAX_TEXT and len(data) < _MAX_BYTES - 3
    text = storable(text[:MAX_TEXT])  # cleaning takes ten times as long as decoding
    fitting = TextMeter().take(text)
    whole, text = whole and len(fitting) == len(text), fitting
    if not whole:
        problems.append(Phrase("only the first {count} characters were read", count=f"{len(text):,}"))
    if not text.strip():
        raise DocumentRefused("There is no text in this file. Nothing to index; remove it or replace it.")
    return text, Phrase.joined(problems)


def text_blocks(text: str) -> list[Block]:
    """Paragraph blocks that cover every character that is not white space."""
    groups = [match.span() for match in _GROUP.finditer(text)]
    blocks: list[Block] = []
    index = 0
    while index < len(groups):
        start, end = groups[index]
        index += 1
        if _is_term(text[start:end]) and index < len(groups) and not _is_term(text[slice(*groups[index])]):
            end = groups[index][1]
            index += 1
        blocks.extend(Block("paragraph", *span) for span in _paragraphs(text, start, end))
    return blocks


def _is_term(group: str) -> bool:
    group = group.strip()
    return len(group) <= _TERM_CHARS and "\n" not in group and not _SENTENCE_END.search(group)


def _paragraphs(text: str, start: int, end: int) -> list[tuple[int, int]]:
    end = start + len(text[start:end].rstrip())
    lines = text.count("\n", start, end) + 1
    if end - start < _LONG_GROUP or (end - start) / lines < _LINE_IS_PARAGRAPH:
        return [(start, end)]
    spans = []
    for match in re.finditer(r"\S[^\n]*", text[start:end]):
        line = match.group().rstrip()
        spans.append((start + match.start(), start + match.start() + len(line)))
    return spans
