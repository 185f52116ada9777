"""The default splitter: headings -> entries -> paragraphs -> sentences.

- A chunk starts at a heading or at an entry. An entry is a lead-in with what follows it; a lead-in is a short line that
  stands alone before a paragraph, such as a term in a glossary.
- It takes whole paragraphs while they fit. A long paragraph is cut at the ends of sentences, a long sentence at spaces.
- Tables, code and entries stay whole where they fit.
- A part shorter than a fifth of ``chunk_size`` joins its neighbour under the same parent. The heading of the chunk is then
  the part of the path that both share.
- Two slides or sheets never share a chunk. Two pages of other documents share one only where a paragraph runs over the
  page break, or a heading ends the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from chatbot.config import SplitterConfig
from ingest.parsing.document import Block, ParsedDocument
from ingest.splitting.packing import SMALL, STOP, Packer
from ingest.splitting.spans import PageFinder, Span, trim

_SEPARATE_PAGES = frozenset({"pptx", "ppt", "odp", "xlsx", "xlsb", "xls", "ods"})
_LEAD_IN = 60  # characters
_KEY_WITH_VALUE = re.compile(r"[^\s:：][^:：\n]{0,30}[:：]\s*\S")
_LISTED = re.compile(r"(?:[-*+•·▪○●■□◆▶※–]|\(?\d{1,3}[.)]|[①-⑳]|[|>])\s?")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_MARKS = re.compile(r"^\s{0,3}#{1,6}(?=\s|$)|(?<=\s)#+\s*$|^\s*[=-]{2,}\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class HeadingSection:
    """What stands between one heading (included) and the next. ``blocks`` cover all its text."""

    start: int
    heading: tuple[str, ...]
    blocks: tuple[Block, ...]
    titles: int  # leading blocks that are not text of the section


@dataclass(frozen=True, slots=True)
class _Part:
    """Blocks that belong together: a section, or the stretch of one from a lead-in to the next.

    The first ``titles`` blocks are headings or lead-ins; a chunk never ends with one of them.
    """

    heading: tuple[str, ...]
    blocks: tuple[Block, ...]
    titles: int

    @property
    def start(self) -> int:
        return self.blocks[0].start

    @property
    def end(self) -> int:
        return self.blocks[-1].end

    @property
    def size(self) -> int:
        return self.end - self.start

    @property
    def has_body(self) -> bool:
        return self.titles < len(self.blocks)


def sections_of(document: ParsedDocument) -> Iterator[HeadingSection]:
    """The document in sections, in order; at least one, which is empty for an empty text."""
    path: list[tuple[int, str]] = []
    blocks: list[Block] = []
    titles = 0

    def section() -> HeadingSection:
        heading = tuple(title for _, title in path if title)
        start = blocks[titles - 1].start if titles else 0
        return HeadingSection(start, heading, tuple(blocks), titles)

    pages = PageFinder(document.pages)
    for block in _detach_terms(document.text, _covering(document)):
        if block.kind == "heading":
            running = _running_titles(document.text, pages, blocks[titles:], block)
            del blocks[len(blocks) - len(running) :]
            if blocks:
                yield section()
            level = max(block.level, 1)
            while path and path[-1][0] >= level:
                path.pop()
            path.append((level, _clean(document.text[block.start : block.end])))
            blocks, titles = [*running], len(running) + 1
        blocks.append(block)
    yield section()


def _running_titles(text: str, pages: PageFinder, blocks: Sequence[Block], heading: Block) -> Sequence[Block]:
    """The short lines (at most two) that open a page above ``heading``: they go with it, not with the
    section that ended on the page before."""
    page = pages.index(heading.start)
    first = len(blocks)
    while (
        first
        and pages.index(blocks[first - 1].start) == page
        and _is_short_paragraph(text, blocks[first - 1])
    ):
        first -= 1
    opens_page = page > 0 and (first == 0 or pages.index(blocks[first - 1].start) != page)
    return blocks[first:] if opens_page and len(blocks) - first <= 2 else ()


def _covering(document: ParsedDocument) -> Iterator[Block]:
    """The document's blocks, trimmed, and a paragraph for whatever text no block holds."""
    text, position = document.text, 0
    for block in chain(document.blocks, [Block("paragraph", len(text), len(text))]):
        yield from _paragraphs(text, position, block.start)
        start = max(block.start, position)
        if block.kind == "paragraph":
            yield from _paragraphs(text, start, block.end)
        elif (span := trim(text, start, block.end)) is not None:
            yield replace(block, start=span[0], end=span[1])
        position = max(position, block.end)


def _paragraphs(text: str, start: int, end: int) -> Iterator[Block]:
    """``text[start:end]`` cut at blank lines."""
    for blank in chain(_BLANK_LINE.finditer(text, start, end), [None]):
        stop = blank.start() if blank else end
        if (span := trim(text, start, stop)) is not None:
            yield Block("paragraph", *span)
        start = blank.end() if blank else end


def _detach_terms(text: str, blocks: Iterator[Block]) -> Iterator[Block]:
    """A glossary's term that stands right under the entry before it becomes a block of its own."""
    last: Block | None = None
    for block in blocks:
        if last is not None:
            at = text.rfind("\n", last.start, last.end) + 1
            previous = text[text.rfind("\n", last.start, at - 1) + 1 : at] if at > last.start else ""
            if (
                last.kind == block.kind == "paragraph"
                and _KEY_WITH_VALUE.match(previous)
                and _KEY_WITH_VALUE.match(text, block.start, min(block.end, block.start + 60))
                and _is_short_line(text, at, last.end)
            ):
                yield replace(last, end=at - 1)
                last = replace(last, start=at)
            yield last
        last = block
    if last is not None:
        yield last


def _clean(heading: str) -> str:
    return " ".join(_MARKS.sub("", heading).split())


def _parts(text: str, section: HeadingSection) -> Iterator[_Part]:
    """Cut a section before each lead-in; its heading stays with what follows."""
    blocks = section.blocks
    first, titles = 0, section.titles
    for i in range(titles, len(blocks)):
        leads = i + 1 < len(blocks) and _is_lead_in(text, blocks[i], blocks[i + 1])
        if not leads and not _is_entry(text, blocks[i]):
            continue
        if i > first + titles:
            yield _Part(section.heading, blocks[first:i], titles)
            first, titles = i, 0
        titles += leads
    yield _Part(section.heading, blocks[first:], titles)


def _is_lead_in(text: str, block: Block, following: Block) -> bool:
    """Whether ``block`` is a short line alone that announces ``following``."""
    return _is_short_paragraph(text, block) and not _is_short_paragraph(text, following)


def _is_entry(text: str, block: Block) -> bool:
    """Whether ``block`` is a term with its ``key: value`` lines right below it."""
    first, line_break, rest = text[block.start : min(block.end, block.start + 2 * _LEAD_IN)].partition("\n")
    if block.kind != "paragraph" or not line_break or not _KEY_WITH_VALUE.match(rest):
        return False
    return _is_short_line(text, block.start, block.start + len(first))


def _is_short_paragraph(text: str, block: Block) -> bool:
    return block.kind == "paragraph" and _is_short_line(text, block.start, block.end)


def _is_short_line(text: str, start: int, end: int) -> bool:
    if end - start > _LEAD_IN:
        return False
    line = text[start:end]
    if "\n" in line or _KEY_WITH_VALUE.match(line) or _LISTED.match(line):
        return False
    return line.endswith((":", "：")) or not STOP.search(line)


def _groups(
    document: ParsedDocument, pages: PageFinder, sections: Sequence[HeadingSection], size: int
) -> Iterator[list[_Part]]:
    """Parts that may share chunks: titles without text go with the part after them, and small parts
    join their neighbour while all of them fit in one chunk."""
    group: list[_Part] = []
    for section in sections:
        for part in _split_at_pages(document, pages, section):
            if group and not _joins(document, pages, group, part, size):
                yield group
                group = []
            group.append(part)
    if group:
        yield group


def _split_at_pages(document: ParsedDocument, pages: PageFinder, section: HeadingSection) -> Iterator[_Part]:
    """The parts of a section; slides and sheets end a part as well."""
    if not section.blocks:
        return
    if document.format not in _SEPARATE_PAGES:
        yield from _parts(document.text, section)
        return
    run: list[Block] = []
    titles = section.titles
    for block in section.blocks:
        if run and pages.index(block.start) != pages.index(run[-1].start):
            yield from _parts(
                document.text, replace(section, blocks=tuple(run), titles=min(titles, len(run)))
            )
            run, titles = [], max(0, titles - len(run))
        run.append(block)
    yield from _parts(document.text, replace(section, blocks=tuple(run), titles=titles))


def _joins(
    document: ParsedDocument, pages: PageFinder, group: Sequence[_Part], part: _Part, size: int
) -> bool:
    last = group[-1]
    same_page = pages.index(last.end - 1) == pages.index(part.start)
    if not last.has_body:
        return same_page or document.format not in _SEPARATE_PAGES
    if not same_page or not part.has_body or part.end - group[0].start > size:
        return False
    if min(part.size, last.end - group[0].start) >= size // SMALL:
        return False
    shared = _shared([*(p.heading for p in group if p.has_body), part.heading])
    depth = max(len(last.heading), len(part.heading))
    return len(shared) >= depth - 1 and len(part.heading) >= len(last.heading)


def _shared(paths: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    first = paths[0]
    n = min(map(len, paths))
    for path in paths[1:]:
        n = next((i for i in range(n) if path[i] != first[i]), n)
    return first[:n]


def structure_spans(
    document: ParsedDocument, sections: Sequence[HeadingSection], config: SplitterConfig
) -> Iterator[tuple[Span, tuple[str, ...]]]:
    """Each chunk as a stretch of the text with its headings: blocks are packed together up to ``chunk_size``, section by section."""
    pages = PageFinder(document.pages)
    for group in _groups(document, pages, sections, config.chunk_size):
        heading = _shared([part.heading for part in group if part.has_body] or [group[-1].heading])
        packer = Packer(document, pages, config)
        for part in group:
            for i, block in enumerate(part.blocks):
                packer.add(block, is_title=i < part.titles)
        yield from ((span, heading) for span in packer.finish())
